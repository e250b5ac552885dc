"""The schema: bring it to the last revision, as its owner."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
from alembic import command
from alembic.config import Config

from skills_bridge.domain.settings import Settings

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def upgrade_schema(owner_url: str) -> None:
    """Apply every migration that the database lacks."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("sqlalchemy.url", owner_url.replace("%", "%%"))
    command.upgrade(config, "head")


@click.group()
def database() -> None:
    """Look after the schema."""


@database.command("upgrade")
@click.pass_obj
def upgrade(load: Callable[[], Settings]) -> None:
    """Bring the schema to the last revision (needs MIGRATION_DATABASE_URL)."""
    settings = load()
    if not settings.databases.owner:
        raise click.UsageError("MIGRATION_DATABASE_URL is not set")
    upgrade_schema(settings.databases.owner)
    click.echo("The schema stands at its last revision.")
