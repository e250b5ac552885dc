"""Asking for new shortlists: by hand, each day, and for the openings that a change touches."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Select, select

from skills_bridge.domain.errors import NotFound
from skills_bridge.domain.events import MatchAsked
from skills_bridge.domain.jobs import JobState
from skills_bridge.domain.openings import OpeningState
from skills_bridge.models import (
    Cohort,
    Job,
    Opening,
    OpeningRevision,
    ProgrammeOutcome,
    Requirement,
)
from skills_bridge.policies.permissions import Permission, authorize
from skills_bridge.unit_of_work import UnitOfWork

TASK = "matching.match_opening"


def ask_match(uow: UnitOfWork, *, opening_id: int) -> bool:
    """Ask for a new shortlist of an opening; False if one is already waiting for a worker.

    :raises NotFound: there is no such opening in the actor's scope.
    :raises NotPermitted: the actor's unit does not follow it.
    """
    opening = uow.session.get(Opening, opening_id)
    if opening is None:
        raise NotFound("opening", opening_id)
    authorize(uow.actor, Permission.MATCH_RUN, opening)
    return bool(ask_openings(uow, (opening_id,)))


def ask_all_matches(uow: UnitOfWork) -> int:
    """Ask for a new shortlist of every live opening and return how many were asked for; platform scope."""
    return ask_openings(uow, uow.session.scalars(_live()).all())


def match_for_cohort(uow: UnitOfWork, *, cohort_id: int) -> int:
    """Ask for the shortlists whose near profiles a cohort may close; platform scope.

    These are the live openings that ask for a competency it teaches and begin after its end.
    """
    touched = (
        _live()
        .join(Requirement, Requirement.revision_id == Opening.revision_id)
        .join(ProgrammeOutcome, ProgrammeOutcome.competency_id == Requirement.competency_id)
        .join(Cohort, Cohort.programme_id == ProgrammeOutcome.programme_id)
        .join(OpeningRevision, OpeningRevision.id == Opening.revision_id)
        .where(
            Cohort.id == cohort_id,
            Requirement.is_must,
            ProgrammeOutcome.level >= Requirement.level,
            OpeningRevision.start_on >= Cohort.expected_end_on,
        )
    )
    return ask_openings(uow, uow.session.scalars(touched.distinct()).all())


def ask_openings(uow: UnitOfWork, opening_ids: Collection[int]) -> int:
    """Ask once for each opening whose next run nobody waits for yet, and return how many.

    A waiting job is held until the end of this transaction: it starts after the commit, and so sees the change.
    """
    waiting = uow.session.scalars(
        select(Job.object_id)
        .where(Job.kind == TASK, Job.object_id.in_(opening_ids), Job.state.in_((JobState.DUE, JobState.SENT)))
        .order_by(Job.id)
        .with_for_update(read=True)
    ).all()
    asked = sorted(set(opening_ids) - set(waiting))
    occasion = f"job-{uow.job.id}" if uow.job else uow.now.isoformat()
    for opening_id in asked:
        uow.record(MatchAsked(opening_id, occasion=occasion))
    return len(asked)


def _live() -> Select[int]:
    """Return the statement of the openings that take people."""
    return select(Opening.id).where(Opening.state == OpeningState.VALIDATED)
