from __future__ import annotations

import random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from skills_bridge.engine.gates import judge_gates
from skills_bridge.engine.national import layout_of_asked, layout_of_held
from skills_bridge.engine.national.conditions import FIRST_ASKED, Conditions, answer, conditions_of, path_of
from skills_bridge.engine.national.lanes import LANE_WORDS, LANES, Words, holds, planes_of
from skills_bridge.engine.national.signatures import needs_of, signatures_of
from skills_bridge.engine.results import GATE_KINDS
from tests.unit.engine.national.crowds import crowd
from tests.unit.engine.worlds import World, cohort_columns, opening_columns, seeker_columns, worlds


def lanes_of(signatures: Words) -> Words:
    """Return the planes of the people of one block as one block."""
    block = np.zeros((LANES, signatures.shape[1]), np.uint64)
    block[: len(signatures)] = signatures
    planes: Words = planes_of(block)[0]
    return planes


def who(planes: Words, conditions: Conditions, number: int) -> list[bool]:
    """Return who meets a condition, lane by lane."""
    found = np.zeros(LANE_WORDS, np.uint64)
    answer(planes, conditions, number, found)
    return [holds(found, lane) for lane in range(LANES)]


def assert_same_answers(world: World) -> None:
    """Compare the conditions with the gates: who fails, and which gates stay unknown for the others."""
    seekers, openings = seeker_columns(world.people), opening_columns(world.openings)
    for layout in (layout_of_held(seekers), layout_of_asked(openings, cohort_columns(world.cohorts))):
        sure, maybe = (lanes_of(signatures) for signatures in signatures_of(seekers, layout))
        conditions, owner, number = conditions_of(needs_of(openings, layout), layout)
        assert (np.diff(owner) >= 0).all()
        for row in range(len(openings)):
            failed, unknown = judge_gates(seekers, openings, row)
            mine = number[owner == row].tolist()
            assert mine == sorted(set(mine))
            passes = np.ones(LANES, np.bool_)
            open_gates = np.zeros(LANES, np.uint16)
            for condition in mine:
                passes &= who(maybe, conditions, condition)
                open_gates[~np.array(who(sure, conditions, condition))] |= conditions.gate[condition]
            for person in range(len(seekers)):
                assert passes[person] != failed[person]
                assert failed[person] or open_gates[person] == unknown[person]


class TestConditions:
    @settings(max_examples=60, deadline=None)
    @given(worlds)
    def test_answer_as_the_gates_do(self, world: World) -> None:
        assert_same_answers(world)

    @settings(max_examples=8, deadline=None)
    @given(st.integers(0, 2**32))
    def test_answer_as_the_gates_do_over_several_words(self, seed: int) -> None:
        assert_same_answers(crowd(random.Random(seed), people=60, openings=12))

    def test_are_each_asked_once(self) -> None:
        world = crowd(random.Random(4), people=30, openings=60)
        openings = opening_columns(world.openings)
        layout = layout_of_held(seeker_columns(world.people))

        conditions, _, number = conditions_of(needs_of(openings, layout), layout)

        rows = zip(conditions.start, conditions.start[1:], conditions.least, strict=False)
        questions = [(tuple(conditions.plane[first:end]), least) for first, end, least in rows]
        assert len(set(questions)) == len(questions) == int(number.max()) + 1

    def test_know_every_gate(self) -> None:
        assert sorted(FIRST_ASKED) == sorted(GATE_KINDS)


class TestPath:
    @given(st.lists(st.lists(st.integers(0, 3), max_size=4, unique=True).map(sorted), max_size=12).map(sorted))
    def test_tells_what_neighbours_share_and_who_comes_after(self, rows: list[list[int]]) -> None:
        start = np.array([0, *np.cumsum([len(row) for row in rows])], np.int64)

        path = path_of(start, np.array([number for row in rows for number in row], np.int64))

        for opening, row in enumerate(rows):
            before = rows[opening - 1] if opening else []
            same = next((i for i, pair in enumerate(zip(row, before, strict=False)) if pair[0] != pair[1]), None)
            assert path.shared[opening] == (min(len(row), len(before)) if same is None else same)
            for place in range(len(row)):
                later = range(opening + 1, len(rows))
                beyond = next((n for n in later if rows[n][: place + 1] != row[: place + 1]), len(rows))
                assert path.beyond[path.start[opening] + place] == beyond
