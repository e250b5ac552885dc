from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings

from skills_bridge.domain.matching import ResultClass
from skills_bridge.engine.columns import Asked, Held
from skills_bridge.engine.counterfactual import Supposition, suppose
from skills_bridge.engine.explain import trace
from tests.unit.engine.test_kept_input import input_of
from tests.unit.engine.worlds import Cohort, Opening, Person, World, worlds

TWO = Opening(scarce=True, asked=(Asked(1, 3), Asked(2, 2)))


def supposed(world: World, seeker: int = 0, opening: int = 0) -> tuple[Supposition, ...]:
    """Return what would bring a person of a world forward."""
    return suppose(input_of(world), seeker=seeker, opening=opening)


class TestSuppose:
    @settings(max_examples=60, deadline=None)
    @given(worlds)
    def test_is_what_the_engine_says_once_the_certificate_is_on_file(self, world: World) -> None:
        for i, person in enumerate(world.people):
            for j in range(len(world.openings)):
                for found in supposed(world, i, j):
                    earned = tuple(Held(competency, level, 3) for competency, level in found.gains)
                    people = list(world.people)
                    people[i] = replace(person, held=(*person.held, *earned))
                    inputs = input_of(replace(world, people=tuple(people)))
                    then = trace(inputs.pool, inputs.openings, inputs.cohorts, inputs.policies, seeker=i, opening=j)
                    assert (then.result_class, then.points, then.score, then.order_key) == (
                        found.result_class,
                        found.points,
                        found.score,
                        found.order_key,
                    )

    @settings(max_examples=60, deadline=None)
    @given(worlds)
    def test_names_only_cohorts_that_teach_it_in_a_place_within_reach(self, world: World) -> None:
        cohorts = {cohort.id: cohort for cohort in world.cohorts}
        for i, person in enumerate(world.people):
            for j in range(len(world.openings)):
                for found in supposed(world, i, j):
                    if found.cohort_id is None:
                        continue
                    cohort = cohorts[found.cohort_id]
                    assert all(cohort.teaches[competency] >= level for competency, level in found.gains)
                    assert person.provinces is not None
                    assert cohort.province in person.provinces
                    assert cohort.seats > 0

    def test_says_with_which_competency_a_person_becomes_ready_and_who_teaches_it(self) -> None:
        world = World((Person(held=(Held(1, 3, 3),)),), (TWO,), (Cohort(7, teaches={2: 2}),))

        (found,) = supposed(world)

        assert (found.gains, found.result_class, found.cohort_id) == (((2, 2),), ResultClass.READY, 7)

    def test_adds_what_one_cohort_teaches_together(self) -> None:
        world = World((Person(held=(Held(3, 3, 2),)),), (TWO,), (Cohort(7, teaches={1: 3, 2: 2}),))

        found = supposed(world)

        assert [(s.gains, s.result_class, s.cohort_id) for s in found] == [
            (((1, 3),), ResultClass.NEAR, 7),
            (((2, 2),), ResultClass.NEAR, 7),
            (((1, 3), (2, 2)), ResultClass.READY, 7),
        ]

    def test_says_nothing_to_a_person_who_has_all_of_it(self) -> None:
        assert supposed(World((Person(held=(Held(1, 3, 3),)),))) == ()

    def test_says_nothing_where_a_condition_is_not_met(self) -> None:
        world = World((Person(held=(Held(1, 3, 3),)),), (Opening(provinces=frozenset({2})),))

        assert supposed(world) == ()
