"""A person's own word on what is proposed to her: the rules are those of the adviser who writes it down for her."""

from __future__ import annotations

from dataclasses import dataclass

from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.referrals import DeclineReason
from skills_bridge.domain.seekers import Agreement, Channel
from skills_bridge.services import referrals, reservations
from skills_bridge.services.referrals.steps import hold_person
from skills_bridge.services.seekers import record_consent
from skills_bridge.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class OwnWord:
    """Yes or no; with a no its reason, with a yes what she agrees to besides."""

    accepted: bool
    reason: DeclineReason | None = None
    agreement: Agreement | None = None


def answer_proposal(uow: UnitOfWork, *, referral_id: int, word: OwnWord) -> None:
    """Accept or decline an opening that is proposed to the person; to decline costs her nothing.

    :raises NotFound: there is no such referral of hers.
    :raises Invalid: a refusal has no reason.
    :raises RuleBroken: she has not agreed to be named to companies.
    :raises IllegalMove: she was not asked, or it was answered, by her or by her adviser.
    """
    _agree(uow, word)
    referrals.record_answer(
        uow,
        referral_id=referral_id,
        accepted=word.accepted,
        channel=Channel.PERSONAL_LINK,
        answered_on=local_day(uow.now),
        reason=word.reason,
    )


def answer_reservation(uow: UnitOfWork, *, reservation_id: int, word: OwnWord) -> None:
    """Accept or decline the course and the post that are kept for the person.

    :raises NotFound: there is no such reservation of hers.
    :raises Invalid: a refusal has no reason.
    :raises AlreadyDone: it has ended, or she said yes before.
    :raises RuleBroken: its last day has passed, or she has not agreed to be named.
    """
    _agree(uow, word)
    reservations.record_answer(
        uow,
        reservation_id=reservation_id,
        accepted=word.accepted,
        channel=Channel.PERSONAL_LINK,
        answered_on=local_day(uow.now),
        reason=word.reason,
    )


def _agree(uow: UnitOfWork, word: OwnWord) -> None:
    """Write down what she agrees to with her yes; the person is held first, as whoever proposes or places her does."""
    hold_person(uow, uow.actor.seeker_id or 0)
    if word.accepted and word.agreement is not None:
        record_consent(uow, seeker_id=uow.actor.seeker_id or 0, agreement=word.agreement)
