"""Background work as rows: outbox, delay queue, ledger and dead letter in one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from skills_bridge.domain.jobs import JobState
from skills_bridge.models.base import Base, Keyed, Timestamped, text_enum


class Job(Keyed, Timestamped, Base):
    """One piece of background work, written in the business transaction that asks for it.

    ``organisation_id`` is the organisation whose scope wrote it (NULL for the platform); ``dedupe_key``
    starts with it. ``attempts`` guards the effect: only the attempt that claimed the row may end it.
    """

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("attempts BETWEEN 0 AND 3", name="attempts_in_range"),
        Index("ix_job_due", "due_at", postgresql_where="state = 'due'"),
        Index("ix_job_leased", "lease_until", postgresql_where="state IN ('sent', 'running')"),
        Index("ix_job_organisation", "organisation_id", "created_at"),
    )

    kind: Mapped[str]
    object_id: Mapped[int | None]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    dedupe_key: Mapped[str] = mapped_column(unique=True)
    due_at: Mapped[datetime]
    state: Mapped[JobState] = mapped_column(text_enum(JobState), default=JobState.DUE)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    last_error: Mapped[str | None]
    progress_done: Mapped[int] = mapped_column(default=0)
    progress_total: Mapped[int | None]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
