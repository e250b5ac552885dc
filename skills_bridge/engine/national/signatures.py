"""The gates of people and openings as words: two signatures a person, and what an opening needs of them.

*Sure* holds what is known to be there, *maybe* also all that nobody knows. Who fails an opening on *maybe* fails a
gate; who passes on *sure* passes all gates; in between some gate has no answer.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from skills_bridge.domain.matching import ValueOutOfRange
from skills_bridge.engine.arrays import LAST_DAY, Bools, Int64s, Ints, LevelSets
from skills_bridge.engine.columns import OpeningColumns, SeekerColumns
from skills_bridge.engine.gates import LimitGate
from skills_bridge.engine.national.compiling import compiled
from skills_bridge.engine.national.lanes import WORD, Words
from skills_bridge.engine.national.layout import LANGUAGES, LIMIT_GATES, SET_GATES, Field, GateLayout

NOBODY_KNOWS = 7
"""A language's level in *maybe* where it may be anything."""
WORD_BITS: Final = np.uint64(WORD)


class Needs(NamedTuple):
    """What openings need of a signature, row by row.

    ``fields`` (openings, words with fields): the least value of each field. ``all_of`` (openings, words with sets): the
    bits that must all stand. ``any_of`` (openings, set gates, words with sets): the codes of each gate; a set bit of
    ``several`` (openings) is a gate of which any one code will do.
    """

    fields: Words
    all_of: Words
    any_of: Words
    several: npt.NDArray[np.uint8]


def signatures_of(seekers: SeekerColumns, layout: GateLayout) -> tuple[Words, Words]:
    """Return *sure* and *maybe* of each person, each (people, words).

    :raises NotInInput: a code held is missing from a layout of what is held.
    """
    if not layout.is_asked:
        for column in layout.codes:
            layout.check_holds("SeekerColumns", column, getattr(seekers, column).codes)
    sure = np.zeros((len(seekers), layout.field_words + layout.set_words), np.uint64)
    maybe = sure.copy()
    for gate, field in zip(LIMIT_GATES, layout.fields, strict=False):
        values = _lifted(getattr(seekers, gate.held), gate, field)
        _write(sure, field, values)
        _write(maybe, field, np.where(values == 0, field.most, values))
    _write_languages(seekers.languages, layout, sure, maybe)
    _write_sets(seekers, layout, sure[:, layout.field_words :], maybe[:, layout.field_words :])
    return sure, maybe


def needs_of(openings: OpeningColumns, layout: GateLayout) -> Needs:
    """Return what the openings need.

    :raises NotInInput: a code asked is missing from a layout of what is asked.
    """
    if layout.is_asked:
        for column in layout.codes:
            layout.check_holds("OpeningColumns", column, getattr(openings, column).codes)
    fields = np.zeros((len(openings), layout.field_words), np.uint64)
    for gate, field in zip(LIMIT_GATES, layout.fields, strict=False):
        _write(fields, field, _lifted(getattr(openings, gate.asked), gate, field))
    asked = openings.languages
    level = np.zeros((len(openings), len(layout.codes[LANGUAGES]) + 1), np.int64)
    np.maximum.at(level, (asked.owners, layout.places(LANGUAGES, asked.codes)), np.maximum(asked.level, 1))
    for place, field in enumerate(layout.fields[len(LIMIT_GATES) :]):
        _write(fields, field, level[:, place])
    any_of, several = _asked_sets(openings, layout)
    joint = np.array([not bool(gate.needs_all) for gate in SET_GATES])[None, :] & (several != 0)
    all_of = np.bitwise_or.reduce(np.where(joint[:, :, None], np.uint64(0), any_of), axis=1)
    bits = (joint << np.arange(len(SET_GATES))).sum(axis=1)
    return Needs(fields, all_of.astype(np.uint64), any_of, bits.astype(np.uint8))


def _lifted(values: Ints, gate: LimitGate, field: Field) -> Int64s:
    """Return the values as they stand in their field: more is better, 0 is not stated.

    :raises ValueOutOfRange: a value would spill into the guard, or into what marks the unknown.
    """
    stated = values != gate.absent
    wide = values.astype(np.int64)
    found = np.where(stated, LAST_DAY + 1 - wide if gate.is_latest else wide + 1, 0)
    wrong = (found < stated) | (found >= field.most)
    if wrong.any():
        row = int(wrong.argmax())
        raise ValueOutOfRange("signature", str(gate.kind), row, int(values[row]), low=0, high=field.most - 1)
    return found


def _write(words: Words, field: Field, values: Int64s) -> None:
    words[:, field.word] |= values.astype(np.uint64) << np.uint64(field.shift)


def _write_languages(spoken: LevelSets, layout: GateLayout, sure: Words, maybe: Words) -> None:
    """Write the best level of each language; a level nobody has stated may be any, so may a missing one if unknown."""
    listed = len(layout.codes[LANGUAGES])
    place = spoken.owners, layout.places(LANGUAGES, spoken.codes)
    best = np.zeros((len(spoken), listed + 1), np.int64)
    np.maximum.at(best, place, spoken.level)
    is_open = np.repeat(~spoken.known[:, None], listed + 1, axis=1)
    is_open[place] = False
    unstated = spoken.level == 0
    is_open[place[0][unstated], place[1][unstated]] = True
    best[:, listed] = 0
    is_open[:, listed] = ~spoken.known
    for language, field in enumerate(layout.fields[len(LIMIT_GATES) :]):
        _write(sure, field, best[:, language])
        _write(maybe, field, np.where(is_open[:, language], NOBODY_KNOWS, best[:, language]))


def _write_sets(seekers: SeekerColumns, layout: GateLayout, sure: Words, maybe: Words) -> None:
    """Write the codes held; where a list is unknown, *maybe* has them all."""
    for gate, first, whole in zip(SET_GATES, layout.first_bits, layout.gate_masks(), strict=False):
        held = getattr(seekers, gate.column)
        _set_bits(sure, held.start, layout.places(gate.column, held.codes), first, len(layout.codes[gate.column]))
        maybe[~held.known] |= whole
    maybe |= sure


@compiled
def _set_bits(words: Words, start: Int64s, places: Int64s, first: int, listed: int) -> None:
    """Set the bit of each code that is listed, from the bit ``first`` on."""
    for row in range(len(start) - 1):
        for item in range(start[row], start[row + 1]):
            if places[item] < listed:
                bit = np.uint64(first + places[item])
                words[row, bit // WORD_BITS] |= np.uint64(1) << (bit % WORD_BITS)


def _asked_sets(openings: OpeningColumns, layout: GateLayout) -> tuple[Words, Bools]:
    """Return the codes asked by gate, and where there are several."""
    asked = np.zeros((len(openings), len(SET_GATES), layout.set_words), np.uint64)
    several = np.zeros((len(openings), len(SET_GATES)), np.bool_)
    for place, (gate, first) in enumerate(zip(SET_GATES, layout.first_bits, strict=False)):
        sets = getattr(openings, gate.column)
        words, masks = layout.columns_of(first + layout.places(gate.column, sets.codes))
        np.bitwise_or.at(asked, (sets.owners, np.full(len(words), place), words), masks)
        several[:, place] = np.bitwise_count(asked[:, place]).sum(axis=1) > 1
    return asked, several
