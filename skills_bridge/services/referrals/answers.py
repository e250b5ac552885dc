"""The company's answers: invited, selected, rejected, not come."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from skills_bridge.domain.errors import Invalid
from skills_bridge.domain.events import ReferralAnswered
from skills_bridge.domain.referrals import ReferralState, RejectReason
from skills_bridge.models import Referral
from skills_bridge.policies.permissions import Permission
from skills_bridge.services.referrals.steps import BulkOutcome, in_bulk, load_referral, move
from skills_bridge.unit_of_work import UnitOfWork

PLACE_LENGTH = 200
"""Characters of a meeting's place, and of its contact."""


def invite(uow: UnitOfWork, *, referral_id: int, at: datetime, place: str, contact: str) -> Referral:
    """Call a person to an interview; ``at`` is an instant to come.

    :raises NotFound: there is no such referral in the actor's scope.
    :raises NotPermitted: it was not sent to the actor's company.
    :raises Invalid: the instant has passed, or nobody would find the place.
    :raises IllegalMove: the referral does not wait for an invitation.
    """
    if at <= uow.now:
        raise Invalid("meeting-in-the-past", field="at")
    place, contact = place.strip()[:PLACE_LENGTH], contact.strip()[:PLACE_LENGTH]
    if not place:
        raise Invalid("meeting-without-place", field="place")
    referral = _answer(uow, referral_id, ReferralState.INVITED)
    referral.invited_at, referral.invited_place, referral.invited_contact = at, place, contact
    return referral


def select(uow: UnitOfWork, *, referral_id: int) -> Referral:
    """Choose a person for a post; the start is recorded apart, as a placement.

    :raises NotFound: there is no such referral in the actor's scope.
    :raises NotPermitted: it was not sent to the actor's company.
    :raises IllegalMove: the referral waits for no choice.
    """
    return _answer(uow, referral_id, ReferralState.SELECTED)


def reject(uow: UnitOfWork, *, referral_id: int, reason: RejectReason) -> Referral:
    """Not keep a person, and say why: the next people sent fit better.

    :raises NotFound: there is no such referral in the actor's scope.
    :raises NotPermitted: it was not sent to the actor's company.
    :raises IllegalMove: the referral waits for no answer.
    """
    return _answer(uow, referral_id, ReferralState.REJECTED, reason=reason.value)


def record_no_show(uow: UnitOfWork, *, referral_id: int) -> Referral:
    """Note that an invited person did not come.

    :raises NotFound: there is no such referral in the actor's scope.
    :raises NotPermitted: it was not sent to the actor's company.
    :raises Invalid: the interview lies ahead.
    :raises IllegalMove: the person was not invited.
    """
    referral = load_referral(uow, referral_id, Permission.REFERRAL_ANSWER)
    if referral.invited_at is not None and referral.invited_at > uow.now:
        raise Invalid("meeting-ahead", field="at")
    return _answer(uow, referral_id, ReferralState.NO_SHOW)


def answer_several(
    uow: UnitOfWork, *, referral_ids: Iterable[int], answer: Callable[[UnitOfWork, int], object]
) -> BulkOutcome:
    """Give one answer to several people: ``answer`` is one of the above with its facts; rows that moved on are left.

    :raises NotFound: one of them is not in the actor's scope.
    :raises NotPermitted: one of them was not sent to the actor's company.
    """
    return in_bulk(referral_ids, lambda referral_id: answer(uow, referral_id))


def _answer(uow: UnitOfWork, referral_id: int, target: ReferralState, *, reason: str | None = None) -> Referral:
    """Move a referral by its company's word, and tell the agency."""
    referral = load_referral(uow, referral_id, Permission.REFERRAL_ANSWER)
    move(uow, referral, target, reason=reason)
    uow.record(ReferralAnswered(referral.id, occasion=str(referral.version)))
    return referral
