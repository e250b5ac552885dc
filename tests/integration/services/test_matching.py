from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select, text, update
from sqlalchemy.exc import ProgrammingError

import skills_bridge
from skills_bridge.domain.errors import NotFound, NotPermitted
from skills_bridge.domain.framework import Cefr, Evidence
from skills_bridge.domain.matching import GateAnswer, Question, ResultClass
from skills_bridge.domain.openings import CloseReason, Conditions
from skills_bridge.domain.placements import CancelReason
from skills_bridge.domain.seekers import Channel, ConsentKind
from skills_bridge.models import (
    Cohort,
    Competency,
    Job,
    MatchCount,
    MatchResult,
    MatchRun,
    Opening,
    Programme,
    ProgrammeOutcome,
    SeekerEquity,
)
from skills_bridge.queries.matching.accounts import Account
from skills_bridge.queries.matching.listed import Kept, get_accounts
from skills_bridge.queries.matching.packed import COPY_ALL
from skills_bridge.services.matching import (
    ask_all_matches,
    ask_match,
    compute_shortlist,
    match_for_cohort,
    match_for_seeker,
)
from skills_bridge.services.openings import close_opening, pause_opening
from skills_bridge.services.placements import undo_placement
from skills_bridge.services.seekers import object_to_matching, pause_seeker, withdraw_consent
from tests.factories.openings import asked, competency_ids, draft_opening, validated_opening
from tests.factories.referrals import (
    computed_run,
    fitting_seeker,
    later,
    recorded_placement,
    registered_seeker,
    selected_referral,
    silent,
    stored,
    today,
)
from tests.factories.world import KENITRA, TANGER, World


def rows_of(world: World, opening_id: int) -> dict[int, MatchResult]:
    """Return the current list of an opening by person."""
    with world.platform() as uow:
        run_id = uow.session.get_one(Opening, opening_id).current_run_id
        rows = uow.session.scalars(select(MatchResult).where(MatchResult.run_id == run_id)).all()
        uow.session.expunge_all()
    return {row.seeker_id: row for row in rows}


def listed(world: World, opening_id: int) -> dict[int, ResultClass]:
    return {seeker: row.result_class for seeker, row in rows_of(world, opening_id).items()}


def account_of(world: World, opening_id: int, seeker_id: int) -> Account:
    return accounts_of(world, [rows_of(world, opening_id)[seeker_id]])[0]


def accounts_of(world: World, rows: Sequence[MatchResult]) -> list[Account]:
    """Return the accounts of rows, as the screens tell them."""
    kept = [Kept(row.run_id, row.opening_id, row.seeker_id, row.person) for row in rows]
    with world.looking("adviser") as session:
        return get_accounts(session, kept)


def published_cohort(world: World, taught: dict[str, int], *, ends_on: date, seats: int = 10) -> int:
    """Publish a cohort at the company's place that teaches levels by competency code."""
    with world.acting("centre_manager") as uow:
        codes = dict(zip(taught, competency_ids(uow, *taught), strict=True))
        programme = Programme(centre_id=world.ids["centre"], title_fr="Câblage (formation courte)")
        uow.session.add(programme)
        uow.session.flush()
        uow.session.add_all(
            ProgrammeOutcome(
                programme_id=programme.id, competency_id=codes[code], centre_id=world.ids["centre"], level=level
            )
            for code, level in taught.items()
        )
        cohort = Cohort(
            reference="PR-2026-09001",
            centre_id=world.ids["centre"],
            programme_id=programme.id,
            province_code=TANGER,
            starts_on=today(),
            expected_end_on=ends_on,
            enrolment_until=today(),
            seats=seats,
            state="published",
            published_at=uow.now,
        )
        uow.session.add(cohort)
        uow.session.flush()
        return cohort.id


class TestComputeShortlist:
    def test_lists_who_fits_who_is_to_be_asked_and_who_is_unknown(self, world: World) -> None:
        opening_id = validated_opening(world)
        ready, to_ask = fitting_seeker(world), fitting_seeker(world, mobility=None)
        blank, short = registered_seeker(world), registered_seeker(world, levels={"AUTO-001": 3})
        elsewhere = fitting_seeker(world, mobility=(KENITRA,))

        run_id = computed_run(world, opening_id)

        assert listed(world, opening_id) == {
            ready: ResultClass.READY,
            to_ask: ResultClass.TO_CONFIRM,
            blank: ResultClass.NOT_ENOUGH,
        }
        assert {short, elsewhere}.isdisjoint(listed(world, opening_id))
        run = stored(world, MatchRun, run_id)
        assert run.counts["pool"] == 5
        assert run.counts["classes"] == {
            "ready": 1,
            "to_confirm": 1,
            "near": 0,
            "not_enough": 1,
            "short": 1,
            "no_points": 0,
            "gate_failed": 1,
        }
        assert run.counts["alone"] == {"mobility": 1}
        assert len(run.counts["missing"]) == 1
        assert len(run.input_digest) == 32

    def test_names_the_question_behind_an_unknown_condition(self, world: World) -> None:
        opening_id = validated_opening(world)
        seeker_id = fitting_seeker(world, mobility=None)

        computed_run(world, opening_id)

        account = account_of(world, opening_id, seeker_id)
        assert [(q.question, q.competency_id) for q in account.questions] == [(Question.MOBILITY, None)]
        assert [(g.answer, g.asked, g.held) for g in account.gates] == [(GateAnswer.UNKNOWN, (TANGER,), None)]

    def test_keeps_an_account_that_agrees_with_its_row(self, world: World) -> None:
        opening_id = validated_opening(world)
        people = [
            fitting_seeker(world),
            registered_seeker(world, levels={"AUTO-001": 2, "AUTO-002": 4}, evidence=Evidence.DECLARED),
            registered_seeker(world, levels={"AUTO-001": 1, "AUTO-002": 1}),
        ]

        computed_run(world, opening_id)

        rows = rows_of(world, opening_id)
        assert set(rows) == set(people)
        for row, account in zip(rows.values(), accounts_of(world, list(rows.values())), strict=True):
            assert sum(found.part for found in account.requirements) == row.points
            assert sum(found.share for found in account.requirements) == row.score
        assert [row.rank for row in sorted(rows.values(), key=lambda row: -row.order_key)] == [1, 2, 3]

    def test_finds_the_cohort_that_closes_a_gap_before_the_start(self, world: World) -> None:
        start_on = later(120)().date()
        opening_id = validated_opening(world, terms={"start_on": start_on})
        seeker_id = registered_seeker(world, levels={"AUTO-001": 3})
        cohort_id = published_cohort(world, {"AUTO-002": 2}, ends_on=later(60)().date())

        computed_run(world, opening_id)

        row = rows_of(world, opening_id)[seeker_id]
        assert (row.result_class, row.cohort_id) == (ResultClass.NEAR, cohort_id)

    def test_counts_a_person_short_once_the_cohort_is_full(self, world: World) -> None:
        opening_id = validated_opening(world, terms={"start_on": later(120)().date()})
        registered_seeker(world, levels={"AUTO-001": 3})
        cohort_id = published_cohort(world, {"AUTO-002": 2}, ends_on=later(60)().date(), seats=1)
        with world.acting("centre_manager") as uow:
            uow.session.execute(update(Cohort).where(Cohort.id == cohort_id).values(taken=1))

        computed_run(world, opening_id)

        assert listed(world, opening_id) == {}

    def test_lists_in_waiting_order_without_score_where_nothing_is_asked(self, world: World) -> None:
        opening_id = validated_opening(world, requirements=())
        second = registered_seeker(world, registered_on=date(2026, 3, 1))
        first = registered_seeker(world, registered_on=date(2025, 3, 1))

        computed_run(world, opening_id)

        rows = rows_of(world, opening_id)
        assert {key: (row.rank, row.score) for key, row in rows.items()} == {first: (1, None), second: (2, None)}

    def test_takes_competencies_of_any_framework(self, world: World) -> None:
        with world.platform() as uow:
            uow.session.add(Competency(scheme="ESCO", code="abc-1", label_fr="souder"))
            uow.session.flush()
            imported = uow.session.scalars(select(Competency.id).where(Competency.code == "abc-1")).one()
        opening_id = validated_opening(world, requirements=(asked(imported),))
        seeker_id = registered_seeker(world, levels={"abc-1": 4})

        computed_run(world, opening_id)

        assert listed(world, opening_id) == {seeker_id: ResultClass.READY}

    def test_asks_for_a_language_that_nobody_has_asked_about(self, world: World) -> None:
        opening_id = validated_opening(world, conditions=Conditions(languages={"fr": Cefr.B1}))
        seeker_id = fitting_seeker(world, languages={"ar": Cefr.C2})

        computed_run(world, opening_id)

        assert [q.question for q in account_of(world, opening_id, seeker_id).questions] == [Question.LANGUAGE]

    def test_leaves_out_whoever_may_not_be_looked_for(self, world: World) -> None:
        opening_id = validated_opening(world)
        objecting, paused, withdrawn = (fitting_seeker(world) for _ in range(3))
        silent_person = fitting_seeker(world, consents=frozenset({ConsentKind.SHARING}))
        with world.acting("adviser") as uow:
            object_to_matching(uow, seeker_id=objecting, channel=Channel.PHONE)
            pause_seeker(uow, seeker_id=paused)
            withdraw_consent(uow, seeker_id=withdrawn, kind=ConsentKind.MATCHING)

        run_id = computed_run(world, opening_id)

        assert stored(world, MatchRun, run_id).counts["pool"] == 0
        assert silent_person not in listed(world, opening_id)

    def test_leaves_out_whoever_is_placed_before_the_file_says_so(self, world: World) -> None:
        opening_id = validated_opening(world)
        seeker_id = fitting_seeker(world)
        placement_id = recorded_placement(world, selected_referral(world, opening_id, seeker_id))

        computed_run(world, opening_id)
        assert listed(world, opening_id) == {}

        with world.acting("hr_manager") as uow:
            undo_placement(uow, placement_id=placement_id, reason=CancelReason.PERSON_WITHDREW)
        computed_run(world, opening_id)
        assert listed(world, opening_id) == {seeker_id: ResultClass.READY}

    def test_answers_for_a_paused_opening_with_an_empty_list_and_the_reason(self, world: World) -> None:
        opening_id = validated_opening(world)
        fitting_seeker(world)
        computed_run(world, opening_id)
        with world.acting("hr_manager") as uow:
            pause_opening(uow, opening_id=opening_id)

        run_id = computed_run(world, opening_id)

        run = stored(world, MatchRun, run_id)
        assert (run.counts["empty"], run.attached_at) == ("opening-not-live", None)
        assert stored(world, Opening, opening_id).current_run_id == run_id
        assert listed(world, opening_id) == {}

    def test_says_so_when_every_post_is_taken(self, world: World) -> None:
        opening_id = validated_opening(world, terms={"posts": 1})
        recorded_placement(world, selected_referral(world, opening_id, fitting_seeker(world)))

        run_id = computed_run(world, opening_id)

        assert stored(world, MatchRun, run_id).counts["empty"] == "no-open-post"

    def test_never_moves_the_current_run_back(self, world: World) -> None:
        opening_id = validated_opening(world)
        with world.platform() as uow:
            uow.session.execute(update(Opening).where(Opening.id == opening_id).values(current_run_id=10**9))

        computed_run(world, opening_id)

        assert stored(world, Opening, opening_id).current_run_id == 10**9

    def test_shows_nothing_of_a_run_that_broke_down(self, world: World) -> None:
        opening_id = validated_opening(world)
        fitting_seeker(world)

        def break_down(_done: int, _total: int) -> None:
            raise RuntimeError("the machine stops")

        with pytest.raises(RuntimeError), world.platform() as uow:
            compute_shortlist(uow, opening_id=opening_id, progress=break_down)

        assert stored(world, Opening, opening_id).current_run_id is None
        with world.platform() as uow:
            assert uow.session.scalars(select(MatchRun)).all() == []

    def test_keeps_the_rows_of_two_runs_and_of_those_that_a_referral_names(self, world: World) -> None:
        opening_id = validated_opening(world)
        seeker_id = fitting_seeker(world)
        named = computed_run(world, opening_id)
        selected_referral(world, opening_id, seeker_id)

        later_runs = [computed_run(world, opening_id) for _ in range(3)]

        with world.platform() as uow:
            kept = set(uow.session.scalars(select(MatchResult.run_id).distinct()))
            assert kept == {named, *later_runs[1:]}
            assert len(uow.session.scalars(select(MatchRun.id)).all()) == 4
            assert len(uow.session.scalars(select(MatchCount.run_id)).all()) == 4

    def test_gives_the_same_digest_for_the_same_input(self, world: World) -> None:
        opening_id = validated_opening(world)
        fitting_seeker(world)

        first, second = computed_run(world, opening_id), computed_run(world, opening_id)

        assert stored(world, MatchRun, first).input_digest == stored(world, MatchRun, second).input_digest

    def test_waits_for_the_other_run_of_the_same_opening(self, world: World) -> None:
        opening_id = validated_opening(world)
        fitting_seeker(world)
        first_reads, may_end = threading.Event(), threading.Event()
        order: list[str] = []

        def hold(_done: int, _total: int) -> None:
            first_reads.set()
            may_end.wait(10)

        def slow() -> None:
            with world.platform() as uow:
                compute_shortlist(uow, opening_id=opening_id, progress=hold)
            order.append("first")

        def quick() -> None:
            computed_run(world, opening_id)
            order.append("second")

        first = threading.Thread(target=slow)
        first.start()
        assert first_reads.wait(10)
        second = threading.Thread(target=quick)
        second.start()
        second.join(0.5)
        waited = second.is_alive()
        may_end.set()
        first.join(20)
        second.join(20)

        assert waited
        assert order == ["first", "second"]

    def test_does_no_work_again_that_a_later_reading_has_done(self, world: World) -> None:
        opening_id = validated_opening(world)
        job = Job(kind="matching.match_opening", object_id=opening_id, dedupe_key="t", started_at=later(-1)())
        done = computed_run(world, opening_id)

        with world.platform() as uow:
            uow.job = job
            assert compute_shortlist(uow, opening_id=opening_id, progress=silent) == done

    def test_tells_how_far_it_is(self, world: World) -> None:
        opening_id = validated_opening(world)
        fitting_seeker(world)
        told: list[tuple[int, int]] = []

        with world.platform() as uow:
            compute_shortlist(uow, opening_id=opening_id, progress=lambda done, total: told.append((done, total)))

        assert told == [(0, 1), (1, 1)]

    def test_refuses_an_opening_that_does_not_exist(self, world: World) -> None:
        with pytest.raises(NotFound):
            computed_run(world, 999)


class TestProtectedFacts:
    def test_are_out_of_reach_of_the_workers_platform_scope(self, world: World) -> None:
        fitting_seeker(world)

        with world.platform() as uow:
            assert uow.session.scalars(text("SELECT seeker_id FROM seeker_identity")).all() == []
            assert uow.session.scalars(text("SELECT seeker_id FROM seeker_equity")).all() == []

    def test_stand_in_no_statement_of_a_run(self, world: World) -> None:
        opening_id = validated_opening(world)
        fitting_seeker(world)
        statements: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
            statements.append(statement.lower())

        event.listen(world.engines["worker"], "before_cursor_execute", note)
        computed_run(world, opening_id)

        with world.as_owner() as session:
            packing = session.scalars(text("SELECT prosrc FROM pg_proc WHERE proname = 'pack_profiles'")).one()
        whole = " ".join((*statements, COPY_ALL.lower(), packing.lower()))
        assert "from seeker " in whole.replace("\n", " ")
        assert not re.search(r"seeker_identity|seeker_equity|nationality|birth|\bsex\b|cin_", whole)

    @pytest.mark.parametrize("table", ["seeker_identity", "seeker_equity"])
    def test_are_out_of_reach_of_the_role_that_packs(self, world: World, table: str) -> None:
        with world.as_owner() as session:
            asked = text("SELECT has_table_privilege('sb_packer', :table, 'SELECT, INSERT, UPDATE, DELETE')")

            assert not session.scalar(asked, {"table": table})

    def test_stand_in_no_module_of_the_engine_or_its_input(self) -> None:
        root = Path(skills_bridge.__file__).parent
        inputs = ("run_input", "opening_input", "codes", "packed")
        sources = [root / f"queries/matching/{name}.py" for name in inputs]
        sources += [*root.glob("services/matching/*.py")]
        for path in sources:
            assert not re.search(r"SeekerIdentity|SeekerEquity|nationality", path.read_text(encoding="utf-8")), path

    def test_change_nothing(self, world: World) -> None:
        opening_id = validated_opening(world)
        seeker_id = fitting_seeker(world)
        before = stored(world, MatchRun, computed_run(world, opening_id)).input_digest
        with world.acting("adviser") as uow:
            uow.session.execute(
                update(SeekerEquity).where(SeekerEquity.seeker_id == seeker_id).values(sex="female", birth_year=1970)
            )

        after = stored(world, MatchRun, computed_run(world, opening_id)).input_digest

        assert after == before

    def test_results_are_written_by_nobody_from_the_web(self, world: World) -> None:
        with pytest.raises(ProgrammingError), world.acting("adviser") as uow:
            uow.session.execute(text("INSERT INTO match_run (agency_id) VALUES (1)"))


def waiting_jobs(world: World) -> list[int | None]:
    with world.platform() as uow:
        found = select(Job.object_id).where(Job.kind == "matching.match_opening", Job.state == "due")
        return sorted(uow.session.scalars(found).all(), key=lambda key: key or 0)


def forget_jobs(world: World) -> None:
    with world.platform() as uow:
        uow.session.execute(update(Job).values(state="done"))


class TestAskMatch:
    def test_asks_once_while_a_job_waits(self, world: World) -> None:
        opening_id = validated_opening(world)
        forget_jobs(world)

        with world.acting("adviser") as uow:
            first = ask_match(uow, opening_id=opening_id)
        with world.acting("adviser") as uow:
            second = ask_match(uow, opening_id=opening_id)

        assert (first, second) == (True, False)
        assert waiting_jobs(world) == [opening_id]

    def test_refuses_an_adviser_of_another_unit(self, world: World) -> None:
        opening_id = validated_opening(world)

        with pytest.raises(NotPermitted), world.acting("other_adviser") as uow:
            ask_match(uow, opening_id=opening_id)

    def test_shows_a_draft_to_nobody(self, world: World) -> None:
        opening_id = draft_opening(world)

        with pytest.raises(NotFound), world.acting("adviser") as uow:
            ask_match(uow, opening_id=opening_id)


class TestAskAllMatches:
    def test_asks_for_live_openings_only(self, world: World) -> None:
        live, closed = validated_opening(world), validated_opening(world)
        with world.acting("hr_manager") as uow:
            close_opening(uow, opening_id=closed, reason=CloseReason.EMPLOYER_WITHDREW)
        forget_jobs(world)

        with world.platform() as uow:
            assert ask_all_matches(uow) == 1
        assert waiting_jobs(world) == [live]


class TestMatchForCohort:
    def test_asks_for_openings_that_it_can_still_serve(self, world: World) -> None:
        served = validated_opening(world, terms={"start_on": later(120)().date()})
        validated_opening(world, terms={"start_on": later(20)().date()})
        validated_opening(world)
        cohort_id = published_cohort(world, {"AUTO-002": 2}, ends_on=later(60)().date())
        forget_jobs(world)

        with world.platform() as uow:
            match_for_cohort(uow, cohort_id=cohort_id)

        assert waiting_jobs(world) == [served]


class TestMatchForSeeker:
    def test_asks_for_openings_whose_lists_she_enters(self, world: World) -> None:
        with world.acting("hr_manager") as uow:
            other = competency_ids(uow, "AUTO-030")[0]
        entered = validated_opening(world)
        validated_opening(world, requirements=(asked(other),))
        full = validated_opening(world)
        fitting_seeker(world)
        computed_run(world, full)
        seeker_id = fitting_seeker(world)
        forget_jobs(world)
        with world.as_owner() as session:  # a list of one, full
            session.execute(
                text("UPDATE match_policy SET parameters = jsonb_set(parameters, '{mass,shortest_list}', '1')")
            )
            session.execute(
                text("UPDATE match_policy SET parameters = jsonb_set(parameters, '{mass,longest_list}', '1')")
            )
            session.commit()

        with world.platform() as uow:
            match_for_seeker(uow, seeker_id=seeker_id)

        assert waiting_jobs(world) == [entered]

    def test_leaves_her_to_a_later_change_that_waits(self, world: World) -> None:
        validated_opening(world)
        seeker_id = fitting_seeker(world)
        with world.as_owner() as session:
            jobs = session.scalars(select(Job).where(Job.kind == "matching.match_for_seeker").order_by(Job.id)).all()
            session.expunge_all()
        assert len(jobs) > 1

        with world.platform() as uow:
            uow.job = jobs[0]
            assert match_for_seeker(uow, seeker_id=seeker_id) == 0
            uow.job = jobs[-1]
            match_for_seeker(uow, seeker_id=seeker_id)

    def test_asks_for_openings_in_whose_lists_she_stands(self, world: World) -> None:
        opening_id = validated_opening(world)
        seeker_id = registered_seeker(world)
        computed_run(world, opening_id)
        forget_jobs(world)

        with world.platform() as uow:
            match_for_seeker(uow, seeker_id=seeker_id)

        assert listed(world, opening_id) == {seeker_id: ResultClass.NOT_ENOUGH}
        assert waiting_jobs(world) == [opening_id]
