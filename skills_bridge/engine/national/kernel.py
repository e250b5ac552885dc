"""Every opening against every block that may hold its people: the part of matching that takes the time.

A block that some opening may want is *spread out*: each competency that anybody asks becomes rows of 256 bytes, one
lane a person: four of credits (one per level asked) and one of levels (bit ``level - 1``: the level suffices for a
must). An opening is then a few comparisons and sums of rows, which the processor does for dozens of people at once:
first the gates, then the musts, then the points; what is sure and proven is asked only of people whose points could
still enter a list. Points are at most 20,000 (16 requirements x weight 5 x
credit 250) and so fit ``uint16``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from skills_bridge.engine.arrays import Bits, Int64s
from skills_bridge.engine.national.bridges import Bridges
from skills_bridge.engine.national.demand import Asks
from skills_bridge.engine.national.index import LANES, Blocks
from skills_bridge.engine.national.lanes import (
    CLASSES,
    NEAR,
    READY,
    TO_CONFIRM,
    Heaps,
    Worth,
    closing_cohort,
    is_proven,
    put,
    worst,
)
from skills_bridge.engine.national.layout import Words
from skills_bridge.engine.national.signatures import Needs, admits, find_admitted

Rows = npt.NDArray[np.uint8]
NONE, ALL = np.uint16(0), np.uint16(0xFFFF)
ROWS = 5
"""Rows of a competency: credits for the levels 1 to 4, then the levels."""

LEVELS_ROW = 4
TOGETHER = 4
"""Rows added in one pass over the lanes."""

NO_LIST = -1
GROUP = 32
"""Lanes whose highest points are looked at before each one is."""


class Desk(NamedTuple):
    """What a task works on, a few hundred kilobytes that stay in the cache; the first ``ROWS`` rows are always zero.

    By competency asked: ``row_of`` its first row in the open block, 0 if nobody holds it, and ``run_of`` its run, or
    -1. By lane: ``faults`` (0: no gate fails), ``points``, and ``missing``, the musts short of level, by their place
    in the opening.
    """

    rows: Rows
    row_of: Int64s
    run_of: Int64s
    faults: Words
    hits: Words
    points: Bits
    missing: Bits
    chosen: Int64s
    weights: Bits


@njit(cache=True, nogil=True)
def fill_lists(  # noqa: PLR0917  # compiled
    first: int,
    end: int,
    blocks: Blocks,
    asked_place: Int64s,
    most_runs: int,
    needs: Needs,
    asks: Asks,
    bridges: Bridges,
    guards: Words,
    education: Int64s,
    worth: Worth,
    heaps: Heaps,
) -> None:
    """Fill the lists of the openings from ``first`` to ``end`` (excluded), all of one policy, from every block.

    ``asked_place`` (index's competencies) is the place of each in those asked, or -1; ``most_runs`` bounds the runs of
    a block that are asked; ``education`` is word, lowest bit and largest value of that field.
    """
    asked = np.int64(asks.competency.max()) + 1 if len(asks.competency) else 0
    desk = Desk(
        np.zeros((ROWS * (most_runs + 1), LANES), np.uint8),
        np.zeros(asked, np.int64),
        np.full(asked, -1, np.int64),
        np.zeros(LANES, np.uint64),
        np.zeros(LANES, np.uint64),
        np.zeros(LANES, np.uint16),
        np.zeros(LANES, np.uint16),
        np.zeros(32, np.int64),
        np.zeros(32, np.uint16),
    )
    least = np.ones(end - first, np.uint16)
    for block in range(blocks.held_blocks[0]):
        is_open = False
        for opening in range(first, end):
            if asks.full[opening] == 0 or not admits(blocks.summary[block], guards, needs, opening):
                continue
            if not find_admitted(blocks.maybe[block], guards, needs, opening, desk.faults, desk.hits):
                continue
            if not is_open:
                _open(blocks, block, asked_place, worth, desk)
                is_open = True
            if not _find_missing(asks, bridges, opening, desk):
                continue
            if not _add_points(asks, opening, desk):
                continue
            floor = least[opening - first]
            least[opening - first] = _take(
                blocks, block, opening, floor, needs, asks, bridges, guards, education, worth, heaps, desk
            )
        if is_open:
            _close(blocks, block, asked_place, desk)


@njit(cache=True, nogil=True)
def _open(blocks: Blocks, block: int, asked_place: Int64s, worth: Worth, desk: Desk) -> None:
    """Spread out the runs of a block that anybody asks; the best of several holdings counts."""
    row = 0
    for run in range(blocks.run_start[block], blocks.run_start[block + 1]):
        place = asked_place[blocks.run_competency[run]]
        if place < 0:
            continue
        row += ROWS
        desk.row_of[place], desk.run_of[place] = row, run
        rows = desk.rows[row : row + ROWS]
        rows[:, :] = 0
        for item in range(blocks.run_end[run - 1] if run > 0 else 0, blocks.run_end[run]):
            lane, code = blocks.lane[item], blocks.code[item]
            for level in range(4):
                rows[level, lane] = max(rows[level, lane], worth.credit[level, code])
                rows[LEVELS_ROW, lane] |= np.uint8(worth.standing[level, 0, code] > 0) << np.uint8(level)


@njit(cache=True, nogil=True)
def _close(blocks: Blocks, block: int, asked_place: Int64s, desk: Desk) -> None:
    """Forget the runs of a block."""
    for run in range(blocks.run_start[block], blocks.run_start[block + 1]):
        place = asked_place[blocks.run_competency[run]]
        if place >= 0:
            desk.row_of[place], desk.run_of[place] = 0, -1


@njit(cache=True, nogil=True)
def _find_missing(asks: Asks, bridges: Bridges, opening: int, desk: Desk) -> bool:
    """Note each lane's musts short of level, a fault if no cohort teaches one; say whether anybody is left."""
    if bridges.musts[opening] == 0:
        return True
    missing = desk.missing
    missing[:] = 0
    beyond = np.uint16(~bridges.teachable[opening])
    for item in range(asks.start[opening], asks.start[opening + 1]):
        if asks.is_must[item]:
            row = desk.row_of[asks.competency[item]]
            bit = np.uint16(1 << (item - asks.start[opening]))
            if row == 0 and bit & beyond:
                return False
            enough = np.uint8(1 << asks.level[item])
            levels = desk.rows[row + LEVELS_ROW]
            for lane in range(LANES):
                missing[lane] |= NONE if levels[lane] & enough else bit
    faults, count = desk.faults, 0
    for lane in range(LANES):
        faults[lane] |= np.uint64(missing[lane] & beyond)
        count += faults[lane] == 0
    return count > 0


@njit(cache=True, nogil=True)
def _add_points(asks: Asks, opening: int, desk: Desk) -> bool:
    """Add up weight x credit in each lane, 0 where there is a fault; say whether the block holds anything."""
    count = 0
    for item in range(asks.start[opening], asks.start[opening + 1]):
        row = desk.row_of[asks.competency[item]]
        if row > 0:
            desk.chosen[count] = row + asks.level[item]
            desk.weights[count] = asks.weight[item]
            count += 1
    if count == 0:
        return False
    while count % TOGETHER:
        desk.chosen[count], desk.weights[count] = 0, 0
        count += 1
    points = desk.points
    points[:] = 0
    for at in range(0, count, TOGETHER):
        one, two = desk.rows[desk.chosen[at]], desk.rows[desk.chosen[at + 1]]
        three, four = desk.rows[desk.chosen[at + 2]], desk.rows[desk.chosen[at + 3]]
        by_one, by_two, by_three, by_four = desk.weights[at : at + TOGETHER]
        for lane in range(LANES):
            points[lane] += np.uint16(
                np.uint16(one[lane]) * by_one
                + np.uint16(two[lane]) * by_two
                + np.uint16(three[lane]) * by_three
                + np.uint16(four[lane]) * by_four
            )
    faults = desk.faults
    for lane in range(LANES):
        points[lane] &= ALL if faults[lane] == 0 else NONE
    return True


@njit(cache=True, nogil=True)
def _take(  # noqa: PLR0917  # compiled
    blocks: Blocks,
    block: int,
    opening: int,
    least: int,
    needs: Needs,
    asks: Asks,
    bridges: Bridges,
    guards: Words,
    education: Int64s,
    worth: Worth,
    heaps: Heaps,
    desk: Desk,
) -> int:
    """Put into the lists whoever belongs there; return the least points that can still enter one of them."""
    has_musts = bridges.musts[opening] != 0
    points = desk.points
    for group in range(0, LANES, GROUP):
        highest = np.uint16(0)
        for lane in range(group, group + GROUP):
            highest = max(highest, points[lane])
        if highest < least:
            continue
        for lane in range(group, group + GROUP):
            if points[lane] < least:
                continue
            key = int(points[lane]) << 48 | int(blocks.key[block * LANES + lane])
            missing = int(desk.missing[lane]) if has_musts else 0
            kind = _class_of(
                blocks, block, lane, opening, key, missing, needs, asks, bridges, guards, education, worth, heaps, desk
            )
            if kind != NO_LIST and key > worst(heaps, CLASSES * opening + kind):
                put(heaps, CLASSES * opening + kind, key)
                least = least_points(heaps, opening, bridges)
    return least


@njit(cache=True, nogil=True)
def _class_of(  # noqa: PLR0917  # compiled
    blocks: Blocks,
    block: int,
    lane: int,
    opening: int,
    key: int,
    missing: int,
    needs: Needs,
    asks: Asks,
    bridges: Bridges,
    guards: Words,
    education: Int64s,
    worth: Worth,
    heaps: Heaps,
    desk: Desk,
) -> int:
    """Return the list where a person belongs, or that no list has a place for the key; the cheapest question first."""
    lists, at = CLASSES * opening, block * LANES + lane
    to_beat = (
        worst(heaps, lists + NEAR) if missing else min(worst(heaps, lists + READY), worst(heaps, lists + TO_CONFIRM))
    )
    if key <= to_beat:
        return NO_LIST
    if missing:
        cohort = closing_cohort(bridges, opening, missing, blocks.sure[at], education, education[2])
        return NO_LIST if cohort < 0 else NEAR
    if not admits(blocks.sure[at], guards, needs, opening):
        return TO_CONFIRM
    return READY if is_proven(blocks, lane, asks, opening, desk.run_of, worth.standing) else TO_CONFIRM


@njit(cache=True, nogil=True)
def least_points(heaps: Heaps, opening: int, bridges: Bridges) -> int:
    """Return the points below which nobody can enter a list of the opening; at least 1."""
    lowest = min(worst(heaps, CLASSES * opening + READY), worst(heaps, CLASSES * opening + TO_CONFIRM))
    if bridges.teachable[opening]:
        lowest = min(lowest, worst(heaps, CLASSES * opening + NEAR))
    return max(1, lowest >> 48)
