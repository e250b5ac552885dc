"""Allocations of places, and the proposals they make."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from skills_bridge.domain.proposals import ProposalKind, ProposalState, SetAsideReason
from skills_bridge.domain.seekers import Channel
from skills_bridge.models.base import Base, Keyed, Public, Timestamped, text_enum


class AllocationRun(Keyed, Timestamped, Base):
    """One allocation over the lists after a full run: its worth, how far below the proven bound, counts, milliseconds.

    ``gap`` 0 with ``is_proven`` says that no other allocation of the same lists is worth more.
    """

    __tablename__ = "allocation_run"
    __table_args__ = (
        ForeignKeyConstraint(["run_id", "agency_id"], ["match_run.id", "match_run.agency_id"]),
        UniqueConstraint("id", "agency_id"),
    )

    agency_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    run_id: Mapped[int] = mapped_column(unique=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("match_policy.id"))
    as_of: Mapped[date]
    worth: Mapped[int]
    gap: Mapped[int]
    is_proven: Mapped[bool]
    counts: Mapped[dict[str, Any]]
    times: Mapped[dict[str, Any]]


class Proposal(Keyed, Public, Timestamped, Base):
    """A person suggested for an opening, one row a pair and kind.

    *allocation*: by the last allocation that found the pair. ``own_place`` of ``own_offers`` is where the opening
    stands among all that list her as ready; ``below_best`` is what fairness over all costs her, in hundredths of a per
    cent of a score. ``is_kept`` marks what the allocation before proposed too. Decided rows stay and are respected.
    *bridge*: by an adviser, with a course before the post (:class:`Reservation`); ``answered_on`` and
    ``answered_channel`` say when and how the person gave her word.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        ForeignKeyConstraint(["opening_id", "company_id"], ["opening.id", "opening.company_id"]),
        ForeignKeyConstraint(["seeker_id", "agency_id"], ["seeker.id", "seeker.agency_id"]),
        ForeignKeyConstraint(["allocation_id", "agency_id"], ["allocation_run.id", "allocation_run.agency_id"]),
        UniqueConstraint("opening_id", "seeker_id", "kind"),
        UniqueConstraint("id", "agency_id"),
        CheckConstraint(
            "(state = 'open') = (decided_by IS NULL AND NOT coalesce(answered_channel = 'personal_link', false))",
            name="a_person_decides",
        ),
        CheckConstraint("(state = 'set_aside') = (reason IS NOT NULL)", name="set_aside_with_reason"),
        CheckConstraint("own_place BETWEEN 1 AND own_offers", name="place_among_offers"),
        CheckConstraint(
            "num_nonnulls(allocation_id, below_best, own_place, own_offers)"
            " = CASE WHEN kind = 'allocation' THEN 4 ELSE 0 END",
            name="facts_of_its_kind",
        ),
        CheckConstraint("(answered_on IS NULL) = (answered_channel IS NULL)", name="answer_with_channel"),
        CheckConstraint("answered_on IS NULL OR kind = 'bridge'", name="answer_to_bridge"),
        Index("ix_proposal_agency", "agency_id", "state"),
        Index("ix_proposal_seeker", "seeker_id"),
        Index("ix_proposal_allocation", "allocation_id"),
    )

    kind: Mapped[ProposalKind] = mapped_column(text_enum(ProposalKind, "kind"))
    allocation_id: Mapped[int | None]
    opening_id: Mapped[int]
    seeker_id: Mapped[int]
    company_id: Mapped[int]
    agency_id: Mapped[int]
    unit_id: Mapped[int]
    state: Mapped[ProposalState] = mapped_column(text_enum(ProposalState), default=ProposalState.OPEN)
    score: Mapped[int]
    below_best: Mapped[int | None]
    own_place: Mapped[int | None]
    own_offers: Mapped[int | None]
    is_kept: Mapped[bool]
    is_waiting: Mapped[bool]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[SetAsideReason | None] = mapped_column(text_enum(SetAsideReason, "reason"))
    note: Mapped[str] = mapped_column(default="")
    answered_channel: Mapped[Channel | None] = mapped_column(text_enum(Channel, "answered_channel"))
    answered_on: Mapped[date | None]
