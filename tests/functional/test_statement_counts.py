"""How many statements each page asks the database: frozen, page by page and role by role, over the told story.

A page that asks more must say so in ``statement_counts.csv``; a failure prints the lines that differ.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from flask import Flask
from sqlalchemy import Engine, event, select

from skills_bridge.domain.accounts import Role
from skills_bridge.domain.referrals import ReferralState
from skills_bridge.models import Referral
from skills_bridge.policies.permissions import may
from tests.factories.personal import link_actor
from tests.factories.world import PEOPLE, World, app_of, client_of

TABLE: Final = Path(__file__).with_name("statement_counts.csv")
READERS: Final = {role.value: next(who for who, (_, held, _) in PEOPLE.items() if held is role) for role in Role}
"""One reader for each role; a person with a personal link is added to the world that she reads."""
BY_LINK: Final = "personal_link"


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect the statements of every connection of this process while the block runs."""
    seen: list[str] = []

    def note(_link: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def frozen(role: str) -> dict[str, int]:
    """Return the table's lines of a role: page and statements."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return {line["page"]: int(line["statements"]) for line in csv.DictReader(lines) if line["role"] == role}


def pages(app: Flask, world: World, who: str) -> list[str]:
    """Return the addresses without parameters that a person may open."""
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments]
    doors = {rule.rule: getattr(app.view_functions[rule.endpoint], "permission", None) for rule in rules}
    return sorted(page for page, door in doors.items() if door is not None and may(world.actors[who], door))


def with_link(world: World) -> World:
    """Return the world with a person to whom one opening is proposed, under the name of her link."""
    with world.as_owner() as session:
        asked = select(Referral.seeker_id).where(Referral.state == ReferralState.PROPOSED).order_by(Referral.id)
        seeker_id = session.scalars(asked.limit(1)).one()
    return replace(world, actors={**world.actors, BY_LINK: link_actor(world, seeker_id)})


@pytest.mark.parametrize("role", [*READERS, BY_LINK])
def test_pages_ask_as_many_statements_as_the_table_says(told_world: World, tmp_path: Path, role: str) -> None:
    app, who = app_of(told_world.urls, tmp_path), READERS.get(role, BY_LINK)
    world = told_world if role in READERS else with_link(told_world)
    client = client_of(app, world, who)
    counted: dict[str, int] = {}
    for page in pages(app, world, who):
        client.get(page)  # what a process keeps is kept from now on
        with statements() as seen:
            assert client.get(page).status_code < 400, page
        counted[page] = len(seen)

    expected = frozen(role)
    lines = [f"{role},{page},{count}" for page, count in counted.items() if expected.get(page) != count]
    lines += [f"gone: {page}" for page in expected.keys() - counted.keys()]
    if lines:
        told = "\n".join(["the pages of this role ask otherwise than the table says:", *lines])
        pytest.fail(told, pytrace=False)
