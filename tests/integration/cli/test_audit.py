"""The verification from a terminal: what it prints, and how it ends."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from skills_bridge.cli.audit import audit
from skills_bridge.models import AuditCheck
from tests.factories.audits import Owner, written_world
from tests.factories.world import World, settings_of


def run(world: World, folder: Path, *words: str) -> Result:
    """Run ``skills-bridge audit verify`` over the world."""
    return CliRunner().invoke(audit, ["verify", *words], obj=lambda: settings_of(world.urls, folder))


class TestVerify:
    def test_ends_well_over_a_sound_chain(self, world: World, tmp_path: Path) -> None:
        stream = written_world(world).ids["agency"]

        told = run(world, tmp_path)

        assert told.exit_code == 0
        assert f"sound  stream {stream}: 30 entries, head 30" in told.output
        assert "1 sealed anchors" in told.output

    def test_ends_with_one_and_names_the_place(self, world: World, tmp_path: Path) -> None:
        stream = written_world(world).ids["agency"]
        with world.as_owner() as session:
            document = session.scalars(select(AuditCheck.document)).one()
            owner = Owner(session, stream)
            owner.edit(7, "act = 'x'")
            owner.delete("seq > 18")
            session.commit()
        kept = tmp_path / "kept.json"
        kept.write_bytes(document)

        told = run(world, tmp_path, "--stream", str(stream), "--manifest", str(kept))

        assert told.exit_code == 1
        assert f"stream {stream}, entry 7: the content does not give its hash" in told.output
        assert f"stream {stream}, entries 19 to 20: cut off the end (sealed by {kept})" in told.output
        assert run(world, tmp_path, "--stream", "0").exit_code == 0

    @pytest.mark.parametrize("words", [("--stream", "-1"), ("--stream", "x"), ("--manifest", "nowhere.json")])
    def test_refuses_what_is_no_stream_or_file(self, world: World, tmp_path: Path, words: tuple[str, ...]) -> None:
        assert run(world, tmp_path, *words).exit_code == 2
