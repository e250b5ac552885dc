"""Who a person is, for a session that gave its reason; for anybody else there is nothing to read."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills_bridge.adapters.vault import Vault
from skills_bridge.domain.accounts import Actor
from skills_bridge.domain.errors import NotFound
from skills_bridge.domain.organisations import OrganisationKind
from skills_bridge.domain.referrals import NAMED_TO_COMPANY
from skills_bridge.domain.seekers import CinKind
from skills_bridge.models import Opening, Referral, Reveal, Seeker, SeekerIdentity


@dataclass(frozen=True, kw_only=True)
class ShownIdentity:
    """Who a person is, until ``until``; the full number only for the agency that registered her."""

    seeker_id: int
    first_name: str
    last_name: str
    first_name_ar: str | None
    last_name_ar: str | None
    phone: str | None
    email: str | None
    address: str | None
    cin_kind: CinKind
    number: str
    until: datetime

    @property
    def full_name(self) -> str:
        """First and last name as written in Latin letters."""
        return f"{self.first_name} {self.last_name}"

    @property
    def full_name_ar(self) -> str:
        """First and last name in Arabic letters; empty if neither is known."""
        return " ".join(part for part in (self.first_name_ar, self.last_name_ar) if part)


def get_identity(
    session: Session, *, actor: Actor, seeker_id: int, now: datetime, vault: Vault
) -> ShownIdentity | None:
    """Return who a person is if the actor's session revealed it in the last fifteen minutes, else None."""
    return list_identities(session, actor=actor, seeker_ids=(seeker_id,), now=now, vault=vault).get(seeker_id)


def list_identities(
    session: Session, *, actor: Actor, seeker_ids: Iterable[int], now: datetime, vault: Vault
) -> Mapping[int, ShownIdentity]:
    """Return those of some people whose identity the actor's session may see now, by key."""
    until = _revealed(session, actor, tuple(seeker_ids), now)
    rows = session.scalars(select(SeekerIdentity).where(SeekerIdentity.seeker_id.in_(until)))
    return {row.seeker_id: _shown(row, until[row.seeker_id], actor, vault) for row in rows}


def get_reveal_end(session: Session, *, actor: Actor, opening_id: int, now: datetime) -> datetime | None:
    """Return until when the accepted people of an opening are shown to the actor's session; None if they are not."""
    return session.scalar(
        select(Reveal.expires_at)
        .where(
            Reveal.session_id == actor.session_id,
            Reveal.user_id == actor.user_id,
            Reveal.opening_id == opening_id,
            Reveal.expires_at > now,
        )
        .order_by(Reveal.expires_at.desc())
        .limit(1)
    )


def _revealed(session: Session, actor: Actor, seeker_ids: tuple[int, ...], now: datetime) -> dict[int, datetime]:
    """Return until when each person is shown: by a reveal of her own, or of an opening that accepted her."""
    live = (Reveal.session_id == actor.session_id, Reveal.user_id == actor.user_id, Reveal.expires_at > now)
    own = select(Reveal.seeker_id, Reveal.expires_at).where(*live, Reveal.seeker_id.in_(seeker_ids))
    by_opening = (
        select(Referral.seeker_id, Reveal.expires_at)
        .join(Reveal, Reveal.opening_id == Referral.opening_id)
        .join(Opening, Opening.id == Referral.opening_id)
        .where(*live, Referral.seeker_id.in_(seeker_ids), Referral.state.in_(NAMED_TO_COMPANY))
    )
    found: dict[int, datetime] = {}
    for seeker_id, until in (*session.execute(own), *session.execute(by_opening)):
        found[seeker_id] = max(until, found.get(seeker_id, until))
    return found


def _shown(row: SeekerIdentity, until: datetime, actor: Actor, vault: Vault) -> ShownIdentity:
    is_agency = actor.organisation_kind is OrganisationKind.AGENCY
    number = (
        vault.open(row.cin_sealed, key_id=row.cin_key_id, purpose=f"cin:{row.seeker_id}")
        if is_agency
        else row.cin_masked
    )
    return ShownIdentity(
        seeker_id=row.seeker_id,
        first_name=row.first_name,
        last_name=row.last_name,
        first_name_ar=row.first_name_ar,
        last_name_ar=row.last_name_ar,
        phone=row.phone,
        email=row.email,
        address=row.address,
        cin_kind=row.cin_kind,
        number=number,
        until=until,
    )


@dataclass(frozen=True)
class Subject:
    """Whom a reveal is about: one person, or the accepted people of one opening."""

    seeker_id: int | None
    opening_id: int | None


def find_subject(session: Session, *, actor: Actor, public_id: uuid.UUID | None, reference: str | None) -> Subject:
    """Return the keys of whom a form names.

    :raises NotFound: it names nobody in the actor's scope.
    """
    if public_id is not None:
        seeker_id = session.scalar(select(Seeker.id).where(Seeker.public_id == public_id))
        if seeker_id is not None:
            return Subject(seeker_id, None)
    opening_id = session.scalar(select(Opening.id).where(Opening.reference == reference))
    if public_id is not None or opening_id is None:
        raise NotFound("identity", actor.user_id)
    return Subject(None, opening_id)
