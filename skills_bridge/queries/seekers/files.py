"""One person's file as the agency reads it: facts, what is unknown, competencies with their proof, history."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills_bridge.domain.accounts import Actor
from skills_bridge.domain.calendar import birthday
from skills_bridge.domain.errors import NotFound
from skills_bridge.domain.framework import Cefr, Evidence
from skills_bridge.domain.seekers import (
    FIELD_RANK,
    Channel,
    CinKind,
    Completeness,
    ConsentKind,
    Fact,
    Nationality,
    PastJob,
    Profile,
    SeekerState,
    Sex,
    completeness_of,
)
from skills_bridge.models import (
    AgencyUnit,
    Competency,
    Consent,
    ContractKind,
    DiplomaField,
    EducationLevel,
    HeldCompetency,
    JobProfile,
    Language,
    Licence,
    Province,
    Seeker,
    SeekerEquity,
    SeekerExperience,
    SeekerIdentity,
    SeekerLanguage,
    Shift,
    StateChange,
)
from skills_bridge.policies.permissions import Permission, is_allowed
from skills_bridge.queries.seekers.vocabulary import label_of


@dataclass(frozen=True)
class HeldLine:
    """A level that a person holds, and how it is known; ``is_expired`` proofs count as declared."""

    competency_id: int
    label: str
    family: str | None
    level: int
    evidence: Evidence
    valid_until: date | None
    recorded_at: datetime
    is_expired: bool


@dataclass(frozen=True)
class JobLine:
    """A past job."""

    label: str
    title: str
    months: int
    ended_on: date | None


@dataclass(frozen=True)
class ConsentLine:
    """What a person agreed to, and until when."""

    kind: ConsentKind
    text_version: str
    language: str
    channel: Channel
    given_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True)
class HistoryLine:
    """A step in the life of the file."""

    at: datetime
    code: str
    by: str
    reason: str | None


@dataclass(frozen=True, kw_only=True)
class SeekerPage:
    """Everything on the page of a person; no name, no contact, the number masked.

    Words are in the reader's language; a fact that is ``None`` is unknown, an empty list a known none.
    """

    id: int
    public_id: uuid.UUID
    version: int
    pseudonym: str
    state: SeekerState
    unit: str
    province: str
    education: str | None
    field: str | None
    experience_months: int | None
    available_on: date | None
    is_adult_from: date | None
    nationality: Nationality
    mobility: tuple[str, ...] | None
    contracts: tuple[str, ...] | None
    shifts: tuple[str, ...] | None
    licences: tuple[str, ...] | None
    wanted: tuple[str, ...] | None
    languages: tuple[tuple[str, Cefr], ...]
    registered_on: date
    refreshed_on: date
    interviewed_at: datetime | None
    objected_at: datetime | None
    cin_kind: CinKind
    cin_masked: str
    unknown: tuple[Fact, ...]
    competencies: tuple[HeldLine, ...]
    jobs: tuple[JobLine, ...]
    consents: tuple[ConsentLine, ...]
    history: tuple[HistoryLine, ...]
    can_edit: bool

    @property
    def completeness(self) -> Completeness:
        """How much of the file is known."""
        return completeness_of(len(self.unknown))

    @property
    def live_consents(self) -> frozenset[ConsentKind]:
        """What the person agrees to now."""
        return frozenset(line.kind for line in self.consents if line.withdrawn_at is None)


@dataclass(frozen=True, kw_only=True)
class SeekerKey:
    """The keys of a file, for a write that needs nothing else."""

    id: int
    version: int
    pseudonym: str
    can_edit: bool


def get_key(session: Session, *, actor: Actor, public_id: uuid.UUID) -> SeekerKey:
    """Return the keys of a person's file.

    :raises NotFound: there is no such person in the actor's scope.
    """
    seeker = find_file(session, public_id)
    return SeekerKey(
        id=seeker.id,
        version=seeker.version,
        pseudonym=seeker.pseudonym,
        can_edit=is_allowed(actor, Permission.SEEKER_MANAGE, seeker),
    )


def get_seeker_page(session: Session, *, actor: Actor, public_id: uuid.UUID, language: str, today: date) -> SeekerPage:
    """Return a person's file in the reader's language.

    :raises NotFound: there is no such person in the actor's scope.
    """
    seeker = find_file(session, public_id)
    spoken = _languages(session, seeker.id, language)
    identity = session.execute(
        select(SeekerIdentity.cin_kind, SeekerIdentity.cin_masked).where(SeekerIdentity.seeker_id == seeker.id)
    ).one_or_none()  # none once the file was anonymised
    unit = session.get_one(AgencyUnit, seeker.unit_id)
    education = session.get(EducationLevel, seeker.education_code) if seeker.education_code else None
    return SeekerPage(
        **_own_columns(seeker),
        **_words(session, seeker, language),
        unit=unit.name_ar if language == "ar" else unit.name_fr,
        languages=spoken,
        is_adult_from=seeker.adult_on,
        objected_at=seeker.matching_objected_at,
        cin_kind=identity.cin_kind if identity else CinKind.CIN,
        cin_masked=identity.cin_masked if identity else "",
        unknown=unknown_facts(seeker, rank=education.rank if education else None, speaks=bool(spoken)),
        competencies=list_held(session, seeker_id=seeker.id, language=language, today=today),
        jobs=_jobs(session, seeker.id, language),
        consents=_consents(session, seeker.id),
        history=_history(session, seeker.id),
        can_edit=seeker.state is not SeekerState.ANONYMISED and is_allowed(actor, Permission.SEEKER_MANAGE, seeker),
    )


def get_profile(session: Session, *, public_id: uuid.UUID) -> Profile:
    """Return what a person tells, for the form that changes it.

    :raises NotFound: there is no such person in the actor's scope.
    """
    seeker = find_file(session, public_id)
    jobs = session.scalars(
        select(SeekerExperience).where(SeekerExperience.seeker_id == seeker.id).order_by(SeekerExperience.id)
    )
    spoken = session.execute(
        select(SeekerLanguage.language_code, SeekerLanguage.level)
        .where(SeekerLanguage.seeker_id == seeker.id)
        .order_by(SeekerLanguage.language_code)
    )
    equity = session.get(SeekerEquity, seeker.id)

    def listed(values: list[Any] | None) -> tuple[Any, ...] | None:
        return None if values is None else tuple(values)

    return Profile(
        province_code=seeker.province_code,
        education_code=seeker.education_code,
        field_code=seeker.field_code,
        experience_months=seeker.experience_months,
        available_on=seeker.available_on,
        born_on=birthday(seeker.adult_on, -18) if seeker.adult_on else None,
        sex=Sex(equity.sex) if equity and equity.sex else None,
        nationality=seeker.nationality,
        mobility=listed(seeker.mobility),
        contracts=listed(seeker.contracts),
        shifts=listed(seeker.shifts),
        licences=listed(seeker.licences),
        wanted_profiles=listed(seeker.wanted_profiles),
        languages={code: level for code, level in spoken},  # noqa: C416  # rows are no pairs for the type checker
        past_jobs=tuple(
            PastJob(job_profile_id=job.job_profile_id, months=job.months, ended_on=job.ended_on, title=job.title)
            for job in jobs
        ),
    )


def find_file(session: Session, public_id: uuid.UUID) -> Seeker:
    """Return the row of a person by the identifier of her address.

    :raises NotFound: there is no such person in the actor's scope.
    """
    seeker = session.scalar(select(Seeker).where(Seeker.public_id == public_id))
    if seeker is None:
        raise NotFound("seeker", public_id)
    return seeker


def unknown_facts(seeker: Seeker, *, rank: int | None, speaks: bool) -> tuple[Fact, ...]:
    """Return what is unknown of a person, in the order in which to ask; ``rank`` is that of her education."""
    has_field = seeker.field_code is not None or (rank is not None and rank < FIELD_RANK)
    known: Mapping[Fact, bool] = {
        Fact.EDUCATION: seeker.education_code is not None,
        Fact.FIELD: has_field,
        Fact.EXPERIENCE: seeker.experience_months is not None,
        Fact.LANGUAGES: speaks,
        Fact.WANTED_PROFILES: seeker.wanted_profiles is not None,
        Fact.MOBILITY: seeker.mobility is not None,
        Fact.AVAILABILITY: seeker.available_on is not None,
        Fact.CONTRACTS: seeker.contracts is not None,
        Fact.SHIFTS: seeker.shifts is not None,
        Fact.LICENCES: seeker.licences is not None,
        Fact.BIRTH: seeker.adult_on is not None,
    }
    return tuple(fact for fact in Fact if not known[fact])


def list_held(session: Session, *, seeker_id: int, language: str, today: date) -> tuple[HeldLine, ...]:
    """Return the competencies of a person, the best proof and the highest level first."""
    rows = session.execute(
        select(HeldCompetency, label_of(Competency, language), Competency.family)
        .join(Competency, Competency.id == HeldCompetency.competency_id)
        .where(HeldCompetency.seeker_id == seeker_id)
    )
    lines = [
        HeldLine(
            held.competency_id,
            label,
            family,
            held.level,
            Evidence(held.evidence),
            held.valid_until,
            held.recorded_at,
            held.valid_until is not None and held.valid_until < today,
        )
        for held, label, family in rows
    ]
    return tuple(sorted(lines, key=lambda line: (-line.evidence.rank, -line.level, line.label)))


def _own_columns(seeker: Seeker) -> dict[str, Any]:
    names = (
        "id", "public_id", "version", "pseudonym", "state", "experience_months", "available_on", "nationality",
        "registered_on", "refreshed_on", "interviewed_at",
    )  # fmt: skip
    return {name: getattr(seeker, name) for name in names}


def _words(session: Session, seeker: Seeker, language: str) -> dict[str, Any]:
    """Return the labels of the codes in a file."""

    def labels(model: Any, codes: list[Any] | None, key: str = "code") -> tuple[str, ...] | None:
        if codes is None:
            return None
        label = label_of(model, language)
        return tuple(session.scalars(select(label).where(getattr(model, key).in_(codes)).order_by(label)))

    def one(model: Any, code: str | None) -> str | None:
        return None if code is None else session.scalar(select(label_of(model, language)).where(model.code == code))

    return {
        "province": one(Province, seeker.province_code),
        "education": one(EducationLevel, seeker.education_code),
        "field": one(DiplomaField, seeker.field_code),
        "mobility": labels(Province, seeker.mobility),
        "contracts": labels(ContractKind, seeker.contracts),
        "shifts": labels(Shift, seeker.shifts),
        "licences": labels(Licence, seeker.licences),
        "wanted": labels(JobProfile, seeker.wanted_profiles, "id"),
    }


def _languages(session: Session, seeker_id: int, language: str) -> tuple[tuple[str, Cefr], ...]:
    rows = session.execute(
        select(label_of(Language, language), SeekerLanguage.level)
        .join(Language, Language.code == SeekerLanguage.language_code)
        .where(SeekerLanguage.seeker_id == seeker_id)
        .order_by(SeekerLanguage.level.desc(), label_of(Language, language))
    )
    return tuple((label, Cefr(level)) for label, level in rows)


def _jobs(session: Session, seeker_id: int, language: str) -> tuple[JobLine, ...]:
    rows = session.execute(
        select(
            label_of(JobProfile, language), SeekerExperience.title, SeekerExperience.months, SeekerExperience.ended_on
        )
        .join(JobProfile, JobProfile.id == SeekerExperience.job_profile_id)
        .where(SeekerExperience.seeker_id == seeker_id)
        .order_by(SeekerExperience.ended_on.desc().nulls_last(), SeekerExperience.months.desc())
    )
    return tuple(JobLine(*row) for row in rows)


def _consents(session: Session, seeker_id: int) -> tuple[ConsentLine, ...]:
    rows = session.scalars(
        select(Consent).where(Consent.seeker_id == seeker_id).order_by(Consent.given_at.desc(), Consent.kind)
    )
    return tuple(
        ConsentLine(row.kind, row.text_version, row.language, row.channel, row.given_at, row.withdrawn_at)
        for row in rows
    )


def _history(session: Session, seeker_id: int) -> tuple[HistoryLine, ...]:
    rows = session.scalars(
        select(StateChange)
        .where(StateChange.object_kind == "seeker", StateChange.object_id == seeker_id)
        .order_by(StateChange.changed_at.desc(), StateChange.id.desc())
    )
    return tuple(HistoryLine(row.changed_at, row.to_state, row.actor_name, row.reason) for row in rows)
