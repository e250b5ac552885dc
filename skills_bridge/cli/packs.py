"""Monthly packs on disk: copied out of an installation, and verified anywhere without one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
from sqlalchemy.orm import Session

from skills_bridge.adapters.database import passing_engine
from skills_bridge.domain.accounts import PLATFORM_SCOPE
from skills_bridge.domain.errors import NotFound
from skills_bridge.domain.settings import Settings
from skills_bridge.queries.packs import list_pack_files
from skills_bridge.reporting.verification import verify_directory
from skills_bridge.unit_of_work import scoped


@click.group()
def packs() -> None:
    """Look after the monthly packs."""


@packs.command("export")
@click.argument("reference")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.pass_obj
def export(load: Callable[[], Settings], reference: str, folder: Path) -> None:
    """Copy every file of the pack REFERENCE, for instance RA-2026-00001, to FOLDER."""
    engine = passing_engine(load().databases.worker)
    try:
        with Session(engine) as session:
            files = list_pack_files(scoped(session, PLATFORM_SCOPE, read_only=True), reference=reference)
    except NotFound as missing:
        raise click.ClickException(f"no pack has the reference {reference}") from missing
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files:
        (folder / name).write_bytes(content)
        click.echo(f"{len(content):>10}  {folder / name}")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
def verify(folder: Path) -> None:
    """Check a pack's FOLDER against its seals; needs no network, database or secret."""
    report = verify_directory(folder)
    for fault in report.faults:
        click.echo(f"{fault.name}: {fault.fault.value.replace('_', ' ')}", err=True)
    if not report.is_sound:
        raise click.ClickException(f"{folder} is not the pack that was sealed")
    for name in report.files:
        click.echo(f"      sound  {name}")
    for party, name, instant in report.visas:
        click.echo(f"       visa  {party}, {name}, {instant}")
    state = "published" if report.published else "frozen, not published"
    ground = "the key file beside the pack" if report.key_beside else "compare the key with the one announced"
    click.echo(f"{report.period}, version {report.version}, {state}; sealed with the key {report.key_id} ({ground})")
