"""The formulas, one function per KPI: from what was known at the cut-off to a tally per line of a table.

Nothing else in the product computes a figure. A tally holds one integer per line; lines are given as groups.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from skills_bridge.domain.calendar import Month
from skills_bridge.domain.openings import CloseReason
from skills_bridge.domain.placements import PlacementKind
from skills_bridge.reporting.facts import PLACEMENT_KINDS, Bools, Ints
from skills_bridge.reporting.figures import Reason
from skills_bridge.reporting.standing import Standing, within

HORIZONS: Final = (30, 60, 90)
"""The ages, in days after validation, at which posts are looked at."""

DELAY_CLASSES: Final = ((0, 15), (16, 30), (31, 60), (61, 90), (91, None))
"""The classes of the distribution of delays, in days, both ends within."""


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """The lines of a table: their keys, and the line of each post and of each placement."""

    keys: tuple[str, ...]
    of_post: Ints
    of_placement: Ints

    def count_posts(self, chosen: Bools) -> Ints:
        """Count the chosen posts of each line."""
        return np.bincount(self.of_post[chosen], minlength=len(self.keys)).astype(np.int64)

    def count_placements(self, rows: Ints) -> Ints:
        """Count the placements at ``rows`` of each line."""
        return np.bincount(self.of_placement[rows], minlength=len(self.keys)).astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Count:
    """How many, per line."""

    counts: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Share:
    """How many out of how many, per line; ``if_none`` says why a line with nothing below has no value."""

    numerators: Ints
    denominators: Ints
    if_none: Reason


@dataclass(frozen=True, slots=True, eq=False)
class Rank:
    """An order statistic in days over n posts, per line; lines with n = 0 have no value for the reason given."""

    values: Ints
    sizes: Ints
    if_none: Reason


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """No line can be measured yet."""

    reason: Reason


Tally = Count | Share | Rank | Unmeasured


def count_open_posts(standing: Standing, month: Month, groups: Groups) -> Mapping[str, Tally]:
    """K2. Posts open at the end of the month's last day, and posts whose clock started in the month.

    Numerator: posts; no denominator. Date rule: the month's last day, or the cut-off's day in an unfinished month.
    """
    day = np.datetime64(min(month.last_on, standing.facts.cut_off_on), "D")
    started = standing.known & within(standing.start, month.first_on, month.next_on)
    return {
        "open_on_last_day": Count(groups.count_posts(standing.open_on(day))),
        "opened_in_month": Count(groups.count_posts(started)),
    }


def measure_satisfaction(standing: Standing, month: Month, groups: Groups) -> Mapping[str, Tally]:
    """K3. Posts filled by the cut-off among the posts due in the month.

    Denominator: posts whose ``due_on`` lies in the month, less those filled outside and those withdrawn by the
    employer, which are counted beside. Date rule: ``due_on``, so a post belongs to one month.
    """
    due = standing.known & within(standing.facts.posts.due_on, month.first_on, month.next_on)
    counted = due & ~standing.set_aside()
    filled = counted & ~np.isnat(standing.filled_on)
    outside = due & standing.closed_as(CloseReason.FILLED_OUTSIDE)
    withdrawn = due & standing.closed_as(CloseReason.EMPLOYER_WITHDREW)
    return {
        "filled_share": Share(groups.count_posts(filled), groups.count_posts(counted), Reason.NO_POST_DUE),
        "filled_outside": Count(groups.count_posts(outside)),
        "withdrawn": Count(groups.count_posts(withdrawn)),
    }


def measure_cohort_satisfaction(standing: Standing, month: Month, groups: Groups) -> Mapping[str, Tally]:
    """K3c. Posts filled within 30, 60 and 90 days among the posts whose clock started in the month.

    Denominator: those posts, less the same two as in K3. Date rule: day of validation (or own opening); measured
    only when the month's last post has reached the age at the cut-off.
    """
    counted = standing.known & within(standing.start, month.first_on, month.next_on) & ~standing.set_aside()
    total = groups.count_posts(counted)
    tallies: dict[str, Tally] = {}
    for age in HORIZONS:
        if (standing.facts.cut_off_on - month.last_on).days < age:
            tallies[f"filled_at_{age}"] = Unmeasured(Reason.MONTH_TOO_RECENT)
            continue
        in_time = counted & (standing.filled_on <= standing.start + age)
        tallies[f"filled_at_{age}"] = Share(groups.count_posts(in_time), total, Reason.NO_POST_VALIDATED)
    return tallies


def nearest_rank(ordered: Ints, percent: int) -> int:
    """Return the order statistic of rank ceil(percent x n / 100) of ascending values, n at least 1."""
    return int(ordered[(len(ordered) * percent + 99) // 100 - 1])


def delays_of_month(standing: Standing, month: Month) -> tuple[Ints, Ints]:
    """Return the posts filled in the month by day of signature, and their delays in days, negative ones too."""
    signed = standing.known & within(standing.signed_on, month.first_on, month.next_on)
    rows = np.flatnonzero(signed)
    return rows, (standing.signed_on[rows] - standing.start[rows]).astype(np.int64)


def measure_delays(standing: Standing, month: Month, groups: Groups) -> Mapping[str, Tally]:
    """K4. Calendar days from validation to signature over the posts filled in the month: median, ninth decile, classes.

    Date rule: day of signature. A negative delay is a fault of the data: listed, not counted. Beside it, the share
    of posts still open at 30, 60 and 90 days, over all posts that reach that age in the month.
    """
    rows, delays = delays_of_month(standing, month)
    rows, delays = rows[delays >= 0], delays[delays >= 0]
    lines = groups.of_post[rows]
    by_line = [np.sort(delays[lines == line]) for line in range(len(groups.keys))]
    sizes = np.array([len(line) for line in by_line], dtype=np.int64)
    tallies: dict[str, Tally] = {}
    for measure, percent in (("median_days", 50), ("ninth_decile_days", 90)):
        values = np.array([nearest_rank(line, percent) if len(line) else 0 for line in by_line], dtype=np.int64)
        tallies[measure] = Rank(values, sizes, Reason.NO_POST_FILLED)
    for low, high in DELAY_CLASSES:
        inside = (delays >= low) & (delays <= (delays if high is None else high))
        counts = np.bincount(lines[inside], minlength=len(groups.keys)).astype(np.int64)
        tallies[delay_class_code(low)] = Count(counts)
    for age in HORIZONS:
        tallies[f"still_open_at_{age}"] = _still_open(standing, month, groups, age)
    return tallies


def delay_class_code(low: int) -> str:
    """Return the measure that counts the delays of the class which begins at ``low`` days."""
    return f"filled_from_{low}_days"


def _still_open(standing: Standing, month: Month, groups: Groups, age: int) -> Tally:
    reached_on = standing.start + age
    latest = np.datetime64(standing.facts.cut_off_on, "D")
    reached = standing.known & within(reached_on, month.first_on, month.next_on) & (reached_on <= latest)
    still_open = reached & standing.open_on(reached_on)
    return Share(groups.count_posts(still_open), groups.count_posts(reached), Reason.NO_POST_OF_THAT_AGE)


def count_insertions(standing: Standing, month: Month, groups: Groups) -> Mapping[str, Tally]:
    """K8n. People whose first placement of a kind started in the month, per kind; kinds are never added.

    Numerator: people; no denominator. Date rule: day of the start, at the latest the cut-off's day. A placement
    undone before its start never was one. A person counts on the line of that first placement.
    """
    return {str(kind): Count(groups.count_placements(first_starts(standing, month, kind))) for kind in PLACEMENT_KINDS}


def first_starts(standing: Standing, month: Month, kind: PlacementKind) -> Ints:
    """Return the placements, one per person, that are a person's first of ``kind`` and started in the month."""
    placements = standing.facts.placements
    started = placements.started_on <= np.datetime64(standing.facts.cut_off_on, "D")
    of_kind = placements.kind == PLACEMENT_KINDS.index(kind)
    rows = np.flatnonzero(standing.placed & ~standing.undone & of_kind & started)
    rows = rows[np.lexsort((rows, placements.started_on[rows], placements.person[rows]))]
    _people, firsts = np.unique(placements.person[rows], return_index=True)
    rows = rows[firsts]
    return rows[within(placements.started_on[rows], month.first_on, month.next_on)]
