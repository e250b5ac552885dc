"""The monthly packs as the four parties see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills_bridge.domain.accounts import Actor
from skills_bridge.domain.errors import NotFound
from skills_bridge.domain.packs import PackState, Party, VisaState
from skills_bridge.models import Organisation, Pack, PackFile, Visa
from skills_bridge.policies.permissions import Permission, is_allowed, may
from skills_bridge.queries.listing import ListRequest, Page, fetch_page


@dataclass(frozen=True)
class PackLine:
    """One version of one month in the list."""

    reference: str
    month_on: date
    version: int
    state: PackState
    frozen_at: datetime | None
    published_at: datetime | None
    visas_given: int


@dataclass(frozen=True)
class VisaLine:
    """What one party said of a pack."""

    party: Party
    organisation_fr: str
    organisation_ar: str
    state: VisaState
    signatory: str | None
    decided_at: datetime | None
    reason: str | None
    can_decide: bool

    def organisation(self, language: str) -> str:
        """Return the party's name for a reader."""
        return self.organisation_ar if language == "ar" else self.organisation_fr


@dataclass(frozen=True)
class FileLine:
    """One file of a pack, the same bytes for all."""

    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True)
class PackPage:
    """A pack with its files, visas and seal."""

    id: int
    reference: str
    month_on: date
    version: int
    state: PackState
    cause: str
    cut_off_at: datetime
    frozen_at: datetime | None
    published_at: datetime | None
    job_id: int | None
    facts_digest: str
    manifest_a: Mapping[str, Any] | None
    manifest_b: Mapping[str, Any] | None
    files: tuple[FileLine, ...]
    visas: tuple[VisaLine, ...]
    can_correct: bool


def list_packs(session: Session, *, actor: Actor, request: ListRequest) -> Page[PackLine]:
    """Return the packs, the latest month first unless asked otherwise; only the four parties have any."""
    given = (
        select(func.count())
        .select_from(Visa)
        .where(Visa.pack_id == Pack.id, Visa.state == VisaState.GIVEN)
        .scalar_subquery()
    )
    query = select(Pack, given.label("given"))
    if not may(actor, Permission.PACK_SEE):
        query = query.where(Pack.id.is_(None))
    if "state" in request.filters:
        query = query.where(Pack.state == request.filters["state"])
    return fetch_page(
        session,
        query,
        request,
        sorts={"month": Pack.month_on, "reference": Pack.reference, "frozen": Pack.frozen_at},
        tie_break=Pack.id,
        searched=(Pack.reference,),
        build=lambda row: PackLine(
            reference=row.Pack.reference,
            month_on=row.Pack.month_on,
            version=row.Pack.version,
            state=row.Pack.state,
            frozen_at=row.Pack.frozen_at,
            published_at=row.Pack.published_at,
            visas_given=row.given,
        ),
    )


def get_pack_page(session: Session, *, actor: Actor, reference: str) -> PackPage:
    """Return a pack with everything its page shows.

    :raises NotFound: no such pack in the actor's scope.
    """
    pack = _load(session, reference)
    visas = _visas(session, actor, pack)
    return PackPage(
        id=pack.id,
        reference=pack.reference,
        month_on=pack.month_on,
        version=pack.version,
        state=pack.state,
        cause=pack.cause,
        cut_off_at=pack.cut_off_at,
        frozen_at=pack.frozen_at,
        published_at=pack.published_at,
        job_id=pack.job_id,
        facts_digest=pack.facts_digest.hex() if pack.facts_digest else "",
        manifest_a=pack.manifest_a,
        manifest_b=pack.manifest_b,
        files=_files(session, pack),
        visas=visas,
        can_correct=may(actor, Permission.PACK_FREEZE)
        and (pack.state is PackState.PUBLISHED or any(visa.state is VisaState.SENT_BACK for visa in visas)),
    )


def get_pack_file(session: Session, *, reference: str, name: str) -> tuple[bytes, str]:
    """Return a file's bytes and media type.

    :raises NotFound: no such pack or file in the actor's scope.
    """
    row = session.execute(
        select(PackFile.content, PackFile.media_type)
        .join(Pack, Pack.id == PackFile.pack_id)
        .where(Pack.reference == reference, PackFile.name == name)
    ).one_or_none()
    if row is None:
        raise NotFound("pack file", name)
    return row.content, row.media_type


def list_pack_files(session: Session, *, reference: str) -> tuple[tuple[str, bytes], ...]:
    """Return every file of a pack, name and bytes, for a copy on disk.

    :raises NotFound: no such pack in the scope.
    """
    pack = _load(session, reference)
    rows = session.execute(
        select(PackFile.name, PackFile.content).where(PackFile.pack_id == pack.id).order_by(PackFile.name)
    )
    return tuple((row.name, row.content) for row in rows)


def _load(session: Session, reference: str) -> Pack:
    """Return the pack of a reference."""
    pack = session.scalar(select(Pack).where(Pack.reference == reference))
    if pack is None:
        raise NotFound("pack", reference)
    return pack


def _visas(session: Session, actor: Actor, pack: Pack) -> tuple[VisaLine, ...]:
    """Return the four visas, in the order of the parties."""
    rows = session.execute(
        select(Visa, Organisation)
        .join(Organisation, Organisation.id == Visa.organisation_id)
        .where(Visa.pack_id == pack.id)
        .order_by(Visa.party)
    )
    return tuple(
        VisaLine(
            party=visa.party,
            organisation_fr=organisation.name_fr,
            organisation_ar=organisation.name_ar,
            state=visa.state,
            signatory=visa.signatory,
            decided_at=visa.decided_at,
            reason=visa.reason,
            can_decide=pack.state is PackState.FROZEN
            and visa.state is VisaState.WAITING
            and is_allowed(actor, Permission.PACK_VISA, visa),
        )
        for visa, organisation in rows
    )


def _files(session: Session, pack: Pack) -> tuple[FileLine, ...]:
    """Return the files without their bytes."""
    rows = session.execute(
        select(PackFile.name, PackFile.media_type, func.length(PackFile.content).label("size"), PackFile.sha256)
        .where(PackFile.pack_id == pack.id)
        .order_by(PackFile.name)
    )
    return tuple(FileLine(row.name, row.media_type, row.size, row.sha256.hex()) for row in rows)
