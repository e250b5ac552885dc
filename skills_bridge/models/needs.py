"""Forecast needs of companies."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from skills_bridge.domain.framework import Evidence
from skills_bridge.domain.needs import NeedOrigin, NeedState
from skills_bridge.models.base import Base, Keyed, Timestamped, Versioned, text_enum


class Need(Keyed, Timestamped, Versioned, Base):
    """A forecast: posts of one job profile, by quarter and province. What remains is computed, never stored."""

    __tablename__ = "need"
    __table_args__ = (UniqueConstraint("id", "company_id"),)

    reference: Mapped[str] = mapped_column(unique=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    job_profile_id: Mapped[int] = mapped_column(ForeignKey("job_profile.id"))
    origin: Mapped[NeedOrigin] = mapped_column(text_enum(NeedOrigin, "origin"), default=NeedOrigin.COMPANY)
    state: Mapped[NeedState] = mapped_column(text_enum(NeedState), default=NeedState.OPEN)
    note: Mapped[str] = mapped_column(default="")


class NeedLine(Keyed, Base):
    """Posts needed in one quarter (its first day) and province."""

    __tablename__ = "need_line"
    __table_args__ = (
        ForeignKeyConstraint(["need_id", "company_id"], ["need.id", "need.company_id"]),
        UniqueConstraint("need_id", "quarter_on", "province_code"),
        UniqueConstraint("id", "company_id"),
        CheckConstraint("posts BETWEEN 1 AND 5000", name="posts_in_range"),
        CheckConstraint(
            "EXTRACT(DAY FROM quarter_on) = 1 AND EXTRACT(MONTH FROM quarter_on) IN (1, 4, 7, 10)", name="quarter_start"
        ),
    )

    need_id: Mapped[int] = mapped_column(index=True)
    company_id: Mapped[int]
    quarter_on: Mapped[date]
    province_code: Mapped[str] = mapped_column(ForeignKey("province.code"))
    posts: Mapped[int]


class NeedRequirement(Base):
    """A competency that the needed posts ask for."""

    __tablename__ = "need_requirement"
    __table_args__ = (
        ForeignKeyConstraint(["need_id", "company_id"], ["need.id", "need.company_id"]),
        CheckConstraint("level BETWEEN 1 AND 4", name="level_in_range"),
        CheckConstraint("weight BETWEEN 1 AND 5", name="weight_in_range"),
    )

    need_id: Mapped[int] = mapped_column(primary_key=True)
    competency_id: Mapped[int] = mapped_column(ForeignKey("competency.id"), primary_key=True)
    company_id: Mapped[int]
    level: Mapped[int]
    is_must: Mapped[bool]
    weight: Mapped[int]
    evidence_asked: Mapped[Evidence] = mapped_column(text_enum(Evidence, "evidence_asked"), default=Evidence.DECLARED)
