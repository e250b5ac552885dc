"""People sent to openings."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from skills_bridge.domain.referrals import ReferralState
from skills_bridge.domain.seekers import Channel
from skills_bridge.models.base import Base, Keyed, Public, Timestamped, Versioned, text_enum


class Referral(Keyed, Public, Timestamped, Versioned, Base):
    """A person sent to an opening, shared by the company and the agency.

    ``decided_by`` is the member of staff who recorded the last outcome; outcomes for people need one, or the person's
    own word by her personal link.
    ``answered_channel`` and ``answered_on`` say how and when the seeker answered. ``parts`` are the competencies that
    made the score when the person was proposed, with their shares in hundredths of a per cent, which sum to it.
    """

    __tablename__ = "referral"
    __table_args__ = (
        ForeignKeyConstraint(["opening_id", "company_id"], ["opening.id", "opening.company_id"]),
        ForeignKeyConstraint(["seeker_id", "agency_id"], ["seeker.id", "seeker.agency_id"]),
        UniqueConstraint("opening_id", "seeker_id"),
        UniqueConstraint("id", "company_id"),
        CheckConstraint(
            "state NOT IN ('accepted', 'declined', 'selected', 'rejected', 'no_show', 'placed')"
            " OR decided_by IS NOT NULL"
            " OR state IN ('accepted', 'declined') AND coalesce(answered_channel = 'personal_link', false)",
            name="a_person_decides",
        ),
        CheckConstraint("(answered_on IS NULL) = (answered_channel IS NULL)", name="answer_with_channel"),
        Index("ix_referral_company", "company_id", "state"),
        Index("ix_referral_agency", "agency_id", "state"),
        Index("ix_referral_seeker", "seeker_id"),
    )

    opening_id: Mapped[int]
    seeker_id: Mapped[int]
    company_id: Mapped[int]
    agency_id: Mapped[int]
    unit_id: Mapped[int]
    state: Mapped[ReferralState] = mapped_column(text_enum(ReferralState), default=ReferralState.PROPOSED)
    proposed_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    score: Mapped[int | None]
    parts: Mapped[list[Any]] = mapped_column(default=list)
    result_class: Mapped[str | None]
    run_id: Mapped[int | None]
    message: Mapped[str] = mapped_column(default="")
    answered_channel: Mapped[Channel | None] = mapped_column(text_enum(Channel, "answered_channel"))
    answered_on: Mapped[date | None]
    answer_due_on: Mapped[date | None]
    reason: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    invited_at: Mapped[datetime | None]
    invited_place: Mapped[str | None]
    invited_contact: Mapped[str | None]
