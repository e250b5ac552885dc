"""Every event leads to a task, every task has a queue and a worker, the models are the schema."""

from __future__ import annotations

import inspect
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from celery import Celery
from sqlalchemy import NullPool, create_engine

from skills_bridge.adapters.celery import QUEUES, TASK_ROUTES, WORKERS
from skills_bridge.app import create_celery
from skills_bridge.blueprints.jobs.words import KINDS
from skills_bridge.domain import events
from skills_bridge.domain.jobs import PLATFORM_JOBS
from skills_bridge.domain.reactions import REACTIONS
from skills_bridge.domain.settings import DatabaseUrls
from skills_bridge.models import Base
from skills_bridge.tasks.schedule import BEAT_SCHEDULE, DAILY
from tests.factories.world import settings_of

ROOT: Final = Path(__file__).resolve().parents[2]


@pytest.fixture
def celery(tmp_path: Path) -> Celery:
    """Return the application of the workers, with every task."""
    urls = DatabaseUrls(web="postgresql+psycopg://", worker="postgresql+psycopg://", report="postgresql+psycopg://")
    application = create_celery(settings_of(urls, tmp_path))
    application.loader.import_default_modules()
    return application


class TestEvents:
    def test_each_has_its_reactions(self) -> None:
        kinds = {k for _, k in inspect.getmembers(events, inspect.isclass) if issubclass(k, events.Event)}

        assert kinds - {events.Event} == set(REACTIONS)
        assert all(REACTIONS.values())

    def test_each_reaction_is_a_task(self, celery: Celery) -> None:
        wanted = {task for tasks in REACTIONS.values() for task in tasks}

        assert wanted - set(celery.tasks) == set()

    def test_each_platform_job_is_a_task(self, celery: Celery) -> None:
        assert set(PLATFORM_JOBS) - set(celery.tasks) == set()


class TestWords:
    def test_each_kind_of_job_has_some(self, celery: Celery) -> None:
        asking = {str(entry["task"]) for entry in BEAT_SCHEDULE.values()}
        kinds = {name for name in celery.tasks if not name.startswith(("celery.", "notices."))} - asking

        assert kinds == set(KINDS)

    def test_each_period_asks_for_a_job_that_has_some(self) -> None:
        assert set(DAILY) - set(KINDS) == set()


class TestQueues:
    def test_each_task_has_one(self, celery: Celery) -> None:
        own = [name for name in celery.tasks if not name.startswith("celery.")]

        assert [name for name in own if not any(fnmatch(name, pattern) for pattern in TASK_ROUTES)] == []
        assert {route["queue"] for route in TASK_ROUTES.values()} == set(QUEUES)

    def test_each_has_one_worker_that_listens(self) -> None:
        assert sorted(queue for queues in WORKERS.values() for queue in queues) == sorted(QUEUES)


class TestMigrations:
    def test_make_the_schema_of_the_models(self, database: DatabaseUrls) -> None:
        with create_engine(database.owner, poolclass=NullPool).connect() as link:
            context = MigrationContext.configure(
                link, opts={"include_name": lambda n, *_: not str(n).startswith("match_result_")}
            )

            assert compare_metadata(context, Base.metadata) == []

    def test_have_one_head_that_two_branches_would_fight_over(self) -> None:
        last = max(p.name for p in (ROOT / "migrations" / "versions").glob("[0-9]*.py"))

        assert (ROOT / "migrations" / "HEAD").read_text().strip() == last[:4]
