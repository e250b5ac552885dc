from __future__ import annotations

import dataclasses

import pytest

from skills_bridge.domain.matching import RepeatedKey, TooManyRequirements, ValueOutOfRange
from skills_bridge.engine.columns import Asked, AskedLists, Held, HeldLists, SeekerColumns
from tests.unit.engine.worlds import Cohort, Opening, Person, cohort_columns, opening_columns, seeker_columns


class TestHeldLists:
    @pytest.mark.parametrize("held", [Held(-1, 1, 0), Held(1, 0, 0), Held(1, 5, 0), Held(1, 1, 4)])
    def test_refuses_a_holding_out_of_bounds(self, held: Held) -> None:
        with pytest.raises(ValueOutOfRange):
            HeldLists.of([[held]])


class TestAskedLists:
    @pytest.mark.parametrize("asked", [Asked(1, 0), Asked(1, 5), Asked(1, 1, weight=0), Asked(1, 1, weight=6)])
    def test_refuses_levels_outside_one_to_four_and_weights_outside_one_to_five(self, asked: Asked) -> None:
        with pytest.raises(ValueOutOfRange):
            AskedLists.of([[asked]])


class TestSeekerColumns:
    def test_refuses_a_person_twice(self) -> None:
        with pytest.raises(RepeatedKey) as refusal:
            seeker_columns([Person(id=4), Person(id=5), Person(id=4)])

        assert (refusal.value.row, refusal.value.value) == (2, 4)

    @pytest.mark.parametrize(
        "person", [Person(id=0), Person(id=2**32), Person(registered=65_536), Person(education=100)]
    )
    def test_refuses_what_the_order_key_cannot_hold(self, person: Person) -> None:
        with pytest.raises(ValueOutOfRange):
            seeker_columns([person])

    def test_has_no_column_for_what_must_not_count(self) -> None:
        names = {field.name for field in dataclasses.fields(SeekerColumns)}

        assert not names & {"sex", "age", "birth_year", "disability", "marital_status", "nationality", "cin", "name"}


class TestOpeningColumns:
    def test_refuses_a_seventeenth_requirement(self) -> None:
        opening = Opening(id=8, asked=tuple(Asked(i, 1) for i in range(17)))

        with pytest.raises(TooManyRequirements) as refusal:
            opening_columns([Opening(), opening])

        assert (refusal.value.opening_id, refusal.value.value, refusal.value.most) == (8, 17, 16)

    def test_refuses_a_competency_asked_twice(self) -> None:
        with pytest.raises(RepeatedKey) as refusal:
            opening_columns([Opening(), Opening(id=2, asked=(Asked(3, 1), Asked(3, 2)))])

        assert (refusal.value.row, refusal.value.value) == (1, 3)

    def test_accepts_one_competency_in_two_openings(self) -> None:
        assert len(opening_columns([Opening(1), Opening(2)])) == 2

    def test_refuses_an_opening_twice(self) -> None:
        with pytest.raises(RepeatedKey):
            opening_columns([Opening(1), Opening(1)])


class TestCohortColumns:
    @pytest.mark.parametrize("level", [0, 5])
    def test_refuses_to_teach_a_level_outside_one_to_four(self, level: int) -> None:
        with pytest.raises(ValueOutOfRange) as refusal:
            cohort_columns([Cohort(id=1), Cohort(id=2, teaches={1: level})])

        assert refusal.value.row == 1
