"""The rules of openings that need no database."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills_bridge.domain.errors import IllegalMove, Invalid
from skills_bridge.domain.framework import Asked, Cefr, Evidence, check_requirements
from skills_bridge.domain.matching import GateKind
from skills_bridge.domain.openings import (
    DEFAULT_FILL_DAYS,
    MOVES,
    Conditions,
    OpeningState,
    Terms,
    check_posts,
    check_start,
    check_terms,
    conditions_of,
    gate_operands,
    post_due_on,
)
from skills_bridge.domain.states import check_move

TODAY = date(2026, 11, 2)
START = date(2027, 1, 4)
CODES = st.frozensets(st.sampled_from(["a", "b", "c", "d"]))
DAYS = st.dates(TODAY, date(2030, 12, 31))
CONDITIONS = st.builds(
    Conditions,
    education_rank=st.none() | st.integers(0, 10),
    diploma_fields=CODES,
    experience_months=st.none() | st.integers(1, 600),
    languages=st.dictionaries(st.sampled_from(["fr", "en", "es"]), st.sampled_from(Cefr)),
    licences=CODES,
    shifts=CODES,
    wants_profile=st.booleans(),
    wants_contract=st.booleans(),
    wants_availability=st.booleans(),
)


def asked(competency_id: int, **changes: object) -> Asked:
    return replace(Asked(competency_id=competency_id, level=2, is_must=True, weight=3), **changes)  # type: ignore[arg-type]  # the test chooses the field


def terms(**changes: object) -> Terms:
    return replace(Terms(contract_code="cdi", posts=3), **changes)  # type: ignore[arg-type]  # the test chooses the field


class TestMoves:
    def test_lead_every_state_but_the_last_somewhere(self) -> None:
        assert {state for state, targets in MOVES.items() if not targets} == {OpeningState.CLOSED}

    def test_know_every_state(self) -> None:
        assert set(MOVES) == set(OpeningState)

    @pytest.mark.parametrize(
        ("current", "target"),
        [
            (OpeningState.DRAFT, OpeningState.VALIDATED),
            (OpeningState.VALIDATED, OpeningState.DRAFT),
            (OpeningState.CLOSED, OpeningState.VALIDATED),
            (OpeningState.PAUSED, OpeningState.SUBMITTED),
        ],
    )
    def test_refuse_what_the_table_does_not_hold(self, current: OpeningState, target: OpeningState) -> None:
        with pytest.raises(IllegalMove):
            check_move(MOVES, current, target)


class TestGateOperands:
    @given(CONDITIONS, st.none() | DAYS)
    def test_are_read_back_as_the_same_conditions(self, conditions: Conditions, start_on: date | None) -> None:
        operands = gate_operands(
            terms(conditions=conditions, start_on=start_on),
            province_code="01.511",
            job_profile_id=7,
            night_shifts={"d"},
            today=TODAY,
        )

        assert conditions_of(operands) == conditions
        assert json.loads(json.dumps(operands)) == operands

    def test_always_ask_for_mobility_to_the_site(self) -> None:
        operands = gate_operands(terms(), province_code="01.511", job_profile_id=7, night_shifts=(), today=TODAY)

        assert operands == {GateKind.MOBILITY: {"province": "01.511"}}

    @pytest.mark.parametrize(("start_on", "adult_by"), [(START, "2027-01-04"), (None, "2026-11-02")])
    def test_ask_for_adulthood_where_a_shift_works_at_night(self, start_on: date | None, adult_by: str) -> None:
        night = terms(conditions=Conditions(shifts=frozenset({"night"})), start_on=start_on)

        operands = gate_operands(night, province_code="x", job_profile_id=7, night_shifts={"night"}, today=TODAY)

        assert operands[GateKind.ADULTHOOD] == {"start_on": adult_by}

    def test_hold_the_shapes_that_matching_reads(self) -> None:
        conditions = Conditions(
            education_rank=6,
            diploma_fields=frozenset({"b", "a"}),
            experience_months=12,
            languages={"fr": Cefr.B1},
            licences=frozenset({"driving_b"}),
            wants_profile=True,
            wants_contract=True,
            wants_availability=True,
        )
        operands = gate_operands(
            terms(conditions=conditions, start_on=START),
            province_code="x",
            job_profile_id=7,
            night_shifts=(),
            today=TODAY,
        )

        assert operands == {
            GateKind.MOBILITY: {"province": "x"},
            GateKind.EDUCATION: {"rank": 6},
            GateKind.FIELD: {"fields": ["a", "b"]},
            GateKind.PROFILE: {"profiles": [7]},
            GateKind.EXPERIENCE: {"months": 12},
            GateKind.LANGUAGE: {"languages": {"fr": "B1"}},
            GateKind.LICENCE: {"licences": ["driving_b"]},
            GateKind.CONTRACT: {"contract": "cdi"},
            GateKind.AVAILABILITY: {"start_on": "2027-01-04"},
        }


class TestSaysSameAs:
    def test_does_not_mind_the_order_of_requirements(self) -> None:
        one, two = asked(1), asked(2)

        assert terms(requirements=(one, two)).says_same_as(terms(requirements=(two, one)))

    @pytest.mark.parametrize(
        "changes",
        [
            {"posts": 4},
            {"contract_code": "cdd"},
            {"start_on": START},
            {"requirements": (asked(1),)},
            {"conditions": Conditions(education_rank=3)},
        ],
    )
    def test_sees_every_change(self, changes: dict[str, object]) -> None:
        assert not terms(**changes).says_same_as(terms())


class TestCheckTerms:
    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"posts": 0}, "posts-out-of-range"),
            ({"posts": 2001}, "posts-out-of-range"),
            ({"conditions": Conditions(experience_months=601)}, "experience-out-of-range"),
            ({"conditions": Conditions(wants_availability=True)}, "availability-without-start"),
        ],
    )
    def test_refuses_values_out_of_bounds(self, changes: dict[str, object], code: str) -> None:
        with pytest.raises(Invalid) as refusal:
            check_terms(terms(**changes))

        assert refusal.value.code == code

    def test_allows_an_opening_without_any_requirement(self) -> None:
        check_terms(terms())

        assert terms().requirements == ()


class TestCheckRequirements:
    @pytest.mark.parametrize(
        ("lines", "code"),
        [
            ([asked(key) for key in range(1, 18)], "too-many-requirements"),
            ([asked(1), asked(1)], "requirement-twice"),
            ([asked(1, level=0)], "level-out-of-range"),
            ([asked(1, level=5)], "level-out-of-range"),
            ([asked(1, weight=6)], "weight-out-of-range"),
            ([asked(1, evidence_asked=Evidence.INFERRED)], "evidence-inferred"),
        ],
    )
    def test_refuses_and_names_the_rule(self, lines: list[Asked], code: str) -> None:
        with pytest.raises(Invalid) as refusal:
            check_requirements(lines)

        assert (refusal.value.code, refusal.value.field) == (code, "requirements")

    def test_takes_sixteen(self) -> None:
        lines = [asked(key) for key in range(1, 17)]

        check_requirements(lines)

        assert len(lines) == 16


class TestCheckStart:
    @pytest.mark.parametrize("start_on", [None, TODAY, TODAY + timedelta(days=365)])
    def test_takes_today_and_later(self, start_on: date | None) -> None:
        check_start(start_on, TODAY)

        assert start_on is None or start_on >= TODAY

    @pytest.mark.parametrize("start_on", [TODAY - timedelta(days=1), date(2099, 1, 1)])
    def test_refuses_the_past_and_the_far_future(self, start_on: date) -> None:
        with pytest.raises(Invalid, match="start-"):
            check_start(start_on, TODAY)


class TestCheckPosts:
    @given(st.integers(0, 50), st.integers(0, 50), st.integers(1, 100))
    def test_never_lets_the_number_fall_below_what_stands(self, filled: int, free: int, wanted: int) -> None:
        standing = filled + free
        if wanted >= standing:
            check_posts(wanted, standing=standing, filled=filled)
            assert wanted >= filled
        else:
            with pytest.raises(Invalid, match="posts-below-standing"):
                check_posts(wanted, standing=standing, filled=filled)


class TestPostDueOn:
    @given(st.none() | st.dates(date(2026, 1, 1), date(2030, 1, 1)))
    def test_is_never_before_the_post_opened(self, start_on: date | None) -> None:
        assert post_due_on(start_on, TODAY) >= TODAY

    def test_is_the_start_or_sixty_days_on(self) -> None:
        assert post_due_on(START, TODAY) == START
        assert post_due_on(None, TODAY) == TODAY + timedelta(days=DEFAULT_FILL_DAYS)
