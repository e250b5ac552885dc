"""The proposals of the last allocation as advisers work them off, and what the allocation says of itself."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session

from skills_bridge.domain.accounts import Actor
from skills_bridge.domain.errors import NotFound
from skills_bridge.domain.proposals import ProposalKind, ProposalState, SetAsideReason
from skills_bridge.models import AllocationRun, Opening, Organisation, Proposal, Referral, Seeker, UserAccount
from skills_bridge.policies.permissions import Permission, is_allowed
from skills_bridge.queries.framework import Label
from skills_bridge.queries.listing import ListRequest, Page, fetch_page
from skills_bridge.queries.openings.listing import name_of


@dataclass(frozen=True)
class ProposalLine:
    """A proposal: person, opening, what it costs her, what became of it; ``may_decide`` says whether the actor may.

    ``score`` and ``below_best`` are in hundredths of a per cent; ``own_place`` of ``own_offers`` is the opening's place
    among all that list her as ready.
    """

    id: int
    public_id: uuid.UUID
    seeker_public_id: uuid.UUID
    pseudonym: str
    opening: str
    title: str
    company: Label
    state: ProposalState
    score: int
    below_best: int
    own_place: int
    own_offers: int
    is_kept: bool
    is_waiting: bool
    referral_id: uuid.UUID | None
    may_decide: bool


@dataclass(frozen=True)
class ProposalPage:
    """One proposal, and who decided what, when and why."""

    line: ProposalLine
    decided_by: str | None
    decided_at: datetime | None
    reason: SetAsideReason | None
    note: str


@dataclass(frozen=True)
class AllocationLine:
    """What an allocation says of itself: counts, distance to the proven bound, and when it was made."""

    created_at: datetime
    gap: int
    is_proven: bool
    counts: Mapping[str, int]


FILTERS: Final[Mapping[str, Callable[[str], ColumnElement[bool]]]] = {
    "cost": lambda value: Proposal.own_place == 1 if value == "best" else Proposal.own_place > 1,
    "waiting": lambda value: Proposal.is_waiting == (value == "yes"),
    "change": lambda value: Proposal.is_kept == (value == "kept"),
}


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the test that a proposal of the allocation stands in the actor's list: opening or person is her unit's."""
    followed = (
        true() if actor.unit_id is None else or_(Proposal.unit_id == actor.unit_id, Seeker.unit_id == actor.unit_id)
    )
    made_by_allocation = Proposal.kind == ProposalKind.ALLOCATION
    return and_(Proposal.agency_id == actor.organisation_id, made_by_allocation, followed)


def list_proposals(session: Session, *, actor: Actor, request: ListRequest) -> Page[ProposalLine]:
    """Return the proposals of the actor's list; unless a state is asked for, those that still wait for a decision.

    A pair that became a referral by another way waits for nobody.
    """
    state = request.filters.get("state", ProposalState.OPEN.value)
    query = _lines().where(visible_to(actor), Proposal.state == state)
    if state == ProposalState.OPEN:
        query = query.where(Referral.id.is_(None))
    for name in FILTERS.keys() & request.filters.keys():
        query = query.where(FILTERS[name](request.filters[name]))
    return fetch_page(
        session,
        query,
        request,
        sorts={
            "pseudonym": Seeker.pseudonym,
            "opening": Opening.reference,
            "score": Proposal.score,
            "cost": Proposal.below_best,
        },
        tie_break=Proposal.id,
        searched=(Seeker.pseudonym, Opening.reference, Opening.title, Organisation.name_fr),
        build=lambda row: _line(row, actor),
    )


def list_chosen(session: Session, *, actor: Actor, public_ids: Iterable[uuid.UUID]) -> tuple[ProposalLine, ...]:
    """Return those of some proposals that wait for the actor's decision, by opening and pseudonym."""
    wanted = list(public_ids)
    query = _lines().where(
        visible_to(actor), Proposal.public_id.in_(wanted), Proposal.state == ProposalState.OPEN, Referral.id.is_(None)
    )
    rows = session.execute(query.order_by(Opening.reference, Seeker.pseudonym))
    return tuple(line for line in (_line(row, actor) for row in rows) if line.may_decide)


def get_proposal_page(session: Session, *, actor: Actor, public_id: uuid.UUID) -> ProposalPage:
    """Return one proposal.

    :raises NotFound: it is not in the actor's list.
    """
    row = session.execute(_lines().where(visible_to(actor), Proposal.public_id == public_id)).one_or_none()
    if row is None:
        raise NotFound("proposal", public_id)
    proposal: Proposal = row[0]
    return ProposalPage(
        line=_line(row, actor),
        decided_by=row.decided_by,
        decided_at=proposal.decided_at,
        reason=proposal.reason,
        note=proposal.note,
    )


def get_last_allocation(session: Session, *, actor: Actor) -> AllocationLine | None:
    """Return the last allocation of the actor's agency, if there was one."""
    run = session.scalar(
        select(AllocationRun)
        .where(AllocationRun.agency_id == actor.organisation_id)
        .order_by(AllocationRun.id.desc())
        .limit(1)
    )
    return None if run is None else AllocationLine(run.created_at, run.gap, run.is_proven, run.counts)


def _lines() -> Any:
    return (
        select(
            Proposal,
            Seeker.pseudonym,
            Seeker.public_id.label("seeker_public_id"),
            Opening.reference,
            Opening.title,
            Organisation.name_fr,
            Organisation.name_ar,
            Referral.public_id.label("referral_id"),
            UserAccount.display_name.label("decided_by"),
        )
        .join(Seeker, Seeker.id == Proposal.seeker_id)
        .join(Opening, Opening.id == Proposal.opening_id)
        .join(Organisation, Organisation.id == Proposal.company_id)
        .outerjoin(Referral, and_(Referral.opening_id == Proposal.opening_id, Referral.seeker_id == Proposal.seeker_id))
        .outerjoin(UserAccount, UserAccount.id == Proposal.decided_by)
    )


def _line(row: Any, actor: Actor) -> ProposalLine:
    proposal: Proposal = row[0]
    taken = ("id", "public_id", "state", "score", "below_best", "own_place", "own_offers", "is_kept", "is_waiting")
    return ProposalLine(
        **{name: getattr(proposal, name) for name in taken},
        seeker_public_id=row.seeker_public_id,
        pseudonym=row.pseudonym,
        opening=row.reference,
        title=row.title,
        company=name_of(row.name_fr, row.name_ar),
        referral_id=row.referral_id,
        may_decide=is_allowed(actor, Permission.REFERRAL_MANAGE, proposal),
    )
