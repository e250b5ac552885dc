"""T6: every task takes a job's number and nothing else, and works in the scope of the row; a forged one is refused."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from celery import Celery
from sqlalchemy import insert, select, text

from skills_bridge.app import create_celery
from skills_bridge.domain.jobs import PLATFORM_JOBS, JobState
from skills_bridge.models import AuditEntry, Base, ImportBatch, Job, MatchRun
from skills_bridge.tasks import runtime as tasks
from tests.factories.world import World, settings_of

ASKING: Final = frozenset({"jobs.ask_for_figures", "jobs.ask_for_day"})
"""Tasks without a job: they only make sure that a period's job exists."""
UNTOUCHED: Final = frozenset({"job", "audit_entry"})


@pytest.fixture
def world(crowded_world: World) -> World:
    return crowded_world


@pytest.fixture
def celery(world: World, tmp_path: Path) -> Iterator[Celery]:
    application = create_celery(settings_of(world.urls, tmp_path))
    application.loader.import_default_modules()
    yield application
    tasks.runtime().engine.dispose()
    tasks.runtime().report_engine.dispose()


def own_tasks(celery: Celery) -> dict[str, Any]:
    """Return the product's tasks that work on a job."""
    return {name: task for name, task in celery.tasks.items() if not name.startswith("celery.") and name not in ASKING}


def a_job(world: World, kind: str, *, organisation: str | None, object_id: int) -> int:
    """Write a row as who broke in would: work for one organisation on the object of another."""
    with world.as_owner() as session:
        job_id = session.scalar(
            insert(Job)
            .values(
                kind=kind,
                object_id=object_id,
                organisation_id=world.ids[organisation] if organisation else None,
                dedupe_key=f"forged:{kind}:{organisation}",
                due_at=text("now()"),
            )
            .returning(Job.id)
        )
        session.commit()
    assert job_id is not None
    return int(job_id)


def business(world: World) -> dict[str, str]:
    """Return a digest of every table but the jobs and the audit."""
    with world.as_owner() as session:
        return {
            table: str(
                session.execute(text(f"SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM {table} t")).scalar()
            )
            for table in Base.metadata.tables.keys() - UNTOUCHED
        }


def refusals(world: World) -> int:
    with world.as_owner() as session:
        return len(session.scalars(select(AuditEntry.id).where(AuditEntry.act == "job.refused")).all())


def state_of(world: World, job_id: int) -> tuple[JobState, str | None]:
    with world.as_owner() as session:
        job = session.get_one(Job, job_id)
        return job.state, job.last_error


def object_of(world: World, kind: str) -> int:
    """Return the agency's object that a kind of work in an organisation's own scope is about."""
    model = ImportBatch if kind.startswith("imports.") else MatchRun
    with world.as_owner() as session:
        found: int | None = session.scalars(select(model.id).order_by(model.id.desc())).first()
    assert found is not None
    return int(found)


class TestEachTask:
    def test_takes_the_number_of_a_job_and_nothing_else(self, celery: Celery) -> None:
        told = {name: list(inspect.signature(task.run).parameters) for name, task in own_tasks(celery).items()}

        assert {name: places for name, places in told.items() if places != ["job_id"]} == {}

    def test_works_in_the_scope_of_an_organisation_or_is_listed(self, celery: Celery, world: World) -> None:
        """Given work of an organisation that does not own its object, each unlisted task refuses."""
        before, heard = business(world), refusals(world)
        unlisted = sorted(own_tasks(celery).keys() - PLATFORM_JOBS)
        for kind in unlisted:
            job_id = a_job(world, kind, organisation="other_company", object_id=object_of(world, kind))
            own_tasks(celery)[kind](job_id)

            assert state_of(world, job_id)[0] is JobState.DEAD, kind
        assert business(world) == before
        assert refusals(world) == heard + len(unlisted)

    def test_that_is_not_listed_does_nothing_for_nobody(self, celery: Celery, world: World) -> None:
        before = business(world)
        for kind in sorted(own_tasks(celery).keys() - PLATFORM_JOBS):
            job_id = a_job(world, kind, organisation=None, object_id=object_of(world, kind))
            own_tasks(celery)[kind](job_id)

            assert state_of(world, job_id) == (JobState.DEAD, "RuleBroken: job-without-organisation"), kind
        assert business(world) == before

    def test_refuses_the_number_of_another_kind_of_work(self, celery: Celery, world: World) -> None:
        """A message that sends listed work to an unlisted task would give it the platform's eyes."""
        before, heard = business(world), refusals(world)
        job_id = a_job(world, "matching.match_agency", organisation="agency", object_id=world.ids["agency"])
        others = sorted(own_tasks(celery).keys() - {"matching.match_agency"})
        for name in others:
            own_tasks(celery)[name](job_id)

        assert state_of(world, job_id)[0] is JobState.DUE
        assert business(world) == before
        assert refusals(world) == heard + len(others)

    def test_refuses_an_organisation_named_in_the_message(self, celery: Celery, world: World) -> None:
        before = business(world)
        job_id = a_job(world, "imports.apply_batch", organisation="agency", object_id=object_of(world, "imports."))
        for task in own_tasks(celery).values():
            with pytest.raises(TypeError):
                task(job_id, organisation_id=world.ids["other_company"])

        assert state_of(world, job_id)[0] is JobState.DUE
        assert business(world) == before

    def test_finds_no_row_that_the_web_wrote_for_another_organisation(self, world: World) -> None:
        with pytest.raises(Exception, match="row-level security"), world.acting("hr_manager") as uow:
            uow.session.execute(
                insert(Job).values(
                    kind="imports.apply_batch",
                    object_id=1,
                    organisation_id=world.ids["agency"],
                    dedupe_key="forged",
                    due_at=uow.now,
                )
            )
