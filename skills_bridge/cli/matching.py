"""Shortlists from the command line: the jobs that a screen asks for, and the proofs on what was kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from sqlalchemy.orm import Session

from skills_bridge.adapters.database import passing_engine
from skills_bridge.domain.accounts import CLOCK, PLATFORM_SCOPE
from skills_bridge.domain.errors import NotFound, RuleBroken
from skills_bridge.domain.settings import Settings
from skills_bridge.engine.difference import Standing
from skills_bridge.queries.matching.opening_input import get_opening_id
from skills_bridge.queries.matching.replays import get_move_names, list_moves, replay_run
from skills_bridge.services.matching import ask_all_matches, ask_full_runs, ask_match, check_packed, pack_next
from skills_bridge.unit_of_work import UnitOfWork, transaction


@contextmanager
def platform(settings: Settings) -> Iterator[UnitOfWork]:
    """Open a transaction of the clock in the platform scope."""
    engine = passing_engine(settings.databases.worker)
    with Session(engine) as session, transaction(session, actor=CLOCK, scope=PLATFORM_SCOPE) as uow:
        yield uow


@click.group()
def match() -> None:
    """Ask for shortlists, which a worker computes; prove and compare runs."""


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


@match.command("openings")
@click.pass_obj
def match_openings(load: Callable[[], Settings]) -> None:
    """Ask for a new shortlist of every validated opening, each a run of its own."""
    with platform(load()) as uow:
        asked = ask_all_matches(uow)
    click.echo(f"{asked} shortlists asked for")


@match.command("all")
@click.pass_obj
def match_all(load: Callable[[], Settings]) -> None:
    """Ask for one run over all validated openings, as each night does."""
    with platform(load()) as uow:
        asked = ask_full_runs(uow)
    click.echo(f"{asked} full run{'' if asked == 1 else 's'} asked for" if asked else "already waiting or at work")


@match.command("pack")
@click.pass_obj
def pack(load: Callable[[], Settings]) -> None:
    """Pack everybody's profile anew, ten thousand people a transaction; safe to stop and to repeat."""
    settings, after, people, changed = load(), 0, 0, 0
    while True:
        with platform(settings) as uow:
            done = pack_next(uow, after=after)
        if done is None:
            break
        after, people, changed = done.last, people + done.people, changed + done.changed
        click.echo(f"{people} people packed, {changed} rows were not right")
    click.echo(f"all packed: {people} people, {changed} rows were not right")


@match.command("check")
@click.pass_obj
def check(load: Callable[[], Settings]) -> None:
    """Compare some packed profiles with the files, as each night does."""
    try:
        with platform(load()) as uow:
            compared = check_packed(uow)
    except RuleBroken as wrong:
        raise click.ClickException(f"{wrong.facts['people']} packed profiles differ from the files") from wrong
    click.echo(f"{compared} packed profiles compared, all the same")


@match.command("replay")
@click.argument("run", type=int)
@click.pass_obj
def replay(load: Callable[[], Settings], run: int) -> None:
    """Compute the full run RUN again from its kept input and prove that the same bytes come out."""
    with platform(load()) as uow, refusing():
        found = replay_run(uow.session, run_id=run)
    if found.engine_then != found.engine_now:
        click.echo(f"engine {found.engine_then} then, {found.engine_now} now")
    click.echo(f"input: {'the same' if found.same_input else 'DIFFERENT'}")
    click.echo(f"lists: {'the same' if found.same_lists else 'DIFFERENT'}")
    click.echo(f"rows in the database: {found.compared} compared, {found.different} different")
    if not found.is_proven:
        raise click.ClickException(f"run {run} did not come out the same")


@match.command("diff")
@click.argument("before", type=int)
@click.argument("after", type=int)
@click.pass_obj
def diff(load: Callable[[], Settings], before: int, after: int) -> None:
    """List what moved from the full run BEFORE to the full run AFTER, and why."""
    with platform(load()) as uow, refusing():
        moves = list_moves(uow.session, before=before, after=after)
        openings, people = get_move_names(uow.session, moves)
    for move in moves:
        names = openings.get(move.opening_id, str(move.opening_id)), people.get(move.seeker_id, str(move.seeker_id))
        causes = ", ".join(move.causes)
        click.echo(f"{names[0]}\t{names[1]}\t{_standing(move.was)} -> {_standing(move.now)}\t{causes}")
    click.echo(f"{len(moves)} moved")


@contextmanager
def refusing() -> Iterator[None]:
    """Turn what is not there into the end of the command, with a sentence."""
    try:
        yield
    except NotFound as missing:
        reason = "there is no such run" if missing.kind == "match_run" else "its input is kept for full runs, 30 days"
        raise click.ClickException(f"run {missing.key}: {reason}") from missing


def _standing(standing: Standing | None) -> str:
    return "-" if standing is None else f"{standing.result_class.value} {standing.rank}"
