"""Compile everything before the first question: called when a worker starts."""

from __future__ import annotations

import numpy as np

from skills_bridge.engine.arrays import NO_DAY, NO_VALUE, CodeSets, LevelSets
from skills_bridge.engine.columns import (
    Asked,
    AskedLists,
    CohortColumns,
    Held,
    HeldLists,
    OpeningColumns,
    RelationColumns,
    SeekerColumns,
)
from skills_bridge.engine.national.demand import pack_demand
from skills_bridge.engine.national.index import build_index
from skills_bridge.engine.national.layout import SET_GATES, layout_of_asked
from skills_bridge.engine.national.lists import shortlist_all
from skills_bridge.engine.national.person import judge_person
from skills_bridge.engine.policy import POLICY_V1


def warm() -> None:
    """Match one invented person and one opening, so that every compiled function is ready.

    The first call on a machine takes some ten seconds; later processes read the compiled code from the cache.
    """
    none, one, unstated = np.array([NO_DAY]), np.array([1]), np.array([NO_VALUE])
    nothing = {gate.column: CodeSets.of([()]) for gate in SET_GATES}
    seekers = SeekerColumns(
        one,
        one,
        unstated,
        unstated,
        none,
        none,
        **nothing,
        languages=LevelSets.of([{}]),
        held=HeldLists.of([[Held(1, 1, 1)]]),
    )
    openings = OpeningColumns(
        one,
        one,
        one,
        none,
        none,
        none,
        unstated,
        unstated,
        **nothing,
        languages=LevelSets.of([{}]),
        requirements=AskedLists.of([[Asked(1, 1)]]),
    )
    nobody = np.zeros(0, np.int64)
    cohorts = CohortColumns(nobody, nobody, nobody, nobody, nobody, nobody, nobody, LevelSets.of([]))
    relations = RelationColumns.of([])
    shortlist_all(build_index(seekers, relations, as_of=1), openings, cohorts, POLICY_V1)
    layout = layout_of_asked(openings, cohorts)
    demand = pack_demand(openings, cohorts, POLICY_V1, layout, as_of=1)
    judge_person(build_index(seekers, relations, as_of=1, layout=layout), demand)
