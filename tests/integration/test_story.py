"""The whole story through real servers, relay and worker; then faults in the middle of background work."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from socket import gethostname

import click
import pytest
from sqlalchemy import func, select, text, update

from config.settings import load_settings
from skills_bridge.adapters.celery import make_celery
from skills_bridge.adapters.development import LocalStack, answers, forget_checkout, local_stack
from skills_bridge.adapters.processes import last_lines
from skills_bridge.adapters.servers import EmbeddedValkey
from skills_bridge.cli.database import upgrade_schema
from skills_bridge.cli.demo.founding import kept_accounts
from skills_bridge.cli.demo.stage import Stage, staged
from skills_bridge.cli.demo.story import PACKS, count_letters, is_told, tell_story
from skills_bridge.cli.demo.summary import print_summary
from skills_bridge.cli.demo.telling import Telling
from skills_bridge.domain.jobs import JobState
from skills_bridge.domain.packs import VisaState
from skills_bridge.domain.referrals import ReferralState
from skills_bridge.models import Job, MatchExposure, MatchRun, Pack, Placement, PlatformState, Post, Referral, Visa
from skills_bridge.queries.matching.replays import replay_run
from skills_bridge.reporting.verification import verify_directory
from skills_bridge.services.jobs import retry_job
from skills_bridge.services.matching import ask_all_matches, ask_full_runs

pytestmark = pytest.mark.timeout(300)

PEOPLE = 400
PARTIES = 4
KILLS = 3
MATCH = "matching.match_opening"
FULL = "matching.match_agency"
MATCHER = f"matcher@{gethostname()}"
SILENT_SECONDS = 8


class Told:
    """An installation in which the story was told."""

    def __init__(self, stack: LocalStack, stage: Stage, pack: Path) -> None:
        self.stack, self.stage, self.pack = stack, stage, pack

    def count(self, *where: object) -> int:
        """Count jobs."""
        with self.stage.platform() as uow:
            return uow.session.scalar(select(func.count()).select_from(Job).where(*where)) or 0  # type: ignore[arg-type]  # conditions on jobs

    def state_of(self, job_id: int) -> tuple[JobState, int]:
        """Return where a job stands, and its attempts."""
        with self.stage.platform() as uow:
            state, attempts = uow.session.execute(select(Job.state, Job.attempts).where(Job.id == job_id)).one()
            return state, attempts

    def ask(self) -> int:
        """Ask for every shortlist."""
        with self.stage.platform() as uow:
            return ask_all_matches(uow)

    def wait_for_matching(self, seconds: float) -> None:
        """Wait until every job is done; when they are not, the logs of those who pass them on tell why."""
        try:
            self.stage.wait_for_jobs("matching", patience=seconds)
        except click.ClickException as late:
            for name in ("relay", "matcher"):
                late.add_note(f"--- {name}\n{last_lines(self.stack.programs.log_of(name))}")
            raise

    def wait_for_done(self, least: int, seconds: float = 60) -> None:
        """Wait until so many matching jobs are done."""
        limit = time.monotonic() + seconds
        while self.count(Job.kind == MATCH, Job.state == JobState.DONE) < least:
            assert time.monotonic() < limit
            time.sleep(0.05)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    folder = tmp_path_factory.mktemp("story") / "var"
    try:
        with local_stack(folder, environ={}, throwaway=True) as stack:
            upgrade_schema(stack.databases.owner)
            with staged(load_settings(stack.environ), Telling()) as stage:
                stack.start_processes()
                yield Told(stack, stage, tell_story(stage, stack.folder, people=PEOPLE))
    finally:
        forget_checkout(folder)


class TestTellStory:
    def test_ends_with_a_pack_that_four_parties_approved(self, told: Told) -> None:
        with told.stage.platform() as uow:
            pack = uow.session.execute(select(Pack.reference, Pack.manifest_b)).one()
            given = uow.session.scalar(select(func.count()).select_from(Visa).where(Visa.state == VisaState.GIVEN))

        assert is_told(told.stage)
        assert given == PARTIES
        assert pack.manifest_b is not None
        assert verify_directory(told.pack).is_sound
        assert told.pack == told.stack.folder / PACKS / pack.reference

    def test_sends_each_party_its_letter(self, told: Told) -> None:
        assert count_letters(told.stage) == PARTIES

    def test_fills_a_post_for_each_start(self, told: Told) -> None:
        with told.stage.platform() as uow:
            filled = uow.session.scalars(select(Post.placement_id).where(Post.placement_id.is_not(None))).all()
            placed = uow.session.scalars(select(Placement.id).order_by(Placement.id)).all()
            ended = uow.session.scalars(select(Referral).where(Referral.state == ReferralState.PLACED)).all()

        assert sorted(one for one in filled if one is not None) == list(placed)
        assert len(ended) == len(placed) > 0

    def test_leaves_no_job_behind(self, told: Told) -> None:
        assert told.count(Job.state == JobState.DEAD) == 0

    def test_marks_everything_as_invented(self, told: Told) -> None:
        with told.stage.platform() as uow:
            assert uow.session.get_one(PlatformState, 1).is_demo

    def test_keeps_one_way_in_a_role_for_its_owner_alone(self, told: Told) -> None:
        assert len({account.role for account in kept_accounts(told.stack.folder)}) == 11
        assert (told.stack.folder / "accounts.json").stat().st_mode & 0o077 == 0

    def test_says_how_to_come_in_at_a_later_start_too(self, told: Told, capsys: pytest.CaptureFixture[str]) -> None:
        with staged(load_settings(told.stack.environ), Telling()) as later:
            print_summary(later, told.stack.folder, told.stack.base_url)

        said = capsys.readouterr().out
        assert f"{told.stack.base_url}/personal/open/" in said
        assert f"{told.pack} (sound)" in said
        assert f"({PARTIES} letters)" in said
        assert all(account.email in said for account in kept_accounts(told.stack.folder)[:3])


class TestWorker:
    def test_killed_three_times_loses_nothing_and_doubles_nothing(self, told: Told) -> None:
        told.stage.wait_for_jobs("rest", patience=60)
        before, asked = told.count(Job.kind == MATCH), told.ask()
        assert asked > KILLS
        for kill in range(KILLS):
            told.wait_for_done(before + kill + 1)
            told.stack.programs.kill("matcher")
            with told.stage.platform() as uow:  # the leases run out now instead of in half a minute
                lost = (Job.state.in_((JobState.SENT, JobState.RUNNING)), Job.kind == MATCH)
                uow.session.execute(update(Job).where(*lost).values(lease_until=text("now() - interval '1 second'")))
            told.stack.start_worker("matcher")
        told.wait_for_matching(120)

        with told.stage.platform() as uow:
            runs = uow.session.execute(
                select(MatchRun.job_id, func.count()).where(MatchRun.job_id.is_not(None)).group_by(MatchRun.job_id)
            ).all()
        assert told.count(Job.kind == MATCH) == before + asked
        assert told.count(Job.kind == MATCH, Job.state != JobState.DONE) == 0
        assert {count for _, count in runs} == {1}


class TestFullRun:
    def test_killed_three_times_leaves_no_half_and_stands_once_when_a_person_asks_again(self, told: Told) -> None:
        told.stage.wait_for_jobs("rest", patience=60)
        before = told.count(Job.kind == FULL)
        with told.stage.platform() as uow:
            assert ask_full_runs(uow) == 1
        job_id = newest_full_run(told)
        for kill in range(KILLS):
            wait_for_state(told, job_id, JobState.RUNNING, attempts=kill + 1)
            told.stack.programs.kill("matcher")
            with told.stage.platform() as uow:
                lost = (Job.state.in_((JobState.SENT, JobState.RUNNING)), Job.kind.like("matching.%"))
                uow.session.execute(update(Job).where(*lost).values(lease_until=text("now() - interval '1 second'")))
            told.stack.start_worker("matcher")
        wait_for_state(told, job_id, JobState.DEAD, attempts=KILLS)
        with told.stage.platform() as uow:
            assert uow.session.get_one(Job, job_id).last_error == "worker-lost"
            assert uow.session.scalars(select(MatchRun).where(MatchRun.job_id == job_id)).all() == []

        with told.stage.acting("administrator") as uow:
            retry_job(uow, job_id=job_id)
        told.wait_for_matching(120)

        with told.stage.platform() as uow:
            (run,) = uow.session.scalars(select(MatchRun).where(MatchRun.job_id == job_id)).all()
            assert run.attached_at is not None
            assert uow.session.get(MatchExposure, run.id) is not None
            assert replay_run(uow.session, run_id=run.id).is_proven
        assert told.count(Job.kind == FULL) == before + 1
        assert told.count(Job.kind.like("matching.%"), Job.state != JobState.DONE) == 0


def newest_full_run(told: Told) -> int:
    with told.stage.platform() as uow:
        return uow.session.scalars(select(Job.id).where(Job.kind == FULL).order_by(Job.id.desc()).limit(1)).one()


def wait_for_state(told: Told, job_id: int, state: JobState, *, attempts: int) -> None:
    """Wait until a job is in a state, at an attempt; it must not be done before."""
    limit, found = time.monotonic() + 30, told.state_of(job_id)
    while found != (state, attempts):
        assert found[0] is not JobState.DONE
        assert time.monotonic() < limit, found
        time.sleep(0.005)
        found = told.state_of(job_id)


class TestSilentWorker:
    def test_that_takes_nothing_ends_itself_and_its_work_is_done_by_the_next(self, told: Told) -> None:
        told.stage.wait_for_jobs("rest", patience=60)
        told.stack.environ["WORKER_SILENT_SECONDS"] = str(SILENT_SECONDS)
        told.stack.start_again("matcher")
        told.stack.environ.pop("WORKER_SILENT_SECONDS")
        control = make_celery(told.stack.environ["REDIS_URL"]).control
        wait_until(lambda: bool(control.ping(destination=[MATCHER], timeout=1)), "the matcher does not answer")
        control.cancel_consumer("match", destination=[MATCHER], reply=True)  # alive, and deaf from now on

        asked = told.ask()
        wait_until(lambda: "matcher" in told.stack.programs.dead(), "the matcher leaves its work standing and lives")
        taken = told.count(Job.kind == MATCH, Job.state == JobState.DONE)
        told.stack.start_again("matcher")
        told.wait_for_matching(90)

        assert told.count(Job.kind == MATCH, Job.state == JobState.DONE) == taken + asked
        assert "worker silent" in told.stack.programs.log_of("matcher").read_text(encoding="utf-8")


def wait_until(holds: Callable[[], bool], otherwise: str, seconds: float = 90) -> None:
    limit = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < limit, otherwise
        time.sleep(0.2)


class TestBroker:
    def test_stopped_leaves_the_site_up_and_the_jobs_waiting(self, told: Told) -> None:
        told.stage.wait_for_jobs("rest", patience=60)
        told.stack.programs.stop(EmbeddedValkey.name)
        asked = told.ask()
        time.sleep(1)
        waiting = told.count(Job.kind == MATCH, Job.state == JobState.DUE)
        serves = answers(f"{told.stack.base_url}/ready")
        told.stack.broker_server.start()
        told.wait_for_matching(90)

        assert waiting == asked > 0
        assert serves
        assert told.count(Job.kind == MATCH, Job.state != JobState.DONE) == 0
