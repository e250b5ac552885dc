"""Who did what: the history of states, and the hash chain that shows tampering."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from skills_bridge.models.base import Base, Keyed


class StateChange(Keyed, Base):
    """Who moved an object from a state to another, when and why; either owner may read it."""

    __tablename__ = "state_change"
    __table_args__ = (Index("ix_state_change_object", "object_kind", "object_id"),)

    object_kind: Mapped[str]
    object_id: Mapped[int]
    company_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    from_state: Mapped[str | None]
    to_state: Mapped[str]
    reason: Mapped[str | None]
    note: Mapped[str] = mapped_column(default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    actor_name: Mapped[str]
    changed_at: Mapped[datetime]


class AuditEntry(Keyed, Base):
    """A link of the chain of one stream (an organisation's, or 0 for the platform's).

    Rows enter through the database function ``append_audit`` only; nobody may change or delete one.
    ``facts`` is canonical JSON; ``entry_hash`` is SHA-256 over the previous hash and the row's canonical text.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        UniqueConstraint("stream", "seq"),
        Index("ix_audit_entry_recorded", "recorded_at"),
        Index("ix_audit_entry_object", "object_kind", "object_id"),
    )

    stream: Mapped[int]
    seq: Mapped[int]
    recorded_at: Mapped[datetime]
    user_id: Mapped[int | None]
    act: Mapped[str]
    object_kind: Mapped[str]
    object_id: Mapped[int | None]
    facts: Mapped[str]
    previous_hash: Mapped[bytes]
    entry_hash: Mapped[bytes]


class AuditCheck(Keyed, Base):
    """One verification of every stream by the night's job: what it read, what it found, the sealed heads.

    ``document`` is canonical JSON sealed with the packs' key, and names the digest of the check before it: whoever
    holds the database alone can neither change a check nor take one out. ``findings`` is empty while all is well.
    """

    __tablename__ = "audit_check"

    checked_at: Mapped[datetime]
    entries: Mapped[int]
    streams: Mapped[int]
    findings: Mapped[list[Any]]
    document: Mapped[bytes]
