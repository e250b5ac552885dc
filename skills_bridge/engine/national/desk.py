"""What a task has worked out about the block before it: each answer once, however many openings ask for it.

An answer is made when the first opening asks for it and stands until the next block; ``*_of`` says for which block it
was made. One block's answers are a few hundred kilobytes, which the processor's cache holds while hundreds of openings
read them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from skills_bridge.engine.arrays import Bits, Int64s
from skills_bridge.engine.national.compiling import inner
from skills_bridge.engine.national.conditions import answer
from skills_bridge.engine.national.demand import LEVELS, Asked
from skills_bridge.engine.national.index import Blocks
from skills_bridge.engine.national.lanes import (
    LANE_WORDS,
    LANES,
    Words,
    add_at_least,
    keep_common,
    put_lane,
)
from skills_bridge.engine.policy import READY as PROVEN

Codes8 = npt.NDArray[np.uint8]
SEARCHED = 16
"""A search takes about as long as looking at so many runs."""

CANDIDATES = 3
"""Classes of people with a competency who may be listed: ready, to confirm, near."""


class Worth(NamedTuple):
    """A policy's tables (``policy.Tables``) in the width of the kernel: credit 0 to 250, standing 0 to 2."""

    credit: Codes8
    standing: Codes8


class Terms(NamedTuple):
    """How a run reads index and openings.

    ``asked_place`` is the place of the index's competencies among those asked, ``index_place`` the other way round, -1
    where there is none. ``education`` is first plane and number of planes of that field, ``worth`` that of the codes.
    """

    asked_place: Int64s
    index_place: Int64s
    education: Int64s
    worth: Worth


class Desk(NamedTuple):
    """The answers of the block that is open, as lane sets (4 words) unless said otherwise.

    ``passed[k]`` who meets the first ``k`` conditions of the opening at hand. By condition: ``maybe`` and ``sure``. By
    competency asked: ``run``. By competency and level: ``row``, its place in ``rows`` (credits 0 to 250, a byte a lane;
    row 0 is zero: nobody holds it), of which ``used[0]`` are taken. By must: ``enough`` level, and ``proven``. By
    cohort: whom it can ``reach``. ``kinds`` are the candidates of the opening at hand by class, ``points`` theirs;
    ``reaching`` are those of whom ``points`` are enough. The rest is room to work, ``hits`` in two views.
    """

    passed: Words
    maybe: Words
    maybe_of: Int64s
    sure: Words
    sure_of: Int64s
    run: Int64s
    run_of: Int64s
    open_block: Int64s
    rows: Codes8
    row: Int64s
    row_of: Int64s
    used: Int64s
    enough: Words
    proven: Words
    must_of: Int64s
    reach: Words
    reach_of: Int64s
    kinds: Words
    closed: Words
    reaching: Words
    points: Bits
    hits: Codes8
    hits_by_eight: Words
    chosen: Int64s
    weights: Bits


def desk_for(asked: Asked, competencies: int) -> Desk:
    """Return an empty desk for openings that ask for so many competencies."""
    conditions, musts = len(asked.conditions.least), len(asked.musts.level)
    deepest, cohorts = int(np.diff(asked.path.start).max(initial=0)), len(asked.bridges.entry)

    hits = np.zeros(LANES, np.uint8)

    def sets(size: int) -> Words:
        return np.zeros((size, LANE_WORDS), np.uint64)

    def never(size: int) -> Int64s:
        return np.full(size, -1, np.int64)

    return Desk(
        passed=sets(deepest + 1),
        maybe=sets(conditions),
        maybe_of=never(conditions),
        sure=sets(conditions),
        sure_of=never(conditions),
        run=never(competencies),
        run_of=never(competencies),
        open_block=never(1),
        rows=np.zeros((1 + LEVELS * competencies, LANES), np.uint8),
        row=np.zeros(LEVELS * competencies, np.int64),
        row_of=never(LEVELS * competencies),
        used=np.zeros(1, np.int64),
        enough=sets(musts),
        proven=sets(musts),
        must_of=never(musts),
        reach=sets(cohorts),
        reach_of=never(cohorts),
        kinds=sets(CANDIDATES),
        closed=np.zeros(LANE_WORDS, np.uint64),
        reaching=np.zeros(LANE_WORDS, np.uint64),
        points=np.zeros(LANES, np.uint16),
        hits=hits,
        hits_by_eight=hits.view(np.uint64),
        chosen=np.zeros(32, np.int64),
        weights=np.zeros(32, np.uint16),
    )


@inner
def find_maybe(blocks: Blocks, block: int, asked: Asked, number: int, desk: Desk) -> None:
    """Answer a condition, whoever is unknown included."""
    if desk.maybe_of[number] != block:
        desk.maybe_of[number] = block
        answer(blocks.maybe[block], asked.conditions, number, desk.maybe[number])


@inner
def find_sure(blocks: Blocks, block: int, asked: Asked, number: int, desk: Desk) -> None:
    """Answer a condition, from what is known alone."""
    if desk.sure_of[number] != block:
        desk.sure_of[number] = block
        answer(blocks.sure[block], asked.conditions, number, desk.sure[number])


@inner
def find_row(  # noqa: PLR0917  # compiled
    blocks: Blocks, block: int, terms: Terms, competency: int, level: int, desk: Desk
) -> int:
    """Return the row of a competency at a level: what each lane's best holding brings; 0 where nobody holds any."""
    line = LEVELS * competency + level
    if desk.row_of[line] != block:
        desk.row_of[line], desk.row[line] = block, 0
        run = find_run(blocks, block, terms, competency, desk)
        if run >= 0:
            desk.used[0] += 1
            desk.row[line] = desk.used[0]
            row, credit = desk.rows[desk.used[0]], terms.worth.credit[level]
            for lane in range(LANES):
                row[lane] = 0
            for item in range(blocks.run_end[run - 1] if run > 0 else 0, blocks.run_end[run]):
                lane = blocks.lane[item]
                row[lane] = max(row[lane], credit[blocks.code[item]])
    return int(desk.row[line])


@inner
def find_must(  # noqa: PLR0917  # compiled
    blocks: Blocks, block: int, asked: Asked, terms: Terms, must: int, desk: Desk
) -> None:
    """Find whose level suffices for a must, and who has the evidence asked by the same holding."""
    if desk.must_of[must] != block:
        desk.must_of[must] = block
        enough, proven = desk.enough[must], desk.proven[must]
        enough[:] = 0
        proven[:] = 0
        run = find_run(blocks, block, terms, asked.musts.competency[must], desk)
        if run >= 0:
            standing = terms.worth.standing[asked.musts.level[must], asked.musts.evidence[must]]
            for item in range(blocks.run_end[run - 1] if run > 0 else 0, blocks.run_end[run]):
                found = standing[blocks.code[item]]
                if found:
                    put_lane(enough, blocks.lane[item])
                if found == PROVEN:
                    put_lane(proven, blocks.lane[item])


@inner
def find_reach(  # noqa: PLR0917  # compiled
    blocks: Blocks, block: int, asked: Asked, terms: Terms, cohort: int, desk: Desk
) -> None:
    """Find who is known to be mobile to a cohort's province, and to meet its entry rank."""
    if desk.reach_of[cohort] != block:
        desk.reach_of[cohort] = block
        reach, bridges = desk.reach[cohort], asked.bridges
        reach[:] = 0
        if bridges.province[cohort] >= 0:
            add_at_least(blocks.sure[block], terms.education[0], terms.education[1], bridges.entry[cohort], reach)
            keep_common(reach, reach, blocks.sure[block, bridges.province[cohort]])


@inner
def find_run(blocks: Blocks, block: int, terms: Terms, competency: int, desk: Desk) -> int:
    """Return the run of a competency asked, or -1.

    Where much is asked, the first question to a block looks through all its runs; where little is, each one searches.
    """
    first, end = blocks.run_start[block], blocks.run_start[block + 1]
    if len(desk.run) * SEARCHED < end - first:
        return _searched(blocks.run_competency, first, end, terms.index_place[competency])
    if desk.open_block[0] != block:
        desk.open_block[0] = block
        for run in range(first, end):
            place = terms.asked_place[blocks.run_competency[run]]
            if place >= 0:
                desk.run[place], desk.run_of[place] = run, block
    return int(desk.run[competency]) if desk.run_of[competency] == block else -1


@inner
def _searched(runs: npt.NDArray[np.int32], first: int, end: int, place: int) -> int:
    """Return where a place of the index's list stands between two runs, which rise; or -1."""
    last = end
    while first < last:
        middle = (first + last) >> 1
        if runs[middle] < place:
            first = middle + 1
        else:
            last = middle
    return int(first) if first < end and runs[first] == place else -1
