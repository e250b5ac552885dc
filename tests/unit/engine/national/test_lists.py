from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skills_bridge.engine.columns import Asked, Held
from skills_bridge.engine.national import build_index, shortlist_all
from skills_bridge.engine.national.lanes import LANES
from skills_bridge.engine.policy import POLICY_V1, Policy, PolicySet
from skills_bridge.engine.results import Shortlists
from skills_bridge.engine.shortlist import shortlist
from tests.unit.engine.national.crowds import crowd
from tests.unit.engine.worlds import Opening, Person, World, cohort_columns, opening_columns, worlds

COLUMNS = [name for name in Shortlists.__dataclass_fields__ if name != "counts"]


def both(world: World, threads: int = 1) -> tuple[Shortlists, Shortlists]:
    """Return the lists of a world by the national kernel and by the engine of a single opening."""
    pool = world.pool()
    openings, cohorts = opening_columns(world.openings), cohort_columns(world.cohorts)
    index = build_index(pool.seekers, pool.relations, as_of=world.today)
    found = shortlist_all(index, openings, cohorts, world.policies, threads=threads)
    return found, shortlist(pool, openings, cohorts, world.policies)


def assert_same(found: Shortlists, expected: Shortlists) -> None:
    """Compare every column, types included."""
    for name in COLUMNS:
        ours, theirs = getattr(found, name), getattr(expected, name)
        assert ours.tolist() == theirs.tolist(), name
        assert not len(ours) or ours.dtype == theirs.dtype, name


class TestShortlistAll:
    @settings(max_examples=250, deadline=None)
    @given(worlds)
    def test_agrees_with_the_engine_of_a_single_opening(self, world: World) -> None:
        assert_same(*both(world))

    @pytest.mark.parametrize("seed", range(6))
    def test_agrees_over_many_blocks(self, seed: int) -> None:
        assert_same(*both(crowd(random.Random(seed), people=1_500, openings=40)))

    @pytest.mark.parametrize("threads", [2, 3, 5])
    def test_gives_the_same_bytes_for_any_number_of_threads(self, threads: int) -> None:
        assert_same(*both(crowd(random.Random(99), people=900, openings=30), threads))

    def test_gives_the_same_rows_for_any_cut_of_the_openings_and_order_of_the_people(self) -> None:
        chance = random.Random(7)
        world = crowd(chance, people=700, openings=25)
        openings, cohorts = opening_columns(world.openings), cohort_columns(world.cohorts)
        pool, mixed = world.pool(), replace(world, people=tuple(chance.sample(world.people, 700))).pool()
        index, other = (build_index(p.seekers, p.relations, as_of=world.today) for p in (pool, mixed))

        whole = shortlist_all(index, openings, cohorts, world.policies)
        cut = [
            shortlist_all(other, openings.take(range(a, b)), cohorts, world.policies)
            for a, b in ((0, 1), (1, 9), (9, 25))
        ]

        ids = pool.seekers.seeker_id[whole.seeker].tolist()
        assert np.concatenate([mixed.seekers.seeker_id[part.seeker] for part in cut]).tolist() == ids
        for name in ("order_key", "rank", "result_class", "cohort", "missing", "unproven", "unknown_gates"):
            assert np.concatenate([getattr(part, name) for part in cut]).tolist() == getattr(whole, name).tolist()

    def test_fills_the_longest_list(self) -> None:
        people = tuple(Person(id=i) for i in range(1, 2_502))

        found, expected = both(World(people, tuple(Opening(id=n + 1, posts=n) for n in (0, 17, 300, 900))))

        assert np.diff(found.start).tolist() == [50, 51, 900, 2_000]
        assert_same(found, expected)

    def test_holds_the_most_points_an_opening_can_give(self) -> None:
        asked = tuple(Asked(c, 4, c < 9, 5, 3) for c in range(16))
        people = (Person(id=2**32 - 1, registered=65_535, held=tuple(Held(c, 4, 3) for c in range(16))),)

        found, expected = both(World(people, (Opening(asked=asked),)))

        assert (found.points.tolist(), found.score.tolist()) == ([20_000], [10_000])
        assert_same(found, expected)

    def test_lists_the_first_fifty_people_without_any_competency_in_waiting_order(self) -> None:
        people = tuple(Person(id=i, registered=20_000 - i, held=()) for i in range(1, 601))

        found, expected = both(World(people))

        assert [people[i].id for i in found.seeker] == list(range(600, 550, -1))
        assert_same(found, expected)

    @pytest.mark.parametrize(("people", "openings"), [((), (Opening(),)), ((Person(),), ()), ((), ())])
    def test_returns_empty_tables_without_people_or_openings(
        self, people: tuple[Person, ...], openings: tuple[Opening, ...]
    ) -> None:
        assert_same(*both(World(people, openings)))

    def test_lists_nobody_where_nobody_would_work(self) -> None:
        people = tuple(Person(id=i, provinces=frozenset({3})) for i in range(1, 300))
        nowhere, home = (Opening(id=code, provinces=frozenset({code})) for code in (74, 3))

        found, expected = both(World(people, (nowhere, home)))

        assert np.diff(found.start).tolist() == [0, 50]
        assert_same(found, expected)

    @settings(max_examples=12, deadline=None)
    @given(st.integers(0, 2**32), st.integers(1, 5), st.lists(st.integers(0, 14), max_size=3))
    def test_gives_the_same_rows_for_any_threads_and_any_cut(self, seed: int, threads: int, cuts: list[int]) -> None:
        world = crowd(random.Random(seed), people=420, openings=14)
        openings, cohorts = opening_columns(world.openings), cohort_columns(world.cohorts)
        pool = world.pool()
        index = build_index(pool.seekers, pool.relations, as_of=world.today)
        limits = sorted({0, 14, *cuts})

        parts = [
            shortlist_all(index, openings.take(range(a, b)), cohorts, world.policies, threads=threads)
            for a, b in pairwise(limits)
        ]

        expected = shortlist(pool, openings, cohorts, world.policies)
        for name in COLUMNS[2:]:
            assert np.concatenate([getattr(part, name) for part in parts]).tolist() == getattr(expected, name).tolist()

    def test_breaks_ties_at_the_end_of_a_list_by_waiting_and_number(self) -> None:
        people = tuple(Person(id=i, registered=19_000 + i % 3) for i in range(1, 700))

        found, expected = both(World(people, (Opening(),)))

        assert len(set(found.points.tolist())) == 1
        assert {people[place].registered for place in found.seeker} == {19_000}
        assert_same(found, expected)

    def test_serves_each_opening_under_its_own_policy(self) -> None:
        policies = PolicySet(
            mass=Policy(1, 10, 20, 30, 40, 50, 5, shortest_list=1),
            scarce=Policy(0, 50, 60, 70, 80, 90, 9, shortest_list=2, shown_without_competency=0),
        )
        world = replace(crowd(random.Random(3), people=600, openings=30), policies=policies)

        assert policies != POLICY_V1
        assert_same(*both(world))

    @settings(max_examples=40, deadline=None)
    @given(st.integers(0, 2**32))
    def test_agrees_on_crowds_drawn_at_random(self, seed: int) -> None:
        chance = random.Random(seed)

        people = chance.choice([1, 255, LANES - 1, LANES, LANES + 1, LANES * 2 + 1])
        assert_same(*both(crowd(chance, people=people, openings=6)))
