from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from skills_bridge.engine.columns import Asked, Held
from skills_bridge.engine.policy import POLICY_V1
from skills_bridge.engine.score import full_points, judge_requirements, order_keys, scores_of
from tests.unit.engine.worlds import Opening, Person, World, opening_columns

places = st.tuples(st.integers(0, 20_000), st.integers(0, 65_535), st.integers(1, 2**32 - 1))


class TestJudgeRequirements:
    def test_sums_weight_times_credit(self) -> None:
        people = (Person(held=(Held(1, 3, 2), Held(2, 1, 1))),)
        openings = opening_columns([Opening(asked=(Asked(1, 3, weight=5), Asked(2, 2, weight=2, is_must=False)))])

        fit = judge_requirements(World(people).pool(), openings, POLICY_V1.mass, 0)

        assert fit.points.tolist() == [5 * 225 + 2 * 87]

    def test_marks_musts_by_their_place(self) -> None:
        people = (Person(held=(Held(2, 2, 0),)),)
        openings = opening_columns([Opening(asked=(Asked(1, 2), Asked(9, 1, is_must=False), Asked(2, 2)))])

        fit = judge_requirements(World(people).pool(), openings, POLICY_V1.scarce, 0)

        assert (fit.missing.tolist(), fit.unproven.tolist()) == ([0b001], [0b100])

    def test_holds_sixteen_requirements_of_full_weight(self) -> None:
        people = (Person(held=tuple(Held(i, 4, 3) for i in range(16))),)
        openings = opening_columns([Opening(asked=tuple(Asked(i, 4, weight=5) for i in range(16)))])

        points = judge_requirements(World(people).pool(), openings, POLICY_V1.mass, 0).points

        assert points.tolist() == [full_points(openings, 0)] == [20_000]
        assert scores_of(points, 20_000).tolist() == [10_000]


class TestScoresOf:
    def test_rounds_down_and_gives_none_where_nothing_is_asked(self) -> None:
        points = np.array([0, 1, 249, 250])

        assert scores_of(points, 250).tolist() == [0, 40, 9_960, 10_000]
        assert scores_of(points, 0).tolist() == [-1, -1, -1, -1]


class TestOrderKeys:
    @given(places, places)
    def test_sorts_by_points_then_waiting_then_id_within_63_bits(
        self, one: tuple[int, int, int], other: tuple[int, int, int]
    ) -> None:
        keys = order_keys(*(np.array(column) for column in zip(one, other, strict=True)))

        ranks = [(points, -day, -person) for points, day, person in (one, other)]
        assert (keys[0] > keys[1], keys[0] == keys[1]) == (ranks[0] > ranks[1], ranks[0] == ranks[1])
        assert (keys >= 0).all()
