"""The audit verified from a terminal, against the installation's own anchors and copies that others kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
from sqlalchemy.orm import Session

from skills_bridge.adapters.database import passing_engine
from skills_bridge.adapters.vault import Sealer
from skills_bridge.domain.accounts import PLATFORM_SCOPE
from skills_bridge.domain.audit import Fault, Finding
from skills_bridge.domain.settings import Settings
from skills_bridge.queries.audit import ChainReport, verify_chain
from skills_bridge.unit_of_work import scoped

SAID = {
    Fault.CHANGED: "the content does not give its hash",
    Fault.BROKEN: "does not follow the entry before it",
    Fault.MISSING: "missing",
    Fault.REPEATED: "the number stands twice",
    Fault.CUT: "cut off the end",
    Fault.REWRITTEN: "rewritten",
    Fault.UNSEALED: "the seal does not hold",
}


@click.group()
def audit() -> None:
    """Look after the audit chain."""


@audit.command("verify")
@click.option(
    "--stream", type=click.IntRange(min=0), help="Only this stream: an organisation's number, 0 for the platform."
)
@click.option(
    "--manifest",
    "manifests",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A manifeste-a.json that a party kept; may be given several times.",
)
@click.pass_obj
def verify(load: Callable[[], Settings], stream: int | None, manifests: tuple[Path, ...]) -> None:
    """Verify the chain of every stream; ends with 1 and names each place that was tampered with."""
    settings = load()
    kept = [(str(path), path.read_bytes()) for path in manifests]
    with Session(passing_engine(settings.databases.worker)) as session:
        report = verify_chain(
            scoped(session, PLATFORM_SCOPE, read_only=True),
            public_key=Sealer(settings.seal).public_key(),
            manifests=kept,
            stream=stream,
        )
    tell(report)


def tell(report: ChainReport) -> None:
    """Print what was read and every finding.

    :raises click.ClickException: something was tampered with; the command ends with 1.
    """
    for one in report.streams:
        state = "TAMPERED" if one.findings else "sound"
        head = f"head {one.head.seq} {one.head.digest}" if one.head else "empty"
        click.echo(f"{state:>10}  stream {one.stream}: {one.entries} entries, {head}")
    click.echo(f"{report.entries} entries, {len(report.anchors)} sealed anchors")
    for finding in report.findings:
        click.echo(place_of(finding), err=True)
    if report.findings:
        raise click.ClickException("the audit was tampered with")


def place_of(finding: Finding) -> str:
    """Return one line that names the place of a fault."""
    if finding.first == 0:
        return f"{finding.anchor}: {SAID[finding.fault]}"
    entries = (
        f"entry {finding.first}" if finding.first == finding.last else f"entries {finding.first} to {finding.last}"
    )
    against = f" (sealed by {finding.anchor})" if finding.anchor else ""
    return f"stream {finding.stream}, {entries}: {SAID[finding.fault]}{against}"
