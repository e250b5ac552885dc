"""How far a piece of background work is."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills_bridge.domain.accounts import Actor
from skills_bridge.domain.errors import NotFound
from skills_bridge.domain.jobs import FINAL_STATES, JobState
from skills_bridge.models import Job


@dataclass(frozen=True)
class JobProgress:
    """How far a job is; ``total`` is None as long as nobody knows it."""

    id: int
    kind: str
    state: JobState
    done: int
    total: int | None

    @property
    def is_final(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.state in FINAL_STATES

    @property
    def has_failed(self) -> bool:
        """Whether a person must look at it."""
        return self.state in (JobState.DEAD, JobState.CANCELLED)


def get_progress(session: Session, *, actor: Actor, job_id: int) -> JobProgress:
    """Return how far a job of the actor's organisation is.

    :raises NotFound: there is no such job in the actor's scope.
    """
    row = session.execute(
        select(Job.id, Job.kind, Job.state, Job.progress_done, Job.progress_total).where(
            Job.id == job_id, Job.organisation_id == actor.organisation_id
        )
    ).one_or_none()
    if row is None:
        raise NotFound("job", job_id)
    return JobProgress(row.id, row.kind, row.state, row.progress_done, row.progress_total)
