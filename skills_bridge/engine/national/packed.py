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

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from skills_bridge.domain.framework import LEVELS
from skills_bridge.domain.matching import ValueOutOfRange
from skills_bridge.engine.arrays import Bools, CodeSets, Int64s, LevelSets
from skills_bridge.engine.columns import HeldLists, SeekerColumns
from skills_bridge.engine.national.holdings import Holdings
from skills_bridge.engine.policy import CODES

Bytes = npt.NDArray[np.uint8]
SETS: Final = ("provinces", "fields", "profiles", "licences", "contracts", "shifts")
NUMBERS: Final = ("registered_day", "education_rank", "experience_months", "available_day", "adult_day")
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


def unpack(packed: bytes | bytearray) -> PackedPeople:
    """Return the people, in the order in which they stand.

    :raises ValueOutOfRange: a row does not hold what it should.
    """
    content = np.frombuffer(packed, np.uint8)
    content.flags.writeable = False  # as when it is mapped: what is compiled for one serves the other
    ids, begin, end = _rows(content)
    with ThreadPoolExecutor(2) as beside:  # compiled code, on which nobody else waits
        held = beside.submit(_held, content, begin[1], end[1])
        holdings = beside.submit(_holdings, content, begin[2], end[2])
        facts = _facts_of(content, begin[0])
        seekers = SeekerColumns(seeker_id=ids, held=held.result(), **facts)
        raw = RawPeople(content, begin[:2], end[:2])
        for column in raw:
            column.flags.writeable = False
        return PackedPeople(seekers, holdings.result(), raw)


def _facts_of(content: Bytes, begin: Int64s) -> dict[str, Any]:
    """Return all columns that the first strings tell, by name."""
    numbers, many, known = _facts(content, begin, len(SETS) + 1)
    starts = np.zeros((len(many), len(begin) + 1), np.int64)
    np.cumsum(many, axis=1, out=starts[:, 1:])
    first = np.concatenate([np.zeros(1, np.int64), np.cumsum(starts[:, -1])])
    codes = np.empty(int(first[-1]), np.int32)
    _codes(content, begin, starts, first, codes)
    columns: list[npt.NDArray[Any]] = [codes, starts, known, numbers]
    for part in columns:
        part.flags.writeable = False  # columns take over as they are what nobody can change
    told = [(starts[at], codes[first[at] : first[at + 1]], known[at]) for at in range(len(starts))]
    start, spoken, is_told = told.pop()
    return {
        **dict(zip(NUMBERS, numbers, strict=True)),
        **{name: CodeSets(*of_set) for name, of_set in zip(SETS, told, strict=True)},
        "languages": LevelSets(start, *np.divmod(spoken, LANGUAGE_STEP), is_told),
    }


def _held(content: Bytes, begin: Int64s, end: Int64s) -> HeldLists:
    """Return the competencies as they were recorded."""
    start = _limits(begin, end, HELD_BYTES)
    many = int(start[-1])
    competency, grade, last_day = np.empty(many, np.int32), np.empty(many, np.int16), np.empty(many, np.int32)
    _records(content, begin, start, competency, grade, last_day)
    evidence, level = np.divmod(grade, len(LEVELS))
    for part in (competency, last_day):
        part.flags.writeable = False
    return HeldLists(start, competency, level + 1, evidence, last_day)


def _holdings(content: Bytes, begin: Int64s, end: Int64s) -> Holdings:
    """Return what the competencies count for, each by its place among those that anybody has.

    :raises ValueOutOfRange: a way of holding that there is not.
    """
    start = _limits(begin, end, SKILL_BYTES)
    competency, code = np.empty(int(start[-1]), np.int32), np.empty(int(start[-1]), np.int16)
    _records(content, begin, start, competency, code, np.empty(0, np.int32))
    if len(code) and not 0 <= code.min() <= code.max() < CODES:
        row = int(((code < 0) | (code >= CODES)).argmax())
        raise ValueOutOfRange("Holdings", "code", row, int(code[row]), low=0, high=CODES - 1)
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
def _facts(content: Bytes, begin: Int64s, sets: int) -> tuple[npt.NDArray[np.int32], Int64s, Bools]:
    """Return the numbers (5, people), how many codes each set of each person has, and whether it is known.

    The numbers are those of ``NUMBERS``.
    """
    people = len(begin)
    numbers = np.empty((5, people), np.int32)
    many, known = np.empty((sets, people), np.int64), np.empty((sets, people), np.bool_)
    for row in range(people):
        at = begin[row]
        numbers[0, row], numbers[1, row] = _whole(content, at, 4), _whole(content, at + 4, 2)
        numbers[2, row], numbers[3, row] = _whole(content, at + 6, 2), _whole(content, at + 8, 4)
        numbers[4, row] = _whole(content, at + 12, 4)
        at += 16
        for place in range(sets):
            told = _whole(content, at, 2)
            known[place, row] = told >= 0
            many[place, row] = told if told >= 0 else -1 - told
            at += 2 + 4 * many[place, row]
    return numbers, many, known


@njit(cache=True, nogil=True)
def _codes(content: Bytes, begin: Int64s, starts: Int64s, first: Int64s, found: npt.NDArray[np.int32]) -> None:
    """Write the codes of all sets: those of set ``i``, person by person, from ``first[i]`` to ``first[i + 1]``."""
    for row in range(len(begin)):
        at = begin[row] + 16
        for place in range(len(starts)):
            at += 2
            for item in range(first[place] + starts[place, row], first[place] + starts[place, row + 1]):
                found[item] = _whole(content, at, 4)
                at += 4


@njit(cache=True, nogil=True)
def _records(  # noqa: PLR0917  # compiled
    content: Bytes,
    begin: Int64s,
    start: Int64s,
    keys: npt.NDArray[np.int32],
    numbers: npt.NDArray[np.int16],
    further: npt.NDArray[np.int32],
) -> None:
    """Write records of a key (4), a small number (2) and, where there is room for them, a further number (4)."""
    width = HELD_BYTES if len(further) else SKILL_BYTES
    for row in range(len(begin)):
        at = begin[row]
        for item in range(start[row], start[row + 1]):
            keys[item], numbers[item] = _whole(content, at, 4), _whole(content, at + 4, 2)
            if len(further):
                further[item] = _whole(content, at + 6, 4)
            at += width
