"""Every opening against every block that may hold its people: the part of matching that takes the time.

An opening asks a block in this order, and is done as soon as nobody is left: the gates (shared with its neighbours,
see ``conditions``), the musts, which cohort could close a gap, who of the rest is ready. All of it is lane sets. Only
then are points added up: for a few people one by one, for many in rows of a byte each, which the processor does for
dozens of people at once. Points are at most 20,000 (16 requirements x weight 5 x credit 250) and so fit ``uint16``.
"""

from __future__ import annotations

import numpy as np

from skills_bridge.engine.arrays import Bits
from skills_bridge.engine.national.accounts import tell
from skills_bridge.engine.national.compiling import inner, outer
from skills_bridge.engine.national.demand import Asked
from skills_bridge.engine.national.desk import (
    CANDIDATES,
    EMPTY_ROW,
    Codes8,
    Desk,
    Terms,
    find_maybe,
    find_must,
    find_reach,
    find_row,
    find_sure,
    open_block,
)
from skills_bridge.engine.national.heaps import CLASSES, FULL, NEAR, READY, TO_CONFIRM, Heaps, put, put_in_order
from skills_bridge.engine.national.index import Blocks
from skills_bridge.engine.national.lanes import (
    LANE_WORDS,
    LANES,
    NOTHING,
    ONE,
    WORD,
    Words,
    add_lane,
    copy_lanes,
    first_lanes,
    is_empty,
    keep_common,
    lowest_bit,
)
from skills_bridge.engine.national.waiting import take_waiting

TOGETHER = 4
"""Rows added in one pass over the lanes."""

GATHER = np.uint64(0x0102040810204080)
"""Brings the lowest bits of eight bytes together in the highest byte."""

NO_MUSTS = np.uint16(0)

FEW = 12
"""Up to so many people are added up one by one."""


@outer
def fill_lists(  # noqa: PLR0917  # compiled
    first: int, end: int, blocks: Blocks, asked: Asked, terms: Terms, heaps: Heaps, desk: Desk
) -> None:
    """Fill the lists of the openings from ``first`` to ``end`` (excluded), all of one policy, from every block."""
    path = asked.path
    for block in range(len(blocks.people)):
        open_block(desk)
        first_lanes(blocks.people[block], desk.passed[0])
        opening = first
        while opening < end:
            start, conditions = path.start[opening], path.start[opening + 1] - path.start[opening]
            met = path.shared[opening] if opening > first else 0
            while met < conditions:
                number = path.condition[start + met]
                find_maybe(blocks, block, asked, number, desk)
                if not keep_common(desk.passed[met + 1], desk.passed[met], desk.maybe[number]):
                    break
                met += 1
            if met < conditions:
                opening = path.beyond[start + met]
                continue
            _serve(block, opening, desk.passed[met], blocks, asked, terms, heaps, desk)
            opening += 1
    put_in_order(heaps, CLASSES * first, CLASSES * end)


@inner
def _serve(  # noqa: PLR0917  # compiled
    block: int, opening: int, passed: Words, blocks: Blocks, asked: Asked, terms: Terms, heaps: Heaps, desk: Desk
) -> None:
    """Put into the lists of an opening whoever of a block belongs there; ``passed`` fail no gate."""
    if asked.asks.full[opening] == 0 or block >= blocks.held_blocks[0]:
        take_waiting(block, opening, passed, blocks, asked, terms, heaps, desk)
        return
    if not _find_candidates(block, opening, passed, blocks, asked, terms, desk):
        return
    rows = _find_rows(block, opening, blocks, asked, terms, desk)
    if rows:
        _add_points(rows, _least_wanted(opening, heaps, desk), desk)
        _take(block, opening, blocks, asked, terms, heaps, desk)


@inner
def _find_candidates(  # noqa: PLR0917  # compiled
    block: int, opening: int, passed: Words, blocks: Blocks, asked: Asked, terms: Terms, desk: Desk
) -> bool:
    """Divide those who fail no gate into ready, to confirm and near; say whether anybody is left."""
    asks, enough, ready = asked.asks, desk.kinds[TO_CONFIRM], desk.kinds[READY]
    copy_lanes(enough, passed)
    has_any, lacking = True, NO_MUSTS
    for item in range(asks.must_start[opening], asks.must_start[opening + 1]):
        find_must(blocks, block, asked, terms, asks.must[item], desk)
        has_any = keep_common(enough, enough, desk.enough[asks.must[item]])
        lacking |= asks.must_bit[item]
        if not has_any:
            break
    has_near = False
    for word in range(LANE_WORDS):
        desk.kinds[NEAR, word] = NOTHING
    if asked.bridges.teachable[opening]:
        has_near = _find_near(block, opening, passed, NO_MUSTS if has_any else lacking, blocks, asked, terms, desk)
    copy_lanes(ready, enough)
    if has_any:
        _keep_ready(block, opening, blocks, asked, desk)
    return has_any or has_near


@inner
def _keep_ready(block: int, opening: int, blocks: Blocks, asked: Asked, desk: Desk) -> None:
    """Keep among the ready those for whom no gate is unknown and every must is proven; the others are to confirm."""
    asks, ready, is_left = asked.asks, desk.kinds[READY], True
    for place in range(asked.path.start[opening], asked.path.start[opening + 1]):
        if is_left:
            number = asked.path.condition[place]
            find_sure(blocks, block, asked, number, desk)
            is_left = keep_common(ready, ready, desk.sure[number])
    for item in range(asks.must_start[opening], asks.must_start[opening + 1]):
        if is_left:
            is_left = keep_common(ready, ready, desk.proven[asks.must[item]])
    for word in range(LANE_WORDS):
        desk.kinds[TO_CONFIRM, word] &= ~ready[word]


@inner
def _find_near(  # noqa: PLR0917  # compiled
    block: int, opening: int, passed: Words, lacking: np.uint16, blocks: Blocks, asked: Asked, terms: Terms, desk: Desk
) -> bool:
    """Find whose musts short of level one cohort within reach teaches, all of them; say whether there is anybody.

    Nobody meets all of the musts ``lacking``: a cohort that teaches none of them closes no gap here. It is 0 where
    somebody meets all that are asked.
    """
    asks, ways, enough = asked.asks, asked.bridges.ways, desk.kinds[TO_CONFIRM]
    near, closed = desk.kinds[NEAR], desk.closed
    taught, is_left = NO_MUSTS, False
    for way in range(ways.start[opening], ways.start[opening + 1]):
        if ways.taught[way] != taught:
            taught = ways.taught[way]
            is_left = lacking == NO_MUSTS or taught & lacking != NO_MUSTS
            copy_lanes(closed, passed)
            for item in range(asks.must_start[opening], asks.must_start[opening + 1]):
                if is_left and not taught & asks.must_bit[item]:
                    find_must(blocks, block, asked, terms, asks.must[item], desk)
                    is_left = keep_common(closed, closed, desk.enough[asks.must[item]])
        if is_left:
            find_reach(blocks, block, asked, terms, ways.reach[way], desk)
            for word in range(LANE_WORDS):
                near[word] |= closed[word] & desk.reach[ways.reach[way], word]
    rest = NOTHING
    for word in range(LANE_WORDS):
        near[word] &= ~enough[word]
        rest |= near[word]
    return bool(rest != NOTHING)


@inner
def _find_rows(  # noqa: PLR0917  # compiled
    block: int, opening: int, blocks: Blocks, asked: Asked, terms: Terms, desk: Desk
) -> int:
    """Gather the rows of an opening that somebody of the block holds, and their weights; return how many, by fours."""
    asks, count = asked.asks, 0
    for item in range(asks.start[opening], asks.start[opening + 1]):
        row = find_row(blocks, block, terms, asks.line[item], desk)
        if row != EMPTY_ROW:
            desk.chosen[count], desk.weights[count] = row, asks.weight[item]
            count += 1
    while count % TOGETHER:
        desk.chosen[count], desk.weights[count] = EMPTY_ROW, 0
        count += 1
    return count


@inner
def _least_wanted(opening: int, heaps: Heaps, desk: Desk) -> int:
    """Return the points below which no list of an opening takes anybody, at least 1."""
    lists, least = CLASSES * opening, FULL >> 48
    for kind in range(CANDIDATES):
        if not is_empty(desk.kinds[kind]):
            least = min(least, max(1, int(heaps.worst[lists + kind]) >> 48))
    return least


@inner
def _add_points(rows: int, least: int, desk: Desk) -> None:
    """Add up weight x credit of the candidates, and find who reaches ``least``."""
    kinds, people = desk.kinds, 0
    for word in range(LANE_WORDS):
        left = kinds[READY, word] | kinds[TO_CONFIRM, word] | kinds[NEAR, word]
        while left != NOTHING:
            people += 1
            left &= left - ONE
    if people > FEW:
        _add_rows(rows, desk)
        _find_reaching(least, desk)
        return
    for word in range(LANE_WORDS):
        left = kinds[READY, word] | kinds[TO_CONFIRM, word] | kinds[NEAR, word]
        desk.reaching[word] = NOTHING
        while left != NOTHING:
            lane = word * WORD + lowest_bit(left)
            left &= left - ONE
            total = 0
            for place in range(rows):
                total += int(desk.rows[desk.chosen[place], lane]) * int(desk.weights[place])
            desk.points[lane] = total
            add_lane(desk.reaching, lane, total >= least)


@inner
def _add_rows(rows: int, desk: Desk) -> None:
    """Add up all lanes, four rows in a pass."""
    for at in range(0, rows, TOGETHER):
        chosen = desk.chosen[at : at + TOGETHER]
        _add_four(
            desk.rows[chosen[0]],
            desk.rows[chosen[1]],
            desk.rows[chosen[2]],
            desk.rows[chosen[3]],
            desk.weights[at : at + TOGETHER],
            desk.points,
            at == 0,
        )


@inner
def _add_four(  # noqa: PLR0917  # compiled
    one: Codes8,
    two: Codes8,
    three: Codes8,
    four: Codes8,
    weights: Bits,
    points: Bits,
    is_first: bool,  # noqa: FBT001
) -> None:
    by_one, by_two, by_three, by_four = weights[0], weights[1], weights[2], weights[3]
    if is_first:
        for lane in range(LANES):
            points[lane] = np.uint16(
                np.uint16(one[lane]) * by_one
                + np.uint16(two[lane]) * by_two
                + np.uint16(three[lane]) * by_three
                + np.uint16(four[lane]) * by_four
            )
        return
    for lane in range(LANES):
        points[lane] += np.uint16(
            np.uint16(one[lane]) * by_one
            + np.uint16(two[lane]) * by_two
            + np.uint16(three[lane]) * by_three
            + np.uint16(four[lane]) * by_four
        )


@inner
def _take(  # noqa: PLR0917  # compiled
    block: int, opening: int, blocks: Blocks, asked: Asked, terms: Terms, heaps: Heaps, desk: Desk
) -> None:
    """Put into each list whoever has more than its last one."""
    lists = CLASSES * opening
    for kind in range(CANDIDATES):
        to_beat = int(heaps.worst[lists + kind])
        for word in range(LANE_WORDS):
            left = desk.kinds[kind, word] & desk.reaching[word]
            while left != NOTHING:
                lane = word * WORD + lowest_bit(left)
                left &= left - ONE
                key = int(desk.points[lane]) << 48 | int(blocks.key[block * LANES + lane])
                if key > to_beat:
                    slot = put(heaps, lists + kind, key)
                    tell(block, lane, opening, kind, slot, blocks, asked, terms, heaps, desk)
                    to_beat = int(heaps.worst[lists + kind])


@inner
def _find_reaching(least: int, desk: Desk) -> None:
    """Find who has at least so many points: a byte a lane, then eight bytes into eight bits by one multiplication."""
    bound = np.uint16(least)
    for lane in range(LANES):
        desk.hits[lane] = desk.points[lane] >= bound
    for word in range(LANE_WORDS):
        found = NOTHING
        for part in range(8):
            found |= (desk.hits_by_eight[8 * word + part] * GATHER >> np.uint64(56)) << np.uint64(8 * part)
        desk.reaching[word] = found
