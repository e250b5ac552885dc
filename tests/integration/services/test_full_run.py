from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import ProgrammingError

from skills_bridge.domain.errors import AlreadyDone, NotFound, NotPermitted
from skills_bridge.domain.jobs import JobState
from skills_bridge.domain.matching import Cause, ResultClass
from skills_bridge.domain.openings import CloseReason
from skills_bridge.engine.exposure import GroupExposure
from skills_bridge.models import (
    Job,
    MatchCount,
    MatchInput,
    MatchResult,
    MatchRun,
    Opening,
    SeekerEquity,
)
from skills_bridge.queries.matching.replays import list_moves, replay_run
from skills_bridge.services.jobs import Claim, cancel_job, claim_job, report_progress
from skills_bridge.services.matching import (
    ask_full_run,
    ask_full_runs,
    compute_full_run,
    forget_inputs,
)
from skills_bridge.services.matching.exposing import hide_groups
from skills_bridge.services.openings import close_opening, pause_opening, resume_opening
from skills_bridge.unit_of_work import utc_now
from tests.factories.openings import validated_opening
from tests.factories.referrals import (
    computed_run,
    exposed,
    fitting_seeker,
    full_run,
    hold,
    proposed_referral,
    recorded_placement,
    registered_seeker,
    selected_referral,
    silent,
    stored,
)
from tests.factories.world import CASABLANCA, KENITRA, TANGER, World

TASK = "matching.match_agency"


def listed(world: World, opening_id: int) -> dict[int, ResultClass]:
    """Return the current list of an opening."""
    with world.platform() as uow:
        run_id = uow.session.get_one(Opening, opening_id).current_run_id
        rows = uow.session.execute(
            select(MatchResult.seeker_id, MatchResult.result_class).where(
                MatchResult.run_id == run_id, MatchResult.opening_id == opening_id
            )
        )
        return {seeker: kind for seeker, kind in rows}  # noqa: C416  # rows


class TestComputeFullRun:
    def test_gives_each_opening_the_list_that_a_run_of_its_own_gives(self, world: World) -> None:
        openings = [validated_opening(world), validated_opening(world, requirements=())]
        for _ in range(3):
            fitting_seeker(world)
        registered_seeker(world)
        alone = []
        for opening_id in openings:
            computed_run(world, opening_id)
            alone.append(listed(world, opening_id))

        run_id = full_run(world)

        assert [listed(world, opening_id) for opening_id in openings] == alone
        assert {stored(world, Opening, key).current_run_id for key in openings} == {run_id}
        run = stored(world, MatchRun, run_id)
        assert (run.opening_id, run.counts["pool"], run.counts["openings"]) == (None, 4, 2)
        assert (len(run.input_digest), len(run.result_digest)) == (32, 32)
        assert set(run.times) == {"read", "index", "keep", "match", "count", "write", "save", "show"}
        with world.platform() as uow:
            counts = uow.session.scalars(select(MatchCount).where(MatchCount.run_id == run_id)).all()
            assert [count.counts["pool"] for count in counts] == [4, 4]

    def test_of_an_empty_base_is_an_empty_answer(self, world: World) -> None:
        run = stored(world, MatchRun, full_run(world))

        assert (run.counts["pool"], run.counts["openings"], run.counts["listed"]) == (0, 0, 0)
        assert run.counts["exposure"]["gini"] is None

    def test_of_openings_without_people_tells_that_nobody_was_judged(self, world: World) -> None:
        opening_id = validated_opening(world)

        run_id = full_run(world)

        assert stored(world, MatchRun, run_id).counts["pool"] == 0
        assert stored(world, Opening, opening_id).current_run_id == run_id

    def test_of_a_province_where_nobody_would_work_says_who_keeps_people_away(self, world: World) -> None:
        opening_id = validated_opening(world)
        fitting_seeker(world, mobility=(KENITRA,))

        run_id = full_run(world)

        with world.platform() as uow:
            counted = uow.session.get_one(MatchCount, (run_id, opening_id)).counts
        assert (counted["classes"]["gate_failed"], counted["alone"]) == (1, {"mobility": 1})
        assert listed(world, opening_id) == {}

    def test_says_so_where_every_post_is_taken(self, world: World) -> None:
        opening_id = validated_opening(world, terms={"posts": 1})
        recorded_placement(world, selected_referral(world, opening_id, fitting_seeker(world)))

        run_id = full_run(world)

        with world.platform() as uow:
            assert uow.session.get_one(MatchCount, (run_id, opening_id)).counts["empty"] == "no-open-post"

    def test_leaves_openings_that_take_nobody_alone(self, world: World) -> None:
        closed = validated_opening(world)
        with world.acting("hr_manager") as uow:
            close_opening(uow, opening_id=closed, reason=CloseReason.EMPLOYER_WITHDREW)

        full_run(world)

        assert stored(world, Opening, closed).current_run_id is None

    def test_never_puts_an_older_reading_over_a_newer_one(self, world: World) -> None:
        opening_id = validated_opening(world)
        fitting_seeker(world)
        newer: list[int] = []

        def meanwhile(done: int, _total: int) -> None:
            if done == 1:  # judged, not written yet: another worker serves a change
                newer.append(computed_run(world, opening_id))

        with world.platform() as uow:
            run_id = compute_full_run(uow, agency_id=world.ids["agency"], progress=meanwhile)

        assert newer[0] > run_id
        assert stored(world, Opening, opening_id).current_run_id == newer[0]

    def test_shows_nothing_of_a_run_that_broke_down(self, world: World) -> None:
        opening_id = validated_opening(world)
        fitting_seeker(world)

        def break_down(done: int, total: int) -> None:
            if done == total:
                raise RuntimeError("the machine stops")

        with pytest.raises(RuntimeError), world.platform() as uow:
            compute_full_run(uow, agency_id=world.ids["agency"], progress=break_down)

        with world.platform() as uow:
            assert uow.session.scalars(select(MatchRun.id)).all() == []
            left = text("SELECT count(*) FROM pg_class WHERE relnamespace = 'staging'::regnamespace AND relkind = 'r'")
            assert uow.session.scalar(left) == 0
        assert stored(world, Opening, opening_id).current_run_id is None

    def test_keeps_the_rows_of_two_full_runs_and_of_those_that_a_referral_names(self, world: World) -> None:
        opening_id = validated_opening(world)
        seeker_id = fitting_seeker(world)
        alone = computed_run(world, opening_id)
        named = full_run(world)
        proposed_referral(world, opening_id, seeker_id)

        later = [full_run(world) for _ in range(3)]

        with world.platform() as uow:
            kept = set(uow.session.scalars(select(MatchResult.run_id).distinct()))
        assert kept == {named, *later[1:]}
        assert stored(world, MatchRun, alone).attached_at is None

    def test_leaves_rows_that_it_cannot_drop_while_somebody_reads_lists_to_the_next_one(self, world: World) -> None:
        validated_opening(world)
        fitting_seeker(world)
        first, second = full_run(world), full_run(world)

        with world.platform() as reader:
            assert set(reader.session.scalars(select(MatchResult.run_id))) == {first, second}
            third = full_run(world)  # as soon as that, although the reader goes on

        assert stored(world, MatchRun, first).attached_at is not None
        last = full_run(world)
        with world.platform() as uow:
            assert set(uow.session.scalars(select(MatchResult.run_id))) == {third, last}
        assert [stored(world, MatchRun, run).attached_at for run in (first, second)] == [None, None]

    def test_waits_for_the_other_and_then_has_nothing_left_to_do(self, world: World) -> None:
        validated_opening(world)
        fitting_seeker(world)
        first_works, may_end = threading.Event(), threading.Event()
        ended: list[int] = []
        job = Job(kind=TASK, object_id=world.ids["agency"], dedupe_key="t")
        job.created_at = utc_now() - timedelta(minutes=1)

        def hold_on(_done: int, _total: int) -> None:
            first_works.set()
            may_end.wait(10)

        def slow() -> None:
            with world.platform() as uow:
                ended.append(compute_full_run(uow, agency_id=world.ids["agency"], progress=hold_on))

        def quick() -> None:
            with world.platform() as uow:
                uow.job = job
                ended.append(compute_full_run(uow, agency_id=world.ids["agency"], progress=silent))

        first, second = threading.Thread(target=slow), threading.Thread(target=quick)
        first.start()
        assert first_works.wait(10)
        second.start()
        second.join(0.5)
        waited = second.is_alive()
        may_end.set()
        first.join(20)
        second.join(20)

        assert waited
        assert len(ended) == 2
        assert ended[0] == ended[1]

    def test_counts_each_opening_twice(self, world: World) -> None:
        validated_opening(world)
        fitting_seeker(world)
        told: list[tuple[int, int]] = []

        with world.platform() as uow:
            compute_full_run(
                uow, agency_id=world.ids["agency"], progress=lambda done, total: told.append((done, total))
            )

        assert told == [(1, 2), (2, 2)]


def full_jobs(world: World) -> list[Job]:
    with world.as_owner() as session:
        return list(session.scalars(select(Job).where(Job.kind == TASK).order_by(Job.id)))


class TestAskFullRun:
    def test_joins_the_one_that_waits_or_works(self, world: World) -> None:
        with world.acting("unit_manager") as uow:
            assert ask_full_run(uow, agency_id=world.ids["agency"])
        with world.acting("unit_manager") as uow:
            assert not ask_full_run(uow, agency_id=world.ids["agency"])
        with world.platform() as uow:
            assert ask_full_runs(uow) == 0

        (job,) = full_jobs(world)
        assert (job.organisation_id, job.user_id) == (world.ids["agency"], world.actors["unit_manager"].user_id)

    def test_is_not_for_an_adviser_nor_for_another_agency(self, world: World) -> None:
        with pytest.raises(NotPermitted), world.acting("adviser") as uow:
            ask_full_run(uow, agency_id=world.ids["agency"])
        with pytest.raises(NotPermitted), world.acting("unit_manager") as uow:
            ask_full_run(uow, agency_id=world.ids["agency"] + 1)

    def test_by_the_night_is_the_agencys_own_work(self, world: World) -> None:
        with world.platform() as uow:
            assert ask_full_runs(uow) == 1

        (job,) = full_jobs(world)
        assert (job.object_id, job.organisation_id, job.user_id) == (world.ids["agency"], world.ids["agency"], None)

    def test_remembers_who_asked(self, world: World) -> None:
        with world.acting("unit_manager") as uow:
            ask_full_run(uow, agency_id=world.ids["agency"])
        (job,) = full_jobs(world)
        with world.platform() as uow:
            uow.job = job
            run_id = compute_full_run(uow, agency_id=world.ids["agency"], progress=silent)

        assert stored(world, MatchRun, run_id).asked_by == "unit_manager"
        assert stored(world, MatchRun, full_run(world)).asked_by == ""

    def test_cancelled_stops_at_the_next_word_and_leaves_nothing(self, world: World) -> None:
        validated_opening(world)
        fitting_seeker(world)
        with world.acting("unit_manager") as uow:
            ask_full_run(uow, agency_id=world.ids["agency"])
        (job,) = full_jobs(world)
        with world.platform() as uow:
            claim = claim_job(uow, job_id=job.id)
        assert claim is not None

        def tell(done: int, total: int) -> None:
            with world.acting("unit_manager") as uow:
                cancel_job(uow, job_id=job.id)
            with world.platform() as uow:
                report_progress(uow, claim=Claim(job.id, claim.attempt), done=done, total=total)

        with pytest.raises(AlreadyDone), world.platform() as uow:
            compute_full_run(uow, agency_id=world.ids["agency"], progress=tell)

        assert full_jobs(world)[0].state is JobState.CANCELLED
        with world.platform() as uow:
            assert uow.session.scalars(select(MatchRun.id)).all() == []


class TestKeptInput:
    def test_proves_the_same_bytes(self, world: World) -> None:
        validated_opening(world)
        fitting_seeker(world)
        run_id = full_run(world)
        hold(world, fitting_seeker(world), "AUTO-003", 4)

        with world.platform() as uow:
            found = replay_run(uow.session, run_id=run_id)

        assert found.is_proven
        assert (found.compared, found.different) == (1, 0)

    def test_finds_a_changed_row(self, world: World) -> None:
        validated_opening(world)
        fitting_seeker(world)
        run_id = full_run(world)
        with world.as_owner() as session:
            session.execute(update(MatchResult).where(MatchResult.run_id == run_id).values(rank=9))
            session.commit()

        with world.platform() as uow:
            found = replay_run(uow.session, run_id=run_id)

        assert not found.is_proven
        assert found.different == 2

    def test_finds_a_changed_digest(self, world: World) -> None:
        run_id = full_run(world)
        with world.platform() as uow:
            uow.session.execute(update(MatchRun).where(MatchRun.id == run_id).values(result_digest=b"x"))

        with world.platform() as uow:
            assert not replay_run(uow.session, run_id=run_id).is_proven

    def test_is_removed_after_thirty_days(self, world: World) -> None:
        run_id = full_run(world)
        kept = stored(world, MatchInput, run_id)
        at = datetime.combine(kept.kept_until, datetime.min.time(), tzinfo=UTC) + timedelta(hours=12)

        with world.platform(clock=lambda: at) as uow:
            assert forget_inputs(uow) == 0
        with world.platform(clock=lambda: at + timedelta(days=1)) as uow:
            assert forget_inputs(uow) == 1
        with pytest.raises(NotFound), world.platform() as uow:
            replay_run(uow.session, run_id=run_id)

        assert kept.kept_until - stored(world, MatchRun, run_id).as_of == timedelta(days=30)

    def test_is_out_of_reach_of_the_web(self, world: World) -> None:
        full_run(world)

        with pytest.raises(ProgrammingError), world.looking("unit_manager") as session:
            session.execute(select(func.count()).select_from(MatchInput))


class TestListMoves:
    def test_says_what_moved_and_why(self, world: World) -> None:
        opening_id = validated_opening(world)
        first = fitting_seeker(world, registered_on=date(2025, 1, 1))
        second = fitting_seeker(world, registered_on=date(2025, 2, 1))
        before = full_run(world)
        hold(world, second, "AUTO-001", 4)
        third = fitting_seeker(world, registered_on=date(2024, 1, 1))

        after = full_run(world)

        with world.platform() as uow:
            moves = {move.seeker_id: move for move in list_moves(uow.session, before=before, after=after)}
        assert {move.opening_id for move in moves.values()} == {opening_id}
        assert moves[third].was is None
        assert moves[third].causes == (Cause.PERSON,)
        assert moves[first].causes == (Cause.OTHERS,)

    def test_of_a_run_of_one_opening_is_refused(self, world: World) -> None:
        opening_id = validated_opening(world)
        alone, whole = computed_run(world, opening_id), full_run(world)

        with pytest.raises(NotFound), world.platform() as uow:
            list_moves(uow.session, before=alone, after=whole)


class TestReportExposure:
    def test_counts_who_is_never_shown_and_hides_small_groups(self, world: World) -> None:
        validated_opening(world)
        for _ in range(6):
            fitting_seeker(world)
        for _ in range(7):
            fitting_seeker(world, who="other_adviser", mobility=(KENITRA,), province_code=KENITRA)
        fitting_seeker(world, who="other_adviser", mobility=(), province_code=CASABLANCA)

        report = exposed(world, full_run(world)).report

        assert report["people"] == 14
        assert set(report["groups"]) == {"province", "education", "waiting", "sex", "age"}
        provinces = {group["key"]: group for group in report["groups"]["province"]}
        assert provinces[CASABLANCA] == {"key": CASABLANCA}
        hidden = [key for key, group in provinces.items() if "people" not in group]
        assert len(hidden) == 2
        shown = next(group for key, group in provinces.items() if key not in hidden)
        assert shown in (
            {"key": TANGER, "people": 6, "never": 0, "places": 6},
            {"key": KENITRA, "people": 7, "never": 7, "places": 0},
        )

    def test_tells_sex_and_age_from_the_equity_table_that_the_run_cannot_read(self, world: World) -> None:
        validated_opening(world)
        people = [fitting_seeker(world) for _ in range(10)]
        with world.acting("adviser") as uow:
            for place, seeker_id in enumerate(people):
                values = {"sex": "female" if place < 5 else "male", "birth_year": 2005 if place < 5 else 1970}
                uow.session.execute(update(SeekerEquity).where(SeekerEquity.seeker_id == seeker_id).values(**values))

        groups = exposed(world, full_run(world)).report["groups"]

        assert [(group["key"], group["people"]) for group in groups["sex"]] == [("female", 5), ("male", 5)]
        assert {group["key"] for group in groups["age"]} == {"0", "45"}

    def test_follows_a_full_run_as_work_of_the_agency(self, world: World) -> None:
        run_id = full_run(world)

        with world.as_owner() as session:
            job = session.scalars(select(Job).where(Job.kind == "matching.report_exposure")).one()
        assert (job.object_id, job.organisation_id) == (run_id, world.ids["agency"])

    def test_is_counted_once(self, world: World) -> None:
        run_id = full_run(world)
        first = exposed(world, run_id)
        fitting_seeker(world)

        assert exposed(world, run_id).report == first.report

    def test_of_a_run_without_kept_input_is_refused(self, world: World) -> None:
        run_id = computed_run(world, validated_opening(world))

        with pytest.raises(NotFound):
            exposed(world, run_id)


counts = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)).filter(any), min_size=1, max_size=6)


class TestHideGroups:
    @given(counts)
    def test_leaves_no_count_of_one_to_four_and_none_that_a_subtraction_tells(
        self, sizes: list[tuple[int, int]]
    ) -> None:
        groups = {str(key): GroupExposure(key, never + shown, never, shown) for key, (never, shown) in enumerate(sizes)}

        kept = {group["key"]: group for group in hide_groups(groups)}

        shown = {key: group for key, group in kept.items() if "people" in group}
        hidden = kept.keys() - shown.keys()
        for group in shown.values():
            assert {group["people"], group["never"], group["people"] - group["never"]}.isdisjoint(range(1, 5))
        assert len(hidden) != 1 or len(kept) == 1
        assert all(group == {"key": group["key"]} for key, group in kept.items() if key in hidden)

    def test_hides_nothing_without_need(self) -> None:
        groups = {"a": GroupExposure(0, 10, 0, 12), "b": GroupExposure(1, 20, 8, 12)}

        assert all("people" in group for group in hide_groups(groups))


class TestPausing:
    def test_and_resuming_ask_for_the_list_that_follows(self, world: World) -> None:
        opening_id = validated_opening(world)

        with world.acting("hr_manager") as uow:
            pause_opening(uow, opening_id=opening_id)
        with world.acting("hr_manager") as uow:
            resume_opening(uow, opening_id=opening_id)

        with world.as_owner() as session:
            keys = session.scalars(
                select(Job.dedupe_key).where(Job.kind == "matching.match_opening", Job.object_id == opening_id)
            ).all()
        assert len(keys) == 3
