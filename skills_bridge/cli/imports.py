"""Official frameworks and files of openings, from the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from skills_bridge.adapters.database import passing_engine
from skills_bridge.adapters.encoder import SentenceEncoder
from skills_bridge.adapters.framework_files import FrameworkContent, read_esco, read_rome
from skills_bridge.adapters.opening_files import read_openings
from skills_bridge.cli.faults import tell_fault, tell_problem
from skills_bridge.cli.framework import tell_encoded
from skills_bridge.domain.accounts import CLOCK, PLATFORM_SCOPE, Actor, tenant_scope
from skills_bridge.domain.errors import RuleBroken
from skills_bridge.domain.organisations import OrganisationKind
from skills_bridge.domain.settings import Settings
from skills_bridge.services.framework import encode_labels, import_framework
from skills_bridge.services.opening_imports import Checked, apply_row, check_rows
from skills_bridge.unit_of_work import UnitOfWork, transaction


@contextmanager
def acting(engine: Engine, actor: Actor = CLOCK) -> Iterator[UnitOfWork]:
    """Open a transaction in the platform scope, or in that of one company."""
    scope = PLATFORM_SCOPE if actor is CLOCK else tenant_scope(actor)
    with Session(engine) as session, transaction(session, actor=actor, scope=scope) as uow:
        yield uow


@click.group("import")
def imports() -> None:
    """Bring in official frameworks and files of openings."""


@imports.command("esco")
@click.argument("folder", type=click.Path(path_type=Path))
@click.pass_obj
def import_esco(load: Callable[[], Settings], folder: Path) -> None:
    """Bring in ESCO from the official CSV files in FOLDER; twice is like once."""
    _bring_in(load, folder, read_esco)


@imports.command("rome")
@click.argument("folder", type=click.Path(path_type=Path))
@click.pass_obj
def import_rome(load: Callable[[], Settings], folder: Path) -> None:
    """Bring in ROME 4.0 from the official CSV files in FOLDER; twice is like once."""
    _bring_in(load, folder, read_rome)


def _bring_in(load: Callable[[], Settings], folder: Path, read: Callable[[Path], FrameworkContent]) -> None:
    settings = load()
    click.echo(f"reading {folder}")
    try:
        content = read(folder)
    except RuleBroken as fault:
        raise click.ClickException(tell_fault(fault)) from fault
    click.echo(f"writing {len(content.competencies)} competencies and {len(content.profiles)} job profiles")
    engine = passing_engine(settings.databases.worker)
    with acting(engine) as uow:
        counts = write_framework(uow, content)
    for name, count in counts.items():
        click.echo(f"{count:>8}  {name}")
    with acting(engine) as uow:
        encode_labels(uow, encode=SentenceEncoder(), tell=tell_encoded)


def write_framework(uow: UnitOfWork, content: FrameworkContent) -> dict[str, int]:
    """Write what official files hold, and return the counts to print; platform scope."""
    written = import_framework(
        uow,
        scheme=content.scheme,
        competencies=content.competencies,
        relations=content.relations,
        profiles=content.profiles,
        requirements=content.requirements,
    )
    return {
        "competencies": written.competencies,
        "job profiles": written.profiles,
        "template lines": written.requirements,
        "relations": written.relations,
        "retired": written.retired,
        "without a French label": content.without_french,
        "left out": content.left_out,
    }


@imports.command("openings")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--company", default="", help="ICE or name of the company of rows that name none.")
@click.option("--apply", "applies", is_flag=True, help="Submit the good rows; without it they are only checked.")
@click.pass_obj
def import_openings(load: Callable[[], Settings], *, file: Path, company: str, applies: bool) -> None:
    """Check the openings of FILE row by row; with --apply submit the good ones to the agency."""
    engine = passing_engine(load().databases.worker)
    try:
        rows = list(read_openings(file.read_bytes()))
    except RuleBroken as fault:
        raise click.ClickException(tell_fault(fault)) from fault
    with acting(engine) as uow:
        checked = check_rows(uow, rows=rows, company=company)
    for one in checked:
        for line in verdict_lines(one):
            click.echo(line)
    good = [one for one in checked if one.draft is not None]
    standing = sum(1 for one in checked if one.standing)
    click.echo(f"{len(good)} good, {standing} there already, {len(checked) - len(good) - standing} to correct")
    if not applies and good:
        click.echo("Nothing was changed; --apply submits the good rows.")
    for place, one in enumerate(good if applies else (), 1):
        reference = submit_row(engine, one)
        click.echo(f"row {one.number}: submitted as {reference} ({place} of {len(good)})")


def submit_row(engine: Engine, checked: Checked) -> str:
    """Submit a good row in the name of its company and return the opening's reference."""
    actor = Actor(
        user_id=None,
        organisation_id=checked.company_id,
        organisation_kind=OrganisationKind.COMPANY,
        role=None,
        display_name="import",
    )
    with acting(engine, actor) as uow:
        return apply_row(uow, checked=checked).reference


def verdict_lines(one: Checked) -> list[str]:
    """Say what is wrong with a row: row, column and cure; nothing for a good one."""
    if one.standing:
        return [f"row {one.number}: there already as {one.standing}"]
    return [tell_problem(one.number, problem) for problem in one.problems]
