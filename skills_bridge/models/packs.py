"""The frozen month, its files and its visas."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from skills_bridge.domain.packs import PackState, Party, VisaState
from skills_bridge.models.base import Base, Keyed, Timestamped, text_enum


class Pack(Keyed, Timestamped, Base):
    """One version of one month's report: the facts it used, its digest and its two manifests.

    A correction is the next version, with its cause; a published pack never changes.
    """

    __tablename__ = "pack"
    __table_args__ = (
        UniqueConstraint("month_on", "version"),
        CheckConstraint("state = 'building' OR frozen_at IS NOT NULL", name="frozen_when"),
        CheckConstraint("state <> 'published' OR published_at IS NOT NULL", name="published_when"),
    )

    reference: Mapped[str] = mapped_column(unique=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    month_on: Mapped[date]
    version: Mapped[int]
    state: Mapped[PackState] = mapped_column(text_enum(PackState), default=PackState.BUILDING)
    cut_off_at: Mapped[datetime]
    asked_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    job_id: Mapped[int | None]
    cause: Mapped[str] = mapped_column(default="")
    facts: Mapped[bytes | None]
    facts_digest: Mapped[bytes | None]
    manifest_a: Mapped[dict[str, Any] | None]
    manifest_b: Mapped[dict[str, Any] | None]
    frozen_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]


class PackFile(Base):
    """A file of a pack; the same bytes for all parties."""

    __tablename__ = "pack_file"

    pack_id: Mapped[int] = mapped_column(ForeignKey("pack.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    media_type: Mapped[str]
    sha256: Mapped[bytes]
    content: Mapped[bytes]


class Visa(Keyed, Base):
    """A party's word on a pack: waiting, given, or sent back with a reason."""

    __tablename__ = "visa"
    __table_args__ = (
        UniqueConstraint("pack_id", "party"),
        CheckConstraint("state = 'waiting' OR decided_by IS NOT NULL", name="a_person_decides"),
    )

    pack_id: Mapped[int] = mapped_column(ForeignKey("pack.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    party: Mapped[Party] = mapped_column(text_enum(Party, "party"))
    state: Mapped[VisaState] = mapped_column(text_enum(VisaState), default=VisaState.WAITING)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    signatory: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None]
