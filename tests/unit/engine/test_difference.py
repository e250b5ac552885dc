from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from skills_bridge.domain.framework import RelationKind
from skills_bridge.domain.matching import Cause, ResultClass
from skills_bridge.engine.allocation_policy import FIRST_ALLOCATION
from skills_bridge.engine.columns import Asked, Held
from skills_bridge.engine.difference import Computed, Move, Standing, differences
from skills_bridge.engine.policy import Policy, PolicySet
from skills_bridge.engine.shortlist import shortlist
from tests.unit.engine.test_kept_input import input_of
from tests.unit.engine.worlds import TODAY, Cohort, Opening, Person, World, worlds

READY = ResultClass.READY
SHORT = Person(held=(Held(1, 1, 2),))
EXPIRING, PROVEN = Person(held=(Held(1, 3, 2, TODAY),)), Opening(asked=(Asked(1, 3, evidence=2),))
WORLD = World(people=(Person(1), Person(2, registered=19_100)))


def computed(world: World) -> Computed:
    """Return the run of a world."""
    inputs = input_of(world)
    return Computed(inputs, shortlist(inputs.pool, inputs.openings, inputs.cohorts, inputs.policies))


def moves(before: World, after: World) -> list[Move]:
    """Return what moved between two worlds."""
    return differences(computed(before), computed(after))


def with_person(world: World, person: Person) -> World:
    """Return the world with one person's file changed."""
    return replace(world, people=tuple(person if one.id == person.id else one for one in world.people))


class TestDifferences:
    @settings(max_examples=40, deadline=None)
    @given(worlds)
    def test_are_none_between_a_run_and_itself(self, world: World) -> None:
        assert moves(world, world) == []

    @settings(max_examples=40, deadline=None)
    @given(worlds, worlds)
    def test_lead_from_one_list_to_the_other_and_each_has_a_cause(self, before: World, after: World) -> None:
        run, later = computed(before), computed(after)
        found = {(move.opening_id, move.seeker_id): move for move in differences(run, later)}
        back = {(move.opening_id, move.seeker_id): move for move in differences(later, run)}

        assert found.keys() == back.keys()
        assert all((move.was, move.now) == (back[key].now, back[key].was) for key, move in found.items())
        assert all(move.causes and move.was != move.now for move in found.values())

    def test_tell_the_person_whose_file_changed_from_those_around_her(self) -> None:
        after = with_person(WORLD, Person(1, held=(Held(1, 2, 2),)))

        assert moves(WORLD, after) == [
            Move(1, 1, Standing(READY, 1), Standing(READY, 2), (Cause.PERSON,)),
            Move(1, 2, Standing(READY, 2), Standing(READY, 1), (Cause.OTHERS,)),
        ]

    def test_tell_who_entered_and_who_left(self) -> None:
        after = replace(WORLD, people=(WORLD.people[0], Person(3, registered=19_200)))

        assert [(m.seeker_id, m.was, m.now, m.causes) for m in moves(WORLD, after)] == [
            (2, Standing(READY, 2), None, (Cause.PERSON,)),
            (3, None, Standing(READY, 2), (Cause.PERSON,)),
        ]

    def test_tell_an_opening_that_came(self) -> None:
        found = moves(replace(WORLD, openings=()), WORLD)

        assert [(m.was, m.causes) for m in found] == [(None, (Cause.OPENING,))] * 2

    @pytest.mark.parametrize(
        ("before", "after", "cause"),
        [
            (World(), World(openings=(Opening(scarce=True, asked=(Asked(1, 4),)),)), Cause.OPENING),
            (
                World((Person(held=(Held(1, 2, 2),)),)),
                World((Person(held=(Held(1, 2, 2),)),), policies=PolicySet(Policy(0), Policy(0))),
                Cause.POLICY,
            ),
            (
                World((Person(held=(Held(2, 4, 2),)),)),
                World((Person(held=(Held(2, 4, 2),)),), relations=((2, 1, RelationKind.CLOSE),)),
                Cause.FRAMEWORK,
            ),
            (
                World((SHORT,), (Opening(scarce=True),)),
                World((SHORT,), (Opening(scarce=True),), (Cohort(),)),
                Cause.COHORTS,
            ),
            (
                World((EXPIRING,), (PROVEN,)),
                World((EXPIRING,), (PROVEN,), today=TODAY + 1),
                Cause.DAY,
            ),
        ],
        ids=lambda part: part.value if isinstance(part, Cause) else "",
    )
    def test_name_the_part_that_alone_makes_the_difference(self, before: World, after: World, cause: Cause) -> None:
        assert [move.causes for move in moves(before, after)] == [(cause,)]

    def test_name_all_that_differs_if_no_part_alone_explains_it(self) -> None:
        before = World((Person(held=(Held(1, 1, 2),)),), (Opening(scarce=True, start=None),))
        after = World((Person(held=(Held(1, 1, 2),)),), (Opening(scarce=True),), (Cohort(),))

        assert [m.causes for m in moves(before, after)] == [(Cause.OPENING, Cause.COHORTS)]

    def test_name_the_posts_behind_a_longer_list(self) -> None:
        policy = Policy(1, shortest_list=1, candidates_per_post=1)
        short = PolicySet(policy, policy, replace(FIRST_ALLOCATION, candidates_per_post=1))
        before = replace(WORLD, policies=short)

        found = moves(before, replace(before, openings=(Opening(posts=2),)))

        assert [(m.seeker_id, m.was, m.causes) for m in found] == [(2, None, (Cause.OPENING,))]
