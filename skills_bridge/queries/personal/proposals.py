"""What is proposed to a person, as she reads it: the opening in short, why it is shown to her, what became of it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills_bridge.domain.accounts import Actor
from skills_bridge.domain.errors import NotFound
from skills_bridge.domain.referrals import LIVE, ReferralState
from skills_bridge.domain.seekers import ConsentKind
from skills_bridge.models import (
    Consent,
    ContractKind,
    Opening,
    OpeningRevision,
    Organisation,
    Province,
    Referral,
    Reservation,
    Seeker,
    Site,
)
from skills_bridge.queries.framework import Label, label_columns, label_of
from skills_bridge.queries.matching.pairs import Judgement, judge_pair
from skills_bridge.queries.matching.words import AccountLabels, get_account_labels
from skills_bridge.queries.openings.listing import name_of
from skills_bridge.queries.reservations import ReservationLine, list_live


@dataclass(frozen=True, kw_only=True)
class ProposalLine:
    """An opening that is or was proposed to the person; the company's contact is not among what she reads."""

    public_id: uuid.UUID
    opening_id: int
    title: str
    company: Label
    place: str
    province: Label
    contract: Label | None
    start_on: date | None
    state: ReferralState
    message: str
    proposed_at: datetime
    answered_on: date | None
    invited_at: datetime | None
    invited_place: str | None
    judgement: Judgement | None

    @property
    def is_asked(self) -> bool:
        """Whether her answer is waited for."""
        return self.state is ReferralState.PROPOSED

    @property
    def is_live(self) -> bool:
        """Whether somebody still waits for something."""
        return self.state in LIVE


@dataclass(frozen=True, kw_only=True)
class OwnPage:
    """A person's first page."""

    pseudonym: str
    objected_at: datetime | None
    proposals: tuple[ProposalLine, ...]
    reservations: tuple[ReservationLine, ...]
    labels: AccountLabels
    agrees_to_sharing: bool

    @property
    def asked(self) -> tuple[ProposalLine, ...]:
        """What waits for her answer."""
        return tuple(line for line in self.proposals if line.is_asked)

    @property
    def answered(self) -> tuple[ProposalLine, ...]:
        """What she has answered, or what ended without her."""
        return tuple(line for line in self.proposals if not line.is_asked)


def get_own_page(session: Session, *, actor: Actor, today: date) -> OwnPage:
    """Return what waits for a person, in her own scope: each opening judged as her adviser sees it judged today."""
    seeker = session.get_one(Seeker, actor.seeker_id)
    rows = session.execute(_lines(seeker.id)).all()
    lines = tuple(_line(session, row, today) for row in rows)
    sharing = select(Consent.id).where(
        Consent.seeker_id == seeker.id, Consent.kind == ConsentKind.SHARING, Consent.withdrawn_at.is_(None)
    )
    return OwnPage(
        pseudonym=seeker.pseudonym,
        objected_at=seeker.matching_objected_at,
        proposals=lines,
        reservations=list_live(session, actor=actor, seeker_id=seeker.id),
        labels=get_account_labels(session, [line.judgement.account for line in lines if line.judgement]),
        agrees_to_sharing=session.scalar(sharing) is not None,
    )


def get_own_referral(session: Session, *, actor: Actor, public_id: uuid.UUID) -> int:
    """Return the key of a referral of the person.

    :raises NotFound: none of hers has this identifier.
    """
    return _own_key(session, select(Referral.id).where(Referral.public_id == public_id, _hers(Referral, actor)))


def get_own_reservation(session: Session, *, actor: Actor, public_id: uuid.UUID) -> int:
    """Return the key of a reservation for the person.

    :raises NotFound: none of hers has this identifier.
    """
    return _own_key(
        session, select(Reservation.id).where(Reservation.public_id == public_id, _hers(Reservation, actor))
    )


def _own_key(session: Session, question: Any) -> int:
    found: int | None = session.scalar(question)
    if found is None:
        raise NotFound("proposal", "own")
    return found


def _hers(model: Any, actor: Actor) -> Any:
    return model.seeker_id == actor.seeker_id


def _lines(seeker_id: int) -> Any:
    columns: Sequence[Any] = (
        Opening.id.label("opening_id"),
        Opening.title,
        Organisation.name_fr,
        Organisation.name_ar,
        Site.name.label("place"),
        OpeningRevision.start_on,
        *label_columns(Province, "province"),
        *label_columns(ContractKind, "contract"),
    )
    return (
        select(Referral, *columns)
        .join(Opening, Opening.id == Referral.opening_id)
        .join(Organisation, Organisation.id == Opening.company_id)
        .join(Site, Site.id == Opening.site_id)
        .join(Province, Province.code == Site.province_code)
        .outerjoin(OpeningRevision, OpeningRevision.id == Opening.revision_id)
        .outerjoin(ContractKind, ContractKind.code == OpeningRevision.contract_code)
        .where(Referral.seeker_id == seeker_id)
        .order_by(Referral.created_at.desc(), Referral.id.desc())
    )


def _line(session: Session, row: Any, today: date) -> ProposalLine:
    referral: Referral = row[0]
    asked = referral.state is ReferralState.PROPOSED
    return ProposalLine(
        public_id=referral.public_id,
        opening_id=row.opening_id,
        title=row.title,
        company=name_of(row.name_fr, row.name_ar),
        place=row.place,
        province=label_of(row, "province"),
        contract=label_of(row, "contract") if row.contract_fr else None,
        start_on=row.start_on,
        state=referral.state,
        message=referral.message,
        proposed_at=referral.created_at,
        answered_on=referral.answered_on,
        invited_at=referral.invited_at,
        invited_place=referral.invited_place,
        judgement=judge_pair(session, opening_id=row.opening_id, seeker_id=referral.seeker_id, today=today)
        if asked
        else None,
    )
