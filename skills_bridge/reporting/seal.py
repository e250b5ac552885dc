"""The technical seal of a pack, and its verification without any server.

Manifest A is sealed at the freeze: the digest of every file, of the facts and of the last published pack, the heads
of the audit chain, the versions. Manifest B is sealed at the publication: the digest of manifest A and the visas.
The seal proves that the files have not changed; it replaces no qualified electronic signature.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from skills_bridge.reporting.documents import canonical_json, write_instant
from skills_bridge.reporting.facts import Facts
from skills_bridge.reporting.files import JSON, PackFile
from skills_bridge.reporting.month import AuditHead, PackContext
from skills_bridge.reporting.storage import digest_facts
from skills_bridge.reporting.wording import DEMO_MARK, SEAL_SENTENCE

MANIFEST_A: Final = "manifeste-a.json"
MANIFEST_B: Final = "manifeste-b.json"
ALGORITHM: Final = "Ed25519"

Sign = Callable[[bytes], bytes]
"""Gives the 64 bytes of an Ed25519 seal over the bytes handed in."""


@dataclass(frozen=True, slots=True)
class SealedVisa:
    """A party's visa as it stands in manifest B."""

    party: str
    name: str
    given_at: datetime


def digest(content: bytes) -> str:
    """Return the SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def key_id_of(public_key: bytes) -> str:
    """Return the name of a key: the first 16 hexadecimal digits of its SHA-256, to compare by eye or telephone."""
    return digest(public_key)[:16]


def seal_pack(
    files: Sequence[PackFile], facts: Facts, context: PackContext, *, sign: Sign, public_key: bytes
) -> PackFile:
    """Return manifest A of a frozen pack, sealed."""
    body: dict[str, Any] = {
        "kind": "A",
        "period": context.period.code,
        "version": context.version,
        "cause": context.cause,
        "notice": DEMO_MARK if context.demo else "",
        "meaning": SEAL_SENTENCE,
        "cut_off": write_instant(facts.cut_off),
        "files": {one.name: {"sha256": digest(one.content), "size": len(one.content)} for one in files},
        "facts_sha256": digest_facts(facts),
        "previous_pack_sha256": context.previous_digest,
        "audit_heads": _heads(context.audit_heads),
        "code_version": context.code_version,
        "tzdata_version": context.tzdata_version,
    }
    return PackFile(MANIFEST_A, JSON, _sealed(body, sign, public_key))


def seal_publication(
    manifest_a: bytes, visas: Sequence[SealedVisa], *, published_at: datetime, sign: Sign, public_key: bytes
) -> PackFile:
    """Return manifest B of a published pack, sealed: the digest of manifest A and who gave a visa, when."""
    body: dict[str, Any] = {
        "kind": "B",
        "manifest_a_sha256": digest(manifest_a),
        "published_at": write_instant(published_at),
        "meaning": SEAL_SENTENCE,
        "visas": [
            {"party": visa.party, "name": visa.name, "given_at": write_instant(visa.given_at)}
            for visa in sorted(visas, key=lambda visa: visa.party)
        ],
    }
    return PackFile(MANIFEST_B, JSON, _sealed(body, sign, public_key))


def seal_heads(
    heads: Sequence[AuditHead], *, checked_at: datetime, previous: bytes | None, sign: Sign, public_key: bytes
) -> bytes:
    """Return the sealed heads of a verification of the audit: an anchor between two packs.

    ``previous`` is the document of the verification before, whose digest this one carries.
    """
    body: dict[str, Any] = {
        "kind": "audit-heads",
        "checked_at": write_instant(checked_at),
        "previous_sha256": digest(previous) if previous is not None else None,
        "audit_heads": _heads(heads),
    }
    return _sealed(body, sign, public_key)


def _heads(heads: Sequence[AuditHead]) -> list[dict[str, Any]]:
    return [{"stream": head.stream, "number": head.number, "sha256": head.digest} for head in heads]


def sealed_bytes(body: Mapping[str, Any]) -> bytes:
    """Return the bytes a seal is made over: the canonical form of a manifest's body."""
    return canonical_json(body)


def _sealed(body: Mapping[str, Any], sign: Sign, public_key: bytes) -> bytes:
    return canonical_json(
        {
            "algorithm": ALGORITHM,
            "body": body,
            "key_id": key_id_of(public_key),
            "public_key": base64.b64encode(public_key).decode(),
            "seal": base64.b64encode(sign(sealed_bytes(body))).decode(),
        }
    )
