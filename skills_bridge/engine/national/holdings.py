"""What each person's competencies count for: written out along the relations, once, for every policy.

A *code* is one byte (``policy.code_of``): relation, evidence and level. A code is left out where another of the same
person and competency is at least as near, as well proven and as high: no policy can prefer it, since evidence, nearness
and level never lower a credit or a standing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from skills_bridge.domain.framework import LEVELS, Evidence
from skills_bridge.engine.arrays import Int64s
from skills_bridge.engine.columns import RelationColumns, SeekerColumns
from skills_bridge.engine.national.compiling import compiled, inner
from skills_bridge.engine.policy import CODES
from skills_bridge.engine.pool import effective_evidence

GRADES = len(LEVELS)
STEP = GRADES * len(Evidence)
"""What one step of relation adds to a code."""


class Holdings(NamedTuple):
    """Competencies as they count, person by person: those of person ``i`` from ``start[i]`` to ``start[i + 1]``.

    ``competency`` is a place in ``competencies`` (rising), rising within a person; ``code`` the way it is held.
    """

    competencies: Int64s
    start: Int64s
    competency: npt.NDArray[np.int32]
    code: npt.NDArray[np.uint8]


def written_out(seekers: SeekerColumns, relations: RelationColumns, as_of: int) -> Holdings:
    """Return all that the people's competencies count for on a day."""
    held = seekers.held
    codes = (effective_evidence(held, as_of) * GRADES + held.level - 1).astype(np.uint8)
    useful = np.isin(relations.competency, held.competency)
    known: Int64s = np.union1d(held.competency, relations.related[useful]).astype(np.int64)
    held_place = np.searchsorted(known, held.competency).astype(np.int32)
    source = np.searchsorted(known, relations.competency[useful])
    order = np.argsort(source, kind="stable")
    edge_start = np.searchsorted(source[order], np.arange(len(known) + 1)).astype(np.int64)
    related = np.searchsorted(known, relations.related[useful][order]).astype(np.int32)
    step = (relations.kind[useful][order] * STEP).astype(np.uint8)
    room = np.diff(edge_start)[held_place] + 1
    bound = np.concatenate([np.zeros(1, np.int64), np.cumsum(room)])
    longest = int(np.diff(bound[held.start]).max(initial=0))
    start, competency, code = _write_out(
        held.start.astype(np.int64), held_place, codes, edge_start, related, step, int(bound[-1]), longest, _dominated()
    )
    return Holdings(known, start, competency, code)


def _dominated() -> npt.NDArray[np.bool_]:
    """Return for each pair of codes whether the first makes the second needless."""
    relation, rest = np.divmod(np.arange(CODES), STEP)
    evidence, level = np.divmod(rest, GRADES)
    return np.ascontiguousarray(
        (relation[:, None] <= relation) & (evidence[:, None] >= evidence) & (level[:, None] >= level)
    )


@compiled
def _write_out(  # noqa: PLR0917  # compiled
    held_start: Int64s,
    held: npt.NDArray[np.int32],
    held_code: npt.NDArray[np.uint8],
    edge_start: Int64s,
    related: npt.NDArray[np.int32],
    step: npt.NDArray[np.uint8],
    bound: int,
    longest: int,
    dominated: npt.NDArray[np.bool_],
) -> tuple[Int64s, npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
    people = len(held_start) - 1
    start = np.zeros(people + 1, np.int64)
    competency = np.empty(bound, np.int32)
    code = np.empty(bound, np.uint8)
    mine = np.empty(longest, np.int64)
    total = 0
    for person in range(people):
        count = 0
        for item in range(held_start[person], held_start[person + 1]):
            count = _insert(mine, count, int(held[item]) << 8 | int(held_code[item]))
            for edge in range(edge_start[held[item]], edge_start[held[item] + 1]):
                count = _insert(mine, count, int(related[edge]) << 8 | int(held_code[item] + step[edge]))
        first = 0
        while first < count:
            end = first
            while end < count and mine[end] >> 8 == mine[first] >> 8:
                end += 1
            for this in range(first, end):
                needed = True
                for other in range(first, end):
                    needed &= other == this or not dominated[mine[other] & 255, mine[this] & 255]
                if needed:
                    competency[total] = mine[this] >> 8
                    code[total] = mine[this] & 255
                    total += 1
            first = end
        start[person + 1] = total
    return start, competency[:total].copy(), code[:total].copy()


@inner
def _insert(mine: Int64s, count: int, item: int) -> int:
    """Put an item into a rising row of items, each once."""
    place = count
    while place > 0 and mine[place - 1] > item:
        place -= 1
    if place > 0 and mine[place - 1] == item:
        return count
    for later in range(count, place, -1):
        mine[later] = mine[later - 1]
    mine[place] = item
    return count + 1
