"""Verifying a delivered pack offline: what was delivered is what was frozen, and by whom it was published."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from skills_bridge.domain.audit import Anchor, Head
from skills_bridge.reporting.seal import ALGORITHM, MANIFEST_A, MANIFEST_B, digest, key_id_of, sealed_bytes

KEY_FILE: Final = "cle-publique.txt"
"""The public key handed over apart (32 bytes in base64); if it lies beside the pack, it is the one that counts."""


class Fault(StrEnum):
    """What is wrong with a file of a pack."""

    MISSING = "missing"
    CHANGED = "changed"
    UNEXPECTED = "unexpected"
    UNREADABLE = "unreadable"
    SEAL_BROKEN = "seal_broken"
    OTHER_KEY = "other_key"
    OTHER_MANIFEST = "other_manifest"


@dataclass(frozen=True, slots=True)
class FileFault:
    """A fault and the file that has it."""

    name: str
    fault: Fault


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """The outcome: sound if there is no fault.

    ``published`` tells whether manifest B is there; ``key_id`` is to be compared with the one the platform announces,
    unless the key was handed over apart (``key_beside``). ``visas`` are (party, name, instant).
    """

    faults: tuple[FileFault, ...]
    files: tuple[str, ...] = ()
    period: str = ""
    version: int = 0
    key_id: str = ""
    key_beside: bool = False
    published: bool = False
    visas: tuple[tuple[str, str, str], ...] = ()

    @property
    def is_sound(self) -> bool:
        """Whether every file is as it was sealed."""
        return not self.faults


def verify_directory(path: Path) -> VerifyReport:
    """Check a pack's folder against its manifests, with no network, database or secret.

    Every fault names its file: missing, changed, unexpected, unreadable, a broken seal, another key than the one
    beside, a manifest B that belongs to another manifest A.
    """
    key = _key_beside(path)
    manifest = _read_manifest(path / MANIFEST_A, "A")
    if manifest is None:
        fault = Fault.UNREADABLE if (path / MANIFEST_A).exists() else Fault.MISSING
        return VerifyReport((FileFault(MANIFEST_A, fault),))
    body = manifest["body"]
    faults = [FileFault(MANIFEST_A, fault) for fault in _seal_faults(manifest, key)]
    faults += _file_faults(path, body["files"])
    published = (path / MANIFEST_B).exists()
    second = _read_manifest(path / MANIFEST_B, "B") if published else None
    if published:
        faults += [FileFault(MANIFEST_B, fault) for fault in _publication_faults(path, second, manifest, key)]
    return VerifyReport(
        faults=tuple(faults),
        files=tuple(sorted(body["files"])),
        period=body["period"],
        version=body["version"],
        key_id=manifest["key_id"],
        key_beside=key is not None,
        published=published,
        visas=tuple((one["party"], one["name"], one["given_at"]) for one in second["body"]["visas"]) if second else (),
    )


def read_anchor(content: bytes, *, name: str, public_key: bytes) -> Anchor | None:
    """Return the audit heads that a manifest or a nightly check sealed; None if its seal does not hold.

    ``public_key`` is the platform's: a document sealed with another key proves nothing.
    """
    try:
        document = json.loads(content)
        if _seal_faults(document, public_key):
            return None
        heads = document["body"]["audit_heads"]
        return Anchor(name, tuple(Head(int(h["stream"]), int(h["number"]), str(h["sha256"])) for h in heads))
    except (ValueError, LookupError, TypeError, AttributeError):
        return None


def _key_beside(path: Path) -> bytes | None:
    try:
        return base64.b64decode((path / KEY_FILE).read_text(encoding="ascii").strip(), validate=True)
    except (OSError, ValueError):
        return None


def _read_manifest(path: Path, kind: str) -> dict[str, Any] | None:
    """Return a manifest that has all its parts, whatever they are worth; None if it has not."""
    try:
        manifest = json.loads(path.read_bytes())
        body = manifest["body"]
        parts = [manifest[name] for name in ("algorithm", "key_id", "public_key", "seal")]
        parts += (
            [body["period"], str(int(body["version"])), *_file_digests(body)]
            if kind == "A"
            else [body["manifest_a_sha256"], *_visas(body)]
        )
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None
    return manifest if body["kind"] == kind and all(isinstance(part, str) for part in parts) else None


def _file_digests(body: dict[str, Any]) -> list[str]:
    return [entry["sha256"] for entry in body["files"].values()]


def _visas(body: dict[str, Any]) -> list[Any]:
    return [part for visa in body["visas"] for part in (visa["party"], visa["name"], visa["given_at"])]


def _seal_faults(manifest: dict[str, Any], key: bytes | None) -> list[Fault]:
    try:
        own_key = base64.b64decode(manifest["public_key"], validate=True)
        seal = base64.b64decode(manifest["seal"], validate=True)
        if manifest["algorithm"] != ALGORITHM or manifest["key_id"] != key_id_of(own_key):
            return [Fault.SEAL_BROKEN]
        Ed25519PublicKey.from_public_bytes(own_key).verify(seal, sealed_bytes(manifest["body"]))
    except (InvalidSignature, ValueError, binascii.Error):
        return [Fault.SEAL_BROKEN]
    return [Fault.OTHER_KEY] if key is not None and key != own_key else []


def _file_faults(path: Path, files: dict[str, Any]) -> list[FileFault]:
    faults = []
    for name, entry in sorted(files.items()):
        try:
            content = (path / Path(name).name).read_bytes()
        except OSError:
            faults.append(FileFault(name, Fault.MISSING))
            continue
        if digest(content) != entry["sha256"]:
            faults.append(FileFault(name, Fault.CHANGED))
    known = {*files, MANIFEST_A, MANIFEST_B, KEY_FILE}
    faults += [FileFault(one.name, Fault.UNEXPECTED) for one in sorted(path.iterdir()) if one.name not in known]
    return faults


def _publication_faults(
    path: Path, second: dict[str, Any] | None, first: dict[str, Any], key: bytes | None
) -> list[Fault]:
    if second is None:
        return [Fault.UNREADABLE]
    faults = _seal_faults(second, key)
    if second["public_key"] != first["public_key"]:
        faults.append(Fault.OTHER_KEY)
    if second["body"]["manifest_a_sha256"] != digest((path / MANIFEST_A).read_bytes()):
        faults.append(Fault.OTHER_MANIFEST)
    return faults
