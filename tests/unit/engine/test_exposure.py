from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills_bridge.engine.exposure import (
    Floor,
    GroupExposure,
    exposure_by_group,
    gini,
    lists_by_person,
    waiting_floor,
)
from skills_bridge.engine.policy import POLICY_V1
from skills_bridge.engine.shortlist import shortlist
from tests.unit.engine.test_kept_input import input_of
from tests.unit.engine.worlds import Opening, Person, World


def numbers(*values: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return a column."""
    return np.array(values, np.int64)


class TestListsByPerson:
    def test_counts_proposals_and_questions_but_no_unknown_person(self) -> None:
        people = (Person(1), Person(2, provinces=None), Person(3, held=()), Person(4, provinces=frozenset()))
        inputs = input_of(World(people, (Opening(1, provinces=frozenset({1})), Opening(2))))
        lists = shortlist(inputs.pool, inputs.openings, inputs.cohorts, inputs.policies)

        assert lists_by_person(lists, 4).tolist() == [2, 2, 0, 1]


class TestExposureByGroup:
    def test_counts_people_those_never_shown_and_places(self) -> None:
        assert exposure_by_group(numbers(0, 2, 3, 0), numbers(-1, 5, 5, 5)) == (
            GroupExposure(-1, 1, 1, 0),
            GroupExposure(5, 3, 1, 5),
        )

    def test_of_nobody_is_empty(self) -> None:
        assert exposure_by_group(numbers(), numbers()) == ()


class TestGini:
    @pytest.mark.parametrize(
        ("shown", "expected"), [((), None), ((0, 0), None), ((3,), 0), ((2, 2, 2), 0), ((0, 0, 0, 8), 7_500)]
    )
    def test_of_known_cases(self, shown: tuple[int, ...], expected: int | None) -> None:
        assert gini(numbers(*shown)) == expected

    @given(st.lists(st.integers(0, 50), min_size=1, max_size=20).filter(any))
    def test_is_half_the_mean_difference_of_all_pairs(self, shown: list[int]) -> None:
        whole = sum(abs(a - b) for a in shown for b in shown)

        assert gini(numbers(*shown)) == int(Fraction(10_000 * whole, 2 * len(shown) * sum(shown)))


class TestWaitingFloor:
    def floor(self, people: tuple[Person, ...], waiting: tuple[bool, ...], posts: int, quota: int) -> Floor:
        """Return the floor of one opening."""
        inputs = input_of(World(people, (Opening(posts=posts),)))
        lists = shortlist(inputs.pool, inputs.openings, inputs.cohorts, inputs.policies)
        return waiting_floor(lists, inputs.openings, POLICY_V1, np.array(waiting), quota)

    def test_says_where_the_order_alone_leaves_people_behind(self) -> None:
        first = tuple(Person(key, registered=18_000) for key in (1, 2, 3))
        last = Person(9, registered=19_000)

        assert self.floor((*first, last), (False, False, False, True), 1, 40) == Floor(1, 1, 1, 1, 0)
        assert self.floor((*first, last), (True, False, False, False), 1, 40) == Floor(1, 1, 0, 1, 1)

    def test_reserves_no_more_than_there_are_people_waiting(self) -> None:
        assert self.floor((Person(1), Person(2)), (True, False), 4, 100) == Floor(1, 1, 0, 1, 1)

    def test_of_a_small_opening_rounds_down_to_nothing(self) -> None:
        assert self.floor((Person(1),), (True,), 1, 10) == Floor(1, 0, 0, 0, 0)

    def test_without_anybody_ready_asks_for_nothing(self) -> None:
        assert self.floor((), (), 2, 100) == Floor(0, 0, 0, 0, 0)
