"""Background work: sending it, claiming it, ending it, bringing back what a killed worker left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import CursorResult, and_, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from skills_bridge.adapters.broker import Broker
from skills_bridge.domain.errors import AlreadyDone, NotFound, RuleBroken
from skills_bridge.domain.jobs import FINAL_STATES, LEASE_SECONDS, MAX_ATTEMPTS, JobState
from skills_bridge.models import Job, PlatformState
from skills_bridge.policies.permissions import Permission, authorize
from skills_bridge.unit_of_work import UnitOfWork

logger = structlog.get_logger()

BATCH: Final = 50
SENT_LEASE_SECONDS: Final = 120
"""A job that was sent and not claimed for so long is sent again: the message was lost, or the queue is long."""

ERROR_LENGTH: Final = 500
TAKEN_OVER: Final = "job-taken-over"
"""The refusal of an attempt that lost its job: its effect must not count."""


@dataclass(frozen=True)
class Claim:
    """A job in the hands of one attempt."""

    job_id: int
    attempt: int


def relay_batch(uow: UnitOfWork, *, broker: Broker) -> int:
    """Send the jobs that are due, oldest first, and return how many; platform scope.

    :raises BrokerDown: the broker does not take them; they stay due.
    """
    due = uow.session.scalars(
        select(Job)
        .where(Job.state == JobState.DUE, Job.due_at <= func.now())
        .order_by(Job.due_at, Job.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    for job in due:
        broker.send(job.kind, job.id)
        job.state = JobState.SENT
        job.lease_until = func.now() + text(f"interval '{SENT_LEASE_SECONDS} seconds'")
    return len(due)


def mark_broker_seen(uow: UnitOfWork) -> None:
    """Remember that relay and broker are alive: the screens show a banner when this gets old."""
    uow.session.execute(
        insert(PlatformState)
        .values(id=1, is_demo=False, broker_seen_at=uow.now)
        .on_conflict_do_update(index_elements=["id"], set_={"broker_seen_at": uow.now})
    )


def sweep_leases(uow: UnitOfWork) -> int:
    """Bring back jobs whose lease ran out; after three attempts they go to the dead letters. Platform scope."""
    lost = and_(Job.state.in_((JobState.SENT, JobState.RUNNING)), Job.lease_until < func.now())
    dead: CursorResult[tuple[()]] = uow.session.execute(  # type: ignore[assignment]  # an UPDATE gives a cursor result
        update(Job)
        .where(lost, Job.attempts >= MAX_ATTEMPTS)
        .values(
            state=JobState.DEAD,
            lease_until=None,
            ended_at=func.now(),
            last_error=func.coalesce(Job.last_error, "worker-lost"),
        )
    )
    back: CursorResult[tuple[()]] = uow.session.execute(  # type: ignore[assignment]  # an UPDATE gives a cursor result
        update(Job).where(lost, Job.attempts < MAX_ATTEMPTS).values(state=JobState.DUE, lease_until=None)
    )
    if dead.rowcount or back.rowcount:
        logger.info("leases swept", back=back.rowcount, dead=dead.rowcount)
    return back.rowcount


REFUSED: Final = "job.refused"
"""The audit's word for work that was asked for and not done: a forged message, or a refusal of the business."""


def claim_job(uow: UnitOfWork, *, job_id: int, task: str | None = None) -> Claim | None:
    """Take a job for one attempt; None if somebody has it, or it needs nobody any more. Platform scope.

    A message is untrusted: the ``task`` that it started must be the one that the row asks for, or the scope of one
    kind of work would serve another.
    """
    kind = None if task is None else uow.session.scalar(select(Job.kind).where(Job.id == job_id))
    if kind is not None and kind != task:
        uow.audit(REFUSED, "job", job_id, task=task, kind=kind)
        return None
    attempt = uow.session.scalar(
        update(Job)
        .where(
            Job.id == job_id,
            Job.attempts < MAX_ATTEMPTS,
            or_(
                Job.state.in_((JobState.DUE, JobState.SENT)),
                and_(Job.state == JobState.RUNNING, Job.lease_until < func.now()),
            ),
        )
        .values(
            state=JobState.RUNNING,
            attempts=Job.attempts + 1,
            lease_until=func.now() + text(f"interval '{LEASE_SECONDS} seconds'"),
            started_at=func.now(),
            progress_done=0,
        )
        .returning(Job.attempts)
    )
    return None if attempt is None else Claim(job_id, attempt)


def renew_lease(uow: UnitOfWork, *, claim: Claim) -> bool:
    """Keep a job a little longer; False if another attempt has it or a person cancelled it. Platform scope."""
    return (
        uow.session.scalar(
            update(Job)
            .where(Job.id == claim.job_id, Job.attempts == claim.attempt, Job.state == JobState.RUNNING)
            .values(lease_until=func.now() + text(f"interval '{LEASE_SECONDS} seconds'"))
            .returning(Job.id)
        )
        is not None
    )


def finish_job(session: Session, *, claim: Claim) -> None:
    """End a job in the transaction of its effect.

    :raises AlreadyDone: another attempt has the job; this one's effect must not count.
    """
    ended = session.scalar(
        update(Job)
        .where(Job.id == claim.job_id, Job.attempts == claim.attempt, Job.state == JobState.RUNNING)
        .values(state=JobState.DONE, lease_until=None, ended_at=func.now(), last_error=None)
        .returning(Job.id)
    )
    if ended is None:
        raise AlreadyDone(TAKEN_OVER, job_id=claim.job_id)


def fail_job(uow: UnitOfWork, *, claim: Claim, error: str, is_final: bool = False) -> None:
    """Give a job back after an error, later each time; after the last attempt, to the dead letters. Platform scope."""
    dead = is_final or claim.attempt >= MAX_ATTEMPTS
    if is_final:
        uow.audit(REFUSED, "job", claim.job_id, error=error[:ERROR_LENGTH])
    uow.session.execute(
        update(Job)
        .where(Job.id == claim.job_id, Job.attempts == claim.attempt, Job.state == JobState.RUNNING)
        .values(
            state=JobState.DEAD if dead else JobState.DUE,
            due_at=uow.now + timedelta(seconds=2 * 4 ** (claim.attempt - 1)),
            lease_until=None,
            ended_at=uow.now if dead else None,
            last_error=error[:ERROR_LENGTH],
        )
    )


def report_progress(uow: UnitOfWork, *, claim: Claim, done: int, total: int) -> None:
    """Tell how far a job is; written from a transaction of its own, so that screens see it at once. Platform scope.

    :raises AlreadyDone: a person cancelled the job, or another attempt has it: going on would be for nothing.
    """
    told = uow.session.scalar(
        update(Job)
        .where(Job.id == claim.job_id, Job.attempts == claim.attempt, Job.state == JobState.RUNNING)
        .values(progress_done=done, progress_total=total)
        .returning(Job.id)
    )
    if told is None:
        raise AlreadyDone(TAKEN_OVER, job_id=claim.job_id)


def retry_job(uow: UnitOfWork, *, job_id: int) -> Job:
    """Give a dead or cancelled job three new attempts.

    :raises NotFound: no such job in the actor's scope.
    :raises NotPermitted: the actor may not manage jobs.
    :raises RuleBroken: the job is not dead.
    """
    job = _load(uow, job_id)
    if job.state not in (JobState.DEAD, JobState.CANCELLED):
        raise RuleBroken("job-not-dead", state=job.state.value)
    job.state, job.attempts, job.due_at, job.ended_at, job.last_error = JobState.DUE, 0, uow.now, None, None
    uow.audit("job.retried", "job", job.id, task=job.kind)
    return job


def cancel_job(uow: UnitOfWork, *, job_id: int) -> Job:
    """Stop a job that has not ended; a running attempt finds out when it next tells how far it is, and rolls back.

    :raises NotFound: no such job in the actor's scope.
    :raises NotPermitted: the actor may not manage jobs.
    :raises AlreadyDone: the job has ended.
    """
    job = _load(uow, job_id)
    if job.state in FINAL_STATES:
        raise AlreadyDone("job-ended", state=job.state.value)
    job.state, job.lease_until, job.ended_at = JobState.CANCELLED, None, uow.now
    uow.audit("job.cancelled", "job", job.id, task=job.kind)
    return job


def ensure_period(uow: UnitOfWork, *, kind: str, period: str, due_at: datetime) -> None:
    """Ask once for the work of a period, however many clocks ask; platform scope."""
    uow.session.execute(
        insert(Job)
        .values(kind=kind, object_id=None, organisation_id=None, dedupe_key=f"0:{kind}:{period}", due_at=due_at)
        .on_conflict_do_nothing(index_elements=["dedupe_key"])
    )


def _load(uow: UnitOfWork, job_id: int) -> Job:
    """Return the job, locked."""
    job = uow.session.get(Job, job_id, with_for_update=True)
    if job is None:
        raise NotFound("job", job_id)
    authorize(uow.actor, Permission.JOB_MANAGE, job)
    return job
