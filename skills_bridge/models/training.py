"""Programmes, cohorts and the people in them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from skills_bridge.domain.training import CohortState, EnrolmentState
from skills_bridge.models.base import Base, Keyed, Public, Timestamped, Versioned, text_enum


class Programme(Keyed, Timestamped, Versioned, Base):
    """A course of a centre, and what it teaches; ``entry_rank`` is the education rank it asks for."""

    __tablename__ = "programme"
    __table_args__ = (UniqueConstraint("id", "centre_id"), UniqueConstraint("centre_id", "title_fr"))

    centre_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    title_fr: Mapped[str]
    title_ar: Mapped[str | None]
    job_profile_id: Mapped[int | None] = mapped_column(ForeignKey("job_profile.id"))
    entry_rank: Mapped[int] = mapped_column(default=0)
    hours: Mapped[int | None]


class ProgrammeOutcome(Base):
    """A competency taught, at the level that the certificate grants."""

    __tablename__ = "programme_outcome"
    __table_args__ = (
        ForeignKeyConstraint(["programme_id", "centre_id"], ["programme.id", "programme.centre_id"]),
        CheckConstraint("level BETWEEN 1 AND 4", name="level_in_range"),
    )

    programme_id: Mapped[int] = mapped_column(primary_key=True)
    competency_id: Mapped[int] = mapped_column(ForeignKey("competency.id"), primary_key=True)
    centre_id: Mapped[int]
    level: Mapped[int]


class Cohort(Keyed, Timestamped, Versioned, Base):
    """One dated run of a programme; ``taken`` seats are guarded by one conditional update and a check."""

    __tablename__ = "cohort"
    __table_args__ = (
        ForeignKeyConstraint(["programme_id", "centre_id"], ["programme.id", "programme.centre_id"]),
        UniqueConstraint("id", "centre_id"),
        CheckConstraint("seats BETWEEN 1 AND 2000", name="seats_in_range"),
        CheckConstraint("taken BETWEEN 0 AND seats", name="not_oversold"),
        CheckConstraint("starts_on <= expected_end_on", name="ends_after_start"),
        CheckConstraint("enrolment_until <= expected_end_on", name="enrolment_before_end"),
    )

    reference: Mapped[str] = mapped_column(unique=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    programme_id: Mapped[int]
    province_code: Mapped[str] = mapped_column(ForeignKey("province.code"))
    starts_on: Mapped[date]
    expected_end_on: Mapped[date]
    enrolment_until: Mapped[date]
    seats: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    state: Mapped[CohortState] = mapped_column(text_enum(CohortState), default=CohortState.DRAFT)
    published_at: Mapped[datetime | None]


class Enrolment(Keyed, Public, Timestamped, Base):
    """A person in a cohort; shared by the centre and the agency."""

    __tablename__ = "enrolment"
    __table_args__ = (
        ForeignKeyConstraint(["cohort_id", "centre_id"], ["cohort.id", "cohort.centre_id"]),
        ForeignKeyConstraint(["seeker_id", "agency_id"], ["seeker.id", "seeker.agency_id"]),
        UniqueConstraint("cohort_id", "seeker_id"),
        UniqueConstraint("id", "centre_id"),
        CheckConstraint("state NOT IN ('certified', 'dropped') OR decided_by IS NOT NULL", name="a_person_decides"),
        Index("ix_enrolment_centre", "centre_id", "cohort_id"),
    )

    cohort_id: Mapped[int]
    centre_id: Mapped[int]
    agency_id: Mapped[int] = mapped_column(index=True)
    seeker_id: Mapped[int] = mapped_column(index=True)
    state: Mapped[EnrolmentState] = mapped_column(text_enum(EnrolmentState), default=EnrolmentState.ENROLLED)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[str | None]
    changed_at: Mapped[datetime]
