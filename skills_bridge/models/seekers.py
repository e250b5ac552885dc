"""Registered people: file, identity apart, equity apart, competencies, consents."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from skills_bridge.domain.framework import Cefr, Evidence
from skills_bridge.domain.seekers import Channel, CinKind, ConsentKind, Nationality, SeekerState, Sex
from skills_bridge.models.base import Base, Keyed, Public, Timestamped, Versioned, text_enum


class Seeker(Keyed, Public, Timestamped, Versioned, Base):
    """A person registered with the agency, by pseudonym; what is NULL is *unknown*, never a no.

    Lists (mobility, contracts, shifts, licences, wanted profiles) hold codes of the reference lists,
    checked when written; an empty list is a known *none*.
    """

    __tablename__ = "seeker"
    __table_args__ = (
        UniqueConstraint("id", "agency_id"),
        ForeignKeyConstraint(["unit_id", "agency_id"], ["agency_unit.id", "agency_unit.agency_id"]),
        CheckConstraint("experience_months BETWEEN 0 AND 720", name="experience_in_range"),
        Index("ix_seeker_unit", "agency_id", "unit_id", "state"),
    )

    agency_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    unit_id: Mapped[int]
    pseudonym: Mapped[str] = mapped_column(unique=True)
    state: Mapped[SeekerState] = mapped_column(text_enum(SeekerState), default=SeekerState.ACTIVE)
    registered_on: Mapped[date]
    refreshed_on: Mapped[date]
    province_code: Mapped[str] = mapped_column(ForeignKey("province.code"))
    education_code: Mapped[str | None] = mapped_column(ForeignKey("education_level.code"))
    field_code: Mapped[str | None] = mapped_column(ForeignKey("diploma_field.code"))
    experience_months: Mapped[int | None]
    available_on: Mapped[date | None]
    adult_on: Mapped[date | None]
    nationality: Mapped[Nationality] = mapped_column(
        text_enum(Nationality, "nationality"), default=Nationality.MOROCCAN
    )
    mobility: Mapped[list[str] | None]
    contracts: Mapped[list[str] | None]
    shifts: Mapped[list[str] | None]
    licences: Mapped[list[str] | None]
    wanted_profiles: Mapped[list[int] | None]
    interviewed_at: Mapped[datetime | None]
    matching_objected_at: Mapped[datetime | None]

    @property
    def seeker_id(self) -> int:
        """The person's key, as on everything that is hers."""
        return self.id


class SeekerIdentity(Base):
    """Name, contacts and identity number; no platform policy, so that matching cannot read it."""

    __tablename__ = "seeker_identity"
    __table_args__ = (
        ForeignKeyConstraint(["seeker_id", "agency_id"], ["seeker.id", "seeker.agency_id"]),
        UniqueConstraint("agency_id", "cin_index"),
    )

    seeker_id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int]
    first_name: Mapped[str]
    last_name: Mapped[str]
    first_name_ar: Mapped[str | None]
    last_name_ar: Mapped[str | None]
    cin_kind: Mapped[CinKind] = mapped_column(text_enum(CinKind, "cin_kind"), default=CinKind.CIN)
    cin_sealed: Mapped[bytes]
    cin_key_id: Mapped[str]
    cin_index: Mapped[bytes]
    cin_masked: Mapped[str]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    address: Mapped[str | None]


class SeekerEquity(Base):
    """Sex and birth year, for aggregated equity figures only; the engine never reads it."""

    __tablename__ = "seeker_equity"
    __table_args__ = (
        ForeignKeyConstraint(["seeker_id", "agency_id"], ["seeker.id", "seeker.agency_id"]),
        CheckConstraint("birth_year BETWEEN 1920 AND 2020", name="birth_year_in_range"),
    )

    seeker_id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int]
    sex: Mapped[Sex | None] = mapped_column(text_enum(Sex, "sex"))
    birth_year: Mapped[int | None]


class SeekerLanguage(Base):
    """A language a person speaks, with its level."""

    __tablename__ = "seeker_language"
    __table_args__ = (ForeignKeyConstraint(["seeker_id", "agency_id"], ["seeker.id", "seeker.agency_id"]),)

    seeker_id: Mapped[int] = mapped_column(primary_key=True)
    language_code: Mapped[str] = mapped_column(ForeignKey("language.code"), primary_key=True)
    agency_id: Mapped[int]
    level: Mapped[Cefr] = mapped_column(text_enum(Cefr, "level"))


class SeekerExperience(Keyed, Base):
    """A past job; competencies are inferred from its profile's template."""

    __tablename__ = "seeker_experience"
    __table_args__ = (
        ForeignKeyConstraint(["seeker_id", "agency_id"], ["seeker.id", "seeker.agency_id"]),
        CheckConstraint("months BETWEEN 1 AND 720", name="months_in_range"),
    )

    seeker_id: Mapped[int] = mapped_column(index=True)
    agency_id: Mapped[int]
    job_profile_id: Mapped[int] = mapped_column(ForeignKey("job_profile.id"))
    months: Mapped[int]
    ended_on: Mapped[date | None]
    title: Mapped[str] = mapped_column(default="")


class HeldCompetency(Base):
    """A level a person holds in a competency, and how it is known."""

    __tablename__ = "held_competency"
    __table_args__ = (
        ForeignKeyConstraint(["seeker_id", "agency_id"], ["seeker.id", "seeker.agency_id"]),
        CheckConstraint("level BETWEEN 1 AND 4", name="level_in_range"),
    )

    seeker_id: Mapped[int] = mapped_column(primary_key=True)
    competency_id: Mapped[int] = mapped_column(ForeignKey("competency.id"), primary_key=True)
    agency_id: Mapped[int]
    level: Mapped[int]
    evidence: Mapped[Evidence] = mapped_column(text_enum(Evidence, "evidence"))
    valid_until: Mapped[date | None]
    source: Mapped[str] = mapped_column(default="")
    recorded_at: Mapped[datetime]


class Consent(Keyed, Base):
    """What a person agreed to, in which words, when and how; withdrawal keeps the row."""

    __tablename__ = "consent"
    __table_args__ = (
        ForeignKeyConstraint(["seeker_id", "agency_id"], ["seeker.id", "seeker.agency_id"]),
        Index("uq_consent_live", "seeker_id", "kind", unique=True, postgresql_where="withdrawn_at IS NULL"),
    )

    seeker_id: Mapped[int]
    agency_id: Mapped[int]
    kind: Mapped[ConsentKind] = mapped_column(text_enum(ConsentKind, "kind"))
    text_version: Mapped[str]
    language: Mapped[str]
    channel: Mapped[Channel] = mapped_column(text_enum(Channel, "channel"))
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
