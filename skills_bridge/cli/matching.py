"""Shortlists from the command line: asks for the jobs that a screen asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from sqlalchemy.orm import Session

from skills_bridge.adapters.database import passing_engine
from skills_bridge.domain.accounts import CLOCK, PLATFORM_SCOPE
from skills_bridge.domain.settings import Settings
from skills_bridge.queries.matching.run_input import get_opening_id
from skills_bridge.services.matching import ask_all_matches, ask_match
from skills_bridge.unit_of_work import UnitOfWork, transaction


@contextmanager
def platform(settings: Settings) -> Iterator[UnitOfWork]:
    """Open a transaction of the clock in the platform scope."""
    engine = passing_engine(settings.databases.worker)
    with Session(engine) as session, transaction(session, actor=CLOCK, scope=PLATFORM_SCOPE) as uow:
        yield uow


@click.group()
def match() -> None:
    """Ask for shortlists; a worker computes them."""


@match.command("opening")
@click.argument("reference")
@click.pass_obj
def match_opening(load: Callable[[], Settings], reference: str) -> None:
    """Ask for a new shortlist of the opening REFERENCE, for instance OF-2026-00042."""
    with platform(load()) as uow:
        opening_id = get_opening_id(uow.session, reference=reference)
        if opening_id is None:
            raise click.ClickException(f"no opening has the reference {reference}")
        asked = ask_match(uow, opening_id=opening_id)
    click.echo(f"{reference}: asked for" if asked else f"{reference}: already waiting for a worker")


@match.command("all")
@click.pass_obj
def match_all(load: Callable[[], Settings]) -> None:
    """Ask for a new shortlist of every validated opening."""
    with platform(load()) as uow:
        asked = ask_all_matches(uow)
    click.echo(f"{asked} shortlists asked for")
