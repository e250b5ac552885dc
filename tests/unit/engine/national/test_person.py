from __future__ import annotations

import random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from skills_bridge.engine.national import build_index, judge_person, layout_of_asked, pack_demand
from skills_bridge.engine.national.index import NationalIndex
from skills_bridge.engine.shortlist import judge, shortlist
from tests.unit.engine.national.crowds import crowd, person
from tests.unit.engine.worlds import World, cohort_columns, opening_columns, worlds


def assert_same_judgement(world: World) -> None:
    """Compare class and key of each person with the engine of a single opening."""
    pool, openings, cohorts = world.pool(), opening_columns(world.openings), cohort_columns(world.cohorts)
    layout = layout_of_asked(openings, cohorts)
    demand = pack_demand(openings, cohorts, world.policies, layout, as_of=world.today)
    judged = [judge(pool, openings, cohorts, world.policies, row) for row in range(len(openings))]
    for place in range(len(pool.seekers)):
        found = judge_person(alone(world, place), demand)
        for row, expected in enumerate(judged):
            assert found.result_class[row] == expected.result_class[place]
            if found.result_class[row] < 4:
                assert found.order_key[row] == expected.order_key[place]


def alone(world: World, place: int) -> NationalIndex:
    """Return the index of one person, under the layout of the openings."""
    pool, cohorts = world.pool(), cohort_columns(world.cohorts)
    layout = layout_of_asked(opening_columns(world.openings), cohorts)
    return build_index(pool.seekers.take([place]), pool.relations, as_of=world.today, layout=layout)


class TestJudgePerson:
    @settings(max_examples=80, deadline=None)
    @given(worlds)
    def test_agrees_with_the_engine_of_a_single_opening(self, world: World) -> None:
        assert_same_judgement(world)

    @settings(max_examples=10, deadline=None)
    @given(st.integers(0, 2**32))
    def test_agrees_on_crowds(self, seed: int) -> None:
        assert_same_judgement(crowd(random.Random(seed), people=20, openings=30))

    def test_tells_every_opening_whose_lists_change(self) -> None:
        chance = random.Random(11)
        for _ in range(4):
            before = crowd(chance, people=400, openings=30)
            changed = person(chance, before.people[0].id)
            after = World(
                (changed, *before.people[1:]), before.openings, before.cohorts, before.relations, before.policies
            )
            openings, cohorts = opening_columns(before.openings), cohort_columns(before.cohorts)
            was, now = (shortlist(w.pool(), openings, cohorts, w.policies) for w in (before, after))
            layout = layout_of_asked(openings, cohorts)
            demand = pack_demand(openings, cohorts, before.policies, layout, as_of=before.today)
            worst = demand.worst_keys(was)
            is_listed = np.array([0 in was.people(row) for row in range(len(openings))])

            touched = judge_person(alone(after, 0), demand).touches(worst, is_listed)

            changed_rows = [
                row
                for row in range(len(openings))
                if was.order_key[was.start[row] : was.start[row + 1]].tolist()
                != now.order_key[now.start[row] : now.start[row + 1]].tolist()
            ]
            assert changed_rows
            assert set(changed_rows) <= set(touched.tolist())
            assert len(touched) < len(openings)
