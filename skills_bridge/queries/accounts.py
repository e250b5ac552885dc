"""Who is signed in, and what every page needs to know before it is drawn."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session, aliased

from skills_bridge.domain.accounts import Actor, Role, Seat, may_give
from skills_bridge.domain.credentials import LinkKind
from skills_bridge.domain.organisations import OrganisationState
from skills_bridge.domain.settings import SessionSettings
from skills_bridge.models import (
    AccountLink,
    AgencyUnit,
    Invitation,
    Membership,
    Organisation,
    PlatformState,
    SecondFactorReset,
    UserAccount,
    WebSession,
)


@dataclass(frozen=True)
class Installation:
    """What is true of the whole site: invented data, and when relay and broker were last seen."""

    is_demo: bool
    broker_seen_at: datetime | None


def get_installation(session: Session) -> Installation:
    """Return the state of the site; a new one shows no invented data."""
    row = session.get(PlatformState, 1)
    return Installation(row.is_demo, row.broker_seen_at) if row else Installation(is_demo=False, broker_seen_at=None)


def get_actor(session: Session, *, user_id: int, membership_id: int, session_id: int) -> Actor | None:
    """Return the actor of a session, or None once the membership ended or the organisation may not act.

    Account scope of that user: checked on every request, so a removal holds from the next one on.
    """
    row = session.execute(
        select(Membership, Organisation, UserAccount, _other_seats(user_id, membership_id))
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .join(UserAccount, UserAccount.id == Membership.user_id)
        .where(
            Membership.id == membership_id,
            Membership.user_id == user_id,
            Membership.ended_at.is_(None),
            Organisation.state == OrganisationState.VERIFIED,
            UserAccount.disabled_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        return None
    membership, organisation, user, others = row
    return Actor(
        user_id=user.id,
        organisation_id=organisation.id,
        organisation_kind=organisation.kind,
        role=membership.role,
        unit_id=membership.unit_id,
        membership_id=membership.id,
        session_id=session_id,
        display_name=user.display_name,
        organisation_name=organisation.name_fr,
        organisation_name_ar=organisation.name_ar,
        language=user.language,
        other_seats=tuple(Seat(key, french, arabic, Role(role)) for key, french, arabic, role in others or ()),
    )


def _other_seats(user_id: int, membership_id: int) -> ScalarSelect[Any]:
    """Return the person's other live places in organisations that may act, in one value: no page asks once more."""
    seat, home = aliased(Membership), aliased(Organisation)
    line = func.json_build_array(seat.id, home.name_fr, home.name_ar, seat.role)
    return (
        select(func.json_agg(aggregate_order_by(line, home.name_fr, seat.id)))
        .join(home, home.id == seat.organisation_id)
        .where(
            seat.user_id == user_id,
            seat.id != membership_id,
            seat.ended_at.is_(None),
            home.state == OrganisationState.VERIFIED,
        )
        .select_from(seat)
        .scalar_subquery()
    )


@dataclass(frozen=True)
class SessionLine:
    """One of a person's signed-in sessions, on one device."""

    id: int
    device: str
    organisation_fr: str
    organisation_ar: str
    started_at: datetime
    seen_at: datetime
    is_this: bool

    def organisation(self, language: str) -> str:
        """Return the organisation's name for a reader."""
        return self.organisation_ar if language == "ar" else self.organisation_fr


def list_own_sessions(
    session: Session, *, user_id: int, session_id: int | None, now: datetime, limits: SessionSettings
) -> tuple[SessionLine, ...]:
    """Return a person's live sessions, this one first, then the latest used; account scope of that user."""
    rows = session.execute(
        select(WebSession, Organisation.name_fr, Organisation.name_ar)
        .join(Membership, Membership.id == WebSession.membership_id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(
            WebSession.user_id == user_id,
            WebSession.stage == "signed_in",
            WebSession.ended_at.is_(None),
            WebSession.seen_at >= now - limits.idle,
            WebSession.ends_at >= now,
        )
        .order_by((WebSession.id == session_id).desc(), WebSession.seen_at.desc(), WebSession.id)
    )
    return tuple(
        SessionLine(row.id, row.device, french, arabic, row.started_at, row.seen_at, row.id == session_id)
        for row, french, arabic in rows
    )


@dataclass(frozen=True)
class Member:
    """A live member of the actor's organisation; ``is_given`` says whether the actor's role gives and takes hers."""

    membership_id: int
    user_id: int
    name: str
    email: str
    role: Role
    unit_fr: str | None
    unit_ar: str | None
    is_given: bool
    is_self: bool
    reset_asked: bool


@dataclass(frozen=True)
class Offer:
    """An invitation that nobody took yet."""

    id: int
    email: str
    role: Role
    sent_at: datetime
    expires_at: datetime
    is_expired: bool


@dataclass(frozen=True)
class Reset:
    """A lost second factor that waits for a second administrator's word."""

    id: int
    name: str
    asked_by: str
    asked_at: datetime
    is_open_to_actor: bool


@dataclass(frozen=True)
class Team:
    """An organisation's people, invitations and waiting resets, as its administrator sees them."""

    members: tuple[Member, ...]
    offers: tuple[Offer, ...]
    resets: tuple[Reset, ...]
    roles: tuple[Role, ...]


def get_team(session: Session, people: Session, *, actor: Actor, now: datetime) -> Team:
    """Return the team of the actor's organisation.

    ``session`` is in the scope of that organisation; ``people`` in the account scope, the only one that reads names:
    it is asked for those of the team's members alone.
    """
    rows = session.execute(
        select(Membership, AgencyUnit.name_fr, AgencyUnit.name_ar)
        .outerjoin(AgencyUnit, AgencyUnit.id == Membership.unit_id)
        .where(Membership.organisation_id == actor.organisation_id, Membership.ended_at.is_(None))
        .order_by(Membership.role, Membership.id)
    ).all()
    waiting = waiting_resets(session, organisation_id=actor.organisation_id)
    names = names_of(people, {row.user_id for row, *_ in rows} | {reset.asked_by for reset in waiting})
    given = may_give(actor.organisation_kind, actor.role)
    asked = {reset.user_id for reset in waiting}
    members = tuple(
        Member(
            row.id,
            row.user_id,
            *names[row.user_id],
            row.role,
            french,
            arabic,
            is_given=row.role in given,
            is_self=row.user_id == actor.user_id,
            reset_asked=row.user_id in asked,
        )
        for row, french, arabic in rows
    )
    return Team(
        members=members,
        offers=list_offers(session, organisation_id=actor.organisation_id, now=now),
        resets=describe_resets(waiting, names, actor=actor),
        roles=tuple(role for role in Role if role in given),
    )


def list_offers(session: Session, *, organisation_id: int | None, now: datetime) -> tuple[Offer, ...]:
    """Return an organisation's open invitations, the latest first."""
    rows = session.scalars(
        select(Invitation)
        .where(
            Invitation.organisation_id == organisation_id,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
        .order_by(Invitation.sent_at.desc(), Invitation.id)
    )
    return tuple(Offer(row.id, row.email, row.role, row.sent_at, row.expires_at, row.expires_at < now) for row in rows)


def waiting_resets(session: Session, *, organisation_id: int | None) -> list[SecondFactorReset]:
    """Return the resets of an organisation's people that wait for a second word."""
    return list(
        session.scalars(
            select(SecondFactorReset)
            .where(SecondFactorReset.organisation_id == organisation_id, SecondFactorReset.decided_at.is_(None))
            .order_by(SecondFactorReset.id)
        )
    )


def describe_resets(
    waiting: Iterable[SecondFactorReset], names: Mapping[int, tuple[str, str]], *, actor: Actor
) -> tuple[Reset, ...]:
    """Return waiting resets with names, and whether the actor may be the second who decides."""
    return tuple(
        Reset(
            reset.id,
            names[reset.user_id][0],
            names[reset.asked_by][0],
            reset.asked_at,
            is_open_to_actor=actor.user_id not in (reset.user_id, reset.asked_by),
        )
        for reset in waiting
    )


def names_of(people: Session, user_ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Return name and address of people; account scope."""
    rows = people.execute(
        select(UserAccount.id, UserAccount.display_name, UserAccount.email).where(UserAccount.id.in_(user_ids))
    )
    return {user_id: (name, email) for user_id, name, email in rows}


@dataclass(frozen=True)
class OfferPage:
    """An open invitation as its reader sees it; ``is_known`` says that the address has an account."""

    email: str
    role: Role
    organisation_fr: str
    organisation_ar: str
    language: str
    is_known: bool

    def organisation(self, language: str) -> str:
        """Return the organisation's name for a reader."""
        return self.organisation_ar if language == "ar" else self.organisation_fr


def find_offer(session: Session, *, digest: bytes, now: datetime) -> OfferPage | None:
    """Return the open invitation of a link, or None; account scope."""
    row = session.execute(
        select(Invitation, Organisation)
        .join(Organisation, Organisation.id == Invitation.organisation_id)
        .where(
            Invitation.token_digest == digest,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at >= now,
        )
    ).one_or_none()
    if row is None:
        return None
    invitation, organisation = row
    known = session.scalar(select(UserAccount.id).where(func.lower(UserAccount.email) == invitation.email.lower()))
    return OfferPage(
        invitation.email,
        invitation.role,
        organisation.name_fr,
        organisation.name_ar,
        invitation.language,
        is_known=known is not None,
    )


def find_link_owner(session: Session, *, kind: LinkKind, digest: bytes, now: datetime) -> str | None:
    """Return the address of the person whom a link by mail belongs to, or None if it opens nothing; account scope."""
    return session.scalar(
        select(UserAccount.email)
        .join(AccountLink, AccountLink.user_id == UserAccount.id)
        .where(
            AccountLink.kind == kind,
            AccountLink.token_digest == digest,
            AccountLink.used_at.is_(None),
            AccountLink.expires_at >= now,
        )
    )
