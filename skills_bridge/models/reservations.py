"""Seats and posts that are reserved together."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from skills_bridge.domain.reservations import EndReason
from skills_bridge.models.base import Base, Keyed, Public, Timestamped, text_enum

LIVE: Final = text("ended_at IS NULL")


class Reservation(Keyed, Public, Timestamped, Base):
    """A seat of a cohort and a post of an opening kept for one person, shared by company, centre and agency.

    The seat counts in the cohort's ``taken`` until ``enrolled_at``, from then on the enrolment has it. The course has
    to end by ``needed_on``. The person's answer stands on the proposal, which the agency alone reads.
    """

    __tablename__ = "reservation"
    __table_args__ = (
        ForeignKeyConstraint(["proposal_id", "agency_id"], ["proposal.id", "proposal.agency_id"]),
        ForeignKeyConstraint(["seeker_id", "agency_id"], ["seeker.id", "seeker.agency_id"]),
        ForeignKeyConstraint(["cohort_id", "centre_id"], ["cohort.id", "cohort.centre_id"]),
        ForeignKeyConstraint(["post_id", "company_id"], ["post.id", "post.company_id"]),
        ForeignKeyConstraint(["enrolment_id", "centre_id"], ["enrolment.id", "enrolment.centre_id"]),
        CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="ended_with_reason"),
        CheckConstraint("(accepted_at IS NULL) = (enrolment_id IS NULL)", name="accepted_with_enrolment"),
        CheckConstraint("enrolled_at IS NULL OR accepted_at IS NOT NULL", name="enrolled_after_yes"),
        Index("uq_reservation_live_proposal", "proposal_id", unique=True, postgresql_where=LIVE),
        Index("uq_reservation_live_post", "post_id", unique=True, postgresql_where=LIVE),
        Index("uq_reservation_live_seeker", "seeker_id", unique=True, postgresql_where=LIVE),
        Index("ix_reservation_cohort", "cohort_id"),
        Index("ix_reservation_agency", "agency_id", "expires_at"),
        Index("ix_reservation_company", "company_id"),
        Index("ix_reservation_centre", "centre_id"),
        Index("ix_reservation_enrolment", "enrolment_id"),
    )

    proposal_id: Mapped[int]
    seeker_id: Mapped[int]
    cohort_id: Mapped[int]
    post_id: Mapped[int]
    company_id: Mapped[int]
    centre_id: Mapped[int]
    agency_id: Mapped[int]
    unit_id: Mapped[int]
    made_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    needed_on: Mapped[date]
    expires_at: Mapped[datetime]
    enrolment_id: Mapped[int | None]
    accepted_at: Mapped[datetime | None]
    enrolled_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[EndReason | None] = mapped_column(text_enum(EndReason, "end_reason"))
