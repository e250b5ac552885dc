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
from skills_bridge.engine.national.demand import Demand, pack_demand
from skills_bridge.engine.national.desk import Terms, Worth, desk_for
from skills_bridge.engine.national.heaps import CLASSES, Heaps, heaps_for
from skills_bridge.engine.national.index import NationalIndex
from skills_bridge.engine.national.kernel import fill_lists
from skills_bridge.engine.national.lanes import WORD
from skills_bridge.engine.national.layout import Field, GateLayout
from skills_bridge.engine.national.table import Table, write_table
from skills_bridge.engine.policy import PolicySet, tables_of
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
    heaps = heaps_for(demand.length)
    tasks = [
        partial(fill, index, demand, heaps, policy=policy, first=first, end=end)
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


def spans(demand: Demand) -> list[tuple[int, int, int]]:
    """Return the policies with the openings served under each: first, and after the last."""
    limits = np.searchsorted(demand.policy, np.arange(len(POLICY_PROFILES) + 1)).tolist()
    return [(policy, first, end) for policy, (first, end) in enumerate(pairwise(limits)) if first < end]


def cuts(first: int, end: int, threads: int) -> list[tuple[int, int]]:
    """Return parts of a span for the threads; a single one takes it whole."""
    parts = 1 if threads == 1 else TASKS_PER_THREAD * threads
    limits = np.linspace(first, end, parts + 1).astype(int).tolist()
    return [(start, stop) for start, stop in pairwise(limits) if start < stop]


def worth_of(demand: Demand, policy: int) -> Worth:
    """Return the tables of a policy, by its place."""
    tables = tables_of(demand.policies.of(POLICY_PROFILES[policy]))
    return Worth(tables.credit.astype(np.uint8), tables.standing)


def education_field(layout: GateLayout) -> Field:
    """Return the field of the education rank."""
    return next(field for field in layout.fields if field.kind is GateKind.EDUCATION)


def places_of(wanted: Int64s, listed: Int64s) -> Int64s:
    """Return the place of each number in a rising list, -1 where it is not there."""
    found = np.searchsorted(listed, wanted)
    known = found < len(listed)
    known[known] = listed[found[known]] == wanted[known]
    return np.where(known, found, NO_VALUE)


def fill(index: NationalIndex, demand: Demand, heaps: Heaps, *, policy: int, first: int, end: int) -> None:
    """Fill the lists of the openings served from ``first`` to ``end`` (excluded), all of one policy."""
    field = education_field(index.layout)
    planes = np.array([WORD * field.word + field.shift, field.width], np.int64)
    asked, held = demand.competencies, index.competencies
    terms = Terms(places_of(held, asked), places_of(asked, held), planes, worth_of(demand, policy))
    fill_lists(first, end, index.blocks, demand.asked, terms, heaps, desk_for(demand.asked, len(demand.competencies)))


def _shortlists(index: NationalIndex, demand: Demand, heaps: Heaps) -> Shortlists:
    """Return the filled lists as one table, in the order in which the openings came."""
    served = np.empty_like(demand.row)
    served[demand.row] = np.arange(len(demand))
    sizes = heaps.filled.reshape(-1, CLASSES).sum(axis=1)[served]
    start = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
    table = Table.of(int(start[-1]))
    write_table(served, start, demand.asked.asks.full, index.blocks.seeker, heaps, table)
    counts = np.full((len(demand), len(RESULT_CLASSES)), NOT_COUNTED, np.int64)
    return Shortlists(start=start, **table._asdict(), counts=counts)
