"""Identities shown, and why."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from skills_bridge.models.base import Base, Keyed


class Reveal(Keyed, Base):
    """An identity shown in one session for fifteen minutes, with its reason.

    ``opening_id`` says that the reveal covers the accepted people of an opening.
    """

    __tablename__ = "reveal"
    __table_args__ = (
        ForeignKeyConstraint(["session_id", "user_id"], ["web_session.id", "web_session.user_id"]),
        Index("ix_reveal_session", "session_id", "expires_at"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    session_id: Mapped[int]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    seeker_id: Mapped[int | None]
    opening_id: Mapped[int | None]
    reason: Mapped[str]
    revealed_at: Mapped[datetime]
    expires_at: Mapped[datetime]
