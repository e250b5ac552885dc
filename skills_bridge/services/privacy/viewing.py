"""How many identities one person has shown to herself today: bounded, and told when it is far more than usual."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select, text

from skills_bridge.domain.calendar import local_day, start_of
from skills_bridge.domain.errors import RuleBroken
from skills_bridge.domain.events import ManyIdentitiesSeen
from skills_bridge.domain.privacy import USUAL_DAYS, VIEWS_A_DAY, is_unusual
from skills_bridge.models import Reveal
from skills_bridge.unit_of_work import UnitOfWork

ONE_REVEAL_AT_A_TIME = text("SELECT pg_advisory_xact_lock(7422, (:user % 2147483647)::int)")


def admit_views(uow: UnitOfWork, people: int) -> None:
    """Let the actor see so many people more today; the first view far beyond her usual day is told to others.

    Counted in the database within the reveal's own transaction: two reveals at once are counted one after the other,
    and where nothing can be counted nothing is shown.

    :raises RuleBroken: a day's views are used up, or these would go beyond them.
    """
    uow.session.execute(ONE_REVEAL_AT_A_TIME, {"user": uow.actor.user_id})
    today = start_of(local_day(uow.now))
    seen = _seen(uow, since=today)
    if seen + people > VIEWS_A_DAY:
        raise RuleBroken("too-many-identities-today", most=VIEWS_A_DAY, seen=seen)
    usual = _usual(uow, today)
    if is_unusual(before=seen, after=seen + people, usual=usual):
        uow.audit("identity.unusual", "membership", uow.actor.membership_id, seen=seen + people, usual=round(usual))
        if uow.actor.membership_id is not None:
            uow.record(ManyIdentitiesSeen(uow.actor.membership_id, occasion=local_day(uow.now).isoformat()))


def _seen(uow: UnitOfWork, *, since: datetime) -> int:
    """Return how many people the actor's reveals showed since an instant."""
    own = (Reveal.user_id == uow.actor.user_id, Reveal.revealed_at >= since)
    return int(uow.session.scalar(select(func.sum(Reveal.people)).where(*own)) or 0)


def _usual(uow: UnitOfWork, today: datetime) -> float:
    """Return how many people the actor saw on an average of her days with a view before today; 0 if there is none."""
    before_today = func.extract("epoch", Reveal.revealed_at - today)
    day = func.floor(before_today / timedelta(days=1).total_seconds())
    people, days = uow.session.execute(
        select(func.coalesce(func.sum(Reveal.people), 0), func.count(day.distinct())).where(
            Reveal.user_id == uow.actor.user_id,
            Reveal.revealed_at >= today - timedelta(days=USUAL_DAYS),
            Reveal.revealed_at < today,
        )
    ).one()
    return int(people) / days if days else 0.0
