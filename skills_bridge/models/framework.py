"""Reference lists, competencies, job profiles."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from skills_bridge.domain.framework import Evidence, PolicyProfile, RelationKind
from skills_bridge.models.base import Base, Keyed, text_enum


class Labelled:
    """A label in the three languages of the screens; Arabic is marked until a native reader checked it."""

    label_fr: Mapped[str]
    label_ar: Mapped[str | None]
    label_en: Mapped[str | None]
    is_reviewed_ar: Mapped[bool] = mapped_column(default=False)


class LabelMeaning(Base):
    """The vector of a label's words, one byte a number, under their digest: whatever they name, they mean the same."""

    __tablename__ = "label_meaning"
    __table_args__ = (CheckConstraint("octet_length(vector) = 512", name="one_byte_a_number"),)

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    vector: Mapped[bytes]


class Region(Labelled, Base):
    """One of the twelve regions (codes of the Haut-Commissariat au Plan)."""

    __tablename__ = "region"

    code: Mapped[str] = mapped_column(primary_key=True)


class Province(Labelled, Base):
    """One of the 75 provinces and prefectures; ``aliases`` are other spellings, for search."""

    __tablename__ = "province"

    code: Mapped[str] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    aliases: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))


class EducationLevel(Labelled, Base):
    """A level of education; ``rank`` orders them, two may share one."""

    __tablename__ = "education_level"

    code: Mapped[str] = mapped_column(primary_key=True)
    rank: Mapped[int]


class DiplomaField(Labelled, Base):
    """A field of study."""

    __tablename__ = "diploma_field"

    code: Mapped[str] = mapped_column(primary_key=True)


class ContractKind(Labelled, Base):
    """A kind of contract; an insertion contract or a traineeship is no employment contract."""

    __tablename__ = "contract_kind"

    code: Mapped[str] = mapped_column(primary_key=True)
    is_employment_contract: Mapped[bool]


class Language(Labelled, Base):
    """A language that an opening may ask for."""

    __tablename__ = "language"

    code: Mapped[str] = mapped_column(primary_key=True)


class Licence(Labelled, Base):
    """A driving or work licence."""

    __tablename__ = "licence"

    code: Mapped[str] = mapped_column(primary_key=True)


class Shift(Labelled, Base):
    """A working pattern; ``is_night`` asks for adulthood."""

    __tablename__ = "shift"

    code: Mapped[str] = mapped_column(primary_key=True)
    is_night: Mapped[bool]


class Competency(Labelled, Keyed, Base):
    """An entry of a competency framework (``scheme``: LOCAL, ESCO, ROME); codes are opaque."""

    __tablename__ = "competency"
    __table_args__ = (
        UniqueConstraint("scheme", "code"),
        Index(
            "ix_competency_label_fr_trgm",
            "label_fr",
            postgresql_using="gin",
            postgresql_ops={"label_fr": "gin_trgm_ops"},
        ),
    )

    scheme: Mapped[str]
    code: Mapped[str]
    family: Mapped[str | None]
    definition_fr: Mapped[str | None]
    definition_ar: Mapped[str | None]
    definition_en: Mapped[str | None]
    retired_on: Mapped[date | None]


class CompetencyRelation(Base):
    """Holding one competency helps with another: close counts more than loose."""

    __tablename__ = "competency_relation"
    __table_args__ = (CheckConstraint("competency_id <> related_id", name="two_competencies"),)

    competency_id: Mapped[int] = mapped_column(ForeignKey("competency.id"), primary_key=True)
    related_id: Mapped[int] = mapped_column(ForeignKey("competency.id"), primary_key=True, index=True)
    kind: Mapped[RelationKind] = mapped_column(text_enum(RelationKind, "kind"))


class JobProfile(Labelled, Keyed, Base):
    """An occupation, with codes of its scheme and the matching profile it takes.

    ``codes`` maps other schemes to their codes, for instance ``{"ISCO-08": "8212"}``.
    """

    __tablename__ = "job_profile"
    __table_args__ = (UniqueConstraint("scheme", "code"),)

    scheme: Mapped[str]
    code: Mapped[str]
    family: Mapped[str | None]
    policy_profile: Mapped[PolicyProfile] = mapped_column(text_enum(PolicyProfile, "policy_profile"))
    diploma_fields: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    education_rank: Mapped[int | None]
    codes: Mapped[dict[str, Any]] = mapped_column(default=dict)


class ProfileRequirement(Base):
    """A line of a job profile's requirement template."""

    __tablename__ = "profile_requirement"
    __table_args__ = (
        CheckConstraint("level BETWEEN 1 AND 4", name="level_in_range"),
        CheckConstraint("weight BETWEEN 1 AND 5", name="weight_in_range"),
    )

    job_profile_id: Mapped[int] = mapped_column(ForeignKey("job_profile.id"), primary_key=True)
    competency_id: Mapped[int] = mapped_column(ForeignKey("competency.id"), primary_key=True)
    level: Mapped[int]
    is_must: Mapped[bool]
    weight: Mapped[int]
    evidence_asked: Mapped[Evidence] = mapped_column(text_enum(Evidence, "evidence_asked"), default=Evidence.DECLARED)
