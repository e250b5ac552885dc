"""The data-quality list: facts that contradict themselves, and how each was counted."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from skills_bridge.domain.calendar import Month
from skills_bridge.reporting.facts import NONE, Bools, Facts, Ints
from skills_bridge.reporting.formulas import delays_of_month
from skills_bridge.reporting.standing import Standing, stand_at_cut_off, within


class FindingKind(StrEnum):
    """What is wrong with a post or a placement."""

    NEGATIVE_DELAY = "negative_delay"
    SIGNATURE_MISSING = "signature_missing"
    DUE_MISSING = "due_missing"
    SEVERAL_FILLS = "several_fills"
    FILLED_AND_CLOSED = "filled_and_closed"
    CANCELLED_AFTER_START = "cancelled_after_start"


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of fault in one month, with the ordinals of the posts or placements concerned."""

    kind: FindingKind
    ordinals: tuple[int, ...]


def list_findings(facts: Facts, period: Month) -> tuple[Finding, ...]:
    """Return the faults of a month's facts, one entry per kind, those without a case too.

    A fault belongs to the month of the fill, of the cancellation, or (no due day) of the validation.
    """
    standing = stand_at_cut_off(facts)
    rows, delays = delays_of_month(standing, period)
    filled = standing.known & within(standing.filled_on, period.first_on, period.next_on)
    started = standing.known & within(standing.start, period.first_on, period.next_on)
    found: dict[FindingKind, Ints] = {
        FindingKind.NEGATIVE_DELAY: rows[delays < 0],
        FindingKind.SIGNATURE_MISSING: np.flatnonzero(filled & np.isnat(standing.signed_on)),
        FindingKind.DUE_MISSING: np.flatnonzero(started & np.isnat(facts.posts.due_on)),
        FindingKind.SEVERAL_FILLS: np.flatnonzero(filled & (_standing_fills(standing) > 1)),
        FindingKind.FILLED_AND_CLOSED: np.flatnonzero(filled & (standing.close_reason != NONE)),
        FindingKind.CANCELLED_AFTER_START: np.flatnonzero(_cancelled_late(standing, period)),
    }
    return tuple(Finding(kind, tuple(int(row) for row in places)) for kind, places in found.items())


def _standing_fills(standing: Standing) -> Ints:
    posts = standing.facts.placements.post
    stands = standing.placed & ~standing.undone & (posts != NONE) & ~np.isnat(standing.fill_day)
    return np.bincount(posts[stands], minlength=len(standing.known))


def _cancelled_late(standing: Standing, period: Month) -> Bools:
    placements = standing.facts.placements
    limit = np.datetime64(standing.facts.cut_off.replace(tzinfo=None), "us")
    cancelled = standing.placed & (placements.cancelled_at <= limit) & ~standing.undone
    return cancelled & within(placements.cancelled_on, period.first_on, period.next_on)
