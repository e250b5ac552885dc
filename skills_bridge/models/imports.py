"""Files brought in row by row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from skills_bridge.domain.imports import BatchState, RowVerdict
from skills_bridge.models.base import Base, Keyed, Timestamped, text_enum


class ImportBatch(Keyed, Timestamped, Base):
    """A spreadsheet of people brought in by the agency; ``summary`` counts its verdicts."""

    __tablename__ = "import_batch"
    __table_args__ = (UniqueConstraint("id", "agency_id"),)

    agency_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    unit_id: Mapped[int]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    file_name: Mapped[str]
    content_sealed: Mapped[bytes | None]
    state: Mapped[BatchState] = mapped_column(text_enum(BatchState), default=BatchState.RECEIVED)
    problem: Mapped[dict[str, Any] | None]
    job_id: Mapped[int | None]
    checked_at: Mapped[datetime | None]
    applied_at: Mapped[datetime | None]


class ImportRow(Base):
    """One row of a batch: its verdict, its problems by column, its content encrypted."""

    __tablename__ = "import_row"
    __table_args__ = (ForeignKeyConstraint(["batch_id", "agency_id"], ["import_batch.id", "import_batch.agency_id"]),)

    batch_id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int]
    verdict: Mapped[RowVerdict] = mapped_column(text_enum(RowVerdict, "verdict"))
    problems: Mapped[list[Any]] = mapped_column(default=list)
    content_sealed: Mapped[bytes | None]
    seeker_id: Mapped[int | None]
