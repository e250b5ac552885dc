"""Openings, their revisions, requirements, gates and posts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from skills_bridge.domain.framework import Evidence
from skills_bridge.domain.matching import GateKind
from skills_bridge.domain.openings import CloseReason, OpeningState
from skills_bridge.models.base import Base, Keyed, Timestamped, Versioned, text_enum


class Opening(Keyed, Timestamped, Versioned, Base):
    """A live demand for one or several posts of one job profile.

    ``revision_id`` is the validated revision; ``validated_at`` starts the clock of the delays (K4).
    ``unit_id`` is the agency's unit of the site's province.
    """

    __tablename__ = "opening"
    __table_args__ = (
        UniqueConstraint("id", "company_id"),
        ForeignKeyConstraint(["site_id", "company_id"], ["site.id", "site.company_id"]),
        ForeignKeyConstraint(["need_line_id", "company_id"], ["need_line.id", "need_line.company_id"]),
        ForeignKeyConstraint(["unit_id", "agency_id"], ["agency_unit.id", "agency_unit.agency_id"]),
        ForeignKeyConstraint(
            ["revision_id", "id"], ["opening_revision.id", "opening_revision.opening_id"], use_alter=True
        ),
        CheckConstraint("state NOT IN ('validated', 'paused') OR revision_id IS NOT NULL", name="live_has_revision"),
        Index("ix_opening_agency", "agency_id", "state"),
    )

    reference: Mapped[str] = mapped_column(unique=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    unit_id: Mapped[int] = mapped_column(index=True)
    site_id: Mapped[int]
    job_profile_id: Mapped[int] = mapped_column(ForeignKey("job_profile.id"), index=True)
    need_line_id: Mapped[int | None]
    state: Mapped[OpeningState] = mapped_column(text_enum(OpeningState), default=OpeningState.DRAFT)
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    contact: Mapped[str] = mapped_column(default="")
    external_reference: Mapped[str | None]
    revision_id: Mapped[int | None]
    validated_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    current_run_id: Mapped[int | None]
    answer_days: Mapped[int] = mapped_column(default=10)


class OpeningRevision(Keyed, Base):
    """One submission of an opening: what the posts ask for, as the agency judged it, or the company took it back."""

    __tablename__ = "opening_revision"
    __table_args__ = (
        ForeignKeyConstraint(["opening_id", "company_id"], ["opening.id", "opening.company_id"]),
        UniqueConstraint("opening_id", "number"),
        UniqueConstraint("id", "opening_id"),
        UniqueConstraint("id", "company_id"),
        CheckConstraint("posts BETWEEN 1 AND 2000", name="posts_in_range"),
        CheckConstraint("num_nonnulls(validated_at, refused_at, withdrawn_at) <= 1", name="one_answer"),
    )

    opening_id: Mapped[int] = mapped_column(index=True)
    company_id: Mapped[int]
    number: Mapped[int]
    contract_code: Mapped[str] = mapped_column(ForeignKey("contract_kind.code"))
    start_on: Mapped[date | None]
    posts: Mapped[int]
    submitted_at: Mapped[datetime | None]
    validated_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]
    refusal_reason: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None]


class Requirement(Base):
    """A competency that a revision asks for."""

    __tablename__ = "requirement"
    __table_args__ = (
        ForeignKeyConstraint(["revision_id", "company_id"], ["opening_revision.id", "opening_revision.company_id"]),
        CheckConstraint("level BETWEEN 1 AND 4", name="level_in_range"),
        CheckConstraint("weight BETWEEN 1 AND 5", name="weight_in_range"),
    )

    revision_id: Mapped[int] = mapped_column(primary_key=True)
    competency_id: Mapped[int] = mapped_column(ForeignKey("competency.id"), primary_key=True)
    company_id: Mapped[int] = mapped_column(index=True)
    level: Mapped[int]
    is_must: Mapped[bool]
    weight: Mapped[int]
    evidence_asked: Mapped[Evidence] = mapped_column(text_enum(Evidence, "evidence_asked"), default=Evidence.DECLARED)


class Gate(Base):
    """A typed hard condition of a revision; ``operand`` holds its values.

    Shapes by kind: mobility ``{"province": "01.511"}``; education ``{"rank": 6}``; field ``{"fields": [..]}``;
    profile ``{"profiles": [id..]}``; experience ``{"months": 12}``; language ``{"languages": {"fr": "B1"}}``;
    licence ``{"licences": [..]}``; contract ``{"contract": "cdi"}``; shift ``{"shifts": [..]}``;
    availability ``{"start_on": "2027-01-04"}``; adulthood ``{"start_on": ..}``.
    """

    __tablename__ = "gate"
    __table_args__ = (
        ForeignKeyConstraint(["revision_id", "company_id"], ["opening_revision.id", "opening_revision.company_id"]),
    )

    revision_id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[GateKind] = mapped_column(text_enum(GateKind, "kind"), primary_key=True)
    company_id: Mapped[int] = mapped_column(index=True)
    operand: Mapped[dict[str, Any]]


class Post(Keyed, Base):
    """A place to fill; ``placement_id`` says by whom, ``closed_on`` that it never will be."""

    __tablename__ = "post"
    __table_args__ = (
        ForeignKeyConstraint(["opening_id", "company_id"], ["opening.id", "opening.company_id"]),
        ForeignKeyConstraint(["placement_id", "company_id"], ["placement.id", "placement.company_id"], use_alter=True),
        UniqueConstraint("placement_id"),
        UniqueConstraint("id", "company_id"),
        CheckConstraint("(closed_on IS NULL) = (close_reason IS NULL)", name="closed_with_reason"),
        CheckConstraint("placement_id IS NULL OR closed_on IS NULL", name="filled_or_closed"),
        Index(
            "ix_post_open", "opening_id", "due_on", "id", postgresql_where="placement_id IS NULL AND closed_on IS NULL"
        ),
    )

    opening_id: Mapped[int]
    company_id: Mapped[int] = mapped_column(index=True)
    opened_on: Mapped[date]
    due_on: Mapped[date]
    placement_id: Mapped[int | None]
    filled_at: Mapped[datetime | None]
    closed_on: Mapped[date | None]
    closed_at: Mapped[datetime | None]
    close_reason: Mapped[CloseReason | None] = mapped_column(text_enum(CloseReason, "close_reason"))
