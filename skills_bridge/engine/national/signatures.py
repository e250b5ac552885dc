"""The gates of people and openings as words: two signatures a person, and what an opening needs of them.

*Sure* holds what is known to be there, *maybe* also all that nobody knows. Who fails an opening on *maybe* fails a
gate; who passes on *sure* passes all gates; in between some gate has no answer.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from skills_bridge.domain.matching import ValueOutOfRange
from skills_bridge.engine.arrays import LAST_DAY, Bits, Bools, Int64s, Ints, LevelSets
from skills_bridge.engine.columns import OpeningColumns, SeekerColumns
from skills_bridge.engine.gates import LimitGate
from skills_bridge.engine.national.layout import LANGUAGES, LIMIT_GATES, SET_GATES, Field, GateLayout, Words
from skills_bridge.engine.results import GATE_KINDS

NOBODY_KNOWS = 7
"""A language's level in *maybe* where it may be anything."""


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


class GatePlan(NamedTuple):
    """What reads a signature: ``guards`` of the words with fields, and each gate's bit in ``GATE_KINDS``."""

    guards: Words
    field_word: Int64s
    field_guard: Words
    field_gate: Bits
    set_gate: Bits
    needs_all: Bools


def plan_of(layout: GateLayout) -> GatePlan:
    """Return how to read the signatures of a layout."""
    fields = layout.fields
    return GatePlan(
        layout.guards,
        np.array([field.word for field in fields], np.int64),
        np.array([1 << (field.shift + field.width) for field in fields], np.uint64),
        np.array([1 << GATE_KINDS.index(field.kind) for field in fields], np.uint16),
        np.array([1 << GATE_KINDS.index(gate.kind) for gate in SET_GATES], np.uint16),
        np.array([gate.needs_all for gate in SET_GATES], np.bool_),
    )


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
        places = layout.places(gate.column, held.codes)
        listed = places < len(layout.codes[gate.column])
        words, masks = layout.columns_of(first + places[listed])
        np.bitwise_or.at(sure, (held.owners[listed], words), masks)
        maybe[~held.known] |= whole
    maybe |= sure


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


@njit(cache=True, nogil=True)
def admits(words: Words, guards: Words, needs: Needs, row: int) -> bool:
    """Say whether a signature, or the summary of several, has all that an opening needs."""
    first = len(guards)
    for word in range(needs.all_of.shape[1]):
        if (words[first + word] & needs.all_of[row, word]) != needs.all_of[row, word]:
            return False
    for word in range(first):
        if (((words[word] | guards[word]) - needs.fields[row, word]) & guards[word]) != guards[word]:
            return False
    if needs.several[row]:
        for gate in range(needs.any_of.shape[1]):
            if needs.several[row] >> gate & 1:
                hit = np.uint64(0)
                for word in range(needs.any_of.shape[2]):
                    hit |= words[first + word] & needs.any_of[row, gate, word]
                if hit == 0:
                    return False
    return True


@njit(cache=True, nogil=True)
def find_admitted(  # noqa: PLR0917  # compiled
    words: Words, guards: Words, needs: Needs, row: int, faults: Words, hits: Words
) -> bool:
    """Write 0 into ``faults`` for each lane of a block that has all that an opening needs; say whether there is one.

    ``words`` (words, lanes) is the block's part of the index; ``hits`` is room to work. ``admits`` for one signature.
    """
    first = len(guards)
    faults[:] = 0
    for word in range(needs.all_of.shape[1]):
        asked = needs.all_of[row, word]
        if asked:
            held = words[first + word]
            for lane in range(len(faults)):
                faults[lane] |= asked & ~held[lane]
    for word in range(first):
        least, guard = needs.fields[row, word], guards[word]
        if least:
            held = words[word]
            for lane in range(len(faults)):
                faults[lane] |= ~((held[lane] | guard) - least) & guard
    for gate in range(needs.any_of.shape[1]):
        if needs.several[row] >> gate & 1:
            _find_any(words[first:], needs.any_of[row, gate], faults, hits)
    found = 0
    for lane in range(len(faults)):
        found += faults[lane] == 0
    return found > 0


@njit(cache=True, nogil=True)
def _find_any(words: Words, asked: Words, faults: Words, hits: Words) -> None:
    """Write a fault for each lane that has none of the bits asked."""
    hits[:] = 0
    for word in range(len(asked)):
        if asked[word]:
            held = words[word]
            for lane in range(len(hits)):
                hits[lane] |= held[lane] & asked[word]
    for lane in range(len(hits)):
        faults[lane] |= np.uint64(hits[lane] == 0)


@njit(cache=True, nogil=True)
def failed_gates(words: Words, plan: GatePlan, needs: Needs, row: int) -> int:
    """Return the gates that a signature fails, as bits of ``GATE_KINDS``: on *sure*, those without a sure pass."""
    found = 0
    for field in range(len(plan.field_word)):
        word = plan.field_word[field]
        if ((words[word] | plan.guards[word]) - needs.fields[row, word]) & plan.field_guard[field] == 0:
            found |= plan.field_gate[field]
    first = len(plan.guards)
    for gate in range(len(plan.set_gate)):
        is_asked, has_any, has_all = False, False, True
        for word in range(needs.any_of.shape[2]):
            asked = needs.any_of[row, gate, word]
            hit = words[first + word] & asked
            is_asked |= asked != 0
            has_any |= hit != 0
            has_all &= hit == asked
        if is_asked and not (has_all if plan.needs_all[gate] else has_any):
            found |= plan.set_gate[gate]
    return found
