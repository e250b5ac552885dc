"""A list on screen and its export ask one and the same question: the scope cannot differ between them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, event

from skills_bridge.policies.permissions import may
from tests.factories.routes import address_of, permission_of, rules_of
from tests.factories.samples import STAFF, kind_of, samples_of
from tests.factories.world import World, app_of, client_of

CUT: Final = re.compile(r"\s+LIMIT\b.*$", re.DOTALL)
EXPORT: Final = "export=xlsx"
HTML: Final = "text/html"

Question = tuple[str, str]


@contextmanager
def questions() -> Iterator[list[Question]]:
    """Collect what is asked of the database by the page, with its values and without how many rows are wanted."""
    asked: list[Question] = []

    def note(_link: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        if " LIMIT " in statement and " OFFSET " in statement.replace("\n", " "):
            kept = {key: value for key, value in dict(values).items() if f"({key})" not in CUT.search(statement)[0]}  # type: ignore[index]
            asked.append((CUT.sub("", statement), repr(sorted(kept.items()))))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def asked_by(client: FlaskClient, address: str) -> tuple[str, list[Question]]:
    """Return what kind of answer an address gives, and the lists that it asks the database for."""
    with questions() as asked:
        answer = client.get(address)
    return EXPORT if EXPORT.encode() in answer.data else answer.mimetype or "", asked


class TestEachListing:
    @pytest.mark.parametrize("who", STAFF)
    def test_exports_the_rows_that_it_shows(self, crowded_world: World, tmp_path: Path, who: str) -> None:
        app, known, found = app_of(crowded_world.urls, tmp_path), samples_of(crowded_world), 0
        client = client_of(app, crowded_world, who)
        for rule in rules_of(app):
            permission = permission_of(app, rule)
            own = [one for one in known.get(kind_of(rule) or "", []) if not one.is_foreign_to(who)]
            is_open = permission is not None and may(crowded_world.actors[who], permission)
            if "GET" not in (rule.methods or ()) or not is_open or (kind_of(rule) and not own):
                continue
            address = address_of(app, rule, own[0].values if own else {})
            kind, on_screen = asked_by(client, address)
            if kind != EXPORT:
                continue
            found += 1
            exported_as, exported = asked_by(client, f"{address}?{EXPORT}")

            assert exported_as != HTML, address
            assert on_screen, address
            assert set(on_screen) == set(exported), address
        assert found
