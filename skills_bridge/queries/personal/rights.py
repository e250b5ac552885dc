"""A person's own file and rights, in her own scope: what is held, who looked, what she asked, what she agreed to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills_bridge.domain.accounts import Actor
from skills_bridge.domain.privacy import OPEN, Refusal, RequestState, RightsKind
from skills_bridge.domain.seekers import Channel, ConsentKind
from skills_bridge.models import AccessFile, Consent, PersonalLink, Reveal, RightsRequest, Seeker, SeekerIdentity
from skills_bridge.queries.seekers.files import SeekerPage, get_seeker_page


@dataclass(frozen=True)
class OwnIdentity:
    """Who she is, as the agency has it; the number of identity stays masked on a screen."""

    full_name: str
    full_name_ar: str
    phone: str | None
    email: str | None
    address: str | None


@dataclass(frozen=True)
class Look:
    """Her identity was shown to somebody, for a reason."""

    at: datetime
    reason: str


@dataclass(frozen=True, kw_only=True)
class OwnFile:
    """Everything that a person's file says, and who asked to see who she is."""

    file: SeekerPage
    identity: OwnIdentity | None
    looks: tuple[Look, ...]


@dataclass(frozen=True, kw_only=True)
class OwnRequest:
    """A request of hers, with its clock."""

    reference: str
    kind: RightsKind
    state: RequestState
    received_on: date
    due_on: date | None
    refusal: Refusal | None
    file_until: datetime | None
    by_link: bool

    @property
    def can_take(self) -> bool:
        """Whether its file waits for her."""
        return self.file_until is not None

    @property
    def is_lapsed(self) -> bool:
        """Whether its file was ready and lasted too long."""
        return self.by_link and self.state is RequestState.READY and self.file_until is None


@dataclass(frozen=True, kw_only=True)
class OwnRights:
    """What a person may do with her data, and where her requests stand."""

    objected_at: datetime | None
    agreed: tuple[ConsentKind, ...]
    requests: tuple[OwnRequest, ...]
    link_until: datetime

    @property
    def is_building(self) -> bool:
        """Whether her copy is being made."""
        return any(one.by_link and one.state is RequestState.ACCEPTED for one in self._copies)

    @property
    def may_ask_file(self) -> bool:
        """Whether no copy is on its way; one that lasted too long may be asked for again."""
        return all(one.state not in OPEN or one.is_lapsed for one in self._copies)

    @property
    def _copies(self) -> tuple[OwnRequest, ...]:
        return tuple(one for one in self.requests if one.kind is RightsKind.ACCESS)


def get_own_file(session: Session, *, actor: Actor, language: str, today: date) -> OwnFile:
    """Return a person's file to herself."""
    seeker = session.get_one(Seeker, actor.seeker_id)
    identity = session.get(SeekerIdentity, seeker.id)
    looks = session.execute(
        select(Reveal.revealed_at, Reveal.reason)
        .where(Reveal.seeker_id == seeker.id)
        .order_by(Reveal.revealed_at.desc())
        .limit(20)
    )
    return OwnFile(
        file=get_seeker_page(session, actor=actor, public_id=seeker.public_id, language=language, today=today),
        identity=_identity(identity) if identity else None,
        looks=tuple(Look(at, reason) for at, reason in looks),
    )


def get_own_rights(session: Session, *, actor: Actor, now: datetime) -> OwnRights:
    """Return what a person has agreed to, objects to and asked."""
    seeker = session.get_one(Seeker, actor.seeker_id)
    agreed = session.scalars(
        select(Consent.kind)
        .where(Consent.seeker_id == seeker.id, Consent.withdrawn_at.is_(None))
        .order_by(Consent.kind)
    )
    asked = session.execute(
        select(RightsRequest, AccessFile.expires_at)
        .outerjoin(
            AccessFile,
            (AccessFile.request_id == RightsRequest.id)
            & AccessFile.content_sealed.is_not(None)
            & (AccessFile.expires_at >= now),
        )
        .where(RightsRequest.seeker_id == seeker.id)
        .order_by(RightsRequest.id.desc())
        .limit(20)
    )
    return OwnRights(
        objected_at=seeker.matching_objected_at,
        agreed=tuple(agreed),
        requests=tuple(_request(row, until) for row, until in asked),
        link_until=session.get_one(PersonalLink, actor.link_id).opens_until,
    )


def _identity(row: SeekerIdentity) -> OwnIdentity:
    return OwnIdentity(
        full_name=f"{row.first_name} {row.last_name}",
        full_name_ar=" ".join(name for name in (row.first_name_ar, row.last_name_ar) if name),
        phone=row.phone,
        email=row.email,
        address=row.address,
    )


def _request(row: RightsRequest, file_until: datetime | None) -> OwnRequest:
    by_link = row.channel is Channel.PERSONAL_LINK
    return OwnRequest(
        reference=row.reference,
        kind=row.kind,
        state=row.state,
        received_on=row.received_on,
        due_on=row.due_on,
        refusal=row.refusal,
        file_until=file_until if by_link else None,
        by_link=by_link,
    )
