"""Who is shown and who never is: counts by group, how evenly the lists are spread, and the place of those who wait."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from skills_bridge.domain.matching import ResultClass
from skills_bridge.engine.arrays import Bools, Int64s, Ints
from skills_bridge.engine.columns import OpeningColumns
from skills_bridge.engine.policy import WHOLE, PolicySet
from skills_bridge.engine.results import RESULT_CLASSES, Shortlists
from skills_bridge.engine.shortlist import policy_of

PER_CENT: Final = 100
READY: Final = RESULT_CLASSES.index(ResultClass.READY)
SHOWN: Final = (READY, RESULT_CLASSES.index(ResultClass.TO_CONFIRM))
"""Classes in which a person is really proposed or asked; a near profile and an unknown one are not."""


@dataclass(frozen=True)
class GroupExposure:
    """One group: people, how many of them stand in no list, and in how many lists the others stand together."""

    group: int
    people: int
    never: int
    places: int


@dataclass(frozen=True)
class Floor:
    """What the reserve for long waiting asks of the *ready* lists.

    ``openings`` have somebody ready; ``concerned`` have a reserve and somebody ready who has waited long; in
    ``short`` of them the order alone would give those people fewer places than the reserve. ``reserved`` places in
    all, ``reached`` of them by the order alone.
    """

    openings: int
    concerned: int
    short: int
    reserved: int
    reached: int


def lists_by_person(lists: Shortlists, people: int) -> Int64s:
    """Return in how many lists, as *ready* or *to confirm*, each of the people stands."""
    shown = np.isin(lists.result_class, SHOWN)
    return np.bincount(lists.seeker[shown], minlength=people).astype(np.int64)


def exposure_by_group(shown: Int64s, groups: Ints) -> tuple[GroupExposure, ...]:
    """Return the exposure of each group, by its number; ``groups`` holds one for each person."""
    return tuple(
        GroupExposure(
            group=group,
            people=int(np.count_nonzero(groups == group)),
            never=int(np.count_nonzero((groups == group) & (shown == 0))),
            places=int(shown[groups == group].sum()),
        )
        for group in np.unique(groups).tolist()
    )


def gini(shown: Int64s) -> int | None:
    """Return how unevenly the lists are spread over the people, in hundredths of a per cent.

    0: everybody stands in as many; near 10,000: one person in all of them; ``None`` where nobody stands in any. Exact
    in whole numbers, rounded down.
    """
    count, total = len(shown), int(shown.sum())
    if not total:
        return None
    ranked = np.sort(shown)
    weighed = sum(rank * lists for rank, lists in enumerate(ranked.tolist(), 1) if lists)
    return int(WHOLE * (2 * weighed - (count + 1) * total) // (count * total))


def waiting_floor(
    lists: Shortlists, openings: OpeningColumns, policies: PolicySet, is_waiting: Bools, quota_percent: int
) -> Floor:
    """Return how the order alone serves the reserve: ``quota_percent`` of an opening's places, rounded down.

    Places are the candidates per open post. ``is_waiting`` marks, by place in the pool, people who have waited long.
    """
    ready = concerned = short = reserved = reached = 0
    for row in range(len(openings)):
        span = slice(int(lists.start[row]), int(lists.start[row + 1]))
        people = lists.seeker[span][lists.result_class[span] == READY]
        places = policy_of(openings, policies, row).candidates_per_post * int(openings.open_posts[row])
        kept = min(places * quota_percent // PER_CENT, int(np.count_nonzero(is_waiting[people])))
        served = min(kept, int(np.count_nonzero(is_waiting[people[:places]])))
        ready += bool(len(people))
        concerned += bool(kept)
        short += served < kept
        reserved += kept
        reached += served
    return Floor(ready, concerned, short, reserved, reached)
