from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from skills_bridge.domain.matching import ResultClass
from skills_bridge.engine.bridge import usable_cohorts
from skills_bridge.engine.columns import Asked, Held
from skills_bridge.engine.explain import trace
from skills_bridge.engine.policy import POLICY_V1, Policy, PolicySet
from tests.unit.engine.worlds import TODAY, Cohort, Opening, Person, World, cohort_columns, opening_columns

GAP = Person(held=(Held(1, 1, 2),))
OPENING = Opening(scarce=True, start=TODAY + 50)


def cohort_of(world: World) -> int | None:
    """Return the cohort proposed to the world's first pair."""
    columns = opening_columns(world.openings), cohort_columns(world.cohorts)
    found = trace(world.pool(), *columns, world.policies, seeker=0, opening=0)
    assert found.result_class is (ResultClass.SHORT if found.cohort_id is None else ResultClass.NEAR)
    return found.cohort_id


class TestClosingCohorts:
    @pytest.mark.parametrize(
        ("cohort", "is_usable"),
        [
            (Cohort(), True),
            (Cohort(teaches={1: 4}), True),
            (Cohort(teaches={1: 2}), False),
            (Cohort(teaches={2: 4}), False),
            (Cohort(seats=0), False),
            (Cohort(entry=5), True),
            (Cohort(entry=6), False),
            (Cohort(province=2), False),
            (Cohort(ends=TODAY + 51), False),
            (Cohort(opens=TODAY, closes=TODAY), True),
            (Cohort(opens=TODAY + 1), False),
            (Cohort(closes=TODAY - 1), False),
        ],
    )
    def test_propose_what_is_taught_in_time_and_within_reach(self, cohort: Cohort, *, is_usable: bool) -> None:
        assert cohort_of(World((GAP,), (OPENING,), (cohort,))) == (1 if is_usable else None)

    @pytest.mark.parametrize("person", [replace(GAP, provinces=None), replace(GAP, education=None)])
    def test_never_take_missing_data_for_an_agreement(self, person: Person) -> None:
        assert cohort_of(World((person,), (OPENING,), (Cohort(entry=1),))) is None

    def test_propose_one_cohort_for_all_that_is_missing(self) -> None:
        opening = replace(OPENING, asked=(Asked(1, 3), Asked(2, 2)))
        halves = (Cohort(1, teaches={1: 3}), Cohort(2, teaches={2: 2}))
        whole = Cohort(3, teaches={1: 3, 2: 2})

        found = [cohort_of(World((GAP,), (opening,), cohorts)) for cohorts in (halves, (*halves, whole))]

        assert found == [None, 3]

    def test_teach_at_the_required_level_whatever_the_tolerance(self) -> None:
        person, opening = replace(GAP, held=(Held(1, 1, 2), Held(2, 1, 2))), Opening(asked=(Asked(1, 3), Asked(2, 1)))

        assert cohort_of(World((person,), (opening,), (Cohort(teaches={1: 2}),))) is None

    def test_need_a_start_of_work(self) -> None:
        assert cohort_of(World((GAP,), (replace(OPENING, start=None),), (Cohort(),))) is None

    def test_leave_days_to_settle(self) -> None:
        settled = PolicySet(POLICY_V1.mass, Policy(tolerance=0, settle_days=1))

        assert cohort_of(World((GAP,), (OPENING,), (Cohort(),), policies=settled)) is None

    def test_help_a_person_whose_gates_are_still_unknown(self) -> None:
        world = World((replace(GAP, contracts=None),), (replace(OPENING, contracts=frozenset({1})),), (Cohort(),))

        assert cohort_of(world) == 1


class TestUsableCohorts:
    def test_come_by_end_then_by_id(self) -> None:
        cohorts = cohort_columns([Cohort(3, ends=TODAY + 9), Cohort(2, ends=TODAY + 8), Cohort(1, ends=TODAY + 9)])

        found = usable_cohorts(cohorts, opening_columns([OPENING]), POLICY_V1.scarce, row=0, as_of=TODAY)

        assert np.asarray(cohorts.cohort_id)[found].tolist() == [2, 1, 3]
