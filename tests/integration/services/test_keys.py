"""Changing the key of numbers of identity while the site goes on reading them."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path
from typing import Final

from click.testing import CliRunner, Result
from sqlalchemy import select

from skills_bridge.adapters.vault import Vault
from skills_bridge.cli.privacy import privacy
from skills_bridge.models import AuditEntry, ImportBatch, SeekerIdentity
from skills_bridge.services.imports.receiving import file_purpose
from skills_bridge.services.privacy import reseal_batch
from skills_bridge.services.seekers import find_seeker
from tests.factories.seekers import add_seeker
from tests.factories.world import VAULT, VAULT_KEYS, World, settings_of

NEXT_KEYS: Final = replace(VAULT_KEYS, cin_keys={"k2": b"2" * 32, **VAULT_KEYS.cin_keys}, cin_key_id="k2")
NEXT: Final = Vault(NEXT_KEYS)
ONLY_NEXT: Final = Vault(replace(NEXT_KEYS, cin_keys={"k2": b"2" * 32}))


def rotate(world: World, folder: Path, *words: str, vault: Vault = NEXT) -> Result:
    """Run the command with a ring of keys."""
    settings = replace(settings_of(world.urls, folder), vault=vault.keys)
    return CliRunner().invoke(privacy, ["rotate-keys", *words], obj=lambda: settings)


def numbers(world: World, vault: Vault) -> dict[str, set[str]]:
    """Return what a reader with a ring opens, by key id."""
    found: dict[str, set[str]] = {}
    with world.as_owner() as session:
        for row in session.scalars(select(SeekerIdentity)):
            number = vault.open(row.cin_sealed, key_id=row.cin_key_id, purpose=f"cin:{row.seeker_id}")
            found.setdefault(row.cin_key_id, set()).add(number)
    return found


def kept_file(world: World) -> int:
    """Keep the file of an import that waits for its check."""
    with world.acting("adviser") as uow:
        user_id = uow.actor.user_id or 0
        sealed = VAULT.seal(base64.b64encode(b"a file").decode(), purpose=file_purpose(user_id)).packed
        batch = ImportBatch(
            agency_id=world.ids["agency"],
            unit_id=world.units["north"],
            user_id=user_id,
            file_name="people.xlsx",
            content_sealed=sealed,
        )
        uow.session.add(batch)
        uow.session.flush()
        return batch.id


class TestRotateKeys:
    def test_seals_everything_anew_and_needs_the_old_key_no_more(self, world: World, tmp_path: Path) -> None:
        people = {add_seeker(world).number for _ in range(3)}
        batch_id = kept_file(world)

        told = rotate(world, tmp_path)

        assert told.exit_code == 0, told.output
        assert "4 values under k2 (in use)" in told.output
        assert numbers(world, ONLY_NEXT) == {"k2": people}
        with world.as_owner() as session:
            batch = session.get_one(ImportBatch, batch_id)
            assert ONLY_NEXT.open_packed(batch.content_sealed or b"", purpose=file_purpose(batch.user_id))
            facts = session.scalars(select(AuditEntry.facts).where(AuditEntry.act == "key.rotated")).one()
        assert facts == '{"key_id":"k2","values":4}'

    def test_never_fails_a_read_and_goes_on_after_a_stop(self, world: World) -> None:
        people = {add_seeker(world).number for _ in range(4)}
        left = []
        for _ in range(4):
            with world.acting("adviser") as uow:
                left.append(reseal_batch(uow, vault=NEXT, size=3))
            assert set().union(*numbers(world, NEXT).values()) == people

        assert left == [3, 1, 0, 0]

    def test_leaves_a_number_that_somebody_corrects_to_the_next_batch(self, world: World) -> None:
        first, second = add_seeker(world), add_seeker(world)
        with world.acting("adviser") as other:
            other.session.scalar(select(SeekerIdentity).where(SeekerIdentity.seeker_id == first.id).with_for_update())
            with world.acting("unit_manager") as uow:
                assert reseal_batch(uow, vault=NEXT) == 1
        assert numbers(world, NEXT) == {"k1": {first.number}, "k2": {second.number}}

    def test_keeps_the_index_so_that_people_are_found_before_and_after(self, world: World, tmp_path: Path) -> None:
        person = add_seeker(world)
        rotate(world, tmp_path)

        for vault in (VAULT, NEXT, ONLY_NEXT):
            with world.acting("adviser") as uow:
                found = find_seeker(uow, number=person.number, vault=vault)
                assert found is not None
                assert found.id == person.id

    def test_only_counts_when_asked_to(self, world: World, tmp_path: Path) -> None:
        add_seeker(world)

        told = rotate(world, tmp_path, "--check")

        assert "1 values under k1 (earlier)" in told.output
        assert list(numbers(world, NEXT)) == ["k1"]

    def test_refuses_to_begin_without_a_key_that_is_needed(self, world: World, tmp_path: Path) -> None:
        add_seeker(world)

        told = rotate(world, tmp_path, vault=ONLY_NEXT)

        assert told.exit_code == 1
        assert "CIN_KEYS lacks a key" in told.output
        assert list(numbers(world, VAULT)) == ["k1"]
