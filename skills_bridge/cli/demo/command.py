"""``skills-bridge demo``: servers, schema, the story once, then the site until Ctrl-C."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

import click
from sqlalchemy import text

from skills_bridge.adapters.database_roles import RolesTaken, create_database, drop_database
from skills_bridge.adapters.development import DATABASE, LocalStack, PortTaken, local_stack
from skills_bridge.adapters.framework_files import FileFault
from skills_bridge.adapters.processes import AlreadyRunning, StartFailed, ending_on_signal
from skills_bridge.adapters.supervision import Supervisor
from skills_bridge.cli.database import upgrade_schema
from skills_bridge.cli.demo.founding import kept_accounts
from skills_bridge.cli.demo.real_input import REPORT, try_real_input, write_report
from skills_bridge.cli.demo.stage import Stage, staged
from skills_bridge.cli.demo.story import is_told, is_untouched, tell_story
from skills_bridge.cli.demo.summary import print_summary
from skills_bridge.cli.demo.telling import Telling
from skills_bridge.cli.faults import tell_fault
from skills_bridge.domain.settings import Settings

FOLDER: Final = Path("var/demo")
PEOPLE: Final = 2000


@click.command()
@click.option("--serve/--no-serve", default=True, help="Serve until Ctrl-C, or end when the story is told.")
@click.option("--people", default=PEOPLE, show_default=True, type=click.IntRange(200, 20_000), help="Invented people.")
@click.option("--port", type=click.IntRange(1024, 65_535), help="Port of the site; 8000 if it is free, else any.")
@click.option(
    "--real",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder of real frameworks and advertisements to try the matching on, once.",
)
@click.option(
    "--folder", type=click.Path(path_type=Path, file_okay=False), default=FOLDER, help="Where everything lies."
)
@click.pass_obj
def demo(
    load: Callable[[], Settings], *, serve: bool, people: int, port: int | None, real: Path | None, folder: Path
) -> None:
    """Run a whole installation on this machine with invented data and one story told through it."""
    telling = Telling()
    try:
        with ending_on_signal(), local_stack(folder, port=port, tell=telling.step) as stack:
            os.environ.update(stack.environ)
            _run(stack, load(), telling, people=people, real=real)
            if serve:
                telling.line("Serving; Ctrl-C ends it, and the next start goes on from here.")
                Supervisor(stack, tell=telling.step).serve()
    except KeyboardInterrupt:
        telling.line("Ended; the data are kept.")
    except (AlreadyRunning, StartFailed, PortTaken, RolesTaken) as error:
        raise click.ClickException(str(error)) from error


def _run(stack: LocalStack, settings: Settings, telling: Telling, *, people: int, real: Path | None) -> None:
    """Bring the schema up, tell the story unless it is told, and say how to come in."""
    upgrade_schema(stack.databases.owner)
    telling.step("the schema stands")
    with staged(settings, telling) as stage:
        is_kept = is_told(stage) and bool(kept_accounts(stack.folder))
        if not is_kept and not is_untouched(stage):
            _start_over(stack, stage)
        stack.start_processes()
        telling.step(f"the site serves at {stack.base_url}")
        if is_kept:
            telling.step("the story is told already: kept data")
        else:
            tell_story(stage, stack.folder, people=people)
        if real is not None:
            _try(stage, stack.folder, real)
        print_summary(stage, stack.folder, stack.base_url)


def _try(stage: Stage, folder: Path, data: Path) -> None:
    """Try the matching on real input, unless that was done here before, and print the report."""
    report = folder / REPORT
    try:
        found = None if report.exists() else try_real_input(stage, data)
    except FileFault as fault:
        raise click.ClickException(tell_fault(fault)) from fault
    if found is not None:
        write_report(found, folder)
    stage.telling.line(report.read_text(encoding="utf-8"))
    stage.telling.step(f"the report on real input lies in {report}")


def _start_over(stack: LocalStack, stage: Stage) -> None:
    """Empty a demonstration whose story was interrupted; never anything else."""
    with stage.platform() as uow:
        is_demo = uow.session.scalar(text("SELECT is_demo FROM platform_state WHERE id = 1"))
    if not is_demo:
        raise click.ClickException("this database holds an installation that is no demonstration: nothing was changed")
    stage.telling.step("an earlier start was interrupted: starting over")
    stage.web.dispose()
    stage.worker.dispose()
    (stack.folder / REPORT).unlink(missing_ok=True)
    drop_database(stack.superuser_url, DATABASE)
    create_database(stack.superuser_url, DATABASE)
    upgrade_schema(stack.databases.owner)
