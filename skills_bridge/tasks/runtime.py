"""How a task works: claim the lease, do the work and end the job in one transaction, renew the lease meanwhile."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

import structlog
from celery import current_app, current_task
from celery.signals import worker_before_create_process, worker_process_init
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from skills_bridge.adapters.database import engine_of
from skills_bridge.adapters.mail import Mailer, mailer_of
from skills_bridge.adapters.match_index import MatchIndexFiles
from skills_bridge.adapters.vault import Sealer, Vault
from skills_bridge.domain.accounts import CLOCK, PLATFORM_SCOPE, Actor, Scope, ScopeKind
from skills_bridge.domain.errors import AlreadyDone, DomainError, RuleBroken
from skills_bridge.domain.jobs import PLATFORM_JOBS, RENEW_SECONDS
from skills_bridge.domain.organisations import OrganisationState
from skills_bridge.domain.settings import Settings
from skills_bridge.engine.national.readiness import get_ready
from skills_bridge.models import Job, Organisation
from skills_bridge.services.jobs import (
    TAKEN_OVER,
    Claim,
    claim_job,
    fail_job,
    finish_job,
    renew_lease,
    report_progress,
)
from skills_bridge.services.matching import rehearse
from skills_bridge.unit_of_work import UnitOfWork, scoped, taken_back, transaction

logger = structlog.get_logger()
INDEX_FOLDER: Final = "match-index"
MATCH_QUEUE: Final = "match"
NO_JOB: Final = Claim(job_id=0, attempt=0)
REHEARSALS: Final = 6
"""After five times the driver has a connection's statements prepared by the server: the first task finds them so."""


@dataclass
class Runtime:
    """What the tasks of one process share: settings, engines and outside systems."""

    settings: Settings
    engine: Engine
    report_engine: Engine
    vault: Vault
    sealer: Sealer
    mailer: Mailer
    index_files: MatchIndexFiles


_RUNTIME: dict[str, Runtime] = {}


def start_runtime(settings: Settings) -> Runtime:
    """Make the outside systems of this process; ``app`` calls it once."""
    _RUNTIME["this"] = Runtime(
        settings=settings,
        engine=engine_of(settings.databases.worker, pool_size=4, max_overflow=2),
        report_engine=engine_of(settings.databases.report, pool_size=1, max_overflow=1),
        vault=Vault(settings.vault),
        sealer=Sealer(settings.seal),
        mailer=mailer_of(settings.mail),
        index_files=MatchIndexFiles(settings.files_dir / INDEX_FOLDER),
    )
    return _RUNTIME["this"]


def runtime() -> Runtime:
    """Return what this process shares."""
    return _RUNTIME["this"]


@worker_process_init.connect  # type: ignore[untyped-decorator]  # celery has no types
def forget_connections(**_: Any) -> None:
    """Leave the parent's connections to the parent: a forked socket serves only one."""
    if "this" in _RUNTIME:
        runtime().engine.dispose(close=False)
        runtime().report_engine.dispose(close=False)


def _matches() -> bool:
    """Whether this worker listens to the queue of matching; the others need nothing of it."""
    return MATCH_QUEUE in current_app.amqp.queues.consume_from


@worker_before_create_process.connect  # type: ignore[untyped-decorator]  # celery has no types
def compile_matching(**_: Any) -> None:
    """Have matching compiled before a process is forked, which then has it too: its first task is like its tenth.

    What stands by then stays for good: whoever looks for garbage while a run makes objects need not look at it.
    """
    if _matches():
        get_ready()
        gc.freeze()


@worker_process_init.connect  # type: ignore[untyped-decorator]  # celery has no types
def map_people(**_: Any) -> None:
    """Map the people's index, open the connections and make lists for nobody before the first task."""
    if _matches():
        files = runtime().index_files
        for agency_id in [*files.agencies()] * REHEARSALS:
            with Session(runtime().engine) as session, taken_back(session, actor=CLOCK, scope=PLATFORM_SCOPE) as uow:
                rehearse(uow, agency_id=agency_id, files=files, progress=_tell_nobody)
        gc.collect()
        gc.freeze()


def _tell_nobody(done: int, total: int) -> None:
    """Open the second connection of a task, and tell by it how far no job is."""
    with suppress(AlreadyDone), platform_work() as uow:
        report_progress(uow, claim=NO_JOB, done=done, total=total)


@contextmanager
def platform_work() -> Iterator[UnitOfWork]:
    """Open a transaction of the clock in the platform scope."""
    with Session(runtime().engine) as session, transaction(session, actor=CLOCK, scope=PLATFORM_SCOPE) as uow:
        yield uow


@contextmanager
def report_session() -> Iterator[Session]:
    """Open a read-only session of the reporting role: one snapshot for all that is read through it."""
    with Session(runtime().report_engine.execution_options(isolation_level="REPEATABLE READ")) as session:
        yield scoped(session, PLATFORM_SCOPE, read_only=True)


class Progress:
    """Tells how far the claimed job is, from transactions of its own."""

    def __init__(self, claim: Claim) -> None:
        """Keep the claim."""
        self.claim = claim

    def __call__(self, done: int, total: int) -> None:
        """Write ``done`` of ``total``."""
        with platform_work() as uow:
            report_progress(uow, claim=self.claim, done=done, total=total)


@dataclass
class Work:
    """A claimed job: the transaction of its effect, and how to tell its progress."""

    uow: UnitOfWork
    object_id: int
    progress: Progress


@contextmanager
def claimed(job_id: int) -> Iterator[Work | None]:
    """Claim a job, do its work, and commit the effect and *done* together.

    Yields None if the job needs nobody: ended, cancelled, or in other hands. A refusal of the business ends in the
    dead letters at once; any other error gives the job back for another attempt.
    """
    with platform_work() as uow:
        claim = claim_job(uow, job_id=job_id, task=current_task.name if current_task else None)
    if claim is None:
        yield None
        return
    log = logger.bind(job_id=job_id, attempt=claim.attempt)
    has_begun = False
    try:
        with _lease(claim), _effect(claim) as work:
            has_begun = True
            yield work
            finish_job(work.uow.session, claim=claim)
    except Exception as error:
        if isinstance(error, AlreadyDone) and error.code == TAKEN_OVER:
            log.info("job left to another attempt")
            return
        log.warning("job failed", error=type(error).__name__)
        _give_back(claim, error)
        if not isinstance(error, DomainError):
            raise
    else:
        log.info("job done")
    if not has_begun:  # refused before the work: the task has nothing to do, and the dead letters say why
        yield None


def _give_back(claim: Claim, error: Exception) -> None:
    """End the attempt after an error; without a database its lease runs out, and the sweep does the same."""
    try:
        with platform_work() as uow:
            fail_job(uow, claim=claim, error=_cause(error), is_final=isinstance(error, DomainError))
    except (DBAPIError, PoolTimeout) as silence:
        logger.warning("job left to its lease", job_id=claim.job_id, error=type(silence).__name__)


def _cause(error: Exception) -> str:
    """Return what the dead-letter page shows: kinds and codes, never a value that may be personal."""
    return f"{type(error).__name__}: {error}" if isinstance(error, DomainError) else type(error).__name__


@contextmanager
def _effect(claim: Claim) -> Iterator[Work]:
    """Open the transaction of the effect, in the scope that the job's kind may take."""
    with Session(runtime().engine) as session:
        scoped(session, PLATFORM_SCOPE)
        job = session.get_one(Job, claim.job_id)
        scope, actor = _scope_of(session, job)
        session.expunge(job)
        session.rollback()
        with transaction(session, actor=actor, scope=scope, job=job) as uow:
            yield Work(uow=uow, object_id=job.object_id or 0, progress=Progress(claim))


def _scope_of(session: Session, job: Job) -> tuple[Scope, Actor]:
    """Return the platform scope for listed work, else the scope of the organisation that asked.

    :raises RuleBroken: no organisation asked, or it may not act any more.
    """
    if job.kind in PLATFORM_JOBS:
        return PLATFORM_SCOPE, CLOCK
    if job.organisation_id is None:
        raise RuleBroken("job-without-organisation")
    organisation = session.get_one(Organisation, job.organisation_id)
    if organisation.state is not OrganisationState.VERIFIED:
        raise RuleBroken("organisation-not-active")
    actor = Actor(
        user_id=None,
        organisation_id=organisation.id,
        organisation_kind=organisation.kind,
        role=None,
        display_name="clock",
    )
    scope = Scope(kind=ScopeKind.TENANT, organisation_id=organisation.id, organisation_kind=organisation.kind)
    return scope, actor


@contextmanager
def _lease(claim: Claim) -> Iterator[None]:
    """Renew the lease every ten seconds from a second connection until the work ends."""
    ended = threading.Event()

    def renew() -> None:
        while not ended.wait(RENEW_SECONDS):
            try:
                with platform_work() as uow:
                    if not renew_lease(uow, claim=claim):
                        return
            except (DBAPIError, PoolTimeout) as error:  # the next turn tries again; the lease outlasts two of them
                logger.warning("lease not renewed", job_id=claim.job_id, error=type(error).__name__)

    keeper = threading.Thread(target=renew, name=f"lease-{claim.job_id}", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ended.set()
        keeper.join(timeout=1)
