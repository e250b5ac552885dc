"""One person and all openings: what a changed profile means for the lists, in well under a millisecond."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from skills_bridge.engine.arrays import Bools, Int64s
from skills_bridge.engine.national.compiling import compiled, inner, outer
from skills_bridge.engine.national.conditions import answers_of_first
from skills_bridge.engine.national.demand import LEVELS, Asked, Asks, Demand, Musts
from skills_bridge.engine.national.desk import Worth
from skills_bridge.engine.national.heaps import CLASSES, NEAR, NOT_ENOUGH, READY, TO_CONFIRM
from skills_bridge.engine.national.index import Blocks, NationalIndex
from skills_bridge.engine.national.lanes import ONE, WORD, Words
from skills_bridge.engine.national.lists import education_field, places_of, spans, worth_of
from skills_bridge.engine.policy import READY as PROVEN

SHORT = 4
NO_POINTS = 5
GATE_FAILED = 6


@dataclass(frozen=True, eq=False)
class Standing:
    """How one person is judged for each opening, in the order in which the openings came.

    ``result_class`` is a place in ``RESULT_CLASSES``, ``order_key`` the key by which a list would hold the person.
    """

    result_class: npt.NDArray[np.int8]
    order_key: Int64s

    def touches(self, worst: Int64s, is_listed: Bools) -> Int64s:
        """Return the openings whose lists gain, lose or retell the person: those that must be run again.

        ``worst`` (openings, 4 classes) is the last order key of each list, -1 where it has room; ``is_listed``
        (openings) says where the person stands today.
        """
        listed = np.flatnonzero(self.result_class < CLASSES)
        enters = np.zeros(len(self.order_key), np.bool_)
        enters[listed] = self.order_key[listed] > worst[listed, self.result_class[listed]]
        return np.flatnonzero(enters | is_listed)


def judge_person(one: NationalIndex, demand: Demand) -> Standing:
    """Judge the only person of an index for all openings.

    Both must have been made under one layout, ``layout_of_asked(openings, cohorts)``, which also serves a person who
    holds codes that nobody held before.
    """
    blocks, asked = one.blocks, demand.asked
    classes, keys = np.full(len(demand), GATE_FAILED, np.int8), np.full(len(demand), blocks.key[0])
    run_of = places_of(demand.competencies, one.competencies)
    run_of = np.where(run_of >= 0, places_of(run_of, blocks.run_competency.astype(np.int64)), -1)
    education = education_field(one.layout)
    field = np.array([education.word, education.shift, education.most], np.int64)
    sure = _signature(blocks.sure[0])
    passes, is_known = (
        answers_of_first(blocks.maybe[0], asked.conditions),
        answers_of_first(blocks.sure[0], asked.conditions),
    )
    for policy, first, end in spans(demand):
        worth = worth_of(demand, policy)
        _judge(first, end, blocks, run_of, asked, passes, is_known, sure, field, worth, classes, keys)
    found = Standing(np.empty_like(classes), np.empty_like(keys))
    found.result_class[demand.row], found.order_key[demand.row] = classes, keys
    return found


@outer
def _judge(  # noqa: PLR0917  # compiled
    first: int,
    end: int,
    blocks: Blocks,
    run_of: Int64s,
    asked: Asked,
    passes: Bools,
    is_known: Bools,
    sure: Words,
    education: Int64s,
    worth: Worth,
    classes: npt.NDArray[np.int8],
    keys: Int64s,
) -> None:
    """Judge the person in the first lane for the openings from ``first`` to ``end`` (excluded)."""
    path, opening = asked.path, first
    while opening < end:
        start, conditions = path.start[opening], path.start[opening + 1] - path.start[opening]
        met = path.shared[opening] if opening > first else 0
        while met < conditions and passes[path.condition[start + met]]:
            met += 1
        if met < conditions:
            opening = path.beyond[start + met]
            continue
        _place(opening, blocks, run_of, asked, is_known, sure, education, worth, classes, keys)
        opening += 1


@inner
def _place(  # noqa: PLR0917  # compiled
    opening: int,
    blocks: Blocks,
    run_of: Int64s,
    asked: Asked,
    is_known: Bools,
    sure: Words,
    education: Int64s,
    worth: Worth,
    classes: npt.NDArray[np.int8],
    keys: Int64s,
) -> None:
    """Judge the person for an opening whose gates she does not fail."""
    is_scored = asked.asks.full[opening] > 0
    if is_scored and blocks.held_blocks[0] == 0:
        classes[opening] = NOT_ENOUGH
        return
    points, missing, is_proven = _fit(opening, blocks, run_of, asked.asks, asked.musts, worth)
    keys[opening] |= points << 48
    if missing and not _is_near(opening, missing, sure, asked, education):
        classes[opening] = SHORT
    elif is_scored and points == 0:
        classes[opening] = NO_POINTS
    elif missing:
        classes[opening] = NEAR
    else:
        for place in range(asked.path.start[opening], asked.path.start[opening + 1]):
            is_proven &= is_known[asked.path.condition[place]]
        classes[opening] = READY if is_proven else TO_CONFIRM


@compiled
def _signature(planes: Words) -> Words:
    """Return the words of the person in the first lane of a block."""
    words = np.zeros(len(planes) // WORD, np.uint64)
    for plane in range(len(planes)):
        words[plane // WORD] |= (planes[plane, 0] & ONE) << np.uint64(plane % WORD)
    return words


@inner
def _fit(  # noqa: PLR0917  # compiled
    opening: int, blocks: Blocks, run_of: Int64s, asks: Asks, musts: Musts, worth: Worth
) -> tuple[int, int, bool]:
    """Return points, the musts short of level, and whether all others are proven."""
    points, missing, is_proven = 0, 0, True
    for item in range(asks.start[opening], asks.start[opening + 1]):
        credit = _best(blocks, run_of[asks.line[item] // LEVELS], worth.credit[asks.line[item] % LEVELS])
        points += credit * int(asks.weight[item])
    for item in range(asks.must_start[opening], asks.must_start[opening + 1]):
        must = asks.must[item]
        table = worth.standing[musts.level[must], musts.evidence[must]]
        standing = _best(blocks, run_of[musts.competency[must]], table)
        if standing == 0:
            missing |= int(asks.must_bit[item])
        is_proven &= standing == PROVEN
    return points, missing, is_proven


@inner
def _best(blocks: Blocks, run: int, worth: npt.NDArray[np.uint8]) -> int:
    """Return the highest worth of the holdings of a run; -1 is no run."""
    best = 0
    if run >= 0:
        for place in range(blocks.run_end[run - 1] if run > 0 else 0, blocks.run_end[run]):
            best = max(best, int(worth[blocks.code[place]]))
    return best


@inner
def _is_near(opening: int, missing: int, sure: Words, asked: Asked, field: Int64s) -> bool:
    """Say whether a cohort within a person's reach teaches all that she misses."""
    ways, reaches = asked.bridges.ways, asked.bridges.reaches
    education = np.int64((sure[field[0]] >> np.uint64(field[1])) & np.uint64(field[2]))
    for way in range(ways.start[opening], ways.start[opening + 1]):
        reach = ways.reach[way]
        plane = reaches.province[reach]
        if (
            missing & ~np.int64(ways.taught[way]) == 0
            and education >= reaches.entry[reach]
            and (sure[plane // WORD] >> np.uint64(plane % WORD)) & ONE
        ):
            return True
    return False
