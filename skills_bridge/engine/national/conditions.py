"""What openings ask at the gates, each distinct question once, and the order in which a block is asked.

A *condition* is one question to a person: one of these provinces, this shift, at least this level of French. Openings
share most of theirs, so a block answers each once, as a lane set. Openings of one province stand together, and the
province is asked first: what an opening shares with the one before it is not asked again, and when nobody of a block
passes the first conditions, all neighbours that share them are passed over in one step.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from skills_bridge.domain.matching import GateKind
from skills_bridge.engine.arrays import Bits, Bools, Int64s
from skills_bridge.engine.national.compiling import compiled, inner
from skills_bridge.engine.national.lanes import LANE_WORDS, NOTHING, WORD, Words, find_at_least, holds
from skills_bridge.engine.national.layout import SET_GATES, GateLayout
from skills_bridge.engine.national.signatures import Needs
from skills_bridge.engine.results import GATE_KINDS

FIRST_ASKED: Final = (
    GateKind.MOBILITY,
    GateKind.CONTRACT,
    GateKind.EDUCATION,
    GateKind.LICENCE,
    GateKind.PROFILE,
    GateKind.FIELD,
    GateKind.SHIFT,
    GateKind.EXPERIENCE,
    GateKind.LANGUAGE,
    GateKind.ADULTHOOD,
    GateKind.AVAILABILITY,
)
"""Gates in the order in which a block is asked: what divides people most, with the fewest different questions."""


class Conditions(NamedTuple):
    """The distinct conditions, numbered in the order in which they are asked.

    Condition ``c`` reads the planes ``plane[start[c] : start[c + 1]]``: any of them will do where ``least[c]`` is 0;
    else they are a field, lowest bit first, that must hold at least so much. ``gate`` is the bit in ``GATE_KINDS``.
    """

    start: Int64s
    plane: Int64s
    least: Int64s
    gate: Bits


class Path(NamedTuple):
    """The conditions of each opening, in the order in which they are asked.

    Opening ``i`` has ``condition[start[i] : start[i + 1]]``, rising; ``shared[i]`` counts how many of the first it has
    in common with opening ``i - 1``. ``beyond``, one per place in ``condition``, is the next opening that does not
    share the conditions up to and with that place.
    """

    start: Int64s
    condition: Int64s
    shared: Int64s
    beyond: Int64s


def conditions_of(needs: Needs, layout: GateLayout) -> tuple[Conditions, Int64s, Int64s]:
    """Return the distinct conditions, and for each one asked its opening and its number, by opening and number."""
    owner, question = _questions(needs, layout)
    order = np.lexsort(question.T[::-1])
    question = question[order]
    is_new = np.ones(len(question), np.bool_)
    is_new[1:] = (question[1:] != question[:-1]).any(axis=1)
    number = np.empty(len(question), np.int64)
    number[order] = np.cumsum(is_new) - 1
    place = np.lexsort((number, owner))
    return _planes_of(question[is_new], layout), owner[place], number[place]


def _questions(needs: Needs, layout: GateLayout) -> tuple[Int64s, npt.NDArray[np.int64]]:
    """Return all that is asked: the opening, and (rank of the gate, field or -1, least, words of a set)."""
    owners, questions = [np.zeros(0, np.int64)], [np.zeros((0, 3 + layout.set_words), np.int64)]
    rank = {kind: place for place, kind in enumerate(FIRST_ASKED)}

    def ask(owner: Int64s, kind: GateKind, field: int, least: Int64s | int, words: Words | int) -> None:
        rows = np.zeros((len(owner), 3 + layout.set_words), np.int64)
        rows[:, 0], rows[:, 1], rows[:, 2] = rank[kind], field, least
        rows[:, 3:] = np.asarray(words, np.uint64).view(np.int64)
        owners.append(owner)
        questions.append(rows)

    for place, field in enumerate(layout.fields):
        least = (needs.fields[:, field.word] >> np.uint64(field.shift)) & np.uint64(field.most)
        owner = np.flatnonzero(least)
        ask(owner, field.kind, place, least[owner].astype(np.int64), 0)
    for place, gate in enumerate(SET_GATES):
        asked = needs.any_of[:, place]
        joint = (needs.several >> np.uint8(place) & np.uint8(1)).astype(np.bool_)
        owner = np.flatnonzero(joint)
        ask(owner, gate.kind, -1, 0, asked[owner])
        single = np.where(joint[:, None], np.uint64(0), asked)
        for bit in range(layout.first_bits[place], layout.first_bits[place + 1]):
            mask = np.uint64(1 << (bit % WORD))
            owner = np.flatnonzero(single[:, bit // WORD] & mask)
            if len(owner):
                words = np.zeros(layout.set_words, np.uint64)
                words[bit // WORD] = mask
                ask(owner, gate.kind, -1, 0, words)
    return np.concatenate(owners), np.concatenate(questions)


def _planes_of(questions: npt.NDArray[np.int64], layout: GateLayout) -> Conditions:
    """Return the conditions that ask the distinct questions."""
    planes: list[list[int]] = []
    first = WORD * layout.field_words
    for question in questions.tolist():
        if question[1] >= 0:
            field = layout.fields[question[1]]
            planes.append([WORD * field.word + field.shift + bit for bit in range(field.width)])
        else:
            words = [word % 2**64 for word in question[3:]]
            planes.append([first + bit for bit in range(WORD * len(words)) if words[bit // WORD] >> bit % WORD & 1])
    start = np.concatenate([np.zeros(1, np.int64), np.cumsum([len(row) for row in planes], dtype=np.int64)])
    flat = np.array([plane for row in planes for plane in row], np.int64)
    gates = [1 << GATE_KINDS.index(FIRST_ASKED[question[0]]) for question in questions.tolist()]
    return Conditions(start, flat, questions[:, 2].copy(), np.array(gates, np.uint16))


@compiled
def path_of(start: Int64s, condition: Int64s) -> Path:
    """Return the way through sorted openings."""
    openings = len(start) - 1
    shared, beyond = np.zeros(openings, np.int64), np.empty(len(condition), np.int64)
    for opening in range(1, openings):
        here, before = start[opening], start[opening - 1]
        most = min(start[opening + 1] - here, here - before)
        same = 0
        while same < most and condition[here + same] == condition[before + same]:
            same += 1
        shared[opening] = same
    for opening in range(openings - 1, -1, -1):
        for place in range(start[opening + 1] - start[opening]):
            is_next = opening + 1 < openings and shared[opening + 1] > place
            beyond[start[opening] + place] = beyond[start[opening + 1] + place] if is_next else opening + 1
    return Path(start, condition, shared, beyond)


@inner
def answer(planes: Words, conditions: Conditions, number: int, found: Words) -> None:
    """Write who of a block meets a condition; ``planes`` (planes, words) are the block's, *maybe* or *sure*."""
    first, end = conditions.start[number], conditions.start[number + 1]
    least = conditions.least[number]
    if least:
        find_at_least(planes, conditions.plane[first], end - first, least, found)
        return
    for word in range(LANE_WORDS):
        found[word] = NOTHING
    for place in range(first, end):
        for word in range(LANE_WORDS):
            found[word] |= planes[conditions.plane[place], word]


@compiled
def answers_of_first(planes: Words, conditions: Conditions) -> Bools:
    """Return which conditions the person in the first lane of a block meets; ``planes`` as for ``answer``."""
    found, lanes = np.empty(len(conditions.least), np.bool_), np.empty(LANE_WORDS, np.uint64)
    for number in range(len(found)):
        answer(planes, conditions, number, lanes)
        found[number] = holds(lanes, 0)
    return found
