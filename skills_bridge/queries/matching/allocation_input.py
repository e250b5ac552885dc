"""What the allocation reads: the lists as they are shown, open posts, and the pairs that are settled already.

The agency's own scope. As for matching itself, identity and equity have no place here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
from sqlalchemy import ColumnElement, Integer, Select, and_, func, literal, or_, select, type_coerce
from sqlalchemy.orm import Session

from skills_bridge.domain.calendar import add_months
from skills_bridge.domain.matching import ResultClass
from skills_bridge.domain.openings import OpeningState
from skills_bridge.domain.proposals import ProposalKind, ProposalState
from skills_bridge.domain.referrals import LIVE
from skills_bridge.engine.allocation_problem import Candidates, OpenPosts, Pairs, Waiting
from skills_bridge.engine.arrays import EPOCH, Int64s, day_number
from skills_bridge.models import MatchResult, Opening, Post, Proposal, Referral, Seeker
from skills_bridge.queries.bridges import is_reserved
from skills_bridge.queries.matching.run_input import is_looked_for

LONG_WAIT_MONTHS: Final = 12


@dataclass(frozen=True)
class Owner:
    """Whose an opening is."""

    company_id: int
    unit_id: int


@dataclass(frozen=True)
class AllocationInput:
    """The tables of the allocation, and whose each opening is."""

    candidates: Candidates
    openings: OpenPosts
    people: Waiting
    live: Pairs
    unsent: Pairs
    forbidden: Pairs
    owners: dict[int, Owner]


def get_allocation_input(session: Session, *, agency_id: int, as_of: date) -> AllocationInput:
    """Return what is to be allocated: *ready* people of the lists shown now who may still be looked for.

    A post that is reserved for a person in training has no places. A pair is forbidden if an adviser set it aside, or
    if its referral came to an end: only a person takes that up again.
    """
    openings = session.execute(_openings(agency_id)).all()
    owners = {row.id: Owner(row.company_id, row.unit_id) for row in openings}
    listed = _columns(session, _listed(agency_id, {row.current_run_id for row in openings}), 3)
    people = _people(session, agency_id, np.unique(listed[1]), as_of)
    # an opening that came to life since the first statement is left out
    listed = listed[:, np.isin(listed[0], list(owners)) & np.isin(listed[1], people.seeker_id)]
    return AllocationInput(
        candidates=Candidates(listed[0], listed[1], listed[2]),
        openings=OpenPosts(np.array(list(owners), np.int64), np.array([row.posts for row in openings], np.int64)),
        people=people.take(np.flatnonzero(np.isin(people.seeker_id, listed[1]))),
        live=_pairs(session, Referral, and_(Referral.agency_id == agency_id, Referral.state.in_(LIVE))),
        unsent=_pairs(session, Proposal, _is_proposal(agency_id, ProposalState.OPEN)),
        forbidden=_forbidden(session, agency_id, owners),
        owners=owners,
    )


def _openings(agency_id: int) -> Any:
    posts = (
        select(func.count())
        .select_from(Post)
        .where(Post.opening_id == Opening.id, Post.placement_id.is_(None), Post.closed_on.is_(None), ~is_reserved())
        .correlate(Opening)
        .scalar_subquery()
    )
    return (
        select(Opening.id, Opening.company_id, Opening.unit_id, Opening.current_run_id, posts.label("posts"))
        .where(*_is_live(agency_id), Opening.current_run_id.is_not(None))
        .order_by(Opening.id)
    )


def _is_live(agency_id: int) -> tuple[ColumnElement[bool], ...]:
    return Opening.agency_id == agency_id, Opening.state == OpeningState.VALIDATED


def _listed(agency_id: int, runs: Collection[int]) -> Select[int, int, int]:
    """Return the ready people of the lists shown now; the runs are named so that only their leaves are read."""
    return (
        select(MatchResult.opening_id, MatchResult.seeker_id, func.coalesce(MatchResult.score, 0))
        .join(Opening, and_(Opening.id == MatchResult.opening_id, Opening.current_run_id == MatchResult.run_id))
        .where(MatchResult.run_id.in_(runs), MatchResult.result_class == ResultClass.READY, *_is_live(agency_id))
    )


def _people(session: Session, agency_id: int, listed: Int64s, as_of: date) -> Waiting:
    """Return who of the listed may still be looked for, each asked for once, and who has waited long."""
    day = type_coerce(Seeker.registered_on - literal(EPOCH), Integer)
    wanted = select(Seeker.id, day).where(Seeker.id == func.any(listed.tolist()), is_looked_for(agency_id))
    people, registered = _columns(session, wanted, 2)
    long_ago = day_number(add_months(as_of, -LONG_WAIT_MONTHS))
    return Waiting(people, (registered <= long_ago).astype(np.int64))


def _is_proposal(agency_id: int, state: ProposalState) -> ColumnElement[bool]:
    return and_(Proposal.agency_id == agency_id, Proposal.kind == ProposalKind.ALLOCATION, Proposal.state == state)


def _forbidden(session: Session, agency_id: int, openings: Collection[int]) -> Pairs:
    """Return the pairs of live openings that only a person takes up again; a file of the past may be long."""
    ended = select(Referral.opening_id, Referral.seeker_id).where(
        Referral.agency_id == agency_id, Referral.state.not_in(LIVE), Referral.opening_id.in_(openings)
    )
    aside = select(Proposal.opening_id, Proposal.seeker_id).where(
        or_(_is_proposal(agency_id, ProposalState.SET_ASIDE), _is_proposal(agency_id, ProposalState.ACCEPTED))
    )
    found = np.unique(np.concatenate([_columns(session, query, 2) for query in (ended, aside)], axis=1), axis=1)
    return Pairs(found[0], found[1])


def _pairs(session: Session, table: type[Referral | Proposal], wanted: ColumnElement[bool]) -> Pairs:
    found = _columns(session, select(table.opening_id, table.seeker_id).where(wanted), 2)
    return Pairs(found[0], found[1])


def _columns(session: Session, query: Select[*tuple[int, ...]], width: int) -> Any:
    """Return the rows of a statement as whole numbers, one line a column.

    The database puts each column together: the driver takes a step for each row, and lists have hundreds of thousands.
    """
    together = select(*(func.array_agg(column) for column in query.subquery().c))
    return np.array([column or () for column in session.execute(together).one()], np.int64).reshape(width, -1)
