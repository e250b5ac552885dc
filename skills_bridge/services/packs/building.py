"""The work behind a month: compute, render and seal it; publish it once four visas are given."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import version as version_of
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from skills_bridge.adapters.texts import LOCALES, Texts
from skills_bridge.adapters.vault import Sealer
from skills_bridge.domain import events
from skills_bridge.domain.calendar import Month
from skills_bridge.domain.errors import AlreadyDone, NotFound, RuleBroken
from skills_bridge.domain.figures import CODE_VERSION
from skills_bridge.domain.packs import MOVES, PackState, Party, VisaState
from skills_bridge.domain.states import check_move
from skills_bridge.models import AuditEntry, FigureValue, Organisation, Pack, PackFile, PlatformState, Visa
from skills_bridge.reporting import pack as files_of_pack
from skills_bridge.reporting.facts import Facts
from skills_bridge.reporting.figures import FigureId
from skills_bridge.reporting.files import PackFile as SealedFile
from skills_bridge.reporting.month import AuditHead, PackContext, PartyName, compute_month
from skills_bridge.reporting.seal import MANIFEST_A, SealedVisa, seal_pack, seal_publication
from skills_bridge.reporting.storage import compress_facts, digest_facts
from skills_bridge.services.figures import write_figures
from skills_bridge.unit_of_work import UnitOfWork

PARTIES: Final = tuple(Party)


def build_pack(uow: UnitOfWork, *, pack_id: int, facts: Facts, sealer: Sealer) -> Pack:
    """Compute a month from its facts, render and seal its files, and open it to the four parties; platform scope.

    Everything is one transaction: a killed worker leaves the pack being built, and the next attempt starts afresh.

    :raises AlreadyDone: the pack is built.
    :raises RuleBroken: one of the four parties is not named among the organisations.
    """
    pack = _locked(uow, pack_id)
    if pack.state is not PackState.BUILDING:
        raise AlreadyDone("pack-built", pack=pack.reference)
    parties = _parties(uow.session)
    context = _context(uow.session, pack, parties)
    month = compute_month(facts, context.period, context.hidden_before)
    files = files_of_pack.render_pack(facts, month, context, {one: Texts(one) for one in LOCALES})
    manifest = seal_pack(files, facts, context, sign=sealer.sign, public_key=sealer.public_key())
    for file in (*files, manifest):
        _keep_file(uow, pack, file)
    write_figures(uow, month.current, month_on=pack.month_on, as_of=pack.cut_off_at, pack_id=pack.id)
    pack.facts = compress_facts(facts)
    pack.facts_digest = bytes.fromhex(digest_facts(facts))
    pack.manifest_a = json.loads(manifest.content)
    uow.session.add_all(
        Visa(pack_id=pack.id, organisation_id=organisation.id, party=party) for party, organisation in parties.items()
    )
    _move(uow, pack, PackState.FROZEN)
    pack.frozen_at = uow.now
    uow.record(events.PackFrozen(pack.id))
    return pack


def publish_pack(uow: UnitOfWork, *, pack_id: int, sealer: Sealer) -> bool:
    """Publish a pack once its four visas are given, and say whether it was done now; platform scope."""
    pack = _locked(uow, pack_id)
    visas = uow.session.scalars(select(Visa).where(Visa.pack_id == pack.id)).all()
    given = [visa for visa in visas if visa.state is VisaState.GIVEN and visa.decided_at is not None]
    if pack.state is not PackState.FROZEN or len(given) < len(PARTIES):
        return False
    first = uow.session.scalar(select(PackFile.content).where(PackFile.pack_id == pack.id, PackFile.name == MANIFEST_A))
    if first is None:
        raise NotFound("manifest", pack.reference)
    manifest = seal_publication(
        first,
        [SealedVisa(v.party.value, v.signatory or "", v.decided_at) for v in given if v.decided_at is not None],
        published_at=uow.now,
        sign=sealer.sign,
        public_key=sealer.public_key(),
    )
    _keep_file(uow, pack, manifest)
    pack.manifest_b = json.loads(manifest.content)
    pack.published_at = uow.now
    _move(uow, pack, PackState.PUBLISHED)
    uow.record(events.PackPublished(pack.id))
    return True


def _locked(uow: UnitOfWork, pack_id: int) -> Pack:
    """Return a pack, locked.

    :raises NotFound: there is no such pack.
    """
    pack = uow.session.get(Pack, pack_id, with_for_update=True)
    if pack is None:
        raise NotFound("pack", pack_id)
    return pack


def _move(uow: UnitOfWork, pack: Pack, target: PackState) -> None:
    """Change a pack's state and log it."""
    check_move(MOVES, pack.state, target)
    uow.moved("pack", pack.id, was=pack.state.value, now=target.value, agency_id=pack.agency_id)
    pack.state = target


def _keep_file(uow: UnitOfWork, pack: Pack, file: SealedFile) -> None:
    """Store a file of a pack with its digest."""
    uow.session.add(
        PackFile(
            pack_id=pack.id,
            name=file.name,
            media_type=file.media_type,
            sha256=hashlib.sha256(file.content).digest(),
            content=file.content,
        )
    )


def _parties(session: Session) -> Mapping[Party, Organisation]:
    """Return the organisations of the four parties."""
    rows = session.scalars(select(Organisation).where(Organisation.party.is_not(None)))
    found: dict[Party, Organisation] = {row.party: row for row in rows if row.party is not None}
    if len(found) < len(PARTIES):
        raise RuleBroken("parties-missing", missing=", ".join(p.value for p in PARTIES if p not in found))
    return {party: found[party] for party in PARTIES}


def _context(session: Session, pack: Pack, parties: Mapping[Party, Organisation]) -> PackContext:
    """Return what a pack says of itself beside its figures."""
    installation = session.get(PlatformState, 1)
    previous = session.scalar(
        select(PackFile.sha256)
        .join(Pack, Pack.id == PackFile.pack_id)
        .where(Pack.state == PackState.PUBLISHED, PackFile.name == MANIFEST_A)
        .order_by(Pack.published_at.desc())
        .limit(1)
    )
    return PackContext(
        period=Month(pack.month_on.year, pack.month_on.month),
        version=pack.version,
        demo=installation is not None and installation.is_demo,
        parties=tuple(
            PartyName(party.value, o.name_fr, o.name_ar, confirmed=o.name_confirmed_at is not None)
            for party, o in parties.items()
        ),
        code_version=CODE_VERSION,
        tzdata_version=version_of("tzdata"),
        previous_digest=previous.hex() if previous else None,
        audit_heads=_audit_heads(session),
        hidden_before=_hidden_before(session, pack),
        cause=pack.cause,
    )


def _audit_heads(session: Session) -> tuple[AuditHead, ...]:
    """Return the last link of every audit stream: whoever cuts a tail later contradicts a sealed pack."""
    heads = session.execute(
        select(AuditEntry.stream, AuditEntry.seq, AuditEntry.entry_hash)
        .ext(distinct_on(AuditEntry.stream))
        .order_by(AuditEntry.stream, AuditEntry.seq.desc())
    )
    return tuple(AuditHead(str(head.stream), head.seq, head.entry_hash.hex()) for head in heads)


def _hidden_before(session: Session, pack: Pack) -> frozenset[FigureId]:
    """Return what earlier packs hid of this month, and of the month before, which the first page prints again."""
    month = Month(pack.month_on.year, pack.month_on.month)
    rows = session.execute(
        select(FigureValue, Pack.month_on)
        .join(Pack, Pack.id == FigureValue.pack_id)
        .where(
            FigureValue.is_hidden,
            Pack.id != pack.id,
            Pack.month_on.in_((month.first_on, month.back(1).first_on)),
        )
    )
    return frozenset(
        FigureId(row.kpi, row.measure, Month(month_on.year, month_on.month).code, row.breakdown, row.cell)
        for row, month_on in rows
    )
