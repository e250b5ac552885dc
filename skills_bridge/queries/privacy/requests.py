"""Requests of people as the desk sees them: the list, one of them, and its file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from skills_bridge.domain.accounts import Actor
from skills_bridge.domain.errors import NotFound
from skills_bridge.domain.privacy import OPEN, Refusal, RequestState, RightsKind
from skills_bridge.domain.seekers import Channel
from skills_bridge.models import AccessFile, RetentionNotice, RetentionRun, RightsRequest, Seeker, StateChange
from skills_bridge.policies.permissions import Permission, is_allowed
from skills_bridge.queries.listing import ListRequest, Page, fetch_page


@dataclass(frozen=True, kw_only=True)
class RequestLine:
    """One request of the list."""

    reference: str
    pseudonym: str
    kind: RightsKind
    state: RequestState
    received_on: date
    due_on: date | None
    is_late: bool


@dataclass(frozen=True)
class Step:
    """A step in the life of a request."""

    at: datetime
    state: RequestState
    by: str
    reason: str | None


@dataclass(frozen=True, kw_only=True)
class RequestPage:
    """A request with its clock, its history and what the reader may do; no name, no contact."""

    reference: str
    pseudonym: str
    seeker_public_id: str | None
    kind: RightsKind
    state: RequestState
    channel: Channel
    language: str
    details: str
    received_on: date
    due_on: date | None
    is_late: bool
    refusal: Refusal | None
    expires_at: datetime | None
    taken_at: datetime | None
    has_file: bool
    can_take: bool
    can_decide: bool
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class NoticeLine:
    """A file that will be anonymised unless the person is heard of."""

    pseudonym: str
    public_id: str | None
    noticed_at: datetime
    due_on: date
    mailed_at: datetime | None


@dataclass(frozen=True)
class RunLine:
    """A look at the clock of inactivity."""

    ran_at: datetime
    is_applied: bool
    to_notice: int
    to_keep: int
    to_forget: int


def access_purpose(request_id: int) -> str:
    """Return what an access file is sealed for."""
    return f"access-file:{request_id}"


def is_open() -> ColumnElement[bool]:
    """Return the test that a person still waits for an answer."""
    return RightsRequest.state.in_(OPEN)


def is_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the test that the reader follows a request: her unit's, or all for the officer."""
    return and_(True) if actor.unit_id is None else RightsRequest.unit_id == actor.unit_id


def list_requests(session: Session, *, actor: Actor, request: ListRequest, today: date) -> Page[RequestLine]:
    """Return the requests that the reader follows, the one due first unless asked otherwise."""
    query = select(RightsRequest).where(is_visible_to(actor))
    if "state" in request.filters:
        wanted = request.filters["state"]
        query = query.where(is_open() if wanted == "open" else RightsRequest.state == wanted)
    if "kind" in request.filters:
        query = query.where(RightsRequest.kind == request.filters["kind"])
    if "late" in request.filters:
        query = query.where(is_open(), RightsRequest.due_on < today)
    return fetch_page(
        session,
        query,
        request,
        sorts={
            "reference": RightsRequest.id,
            "received": RightsRequest.received_on,
            "due": RightsRequest.due_on,
            "kind": RightsRequest.kind,
        },
        tie_break=RightsRequest.id,
        searched=(RightsRequest.reference, RightsRequest.pseudonym),
        build=lambda row: _line(row[0], today),
    )


def get_request_page(session: Session, *, actor: Actor, reference: str, today: date) -> RequestPage:
    """Return one request.

    :raises NotFound: there is no such request in the reader's scope.
    """
    row = session.scalar(select(RightsRequest).where(RightsRequest.reference == reference, is_visible_to(actor)))
    if row is None:
        raise NotFound("rights request", reference)
    file = (
        session.execute(
            select(
                AccessFile.expires_at, AccessFile.taken_at, AccessFile.content_sealed.is_not(None).label("is_there")
            ).where(AccessFile.request_id == row.id)
        ).one_or_none()
        if is_allowed(actor, Permission.RIGHTS_DECIDE, row)
        else None
    )
    public_id = session.scalar(select(Seeker.public_id).where(Seeker.id == row.seeker_id))
    return RequestPage(
        reference=row.reference,
        pseudonym=row.pseudonym,
        seeker_public_id=str(public_id) if public_id else None,
        kind=row.kind,
        state=row.state,
        channel=row.channel,
        language=row.language,
        details=row.details,
        received_on=row.received_on,
        due_on=row.due_on,
        is_late=_is_late(row, today),
        refusal=row.refusal,
        expires_at=file.expires_at if file else None,
        taken_at=file.taken_at if file else None,
        has_file=bool(file and file.is_there),
        can_take=is_allowed(actor, Permission.RIGHTS_TAKE, row),
        can_decide=is_allowed(actor, Permission.RIGHTS_DECIDE, row),
        steps=_steps(session, row.id),
    )


def list_notices(session: Session, *, actor: Actor, request: ListRequest) -> Page[NoticeLine]:
    """Return the files under notice that the reader follows, the one due first unless asked otherwise."""
    columns: tuple[Any, ...] = (
        Seeker.pseudonym,
        Seeker.public_id,
        RetentionNotice.noticed_at,
        RetentionNotice.due_on,
        RetentionNotice.mailed_at,
    )
    query = select(*columns).join(Seeker, Seeker.id == RetentionNotice.seeker_id).where(has_live_notice(actor))
    return fetch_page(
        session,
        query,
        request,
        sorts={"due": RetentionNotice.due_on, "pseudonym": Seeker.pseudonym},
        tie_break=RetentionNotice.id,
        searched=(Seeker.pseudonym,),
        build=lambda row: NoticeLine(row.pseudonym, str(row.public_id), row.noticed_at, row.due_on, row.mailed_at),
    )


def has_live_notice(actor: Actor) -> ColumnElement[bool]:
    """Return the test that a notice waits, for a person whom the reader follows."""
    own = and_(True) if actor.unit_id is None else RetentionNotice.unit_id == actor.unit_id
    seen = select(Seeker.id).where(Seeker.id == RetentionNotice.seeker_id).correlate(RetentionNotice).exists()
    return and_(RetentionNotice.ended_at.is_(None), own, seen)


def list_runs(session: Session) -> tuple[RunLine, ...]:
    """Return the last looks at the clock of inactivity, the latest first."""
    rows = session.scalars(select(RetentionRun).order_by(RetentionRun.id.desc()).limit(14))
    return tuple(RunLine(row.ran_at, row.is_applied, **row.counts) for row in rows)


def _line(row: RightsRequest, today: date) -> RequestLine:
    return RequestLine(
        reference=row.reference,
        pseudonym=row.pseudonym,
        kind=row.kind,
        state=row.state,
        received_on=row.received_on,
        due_on=row.due_on,
        is_late=_is_late(row, today),
    )


def _is_late(row: RightsRequest, today: date) -> bool:
    return row.state in OPEN and row.due_on is not None and row.due_on < today


def _steps(session: Session, request_id: int) -> tuple[Step, ...]:
    rows = session.scalars(
        select(StateChange)
        .where(StateChange.object_kind == "rights_request", StateChange.object_id == request_id)
        .order_by(StateChange.changed_at.desc(), StateChange.id.desc())
    )
    return tuple(Step(row.changed_at, RequestState(row.to_state), row.actor_name, row.reason) for row in rows)
