"""Personal links: who comes by one, and when each was given, used and ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills_bridge.domain.accounts import Actor
from skills_bridge.domain.organisations import OrganisationState
from skills_bridge.domain.personal import BY_LINK, Handing, LinkEnd, LinkState, state_of_link
from skills_bridge.models import Organisation, PersonalLink, Seeker, SeekerIdentity
from skills_bridge.policies.permissions import Permission, is_allowed


@dataclass(frozen=True)
class LinkLine:
    """One link of a person, as her agency reads it; its token is nowhere."""

    state: LinkState
    handed: Handing
    given_at: datetime
    opens_until: datetime
    last_used_at: datetime | None
    ended_at: datetime | None
    end_reason: LinkEnd | None


@dataclass(frozen=True)
class LinkSection:
    """The links of a person on her page, the latest first, and what the reader may do."""

    lines: tuple[LinkLine, ...]
    has_email: bool
    may_give: bool

    @property
    def is_live(self) -> bool:
        """Whether one of them opens now."""
        return any(line.state is LinkState.LIVE for line in self.lines)


def get_link_actor(session: Session, *, link_id: int, session_id: int, now: datetime) -> Actor | None:
    """Return who acts by a personal link, or None once it has ended or her agency may not act.

    Account scope: checked on every request, so an end holds from the next one on.
    """
    row = session.execute(
        select(PersonalLink, Organisation)
        .join(Organisation, Organisation.id == PersonalLink.agency_id)
        .where(
            PersonalLink.id == link_id,
            PersonalLink.ended_at.is_(None),
            PersonalLink.opens_until > now,
            Organisation.state == OrganisationState.VERIFIED,
        )
    ).one_or_none()
    if row is None:
        return None
    link, agency = row
    return Actor(
        user_id=None,
        organisation_id=agency.id,
        organisation_kind=None,
        role=None,
        session_id=session_id,
        display_name=BY_LINK,
        organisation_name=agency.name_fr,
        organisation_name_ar=agency.name_ar,
        language=link.language,
        seeker_id=link.seeker_id,
        link_id=link.id,
    )


def get_link_section(session: Session, *, actor: Actor, seeker_id: int, now: datetime) -> LinkSection:
    """Return a person's links and whether the actor may hand out another."""
    seeker = session.get_one(Seeker, seeker_id)
    email = session.scalar(select(SeekerIdentity.email).where(SeekerIdentity.seeker_id == seeker_id))
    rows = session.scalars(
        select(PersonalLink).where(PersonalLink.seeker_id == seeker_id).order_by(PersonalLink.given_at.desc()).limit(10)
    )
    return LinkSection(
        lines=tuple(
            LinkLine(
                state=state_of_link(opens_until=row.opens_until, ended_at=row.ended_at, now=now),
                handed=row.handed,
                given_at=row.given_at,
                opens_until=row.opens_until,
                last_used_at=row.last_used_at,
                ended_at=row.ended_at,
                end_reason=row.end_reason,
            )
            for row in rows
        ),
        has_email=bool(email),
        may_give=is_allowed(actor, Permission.LINK_GIVE, seeker),
    )
