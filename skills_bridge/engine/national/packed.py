"""Packed people, as the database keeps them, one after the other, and as they are taken apart into columns.

Each has the key (8) and three strings of bytes with their lengths (4) before them; all numbers have the highest byte
first (bytes in brackets):

*facts*: registration day (4), education rank (2), months (2), days of availability and of majority (4 each); then the
sets in the order of ``SETS``, and the languages: how many (2), below 0 and one further where the list is not complete,
and each code (4), of a language ``8 * code + level``.
*held*: each competency as recorded: key (4), ``4 * evidence + level - 1`` (2), last day of validity (4).
*skills*: all that they count for, along the relations: key (4), code of ``policy.code_of`` (2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from skills_bridge.domain.framework import LEVELS
from skills_bridge.engine.arrays import Bools, CodeSets, Int64s, LevelSets
from skills_bridge.engine.columns import HeldLists, SeekerColumns
from skills_bridge.engine.national.holdings import Holdings

Bytes = npt.NDArray[np.uint8]
SETS: Final = ("provinces", "fields", "profiles", "licences", "contracts", "shifts")
KEY_BYTES: Final = 8
LANGUAGE_STEP: Final = 8
HELD_BYTES: Final = 10
SKILL_BYTES: Final = 6


class RawPeople(NamedTuple):
    """People as they were packed, in bytes: ``begin`` and ``end`` (facts and held, people) say where in ``content``."""

    content: Bytes
    begin: Int64s
    end: Int64s


@dataclass(frozen=True, eq=False)
class PackedPeople:
    """People as they were packed: their columns, what their competencies count for, and the bytes themselves."""

    seekers: SeekerColumns
    holdings: Holdings
    raw: RawPeople


def unpack(packed: bytes) -> PackedPeople:
    """Return the people, in the order in which they stand.

    :raises ValueOutOfRange: a row does not hold what it should.
    """
    content = np.frombuffer(packed, np.uint8)
    ids, begin, end = _rows(content)
    many, known = _counts(content, begin[0], len(SETS) + 1)
    starts = [np.concatenate([np.zeros(1, np.int64), np.cumsum(row)]) for row in many]
    codes = [np.empty(int(start[-1]), np.int64) for start in starts]
    numbers = np.empty((5, len(ids)), np.int64)
    for place, items in enumerate(codes):
        _codes(content, begin[0], place, starts[place], items)
    _numbers(content, begin[0], numbers)
    sets = {name: CodeSets(starts[at], codes[at], known[at]) for at, name in enumerate(SETS)}
    spoken, level = np.divmod(codes[-1], LANGUAGE_STEP)
    registered, education, months, available, adult = numbers
    seekers = SeekerColumns(
        seeker_id=ids,
        registered_day=registered,
        education_rank=education,
        experience_months=months,
        available_day=available,
        adult_day=adult,
        provinces=sets["provinces"],
        fields=sets["fields"],
        profiles=sets["profiles"],
        licences=sets["licences"],
        contracts=sets["contracts"],
        shifts=sets["shifts"],
        languages=LevelSets(starts[-1], spoken, level, known[-1]),
        held=_held(content, begin[1], end[1]),
    )
    raw = RawPeople(content, begin[:2], end[:2])
    for part in raw:
        part.flags.writeable = False  # as when it is mapped: what is compiled for one serves the other
    return PackedPeople(seekers, _holdings(content, begin[2], end[2]), raw)


def _held(content: Bytes, begin: Int64s, end: Int64s) -> HeldLists:
    """Return the competencies as they were recorded."""
    start = _limits(begin, end, HELD_BYTES)
    found = np.empty((3, int(start[-1])), np.int32)
    _records(content, begin, start, found, HELD_BYTES)
    evidence, level = np.divmod(found[1], len(LEVELS))
    return HeldLists(start, found[0], level + 1, evidence, found[2])


def _holdings(content: Bytes, begin: Int64s, end: Int64s) -> Holdings:
    """Return what the competencies count for, each by its place among those that anybody has."""
    start = _limits(begin, end, SKILL_BYTES)
    found = np.empty((2, int(start[-1])), np.int32)
    _records(content, begin, start, found, SKILL_BYTES)
    competency, code = found
    present = np.zeros(int(competency.max(initial=-1)) + 1, np.bool_)
    present[competency] = True
    place = (np.cumsum(present) - 1).astype(np.int32)
    return Holdings(np.flatnonzero(present), start, place[competency], code.astype(np.uint8))


def _limits(begin: Int64s, end: Int64s, width: int) -> Int64s:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum((end - begin) // width)])


@njit(cache=True, nogil=True, inline="always")
def _whole(content: Bytes, at: int, width: int) -> int:
    """Return the whole number, with its sign, that stands there."""
    found = int(content[at])
    if found >= 128:  # noqa: PLR2004  # the sign of the highest byte
        found -= 256
    for place in range(at + 1, at + width):
        found = found << 8 | int(content[place])
    return found


@njit(cache=True, nogil=True)
def _rows(content: Bytes) -> tuple[Int64s, Int64s, Int64s]:
    """Return the keys, and where each person's three strings begin and end."""
    many, place = 0, 0
    while place < len(content):
        place += KEY_BYTES
        for _ in range(3):
            place += 4 + _whole(content, place, 4)
        many += 1
    ids, begin, end = np.empty(many, np.int64), np.empty((3, many), np.int64), np.empty((3, many), np.int64)
    place = 0
    for row in range(many):
        ids[row] = _whole(content, place, KEY_BYTES)
        place += KEY_BYTES
        for string in range(3):
            begin[string, row] = place + 4
            place += 4 + _whole(content, place, 4)
            end[string, row] = place
    return ids, begin, end


@njit(cache=True, nogil=True)
def _counts(content: Bytes, begin: Int64s, sets: int) -> tuple[Int64s, Bools]:
    """Return how many codes each set of each person has, and whether it is known."""
    many, known = np.empty((sets, len(begin)), np.int64), np.empty((sets, len(begin)), np.bool_)
    for row in range(len(begin)):
        at = begin[row] + 16
        for place in range(sets):
            told = _whole(content, at, 2)
            known[place, row] = told >= 0
            many[place, row] = told if told >= 0 else -1 - told
            at += 2 + 4 * many[place, row]
    return many, known


@njit(cache=True, nogil=True)
def _codes(content: Bytes, begin: Int64s, wanted: int, start: Int64s, found: Int64s) -> None:
    """Write the codes of one set."""
    for row in range(len(begin)):
        at = begin[row] + 16
        for _ in range(wanted):
            told = _whole(content, at, 2)
            at += 2 + 4 * (told if told >= 0 else -1 - told)
        for item in range(start[row], start[row + 1]):
            found[item] = _whole(content, at + 2 + 4 * (item - start[row]), 4)


@njit(cache=True, nogil=True)
def _numbers(content: Bytes, begin: Int64s, found: Int64s) -> None:
    """Write registration day, education rank, months, days of availability and of majority."""
    for row in range(len(begin)):
        at = begin[row]
        found[0, row], found[1, row] = _whole(content, at, 4), _whole(content, at + 4, 2)
        found[2, row], found[3, row] = _whole(content, at + 6, 2), _whole(content, at + 8, 4)
        found[4, row] = _whole(content, at + 12, 4)


@njit(cache=True, nogil=True)
def _records(content: Bytes, begin: Int64s, start: Int64s, found: npt.NDArray[np.int32], width: int) -> None:
    """Write records of a key (4), a small number (2) and, if there is room, another number (4)."""
    for row in range(len(begin)):
        for item in range(start[row], start[row + 1]):
            at = begin[row] + width * (item - start[row])
            found[0, item], found[1, item] = _whole(content, at, 4), _whole(content, at + 4, 2)
            if len(found) > 2:  # noqa: PLR2004  # the third
                found[2, item] = _whole(content, at + 6, 4)
