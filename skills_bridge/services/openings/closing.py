"""Taking an opening or some of its posts back, for a while or for good."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, select, update

from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.errors import Invalid, RuleBroken
from skills_bridge.domain.events import MatchAsked, OpeningClosed
from skills_bridge.domain.openings import CloseReason, OpeningState
from skills_bridge.domain.referrals import EndReason
from skills_bridge.models import Opening, Post
from skills_bridge.policies.permissions import Permission
from skills_bridge.queries.bridges import is_reserved
from skills_bridge.services.openings.loading import hold_opening, move_opening
from skills_bridge.services.referrals import end_referrals
from skills_bridge.services.reservations import release_posts
from skills_bridge.unit_of_work import UnitOfWork


def pause_opening(uow: UnitOfWork, *, opening_id: int, note: str = "", version: int | None = None) -> Opening:
    """Stop looking for people for a while; the posts stay open and referrals under way go on, the list empties.

    :raises IllegalMove: the opening is not being recruited for.
    """
    opening = hold_opening(uow, opening_id, Permission.OPENING_PAUSE, version)
    move_opening(uow, opening, OpeningState.PAUSED, note=note.strip())
    _ask_match(uow, opening)
    return opening


def resume_opening(uow: UnitOfWork, *, opening_id: int, version: int | None = None) -> Opening:
    """Look for people again, with a list computed afresh.

    :raises IllegalMove: the opening is not paused.
    """
    opening = hold_opening(uow, opening_id, Permission.OPENING_PAUSE, version)
    if opening.state is not OpeningState.PAUSED:
        raise RuleBroken("opening-not-paused")
    move_opening(uow, opening, OpeningState.VALIDATED)
    _ask_match(uow, opening)
    return opening


def close_opening(uow: UnitOfWork, *, opening_id: int, reason: CloseReason, version: int | None = None) -> Opening:
    """Close an opening for good: each post that is still free closes with the reason, live referrals end.

    :raises IllegalMove: the opening is closed already.
    :raises Stale: somebody changed it since it was read.
    """
    opening = hold_opening(uow, opening_id, Permission.OPENING_CLOSE, version)
    _close_free(uow, Post.opening_id == opening.id, reason)
    _close(uow, opening, reason)
    return opening


def close_posts(
    uow: UnitOfWork,
    *,
    opening_id: int,
    due_on: date,
    count: int,
    reason: CloseReason,
    version: int | None = None,
) -> Opening:
    """Close some of the free posts that are due on a day; when none is left free, the opening closes with them.

    Posts that wait for a person in training come last.

    :raises RuleBroken: the opening is not live.
    :raises Invalid: there are not so many free posts due on that day.
    """
    opening = hold_opening(uow, opening_id, Permission.OPENING_CLOSE, version)
    if opening.state not in (OpeningState.VALIDATED, OpeningState.PAUSED):
        raise RuleBroken("opening-not-live")
    free = select(Post.id).where(Post.opening_id == opening.id, Post.placement_id.is_(None), Post.closed_on.is_(None))
    chosen = uow.session.scalars(
        free.where(Post.due_on == due_on).order_by(is_reserved(), Post.id.desc()).limit(max(count, 0)).with_for_update()
    ).all()
    if not 1 <= count == len(chosen):
        raise Invalid("not-so-many-free-posts", field="count", value=count, free=len(chosen))
    _close_free(uow, Post.id.in_(chosen), reason)
    uow.audit("opening.posts_closed", "opening", opening.id, count=count, reason=reason.value)
    if uow.session.scalar(free.limit(1)) is None:
        _close(uow, opening, reason)
    else:
        release_posts(uow, opening_id=opening.id)
    return opening


def _ask_match(uow: UnitOfWork, opening: Opening) -> None:
    """Ask for the list that follows from a new state."""
    uow.record(MatchAsked(opening.id, occasion=f"{opening.state.value}-{uow.now.isoformat()}"))


def _close_free(uow: UnitOfWork, which: ColumnElement[bool], reason: CloseReason) -> None:
    uow.session.execute(
        update(Post)
        .where(which, Post.placement_id.is_(None), Post.closed_on.is_(None))
        .values(closed_on=local_day(uow.now), closed_at=uow.now, close_reason=reason)
    )


def _close(uow: UnitOfWork, opening: Opening, reason: CloseReason) -> None:
    was_known = opening.state is not OpeningState.DRAFT
    move_opening(uow, opening, OpeningState.CLOSED, reason=reason.value)
    opening.closed_at = uow.now
    end_referrals(uow, opening_id=opening.id, reason=EndReason.OPENING_CLOSED)
    release_posts(uow, opening_id=opening.id)
    if was_known:
        uow.record(OpeningClosed(opening.id))
