"""Errors as pages: a sentence in the reader's language, no detail, the mark of invented data, every header."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import Headers

from skills_bridge.blueprints.web import account_work, public, reading, requires, unit_of_work
from skills_bridge.domain.errors import NotFound, NotPermitted, Stale
from skills_bridge.extensions import db
from skills_bridge.policies.permissions import Permission
from skills_bridge.services.organisations import mark_demo
from tests.factories.world import World, app_of, client_of

MARK = "DÉMONSTRATION : données fictives"


@pytest.fixture
def world(world: World) -> World:
    with world.platform() as uow:
        mark_demo(uow)
    return world


@pytest.fixture
def app(world: World, tmp_path: Path) -> Flask:
    """The application with views that fail in every way."""
    made = app_of(world.urls, tmp_path)
    failures = {
        "missing": NotFound("opening", 7),
        "refused": NotPermitted("opening:see"),
        "stale": Stale("row"),
        "fault": ValueError("secret detail"),
    }
    for name, failure in failures.items():

        def fail(failure: Exception = failure) -> str:
            raise failure

        made.add_url_rule(f"/{name}", name, public(fail))

    def write() -> str:
        reading().execute(text("UPDATE user_account SET language = 'en'"))
        return "written"

    def work() -> str:
        with unit_of_work():
            return "written"

    def twice() -> str:
        with account_work() as uow:
            uow.session.execute(
                text(
                    "INSERT INTO web_session (token_digest, stage, payload, started_at, seen_at, ends_at)"
                    " SELECT token_digest, stage, payload, started_at, seen_at, ends_at FROM web_session LIMIT 1"
                )
            )
        return "written"

    made.add_url_rule("/writes", "writes", requires(Permission.HOME_SEE)(write))
    made.add_url_rule("/works", "works", requires(Permission.HOME_SEE)(work))
    made.add_url_rule("/twice", "twice", requires(Permission.HOME_SEE)(twice))
    return made


def stop_database(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut the application's connections and refuse every new one, as a stopped server does."""
    with app.app_context():
        db.engine.dispose()
        monkeypatch.setattr(db.engine.pool, "_creator", lambda *_: _refuse())


def _refuse() -> None:
    raise OperationalError("connect", {}, ConnectionRefusedError("connection refused"))


class TestStoppedDatabase:
    def test_has_a_clear_page_that_keeps_the_mark(
        self, app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client = client_of(app, world, "adviser")
        assert MARK in client.get("/").get_data(as_text=True)
        stop_database(app, monkeypatch)
        answer = client.get("/", headers={"Accept-Language": "fr"})
        body = answer.get_data(as_text=True)

        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
        assert "La base de données ne répond pas" in body
        assert MARK in body
        assert "connection refused" not in body
        assert client.get("/", headers={"Accept-Language": "ar"}).status_code == 503
        assert client.post("/sign-in", data={}).status_code == 503

    def test_shows_in_readiness_and_not_in_life(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        client = app.test_client()
        assert client.get("/ready").json == {"ready": True, "database": True, "relay": False}
        stop_database(app, monkeypatch)

        assert client.get("/live").status_code == 200
        assert client.get("/ready").status_code == 503

    def test_after_the_view_has_the_same_page(self, app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("skills_bridge.blueprints.sessions._replace_row", lambda _: _refuse())
        client = client_of(app, world, "adviser")

        assert client.post("/sign-out").status_code == 503


class TestUnforeseenError:
    def test_has_a_reference_and_no_detail(self, app: Flask) -> None:
        answer = app.test_client().get("/fault", headers={"Accept-Language": "fr"})
        body = answer.get_data(as_text=True)

        assert answer.status_code == 500
        assert re.search(r"[0-9a-f]{12}", body)
        assert "secret" not in body
        assert "ValueError" not in body


class TestRefusal:
    def test_has_a_page_in_the_readers_language(self, app: Flask) -> None:
        statuses = {"/missing": 404, "/refused": 403, "/stale": 409, "/nowhere": 404}
        for language, direction in (("fr", "ltr"), ("ar", "rtl")):
            for path, status in statuses.items():
                answer = app.test_client().get(path, headers={"Accept-Language": language})
                body = answer.get_data(as_text=True)
                title = re.search(r"<h1>(.*?)</h1>", body, re.DOTALL)

                assert answer.status_code == status
                assert f'<html lang="{language}" dir="{direction}">' in body
                assert MARK in body
                assert title is not None
                assert bool(re.search(r"[\u0600-\u06ff]", title[1])) == (language == "ar")

    def test_is_a_409_when_somebody_wrote_the_same_first(self, app: Flask, world: World) -> None:
        assert client_of(app, world, "adviser").get("/twice").status_code == 409

    def test_is_a_400_for_a_number_that_no_column_holds(self, app: Flask, world: World) -> None:
        client = client_of(app, world, "administrator")

        assert client.get(f"/jobs/{10**30}").status_code in {400, 404}


class TestSafeMethod:
    def test_cannot_write(self, app: Flask, world: World) -> None:
        client = client_of(app, world, "adviser")

        assert client.get("/writes").status_code == 500
        assert client.get("/works").status_code == 500
        with world.as_owner() as session:
            languages = set(session.execute(text("SELECT language FROM user_account")).scalars())
        assert languages == {"fr"}


class TestHeaders:
    def test_keep_every_answer_to_itself(self, app: Flask) -> None:
        for path in ("/sign-in", "/", "/nowhere", "/fault", "/live", "/static/favicon.svg"):
            headers = headers_of(app, path)

            assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
            assert "unsafe" not in headers["Content-Security-Policy"]
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Referrer-Policy"] == "same-origin"

    def test_keep_pages_out_of_caches_and_named_files_in_them(self, app: Flask, tmp_path: Path) -> None:
        (tmp_path / "app-LETJE64L.js").write_text("1")
        (tmp_path / "plain.svg").write_text("<svg/>")
        app.static_folder = str(tmp_path)
        found = headers_of(app, "/static/app-LETJE64L.js")

        assert "max-age=31536000" in found["Cache-Control"]
        assert "Cookie" not in found.get("Vary", "")
        assert headers_of(app, "/static/plain.svg")["Cache-Control"] == "no-cache"
        for path in ("/sign-in", "/static/none.js", "/nowhere"):
            assert headers_of(app, path)["Cache-Control"] == "no-store"


def headers_of(app: Flask, path: str) -> Headers:
    with app.test_client().get(path) as answer:
        return answer.headers
