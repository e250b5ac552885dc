"""The reference lists that the product ships."""

from __future__ import annotations

from collections.abc import Callable

import click
from sqlalchemy.orm import Session

from skills_bridge.adapters.database import passing_engine
from skills_bridge.adapters.encoder import SentenceEncoder
from skills_bridge.domain.accounts import CLOCK, PLATFORM_SCOPE
from skills_bridge.domain.settings import Settings
from skills_bridge.reference import lists
from skills_bridge.services.framework import encode_labels, load_reference
from skills_bridge.unit_of_work import transaction


@click.group()
def reference() -> None:
    """Look after the reference lists."""


@reference.command("load")
@click.pass_obj
def load(load_settings: Callable[[], Settings]) -> None:
    """Bring the shipped lists and the product's framework up to date; twice is like once."""
    engine = passing_engine(load_settings().databases.worker)
    with Session(engine) as session, transaction(session, actor=CLOCK, scope=PLATFORM_SCOPE) as uow:
        counts = load_reference(uow, lists)
    for table, count in counts.items():
        click.echo(f"{count:>6}  {table}")
    with Session(engine) as session, transaction(session, actor=CLOCK, scope=PLATFORM_SCOPE) as uow:
        encoded = encode_labels(uow, encode=SentenceEncoder(), tell=tell_encoded)
    click.echo(f"{encoded:>6}  labels of job profiles encoded")


def tell_encoded(done: int, total: int) -> None:
    """Say how far the encoding of labels is."""
    click.echo(f"labels of job profiles: {done} of {total} encoded")
