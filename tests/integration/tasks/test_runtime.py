"""How a task works: effect and end together, errors give back, refusals end, the lease is kept, the scope is right."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from skills_bridge.domain.accounts import ScopeKind
from skills_bridge.domain.errors import AlreadyDone, RuleBroken
from skills_bridge.domain.events import ImportReceived, MatchAsked
from skills_bridge.domain.jobs import JobState
from skills_bridge.models import AgencyUnit, Job, Organisation
from skills_bridge.services.jobs import cancel_job, claim_job, renew_lease
from skills_bridge.tasks import runtime as tasks
from tests.factories.world import World, settings_of


@pytest.fixture
def world(world: World, tmp_path: Path) -> Iterator[World]:
    shared = tasks.start_runtime(settings_of(world.urls, tmp_path))
    yield world
    shared.engine.dispose()
    shared.report_engine.dispose()


def a_job(world: World, *, platform: bool = True) -> int:
    """Ask for work as the agency: in the platform scope, or in its own."""
    with world.acting("adviser") as uow:
        uow.record(MatchAsked(1) if platform else ImportReceived(1))
    with world.as_owner() as session:
        return session.scalars(select(Job.id)).one()


def job_of(world: World, job_id: int) -> Job:
    with world.as_owner() as session:
        return session.get_one(Job, job_id)


def rename_unit(work: tasks.Work, world: World, name: str) -> None:
    work.uow.session.get_one(AgencyUnit, world.units["north"]).name_fr = name


def unit_name(world: World) -> str:
    with world.as_owner() as session:
        return session.get_one(AgencyUnit, world.units["north"]).name_fr


def refuse(refusal: RuleBroken) -> None:
    raise refusal


class TestClaimedJob:
    def test_ends_together_with_its_effect(self, world: World) -> None:
        job_id = a_job(world)
        with tasks.claimed(job_id) as work:
            assert work is not None
            rename_unit(work, world, "Nouvelle")
            assert job_of(world, job_id).state is JobState.RUNNING
            assert unit_name(world) != "Nouvelle"

        assert (job_of(world, job_id).state, unit_name(world)) == (JobState.DONE, "Nouvelle")

    def test_is_nobody_elses(self, world: World) -> None:
        job_id = a_job(world)
        with tasks.claimed(job_id), tasks.claimed(job_id) as second:
            assert second is None
        with tasks.claimed(job_id) as third:
            assert third is None

    def test_is_given_back_after_an_error_without_its_effect(self, world: World) -> None:
        job_id = a_job(world)

        def fail() -> None:
            with tasks.claimed(job_id) as work:
                assert work is not None
                rename_unit(work, world, "Nouvelle")
                raise ValueError("Salma")

        with pytest.raises(ValueError, match="Salma"):
            fail()

        job = job_of(world, job_id)
        assert (job.state, job.attempts, job.last_error) == (JobState.DUE, 1, "ValueError")
        assert unit_name(world) != "Nouvelle"

    @pytest.mark.parametrize("refusal", [RuleBroken("some-rule"), AlreadyDone("month-frozen")])
    def test_ends_in_the_dead_letters_when_the_business_refuses(self, world: World, refusal: RuleBroken) -> None:
        job_id = a_job(world)
        with tasks.claimed(job_id):
            refuse(refusal)

        job = job_of(world, job_id)
        assert (job.state, job.last_error) == (JobState.DEAD, f"{type(refusal).__name__}: {refusal.code}")

    def test_loses_its_effect_when_somebody_cancelled_it(self, world: World) -> None:
        job_id = a_job(world)
        with tasks.claimed(job_id) as work:
            assert work is not None
            rename_unit(work, world, "Nouvelle")
            with world.acting("unit_manager") as uow:
                cancel_job(uow, job_id=job_id)

        assert (job_of(world, job_id).state, unit_name(world) == "Nouvelle") == (JobState.CANCELLED, False)

    def test_waits_for_its_lease_when_the_database_is_away(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        job_id = a_job(world)

        def away(*_: object, **__: object) -> None:
            raise OperationalError("fail", {}, ConnectionError())

        monkeypatch.setattr(tasks, "fail_job", away)
        with structlog.testing.capture_logs() as logs, pytest.raises(ValueError, match="boom"), tasks.claimed(job_id):
            raise ValueError("boom")

        assert job_of(world, job_id).state is JobState.RUNNING
        assert "job left to its lease" in [entry["event"] for entry in logs]

    def test_tells_its_progress_while_it_works(self, world: World) -> None:
        job_id = a_job(world)
        with tasks.claimed(job_id) as work:
            assert work is not None
            work.progress(3, 7)
            seen = job_of(world, job_id)
            assert (seen.progress_done, seen.progress_total) == (3, 7)


class TestScope:
    def test_is_the_platform_for_listed_work(self, world: World) -> None:
        with tasks.claimed(a_job(world)) as work:
            assert work is not None
            assert work.uow.scope.kind is ScopeKind.PLATFORM

    def test_is_the_organisation_that_asked_for_all_other_work(self, world: World) -> None:
        with tasks.claimed(a_job(world, platform=False)) as work:
            assert work is not None
            assert (work.uow.scope.kind, work.uow.scope.organisation_id) == (ScopeKind.TENANT, world.ids["agency"])
            seen = work.uow.session.execute(
                text("SELECT count(*) FROM job WHERE organisation_id <> :id OR false"), {"id": world.ids["agency"]}
            ).scalar_one()
            assert seen == 0

    def test_closes_with_the_organisation(self, world: World) -> None:
        job_id = a_job(world, platform=False)
        with world.as_owner() as session:
            session.get_one(Organisation, world.ids["agency"]).state = "suspended"  # type: ignore[assignment]  # as text
            session.commit()
        with tasks.claimed(job_id) as work:
            assert work is None

        assert job_of(world, job_id).state is JobState.DEAD


class TestLease:
    def test_is_renewed_while_the_work_lasts_and_survives_an_error(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        job_id = a_job(world)
        calls: list[bool] = []

        def sometimes(uow: object, *, claim: object) -> bool:
            calls.append(True)
            if len(calls) == 1:
                raise OperationalError("renew", {}, ConnectionError())
            return renew_lease(uow, claim=claim)  # type: ignore[arg-type]  # handed through

        monkeypatch.setattr(tasks, "RENEW_SECONDS", 0.05)
        monkeypatch.setattr(tasks, "renew_lease", sometimes)
        with tasks.claimed(job_id):
            first = job_of(world, job_id).lease_until
            deadline = time.monotonic() + 10
            while (job_of(world, job_id).lease_until or first) == first and time.monotonic() < deadline:
                time.sleep(0.05)
            later = job_of(world, job_id).lease_until

        assert first is not None
        assert later is not None
        assert later > first
        assert len(calls) > 1

    def test_stops_for_a_claim_that_is_over(self, world: World) -> None:
        job_id = a_job(world)
        with world.platform() as uow:
            claim = claim_job(uow, job_id=job_id)
        assert claim is not None
        with world.acting("unit_manager") as uow:
            cancel_job(uow, job_id=job_id)

        with world.platform() as uow:
            assert not renew_lease(uow, claim=claim)
