"""The lists of many openings over a whole country: the answer of ``engine.shortlist``, row for row."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise
from typing import Final

import numpy as np

from skills_bridge.domain.matching import GateKind
from skills_bridge.engine.arrays import NO_VALUE, Int64s
from skills_bridge.engine.columns import POLICY_PROFILES, CohortColumns, OpeningColumns
from skills_bridge.engine.national.accounts import Told, tell
from skills_bridge.engine.national.demand import Demand, pack_demand
from skills_bridge.engine.national.index import NationalIndex
from skills_bridge.engine.national.kernel import fill_lists
from skills_bridge.engine.national.lanes import CLASSES, NOT_ENOUGH, Heaps, Worth
from skills_bridge.engine.national.layout import GateLayout
from skills_bridge.engine.national.signatures import plan_of
from skills_bridge.engine.national.waiting import fill_waiting_lists
from skills_bridge.engine.policy import WHOLE, PolicySet, tables_of
from skills_bridge.engine.results import RESULT_CLASSES, Shortlists

NOT_COUNTED: Final = -1
"""Stands in ``Shortlists.counts``: a run looks only at who may be listed."""

TASKS_PER_THREAD: Final = 4


def shortlist_all(
    index: NationalIndex, openings: OpeningColumns, cohorts: CohortColumns, policies: PolicySet, *, threads: int = 1
) -> Shortlists:
    """Return the exact lists of the openings, in the order in which they came.

    The rows are those of ``engine.shortlist.shortlist`` for the same people on the same day, for any cut of the
    openings and any number of threads; ``seeker`` is a place in the columns from which the index was built. Nobody is
    counted: ``counts`` is -1.
    """
    demand = pack_demand(openings, cohorts, policies, index.layout, as_of=index.as_of)
    heaps = heaps_for(demand)
    tasks = [
        partial(_fill, index, demand, heaps, policy=policy, first=first, end=end)
        for policy, whole_first, whole_end in spans(demand)
        for first, end in cuts(whole_first, whole_end, threads)
    ]
    if threads == 1:
        for task in tasks:
            task()
    else:
        with ThreadPoolExecutor(threads) as workers:
            for done in [workers.submit(task) for task in tasks]:
                done.result()
    return _shortlists(index, demand, heaps)


def heaps_for(demand: Demand) -> Heaps:
    """Return empty lists with room for all that they may hold."""
    start = np.concatenate([np.zeros(1, np.int64), np.cumsum(demand.length.ravel())])
    return Heaps(start, np.zeros(int(start[-1]), np.int64), np.zeros(len(start) - 1, np.int64))


def spans(demand: Demand) -> list[tuple[int, int, int]]:
    """Return the policies with the openings served under each: first, and after the last."""
    limits = np.searchsorted(demand.policy, np.arange(len(POLICY_PROFILES) + 1)).tolist()
    return [(policy, first, end) for policy, (first, end) in enumerate(pairwise(limits))]


def cuts(first: int, end: int, threads: int) -> list[tuple[int, int]]:
    """Return parts of a span for the threads; a single one takes it whole."""
    parts = 1 if threads == 1 else TASKS_PER_THREAD * threads
    limits = np.linspace(first, end, parts + 1).astype(int).tolist()
    return [(start, stop) for start, stop in pairwise(limits) if start < stop]


def worth_of(demand: Demand, policy: int) -> Worth:
    """Return the tables of a policy, by its place."""
    tables = tables_of(demand.policies.of(POLICY_PROFILES[policy]))
    return Worth(tables.credit.astype(np.uint8), tables.standing)


def education_field(layout: GateLayout) -> Int64s:
    """Return word, lowest bit and largest value of the education field."""
    field = next(field for field in layout.fields if field.kind is GateKind.EDUCATION)
    return np.array([field.word, field.shift, field.most], np.int64)


def places_of(wanted: Int64s, listed: Int64s) -> Int64s:
    """Return the place of each number in a rising list, -1 where it is not there."""
    found = np.searchsorted(listed, wanted)
    known = found < len(listed)
    known[known] = listed[found[known]] == wanted[known]
    return np.where(known, found, NO_VALUE)


def _fill(index: NationalIndex, demand: Demand, heaps: Heaps, *, policy: int, first: int, end: int) -> None:
    """Fill the lists of some openings of one policy."""
    asks, layout, blocks = demand.asks, index.layout, index.blocks
    mine = np.unique(asks.competency[asks.start[first] : asks.start[end]])
    asked_place = np.full(len(index.competencies), NO_VALUE, np.int64)
    place = places_of(demand.competencies[mine], index.competencies)
    asked_place[place[place >= 0]] = mine[place >= 0]
    most_runs = min(int(np.diff(blocks.run_start).max(initial=0)), len(mine))
    fill_lists(
        first,
        end,
        blocks,
        asked_place,
        most_runs,
        demand.needs,
        asks,
        demand.bridges,
        layout.guards,
        education_field(layout),
        worth_of(demand, policy),
        heaps,
    )
    fill_waiting_lists(first, end, blocks, demand.needs, asks, layout.guards, heaps)


def _shortlists(index: NationalIndex, demand: Demand, heaps: Heaps) -> Shortlists:
    """Return the filled lists as one table, in the order in which the openings came."""
    owner = np.repeat(np.arange(len(heaps.filled)), np.diff(heaps.start))
    is_filled = np.arange(len(heaps.keys)) - heaps.start[owner] < heaps.filled[owner]
    owner, keys = owner[is_filled], heaps.keys[is_filled]
    order = np.lexsort((-keys, owner))
    owner, keys = owner[order], keys[order]
    first = np.concatenate([np.zeros(1, np.int64), np.cumsum(heaps.filled)])[owner]
    rank = np.arange(1, len(owner) + 1) - first
    opening, kind = np.divmod(owner, CLASSES)
    lane = index.lanes(keys)
    told = _told(index, demand, opening, lane, kind)
    points = keys >> 48
    full = demand.asks.full[opening]
    has_score = (full > 0) & (kind != NOT_ENOUGH)
    score = np.where(has_score, WHOLE * points // np.maximum(full, 1), NO_VALUE)
    row = demand.row[opening]
    back = np.argsort(row, kind="stable")
    sizes = np.bincount(row, minlength=len(demand))
    return Shortlists(
        start=np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)]),
        opening=row[back],
        seeker=index.blocks.seeker[lane][back],
        result_class=kind[back].astype(np.int8),
        rank=rank[back].astype(np.int32),
        points=points[back].astype(np.int32),
        score=score[back].astype(np.int32),
        order_key=keys[back],
        cohort=told.cohort[back],
        unknown_gates=told.unknown_gates[back],
        unproven=told.unproven[back],
        missing=told.missing[back],
        counts=np.full((len(demand), len(RESULT_CLASSES)), NOT_COUNTED, np.int64),
    )


def _told(index: NationalIndex, demand: Demand, opening: Int64s, lane: Int64s, kind: Int64s) -> Told:
    """Return what is told of the listed; rows stand by opening, and so by policy."""
    size = len(opening)
    bits = np.zeros((3, size), np.uint16)
    told = Told(bits[0], bits[1], bits[2], np.full(size, NO_VALUE, np.int64))
    for policy, first, end in spans(demand):
        rows = np.searchsorted(opening, [first, end]).tolist()
        tell(
            rows[0],
            rows[1],
            opening,
            lane,
            kind,
            index.blocks,
            places_of(demand.competencies, index.competencies),
            demand.needs,
            demand.asks,
            demand.bridges,
            plan_of(index.layout),
            education_field(index.layout),
            worth_of(demand, policy),
            told,
        )
    return told
