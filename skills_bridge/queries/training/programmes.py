"""The programmes of a centre: the list, and one for its form."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills_bridge.domain.accounts import Actor
from skills_bridge.domain.errors import NotFound
from skills_bridge.domain.training import Outcome
from skills_bridge.models import Cohort, Competency, JobProfile, Programme, ProgrammeOutcome
from skills_bridge.policies.permissions import Permission, is_allowed
from skills_bridge.queries.listing import ListRequest, Page, fetch_page
from skills_bridge.queries.seekers.vocabulary import label_of
from skills_bridge.queries.training.vocabulary import title_of


@dataclass(frozen=True, kw_only=True)
class ProgrammeLine:
    """A row of a centre's programmes."""

    id: int
    title: str
    profile: str | None
    hours: int | None
    outcomes: int
    cohorts: int


@dataclass(frozen=True, kw_only=True)
class ProgrammePage:
    """A programme as its form shows it."""

    id: int
    version: int
    title_fr: str
    title_ar: str
    job_profile_id: int | None
    entry_rank: int
    hours: int | None
    outcomes: tuple[Outcome, ...]


def list_programmes(session: Session, *, actor: Actor, request: ListRequest, language: str) -> Page[ProgrammeLine]:
    """Return the programmes in the actor's scope."""
    title, profile = title_of(language), label_of(JobProfile, language)
    outcomes = select(func.count()).where(ProgrammeOutcome.programme_id == Programme.id).scalar_subquery()
    cohorts = select(func.count()).where(Cohort.programme_id == Programme.id).scalar_subquery()
    query = (
        select(
            Programme.id,
            title.label("title"),
            profile.label("profile"),
            Programme.hours,
            outcomes.label("outcomes"),
            cohorts.label("cohorts"),
        )
        .outerjoin(JobProfile, JobProfile.id == Programme.job_profile_id)
        .where(Programme.centre_id == actor.organisation_id)
    )
    return fetch_page(
        session,
        query,
        request,
        sorts={"title": func.search_text(title), "hours": Programme.hours},
        tie_break=Programme.id,
        searched=(Programme.title_fr, title, profile),
        build=lambda row: ProgrammeLine(**row._mapping),  # noqa: SLF001  # the documented way to a row's names
    )


def get_programme(session: Session, *, actor: Actor, programme_id: int) -> ProgrammePage:
    """Return a programme for its form.

    :raises NotFound: there is no such programme in the actor's scope, or she does not manage it.
    """
    found = session.get(Programme, programme_id)
    if found is None or not is_allowed(actor, Permission.COHORT_MANAGE, found):
        raise NotFound("programme", programme_id)
    rows = session.execute(
        select(ProgrammeOutcome.competency_id, ProgrammeOutcome.level)
        .join(Competency, Competency.id == ProgrammeOutcome.competency_id)
        .where(ProgrammeOutcome.programme_id == programme_id)
        .order_by(Competency.scheme, Competency.code)
    )
    return ProgrammePage(
        id=found.id,
        version=found.version,
        title_fr=found.title_fr,
        title_ar=found.title_ar or "",
        job_profile_id=found.job_profile_id,
        entry_rank=found.entry_rank,
        hours=found.hours,
        outcomes=tuple(Outcome(competency_id=competency_id, level=level) for competency_id, level in rows),
    )
