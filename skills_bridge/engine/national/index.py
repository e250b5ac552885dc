"""The people of a country as flat arrays, in blocks that a processor's cache holds.

People are sorted by what openings ask (mobility, contract, experience, language, education), and cut into *blocks* of
1,024 *lanes*. Alike people share a block, so that most openings leave it at the first conditions, where nobody is left.
Within a block the competencies are grouped: a *run* is one competency, with lane and code of each holding, so that an
opening reads only the runs it asks for. People without any competency have blocks of their own, at the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from skills_bridge.domain.matching import GateKind
from skills_bridge.engine.arrays import Bools, Int64s
from skills_bridge.engine.columns import RelationColumns, SeekerColumns
from skills_bridge.engine.national.compiling import compiled
from skills_bridge.engine.national.holdings import Holdings, written_out
from skills_bridge.engine.national.lanes import LANES, Words, planes_of
from skills_bridge.engine.national.layout import SET_GATES, GateLayout, layout_of_held
from skills_bridge.engine.national.signatures import signatures_of
from skills_bridge.engine.score import order_keys

Number = TypeVar("Number", np.int64, np.uint64)

NOBODY: Final = -1
SORTED_BY: Final = ("provinces", "contracts")
"""Set gates by which people are brought together first."""


class Blocks(NamedTuple):
    """The arrays that the compiled functions read; none is ever changed.

    By lane: ``seeker`` the place in the input (-1: nobody) and ``key`` the order key without points (-1: nobody). By
    block: ``people`` how many there are, in its first lanes and in the order of their keys, the highest first;
    ``maybe`` and ``sure`` (planes, words), the signatures as lane sets, one plane a bit; ``run_start``, where runs
    begin. By run: ``run_competency``, a place in the index's ``competencies``, rising within a block, and ``run_end``,
    where its holdings end. By holding: ``lane`` in the block, rising within a run, and ``code``. The first
    ``held_blocks[0]`` blocks are those of people with competencies.
    """

    seeker: npt.NDArray[np.int32]
    key: Int64s
    people: Int64s
    maybe: Words
    sure: Words
    run_start: Int64s
    run_competency: npt.NDArray[np.int32]
    run_end: Int64s
    lane: npt.NDArray[np.uint16]
    code: npt.NDArray[np.uint8]
    held_blocks: Int64s


@dataclass(frozen=True, eq=False)
class NationalIndex:
    """The people on a day, ready to be matched.

    ``ids`` are their keys, rising, and ``lane_of`` where each stands, counted over all blocks.
    """

    blocks: Blocks
    layout: GateLayout
    competencies: Int64s
    ids: Int64s
    lane_of: Int64s
    as_of: int


def build_index(
    seekers: SeekerColumns,
    relations: RelationColumns,
    *,
    as_of: int,
    layout: GateLayout | None = None,
    holdings: Holdings | None = None,
) -> NationalIndex:
    """Index the people as they stand on the day ``as_of`` (days since 1970-01-01); the order of rows does not matter.

    ``holdings`` are what the competencies count for on that day, if that is known already.

    :raises NotInInput: a person holds a code that ``layout`` does not list, although it should list all that are held.
    """
    layout = layout or layout_of_held(seekers)
    holdings = holdings or written_out(seekers, relations, as_of)
    sure, maybe = signatures_of(seekers, layout)
    key = order_keys(np.zeros(len(seekers), np.int64), seekers.registered_day, seekers.seeker_id)
    is_holder = np.diff(seekers.held.start) > 0
    order = brought_together(maybe, layout, key)
    people, held_blocks = _in_blocks(order[is_holder[order]], order[~is_holder[order]], key)
    lane_key = _by_lane(key, people, NOBODY)
    blocks = Blocks(
        people.astype(np.int32),
        lane_key,
        (people.reshape(-1, LANES) != NOBODY).sum(axis=1),
        planes_of(_by_lane(maybe, people, 0)),
        planes_of(_by_lane(sure, people, 0)),
        *_runs_of(people, holdings),
        np.array([held_blocks], np.int64),
    )
    by_id = np.argsort(seekers.seeker_id, kind="stable")
    lane_of = np.empty(len(seekers), np.int64)
    taken = people != NOBODY
    lane_of[people[taken]] = np.flatnonzero(taken)
    ids = seekers.seeker_id[by_id].astype(np.int64)
    return frozen(NationalIndex(blocks, layout, holdings.competencies, ids, lane_of[by_id], as_of))


def frozen(index: NationalIndex) -> NationalIndex:
    """Return the index with arrays that nobody can change: those just built and those mapped compile alike."""
    for column in (*index.blocks, index.competencies, index.ids, index.lane_of):
        column.flags.writeable = False
    return index


def brought_together(maybe: Words, layout: GateLayout, key: Int64s) -> Int64s:
    """Return the people in an order that puts alike signatures side by side.

    After the sets they are halved by experience and by the language in which they differ most: a field with its many
    values would leave nothing for the next one to bring together. Education, which nearly every opening asks, is last.
    """
    columns: list[npt.NDArray[Any]] = [key, _values(maybe, layout, GateKind.EDUCATION)[0]]
    *languages, _ = _values(maybe, layout, GateKind.LANGUAGE)
    halves = sorted((_upper_half(values) for values in languages), key=_unevenness)
    columns += [*halves[:1], _upper_half(_values(maybe, layout, GateKind.EXPERIENCE)[0])]
    masks = dict(zip((gate.column for gate in SET_GATES), layout.gate_masks(), strict=True))
    for column in reversed(SORTED_BY):
        words = np.flatnonzero(masks[column])
        columns.extend(maybe[:, layout.field_words + word] & masks[column][word] for word in words)
    return np.lexsort(columns)


def _values(maybe: Words, layout: GateLayout, kind: GateKind) -> list[Words]:
    """Return what each field of a gate holds."""
    return [
        (maybe[:, field.word] >> np.uint64(field.shift)) & np.uint64(field.most)
        for field in layout.fields
        if field.kind is kind
    ]


def _upper_half(values: Words) -> Bools:
    """Say who has at least the middle value."""
    return np.asarray(values >= np.median(values), np.bool_) if len(values) else np.zeros(0, np.bool_)


def _unevenness(half: Bools) -> float:
    """Return how far a division is from two halves."""
    return abs(float(half.mean()) - 0.5) if len(half) else 0.0


def _in_blocks(holders: Int64s, others: Int64s, key: Int64s) -> tuple[Int64s, int]:
    """Return the person in each lane, each block by falling key, and how many blocks holders fill."""
    parts = [np.pad(part, (0, -len(part) % LANES), constant_values=NOBODY) for part in (holders, others)]
    people = np.concatenate(parts).reshape(-1, LANES)
    place = np.argsort(-np.where(people == NOBODY, NOBODY, key[people] if len(key) else 0), axis=1, kind="stable")
    return np.take_along_axis(people, place, axis=1).ravel(), len(parts[0]) // LANES


def _by_lane(column: npt.NDArray[Number], people: Int64s, absent: int) -> npt.NDArray[Number]:
    """Return a column of people in the order of the lanes."""
    found = np.full((len(people), *column.shape[1:]), absent, column.dtype)
    taken = people != NOBODY
    found[taken] = column[people[taken]]
    return found


class _Runs(NamedTuple):
    """Holdings of all blocks, grouped by competency; see ``Blocks``."""

    run_start: Int64s
    run_competency: npt.NDArray[np.int32]
    run_end: Int64s
    lane: npt.NDArray[np.uint16]
    code: npt.NDArray[np.uint8]


def _runs_of(people: Int64s, holdings: Holdings) -> _Runs:
    """Group each block's holdings by competency.

    The arrays are made here and not in compiled code: the system gives large ones of NumPy pages that are large too.
    """
    many = len(holdings.code)
    room = _Runs(
        np.zeros(len(people) // LANES + 1, np.int64),
        np.empty(many, np.int32),
        np.empty(many, np.int64),
        np.empty(many, np.uint16),
        np.empty(many, np.uint8),
    )
    runs = _fill_runs(people, *holdings[1:], len(holdings.competencies), room)
    return room._replace(run_competency=room.run_competency[:runs].copy(), run_end=room.run_end[:runs].copy())


@compiled
def _fill_runs(  # noqa: PLR0917  # compiled
    people: Int64s,
    start: Int64s,
    competency: npt.NDArray[np.int32],
    code: npt.NDArray[np.uint8],
    competencies: int,
    room: _Runs,
) -> int:
    """Count, lay out and place the holdings of each block; return how many runs there are."""
    run_start, run_competency, run_end, lanes, codes = room
    count = np.zeros(competencies, np.int64)
    free = np.zeros(competencies, np.int64)
    runs = total = 0
    for block in range(len(run_start) - 1):
        count[:] = 0
        for person in people[block * LANES : (block + 1) * LANES]:
            if person != NOBODY:
                for item in range(start[person], start[person + 1]):
                    count[competency[item]] += 1
        for place in range(competencies):
            if count[place]:
                free[place] = total
                total += count[place]
                run_competency[runs], run_end[runs] = place, total
                runs += 1
        run_start[block + 1] = runs
        for lane in range(LANES):
            person = people[block * LANES + lane]
            if person != NOBODY:
                for item in range(start[person], start[person + 1]):
                    place = competency[item]
                    lanes[free[place]], codes[free[place]] = lane, code[item]
                    free[place] += 1
    return runs
