"""The lists in waiting order: openings that ask for no competency, and people who hold none.

Nobody has points here, so only the order key counts, and lanes stand by falling key: a block is left at the first
person who waits for less long than the last one of each list.
"""

from __future__ import annotations

from skills_bridge.engine.national.accounts import tell
from skills_bridge.engine.national.compiling import inner
from skills_bridge.engine.national.demand import Asked
from skills_bridge.engine.national.desk import Desk, Terms, find_sure
from skills_bridge.engine.national.heaps import CLASSES, NOT_ENOUGH, READY, TO_CONFIRM, Heaps, put
from skills_bridge.engine.national.index import Blocks
from skills_bridge.engine.national.lanes import (
    LANE_WORDS,
    LANES,
    NOTHING,
    ONE,
    WORD,
    Words,
    copy_lanes,
    holds,
    keep_common,
    lowest_bit,
)


@inner
def take_waiting(  # noqa: PLR0917  # compiled
    block: int, opening: int, passed: Words, blocks: Blocks, asked: Asked, terms: Terms, heaps: Heaps, desk: Desk
) -> None:
    """Put a block's people into the waiting lists of an opening, the first registered first."""
    lists = CLASSES * opening
    is_scored = asked.asks.full[opening] > 0
    if int(blocks.key[block * LANES]) <= _to_beat(heaps, lists, is_scored):
        return
    ready = desk.kinds[READY]
    copy_lanes(ready, passed)
    for place in range(asked.path.start[opening], asked.path.start[opening + 1]):
        find_sure(blocks, block, asked, asked.path.condition[place], desk)
        keep_common(ready, ready, desk.sure[asked.path.condition[place]])
    for word in range(LANE_WORDS):
        left = passed[word]
        while left != NOTHING:
            lane = word * WORD + lowest_bit(left)
            left &= left - ONE
            key = int(blocks.key[block * LANES + lane])
            if key <= _to_beat(heaps, lists, is_scored):
                return
            kind = NOT_ENOUGH
            if not is_scored:
                kind = READY if holds(ready, lane) else TO_CONFIRM
            if key > int(heaps.worst[lists + kind]):
                tell(block, lane, opening, kind, put(heaps, lists + kind, key), blocks, asked, terms, heaps, desk)


@inner
def _to_beat(heaps: Heaps, lists: int, is_scored: bool) -> int:  # noqa: FBT001  # compiled
    """Return the key below which nobody enters."""
    if is_scored:
        return int(heaps.worst[lists + NOT_ENOUGH])
    return min(int(heaps.worst[lists + READY]), int(heaps.worst[lists + TO_CONFIRM]))
