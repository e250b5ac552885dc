"""Background work as people see it: how far, how it ended, what waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from skills_bridge.domain.accounts import Actor
from skills_bridge.domain.errors import NotFound
from skills_bridge.domain.jobs import BROKER_SILENCE, FINAL_STATES, JobState
from skills_bridge.domain.organisations import OrganisationKind
from skills_bridge.models import Job, PlatformState
from skills_bridge.queries.listing import ListRequest, Page, fetch_page

LATE_AFTER: Final = timedelta(minutes=1)
"""How long a job that is due may wait for the relay."""


@dataclass(frozen=True)
class JobProgress:
    """How far a piece of background work is; ``total`` is None while its length is unknown."""

    id: int
    kind: str
    state: JobState
    done: int
    total: int | None
    error: str | None

    @property
    def is_final(self) -> bool:
        """Whether nothing will change any more."""
        return self.state in FINAL_STATES

    @property
    def has_failed(self) -> bool:
        """Whether it ended without its effect."""
        return self.state in (JobState.DEAD, JobState.CANCELLED)


@dataclass(frozen=True)
class JobLine:
    """One line of the list of background work."""

    id: int
    kind: str
    object_id: int | None
    state: JobState
    attempts: int
    created_at: datetime
    ended_at: datetime | None
    error: str | None

    @property
    def seconds(self) -> float | None:
        """How long it took from asking to the end."""
        return (self.ended_at - self.created_at).total_seconds() if self.ended_at else None


@dataclass(frozen=True)
class KindLine:
    """One kind of work: how often each state stands, and when it last ended well."""

    kind: str
    counts: Mapping[str, int]
    last_done_at: datetime | None


def visible_jobs(actor: Actor) -> ColumnElement[bool]:
    """Return the test that the actor may see a job: her organisation's, or all for the platform."""
    if actor.organisation_kind is OrganisationKind.PLATFORM:
        return and_(True)
    return Job.organisation_id == actor.organisation_id


def is_late() -> ColumnElement[bool]:
    """Return the test that a job should have been sent to a worker a minute ago, and waits."""
    return and_(Job.state == JobState.DUE, Job.due_at < func.now() - LATE_AFTER)


def is_left_standing(session: Session, *, kinds: Sequence[str], lately: timedelta) -> bool:
    """Whether work whose kind begins so is due, its sender was seen lately, and nobody has it or took any lately."""
    mine = or_(*(Job.kind.startswith(kind, autoescape=True) for kind in kinds))
    waits = exists().where(mine, Job.state.in_((JobState.DUE, JobState.SENT)), Job.due_at <= func.now())
    works = exists().where(mine, Job.state == JobState.RUNNING, Job.lease_until > func.now())
    taken = exists().where(mine, Job.started_at > func.now() - lately)
    is_sent = exists().where(PlatformState.broker_seen_at > func.now() - BROKER_SILENCE)
    return bool(session.scalar(select(and_(waits, is_sent, ~works, ~taken))))


def get_progress(session: Session, *, actor: Actor, job_id: int) -> JobProgress:
    """Return how far a job is.

    :raises NotFound: no such job in the actor's scope.
    """
    job = session.scalar(select(Job).where(Job.id == job_id, visible_jobs(actor)))
    if job is None:
        raise NotFound("job", job_id)
    return JobProgress(job.id, job.kind, job.state, job.progress_done, job.progress_total, job.last_error)


def list_jobs(session: Session, *, actor: Actor, request: ListRequest) -> Page[JobLine]:
    """Return background work, latest first unless asked otherwise."""
    query = select(Job).where(visible_jobs(actor))
    if "state" in request.filters:
        query = query.where(Job.state == request.filters["state"])
    if "late" in request.filters:
        query = query.where(is_late())
    if "kind" in request.filters:
        query = query.where(Job.kind == request.filters["kind"])
    return fetch_page(
        session,
        query,
        request,
        sorts={"created": Job.created_at, "kind": Job.kind, "attempts": Job.attempts, "ended": Job.ended_at},
        tie_break=Job.id,
        searched=(Job.kind,),
        build=lambda row: _line(row[0]),
    )


def list_kinds(session: Session, *, actor: Actor) -> tuple[KindLine, ...]:
    """Return each kind of work with its counts and its last success."""
    found: dict[str, dict[str, int]] = {}
    last: dict[str, datetime | None] = {}
    rows = session.execute(
        select(Job.kind, Job.state, func.count(), func.max(Job.ended_at))
        .where(visible_jobs(actor))
        .group_by(Job.kind, Job.state)
        .order_by(Job.kind)
    )
    for kind, state, count, ended_at in rows:
        found.setdefault(kind, {})[state.value] = count
        if state is JobState.DONE:
            last[kind] = ended_at
    return tuple(KindLine(kind, counts, last.get(kind)) for kind, counts in found.items())


def _line(job: Job) -> JobLine:
    """Return a job as a line."""
    return JobLine(
        id=job.id,
        kind=job.kind,
        object_id=job.object_id,
        state=job.state,
        attempts=job.attempts,
        created_at=job.created_at,
        ended_at=job.ended_at,
        error=job.last_error,
    )


SHOWN_KINDS: Final = (
    "matching.match_agency",
    "matching.match_opening",
    "matching.match_for_cohort",
    "matching.match_for_seeker",
    "imports.check_batch",
    "imports.apply_batch",
    "packs.build_pack",
    "packs.publish_pack",
    "figures.compute_open_month",
)
"""Kinds offered as a filter; notices are many and rarely looked for."""
