"""Reservations as each party sees them: the agency all of its unit, a centre its seats, a company its posts.

What a party may not see stays empty in its lines: the person is named to a centre once she accepted, to a company
never; the opening is unknown to a centre, the cohort to a company.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, select, true
from sqlalchemy.orm import Session

from skills_bridge.domain.accounts import Actor
from skills_bridge.domain.errors import NotFound
from skills_bridge.domain.organisations import OrganisationKind
from skills_bridge.domain.proposals import ProposalState
from skills_bridge.domain.reservations import PERSONAL, SOON, EndReason, ReservationStep, last_day, step_of
from skills_bridge.domain.seekers import Channel
from skills_bridge.domain.training import EnrolmentState
from skills_bridge.models import (
    Cohort,
    Enrolment,
    Opening,
    Organisation,
    Post,
    Programme,
    Proposal,
    Reservation,
    Seeker,
    StateChange,
)
from skills_bridge.policies.permissions import Permission, is_allowed
from skills_bridge.queries.framework import Label
from skills_bridge.queries.listing import ListRequest, Page, fetch_page
from skills_bridge.queries.openings.listing import name_of


@dataclass(frozen=True)
class ReservationLine:
    """A seat and a post kept together; ``until`` is the last day on which they are.

    ``end_reason`` is told outside the agency only if it is not the person's business; ``may_manage`` says whether the
    actor may answer for the person and end it.
    """

    id: int
    public_id: uuid.UUID
    step: ReservationStep
    until: date
    made_at: datetime
    ended_at: datetime | None
    end_reason: EndReason | None
    seeker_public_id: uuid.UUID | None
    pseudonym: str | None
    opening: str | None
    title: str | None
    company: Label | None
    cohort: str | None
    programme: Label | None
    centre: Label | None
    learner: EnrolmentState | None
    may_manage: bool

    @property
    def is_live(self) -> bool:
        """Whether seat or post is still kept."""
        return self.step is not ReservationStep.ENDED


@dataclass(frozen=True)
class StepLine:
    """A step in the life of a reservation."""

    at: datetime
    step: ReservationStep
    by: str
    reason: EndReason | None


@dataclass(frozen=True)
class ReservationPage:
    """One reservation with its dates, and for the agency the person's answer."""

    line: ReservationLine
    needed_on: date
    course_from: date | None
    course_until: date | None
    answer: ProposalState | None
    answered_on: date | None
    answered_channel: Channel | None
    steps: tuple[StepLine, ...]


OWNERS: Final[Mapping[OrganisationKind | None, Any]] = {
    OrganisationKind.TRAINING_CENTRE: Reservation.centre_id,
    OrganisationKind.COMPANY: Reservation.company_id,
}
"""Whose a reservation is in the eyes of a kind of organisation; in all others' it is the agency's."""

_live: Final = Reservation.ended_at.is_(None)
STEPS: Final[Mapping[ReservationStep, ColumnElement[bool]]] = {
    ReservationStep.ASKED: and_(_live, Reservation.accepted_at.is_(None)),
    ReservationStep.ACCEPTED: and_(_live, Reservation.accepted_at.is_not(None), Reservation.enrolled_at.is_(None)),
    ReservationStep.ENROLLED: and_(_live, Reservation.enrolled_at.is_not(None)),
    ReservationStep.ENDED: ~_live,
}


def followed_by(actor: Actor) -> ColumnElement[bool]:
    """Return the test that a reservation stands in the actor's list: her organisation's and unit's."""
    owner = OWNERS.get(actor.organisation_kind, Reservation.agency_id)
    unit = true() if actor.unit_id is None else Reservation.unit_id == actor.unit_id
    return and_(owner == actor.organisation_id, unit)


def expires_soon() -> ColumnElement[bool]:
    """Return the test that a seat nobody uses yet goes back within three days."""
    return and_(_live, Reservation.enrolled_at.is_(None), Reservation.expires_at <= func.now() + SOON)


def list_reservations(session: Session, *, actor: Actor, request: ListRequest) -> Page[ReservationLine]:
    """Return the reservations of the actor's list; unless a step is asked for, those that live."""
    filters: Mapping[str, Callable[[str], ColumnElement[bool]]] = {
        "step": lambda value: STEPS[ReservationStep(value)],
        "due": lambda _value: expires_soon(),
        "opening": lambda value: Opening.reference == value,
    }
    query = _lines().where(followed_by(actor))
    if not {"step", "due"} & request.filters.keys():
        query = query.where(_live)
    for name in filters.keys() & request.filters.keys():
        query = query.where(filters[name](request.filters[name]))
    return fetch_page(
        session,
        query,
        request,
        sorts={
            "until": Reservation.expires_at,
            "made": Reservation.created_at,
            "pseudonym": Seeker.pseudonym,
            "opening": Opening.reference,
            "cohort": Cohort.reference,
        },
        tie_break=Reservation.id,
        searched=(Seeker.pseudonym, Opening.reference, Opening.title, Cohort.reference),
        build=lambda row: _line(row, actor),
    )


def list_live(
    session: Session,
    *,
    actor: Actor,
    opening_id: int | None = None,
    seeker_id: int | None = None,
    cohort_id: int | None = None,
) -> tuple[ReservationLine, ...]:
    """Return the live reservations of an opening, a person or a cohort, whoever follows them, the next to end first."""
    wanted = {Post.opening_id: opening_id, Reservation.seeker_id: seeker_id, Reservation.cohort_id: cohort_id}
    tests = [column == key for column, key in wanted.items() if key is not None]
    rows = session.execute(_lines().where(_live, *tests).order_by(Reservation.expires_at, Reservation.id))
    return tuple(_line(row, actor) for row in rows)


def get_reservation_page(session: Session, *, actor: Actor, public_id: uuid.UUID) -> ReservationPage:
    """Return one reservation.

    :raises NotFound: there is none in the actor's scope.
    """
    row = session.execute(_lines().where(Reservation.public_id == public_id)).one_or_none()
    if row is None:
        raise NotFound("reservation", public_id)
    reservation: Reservation = row[0]
    return ReservationPage(
        line=_line(row, actor),
        needed_on=reservation.needed_on,
        course_from=row.starts_on,
        course_until=row.expected_end_on,
        answer=row.answer,
        answered_on=row.answered_on,
        answered_channel=row.answered_channel,
        steps=_steps(session, reservation.id, actor),
    )


def _lines() -> Any:
    company, centre = Organisation.__table__.alias("company"), Organisation.__table__.alias("centre")
    return (
        select(
            Reservation,
            Seeker.public_id.label("seeker_public_id"),
            Seeker.pseudonym,
            Opening.reference.label("opening"),
            Opening.title,
            company.c.name_fr.label("company_fr"),
            company.c.name_ar.label("company_ar"),
            Cohort.reference.label("cohort"),
            Cohort.starts_on,
            Cohort.expected_end_on,
            Programme.title_fr,
            Programme.title_ar,
            centre.c.name_fr.label("centre_fr"),
            centre.c.name_ar.label("centre_ar"),
            Enrolment.state.label("learner"),
            Proposal.state.label("answer"),
            Proposal.answered_on,
            Proposal.answered_channel,
        )
        .outerjoin(Post, Post.id == Reservation.post_id)
        .outerjoin(Opening, Opening.id == Post.opening_id)
        .outerjoin(company, company.c.id == Reservation.company_id)
        .outerjoin(Cohort, Cohort.id == Reservation.cohort_id)
        .outerjoin(Programme, Programme.id == Cohort.programme_id)
        .outerjoin(centre, centre.c.id == Reservation.centre_id)
        .outerjoin(Enrolment, Enrolment.id == Reservation.enrolment_id)
        .outerjoin(Proposal, Proposal.id == Reservation.proposal_id)
        .outerjoin(Seeker, and_(Seeker.id == Reservation.seeker_id, _is_named_to_reader()))
    )


def _is_named_to_reader() -> ColumnElement[bool]:
    """Return the test that a reader learns who it is: the agency, which reads proposals, or a centre after a yes."""
    return Proposal.id.is_not(None) | Enrolment.id.is_not(None)


def _line(row: Any, actor: Actor) -> ReservationLine:
    reservation: Reservation = row[0]
    inside = actor.organisation_kind is OrganisationKind.AGENCY
    step = step_of(
        accepted_at=reservation.accepted_at, enrolled_at=reservation.enrolled_at, ended_at=reservation.ended_at
    )
    return ReservationLine(
        id=reservation.id,
        public_id=reservation.public_id,
        step=step,
        until=last_day(reservation.expires_at),
        made_at=reservation.created_at,
        ended_at=reservation.ended_at,
        end_reason=_told(reservation.end_reason, inside=inside),
        seeker_public_id=row.seeker_public_id,
        pseudonym=row.pseudonym,
        opening=row.opening,
        title=row.title,
        company=name_of(row.company_fr, row.company_ar) if row.company_fr else None,
        cohort=row.cohort,
        programme=name_of(row.title_fr, row.title_ar or row.title_fr) if row.title_fr else None,
        centre=name_of(row.centre_fr, row.centre_ar) if row.centre_fr else None,
        learner=row.learner,
        may_manage=step is not ReservationStep.ENDED and is_allowed(actor, Permission.RESERVATION_MANAGE, reservation),
    )


def _told(reason: EndReason | None, *, inside: bool) -> EndReason | None:
    return None if reason in PERSONAL and not inside else reason


def _steps(session: Session, reservation_id: int, actor: Actor) -> tuple[StepLine, ...]:
    rows = session.scalars(
        select(StateChange)
        .where(StateChange.object_kind == "reservation", StateChange.object_id == reservation_id)
        .order_by(StateChange.changed_at.desc(), StateChange.id.desc())
    )
    inside = actor.organisation_kind is OrganisationKind.AGENCY
    return tuple(
        StepLine(
            at=row.changed_at,
            step=ReservationStep(row.to_state),
            by=row.actor_name if inside else "",
            reason=_told(EndReason(row.reason) if row.reason else None, inside=inside),
        )
        for row in rows
    )
