"""The audit as people read it, and its verification against the heads that were sealed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from skills_bridge.domain.accounts import Actor
from skills_bridge.domain.audit import Anchor, Fault, Finding, Head, Link, Outcome, StreamReport, verify_stream
from skills_bridge.domain.organisations import OrganisationKind
from skills_bridge.models import AuditCheck, AuditEntry, Organisation, Pack, PackFile, UserAccount
from skills_bridge.queries.listing import ListRequest, Page, fetch_page
from skills_bridge.reporting.seal import MANIFEST_A, digest
from skills_bridge.reporting.verification import read_anchor

CHUNK: Final = 5_000
"""Entries fetched at a time by a verification."""
PERIODS: Final[Mapping[str, timedelta]] = {
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=31),
    "quarter": timedelta(days=92),
}
"""Spans up to now that the list may be narrowed to."""
STALE_AFTER: Final = timedelta(hours=36)
"""A nightly verification older than this did not run last night."""


@dataclass(frozen=True, kw_only=True)
class AuditLine:
    """One act; ``user_name`` is None if the reader may not read that account, ``user_id`` if the clock acted."""

    stream: int
    seq: int
    at: datetime
    user_id: int | None
    user_name: str | None
    organisation: str | None
    act: str
    object_kind: str
    object_id: int | None
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class ChainReport:
    """What a verification found over all the streams that it read."""

    streams: tuple[StreamReport, ...]
    anchors: tuple[str, ...]
    loose: tuple[Finding, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every fault, those of the anchors first."""
        return (*self.loose, *(finding for stream in self.streams for finding in stream.findings))

    @property
    def entries(self) -> int:
        """Entries read."""
        return sum(stream.entries for stream in self.streams)

    @property
    def heads(self) -> tuple[Head, ...]:
        """The last entry of every stream."""
        return tuple(stream.head for stream in self.streams if stream.head is not None)


@dataclass(frozen=True)
class CheckLine:
    """A verification by the night's job; ``is_stale`` says that it is too old to be last night's."""

    id: int
    checked_at: datetime
    entries: int
    streams: int
    findings: tuple[Finding, ...]
    is_stale: bool

    @property
    def outcome(self) -> Outcome:
        """What it found, in one word."""
        return Outcome.FAULTS if self.findings else Outcome.SOUND


def list_audit(
    session: Session, *, actor: Actor, request: ListRequest, language: str, now: datetime
) -> Page[AuditLine]:
    """Return the acts that the actor may read, latest first unless asked otherwise."""
    name = Organisation.name_ar if language == "ar" else Organisation.name_fr
    columns: tuple[Any, ...] = (AuditEntry, UserAccount.display_name, name)
    query = (
        select(*columns)
        .outerjoin(UserAccount, UserAccount.id == AuditEntry.user_id)
        .outerjoin(Organisation, Organisation.id == AuditEntry.stream)
        .where(_visible_to(actor), *_narrowed(request.filters, now))
    )

    def line(row: Any) -> AuditLine:
        return _line(*row)

    return fetch_page(
        session,
        query,
        request,
        sorts={"at": AuditEntry.recorded_at, "act": AuditEntry.act},
        tie_break=AuditEntry.id,
        searched=(AuditEntry.act, AuditEntry.object_kind, AuditEntry.facts, UserAccount.display_name),
        build=line,
    )


def find_person(session: Session, *, user_id: int) -> str | None:
    """Return the name of an account, if the reader may read it."""
    return session.scalar(select(UserAccount.display_name).where(UserAccount.id == user_id))


def get_last_check(session: Session, *, now: datetime) -> CheckLine | None:
    """Return the last nightly verification; None before the first, and for anybody but the platform's people."""
    row = session.scalar(select(AuditCheck).order_by(AuditCheck.id.desc()).limit(1))
    if row is None:
        return None
    return _check_line(row, now)


def list_checks(session: Session, *, request: ListRequest, now: datetime) -> Page[CheckLine]:
    """Return the nightly verifications, the latest first unless asked otherwise."""
    query = select(AuditCheck)
    if "outcome" in request.filters:
        query = query.where(has_open_faults())
    return fetch_page(
        session,
        query,
        request,
        sorts={"at": AuditCheck.checked_at, "entries": AuditCheck.entries},
        tie_break=AuditCheck.id,
        build=lambda row: _check_line(row[0], now),
    )


def has_open_faults() -> ColumnElement[bool]:
    """Return the test that a verification found faults, and that none since then found the audit sound."""
    sound = select(func.max(AuditCheck.id)).where(AuditCheck.findings == func.jsonb_build_array())
    return and_(
        AuditCheck.findings != func.jsonb_build_array(), AuditCheck.id > func.coalesce(sound.scalar_subquery(), 0)
    )


def _check_line(row: AuditCheck, now: datetime) -> CheckLine:
    found = tuple(Finding(**one) for one in row.findings)
    return CheckLine(row.id, row.checked_at, row.entries, row.streams, found, now - row.checked_at > STALE_AFTER)


def verify_chain(
    session: Session, *, public_key: bytes, manifests: Sequence[tuple[str, bytes]] = (), stream: int | None = None
) -> ChainReport:
    """Verify every stream, or one, against the packs' manifests, the nightly checks and copies handed in.

    ``manifests`` are (name, content) of manifests that somebody else kept: with them, an owner of the database who
    also removed packs and checks is found out.
    """
    documents = (*_pack_manifests(session), *_checks(session), *manifests)
    anchors, loose = _read_anchors(documents, public_key)
    known = {head.stream for anchor in anchors for head in anchor.heads}
    wanted = sorted({*session.scalars(select(AuditEntry.stream).distinct()), *known}) if stream is None else [stream]
    return ChainReport(
        streams=tuple(verify_stream(one, _links(session, one), anchors) for one in wanted),
        anchors=tuple(anchor.name for anchor in anchors),
        loose=(*loose, *_torn_checks(documents)),
    )


def _read_anchors(
    documents: Sequence[tuple[str, bytes]], public_key: bytes
) -> tuple[tuple[Anchor, ...], tuple[Finding, ...]]:
    """Return the anchors whose seal holds, and a finding for each whose seal does not."""
    read = [(name, read_anchor(content, name=name, public_key=public_key)) for name, content in documents]
    broken = tuple(Finding(0, Fault.UNSEALED, 0, 0, name) for name, anchor in read if anchor is None)
    return tuple(anchor for _, anchor in read if anchor is not None), broken


CHECK: Final = "check"
"""How the names of nightly checks begin, before their number."""


def _torn_checks(documents: Sequence[tuple[str, bytes]]) -> tuple[Finding, ...]:
    """Return a finding for each nightly check whose predecessor is not the one that it was sealed after."""
    checks = [(name, content) for name, content in documents if name.startswith(f"{CHECK} ")]
    torn, before = [], None
    for name, content in checks:
        try:
            told = json.loads(content)["body"]["previous_sha256"]
        except (ValueError, LookupError, TypeError):
            told = ""
        if told != before:
            torn.append(Finding(0, Fault.MISSING, 0, 0, name))
        before = digest(content)
    return tuple(torn)


def _pack_manifests(session: Session) -> tuple[tuple[str, bytes], ...]:
    rows = session.execute(
        select(Pack.reference, PackFile.content)
        .join(Pack, Pack.id == PackFile.pack_id)
        .where(PackFile.name == MANIFEST_A)
        .order_by(Pack.id)
    )
    return tuple((f"pack {reference}", content) for reference, content in rows)


def _checks(session: Session) -> tuple[tuple[str, bytes], ...]:
    rows = session.execute(select(AuditCheck.id, AuditCheck.document).order_by(AuditCheck.id))
    return tuple((f"{CHECK} {key}", document) for key, document in rows)


def _links(session: Session, stream: int) -> Iterator[Link]:
    """Yield the entries of a stream by number, a few thousand in memory at a time."""
    columns: tuple[Any, ...] = (
        AuditEntry.stream,
        AuditEntry.seq,
        AuditEntry.recorded_at,
        AuditEntry.user_id,
        AuditEntry.act,
        AuditEntry.object_kind,
        AuditEntry.object_id,
        AuditEntry.facts,
        AuditEntry.previous_hash,
        AuditEntry.entry_hash,
    )
    rows = session.execute(
        select(*columns).where(AuditEntry.stream == stream).order_by(AuditEntry.seq, AuditEntry.id),
        execution_options={"yield_per": CHUNK},
    )
    for row in rows:
        yield Link(*row)


def _is_operator(actor: Actor) -> bool:
    return actor.organisation_kind is OrganisationKind.PLATFORM


def _visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the test that the actor may read an act: all for the platform, else those of her organisation."""
    return and_(True) if _is_operator(actor) else AuditEntry.stream == actor.organisation_id


def _narrowed(filters: Mapping[str, str], now: datetime) -> list[ColumnElement[bool]]:
    """Return the tests that the filters of the address add."""
    tests: list[ColumnElement[bool]] = []
    if "period" in filters:
        tests.append(AuditEntry.recorded_at >= now - PERIODS[filters["period"]])
    if "act" in filters:
        tests.append(AuditEntry.act == filters["act"])
    if "kind" in filters:
        tests.append(AuditEntry.object_kind == filters["kind"])
    if "person" in filters:
        tests.append(AuditEntry.user_id == int(filters["person"]))
    if "object" in filters:
        kind, _, key = filters["object"].rpartition("-")
        tests += [AuditEntry.object_kind == kind, AuditEntry.object_id == int(key)]
    return tests


def _line(entry: AuditEntry, user_name: str | None, organisation: str | None) -> AuditLine:
    return AuditLine(
        stream=entry.stream,
        seq=entry.seq,
        at=entry.recorded_at,
        user_id=entry.user_id,
        user_name=user_name,
        organisation=organisation,
        act=entry.act,
        object_kind=entry.object_kind,
        object_id=entry.object_id,
        facts=json.loads(entry.facts),
    )
