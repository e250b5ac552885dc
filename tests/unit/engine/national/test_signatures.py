from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skills_bridge.domain.matching import NotInInput
from skills_bridge.engine.arrays import CodeSets, LevelSets
from skills_bridge.engine.columns import OpeningColumns, SeekerColumns
from skills_bridge.engine.gates import judge_gates
from skills_bridge.engine.national.lanes import Words
from skills_bridge.engine.national.layout import GateLayout, layout_of_asked, layout_of_held
from skills_bridge.engine.national.signatures import Needs, needs_of, signatures_of
from tests.unit.engine.national.crowds import crowd
from tests.unit.engine.worlds import (
    Opening,
    Person,
    World,
    cohort_columns,
    opening_columns,
    seeker_columns,
    worlds,
)


def admits(words: Words, guards: Words, needs: Needs, row: int) -> bool:
    """Say whether a signature has all that an opening needs."""
    fields, sets = words[: len(guards)], words[len(guards) :]
    if ((((fields | guards) - needs.fields[row]) & guards) != guards).any():
        return False
    hits = (sets & needs.any_of[row]).any(axis=1)
    joint = needs.several[row] >> np.arange(len(hits)) & 1
    return bool((sets & needs.all_of[row] == needs.all_of[row]).all() and hits[joint == 1].all())


def assert_same_answers(seekers: SeekerColumns, openings: OpeningColumns, layout: GateLayout) -> None:
    """Compare signatures with the gates, pair by pair: who fails, and for whom nothing stays unknown."""
    sure, maybe = signatures_of(seekers, layout)
    needs = needs_of(openings, layout)
    for row in range(len(openings)):
        failed, unknown = judge_gates(seekers, openings, row)
        for person in range(len(seekers)):
            passes = admits(maybe[person], layout.guards, needs, row)
            assert passes != failed[person]
            if passes:
                assert admits(sure[person], layout.guards, needs, row) == (unknown[person] == 0)


class TestSignatures:
    @settings(max_examples=150, deadline=None)
    @given(worlds)
    def test_answer_as_the_gates_do(self, world: World) -> None:
        seekers, openings = seeker_columns(world.people), opening_columns(world.openings)

        assert_same_answers(seekers, openings, layout_of_held(seekers))
        assert_same_answers(seekers, openings, layout_of_asked(openings, cohort_columns(world.cohorts)))

    @settings(max_examples=20, deadline=None)
    @given(st.integers(0, 2**32))
    def test_answer_as_the_gates_do_over_several_words(self, seed: int) -> None:
        world = crowd(random.Random(seed), people=60, openings=20)
        seekers = seeker_columns(world.people)

        assert_same_answers(seekers, opening_columns(world.openings), layout_of_held(seekers))

    def test_answer_as_the_gates_do_on_incomplete_lists_and_repeated_languages(self) -> None:
        known = np.array([False, False, True])
        spoken = LevelSets(np.array([0, 2, 2, 4]), np.array([1, 1, 2, 2]), np.array([0, 3, 0, 1]), known)
        partly = CodeSets(np.array([0, 1, 1, 1]), np.array([1]), known)
        people = seeker_columns([Person(id=i) for i in (1, 2, 3)])
        people = replace(people, languages=spoken, licences=partly, provinces=partly)
        several = frozenset({1, 9})
        openings = opening_columns(
            [
                Opening(1, languages={1: 3}),
                Opening(2, languages={1: 4}),
                Opening(3, languages={2: 1}),
                Opening(4, languages={5: 1}),
                Opening(5, licences=several),
                Opening(6, provinces=several),
            ]
        )

        assert_same_answers(people, openings, layout_of_held(people))

    def test_hold_every_code_up_to_the_largest(self) -> None:
        codes = frozenset(range(2**31 - 200, 2**31 - 1))
        people = seeker_columns([Person(id=1, profiles=codes), Person(id=2, profiles=codes - {2**31 - 7})])
        openings = opening_columns([Opening(code, profiles=frozenset({code})) for code in (2**31 - 7, 2**31 - 200)])

        assert_same_answers(people, openings, layout_of_held(people))


class TestLayout:
    def test_gives_each_field_bits_of_its_own_and_a_guard(self) -> None:
        layout = layout_of_held(seeker_columns([Person(languages=dict.fromkeys(range(40), 1))]))
        taken = [
            (field.word, bit) for field in layout.fields for bit in range(field.shift, field.shift + field.width + 1)
        ]

        assert len(set(taken)) == len(taken)
        assert max(bit for _, bit in taken) < 64

    @pytest.mark.parametrize("name", ["provinces", "languages"])
    def test_refuses_a_code_that_should_be_listed(self, name: str) -> None:
        codes = {"provinces": frozenset({7})} if name == "provinces" else {"languages": {7: 1}}
        known, stranger = seeker_columns([Person()]), seeker_columns([Person(**codes)])
        asked, other = opening_columns([Opening()]), opening_columns([Opening(**codes)])

        with pytest.raises(NotInInput):
            signatures_of(stranger, layout_of_held(known))
        with pytest.raises(NotInInput):
            needs_of(other, layout_of_asked(asked, cohort_columns(())))
