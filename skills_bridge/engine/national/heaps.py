"""The lists while they are being filled: heaps of order keys, with what is told of each person beside them.

Each list is a heap, its lowest key first, so that a better one costs a few steps even in a list of two thousand. What
is told of a person is worked out when she enters, while the answers of her block are at hand; it stays in a *slot*,
and only key and number of the slot move in the heap.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from skills_bridge.engine.arrays import Int64s
from skills_bridge.engine.national.compiling import inner

READY: Final = 0
TO_CONFIRM: Final = 1
NEAR: Final = 2
NOT_ENOUGH: Final = 3
CLASSES: Final = 4
"""Lists of an opening, numbered as in ``RESULT_CLASSES``."""

FULL: Final = 2**63 - 1
"""The key to beat where a list holds nobody at all."""

ROOM: Final = -1
"""The key to beat while a list has room."""


TOLD: Final = np.dtype(
    [
        ("lane", np.int32),
        ("cohort", np.int32),
        ("unknown", np.uint16),
        ("unproven", np.uint16),
        ("missing", np.uint16),
        ("unused", np.uint16),
    ]
)
"""What is told of a person: her lane, counted over all blocks, the place of the cohort that closes her gap, and the
bits of unknown gates, and of musts without proof or level. Sixteen bytes lie in one line of the cache."""


class Heaps(NamedTuple):
    """List ``4 * opening + class`` has its places from ``start[list]`` to ``start[list + 1]``; ``filled`` are taken.

    ``worst`` is the key that a newcomer to a list must beat: -1 while there is room. It stands apart from the keys:
    every block asks for it, and it is in the cache when the keys of ten thousand openings are not.
    ``key`` and ``slot`` (counted over all lists) by place; ``told``, records of ``TOLD``, by slot.
    """

    start: Int64s
    filled: Int64s
    worst: Int64s
    key: Int64s
    slot: npt.NDArray[np.int32]
    told: npt.NDArray[np.void]


def heaps_for(length: Int64s) -> Heaps:
    """Return empty lists with room for ``length`` (openings, 4) people."""
    start = np.concatenate([np.zeros(1, np.int64), np.cumsum(length.ravel())])
    size = int(start[-1])
    filled, key = np.zeros(len(start) - 1, np.int64), np.zeros(size, np.int64)
    worst = np.where(length.ravel() > 0, ROOM, FULL)
    return Heaps(start, filled, worst, key, np.zeros(size, np.int32), np.zeros(size, TOLD))


@inner
def put(heaps: Heaps, place: int, key: int) -> int:
    """Put a key that beats the worst into a list, which leaves a full one; return its slot."""
    first, room = heaps.start[place], heaps.start[place + 1] - heaps.start[place]
    count = heaps.filled[place]
    keys, slots = heaps.key[first : first + room], heaps.slot[first : first + room]
    if count == room:
        slot = slots[0]
        _sink(keys, slots, room, key, slot)
        heaps.worst[place] = keys[0]
        return int(slot)
    slot = np.int32(first + count)
    at = count
    while at > 0 and keys[(at - 1) // 2] > key:
        keys[at], slots[at] = keys[(at - 1) // 2], slots[(at - 1) // 2]
        at = (at - 1) // 2
    keys[at], slots[at] = key, slot
    heaps.filled[place] = count + 1
    if count + 1 == room:
        heaps.worst[place] = keys[0]
    return int(slot)


@inner
def _sink(keys: Int64s, slots: npt.NDArray[np.int32], size: int, key: int, slot: int) -> None:
    """Put a key in the place of the lowest one of a heap."""
    at = 0
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and keys[child + 1] < keys[child]:
            child += 1
        if keys[child] >= key:
            break
        keys[at], slots[at] = keys[child], slots[child]
        at = child
    keys[at], slots[at] = key, slot


@inner
def put_in_order(heaps: Heaps, first: int, end: int) -> None:
    """Turn the lists from ``first`` to ``end`` (excluded) from heaps into rows, the best key first."""
    for place in range(first, end):
        start = heaps.start[place]
        for last in range(heaps.filled[place] - 1, 0, -1):
            keys, slots = heaps.key[start : start + last + 1], heaps.slot[start : start + last + 1]
            key, slot = keys[last], slots[last]
            keys[last], slots[last] = keys[0], slots[0]
            _sink(keys, slots, last, key, slot)
