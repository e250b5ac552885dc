"""Organisations as the platform sees them: the list, one's life and people, the requests that wait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills_bridge.domain.accounts import ADMINISTERS, Actor, Role
from skills_bridge.domain.errors import NotFound
from skills_bridge.domain.organisations import ASKING_KINDS, OrganisationKind, OrganisationState
from skills_bridge.models import AgencyUnit, Membership, Organisation, OrganisationMove, OrganisationRequest
from skills_bridge.queries.accounts import (
    Offer,
    Reset,
    describe_resets,
    list_offers,
    names_of,
    waiting_resets,
)
from skills_bridge.queries.listing import ListRequest, Page, fetch_page


@dataclass(frozen=True)
class OrganisationLine:
    """One organisation of the list."""

    id: int
    kind: OrganisationKind
    state: OrganisationState
    name_fr: str
    name_ar: str
    ice: str | None
    created_at: datetime

    def name(self, language: str) -> str:
        """Return the name for a reader."""
        return self.name_ar if language == "ar" else self.name_fr


@dataclass(frozen=True)
class RequestLine:
    """Somebody's wish that an organisation be admitted."""

    id: int
    kind: OrganisationKind
    name_fr: str
    name_ar: str
    ice: str | None
    contact_name: str
    contact_email: str
    asked_at: datetime


@dataclass(frozen=True)
class MoveLine:
    """A step of an organisation's life; ``facts`` counts what a hand-over closed."""

    at: datetime
    state: OrganisationState
    by: str
    reason: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class AdministratorLine:
    """Somebody who administers the organisation."""

    name: str
    email: str
    role: Role


@dataclass(frozen=True)
class OrganisationPage:
    """An organisation with its people in number, who administers it, and its life."""

    line: OrganisationLine
    members: int
    administrators: tuple[AdministratorLine, ...]
    offers: tuple[Offer, ...]
    resets: tuple[Reset, ...]
    moves: tuple[MoveLine, ...]
    roles: tuple[Role, ...]

    @property
    def can_verify(self) -> bool:
        """Whether it waits for verification and somebody administers it."""
        return self.line.state is OrganisationState.INVITED and bool(self.administrators)

    @property
    def can_suspend(self) -> bool:
        """Whether it acts and may be stopped."""
        return self.line.state is OrganisationState.VERIFIED and self.line.kind in ASKING_KINDS

    @property
    def can_leave(self) -> bool:
        """Whether it may leave for good."""
        return self.line.state is not OrganisationState.LEFT and self.line.kind in ASKING_KINDS


def list_organisations(session: Session, *, request: ListRequest) -> Page[OrganisationLine]:
    """Return organisations, by name unless asked otherwise; which ones, the scope decides."""
    query = select(Organisation)
    if "state" in request.filters:
        query = query.where(Organisation.state == request.filters["state"])
    if "kind" in request.filters:
        query = query.where(Organisation.kind == request.filters["kind"])
    return fetch_page(
        session,
        query,
        request,
        sorts={"name": func.search_text(Organisation.name_fr), "created": Organisation.created_at},
        tie_break=Organisation.id,
        searched=(Organisation.name_fr, Organisation.name_ar, Organisation.ice),
        build=lambda row: _line(row[0]),
    )


def list_requests(session: Session) -> tuple[RequestLine, ...]:
    """Return the requests that wait for the platform's answer, the oldest first."""
    rows = session.scalars(
        select(OrganisationRequest).where(OrganisationRequest.decided_at.is_(None)).order_by(OrganisationRequest.id)
    )
    return tuple(
        RequestLine(
            row.id, row.kind, row.name_fr, row.name_ar, row.ice, row.contact_name, row.contact_email, row.asked_at
        )
        for row in rows
    )


def get_organisation_page(
    session: Session, people: Session, *, actor: Actor, organisation_id: int, now: datetime
) -> OrganisationPage:
    """Return one organisation for the platform; ``people`` is in the account scope, which alone reads names.

    :raises NotFound: there is no such organisation in the actor's scope.
    """
    organisation = session.get(Organisation, organisation_id)
    if organisation is None:
        raise NotFound("organisation", organisation_id)
    live = select(Membership).where(Membership.organisation_id == organisation_id, Membership.ended_at.is_(None))
    members = session.scalars(live.order_by(Membership.id)).all()
    leading = [one for one in members if one.role in ADMINISTERS[organisation.kind]]
    waiting = waiting_resets(session, organisation_id=organisation_id)
    wanted = {one.user_id for one in leading} | {one.user_id for one in waiting} | {one.asked_by for one in waiting}
    names = names_of(people, wanted)
    return OrganisationPage(
        line=_line(organisation),
        members=len(members),
        administrators=tuple(AdministratorLine(*names[one.user_id], one.role) for one in leading),
        offers=list_offers(session, organisation_id=organisation_id, now=now),
        resets=describe_resets(waiting, names, actor=actor),
        moves=_moves(session, organisation_id),
        roles=tuple(ADMINISTERS[organisation.kind]),
    )


def list_units(session: Session, *, organisation_id: int, language: str) -> list[tuple[int, str]]:
    """Return the units of an agency with their names for a reader; other organisations have none."""
    name = AgencyUnit.name_ar if language == "ar" else AgencyUnit.name_fr
    rows = session.execute(
        select(AgencyUnit.id, name).where(AgencyUnit.agency_id == organisation_id).order_by(AgencyUnit.id)
    )
    return [(unit_id, words) for unit_id, words in rows]  # rows are no pairs for the type checker


def _moves(session: Session, organisation_id: int) -> tuple[MoveLine, ...]:
    """Return an organisation's life, the latest step first."""
    rows = session.scalars(
        select(OrganisationMove)
        .where(OrganisationMove.organisation_id == organisation_id)
        .order_by(OrganisationMove.id.desc())
    )
    return tuple(MoveLine(row.changed_at, row.to_state, row.actor_name, row.note, row.facts) for row in rows)


def _line(row: Organisation) -> OrganisationLine:
    """Return an organisation as a line."""
    return OrganisationLine(row.id, row.kind, row.state, row.name_fr, row.name_ar, row.ice, row.created_at)
