"""Where each gate has its place in the words of a signature.

A signature is a row of ``uint64`` words. First come *fields*, numbers with a spare bit (the guard) above each, so that
one subtraction compares all fields of a word and no field can borrow from its neighbour; then *sets*, one bit per code.

| part | width | holds |
| --- | --- | --- |
| education rank, months of experience | 7, 11 bits + guard | value + 1; 0 not stated |
| days of availability and of majority | 22 bits + guard | ``LAST_DAY + 1 - day``: earlier is more; 0 not stated |
| each language | 3 bits + guard | CEFR rank 1 to 6; 0 not spoken, 7 nobody knows |
| what the layout does not list | one more field or bit per gate | nothing, or everything if unknown |
| provinces, fields, profiles, licences, contracts, shifts | one bit per code | held or not |

The ranges are those of the columns (``arrays.py``, ``columns.py``), which are checked where they enter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np

from skills_bridge.domain.matching import GateKind, NotInInput
from skills_bridge.engine.arrays import Int64s, Ints
from skills_bridge.engine.columns import CohortColumns, OpeningColumns, SeekerColumns
from skills_bridge.engine.gates import GATES, LimitGate, SetGate
from skills_bridge.engine.national.lanes import WORD, Words

SET_GATES: Final = tuple(gate for gate in GATES if isinstance(gate, SetGate))
LIMIT_GATES: Final = tuple(gate for gate in GATES if isinstance(gate, LimitGate))
LANGUAGES: Final = "languages"
CODED: Final = (*(gate.column for gate in SET_GATES), LANGUAGES)
"""Columns whose codes a layout lists."""

WIDTHS: Final[Mapping[GateKind, int]] = {
    GateKind.EDUCATION: 7,
    GateKind.EXPERIENCE: 11,
    GateKind.AVAILABILITY: 22,
    GateKind.ADULTHOOD: 22,
    GateKind.LANGUAGE: 3,
}
"""Bits of a field, without its guard."""


SMALL_CODES: Final = 2**16
"""Codes below are looked up in a table; a search takes ten times as long."""


class Field(NamedTuple):
    """A number in a signature: its gate, word, lowest bit, and bits; the guard is the bit above."""

    kind: GateKind
    word: int
    shift: int
    width: int

    @property
    def most(self) -> int:
        """The largest value."""
        return (1 << self.width) - 1


@dataclass(frozen=True, eq=False)
class GateLayout:
    """The codes that have a place, by column, each rising and once.

    ``is_asked`` tells on which side the codes are complete: true, every code that an opening asks is listed; false,
    every code that a person holds is.
    """

    codes: Mapping[str, Int64s]
    is_asked: bool

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """All fields: the limits in the order of the gates, then the languages, the last one for those not listed."""
        kinds = [gate.kind for gate in LIMIT_GATES] + [GateKind.LANGUAGE] * (len(self.codes[LANGUAGES]) + 1)
        used: list[int] = []
        found = []
        for kind in kinds:
            width = WIDTHS[kind]
            word = next((place for place, bits in enumerate(used) if bits + width < WORD), len(used))
            used += [0] * (word == len(used))
            found.append(Field(kind, word, used[word], width))
            used[word] += width + 1
        return tuple(found)

    @cached_property
    def field_words(self) -> int:
        """The number of words with fields."""
        return 1 + max(field.word for field in self.fields)

    @cached_property
    def guards(self) -> Words:
        """The guard bits of each word with fields."""
        found = np.zeros(self.field_words, np.uint64)
        for field in self.fields:
            found[field.word] |= np.uint64(1 << (field.shift + field.width))
        return found

    @cached_property
    def first_bits(self) -> tuple[int, ...]:
        """The first bit of each set gate, counted from the first word with sets, and the end of the last one."""
        sizes = [len(self.codes[gate.column]) + 1 for gate in SET_GATES]
        return tuple(int(bit) for bit in np.concatenate([[0], np.cumsum(sizes)]))

    @cached_property
    def set_words(self) -> int:
        """The number of words with sets."""
        return -(-self.first_bits[-1] // WORD)

    @cached_property
    def _tables(self) -> dict[str, Int64s]:
        """The place of each code of a column, and of the one after the last, where codes are small."""
        found = {}
        for column, listed in self.codes.items():
            if len(listed) and listed[-1] < SMALL_CODES:
                found[column] = np.full(int(listed[-1]) + 2, len(listed), np.int64)
                found[column][listed] = np.arange(len(listed))
        return found

    def places(self, column: str, codes: Ints) -> Int64s:
        """Return the place of each code in its gate; the one after the last is for codes that are not listed.

        :raises NotInInput: an opening's code is missing from a layout of what is asked.
        """
        listed = self.codes[column]
        if column in self._tables:
            placed: Int64s = self._tables[column][np.minimum(codes, listed[-1] + 1)]
            return placed
        found = np.searchsorted(listed, codes)
        known = found < len(listed)
        known[known] = listed[found[known]] == codes[known]
        return np.where(known, found, len(listed))

    def check_holds(self, table: str, column: str, codes: Ints) -> None:
        """Refuse codes that are not listed.

        :raises NotInInput: naming the first one.
        """
        lost = self.places(column, codes) == len(self.codes[column])
        if lost.any():
            item = int(lost.argmax())
            raise NotInInput(table, column, item, int(codes[item]))

    def columns_of(self, bits: Int64s) -> tuple[Int64s, Words]:
        """Return word and mask of bits of the sets."""
        return bits // WORD, np.uint64(1) << (bits % WORD).astype(np.uint64)

    def gate_masks(self) -> Words:
        """Return all bits of each set gate, one row per gate."""
        found = np.zeros((len(SET_GATES), self.set_words), np.uint64)
        for gate, (first, end) in enumerate(zip(self.first_bits, self.first_bits[1:], strict=False)):
            words, masks = self.columns_of(np.arange(first, end))
            np.bitwise_or.at(found[gate], words, masks)
        return found


def layout_of_held(seekers: SeekerColumns) -> GateLayout:
    """Return the layout for an index of these people, which then serves any opening."""
    return _layout_of(seekers, is_asked=False)


def layout_of_asked(openings: OpeningColumns, cohorts: CohortColumns) -> GateLayout:
    """Return the layout for these openings and cohorts, under which any person can be judged."""
    found = _layout_of(openings, is_asked=True)
    provinces = np.union1d(found.codes["provinces"], cohorts.province).astype(np.int64)
    return GateLayout({**found.codes, "provinces": provinces}, is_asked=True)


def _layout_of(table: SeekerColumns | OpeningColumns, *, is_asked: bool) -> GateLayout:
    codes = {column: np.unique(getattr(table, column).codes).astype(np.int64) for column in CODED}
    return GateLayout(codes, is_asked)
