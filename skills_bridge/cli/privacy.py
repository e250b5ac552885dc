"""Personal data from a terminal: keys changed while the site goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from skills_bridge.adapters.database import passing_engine
from skills_bridge.adapters.vault import Vault
from skills_bridge.domain.accounts import PLATFORM_SCOPE, clock_of, tenant_scope
from skills_bridge.domain.organisations import OrganisationKind
from skills_bridge.domain.settings import Settings
from skills_bridge.queries.privacy import count_keys, list_agencies
from skills_bridge.services.privacy import note_rotation, reseal_batch
from skills_bridge.unit_of_work import UnitOfWork, scoped, transaction


@click.group()
def privacy() -> None:
    """Look after personal data."""


@privacy.command("rotate-keys")
@click.option("--check", is_flag=True, help="Only say how many values each key still opens.")
@click.pass_obj
def rotate_keys(load: Callable[[], Settings], *, check: bool) -> None:
    """Seal every number of identity and kept file with the first key of CIN_KEYS; may be stopped and begun again."""
    settings = load()
    engine, vault = passing_engine(settings.databases.worker), Vault(settings.vault)
    missing = [agency_id for agency_id in agencies(engine) if not _can_open(engine, agency_id, vault)]
    if missing:
        raise click.ClickException("CIN_KEYS lacks a key that is needed: add it back, behind the one in use")
    if check:
        return
    for agency_id in agencies(engine):
        done = 0
        while count := _reseal(engine, agency_id, vault):
            done += count
            click.echo(f"agency {agency_id}: {done} values sealed with {vault.keys.cin_key_id}")
        with acting_for(engine, agency_id) as uow:
            note_rotation(uow, vault=vault, values=done)
        _can_open(engine, agency_id, vault)


@contextmanager
def acting_for(engine: Engine, agency_id: int) -> Iterator[UnitOfWork]:
    """Open a transaction of the clock in the scope of one agency."""
    actor = clock_of(agency_id, OrganisationKind.AGENCY)
    with Session(engine) as session, transaction(session, actor=actor, scope=tenant_scope(actor)) as uow:
        yield uow


def agencies(engine: Engine) -> tuple[int, ...]:
    """Return the organisations that hold people's files."""
    with Session(engine) as session:
        return list_agencies(scoped(session, PLATFORM_SCOPE, read_only=True))


def _reseal(engine: Engine, agency_id: int, vault: Vault) -> int:
    with acting_for(engine, agency_id) as uow:
        return reseal_batch(uow, vault=vault)


def _can_open(engine: Engine, agency_id: int, vault: Vault) -> bool:
    """Print which keys an agency's values need, and say whether the ring holds them all."""
    with acting_for(engine, agency_id) as uow:
        used = count_keys(uow.session)
    for use in used:
        known = "in use" if use.key_id == vault.keys.cin_key_id else "earlier"
        state = known if use.key_id in vault.keys.cin_keys else "NOT IN THE RING"
        click.echo(f"agency {agency_id}: {use.values} values under {use.key_id} ({state})")
    return all(use.key_id in vault.keys.cin_keys for use in used)
