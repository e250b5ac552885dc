"""Who is signed in, and what every page needs to know before it is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills_bridge.domain.accounts import Actor
from skills_bridge.domain.organisations import OrganisationState
from skills_bridge.domain.settings import SessionSettings
from skills_bridge.models import Membership, Organisation, PlatformState, UserAccount, WebSession


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
        select(Membership, Organisation, UserAccount)
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
    membership, organisation, user = row
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
