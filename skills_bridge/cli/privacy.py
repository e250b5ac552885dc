"""Personal data from a terminal: keys changed, files forgotten in time, and forgotten again after a restore."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import astuple
from typing import TextIO

import click
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from skills_bridge.adapters.database import passing_engine
from skills_bridge.adapters.vault import Vault
from skills_bridge.domain.accounts import PLATFORM_SCOPE, clock_of, tenant_scope
from skills_bridge.domain.organisations import OrganisationKind
from skills_bridge.domain.privacy import ForgetCause
from skills_bridge.domain.settings import Settings
from skills_bridge.queries.privacy import count_keys, find_forgotten, list_agencies, list_tombstones
from skills_bridge.services.privacy import (
    RetentionClock,
    RetentionCounts,
    apply_batch,
    clock_from,
    count_retention,
    forget_person,
    note_applied,
    note_rotation,
    reseal_batch,
)
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


@privacy.command("retain")
@click.option("--apply", "applies", is_flag=True, help="Give notices and anonymise; without it, only count.")
@click.pass_obj
def retain(load: Callable[[], Settings], *, applies: bool) -> None:
    """Look at the clock of inactivity: who is to be told, and whose file is to be anonymised."""
    settings = load()
    clock = clock_from(settings.legal)
    if clock is None:
        raise click.ClickException("RETENTION_MONTHS and RETENTION_NOTICE_DAYS are not both set: nothing is done")
    engine, vault = passing_engine(settings.databases.worker), Vault(settings.vault)
    for agency_id in agencies(engine):
        if not applies:
            with acting_for(engine, agency_id) as uow:
                run = count_retention(uow, agency_id=agency_id, clock=clock)
                counts = RetentionCounts(**run.counts) if run else RetentionCounts(0, 0, 0)
        else:
            counts = _apply(engine, agency_id, clock, vault)
        done = "done" if applies else "to do (dry run; --apply does it)"
        click.echo(
            f"agency {agency_id}: {counts.to_notice} notices, {counts.to_keep} notices lifted,"
            f" {counts.to_forget} files anonymised: {done}"
        )


def _apply(engine: Engine, agency_id: int, clock: RetentionClock, vault: Vault) -> RetentionCounts:
    """Work off batch after batch, each in a transaction of its own; a stop leaves the rest for the next call."""
    total = RetentionCounts(0, 0, 0)
    while True:
        with acting_for(engine, agency_id) as uow:
            done = apply_batch(uow, clock=clock, vault=vault)
        total = RetentionCounts(*(one + more for one, more in zip(astuple(total), astuple(done), strict=True)))
        if not any(astuple(done)):
            break
    with acting_for(engine, agency_id) as uow:
        note_applied(uow, counts=total)
    return total


@privacy.command("tombstones")
@click.pass_obj
def tombstones(load: Callable[[], Settings]) -> None:
    """Print the digests of forgotten files, to be kept apart from the backups."""
    engine = passing_engine(load().databases.worker)
    for agency_id in agencies(engine):
        with acting_for(engine, agency_id) as uow:
            for digest in list_tombstones(uow.session):
                click.echo(digest.hex())


@privacy.command("replay")
@click.argument("file", type=click.File("r", encoding="ascii"))
@click.pass_obj
def replay(load: Callable[[], Settings], file: TextIO) -> None:
    """Forget again, after a restore, every file whose digest stands in FILE."""
    settings = load()
    engine, vault = passing_engine(settings.databases.worker), Vault(settings.vault)
    try:
        wanted = {bytes.fromhex(line.strip()) for line in file if line.strip()}
    except ValueError as wrong:
        raise click.ClickException("FILE holds a line that is no digest") from wrong
    for agency_id in agencies(engine):
        with acting_for(engine, agency_id) as uow:
            found = find_forgotten(uow.session, digests=wanted, vault=vault)
        for seeker_id in found:
            with acting_for(engine, agency_id) as uow:
                forget_person(uow, seeker_id=seeker_id, vault=vault, cause=ForgetCause.RESTORE)
        click.echo(f"agency {agency_id}: {len(found)} files forgotten again")


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
