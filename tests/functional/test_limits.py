"""How much may be sent: a file to the pages that take one, a form's few bytes to every other route."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Final

import pytest
from flask import Flask
from flask.testing import FlaskClient

from skills_bridge.app import FORM_BYTES
from skills_bridge.blueprints.web import UPLOAD_BYTES
from tests.factories.world import World, client_of

FILE_FIELD: Final = re.compile(r'<input[^>]*type="file"')
READERS: Final = (
    "adviser",
    "administrator",
    "centre_manager",
    "hr_manager",
    "officer",
    "report_officer",
    "unit_manager",
)


def marked(app: Flask) -> set[str]:
    """Return the endpoints that take a file."""
    return {name for name, view in app.view_functions.items() if hasattr(view, "most_bytes")}


def routes(app: Flask, method: str) -> list[tuple[str, str]]:
    """Return endpoint and path of the routes of a method that need no parameter."""
    rules = app.url_map.iter_rules()
    return [(r.endpoint, r.rule) for r in rules if method in (r.methods or ()) and not r.arguments]


@pytest.fixture
def adviser(app: Flask, world: World) -> FlaskClient:
    return client_of(app, world, "adviser")


def test_the_pages_with_a_file_field_are_those_that_take_a_file(app: Flask, world: World) -> None:
    found = {
        endpoint
        for who in READERS
        for client in (client_of(app, world, who),)
        for endpoint, path in routes(app, "GET")
        if FILE_FIELD.search(client.get(path).get_data(as_text=True))
    }

    assert found
    assert found == marked(app)


def test_every_other_route_refuses_more_than_a_form(app: Flask, adviser: FlaskClient) -> None:
    small = [path for endpoint, path in routes(app, "POST") if endpoint not in marked(app)]
    answers = {path: adviser.post(path, data={"text": "x" * FORM_BYTES}).status_code for path in small}

    assert answers
    assert set(answers.values()) == {413}


def test_a_refusal_is_a_page_with_a_sentence(adviser: FlaskClient) -> None:
    answer = adviser.post("/sign-in", data={"text": "x" * FORM_BYTES})

    assert "Raccourcissez le texte" in answer.get_data(as_text=True)


def test_a_file_may_be_larger_than_a_form(adviser: FlaskClient) -> None:
    answer = adviser.post("/imports/receive", data={"file": (BytesIO(b"x" * FORM_BYTES), "personnes.csv")})

    assert answer.status_code != 413


def test_a_file_has_its_limit_too(adviser: FlaskClient) -> None:
    content = b"x" * (UPLOAD_BYTES + 1)
    answer = adviser.post("/imports/receive", data=content, content_type="multipart/form-data; boundary=x")

    assert answer.status_code == 413
