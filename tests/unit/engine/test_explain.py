from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skills_bridge.domain.framework import Evidence, RelationKind
from skills_bridge.domain.matching import (
    GateAnswer,
    GateKind,
    NotInInput,
    Question,
    RequirementVerdict,
    ResultClass,
)
from skills_bridge.engine.columns import Asked, Held
from skills_bridge.engine.explain import apportion, trace, traces
from skills_bridge.engine.results import GateFinding, Holding, OpenQuestion, Trace
from skills_bridge.engine.shortlist import shortlist
from tests.unit.engine import oracle
from tests.unit.engine.worlds import (
    TODAY,
    Cohort,
    Opening,
    Person,
    World,
    cohort_columns,
    opening_columns,
    worlds,
)


def traced(world: World, seeker: int = 0, opening: int = 0) -> Trace:
    """Return the trace of one pair of a world."""
    columns = opening_columns(world.openings), cohort_columns(world.cohorts)
    return trace(world.pool(), *columns, world.policies, seeker=seeker, opening=opening)


class TestTrace:
    @settings(max_examples=100, deadline=None)
    @given(worlds)
    def test_agrees_with_the_rules_for_every_pair(self, world: World) -> None:
        for i, person in enumerate(world.people):
            for j, opening in enumerate(world.openings):
                found, expected = traced(world, i, j), oracle.judge(world, person, opening)
                assert (found.seeker_id, found.opening_id) == (person.id, opening.id)
                assert (str(found.result_class), found.points, found.score, found.cohort_id) == (
                    expected.kind,
                    expected.points,
                    expected.score,
                    expected.cohort,
                )
                assert {str(g.kind) for g in found.gates if g.answer is GateAnswer.UNKNOWN} >= expected.unknown
                assert places(found, RequirementVerdict.TO_ASSESS) == expected.unproven
                assert places(found, RequirementVerdict.SHORT) == expected.missing

    @settings(max_examples=60, deadline=None)
    @given(worlds)
    def test_agrees_with_the_lists_row_by_row(self, world: World) -> None:
        openings, cohorts, pool = opening_columns(world.openings), cohort_columns(world.cohorts), world.pool()
        rows = shortlist(pool, openings, cohorts, world.policies)

        found = [
            account
            for j in range(len(openings))
            for account in traces(pool, openings, cohorts, world.policies, people=rows.people(j), opening=j)
        ]

        assert [t.seeker_id for t in found] == [world.people[i].id for i in rows.seeker]
        assert [(t.points, t.order_key) for t in found] == list(zip(rows.points, rows.order_key, strict=True))
        assert [list(ResultClass).index(t.result_class) for t in found] == rows.result_class.tolist()
        assert [-1 if t.score is None else t.score for t in found] == rows.score.tolist()
        alone = [traced(world, i, j) for i, j in zip(rows.seeker.tolist(), rows.opening.tolist(), strict=True)]
        assert found == alone

    @settings(max_examples=60, deadline=None)
    @given(worlds)
    def test_adds_up(self, world: World) -> None:
        for found in (traced(world, i, j) for i in range(len(world.people)) for j in range(len(world.openings))):
            assert sum(r.part for r in found.requirements) == found.points
            assert all(r.part == r.weight * r.credit for r in found.requirements)
            assert sum(r.share for r in found.requirements) == (found.score or 0)
            failed = any(gate.answer is GateAnswer.FAIL for gate in found.gates)
            assert failed == (found.result_class is ResultClass.GATE_FAILED)

    def test_tells_the_worked_example_of_the_documentation(self) -> None:
        asked = (Asked(1, 3, weight=5), Asked(2, 2, weight=3, evidence=2), Asked(3, 3, is_must=False, weight=2))
        person = Person(held=(Held(1, 2, 2), Held(2, 3, 1), Held(4, 4, 3)))

        found = traced(World((person,), (Opening(asked=asked),), relations=((4, 3, RelationKind.CLOSE),)))

        assert [(r.credit, r.part, r.share) for r in found.requirements] == [
            (150, 750, 3_000),
            (175, 525, 2_100),
            (200, 400, 1_600),
        ]
        assert (found.points, found.score, found.result_class) == (1_675, 6_700, ResultClass.TO_CONFIRM)
        assert found.questions == (OpenQuestion(Question.ASSESS, 2),)

    def test_can_be_kept_as_json(self) -> None:
        kept = json.loads(json.dumps(asdict(traced(World()))))

        assert kept["requirements"][0]["credited"]["evidence"] == "assessed"

    def test_names_both_sides_of_every_gate_that_is_set(self) -> None:
        opening = Opening(
            provinces=frozenset({2}), education=6, languages={1: 3, 2: 4}, licences=frozenset({1}), available_by=TODAY
        )
        person = Person(education=None, languages={1: 3}, provinces=None, available=TODAY + 1)

        assert traced(World((person,), (opening,))).gates == (
            GateFinding(GateKind.MOBILITY, GateAnswer.UNKNOWN, (2,), None),
            GateFinding(GateKind.EDUCATION, GateAnswer.UNKNOWN, (6,), None),
            GateFinding(GateKind.LANGUAGE, GateAnswer.PASS, (3,), (3,), subject=1),
            GateFinding(GateKind.LANGUAGE, GateAnswer.FAIL, (4,), (0,), subject=2),
            GateFinding(GateKind.LICENCE, GateAnswer.PASS, (1,), (1,)),
            GateFinding(GateKind.AVAILABILITY, GateAnswer.FAIL, (TODAY,), (TODAY + 1,)),
        )

    def test_names_the_relation_and_the_level_that_still_lacks(self) -> None:
        person = Person(held=(Held(2, 3, 3, TODAY - 1),))
        world = World((person,), (Opening(scarce=True),), relations=((2, 1, RelationKind.CLOSE),))

        found = traced(world).requirements[0]

        assert found.credited == found.judged == Holding(2, RelationKind.CLOSE, 3, Evidence.DECLARED, is_expired=True)
        assert (found.credit, found.effective_level, found.threshold, found.missing_levels) == (140, 2, 3, 1)
        assert found.verdict is RequirementVerdict.SHORT

    def test_rests_the_verdict_on_the_holding_that_proves_and_the_credit_on_the_best(self) -> None:
        person = Person(held=(Held(1, 3, 0), Held(2, 4, 1)))
        opening = Opening(scarce=True)

        found = traced(World((person,), (opening,), relations=((2, 1, RelationKind.CLOSE),))).requirements[0]

        assert (found.verdict, found.credit) == (RequirementVerdict.MET, 140)
        assert found.credited == found.judged == Holding(2, RelationKind.CLOSE, 4, Evidence.DECLARED, is_expired=False)

    def test_tells_what_a_nice_requirement_adds(self) -> None:
        opening = Opening(asked=(Asked(1, 3, is_must=False), Asked(2, 3, is_must=False)))

        found = traced(World(openings=(opening,))).requirements

        assert [r.verdict for r in found] == [RequirementVerdict.PLUS, RequirementVerdict.ABSENT]
        assert (found[1].credited, found[1].judged, found[1].missing_levels) == (None, None, 0)

    def test_asks_what_would_make_the_person_ready(self) -> None:
        person = Person(contracts=None, languages={1: 0}, held=(Held(1, 3, 0),))
        opening = Opening(contracts=frozenset({1}), languages={1: 2})

        assert traced(World((person,), (opening,))).questions == (
            OpenQuestion(Question.LANGUAGE, 1),
            OpenQuestion(Question.CONTRACT),
            OpenQuestion(Question.ASSESS, 1),
        )

    def test_proposes_the_interview_to_a_person_without_any_competency(self) -> None:
        found = traced(World((Person(held=()),)))

        assert (found.score, found.questions) == (None, (OpenQuestion(Question.INTERVIEW),))

    def test_asks_nothing_once_a_gate_has_failed(self) -> None:
        person = Person(contracts=None, provinces=frozenset())
        opening = Opening(contracts=frozenset({1}), provinces=frozenset({1}))

        assert traced(World((person,), (opening,))).questions == ()

    def test_names_the_cohort_that_closes_the_gap(self) -> None:
        world = World((Person(held=(Held(1, 1, 2),)),), (Opening(scarce=True),), (Cohort(id=7),))

        found = traced(world)

        assert (found.result_class, found.cohort_id) == (ResultClass.NEAR, 7)

    def test_refuses_a_place_outside_the_input(self) -> None:
        with pytest.raises(NotInInput):
            traced(World(), seeker=1)
        with pytest.raises(NotInInput):
            traced(World(), opening=-1)


def places(found: Trace, verdict: RequirementVerdict) -> frozenset[int]:
    """Return the places of the requirements with a verdict."""
    return frozenset(i for i, requirement in enumerate(found.requirements) if requirement.verdict is verdict)


class TestApportion:
    @given(st.lists(st.integers(0, 1_250), min_size=1, max_size=16))
    def test_sums_to_the_score_and_moves_no_part_by_a_whole_hundredth(self, parts: list[int]) -> None:
        full = 250 * 5 * len(parts)

        shares = apportion(parts, full)

        assert sum(shares) == 10_000 * sum(parts) // full
        assert all(0 <= share - 10_000 * part // full <= 1 for share, part in zip(shares, parts, strict=True))

    def test_gives_the_rest_to_the_largest_remainder_then_to_the_earlier_part(self) -> None:
        assert apportion([1, 1, 1], 3) == [3334, 3333, 3333]
        assert apportion([1, 2], 6) == [1667, 3333]


def test_replacing_what_no_rule_reads_changes_nothing() -> None:
    world = World()
    later = replace(world, people=(replace(world.people[0], months=99, fields=frozenset({7})),))

    assert traced(later) == traced(world)
