"""What is told of the listed: unknown gates, musts without proof or level, the cohort that closes a gap."""

from __future__ import annotations

import numpy as np

from skills_bridge.engine.national.compiling import inner
from skills_bridge.engine.national.demand import Asked
from skills_bridge.engine.national.desk import Desk, Terms, find_must, find_reach, find_sure
from skills_bridge.engine.national.heaps import NEAR, READY, Heaps
from skills_bridge.engine.national.index import Blocks
from skills_bridge.engine.national.lanes import LANES, holds

NO_COHORT = -1


@inner
def tell(  # noqa: PLR0917  # compiled
    block: int,
    lane: int,
    opening: int,
    kind: int,
    slot: int,
    blocks: Blocks,
    asked: Asked,
    terms: Terms,
    heaps: Heaps,
    desk: Desk,
) -> None:
    """Write what is told of a person who enters a list into her slot: of the ready nothing."""
    told = heaps.told[slot]
    told.lane, told.cohort = block * LANES + lane, NO_COHORT
    if kind == READY:
        told.unknown, told.unproven, told.missing = 0, 0, 0
        return
    unknown, unproven, missing = np.uint16(0), np.uint16(0), np.uint16(0)
    for place in range(asked.path.start[opening], asked.path.start[opening + 1]):
        number = asked.path.condition[place]
        find_sure(blocks, block, asked, number, desk)
        if not holds(desk.sure[number], lane):
            unknown |= asked.conditions.gate[number]
    for item in range(asked.asks.must_start[opening], asked.asks.must_start[opening + 1]):
        must = asked.asks.must[item]
        find_must(blocks, block, asked, terms, must, desk)
        if not holds(desk.enough[must], lane):
            missing |= asked.asks.must_bit[item]
        elif not holds(desk.proven[must], lane):
            unproven |= asked.asks.must_bit[item]
    told.unknown, told.unproven, told.missing = unknown, unproven, missing
    if kind == NEAR:
        told.cohort = _closing_cohort(block, lane, opening, int(missing), blocks, asked, terms, desk)


@inner
def _closing_cohort(  # noqa: PLR0917  # compiled
    block: int, lane: int, opening: int, missing: int, blocks: Blocks, asked: Asked, terms: Terms, desk: Desk
) -> int:
    """Return the first cohort that teaches all that a person misses, within her reach; or -1."""
    bridges = asked.bridges
    for place in range(bridges.start[opening], bridges.start[opening + 1]):
        if missing & ~int(bridges.taught[place]) == 0:
            reach = bridges.reach[bridges.cohort[place]]
            find_reach(blocks, block, asked, terms, reach, desk)
            if holds(desk.reach[reach], lane):
                return int(bridges.cohort[place])
    return NO_COHORT
