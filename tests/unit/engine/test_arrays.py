from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from skills_bridge.domain.matching import ValueOutOfRange, WrongShape
from skills_bridge.engine.arrays import NO_DAY, CodeSets, LevelSets, day_number
from tests.unit.engine.worlds import Person, seeker_columns


class TestDayNumber:
    def test_counts_from_1970(self) -> None:
        assert [day_number(day) for day in (dt.date(1970, 1, 1), dt.date(2025, 4, 23), None)] == [0, 20_201, NO_DAY]


class TestBounds:
    def test_refuses_what_is_no_list_of_whole_numbers(self) -> None:
        with pytest.raises(WrongShape):
            CodeSets(np.array([0, 1]), np.array([1.5]), np.array([True]))
        with pytest.raises(WrongShape):
            CodeSets(np.array([0, 1]), np.array([[1]]), np.array([True]))

    def test_names_the_first_row_outside_its_limits(self) -> None:
        with pytest.raises(ValueOutOfRange) as refusal:
            LevelSets.of([{1: 6}, {1: 7}])

        error = refusal.value
        assert (error.table, error.column, error.row, error.value, error.high) == ("LevelSets", "level", 1, 7, 6)

    def test_keeps_a_copy_that_nobody_can_change(self) -> None:
        codes = np.array([1, 2], np.int32)
        sets = CodeSets(np.array([0, 2]), codes, np.array([True]))

        codes[0] = 9

        assert sets.codes.tolist() == [1, 2]
        with pytest.raises(ValueError, match="read-only"):
            sets.codes[0] = 3

    def test_shares_a_column_that_is_frozen_already(self) -> None:
        sets = CodeSets.of([{1, 2}])

        assert CodeSets(sets.start, sets.codes, sets.known).codes is sets.codes


class TestLists:
    @pytest.mark.parametrize("start", [[], [1, 2], [0, 2, 1], [0, 3]])
    def test_refuses_limits_that_do_not_fit_the_items(self, start: list[int]) -> None:
        with pytest.raises(WrongShape):
            CodeSets(np.array(start, np.int64), np.array([1, 2]), np.ones(max(0, len(start) - 1), np.bool_))

    def test_takes_rows_in_any_order(self) -> None:
        sets = LevelSets.of([{1: 2, 3: 4}, None, {5: 6}])

        taken = sets.take([2, 1, 0, 2])

        assert (taken.start.tolist(), taken.codes.tolist()) == ([0, 1, 1, 3, 4], [5, 1, 3, 5])
        assert (taken.level.tolist(), taken.known.tolist()) == ([6, 2, 4, 6], [True, False, True, True])

    def test_knows_the_owner_of_each_item(self) -> None:
        assert CodeSets.of([{1, 2}, None, {3}]).owners.tolist() == [0, 0, 2]


class TestColumns:
    def test_refuses_a_column_of_another_length(self) -> None:
        people = seeker_columns([Person(id=1), Person(id=2)])

        with pytest.raises(WrongShape) as refusal:
            type(people)(**{**dict(people.parts()), "adult_day": np.array([0])})

        assert refusal.value.column == "adult_day"


class TestCodeSets:
    def test_finds_rows_with_any_and_with_all_of_the_codes(self) -> None:
        sets = CodeSets.of([{1, 2}, {2}, set(), None])

        assert sets.has_any(np.array([1, 2])).tolist() == [True, True, False, False]
        assert sets.has_all(np.array([1, 2])).tolist() == [True, False, False, False]
