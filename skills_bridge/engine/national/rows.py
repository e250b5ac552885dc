"""The rows of a run as the bytes of a binary COPY, laid out by compiled code: a country's lists are a million of them.

A row keeps the person as she was judged (*facts* and *held* of ``packed``), so that her whole account can be told again
at any time from the row and the terms of the run; nothing is worked out for people whom nobody looks at.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from skills_bridge.engine.arrays import NO_VALUE, Int64s
from skills_bridge.engine.national.packed import Bytes, RawPeople
from skills_bridge.engine.results import RESULT_CLASSES

COLUMNS: Final = (
    "run_id",
    "opening_id",
    "seeker_id",
    "agency_id",
    "result_class",
    "rank",
    "points",
    "score",
    "order_key",
    "cohort_id",
    "unknown_gates",
    "unproven",
    "person",
)
"""The columns of a row, in their order."""

COPY_START: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
COPY_END: Final = b"\xff\xff"
FACTS_SIZE: Final = 2
"""Bytes before a kept person's facts that tell their length; what she holds follows them."""


class Persons(NamedTuple):
    """Kept people one after the other: person ``i`` from ``start[i]`` to ``start[i + 1]``."""

    content: Bytes
    start: Int64s


class Lines(NamedTuple):
    """Rows as parallel columns; -1 in ``score`` and ``cohort_id`` is null."""

    opening_id: Int64s
    seeker_id: Int64s
    result_class: Int64s
    rank: Int64s
    points: Int64s
    score: Int64s
    order_key: Int64s
    cohort_id: Int64s
    unknown_gates: Int64s
    unproven: Int64s


def kept_persons(parts: Sequence[RawPeople], places: Int64s) -> Persons:
    """Return people as rows keep them, by their places through one part after the other."""
    limits = np.cumsum([0, *(len(part.begin[0]) for part in parts)])
    sizes = np.zeros(len(places), np.int64)
    owner = np.searchsorted(limits, places, side="right") - 1
    for at, part in enumerate(parts):
        mine = np.flatnonzero(owner == at)
        here = places[mine] - limits[at]
        sizes[mine] = FACTS_SIZE + (part.end[:2, here] - part.begin[:2, here]).sum(axis=0)
    start = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
    content = np.empty(int(start[-1]), np.uint8)
    for at, part in enumerate(parts):
        mine = np.flatnonzero(owner == at)
        _gather(part.content, part.begin, part.end, places[mine] - limits[at], start[mine], content)
    return Persons(content, start)


def copied(lines: Lines, persons: Persons, *, run_id: int, agency_id: int) -> bytes:
    """Return the rows in binary, without start and end of the COPY."""
    names = [kind.value.encode() for kind in RESULT_CLASSES]
    ends = np.cumsum([0, *map(len, names)])
    room = int(persons.start[-1]) + len(lines.rank) * _row_bytes(max(map(len, names)))
    found = np.empty(room, np.uint8)
    text = np.frombuffer(b"".join(names), np.uint8)
    return found[: _encode(lines, persons, run_id, agency_id, text, ends, found)].tobytes()


def _row_bytes(name: int) -> int:
    """Return the most bytes of a row beside the person."""
    wide, narrow = 8, 2
    return 2 + 4 * len(COLUMNS) + 9 * wide + narrow + wide + name


@njit(cache=True, nogil=True)
def _gather(  # noqa: PLR0917  # compiled
    source: Bytes, begin: Int64s, end: Int64s, places: Int64s, start: Int64s, content: Bytes
) -> None:
    for row in range(len(places)):
        place, at = places[row], start[row]
        size = end[0, place] - begin[0, place]
        content[at], content[at + 1] = size >> 8, size & 255
        at += FACTS_SIZE
        for string in range(2):
            for byte in range(begin[string, place], end[string, place]):
                content[at] = source[byte]
                at += 1


@njit(cache=True, nogil=True, inline="always")
def _put(found: Bytes, at: int, value: int, width: int) -> int:
    """Write a whole number, the highest byte first, and return where it ends."""
    for place in range(width):
        found[at + place] = (value >> (8 * (width - 1 - place))) & 255
    return at + width


@njit(cache=True, nogil=True, inline="always")
def _field(found: Bytes, at: int, value: int, width: int) -> int:
    """Write a field with its length."""
    return _put(found, _put(found, at, width, 4), value, width)


@njit(cache=True, nogil=True, inline="always")
def _nullable(found: Bytes, at: int, value: int) -> int:
    """Write a field that may be null."""
    if value == NO_VALUE:
        return _put(found, at, -1, 4)
    return _field(found, at, value, 8)


@njit(cache=True, nogil=True)
def _encode(  # noqa: PLR0917  # compiled
    lines: Lines,
    persons: Persons,
    run_id: int,
    agency_id: int,
    text: Bytes,
    ends: npt.NDArray[np.int64],
    found: Bytes,
) -> int:
    """Write all rows and return where they end."""
    at = 0
    for row in range(len(lines.rank)):
        at = _put(found, at, len(COLUMNS), 2)
        at = _field(found, at, run_id, 8)
        at = _field(found, at, lines.opening_id[row], 8)
        at = _field(found, at, lines.seeker_id[row], 8)
        at = _field(found, at, agency_id, 8)
        first, last = ends[lines.result_class[row]], ends[lines.result_class[row] + 1]
        at = _put(found, at, last - first, 4)
        for letter in range(first, last):
            found[at] = text[letter]
            at += 1
        at = _field(found, at, lines.rank[row], 8)
        at = _field(found, at, lines.points[row], 8)
        at = _nullable(found, at, lines.score[row])
        at = _field(found, at, lines.order_key[row], 8)
        at = _nullable(found, at, lines.cohort_id[row])
        at = _field(found, at, lines.unknown_gates[row], 2)
        at = _field(found, at, lines.unproven[row], 4)
        size = persons.start[row + 1] - persons.start[row]
        at = _put(found, at, size, 4)
        for byte in range(persons.start[row], persons.start[row + 1]):
            found[at] = persons.content[byte]
            at += 1
    return at
