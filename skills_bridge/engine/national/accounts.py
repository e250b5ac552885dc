"""What is told of the listed: unknown gates, musts without proof or level, the cohort that closes a gap."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from skills_bridge.engine.arrays import Bits, Int64s
from skills_bridge.engine.national.bridges import Bridges
from skills_bridge.engine.national.demand import Asks
from skills_bridge.engine.national.index import LANES, Blocks
from skills_bridge.engine.national.lanes import NEAR, Worth, closing_cohort, run_of_competency, standing_of
from skills_bridge.engine.national.signatures import GatePlan, Needs, failed_gates


class Told(NamedTuple):
    """Columns of ``Shortlists``, one row per listed pair."""

    unknown_gates: Bits
    unproven: Bits
    missing: Bits
    cohort: Int64s


@njit(cache=True, nogil=True)
def tell(  # noqa: PLR0917  # compiled
    first: int,
    end: int,
    opening: Int64s,
    lane: Int64s,
    kind: Int64s,
    blocks: Blocks,
    index_place: Int64s,
    needs: Needs,
    asks: Asks,
    bridges: Bridges,
    plan: GatePlan,
    education: Int64s,
    worth: Worth,
    told: Told,
) -> None:
    """Write what is told of the rows from ``first`` to ``end`` (excluded), whose openings are of one policy.

    ``index_place`` (competencies asked) is the place of each in the index's competencies, or -1.
    """
    for row in range(first, end):
        at, serves = lane[row], opening[row]
        told.unknown_gates[row] = failed_gates(blocks.sure[at], plan, needs, serves)
        for item in range(asks.start[serves], asks.start[serves + 1]):
            if asks.is_must[item]:
                place = index_place[asks.competency[item]]
                run = run_of_competency(blocks, at // LANES, place) if place >= 0 else -1
                found = standing_of(blocks, run, at % LANES, worth.standing, asks.level[item], asks.evidence[item])
                bit = np.uint16(1) << np.uint16(item - asks.start[serves])
                if found == 0:
                    told.missing[row] |= bit
                elif found == 1:
                    told.unproven[row] |= bit
        if kind[row] == NEAR:
            missing = int(told.missing[row])
            told.cohort[row] = closing_cohort(bridges, serves, missing, blocks.sure[at], education, education[2])
