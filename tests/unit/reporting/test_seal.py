"""The seal and its verification without any server."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from skills_bridge.reporting.documents import canonical_json
from skills_bridge.reporting.files import PackFile
from skills_bridge.reporting.month import AuditHead, PackContext
from skills_bridge.reporting.seal import (
    MANIFEST_A,
    MANIFEST_B,
    SealedVisa,
    digest,
    key_id_of,
    seal_pack,
    seal_publication,
)
from skills_bridge.reporting.verification import KEY_FILE, Fault, FileFault, verify_directory
from tests.unit.reporting.samples import OCTOBER, facts_of

KEY: Final = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER: Final = Ed25519PrivateKey.from_private_bytes(bytes(32))
PUBLIC: Final = KEY.public_key().public_bytes_raw()
FILES: Final = (
    PackFile("rapport.pdf", "application/pdf", b"one"),
    PackFile("figures.json", "application/json", b"two"),
)
AT: Final = datetime(2026, 11, 5, 9, 30, tzinfo=UTC)
VISAS: Final = tuple(SealedVisa(party, f"Signataire {name}", AT) for party, name in zip("dcba", "DCBA", strict=True))


def write_pack(folder: Path, *, sign: Callable[[bytes], bytes] = KEY.sign, public: bytes = PUBLIC) -> Path:
    context = PackContext(OCTOBER, 1, True, (), "0.1.0", "2026.1", "cd" * 32, (AuditHead("platform", 3, "ab" * 32),))
    manifest = seal_pack(FILES, facts_of(), context, sign=sign, public_key=public)
    second = seal_publication(manifest.content, VISAS, published_at=AT, sign=sign, public_key=public)
    for one in (*FILES, manifest, second):
        (folder / one.name).write_bytes(one.content)
    return folder


def rewrite(path: Path, change: Callable[[dict[str, Any]], None], *, key: Ed25519PrivateKey | None = None) -> None:
    manifest = json.loads(path.read_bytes())
    change(manifest)
    if key is not None:
        public = key.public_key().public_bytes_raw()
        manifest["public_key"], manifest["key_id"] = base64.b64encode(public).decode(), key_id_of(public)
        manifest["seal"] = base64.b64encode(key.sign(canonical_json(manifest["body"]))).decode()
    path.write_bytes(canonical_json(manifest))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_pack(tmp_path)


class TestSealPack:
    def test_is_the_same_bytes_twice(self, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
        again = write_pack(tmp_path_factory.mktemp("again"))

        assert (again / MANIFEST_A).read_bytes() == (folder / MANIFEST_A).read_bytes()

    def test_holds_what_the_pack_stands_on(self, folder: Path) -> None:
        body = json.loads((folder / MANIFEST_A).read_bytes())["body"]

        assert body["files"]["rapport.pdf"] == {"sha256": digest(b"one"), "size": 3}
        assert body["previous_pack_sha256"] == "cd" * 32
        assert body["audit_heads"] == [{"stream": "platform", "number": 3, "sha256": "ab" * 32}]
        assert (body["cut_off"], body["period"], body["version"]) == ("2026-11-03T18:00:00Z", "2026-10", 1)

    def test_never_speaks_of_its_own_signature(self, folder: Path) -> None:
        text = (folder / MANIFEST_A).read_text(encoding="utf-8") + (folder / MANIFEST_B).read_text(encoding="utf-8")

        assert text.count("ignature") == 2  # once per manifest, in the sentence that says what the seal is not


class TestVerifyDirectory:
    def test_finds_a_sound_pack_sound(self, folder: Path) -> None:
        report = verify_directory(folder)

        assert (report.is_sound, report.published, report.period, report.version) == (True, True, "2026-10", 1)
        assert report.files == ("figures.json", "rapport.pdf")
        assert report.visas[0] == ("a", "Signataire A", "2026-11-05T09:30:00Z")
        assert (report.key_id, report.key_beside) == (key_id_of(PUBLIC), False)

    def test_accepts_a_frozen_pack_that_is_not_published(self, folder: Path) -> None:
        (folder / MANIFEST_B).unlink()

        report = verify_directory(folder)

        assert (report.is_sound, report.published, report.visas) == (True, False, ())

    def test_names_the_file_that_differs(self, folder: Path) -> None:
        (folder / "rapport.pdf").write_bytes(b"One")

        assert verify_directory(folder).faults == (FileFault("rapport.pdf", Fault.CHANGED),)

    def test_names_the_file_that_is_missing_and_the_one_too_many(self, folder: Path) -> None:
        (folder / "rapport.pdf").rename(folder / "autre.pdf")

        assert verify_directory(folder).faults == (
            FileFault("rapport.pdf", Fault.MISSING),
            FileFault("autre.pdf", Fault.UNEXPECTED),
        )

    def test_sees_a_changed_manifest(self, folder: Path) -> None:
        rewrite(folder / MANIFEST_A, lambda one: one["body"].update(version=2))

        assert FileFault(MANIFEST_A, Fault.SEAL_BROKEN) in verify_directory(folder).faults

    def test_sees_another_key_than_the_one_beside(self, folder: Path) -> None:
        (folder / KEY_FILE).write_text(base64.b64encode(OTHER.public_key().public_bytes_raw()).decode())

        assert verify_directory(folder).faults == (
            FileFault(MANIFEST_A, Fault.OTHER_KEY),
            FileFault(MANIFEST_B, Fault.OTHER_KEY),
        )

    def test_is_content_with_the_right_key_beside(self, folder: Path) -> None:
        (folder / KEY_FILE).write_text(base64.b64encode(PUBLIC).decode() + "\n")

        report = verify_directory(folder)

        assert (report.is_sound, report.key_beside) == (True, True)

    def test_sees_a_pack_sealed_anew_under_an_old_publication(self, folder: Path) -> None:
        rewrite(folder / MANIFEST_A, lambda one: one["body"].update(version=2), key=OTHER)

        assert verify_directory(folder).faults == (
            FileFault(MANIFEST_B, Fault.OTHER_KEY),
            FileFault(MANIFEST_B, Fault.OTHER_MANIFEST),
        )

    @pytest.mark.parametrize(
        ("part", "value"), [("algorithm", "none"), ("seal", "%%%"), ("public_key", "AAAA"), ("key_id", "0000")]
    )
    def test_sees_a_broken_seal(self, folder: Path, part: str, value: str) -> None:
        rewrite(folder / MANIFEST_A, lambda one: one.update({part: value}))

        assert FileFault(MANIFEST_A, Fault.SEAL_BROKEN) in verify_directory(folder).faults

    def test_says_that_there_is_no_pack(self, tmp_path: Path) -> None:
        assert verify_directory(tmp_path).faults == (FileFault(MANIFEST_A, Fault.MISSING),)

    @pytest.mark.parametrize(
        "content",
        [b"", b"[]", b"{}", b"\xff", b'{"body":{"kind":"A"}}', b'{"body":{"kind":"A","files":[]}}', b'{"body":3}'],
    )
    @pytest.mark.parametrize("name", [MANIFEST_A, MANIFEST_B])
    def test_says_that_a_manifest_is_unreadable(self, folder: Path, name: str, content: bytes) -> None:
        (folder / name).write_bytes(content)

        assert FileFault(name, Fault.UNREADABLE) in verify_directory(folder).faults

    def test_takes_no_manifest_for_the_other(self, folder: Path) -> None:
        (folder / MANIFEST_B).write_bytes((folder / MANIFEST_A).read_bytes())

        assert FileFault(MANIFEST_B, Fault.UNREADABLE) in verify_directory(folder).faults
