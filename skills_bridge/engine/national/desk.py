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
    NOTHING,
    Words,
    add_lane,
    find_at_least,
    keep_common,
)
from skills_bridge.engine.policy import READY as PROVEN

Codes8 = npt.NDArray[np.uint8]
Rows = npt.NDArray[np.int32]
SEARCHED = 16
"""A search takes about as long as looking at so many runs."""

LINE = 64
"""Bytes that a processor reads from memory at once."""

NOT_MADE = 0
EMPTY_ROW = 1

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
    """The answers of the block that is open, as lane sets unless said otherwise.

    ``passed[k]`` who meets the first ``k`` conditions of the opening at hand. By condition: ``maybe`` and ``sure``.
    By competency asked: where its holdings begin and end, ``held``. By line (competency and level): ``row``, its
    place in ``rows`` (credits 0 to 250, a byte a lane; nobody holds the empty one), of which those up to ``used[0]``
    are taken. By must: ``enough`` level, and ``proven``. By reach of a cohort: who is in it, ``reach``. ``kinds``
    are the candidates of the opening at hand by class, ``points`` theirs; ``reaching`` are those of whom ``points``
    are enough. The rest is room to work, ``hits`` in two views.
    """

    passed: Words
    maybe: Words
    maybe_of: Int64s
    sure: Words
    sure_of: Int64s
    held: Int64s
    held_of: Int64s
    rows: Codes8
    row: Rows
    used: Int64s
    seen: Int64s
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
    deepest, reaches = int(np.diff(asked.path.start).max(initial=0)), len(asked.bridges.reaches.entry)

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
        held=np.zeros((competencies, 2), np.int64),
        held_of=never(1),
        rows=np.zeros((EMPTY_ROW + 1 + LEVELS * competencies, LANES), np.uint8),
        row=np.zeros(LEVELS * competencies, np.int32),
        used=np.zeros(1, np.int64),
        seen=np.zeros(1, np.int64),
        enough=sets(musts),
        proven=sets(musts),
        must_of=never(musts),
        reach=sets(reaches),
        reach_of=never(reaches),
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
def open_block(desk: Desk) -> None:
    """Forget the rows of the block before."""
    desk.used[0] = EMPTY_ROW
    for line in range(len(desk.row)):
        desk.row[line] = NOT_MADE


@inner
def find_row(blocks: Blocks, block: int, terms: Terms, line: int, desk: Desk) -> int:
    """Return the row of a competency at a level, what each lane's best holding brings: the empty one if none has it."""
    if desk.row[line] == NOT_MADE:
        desk.row[line] = _make_row(blocks, block, terms, line, desk)
    return int(desk.row[line])


@inner
def _make_row(blocks: Blocks, block: int, terms: Terms, line: int, desk: Desk) -> int:
    """Write a row from the holdings of the block, if there are any; return its place."""
    first, end = find_holdings(blocks, block, terms, line // LEVELS, desk)
    if first == end:
        return EMPTY_ROW
    desk.used[0] += 1
    row, credit = desk.rows[desk.used[0]], terms.worth.credit[line % LEVELS]
    for lane in range(LANES):
        row[lane] = 0
    for item in range(first, end):
        lane = blocks.lane[item]
        row[lane] = max(row[lane], credit[blocks.code[item]])
    return int(desk.used[0])


@inner
def find_must(  # noqa: PLR0917  # compiled
    blocks: Blocks, block: int, asked: Asked, terms: Terms, must: int, desk: Desk
) -> None:
    """Find whose level suffices for a must, and who has the evidence asked by the same holding."""
    if desk.must_of[must] != block:
        desk.must_of[must] = block
        enough, proven = desk.enough[must], desk.proven[must]
        for word in range(LANE_WORDS):
            enough[word] = proven[word] = NOTHING
        standing = terms.worth.standing[asked.musts.level[must], asked.musts.evidence[must]]
        first, end = find_holdings(blocks, block, terms, asked.musts.competency[must], desk)
        for item in range(first, end):
            found, lane = standing[blocks.code[item]], blocks.lane[item]
            add_lane(enough, lane, found != 0)
            add_lane(proven, lane, found == PROVEN)


@inner
def find_reach(  # noqa: PLR0917  # compiled
    blocks: Blocks, block: int, asked: Asked, terms: Terms, place: int, desk: Desk
) -> None:
    """Find who is known to be mobile to the province of a reach, and to meet its entry rank."""
    if desk.reach_of[place] != block:
        desk.reach_of[place] = block
        reach, reaches = desk.reach[place], asked.bridges.reaches
        if reaches.province[place] >= 0:
            first, width = terms.education[0], terms.education[1]
            find_at_least(blocks.sure[block], first, width, reaches.entry[place], reach)
            keep_common(reach, reach, blocks.sure[block, reaches.province[place]])
        else:
            for word in range(LANE_WORDS):
                reach[word] = NOTHING


@inner
def find_holdings(blocks: Blocks, block: int, terms: Terms, competency: int, desk: Desk) -> tuple[int, int]:
    """Return where the holdings of a competency asked begin and end in a block: at one place if nobody has it.

    Where much is asked, the first question to a block looks through all its runs; where little is, each one searches.
    """
    first, end = blocks.run_start[block], blocks.run_start[block + 1]
    if len(desk.held) * SEARCHED < end - first:
        return _searched(blocks, first, end, terms.index_place[competency])
    if desk.held_of[0] != block:
        desk.held_of[0] = block
        _look_through(blocks, first, end, terms, desk)
        _read_ahead(blocks, block, desk)
    return int(desk.held[competency, 0]), int(desk.held[competency, 1])


@inner
def _look_through(blocks: Blocks, first: int, end: int, terms: Terms, desk: Desk) -> None:
    """Note where the holdings of each competency asked begin and end, from all runs of a block."""
    for place in range(len(desk.held)):
        desk.held[place, 0] = desk.held[place, 1] = 0
    begin = blocks.run_end[first - 1] if first > 0 else 0
    for run in range(first, end):
        place = terms.asked_place[blocks.run_competency[run]]
        if place >= 0:
            desk.held[place, 0], desk.held[place, 1] = begin, blocks.run_end[run]
        begin = blocks.run_end[run]


@inner
def _read_ahead(blocks: Blocks, block: int, desk: Desk) -> None:
    """Read one value of each line of memory in which a block's holdings and planes lie, in the order of the memory.

    Hundreds of openings will ask for them in no order at all; the memory answers a reader who goes straight on many
    times faster. What is read is added up and kept, or the compiler would leave the reading out.
    """
    seen, run = 0, blocks.run_start[block]
    begin, end = blocks.run_end[run - 1] if run > 0 else 0, blocks.run_end[blocks.run_start[block + 1] - 1]
    for item in range(begin, end, LINE // 2):
        seen += int(blocks.lane[item])
    for item in range(begin, end, LINE):
        seen += int(blocks.code[item])
    for plane in range(blocks.maybe.shape[1]):
        for word in range(0, LANE_WORDS, LINE // 8):
            seen += int(blocks.maybe[block, plane, word]) + int(blocks.sure[block, plane, word])
    desk.seen[0] = seen


@inner
def _searched(blocks: Blocks, first: int, last: int, place: int) -> tuple[int, int]:
    """Return where the holdings of a place of the index's list begin and end; its runs, which rise, are searched."""
    end = last
    while first < last:
        middle = (first + last) >> 1
        if blocks.run_competency[middle] < place:
            first = middle + 1
        else:
            last = middle
    if first == end or blocks.run_competency[first] != place:
        return 0, 0
    return int(blocks.run_end[first - 1]) if first > 0 else 0, int(blocks.run_end[first])
