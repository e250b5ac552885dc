"""What a file tells, what is supposed of a person, which questions come first."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills_bridge.domain.errors import IllegalMove, Invalid
from skills_bridge.domain.seekers import (
    MOVES,
    PSEUDONYMS,
    QUESTIONS,
    Completeness,
    KnownCodes,
    PastJob,
    Profile,
    SeekerState,
    StudiedProfile,
    TemplateLine,
    check_profile,
    choose_questions,
    completeness_of,
    infer_levels,
    level_after,
    pseudonym_of,
    studied_levels,
)
from skills_bridge.domain.states import check_move

TODAY = date(2026, 11, 23)
KNOWN = KnownCodes(
    provinces=frozenset({"01.511"}),
    education=frozenset({"master"}),
    fields=frozenset({"textile"}),
    languages=frozenset({"fr"}),
    licences=frozenset(),
    contracts=frozenset(),
    shifts=frozenset(),
    profiles=frozenset({1}),
)
LINES = st.builds(TemplateLine, st.integers(1, 15), st.integers(1, 4), st.booleans())
TEMPLATES = st.dictionaries(st.integers(1, 6), st.lists(LINES, max_size=8).map(tuple), max_size=6)
MONTHS = st.dictionaries(st.integers(1, 6), st.integers(1, 720), max_size=4)
STUDIED = st.dictionaries(st.integers(1, 6), st.sampled_from([1, 2]), max_size=3)


def ceiling(templates: dict[int, tuple[TemplateLine, ...]]) -> dict[int, int]:
    """Return the highest level that any template asks of each competency."""
    found: dict[int, int] = {}
    for lines in templates.values():
        for line in lines:
            found[line.competency_id] = max(line.level, found.get(line.competency_id, 0))
    return found


class TestInferLevels:
    @given(MONTHS, STUDIED, TEMPLATES)
    def test_never_exceeds_the_templates_nor_says_expert(self, months: Any, studied: Any, templates: Any) -> None:
        limits = ceiling(templates)

        for competency, level in infer_levels(months, studied, templates).items():
            assert 1 <= level <= min(3, limits[competency])

    @given(MONTHS, STUDIED, TEMPLATES, st.integers(1, 6), st.integers(1, 720))
    def test_never_falls_with_more_work(self, months: Any, studied: Any, templates: Any, job: int, more: int) -> None:
        before = infer_levels(months, studied, templates)

        after = infer_levels({**months, job: months.get(job, 0) + more}, studied, templates)

        assert all(after[competency] >= level for competency, level in before.items())

    @given(TEMPLATES)
    def test_supposes_nothing_of_who_did_nothing(self, templates: Any) -> None:
        assert infer_levels({}, {}, templates) == {}

    def test_holds_nice_competencies_one_lower(self) -> None:
        lines = (TemplateLine(1, 4, is_must=True), TemplateLine(2, 4, is_must=False))

        assert infer_levels({7: 24}, {}, {7: lines}) == {1: 3, 2: 2}
        assert infer_levels({7: 2}, {}, {7: lines}) == {1: 1}

    def test_takes_musts_only_from_studies(self) -> None:
        lines = (TemplateLine(1, 4, is_must=True), TemplateLine(2, 4, is_must=False))

        assert infer_levels({}, {7: 2}, {7: lines}) == {1: 2}


class TestLevelAfter:
    @pytest.mark.parametrize(("months", "level"), [(1, 1), (5, 1), (6, 2), (23, 2), (24, 3), (720, 3)])
    def test_rises_at_half_a_year_and_two_years(self, months: int, level: int) -> None:
        assert level_after(months) == level


class TestStudiedLevels:
    PROFILES = (StudiedProfile(1, ("textile", "quality"), 4), StudiedProfile(2, ("quality", "textile"), 6))

    def test_counts_the_main_field(self) -> None:
        assert studied_levels("textile", 4, (), self.PROFILES) == {1: 2}

    def test_counts_another_field_if_the_job_is_wanted(self) -> None:
        assert studied_levels("textile", 4, (2,), self.PROFILES) == {1: 2, 2: 1}

    def test_gives_notions_for_an_unknown_level(self) -> None:
        assert studied_levels("quality", None, (), self.PROFILES) == {2: 1}

    def test_says_nothing_without_a_field(self) -> None:
        assert studied_levels(None, 9, (1, 2), self.PROFILES) == {}


class TestChooseQuestions:
    @given(
        st.lists(st.integers(1, 6), max_size=3),
        st.lists(st.integers(1, 6), max_size=3),
        st.sets(st.integers(1, 15)),
        st.sets(st.integers(1, 15)),
        TEMPLATES,
    )
    def test_asks_at_most_ten_once_each_and_nothing_settled(
        self, wanted: Any, past: Any, supposed: Any, settled: Any, templates: Any
    ) -> None:
        chosen = choose_questions(wanted=wanted, past=past, supposed=supposed, settled=settled, templates=templates)

        assert len(chosen) == len(set(chosen)) <= QUESTIONS
        assert not set(chosen) & settled

    def test_puts_what_is_supposed_first_then_musts_then_nice(self) -> None:
        templates = {1: (TemplateLine(10, 2, is_must=False), TemplateLine(11, 2, is_must=True))}

        chosen = choose_questions(wanted=(1,), past=(), supposed=(12,), settled=(), templates=templates)

        assert chosen == (12, 11, 10)

    def test_fills_up_with_what_most_jobs_ask(self) -> None:
        line = TemplateLine(5, 2, is_must=True)
        templates = {1: (line,), 2: (line, TemplateLine(6, 2, is_must=True))}

        assert choose_questions(wanted=(), past=(), supposed=(), settled=(), templates=templates) == (5, 6)


class TestPseudonymOf:
    @given(st.integers(0, PSEUDONYMS - 1))
    def test_has_one_form_without_confusing_signs(self, number: int) -> None:
        assert re.fullmatch(r"P-[^0158BILOSUZ]{4}-[^0158BILOSUZ]{2}", pseudonym_of(number))

    @given(st.integers(0, PSEUDONYMS - 1), st.integers(0, PSEUDONYMS - 1))
    def test_tells_numbers_apart(self, one: int, two: int) -> None:
        assert (pseudonym_of(one) == pseudonym_of(two)) == (one == two)


class TestCompletenessOf:
    @pytest.mark.parametrize(
        ("unknown", "found"),
        [(0, Completeness.COMPLETE), (1, Completeness.PARTIAL), (3, Completeness.PARTIAL), (4, Completeness.SPARSE)],
    )
    def test_has_three_classes(self, unknown: int, found: Completeness) -> None:
        assert completeness_of(unknown) is found


class TestCheckProfile:
    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"province_code": "99"}, "province_code"),
            ({"education_code": "x"}, "education_code"),
            ({"mobility": ("99",)}, "mobility"),
            ({"wanted_profiles": (2,)}, "wanted_profiles"),
            ({"past_jobs": (PastJob(job_profile_id=1, months=0),)}, "past_jobs"),
            ({"experience_months": 721}, "experience_months"),
            ({"born_on": date(2012, 1, 1)}, "born_on"),
            ({"born_on": date(1920, 1, 1)}, "born_on"),
        ],
    )
    def test_names_the_field_that_is_wrong(self, changes: dict[str, Any], field: str) -> None:
        with pytest.raises(Invalid) as refusal:
            check_profile(Profile(**{"province_code": "01.511", **changes}), KNOWN, today=TODAY)

        assert refusal.value.field == field

    def test_accepts_what_is_unknown(self) -> None:
        check_profile(Profile(province_code="01.511"), KNOWN, today=TODAY)


class TestKnownMonths:
    def test_is_at_least_what_the_jobs_sum_to(self) -> None:
        jobs = (PastJob(job_profile_id=1, months=10), PastJob(job_profile_id=1, months=8))

        assert Profile(province_code="x", past_jobs=jobs).known_months == 18
        assert Profile(province_code="x", past_jobs=jobs, experience_months=30).known_months == 30
        assert Profile(province_code="x").known_months is None
        assert Profile(province_code="x", experience_months=0).known_months == 0


class TestMoves:
    @given(st.sampled_from(SeekerState))
    def test_nothing_leaves_anonymised(self, target: SeekerState) -> None:
        with pytest.raises(IllegalMove):
            check_move(MOVES, SeekerState.ANONYMISED, target)

    @given(st.sampled_from([state for state in SeekerState if state is not SeekerState.ANONYMISED]))
    def test_everything_else_has_a_way_back(self, state: SeekerState) -> None:
        assert any(state in MOVES[other] for other in SeekerState if other is not state)
