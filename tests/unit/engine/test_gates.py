from __future__ import annotations

import numpy as np
import pytest

from skills_bridge.domain.matching import GateKind
from skills_bridge.engine.arrays import CodeSets
from skills_bridge.engine.gates import ANSWERS, GATES, judge_gates
from skills_bridge.engine.results import GATE_KINDS
from tests.unit.engine.worlds import TODAY, Opening, Person, opening_columns, seeker_columns

A, B, AB = frozenset({1}), frozenset({2}), frozenset({1, 2})
NONE: frozenset[int] = frozenset()

CASES = [
    ("mobility", Opening(provinces=A), [Person(provinces=p) for p in (AB, A, B, NONE, None)], "ppff?"),
    ("field", Opening(fields=AB), [Person(fields=f) for f in (A, frozenset({3}), NONE, None)], "pff?"),
    ("profile", Opening(profiles=AB), [Person(profiles=p) for p in (B, frozenset({3}), NONE, None)], "pff?"),
    ("contract", Opening(contracts=A), [Person(contracts=c) for c in (AB, B, NONE, None)], "pff?"),
    ("licence", Opening(licences=AB), [Person(licences=h) for h in (AB, A, NONE, None)], "pff?"),
    ("shift", Opening(shifts=AB), [Person(shifts=s) for s in (AB, B, NONE, None)], "pff?"),
    ("education", Opening(education=3), [Person(education=e) for e in (4, 3, 2, None)], "ppf?"),
    ("experience", Opening(months=12), [Person(months=m) for m in (13, 12, 11, 0, None)], "ppff?"),
    ("availability", Opening(available_by=9), [Person(available=d) for d in (8, 9, 10, None)], "ppf?"),
    ("adulthood", Opening(adult_by=TODAY), [Person(adult=d) for d in (-900, TODAY, TODAY + 1, None)], "ppf?"),
    (
        "language",
        Opening(languages={1: 3, 2: 2}),
        [Person(languages=s) for s in ({1: 3, 2: 6}, {1: 2, 2: 2}, {1: 3}, {1: 3, 2: 0}, {1: 2, 2: 0}, {}, None)],
        "pff?ff?",
    ),
]


class TestGates:
    @pytest.mark.parametrize(("kind", "opening", "people", "expected"), CASES, ids=[case[0] for case in CASES])
    def test_pass_fail_or_stay_unknown(self, kind: str, opening: Opening, people: list[Person], expected: str) -> None:
        people = [Person(**{**vars(person), "id": i}) for i, person in enumerate(people, 1)]
        gate = next(gate for gate in GATES if gate.kind == kind)

        answers = gate.answers(seeker_columns(people), opening_columns([opening]), 0)

        assert answers is not None
        assert "".join({"pass": "p", "fail": "f", "unknown": "?"}[ANSWERS[answer]] for answer in answers) == expected

    def test_are_not_set_where_nothing_is_asked(self) -> None:
        people, openings = seeker_columns([Person()]), opening_columns([Opening()])

        assert [gate.answers(people, openings, 0) for gate in GATES] == [None] * 11
        assert [gate.findings(people, openings, 0) for gate in GATES] == [[()]] * 11

    def test_stand_once_for_each_kind_in_the_order_of_telling(self) -> None:
        assert tuple(gate.kind for gate in GATES) == GATE_KINDS == tuple(GateKind)

    def test_pass_on_a_code_that_stands_in_an_incomplete_list(self) -> None:
        partly = CodeSets(np.array([0, 1, 2]), np.array([1, 2]), np.array([False, False]))
        people = seeker_columns([Person(id=1), Person(id=2)])
        people = type(people)(**{**dict(people.parts()), "licences": partly})

        failed, unknown = judge_gates(people, opening_columns([Opening(licences=A)]), 0)

        assert failed.tolist() == [False, False]
        assert unknown.tolist() == [0, 1 << GATE_KINDS.index(GateKind.LICENCE)]
