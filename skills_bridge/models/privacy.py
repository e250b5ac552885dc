"""Identities shown, requests of people about their data, and what is left of a file that was forgotten."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from skills_bridge.domain.privacy import ForgetCause, NoticeOutcome, Refusal, RequestState, RightsKind
from skills_bridge.domain.seekers import Channel
from skills_bridge.models.base import Base, Keyed, Timestamped, text_enum


class Reveal(Keyed, Base):
    """An identity shown in one session for fifteen minutes, with its reason.

    ``opening_id`` says that the reveal covers the accepted people of an opening, ``people`` how many it showed.
    """

    __tablename__ = "reveal"
    __table_args__ = (
        ForeignKeyConstraint(["session_id", "user_id"], ["web_session.id", "web_session.user_id"]),
        Index("ix_reveal_session", "session_id", "expires_at"),
        Index("ix_reveal_user", "user_id", "revealed_at"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    session_id: Mapped[int]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    seeker_id: Mapped[int | None]
    opening_id: Mapped[int | None]
    reason: Mapped[str]
    people: Mapped[int] = mapped_column(default=1, server_default="1")
    revealed_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class RightsRequest(Keyed, Timestamped, Base):
    """What a person asks about her data, taken in by the agency and decided by the data protection officer.

    ``due_on`` is NULL while the deployment names no time to answer. ``pseudonym`` stands here because the officer
    reads no file. ``details`` is the person's own wish, emptied with her file. What she asks by her personal link
    nobody else took in, and her own data she is given without a decision.
    """

    __tablename__ = "rights_request"
    __table_args__ = (
        ForeignKeyConstraint(["seeker_id", "agency_id"], ["seeker.id", "seeker.agency_id"]),
        UniqueConstraint("id", "agency_id"),
        CheckConstraint("(state = 'refused') = (refusal IS NOT NULL)", name="refused_with_reason"),
        CheckConstraint(
            "state IN ('received', 'cancelled') OR decided_by IS NOT NULL"
            " OR kind = 'access' AND channel = 'personal_link'",
            name="a_person_decides",
        ),
        CheckConstraint("recorded_by IS NOT NULL OR channel = 'personal_link'", name="taken_in_by_somebody"),
        Index(
            "uq_rights_request_open",
            "seeker_id",
            "kind",
            unique=True,
            postgresql_where="state IN ('received', 'accepted', 'ready')",
        ),
        Index("ix_rights_request_agency", "agency_id", "state"),
    )

    reference: Mapped[str] = mapped_column(unique=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    unit_id: Mapped[int]
    seeker_id: Mapped[int]
    pseudonym: Mapped[str]
    kind: Mapped[RightsKind] = mapped_column(text_enum(RightsKind, "kind"))
    state: Mapped[RequestState] = mapped_column(text_enum(RequestState), default=RequestState.RECEIVED)
    channel: Mapped[Channel] = mapped_column(text_enum(Channel, "channel"))
    language: Mapped[str]
    details: Mapped[str] = mapped_column(default="")
    received_on: Mapped[date]
    due_on: Mapped[date | None]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    refusal: Mapped[Refusal | None] = mapped_column(text_enum(Refusal, "refusal"))
    changed_at: Mapped[datetime]


class AccessFile(Base):
    """All that is held about a person, sealed, for the officer to take out once; empty once taken or expired."""

    __tablename__ = "access_file"
    __table_args__ = (
        ForeignKeyConstraint(["request_id", "agency_id"], ["rights_request.id", "rights_request.agency_id"]),
    )

    request_id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int]
    content_sealed: Mapped[bytes | None]
    built_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    taken_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


class Tombstone(Base):
    """A file that was forgotten, under a keyed digest: after a restore it is forgotten again."""

    __tablename__ = "tombstone"

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    cause: Mapped[ForgetCause] = mapped_column(text_enum(ForgetCause, "cause"))
    forgotten_at: Mapped[datetime]


class RetentionNotice(Keyed, Base):
    """A file that nobody used for so long that it will be anonymised on a day, unless the person is heard of again.

    ``mailed_at`` is when she was told by mail; without it her unit reaches her.
    """

    __tablename__ = "retention_notice"
    __table_args__ = (
        ForeignKeyConstraint(["seeker_id", "agency_id"], ["seeker.id", "seeker.agency_id"]),
        CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name="ended_with_outcome"),
        Index("uq_retention_notice_live", "seeker_id", unique=True, postgresql_where="ended_at IS NULL"),
    )

    seeker_id: Mapped[int]
    agency_id: Mapped[int] = mapped_column(index=True)
    unit_id: Mapped[int]
    noticed_at: Mapped[datetime]
    due_on: Mapped[date]
    mailed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[NoticeOutcome | None] = mapped_column(text_enum(NoticeOutcome, "outcome"))


class RetentionRun(Keyed, Base):
    """One look at the clock of inactivity: what it would do, or did if ``is_applied``."""

    __tablename__ = "retention_run"

    agency_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    ran_at: Mapped[datetime]
    is_applied: Mapped[bool]
    counts: Mapped[dict[str, Any]]
