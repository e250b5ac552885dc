"""The personal links of people in search of work, and the forms that were sent through them."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from skills_bridge.domain.personal import Handing, LinkEnd
from skills_bridge.models.base import Base, Keyed, text_enum


class PersonalLink(Keyed, Base):
    """A person's way to her own file, handed out by her adviser; at most one is live.

    The token is derived from ``seed`` under a key of the vault, and only its digest lies here: who reads this table
    can open nothing. The rows of ended links stay: they say when somebody could look.
    """

    __tablename__ = "personal_link"
    __table_args__ = (
        ForeignKeyConstraint(["seeker_id", "agency_id"], ["seeker.id", "seeker.agency_id"]),
        UniqueConstraint("id", "agency_id"),
        CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="ended_with_reason"),
        Index("uq_personal_link_live", "seeker_id", unique=True, postgresql_where="ended_at IS NULL"),
        Index("ix_personal_link_seeker", "seeker_id", "given_at"),
    )

    seeker_id: Mapped[int]
    agency_id: Mapped[int] = mapped_column(index=True)
    seed: Mapped[uuid.UUID]
    token_digest: Mapped[bytes] = mapped_column(unique=True)
    handed: Mapped[Handing] = mapped_column(text_enum(Handing, "handed"))
    language: Mapped[str]
    given_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    given_at: Mapped[datetime]
    opens_until: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[LinkEnd | None] = mapped_column(text_enum(LinkEnd, "end_reason"))


class LinkFormUse(Base):
    """One form sent once by a person through her link; as :class:`~skills_bridge.models.sending.FormUse` for staff."""

    __tablename__ = "link_form_use"
    __table_args__ = (
        ForeignKeyConstraint(["link_id", "agency_id"], ["personal_link.id", "personal_link.agency_id"]),
        ForeignKeyConstraint(["seeker_id", "agency_id"], ["seeker.id", "seeker.agency_id"]),
    )

    link_id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(primary_key=True)
    seeker_id: Mapped[int]
    agency_id: Mapped[int] = mapped_column(index=True)
    location: Mapped[str | None]
    used_at: Mapped[datetime] = mapped_column(index=True)
