"""Cohorts as each reader sees them: the list, the page with its people, a person who may enter."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from skills_bridge.domain.accounts import Actor
from skills_bridge.domain.errors import NotFound
from skills_bridge.domain.reservations import ReservationStep
from skills_bridge.domain.training import CohortPlan, CohortState, EnrolmentState, EntryAnswer, judge_entry
from skills_bridge.models import (
    Cohort,
    Competency,
    EducationLevel,
    Enrolment,
    JobProfile,
    Organisation,
    Programme,
    ProgrammeOutcome,
    Province,
    Seeker,
    StateChange,
)
from skills_bridge.policies.permissions import Permission, is_allowed
from skills_bridge.queries.listing import ListRequest, Page, fetch_page
from skills_bridge.queries.reservations import ReservationLine, list_live
from skills_bridge.queries.seekers.vocabulary import label_of
from skills_bridge.queries.training.vocabulary import list_entries, title_of


@dataclass(frozen=True, kw_only=True)
class CohortLine:
    """A row of the list of cohorts; ``to_certify`` counts people who completed the course."""

    reference: str
    title: str
    centre: str
    province: str
    state: CohortState
    starts_on: date
    enrolment_until: date
    seats: int
    free: int
    to_certify: int


@dataclass(frozen=True, kw_only=True)
class LearnerLine:
    """A person in a cohort, by pseudonym; the centre no longer reads that of one who withdrew."""

    public_id: uuid.UUID
    seeker_public_id: uuid.UUID | None
    pseudonym: str | None
    state: EnrolmentState
    changed_at: datetime
    reason: str | None


@dataclass(frozen=True, kw_only=True)
class Move:
    """A step in the life of a cohort."""

    at: datetime
    state: CohortState
    by: str
    reason_code: str | None
    note: str


@dataclass(frozen=True, kw_only=True)
class CohortPage:
    """Everything on the page of a cohort, in the reader's language."""

    id: int
    version: int
    reference: str
    title: str
    centre: str
    programme_id: int
    profile: str | None
    province: str
    entry: str | None
    hours: int | None
    state: CohortState
    plan: CohortPlan
    taken: int
    outcomes: tuple[tuple[str, int], ...]
    learners: tuple[LearnerLine, ...]
    reservations: tuple[ReservationLine, ...]
    moves: tuple[Move, ...]
    can_manage: bool
    can_certify: bool
    can_enrol: bool

    @property
    def free(self) -> int:
        """Seats that nobody has."""
        return self.plan.seats - self.taken

    @property
    def reserved(self) -> tuple[ReservationLine, ...]:
        """Seats that are kept for people who are not enrolled yet, the next to go back first."""
        return tuple(line for line in self.reservations if line.step is not ReservationStep.ENROLLED)

    def learners_in(self, *states: EnrolmentState) -> tuple[LearnerLine, ...]:
        """People in some states, in the order of the page."""
        return tuple(line for line in self.learners if line.state in states)


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A person who may enter a cohort: what the adviser must know before she enrols her."""

    id: int
    public_id: uuid.UUID
    pseudonym: str
    education: str | None
    answer: EntryAnswer
    state: EnrolmentState | None


def list_cohorts(session: Session, *, actor: Actor, request: ListRequest, language: str) -> Page[CohortLine]:
    """Return the cohorts in the actor's scope: a centre's own; the agency's and the association's without drafts."""
    title, centre, province = title_of(language), _name(language), label_of(Province, language)
    to_certify = _completed().scalar_subquery()
    query = (
        select(
            Cohort.reference,
            title.label("title"),
            centre.label("centre"),
            province.label("province"),
            Cohort.state,
            Cohort.starts_on,
            Cohort.enrolment_until,
            Cohort.seats,
            (Cohort.seats - Cohort.taken).label("free"),
            to_certify.label("to_certify"),
        )
        .join(Programme, Programme.id == Cohort.programme_id)
        .join(Organisation, Organisation.id == Cohort.centre_id)
        .join(Province, Province.code == Cohort.province_code)
        .where(or_(Cohort.state != CohortState.DRAFT, Cohort.centre_id == actor.organisation_id), *_filters(request))
    )
    return fetch_page(
        session,
        query,
        request,
        sorts={
            "reference": Cohort.reference,
            "title": func.search_text(title),
            "province": func.search_text(province),
            "starts": Cohort.starts_on,
            "until": Cohort.enrolment_until,
            "seats": Cohort.seats,
            "free": Cohort.seats - Cohort.taken,
            "certify": to_certify,
        },
        tie_break=Cohort.id,
        searched=(Cohort.reference, title, centre),
        build=lambda row: CohortLine(**row._mapping),  # noqa: SLF001  # the documented way to a row's names
    )


def _filters(request: ListRequest) -> list[ColumnElement[bool]]:
    asked = request.filters
    rules: list[ColumnElement[bool]] = []
    if "state" in asked:
        rules.append(Cohort.state == asked["state"])
    if "province" in asked:
        rules.append(Cohort.province_code == asked["province"])
    if asked.get("seats") == "free":
        rules.append(and_(Cohort.state == CohortState.PUBLISHED, Cohort.taken < Cohort.seats))
    if asked.get("todo") == "certify":
        rules.append(_completed().scalar_subquery() > 0)
    return rules


def _completed() -> Any:
    return (
        select(func.count(Enrolment.id))
        .where(Enrolment.cohort_id == Cohort.id, Enrolment.state == EnrolmentState.COMPLETED)
        .correlate(Cohort)
    )


def get_cohort_page(session: Session, *, actor: Actor, reference: str, language: str, today: date) -> CohortPage:
    """Return a cohort with its people, as far as the actor may see them.

    :raises NotFound: there is no such cohort in the actor's scope.
    """
    cohort = session.scalar(select(Cohort).where(Cohort.reference == reference))
    if cohort is None:
        raise NotFound("cohort", reference)
    words = _cohort_words(session, cohort, language)
    is_open = cohort.state is CohortState.PUBLISHED and cohort.enrolment_until >= today
    return CohortPage(
        id=cohort.id,
        version=cohort.version,
        reference=cohort.reference,
        title=words.title,
        centre=words.centre,
        programme_id=cohort.programme_id,
        profile=words.profile,
        province=words.province,
        entry=list_entries(session, language).get(words.entry_rank) if words.entry_rank else None,
        hours=words.hours,
        state=cohort.state,
        plan=CohortPlan(
            province_code=cohort.province_code,
            starts_on=cohort.starts_on,
            expected_end_on=cohort.expected_end_on,
            enrolment_until=cohort.enrolment_until,
            seats=cohort.seats,
        ),
        taken=cohort.taken,
        outcomes=_outcomes(session, cohort.programme_id, language),
        learners=_learners(session, cohort.id),
        reservations=list_live(session, actor=actor, cohort_id=cohort.id),
        moves=_moves(session, cohort.id),
        can_manage=is_allowed(actor, Permission.COHORT_MANAGE, cohort),
        can_certify=is_allowed(actor, Permission.ENROLMENT_CERTIFY, cohort),
        can_enrol=is_open and cohort.taken < cohort.seats and is_allowed(actor, Permission.COHORT_ENROL, cohort),
    )


def _cohort_words(session: Session, cohort: Cohort, language: str) -> Any:
    return session.execute(
        select(
            title_of(language).label("title"),
            Programme.entry_rank,
            Programme.hours,
            _name(language).label("centre"),
            label_of(JobProfile, language).label("profile"),
            label_of(Province, language).label("province"),
        )
        .select_from(Programme)
        .join(Organisation, Organisation.id == Programme.centre_id)
        .join(Province, Province.code == cohort.province_code)
        .outerjoin(JobProfile, JobProfile.id == Programme.job_profile_id)
        .where(Programme.id == cohort.programme_id)
    ).one()


def _outcomes(session: Session, programme_id: int, language: str) -> tuple[tuple[str, int], ...]:
    rows = session.execute(
        select(label_of(Competency, language), ProgrammeOutcome.level)
        .join(Competency, Competency.id == ProgrammeOutcome.competency_id)
        .where(ProgrammeOutcome.programme_id == programme_id)
        .order_by(Competency.scheme, Competency.code)
    )
    return tuple((label, level) for label, level in rows)


def _learners(session: Session, cohort_id: int) -> tuple[LearnerLine, ...]:
    rows = session.execute(
        select(
            Enrolment.public_id,
            Seeker.public_id.label("seeker_public_id"),
            Seeker.pseudonym,
            Enrolment.state,
            Enrolment.changed_at,
            Enrolment.reason,
        )
        .outerjoin(Seeker, Seeker.id == Enrolment.seeker_id)
        .where(Enrolment.cohort_id == cohort_id)
        .order_by(Seeker.pseudonym, Enrolment.id)
    )
    return tuple(LearnerLine(**row._mapping) for row in rows)  # noqa: SLF001  # the documented way to a row's names


def _moves(session: Session, cohort_id: int) -> tuple[Move, ...]:
    rows = session.scalars(
        select(StateChange)
        .where(StateChange.object_kind == "cohort", StateChange.object_id == cohort_id)
        .order_by(StateChange.changed_at.desc(), StateChange.id.desc())
    )
    return tuple(
        Move(at=r.changed_at, state=CohortState(r.to_state), by=r.actor_name, reason_code=r.reason, note=r.note)
        for r in rows
    )


def get_candidate(session: Session, *, cohort: CohortPage, key: str) -> Candidate | None:
    """Return a person by the identifier of her address or by her pseudonym, judged for a cohort; None if unknown."""
    try:
        which = Seeker.public_id == uuid.UUID(key)
    except ValueError:
        which = Seeker.pseudonym == key.strip().upper()
    row = session.execute(
        select(
            Seeker.id,
            Seeker.public_id,
            Seeker.pseudonym,
            Seeker.education_code,
            EducationLevel.rank,
            Programme.entry_rank,
            Enrolment.state,
        )
        .select_from(Seeker)
        .join(Programme, Programme.id == cohort.programme_id)
        .outerjoin(EducationLevel, EducationLevel.code == Seeker.education_code)
        .outerjoin(Enrolment, and_(Enrolment.seeker_id == Seeker.id, Enrolment.cohort_id == cohort.id))
        .where(which)
    ).one_or_none()
    if row is None:
        return None
    return Candidate(
        id=row.id,
        public_id=row.public_id,
        pseudonym=row.pseudonym,
        education=row.education_code,
        answer=judge_entry(row.entry_rank, row.rank),
        state=row.state,
    )


def _name(language: str) -> ColumnElement[str]:
    """Return an organisation's name in the reader's language."""
    return (
        func.coalesce(Organisation.name_ar, Organisation.name_fr)
        if language == "ar"
        else Organisation.name_fr.expression
    )
