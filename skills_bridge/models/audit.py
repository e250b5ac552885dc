"""Who did what: the history of states, and the hash chain that shows tampering."""

from __future__ import annotations

from datetime import datetime

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
    __table_args__ = (UniqueConstraint("stream", "seq"),)

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
