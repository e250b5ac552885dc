"""Starts of people on posts."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from skills_bridge.domain.placements import CancelReason, PlacementKind
from skills_bridge.models.base import Base, Keyed, Public, Timestamped, text_enum


class Placement(Keyed, Public, Timestamped, Base):
    """A person's start on one post of an opening, its kind always told apart; one at a time for a person.

    ``ended_on`` is the last day in the post, once the person has left it: the fill still counts.
    """

    __tablename__ = "placement"
    __table_args__ = (
        ForeignKeyConstraint(["opening_id", "company_id"], ["opening.id", "opening.company_id"]),
        ForeignKeyConstraint(["post_id", "company_id"], ["post.id", "post.company_id"]),
        ForeignKeyConstraint(["referral_id", "company_id"], ["referral.id", "referral.company_id"]),
        ForeignKeyConstraint(["seeker_id", "agency_id"], ["seeker.id", "seeker.agency_id"]),
        UniqueConstraint("id", "company_id"),
        CheckConstraint("(cancelled_on IS NULL) = (cancel_reason IS NULL)", name="cancelled_with_reason"),
        CheckConstraint("signed_on <= started_on", name="signed_before_start"),
        CheckConstraint("ended_on >= started_on", name="ended_after_start"),
        Index("uq_placement_live_referral", "referral_id", unique=True, postgresql_where="cancelled_on IS NULL"),
        Index(
            "uq_placement_live_seeker",
            "seeker_id",
            unique=True,
            postgresql_where="cancelled_on IS NULL AND ended_on IS NULL",
        ),
        Index("ix_placement_agency", "agency_id"),
        Index("ix_placement_company", "company_id"),
        Index("ix_placement_seeker", "seeker_id"),
    )

    referral_id: Mapped[int]
    opening_id: Mapped[int]
    company_id: Mapped[int]
    agency_id: Mapped[int]
    seeker_id: Mapped[int]
    post_id: Mapped[int]
    kind: Mapped[PlacementKind] = mapped_column(text_enum(PlacementKind, "kind"))
    contract_code: Mapped[str] = mapped_column(ForeignKey("contract_kind.code"))
    signed_on: Mapped[date]
    started_on: Mapped[date]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]
    cancelled_on: Mapped[date | None]
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[CancelReason | None] = mapped_column(text_enum(CancelReason, "cancel_reason"))
    ended_on: Mapped[date | None]
