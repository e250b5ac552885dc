"""Personal links for tests: handed out as an adviser does, opened as the person does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from skills_bridge.domain.accounts import Actor, seeker_scope
from skills_bridge.domain.personal import BY_LINK, Handing
from skills_bridge.models import PersonalLink
from skills_bridge.services.personal import give_link
from skills_bridge.unit_of_work import UnitOfWork, scoped, transaction, utc_now
from tests.factories.world import VAULT, World

DAYS: Final = 30


def given_link(
    world: World,
    seeker_id: int,
    *,
    who: str = "adviser",
    handed: Handing = Handing.SHOWN,
    language: str = "fr",
    clock: Callable[[], datetime] = utc_now,
) -> str:
    """Hand a person a link and return its token."""
    with world.acting(who, clock=clock) as uow:
        return give_link(uow, seeker_id=seeker_id, handed=handed, language=language, days=DAYS, vault=VAULT).token


def opened(app: Flask, token: str) -> FlaskClient:
    """Return a client that opened a link."""
    client = app.test_client()
    answer = client.post(f"/personal/open/{token}")
    assert answer.status_code == 302, answer.text
    return client


def link_actor(world: World, seeker_id: int) -> Actor:
    """Return who acts by the live link of a person; she is given one if she has none."""
    live = select(PersonalLink.id).where(PersonalLink.seeker_id == seeker_id, PersonalLink.ended_at.is_(None))
    with world.as_owner() as session:
        link_id = session.scalar(live)
    if link_id is None:
        given_link(world, seeker_id)
        return link_actor(world, seeker_id)
    return Actor(
        user_id=None,
        organisation_id=world.ids["agency"],
        organisation_kind=None,
        role=None,
        display_name=BY_LINK,
        seeker_id=seeker_id,
        link_id=link_id,
    )


@contextmanager
def herself(world: World, seeker_id: int, *, clock: Callable[[], datetime] = utc_now) -> Iterator[UnitOfWork]:
    """Write as a person by her link, through the web's role and her own scope."""
    actor = link_actor(world, seeker_id)
    with (
        Session(world.engines["web"]) as session,
        transaction(session, actor=actor, scope=seeker_scope(actor), clock=clock) as uow,
    ):
        yield uow


@contextmanager
def herself_looking(world: World, seeker_id: int) -> Iterator[Session]:
    """Read as a person by her link."""
    with Session(world.engines["web"]) as session:
        yield scoped(session, seeker_scope(link_actor(world, seeker_id)), read_only=True)
