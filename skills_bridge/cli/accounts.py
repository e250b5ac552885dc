"""The first way in: without it nobody could invite anybody."""

from __future__ import annotations

from collections.abc import Callable

import click
from sqlalchemy.orm import Session

from skills_bridge.adapters.database import passing_engine
from skills_bridge.adapters.vault import Vault
from skills_bridge.domain.accounts import CLOCK, PLATFORM_SCOPE
from skills_bridge.domain.errors import RuleBroken
from skills_bridge.domain.settings import Settings
from skills_bridge.services.organisations import invite_first_administrator
from skills_bridge.unit_of_work import transaction


@click.group()
def accounts() -> None:
    """Look after the ways in."""


@accounts.command("invite-administrator")
@click.argument("email")
@click.option("--language", type=click.Choice(["fr", "ar", "en"]), default="fr", show_default=True)
@click.pass_obj
def invite_administrator(load_settings: Callable[[], Settings], email: str, language: str) -> None:
    """Invite somebody to administer the platform; the letter leaves with the relay and the worker."""
    settings = load_settings()
    engine = passing_engine(settings.databases.worker)
    try:
        with Session(engine) as session, transaction(session, actor=CLOCK, scope=PLATFORM_SCOPE) as uow:
            invite_first_administrator(uow, email=email, language=language, vault=Vault(settings.vault))
    except RuleBroken as refusal:
        raise click.ClickException(f"refused: {refusal.code}") from refusal
    click.echo("invited; the letter leaves as soon as relay and worker run")
