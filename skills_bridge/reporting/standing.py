"""What was known at the cut-off: events recorded later do not exist, whatever day they bear."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date

import numpy as np

from skills_bridge.domain.openings import CloseReason
from skills_bridge.reporting.facts import CLOSE_REASONS, NONE, Bools, Days, Facts, Ints

NEVER = np.datetime64("NaT", "D")
FAR = np.datetime64("9999-12-31", "D")


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """Posts and placements as known at the cut-off.

    ``start`` is the day a post's clock starts: the opening's validation, or the post's own opening if later.
    ``filled_on`` is the day of the fill that stands (signature, or start if the signature's day is missing), NaT
    without one; ``signed_on`` is that fill's signature. ``placed`` marks placements recorded in time, ``undone``
    those cancelled before their start.
    """

    facts: Facts
    known: Bools
    start: Days
    closed_on: Days
    close_reason: Ints
    filled_on: Days
    signed_on: Days
    placed: Bools
    undone: Bools
    fill_day: Days

    def closed_as(self, reason: CloseReason) -> Bools:
        """Mark the known posts closed for ``reason`` that no fill holds: a filled post is filled, not closed."""
        closed: Bools = self.close_reason == CLOSE_REASONS.index(reason)
        return self.known & closed & np.isnat(self.filled_on)

    def set_aside(self) -> Bools:
        """Mark the posts that leave the denominator of satisfaction: filled outside, withdrawn by the employer."""
        return self.closed_as(CloseReason.FILLED_OUTSIDE) | self.closed_as(CloseReason.EMPLOYER_WITHDREW)

    def open_on(self, day: Days | np.datetime64) -> Bools:
        """Mark the posts open at the end of ``day`` (one day, or one per post): started, not closed, not held."""
        days = np.broadcast_to(np.asarray(day, dtype="datetime64[D]"), self.start.shape)
        closed = ~np.isnat(self.closed_on) & (self.closed_on <= days)
        return self.known & (self.start <= days) & ~closed & ~self._held_on(days)

    def _held_on(self, days: Days) -> Bools:
        """Mark the posts that a fill held at the end of each post's day, even if it was undone later."""
        placements = self.facts.placements
        held = np.zeros(len(days), dtype=np.bool_)
        rows = np.flatnonzero(self.placed & (placements.post != NONE) & ~np.isnat(self.fill_day))
        post = placements.post[rows]
        end = np.where(self.undone[rows], placements.cancelled_on[rows], FAR)
        held[post[(self.fill_day[rows] <= days[post]) & (days[post] < end)]] = True
        return held


def within(column: Days, first_on: date, next_on: date) -> Bools:
    """Mark the days in [first_on, next_on); a missing day is in no month."""
    return (column >= np.datetime64(first_on, "D")) & (column < np.datetime64(next_on, "D"))


def stand_at_cut_off(facts: Facts) -> Standing:
    """Leave out what was recorded after the cut-off and find the fill that stands for each post."""
    posts, placements = facts.posts, facts.placements
    limit = np.datetime64(facts.cut_off.astimezone(UTC).replace(tzinfo=None), "us")
    closed = posts.closed_at <= limit
    placed = placements.recorded_at <= limit
    cancelled = placed & (placements.cancelled_at <= limit)
    never_started = np.isnat(placements.started_on) | (placements.cancelled_on < placements.started_on)
    undone = cancelled & never_started
    fill_day = np.where(np.isnat(placements.signed_on), placements.started_on, placements.signed_on)
    filled_on, signed_on = _standing_fills(facts, placed & ~undone, fill_day)
    return Standing(
        facts=facts,
        known=(posts.opened_at <= limit) & ~np.isnat(posts.validated_on),
        start=np.fmax(posts.validated_on, posts.opened_on),
        closed_on=np.where(closed, posts.closed_on, NEVER),
        close_reason=np.where(closed, posts.close_reason, NONE),
        filled_on=filled_on,
        signed_on=signed_on,
        placed=placed,
        undone=undone,
        fill_day=fill_day,
    )


def _standing_fills(facts: Facts, stands: Bools, fill_day: Days) -> tuple[Days, Days]:
    """Return, per post, the day and the signature of its earliest standing fill."""
    placements, size = facts.placements, len(facts.posts.profile)
    filled_on = np.full(size, NEVER, dtype="datetime64[D]")
    signed_on = np.full(size, NEVER, dtype="datetime64[D]")
    rows = np.flatnonzero(stands & (placements.post != NONE) & ~np.isnat(fill_day))
    latest_first = rows[np.argsort(fill_day[rows], kind="stable")][::-1]
    filled_on[placements.post[latest_first]] = fill_day[latest_first]
    signed_on[placements.post[latest_first]] = placements.signed_on[latest_first]
    return filled_on, signed_on
