"""Starts on posts as company and agency see them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from skills_bridge.domain.accounts import Actor
from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.errors import NotFound
from skills_bridge.domain.openings import OpeningState
from skills_bridge.domain.organisations import OrganisationKind
from skills_bridge.domain.placements import CancelReason, PlacementKind, PlacementState, state_of
from skills_bridge.domain.referrals import EndReason, ReferralState
from skills_bridge.models import (
    ContractKind,
    Opening,
    OpeningRevision,
    Organisation,
    Placement,
    Post,
    Referral,
    Seeker,
    StateChange,
)
from skills_bridge.policies.permissions import Permission, is_allowed
from skills_bridge.queries.framework import Label, label_columns, label_of
from skills_bridge.queries.listing import ListRequest, Page, fetch_page
from skills_bridge.queries.openings.listing import name_of
from skills_bridge.queries.referrals import ReferralLine, list_lines


@dataclass(frozen=True)
class PlacementLine:
    """A row of the list."""

    public_id: uuid.UUID
    pseudonym: str
    opening: str
    title: str
    company: Label
    kind: PlacementKind
    contract: Label
    signed_on: date
    started_on: date
    state: PlacementState


@dataclass(frozen=True)
class PlacementMove:
    """A line of the history; ``code`` is recorded, undone or ended."""

    at: datetime
    code: str
    by: str
    reason: str | None


@dataclass(frozen=True)
class PlacementPage:
    """One placement; ``reopenable`` are the referrals that it ended, once it was undone."""

    id: int
    public_id: uuid.UUID
    line: PlacementLine
    referral_id: uuid.UUID
    seeker_id: int
    due_on: date
    opening_state: OpeningState
    recorded_at: datetime
    cancelled_on: date | None
    cancel_reason: CancelReason | None
    ended_on: date | None
    moves: tuple[PlacementMove, ...]
    reopenable: tuple[ReferralLine, ...]
    may_undo: bool
    may_end: bool


@dataclass(frozen=True)
class ToPlace:
    """A selected person whose start is about to be recorded."""

    id: int
    public_id: uuid.UUID
    pseudonym: str
    opening: str
    title: str
    contract_code: str | None
    start_on: date | None


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the test that a placement is the actor's company's, or her agency's."""
    if actor.organisation_kind is OrganisationKind.COMPANY:
        return Placement.company_id == actor.organisation_id
    followed = () if actor.unit_id is None else (Opening.unit_id == actor.unit_id,)
    return and_(Placement.agency_id == actor.organisation_id, *followed)


def _states(today: date) -> Mapping[str, ColumnElement[bool]]:
    live = and_(Placement.cancelled_on.is_(None), Placement.ended_on.is_(None))
    return {
        PlacementState.AHEAD.value: and_(live, Placement.started_on > today),
        PlacementState.RUNNING.value: and_(live, Placement.started_on <= today),
        PlacementState.ENDED.value: Placement.ended_on.is_not(None),
        PlacementState.UNDONE.value: Placement.cancelled_on.is_not(None),
    }


FILTERS: Final[Mapping[str, Callable[[str, date], ColumnElement[bool]]]] = {
    "kind": lambda value, _today: Placement.kind == value,
    "state": lambda value, today: _states(today)[value],
}


def list_placements(session: Session, *, actor: Actor, request: ListRequest, today: date) -> Page[PlacementLine]:
    """Return the placements that the actor follows."""
    query = _lines().where(visible_to(actor))
    for name in FILTERS.keys() & request.filters.keys():
        query = query.where(FILTERS[name](request.filters[name], today))
    return fetch_page(
        session,
        query,
        request,
        sorts={"started": Placement.started_on, "signed": Placement.signed_on, "opening": Opening.reference},
        tie_break=Placement.id,
        searched=(Seeker.pseudonym, Opening.reference, Opening.title, Organisation.name_fr),
        build=lambda row: _line(row, today),
    )


def get_placement_page(session: Session, *, actor: Actor, public_id: uuid.UUID, now: datetime) -> PlacementPage:
    """Return one placement.

    :raises NotFound: the actor does not follow it.
    """
    query = (
        _lines()
        .add_columns(Opening.state.label("opening_state"), Post.due_on, Referral.public_id.label("referral_public_id"))
        .join(Post, Post.id == Placement.post_id)
        .join(Referral, Referral.id == Placement.referral_id)
        .where(visible_to(actor), Placement.public_id == public_id)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound("placement", public_id)
    placement: Placement = row[0]
    line = _line(row, local_day(now))
    allowed = is_allowed(actor, Permission.PLACEMENT_RECORD, placement)
    return PlacementPage(
        id=placement.id,
        public_id=placement.public_id,
        line=line,
        referral_id=row.referral_public_id,
        seeker_id=placement.seeker_id,
        due_on=row.due_on,
        opening_state=row.opening_state,
        recorded_at=placement.recorded_at,
        cancelled_on=placement.cancelled_on,
        cancel_reason=placement.cancel_reason,
        ended_on=placement.ended_on,
        moves=_moves(session, placement.id),
        reopenable=_reopenable(session, actor, placement),
        may_undo=allowed and (line.state is PlacementState.AHEAD or _is_fresh(placement, line, now)),
        may_end=allowed and line.state is PlacementState.RUNNING,
    )


def get_to_place(session: Session, *, actor: Actor, public_id: uuid.UUID) -> ToPlace:
    """Return a referral whose start may be recorded, with the opening's contract and start.

    :raises NotFound: the actor does not follow it.
    """
    found = list_lines(session, actor=actor, public_ids=(public_id,))
    if not found:
        raise NotFound("referral", public_id)
    terms = session.execute(
        select(OpeningRevision.contract_code, OpeningRevision.start_on)
        .join(Opening, Opening.revision_id == OpeningRevision.id)
        .where(Opening.reference == found[0].opening)
    ).one_or_none()
    contract_code, start_on = (None, None) if terms is None else terms
    line = found[0]
    return ToPlace(line.id, public_id, line.pseudonym, line.opening, line.title, contract_code, start_on)


def list_contracts(session: Session) -> tuple[tuple[str, Label, bool], ...]:
    """Return code, label, and whether it is an employment contract, of each kind of contract."""
    rows = session.execute(
        select(ContractKind.code, ContractKind.is_employment_contract, *label_columns(ContractKind, "label")).order_by(
            ContractKind.is_employment_contract.desc(), ContractKind.label_fr
        )
    )
    return tuple((row.code, label_of(row, "label"), row.is_employment_contract) for row in rows)


def _lines() -> Any:
    return (
        select(
            Placement,
            Seeker.pseudonym,
            Opening.reference,
            Opening.title,
            Organisation.name_fr.label("company_fr"),
            Organisation.name_ar.label("company_ar"),
            *label_columns(ContractKind, "contract"),
        )
        .join(Seeker, Seeker.id == Placement.seeker_id)
        .join(Opening, Opening.id == Placement.opening_id)
        .join(Organisation, Organisation.id == Placement.company_id)
        .join(ContractKind, ContractKind.code == Placement.contract_code)
    )


def _line(row: Any, today: date) -> PlacementLine:
    placement: Placement = row[0]
    return PlacementLine(
        public_id=placement.public_id,
        pseudonym=row.pseudonym,
        opening=row.reference,
        title=row.title,
        company=name_of(row.company_fr, row.company_ar),
        kind=placement.kind,
        contract=label_of(row, "contract"),
        signed_on=placement.signed_on,
        started_on=placement.started_on,
        state=state_of(
            started_on=placement.started_on,
            ended_on=placement.ended_on,
            cancelled_on=placement.cancelled_on,
            today=today,
        ),
    )


def _is_fresh(placement: Placement, line: PlacementLine, now: datetime) -> bool:
    """Say whether a mistake of today may still be taken back."""
    return line.state is PlacementState.RUNNING and local_day(placement.recorded_at) == local_day(now)


def _moves(session: Session, placement_id: int) -> tuple[PlacementMove, ...]:
    rows = session.scalars(
        select(StateChange)
        .where(StateChange.object_kind == "placement", StateChange.object_id == placement_id)
        .order_by(StateChange.changed_at.desc(), StateChange.id.desc())
    )
    return tuple(PlacementMove(row.changed_at, row.to_state, row.actor_name, row.reason) for row in rows)


def _reopenable(session: Session, actor: Actor, placement: Placement) -> tuple[ReferralLine, ...]:
    """Return the referrals that an undone placement had ended; only the agency may go on with them."""
    if placement.cancelled_on is None or actor.organisation_kind is not OrganisationKind.AGENCY:
        return ()
    ended = session.scalars(
        select(Referral.public_id).where(
            Referral.state == ReferralState.ENDED,
            Referral.changed_at >= placement.recorded_at,
            or_(
                and_(Referral.seeker_id == placement.seeker_id, Referral.reason == EndReason.PERSON_PLACED),
                and_(Referral.opening_id == placement.opening_id, Referral.reason == EndReason.OPENING_FILLED),
            ),
        )
    )
    return list_lines(session, actor=actor, public_ids=ended)
