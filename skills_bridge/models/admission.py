"""How people come in and back in: invitations, links by mail, recovery codes, resets of a second factor."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from skills_bridge.domain.accounts import Role
from skills_bridge.domain.credentials import LinkKind
from skills_bridge.models.base import Base, Keyed, Timestamped, text_enum


class Invitation(Keyed, Timestamped, Base):
    """A place in an organisation, offered to an address; it is taken by whoever reads the mail there.

    The link's token is derived from ``seed`` under a key of the vault, and only its digest lies here: who reads this
    table can open nothing. A new seed ends the earlier link.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        ForeignKeyConstraint(["unit_id", "organisation_id"], ["agency_unit.id", "agency_unit.agency_id"]),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    email: Mapped[str]
    role: Mapped[Role] = mapped_column(text_enum(Role, "role"))
    unit_id: Mapped[int | None]
    language: Mapped[str] = mapped_column(default="fr")
    seed: Mapped[uuid.UUID]
    token_digest: Mapped[bytes] = mapped_column(unique=True)
    invited_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    @property
    def is_open(self) -> bool:
        """Whether nobody took it and nobody took it back; it may have expired."""
        return self.accepted_at is None and self.revoked_at is None


Index(
    "uq_invitation_open",
    Invitation.organisation_id,
    func.lower(Invitation.email),
    Invitation.role,
    unique=True,
    postgresql_where="accepted_at IS NULL AND revoked_at IS NULL",
)


class AccountLink(Keyed, Timestamped, Base):
    """A link by mail with which a person chooses a new password or enrols a new second factor.

    It is written for every address that somebody types, known or not: who it belongs to is looked up afterwards.
    Seed and digest as in :class:`Invitation`.
    """

    __tablename__ = "account_link"

    kind: Mapped[LinkKind] = mapped_column(text_enum(LinkKind, "kind"))
    email: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    seed: Mapped[uuid.UUID]
    token_digest: Mapped[bytes] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class RecoveryCode(Keyed, Base):
    """A code that stands once for the second factor; only a keyed digest lies here."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("user_id", "code_digest"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    code_digest: Mapped[bytes]
    used_at: Mapped[datetime | None]


class SecondFactorReset(Keyed, Base):
    """A lost second factor: one administrator asks for its end, another one grants or refuses it."""

    __tablename__ = "second_factor_reset"
    __table_args__ = (
        ForeignKeyConstraint(["membership_id", "organisation_id"], ["membership.id", "membership.organisation_id"]),
        CheckConstraint("asked_by <> user_id", name="asked_by_another"),
        CheckConstraint("decided_by <> asked_by AND decided_by <> user_id", name="decided_by_a_third"),
        Index("uq_second_factor_reset_open", "user_id", unique=True, postgresql_where="decided_at IS NULL"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    membership_id: Mapped[int]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    asked_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    is_granted: Mapped[bool | None]
