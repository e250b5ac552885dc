"""The lists while they are being filled, and the small questions asked of one person and one opening."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from skills_bridge.engine.arrays import Int64s
from skills_bridge.engine.national.bridges import NOWHERE, Bridges
from skills_bridge.engine.national.demand import Asks
from skills_bridge.engine.national.index import Blocks
from skills_bridge.engine.national.layout import Words

READY = 0
TO_CONFIRM = 1
NEAR = 2
NOT_ENOUGH = 3
CLASSES = 4
"""Lists of an opening, numbered as in ``RESULT_CLASSES``."""

FULL = 2**63 - 1
"""The key to beat where a list holds nobody at all."""


class Heaps(NamedTuple):
    """The best order keys of each list: list ``4 * opening + class`` from ``start[list]`` to ``start[list + 1]``.

    A heap, its lowest key first, as soon as there is a key; ``filled`` counts them.
    """

    start: Int64s
    keys: Int64s
    filled: Int64s


class Worth(NamedTuple):
    """A policy's tables (``policy.Tables``) in the width of the kernel: credit 0 to 250, standing 0 to 2."""

    credit: npt.NDArray[np.uint8]
    standing: npt.NDArray[np.uint8]


@njit(cache=True, nogil=True)
def worst(heaps: Heaps, place: int) -> int:
    """Return the key that a newcomer to a list must beat: -1 while there is room."""
    first, end = heaps.start[place], heaps.start[place + 1]
    if first == end:
        return FULL
    return int(heaps.keys[first]) if heaps.filled[place] == end - first else -1


@njit(cache=True, nogil=True)
def put(heaps: Heaps, place: int, key: int) -> None:
    """Put a key that beats the worst into a list; the worst leaves a full one."""
    first, room = heaps.start[place], heaps.start[place + 1] - heaps.start[place]
    count = heaps.filled[place]
    if count < room:
        at = count
        while at > 0 and heaps.keys[first + (at - 1) // 2] > key:
            heaps.keys[first + at] = heaps.keys[first + (at - 1) // 2]
            at = (at - 1) // 2
        heaps.keys[first + at] = key
        heaps.filled[place] = count + 1
        return
    at = 0
    while True:
        child = 2 * at + 1
        if child >= room:
            break
        if child + 1 < room and heaps.keys[first + child + 1] < heaps.keys[first + child]:
            child += 1
        if heaps.keys[first + child] >= key:
            break
        heaps.keys[first + at] = heaps.keys[first + child]
        at = child
    heaps.keys[first + at] = key


@njit(cache=True, nogil=True)
def standing_of(  # noqa: PLR0917  # compiled
    blocks: Blocks, run: int, lane: int, standing: npt.NDArray[np.uint8], level: int, evidence: int
) -> int:
    """Return how the person in a lane stands to a must: 2 met, 1 to prove, 0 short; ``run`` -1: nobody holds it."""
    best = 0
    if run >= 0:
        item = blocks.run_end[run - 1] if run > 0 else 0
        while item < blocks.run_end[run] and blocks.lane[item] < lane:
            item += 1
        while item < blocks.run_end[run] and blocks.lane[item] == lane:
            best = max(best, int(standing[level, evidence, blocks.code[item]]))
            item += 1
    return best


@njit(cache=True, nogil=True)
def is_proven(  # noqa: PLR0917  # compiled
    blocks: Blocks, lane: int, asks: Asks, opening: int, run_of: Int64s, standing: npt.NDArray[np.uint8]
) -> bool:
    """Say whether a person whose levels suffice has proof for every must."""
    for item in range(asks.start[opening], asks.start[opening + 1]):
        if asks.is_must[item]:
            run = run_of[asks.competency[item]]
            if standing_of(blocks, run, lane, standing, asks.level[item], asks.evidence[item]) < 2:  # noqa: PLR2004
                return False
    return True


@njit(cache=True, nogil=True)
def closing_cohort(  # noqa: PLR0917  # compiled
    bridges: Bridges, opening: int, missing: int, sure: Words, field: Int64s, most: int
) -> int:
    """Return the place of the first cohort that closes a person's gap, or -1.

    ``field`` is word and lowest bit of the education field in a signature, ``most`` its largest value.
    """
    education = np.int64((sure[field[0]] >> np.uint64(field[1])) & np.uint64(most))
    for place in range(bridges.start[opening], bridges.start[opening + 1]):
        if (
            missing & ~np.int64(bridges.taught[place]) == 0
            and education >= bridges.entry[place]
            and bridges.word[place] != NOWHERE
            and sure[bridges.word[place]] & bridges.bit[place] != 0
        ):
            return int(bridges.cohort[place])
    return -1


@njit(cache=True, nogil=True)
def run_of_competency(blocks: Blocks, block: int, competency: int) -> int:
    """Return the run of a competency (a place in the index's list) in a block, or -1."""
    first, end = blocks.run_start[block], blocks.run_start[block + 1]
    at = int(first + np.searchsorted(blocks.run_competency[first:end], competency))
    return at if at < end and blocks.run_competency[at] == competency else -1
