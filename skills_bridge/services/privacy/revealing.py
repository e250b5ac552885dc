"""Show who a person is: with a reason, written down, for one session and a quarter of an hour."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from skills_bridge.domain.accounts import Actor
from skills_bridge.domain.errors import Invalid, NotFound, NotPermitted
from skills_bridge.domain.organisations import OrganisationKind
from skills_bridge.domain.privacy import REVEAL_SPAN, RevealReason
from skills_bridge.domain.referrals import NAMED_FOR_A_WHILE, NAMED_TO_COMPANY, EndReason
from skills_bridge.domain.training import EnrolmentState
from skills_bridge.models import Enrolment, Opening, Referral, Reveal, Seeker
from skills_bridge.policies.permissions import Permission, authorize
from skills_bridge.services.privacy.viewing import admit_views
from skills_bridge.unit_of_work import UnitOfWork


def reveal_identity(
    uow: UnitOfWork,
    *,
    seeker_id: int | None = None,
    opening_id: int | None = None,
    reason: RevealReason,
    disclosure_days: int = 0,
) -> datetime:
    """Let the actor's session see an identity for fifteen minutes, and return until when.

    With ``opening_id``, one reveal covers the accepted people of that opening. An adviser: people of the own unit, or
    referred to an opening that it follows; a company: people whose referral to it is accepted or later, and
    for ``disclosure_days`` after its end unless they objected or took their agreement back; a centre: its learners.

    :raises Invalid: neither or both of person and opening are named.
    :raises NotFound: there is no such person or opening in the actor's scope.
    :raises NotPermitted: the actor has no ground to know who that is.
    :raises RuleBroken: the views of a day are used up.
    """
    authorize(uow.actor, Permission.IDENTITY_REVEAL, None)
    if (seeker_id is None) == (opening_id is None) or uow.actor.session_id is None:
        raise Invalid("reveal-of-whom", field="reason")
    if seeker_id is not None:
        _check_person(uow, seeker_id, disclosure_days)
        people = 1
    else:
        _check_opening(uow, opening_id or 0)
        people = _count_accepted(uow, opening_id or 0)
    admit_views(uow, people)
    shown = Reveal(
        organisation_id=uow.actor.organisation_id,
        session_id=uow.actor.session_id,
        user_id=uow.actor.user_id,
        seeker_id=seeker_id,
        opening_id=opening_id,
        reason=reason.value,
        people=people,
        revealed_at=uow.now,
        expires_at=uow.now + REVEAL_SPAN,
    )
    uow.session.add(shown)
    kind, key = ("seeker", seeker_id) if seeker_id is not None else ("opening", opening_id)
    uow.audit("identity.revealed", kind, key, reason=reason.value, session_id=uow.actor.session_id)
    return shown.expires_at


def _check_person(uow: UnitOfWork, seeker_id: int, disclosure_days: int) -> None:
    seeker = uow.session.get(Seeker, seeker_id)
    if seeker is None:
        raise NotFound("seeker", seeker_id)
    kind = uow.actor.organisation_kind
    if kind is OrganisationKind.AGENCY:
        allowed = _is_followed(uow, uow.actor, seeker)
    elif kind is OrganisationKind.COMPANY:
        allowed = _is_named(uow, seeker, timedelta(days=disclosure_days))
    else:
        learning = exists().where(Enrolment.seeker_id == seeker_id, Enrolment.state != EnrolmentState.WITHDRAWN)
        allowed = bool(uow.session.scalar(select(learning)))
    if not allowed:
        raise NotPermitted(Permission.IDENTITY_REVEAL.value)


def _is_named(uow: UnitOfWork, seeker: Seeker, afterwards: timedelta) -> bool:
    """Say whether a referral names the person to the actor's company, or did until lately."""
    grounds: list[ColumnElement[bool]] = [Referral.state.in_(NAMED_TO_COMPANY)]
    if seeker.matching_objected_at is None:
        grounds.append(
            and_(
                Referral.state.in_(NAMED_FOR_A_WHILE),
                Referral.answered_on.is_not(None),
                Referral.changed_at > uow.now - afterwards,
                Referral.reason.is_distinct_from(EndReason.CONSENT_WITHDRAWN),
            )
        )
    return bool(uow.session.scalar(select(exists().where(Referral.seeker_id == seeker.id, or_(*grounds)))))


def _is_followed(uow: UnitOfWork, actor: Actor, seeker: Seeker) -> bool:
    """Say whether the adviser's unit follows the person, or an opening to which she was referred."""
    if actor.unit_id is None or seeker.unit_id == actor.unit_id:
        return True
    referred = exists().where(
        Referral.seeker_id == seeker.id,
        Referral.opening_id == Opening.id,
        or_(Opening.unit_id == actor.unit_id, Referral.unit_id == actor.unit_id),
    )
    return bool(uow.session.scalar(select(referred)))


def _count_accepted(uow: UnitOfWork, opening_id: int) -> int:
    """Return how many people a reveal of an opening shows."""
    shown = (Referral.opening_id == opening_id, Referral.state.in_(NAMED_TO_COMPANY))
    return uow.session.scalar(select(func.count(Referral.seeker_id.distinct())).where(*shown)) or 0


def _check_opening(uow: UnitOfWork, opening_id: int) -> None:
    opening = uow.session.get(Opening, opening_id)
    if opening is None:
        raise NotFound("opening", opening_id)
    if uow.actor.organisation_kind is OrganisationKind.AGENCY:
        if uow.actor.unit_id not in (None, opening.unit_id):
            raise NotPermitted(Permission.IDENTITY_REVEAL.value)
    elif opening.company_id != uow.actor.organisation_id:
        raise NotFound("opening", opening_id)
