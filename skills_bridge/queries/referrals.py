"""Referrals as each side sees them: the agency all of its unit, a company those that were sent to it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, select, true
from sqlalchemy.orm import Session

from skills_bridge.domain.accounts import Actor
from skills_bridge.domain.errors import NotFound
from skills_bridge.domain.framework import Evidence
from skills_bridge.domain.openings import OpeningState
from skills_bridge.domain.organisations import OrganisationKind
from skills_bridge.domain.referrals import LIVE, MOVES, REOPENED, ReferralState
from skills_bridge.domain.seekers import Channel
from skills_bridge.models import (
    AgencyUnit,
    Competency,
    EducationLevel,
    HeldCompetency,
    Language,
    Opening,
    Organisation,
    Placement,
    Province,
    Referral,
    Requirement,
    Seeker,
    SeekerIdentity,
    SeekerLanguage,
    StateChange,
)
from skills_bridge.policies.permissions import Permission, is_allowed
from skills_bridge.queries.framework import Label, label_columns, label_of
from skills_bridge.queries.listing import ListRequest, Page, fetch_page
from skills_bridge.queries.openings.listing import name_of

WAITING_FOR_COMPANY: Final = (ReferralState.SENT, ReferralState.INVITED)
_S = ReferralState


@dataclass(frozen=True)
class ReferralLine:
    """A row of the list; ``due_on`` is the company's deadline."""

    id: int
    public_id: uuid.UUID
    pseudonym: str
    opening: str
    title: str
    company: Label
    unit: Label
    state: ReferralState
    score: int | None
    changed_at: datetime
    sent_at: datetime | None
    due_on: date | None
    invited_at: datetime | None


@dataclass(frozen=True)
class HeldLine:
    """A competency that the opening asks for, and what the person holds of it (level 0: nothing)."""

    competency: Label
    asked_level: int
    is_must: bool
    level: int
    evidence: Evidence | None


@dataclass(frozen=True)
class PersonFacts:
    """What a company needs to judge a person, without knowing who she is."""

    id: int
    public_id: uuid.UUID
    pseudonym: str
    masked: str
    province: Label
    education: Label | None
    experience_months: int | None
    available_on: date | None
    languages: tuple[tuple[Label, str], ...]
    held: tuple[HeldLine, ...]


@dataclass(frozen=True)
class MoveLine:
    """A line of the history."""

    at: datetime
    state: ReferralState
    by: str
    reason: str | None


@dataclass(frozen=True)
class Offered:
    """What the reader may do now, as the services would permit it."""

    answer_for: bool
    send: bool
    withdraw: bool
    reopen: bool
    invite: bool
    select: bool
    reject: bool
    no_show: bool
    place: bool

    @property
    def company_answer(self) -> bool:
        """Whether the company's answer is awaited or may change."""
        return self.invite or self.select or self.reject


@dataclass(frozen=True)
class ReferralPage:
    """One referral with its person, history, and what the reader may do."""

    id: int
    public_id: uuid.UUID
    state: ReferralState
    opening: str
    opening_id: int
    opening_state: OpeningState
    title: str
    company: Label
    unit: Label
    person: PersonFacts
    score: int | None
    message: str
    reason: str | None
    created_at: datetime
    answered_on: date | None
    answered_channel: Channel | None
    sent_at: datetime | None
    due_on: date | None
    invited_at: datetime | None
    invited_place: str | None
    invited_contact: str | None
    placement_id: uuid.UUID | None
    moves: tuple[MoveLine, ...]
    offered: Offered


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the test that a referral stands in the actor's lists."""
    if actor.organisation_kind is OrganisationKind.COMPANY:
        return and_(Referral.company_id == actor.organisation_id, Referral.sent_at.is_not(None))
    followed = true() if actor.unit_id is None else Referral.unit_id == actor.unit_id
    return and_(Referral.agency_id == actor.organisation_id, followed)


FILTERS: Final[Mapping[str, Callable[[str, date], ColumnElement[bool]]]] = {
    "state": lambda value, _today: Referral.state == value,
    "step": lambda value, today: _steps(today)[value],
    "opening": lambda value, _today: Opening.reference == value,
}


def _steps(today: date) -> Mapping[str, ColumnElement[bool]]:
    """Return what waits for whom."""
    return {
        "call": Referral.state == _S.PROPOSED,
        "send": Referral.state == _S.ACCEPTED,
        "company": Referral.state.in_(WAITING_FOR_COMPANY),
        "late": and_(Referral.state == _S.SENT, Referral.answer_due_on < today),
        "place": Referral.state == _S.SELECTED,
        "ended": Referral.state.in_(REOPENED),
    }


def list_referrals(session: Session, *, actor: Actor, request: ListRequest, today: date) -> Page[ReferralLine]:
    """Return the referrals of the actor's lists."""
    query = _lines().where(visible_to(actor))
    for name in FILTERS.keys() & request.filters.keys():
        query = query.where(FILTERS[name](request.filters[name], today))
    return fetch_page(
        session,
        query,
        request,
        sorts={
            "changed": Referral.changed_at,
            "due": Referral.answer_due_on,
            "sent": Referral.sent_at,
            "opening": Opening.reference,
            "pseudonym": Seeker.pseudonym,
            "score": Referral.score,
        },
        tie_break=Referral.id,
        searched=(Seeker.pseudonym, Opening.reference, Opening.title, Organisation.name_fr),
        build=_line,
    )


def list_lines(session: Session, *, actor: Actor, public_ids: Iterable[uuid.UUID]) -> tuple[ReferralLine, ...]:
    """Return some referrals of the actor's lists, by pseudonym."""
    wanted = list(public_ids)
    query = _lines().where(visible_to(actor), Referral.public_id.in_(wanted)).order_by(Seeker.pseudonym)
    return tuple(_line(row) for row in session.execute(query))


def list_opening_choices(session: Session, *, actor: Actor) -> tuple[tuple[str, str], ...]:
    """Return reference and title of the openings that have referrals in the actor's lists, the newest first."""
    rows = session.execute(
        select(Opening.reference, Opening.title)
        .where(Opening.id.in_(select(Referral.opening_id).where(visible_to(actor))))
        .order_by(Opening.id.desc())
        .limit(200)
    )
    return tuple((reference, f"{reference} · {title}") for reference, title in rows)


def get_referral_page(session: Session, *, actor: Actor, public_id: uuid.UUID, now: datetime) -> ReferralPage:
    """Return one referral.

    :raises NotFound: it is not in the actor's lists.
    """
    row = session.execute(_page_rows().where(visible_to(actor), Referral.public_id == public_id)).one_or_none()
    if row is None:
        raise NotFound("referral", public_id)
    referral: Referral = row[0]
    return ReferralPage(
        **{name: getattr(referral, name) for name in _TAKEN},
        opening=row.reference,
        opening_state=row.opening_state,
        title=row.title,
        company=name_of(row.company_fr, row.company_ar),
        unit=name_of(row.unit_fr, row.unit_ar),
        person=_person(session, row),
        due_on=referral.answer_due_on,
        placement_id=row.placement_id,
        moves=_moves(session, actor, referral),
        offered=_offered(actor, referral, now),
    )


_TAKEN: Final = (
    "id",
    "public_id",
    "state",
    "opening_id",
    "score",
    "message",
    "reason",
    "created_at",
    "answered_on",
    "answered_channel",
    "sent_at",
    "invited_at",
    "invited_place",
    "invited_contact",
)


def _lines() -> Any:
    return (
        select(
            Referral,
            Seeker.pseudonym,
            Opening.reference,
            Opening.title,
            Organisation.name_fr.label("company_fr"),
            Organisation.name_ar.label("company_ar"),
            AgencyUnit.name_fr.label("unit_fr"),
            AgencyUnit.name_ar.label("unit_ar"),
        )
        .join(Seeker, Seeker.id == Referral.seeker_id)
        .join(Opening, Opening.id == Referral.opening_id)
        .join(Organisation, Organisation.id == Referral.company_id)
        .join(AgencyUnit, AgencyUnit.id == Referral.unit_id)
    )


def _line(row: Any) -> ReferralLine:
    referral: Referral = row[0]
    return ReferralLine(
        id=referral.id,
        public_id=referral.public_id,
        pseudonym=row.pseudonym,
        opening=row.reference,
        title=row.title,
        company=name_of(row.company_fr, row.company_ar),
        unit=name_of(row.unit_fr, row.unit_ar),
        state=referral.state,
        score=referral.score,
        changed_at=referral.changed_at,
        sent_at=referral.sent_at,
        due_on=referral.answer_due_on,
        invited_at=referral.invited_at,
    )


def _page_rows() -> Any:
    live = and_(Placement.referral_id == Referral.id, Placement.cancelled_on.is_(None))
    return (
        _lines()
        .add_columns(
            Seeker,
            Opening.state.label("opening_state"),
            SeekerIdentity.cin_masked,
            Placement.public_id.label("placement_id"),
            *label_columns(Province, "province"),
            *label_columns(EducationLevel, "education"),
        )
        .join(Province, Province.code == Seeker.province_code)
        .outerjoin(EducationLevel, EducationLevel.code == Seeker.education_code)
        .outerjoin(SeekerIdentity, SeekerIdentity.seeker_id == Seeker.id)
        .outerjoin(Placement, live)
    )


def _person(session: Session, row: Any) -> PersonFacts:
    referral: Referral = row[0]
    seeker: Seeker = row.Seeker
    return PersonFacts(
        id=seeker.id,
        public_id=seeker.public_id,
        pseudonym=seeker.pseudonym,
        masked=row.cin_masked or "",
        province=label_of(row, "province"),
        education=None if row.education_fr is None else label_of(row, "education"),
        experience_months=seeker.experience_months,
        available_on=seeker.available_on,
        languages=_languages(session, seeker.id),
        held=_held(session, referral),
    )


def _languages(session: Session, seeker_id: int) -> tuple[tuple[Label, str], ...]:
    rows = session.execute(
        select(SeekerLanguage.level, *label_columns(Language, "label"))
        .join(Language, Language.code == SeekerLanguage.language_code)
        .where(SeekerLanguage.seeker_id == seeker_id)
        .order_by(Language.code)
    )
    return tuple((label_of(row, "label"), row.level.value) for row in rows)


def _held(session: Session, referral: Referral) -> tuple[HeldLine, ...]:
    """Return what the opening asks for beside what the person holds, musts first."""
    rows = session.execute(
        select(
            Requirement.level.label("asked"),
            Requirement.is_must,
            HeldCompetency.level,
            HeldCompetency.evidence,
            *label_columns(Competency, "label"),
        )
        .join(Opening, Opening.revision_id == Requirement.revision_id)
        .join(Competency, Competency.id == Requirement.competency_id)
        .outerjoin(
            HeldCompetency,
            and_(
                HeldCompetency.competency_id == Requirement.competency_id,
                HeldCompetency.seeker_id == referral.seeker_id,
            ),
        )
        .where(Opening.id == referral.opening_id)
        .order_by(Requirement.is_must.desc(), Requirement.weight.desc(), Requirement.competency_id)
    )
    return tuple(HeldLine(label_of(r, "label"), r.asked, r.is_must, r.level or 0, r.evidence) for r in rows)


def _moves(session: Session, actor: Actor, referral: Referral) -> tuple[MoveLine, ...]:
    """Return the history, the newest first; a company's begins when the file reached it."""
    query = select(StateChange).where(StateChange.object_kind == "referral", StateChange.object_id == referral.id)
    if actor.organisation_kind is OrganisationKind.COMPANY:
        query = query.where(StateChange.changed_at >= func.coalesce(referral.sent_at, referral.changed_at))
    rows = session.scalars(query.order_by(StateChange.changed_at.desc(), StateChange.id.desc()))
    return tuple(MoveLine(r.changed_at, ReferralState(r.to_state), r.actor_name, r.reason) for r in rows)


def _offered(actor: Actor, referral: Referral, now: datetime) -> Offered:
    """Return what state table and permissions let the reader do."""
    agency = is_allowed(actor, Permission.REFERRAL_MANAGE, referral)
    company = is_allowed(actor, Permission.REFERRAL_ANSWER, referral)
    next_states, state = MOVES[referral.state], referral.state
    has_met = referral.invited_at is None or referral.invited_at <= now
    return Offered(
        answer_for=agency and state is _S.PROPOSED,
        send=agency and state is _S.ACCEPTED,
        withdraw=agency and state in LIVE,
        reopen=agency and state in REOPENED,
        invite=company and state is _S.SENT,
        select=company and state in WAITING_FOR_COMPANY,
        reject=company and _S.REJECTED in next_states,
        no_show=company and state is _S.INVITED and has_met,
        place=state is _S.SELECTED and is_allowed(actor, Permission.PLACEMENT_RECORD, referral),
    )
