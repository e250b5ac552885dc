"""What must hold before a person is proposed to anybody: asked alike of a referral and of a reservation."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.errors import Invalid, RuleBroken
from skills_bridge.domain.openings import OpeningState
from skills_bridge.domain.seekers import Channel, ConsentKind, SeekerState
from skills_bridge.models import Consent, Opening, Post, Seeker
from skills_bridge.services.referrals.steps import is_placed
from skills_bridge.unit_of_work import UnitOfWork


def check_opening(uow: UnitOfWork, opening: Opening) -> None:
    """Refuse an opening that takes nobody.

    :raises RuleBroken: it is not being recruited for, or has no open post.
    """
    facts = {"opening": opening.reference}
    if opening.state is not OpeningState.VALIDATED:
        raise RuleBroken("opening-not-live", **facts)
    free = select(Post.id).where(Post.opening_id == opening.id, Post.placement_id.is_(None), Post.closed_on.is_(None))
    if uow.session.scalar(free.limit(1)) is None:
        raise RuleBroken("no-open-post", **facts)


def check_person(uow: UnitOfWork, seeker: Seeker) -> None:
    """Refuse a person who may not be looked for.

    :raises RuleBroken: she objected, is not active, has a start, or has not agreed to be matched.
    """
    facts = {"pseudonym": seeker.pseudonym}
    if seeker.matching_objected_at is not None:
        raise RuleBroken("seeker-objected", **facts)
    if seeker.state is not SeekerState.ACTIVE or is_placed(uow, seeker.id):
        raise RuleBroken("seeker-not-active", **facts)
    if not _has_consent(uow, seeker.id, ConsentKind.MATCHING):
        raise RuleBroken("seeker-without-consent", **facts)


def check_sharing(uow: UnitOfWork, seeker_id: int) -> None:
    """Refuse to name a person to another organisation who has not agreed to be named.

    :raises RuleBroken: she has not.
    """
    if not _has_consent(uow, seeker_id, ConsentKind.SHARING):
        raise RuleBroken("sharing-consent-missing")


def check_channel(uow: UnitOfWork, channel: Channel) -> None:
    """Refuse a word under another's way: what comes by a personal link its person alone says.

    :raises Invalid: staff name the personal link, or a person something else.
    """
    if (channel is Channel.PERSONAL_LINK) is not uow.actor.is_seeker:
        raise Invalid("channel-of-another", field="channel")


def check_answer_day(uow: UnitOfWork, answered_on: date, *, asked_at: datetime) -> None:
    """Refuse a day on which nobody can have answered.

    :raises Invalid: it is not between the question and today.
    """
    if not min(local_day(asked_at), local_day(uow.now)) <= answered_on <= local_day(uow.now):
        raise Invalid("answer-day-out-of-range", field="answered_on")


def _has_consent(uow: UnitOfWork, seeker_id: int, kind: ConsentKind) -> bool:
    given = select(Consent.id).where(
        Consent.seeker_id == seeker_id, Consent.kind == kind, Consent.withdrawn_at.is_(None)
    )
    return uow.session.scalar(given.limit(1)) is not None
