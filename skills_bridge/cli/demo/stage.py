"""Where the story is played: the people who act, their transactions, and waiting for the worker."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import click
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from skills_bridge.adapters.database import engine_of
from skills_bridge.adapters.vault import Vault
from skills_bridge.cli.demo.telling import Telling
from skills_bridge.domain.accounts import CLOCK, PLATFORM_SCOPE, Actor, tenant_scope
from skills_bridge.domain.jobs import FINAL_STATES, JobState
from skills_bridge.domain.settings import Settings
from skills_bridge.models import Job
from skills_bridge.unit_of_work import UnitOfWork, scoped, transaction, utc_now

LOOK_SECONDS: Final = 0.2
PATIENCE_SECONDS: Final = 240.0


@dataclass
class Stage:
    """Connections of the installation and the people by key, for instance ``adviser:01`` or ``hr_manager:3``."""

    settings: Settings
    web: Engine
    worker: Engine
    vault: Vault
    telling: Telling
    actors: dict[str, Actor] = field(default_factory=dict)

    @contextmanager
    def acting(self, who: str, at: datetime | None = None) -> Iterator[UnitOfWork]:
        """Write as a person, through the web's role and the scope of her organisation, at an instant or now."""
        actor = self.actors[who]
        with (
            Session(self.web) as session,
            transaction(session, actor=actor, scope=tenant_scope(actor), clock=_clock(at)) as uow,
        ):
            yield uow

    @contextmanager
    def looking(self, who: str) -> Iterator[Session]:
        """Read as a person."""
        with Session(self.web) as session:
            yield scoped(session, tenant_scope(self.actors[who]), read_only=True)

    @contextmanager
    def platform(self, at: datetime | None = None) -> Iterator[UnitOfWork]:
        """Write as the installation itself."""
        with (
            Session(self.worker) as session,
            transaction(session, actor=CLOCK, scope=PLATFORM_SCOPE, clock=_clock(at)) as uow,
        ):
            yield uow

    def wait_for_jobs(
        self, text: str, *, kinds: Collection[str] | None = None, patience: float = PATIENCE_SECONDS
    ) -> int:
        """Wait until the worker has ended all jobs, or those of some kinds, and return how many there are.

        :raises ClickException: a job is in the dead letters, or the time is over.
        """
        limit = time.monotonic() + patience
        while True:
            counts = self._job_counts(kinds)
            ended, total = sum(counts.get(state, 0) for state in FINAL_STATES), sum(counts.values())
            if counts.get(JobState.DEAD):
                raise click.ClickException(f"{text}: a job failed for good: {self._why_dead()}")
            if ended == total:
                return total
            if time.monotonic() > limit:
                left = ", ".join(f"{count} {state}" for state, count in counts.items() if state not in FINAL_STATES)
                raise click.ClickException(f"{text}: jobs still wait after {patience:.0f} s: {left}")
            self.telling.progress(text, ended, total)
            time.sleep(LOOK_SECONDS)

    def _job_counts(self, kinds: Collection[str] | None) -> Mapping[JobState, int]:
        query = select(Job.state, func.count()).group_by(Job.state)
        with self.platform() as uow:
            rows = uow.session.execute(query if kinds is None else query.where(Job.kind.in_(kinds)))
            return {state: count for state, count in rows}  # noqa: C416  # rows are no pairs for the type checker

    def _why_dead(self) -> str:
        with self.platform() as uow:
            found = uow.session.execute(
                select(Job.kind, Job.last_error).where(Job.state == JobState.DEAD).order_by(Job.id).limit(1)
            ).one()
            return f"{found.kind}: {found.last_error}"


@contextmanager
def staged(settings: Settings, telling: Telling) -> Iterator[Stage]:
    """Open the connections of an installation."""
    web = engine_of(settings.databases.web, pool_size=2, max_overflow=2)
    worker = engine_of(settings.databases.worker, pool_size=2, max_overflow=2)
    try:
        yield Stage(settings, web, worker, Vault(settings.vault), telling)
    finally:
        web.dispose()
        worker.dispose()


def _clock(at: datetime | None) -> Callable[[], datetime]:
    return utc_now if at is None else (lambda: at)
