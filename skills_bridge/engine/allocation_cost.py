"""What an allocation costs each person: where the proposed opening stands among all that list her."""

from __future__ import annotations

import numpy as np

from skills_bridge.engine.allocate import Allocation
from skills_bridge.engine.allocation_policy import FULL_SCORE
from skills_bridge.engine.allocation_problem import Candidates
from skills_bridge.engine.arrays import Int64s


def own_places(candidates: Candidates, allocation: Allocation) -> tuple[Int64s, Int64s]:
    """Return, for each proposal, its opening's place in the person's own order, and how many openings list her.

    Place 1 is her best score; openings of equal score share the better place.
    """
    people = allocation.problem.seeker_id
    step = FULL_SCORE + 1
    entries = np.searchsorted(people, candidates.seeker_id) * step + FULL_SCORE - candidates.score.astype(np.int64)
    entries = np.sort(entries)
    who = np.searchsorted(people, allocation.seeker_id) * step
    first, end = np.searchsorted(entries, who), np.searchsorted(entries, who + step)
    before = np.searchsorted(entries, who + FULL_SCORE - allocation.score)
    return (before - first + 1).astype(np.int64), (end - first).astype(np.int64)
