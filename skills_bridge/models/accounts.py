"""Credentials, memberships and signed-in sessions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from skills_bridge.domain.accounts import Role
from skills_bridge.models.base import Base, Keyed, Timestamped, text_enum


class UserAccount(Keyed, Timestamped, Base):
    """A person who signs in; what she may do hangs on her memberships.

    ``totp_sealed`` is the second factor's secret, encrypted; ``totp_last_step`` refuses a code used before.
    """

    __tablename__ = "user_account"

    email: Mapped[str]
    display_name: Mapped[str]
    password_hash: Mapped[str]
    totp_sealed: Mapped[bytes]
    totp_last_step: Mapped[int | None]
    language: Mapped[str] = mapped_column(default="fr")
    disabled_at: Mapped[datetime | None]


Index("uq_user_account_email_lower", func.lower(UserAccount.email), unique=True)


class Membership(Keyed, Base):
    """A person acts for an organisation in one role, from a day to a day."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("user_id", "organisation_id", "role"),
        UniqueConstraint("id", "user_id"),
        UniqueConstraint("id", "organisation_id"),
        ForeignKeyConstraint(["unit_id", "organisation_id"], ["agency_unit.id", "agency_unit.agency_id"]),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    role: Mapped[Role] = mapped_column(text_enum(Role, "role"))
    unit_id: Mapped[int | None]
    starts_on: Mapped[date | None]
    ended_at: Mapped[datetime | None]


class WebSession(Keyed, Base):
    """A server-side session; the cookie holds a random token, the row only its digest.

    ``stage`` is *password* until the second factor is given, then *signed_in*. ``started_at`` is when the person
    signed in, also after the token changed; ``ends_at`` is the latest end. ``proved_at`` is when password and code
    were last given: risky acts ask for a young one. ``device`` is browser and system in two words. A session that a
    personal link opened has that ``link_id`` and nobody's account: rights of staff and of a person never meet in one.
    """

    __tablename__ = "web_session"
    __table_args__ = (
        ForeignKeyConstraint(["membership_id", "user_id"], ["membership.id", "membership.user_id"]),
        UniqueConstraint("id", "user_id"),
        CheckConstraint("link_id IS NULL OR user_id IS NULL AND membership_id IS NULL", name="staff_or_seeker"),
    )

    token_digest: Mapped[bytes] = mapped_column(unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    membership_id: Mapped[int | None]
    link_id: Mapped[int | None] = mapped_column(ForeignKey("personal_link.id"), index=True)
    stage: Mapped[str] = mapped_column(default="anonymous")
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ends_at: Mapped[datetime]
    proved_at: Mapped[datetime | None]
    device: Mapped[str] = mapped_column(default="", server_default="")


class SignInAttempt(Keyed, Base):
    """A try at a password or a second factor; limits are counted over these rows."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index("ix_sign_in_attempt_subject", "subject_digest", "attempted_at"),)

    subject_digest: Mapped[bytes]
    kind: Mapped[str]
    attempted_at: Mapped[datetime]
    succeeded: Mapped[bool]
