"""What a centre teaches: written and changed, with the levels that its certificate grants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, func, select

from skills_bridge.domain.errors import Invalid, NotFound, RuleBroken, Stale
from skills_bridge.domain.training import MOST_HOURS, CohortState, Outcome, check_outcomes
from skills_bridge.models import Cohort, Competency, EducationLevel, JobProfile, Programme, ProgrammeOutcome
from skills_bridge.policies.permissions import Permission, authorize
from skills_bridge.unit_of_work import UnitOfWork

MOST_TITLE: Final = 200
"""Characters of a title at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeDraft:
    """A programme as a centre writes it; ``entry_rank`` 0 asks for no diploma, ``hours`` may be unknown."""

    title_fr: str
    outcomes: tuple[Outcome, ...]
    title_ar: str = ""
    job_profile_id: int | None = None
    entry_rank: int = 0
    hours: int | None = None


def create_programme(uow: UnitOfWork, *, centre_id: int, draft: ProgrammeDraft) -> Programme:
    """Write a programme of a centre.

    :raises NotPermitted: the actor does not manage this centre.
    :raises Invalid: a value breaks a rule or stands in no list; names the field.
    """
    programme = Programme(centre_id=centre_id)
    authorize(uow.actor, Permission.COHORT_MANAGE, programme)
    _check(uow, programme, draft)
    _write(programme, draft)
    uow.session.add(programme)
    uow.session.flush()  # its outcomes need the key
    _write_outcomes(uow, programme, draft)
    uow.audit("programme.created", "programme", programme.id)
    return programme


def update_programme(uow: UnitOfWork, *, programme_id: int, version: int | None, draft: ProgrammeDraft) -> Programme:
    """Change a programme; what it teaches and asks for stays once a cohort was announced with it.

    :raises NotFound: there is no such programme in the actor's scope.
    :raises NotPermitted: the actor does not manage its centre.
    :raises Stale: somebody changed it since it was read.
    :raises RuleBroken: outcomes or entry would change under an announced cohort.
    :raises Invalid: a value breaks a rule or stands in no list; names the field.
    """
    programme = hold_programme(uow, programme_id, version)
    _check(uow, programme, draft)
    taught = _taught(uow, programme)
    wanted = {(line.competency_id, line.level) for line in draft.outcomes}
    has_changed = taught != wanted or programme.entry_rank != draft.entry_rank
    if has_changed and _is_announced(uow, programme):
        raise RuleBroken("programme-announced")
    _write(programme, draft)
    programme.version += 1
    uow.session.execute(delete(ProgrammeOutcome).where(ProgrammeOutcome.programme_id == programme.id))
    _write_outcomes(uow, programme, draft)
    uow.audit("programme.changed", "programme", programme.id)
    return programme


def hold_programme(uow: UnitOfWork, programme_id: int, version: int | None = None) -> Programme:
    """Return a programme that nobody else can change until the transaction ends.

    :raises NotFound: there is no such programme in the actor's scope.
    :raises NotPermitted: the actor does not manage its centre.
    :raises Stale: somebody changed it since it was read.
    """
    programme = uow.session.scalar(select(Programme).where(Programme.id == programme_id))
    if programme is None:
        raise NotFound("programme", programme_id)
    authorize(uow.actor, Permission.COHORT_MANAGE, programme)
    uow.session.refresh(programme, with_for_update=True)
    if version is not None and programme.version != version:
        raise Stale("programme")
    return programme


def _check(uow: UnitOfWork, programme: Programme, draft: ProgrammeDraft) -> None:
    title = draft.title_fr.strip()
    if not 1 <= len(title) <= MOST_TITLE:
        raise Invalid("programme-title-missing", field="title_fr", most=MOST_TITLE)
    if draft.hours is not None and not 1 <= draft.hours <= MOST_HOURS:
        raise Invalid("hours-out-of-range", field="hours", most=MOST_HOURS)
    check_outcomes(draft.outcomes)
    asked = {line.competency_id for line in draft.outcomes}
    known = uow.session.scalar(select(func.count()).where(Competency.id.in_(asked), Competency.retired_on.is_(None)))
    if known != len(asked):
        raise Invalid("outcome-unknown", field="outcomes")
    if draft.job_profile_id is not None and uow.session.get(JobProfile, draft.job_profile_id) is None:
        raise Invalid("programme-profile-unknown", field="job_profile_id")
    ranks = select(EducationLevel.code).where(EducationLevel.rank == draft.entry_rank).limit(1)
    if uow.session.scalar(ranks) is None:
        raise Invalid("entry-rank-unknown", field="entry_rank")
    twin = select(Programme.id).where(
        Programme.centre_id == programme.centre_id, Programme.title_fr == title, Programme.id != (programme.id or 0)
    )
    if uow.session.scalar(twin) is not None:
        raise Invalid("programme-title-taken", field="title_fr")


def _is_announced(uow: UnitOfWork, programme: Programme) -> bool:
    """Say whether people were told of a cohort of the programme."""
    return bool(
        uow.session.scalar(
            select(Cohort.id).where(Cohort.programme_id == programme.id, Cohort.state != CohortState.DRAFT).limit(1)
        )
    )


def _taught(uow: UnitOfWork, programme: Programme) -> set[tuple[int, int]]:
    """Return competency and level of each outcome, as plain pairs: the rows are about to be rewritten."""
    rows = uow.session.execute(
        select(ProgrammeOutcome.competency_id, ProgrammeOutcome.level).where(
            ProgrammeOutcome.programme_id == programme.id
        )
    )
    return {(competency_id, level) for competency_id, level in rows}


def _write(programme: Programme, draft: ProgrammeDraft) -> None:
    programme.title_fr = draft.title_fr.strip()
    programme.title_ar = draft.title_ar.strip()[:MOST_TITLE] or None
    programme.job_profile_id = draft.job_profile_id
    programme.entry_rank = draft.entry_rank
    programme.hours = draft.hours


def _write_outcomes(uow: UnitOfWork, programme: Programme, draft: ProgrammeDraft) -> None:
    uow.session.add_all(
        ProgrammeOutcome(
            programme_id=programme.id,
            centre_id=programme.centre_id,
            competency_id=line.competency_id,
            level=line.level,
        )
        for line in draft.outcomes
    )
