"""The lists in waiting order: openings that ask for no competency, and people who hold none.

Nobody has points here, so only the order key counts. Blocks stand by falling key within, and know their best key: once
a list is full, most blocks are passed over without looking at a person.
"""

from __future__ import annotations

from numba import njit

from skills_bridge.engine.national.demand import Asks
from skills_bridge.engine.national.index import LANES, Blocks
from skills_bridge.engine.national.lanes import NOT_ENOUGH, READY, TO_CONFIRM, Heaps, put, worst
from skills_bridge.engine.national.layout import Words
from skills_bridge.engine.national.signatures import Needs, admits


@njit(cache=True, nogil=True)
def fill_waiting_lists(  # noqa: PLR0917  # compiled
    first: int, end: int, blocks: Blocks, needs: Needs, asks: Asks, guards: Words, heaps: Heaps
) -> None:
    """Fill the waiting lists of the openings from ``first`` to ``end`` (excluded)."""
    for opening in range(first, end):
        is_scored = asks.full[opening] > 0
        for block in range(blocks.held_blocks[0] if is_scored else 0, len(blocks.best_key)):
            if blocks.best_key[block] > _worst(heaps, opening, is_scored) and admits(
                blocks.summary[block], guards, needs, opening
            ):
                _take(blocks, block, opening, is_scored, needs, guards, heaps)


@njit(cache=True, nogil=True)
def _worst(heaps: Heaps, opening: int, is_scored: bool) -> int:  # noqa: FBT001  # compiled
    """Return the key that a newcomer must beat."""
    if is_scored:
        return worst(heaps, 4 * opening + NOT_ENOUGH)
    return min(worst(heaps, 4 * opening + READY), worst(heaps, 4 * opening + TO_CONFIRM))


@njit(cache=True, nogil=True)
def _take(  # noqa: PLR0917  # compiled
    blocks: Blocks,
    block: int,
    opening: int,
    is_scored: bool,  # noqa: FBT001
    needs: Needs,
    guards: Words,
    heaps: Heaps,
) -> None:
    """Put a block's people into the waiting lists, the first registered first."""
    for at in range(block * LANES, block * LANES + LANES):
        key = int(blocks.key[at])
        if key < 0 or key <= _worst(heaps, opening, is_scored):
            return
        if not admits(blocks.maybe[block, :, at - block * LANES], guards, needs, opening):
            continue
        kind = NOT_ENOUGH
        if not is_scored:
            kind = READY if admits(blocks.sure[at], guards, needs, opening) else TO_CONFIRM
        if key > worst(heaps, 4 * opening + kind):
            put(heaps, 4 * opening + kind, key)
