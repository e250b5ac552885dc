"""Signing in and out: two factors, one-time codes, limits, tokens that change, addresses that stay here."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from skills_bridge.blueprints.web import is_local_path
from skills_bridge.domain.credentials import LIMITS, Try
from skills_bridge.models import Membership, SignInAttempt, UserAccount, WebSession
from skills_bridge.services.accounts import forget_visits
from skills_bridge.unit_of_work import utc_now
from tests.factories.world import PASSWORD, TOTP_SECRET, World, app_of, client_of

COOKIE = "session_skills_bridge"
ADDRESS = "adviser@example.invalid"
OFF_SITE = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\nLocation: https://evil.example",
    "https://evil.example",
    "HTTPS:evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "@evil.example",
    " /openings",
    "/a\\b",
    "/\x00",
    "/\u202eopenings",
    "",
]


def code_now(shift: int = 0) -> str:
    return pyotp.TOTP(TOTP_SECRET).at(int(utc_now().timestamp()) + 30 * shift)


def give_password(client: FlaskClient, *, email: str = ADDRESS, password: str = PASSWORD, wanted: str = "") -> int:
    query = {"next": wanted} if wanted else {}
    return client.post("/sign-in", query_string=query, data={"email": email, "password": password}).status_code


def token_of(client: FlaskClient) -> str:
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    return cookie.value


class TestSignIn:
    def test_takes_a_password_and_a_code(self, app: Flask) -> None:
        client = app.test_client()

        assert give_password(client) == 302
        assert client.get("/").status_code == 302
        assert client.post("/sign-in/code", data={"code": code_now()}).headers["Location"] == "/"
        assert client.get("/").status_code == 200

    def test_takes_a_code_typed_in_arabic_digits(self, app: Flask) -> None:
        client = app.test_client()
        give_password(client)
        arabic = code_now().translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))

        assert client.post("/sign-in/code", data={"code": arabic}).status_code == 302

    def test_never_takes_a_code_twice(self, app: Flask) -> None:
        code = code_now()
        for expected in (302, 200):
            client = app.test_client()
            give_password(client)
            assert client.post("/sign-in/code", data={"code": code}).status_code == expected

    def test_asks_for_the_password_before_the_code(self, app: Flask) -> None:
        answer = app.test_client().post("/sign-in/code", data={"code": code_now()})

        assert answer.headers["Location"] == "/sign-in"

    def test_answers_alike_for_known_and_unknown_addresses(self, app: Flask) -> None:
        answers = [
            app.test_client().post("/sign-in", data={"email": email, "password": "faux"})
            for email in (ADDRESS, "nobody@example.invalid")
        ]
        bodies = [
            re.sub(r'nonce="[^"]+"|value="[^"]*"', "", answer.get_data(as_text=True)).replace(email, "")
            for answer, email in zip(answers, (ADDRESS, "nobody@example.invalid"), strict=True)
        ]

        assert answers[0].status_code == answers[1].status_code == 200
        assert "Adresse ou mot de passe incorrect" in bodies[0]
        assert bodies[0] == bodies[1]

    def test_is_refused_after_too_many_tries_even_with_the_right_password(self, app: Flask) -> None:
        for email in (ADDRESS, "nobody@example.invalid"):
            client = app.test_client()
            for _ in range(LIMITS[Try.PASSWORD][0].most):
                give_password(client, email=email.upper(), password="faux")
            answer = client.post("/sign-in", data={"email": email, "password": PASSWORD})

            assert (answer.status_code, "Trop d’essais" in answer.get_data(as_text=True)) == (200, True)

    def test_is_refused_after_too_many_codes(self, app: Flask) -> None:
        client = app.test_client()
        give_password(client)
        for _ in range(LIMITS[Try.CODE][0].most):
            client.post("/sign-in/code", data={"code": "000000"})
        answer = client.post("/sign-in/code", data={"code": code_now()})

        assert "Trop d’essais" in answer.get_data(as_text=True)

    def test_is_closed_to_a_disabled_account_and_to_one_without_an_organisation(self, app: Flask, world: World) -> None:
        with world.as_owner() as session:
            session.execute(update(UserAccount).where(UserAccount.email == ADDRESS).values(disabled_at=utc_now()))
            session.execute(
                update(Membership)
                .where(Membership.id == world.actors["analyst"].membership_id)
                .values(ended_at=utc_now())
            )
            session.commit()
        homeless = app.test_client()

        assert give_password(app.test_client()) == 200
        assert give_password(homeless, email="analyst@example.invalid") == 302
        assert homeless.post("/sign-in/code", data={"code": code_now()}).headers["Location"] == "/sign-in"
        assert "aucun organisme actif" in homeless.get("/sign-in").get_data(as_text=True)

    def test_refuses_letters_that_no_text_holds(self, app: Flask) -> None:
        for field in ("email", "password"):
            data = {"email": ADDRESS, "password": PASSWORD, field: "a\0b"}

            assert app.test_client().post("/sign-in", data=data).status_code == 400


class TestNextPage:
    @pytest.mark.parametrize("path", OFF_SITE)
    def test_never_leads_off_the_site(self, path: str) -> None:
        assert not is_local_path(path)

    @pytest.mark.parametrize("path", ["/", "/openings?sort=title&page=2", "/seekers/é", "/packs/RM-2026-08#a"])
    def test_may_be_any_page_of_ours(self, path: str) -> None:
        assert is_local_path(path)

    def test_is_reached_after_the_code_if_it_is_ours(self, app: Flask) -> None:
        for shift, (wanted, reached) in enumerate([("/openings", "/openings"), ("//evil.example", "/")]):
            client = app.test_client()
            give_password(client, wanted=wanted)
            answer = client.post("/sign-in/code", query_string={"next": wanted}, data={"code": code_now(shift)})

            assert answer.headers["Location"] == reached


class TestToken:
    def test_changes_with_each_step_and_the_old_one_is_refused(self, app: Flask) -> None:
        client = app.test_client()
        client.get("/sign-in?lang=ar")
        tokens = [token_of(client)]
        give_password(client)
        tokens.append(token_of(client))
        client.post("/sign-in/code", data={"code": code_now()})
        tokens.append(token_of(client))
        client.post("/sign-out")
        tokens.append(token_of(client))

        assert len(set(tokens)) == 4
        for token in tokens:
            thief = app.test_client()
            thief.set_cookie(COOKIE, token, domain="localhost")
            assert thief.get("/").status_code == 302
        assert 'lang="ar"' in client.get("/sign-in").get_data(as_text=True)

    def test_is_kept_from_scripts_and_bound_to_the_host_under_https(self, app: Flask) -> None:
        header = app.test_client().get("/sign-in?lang=fr").headers["Set-Cookie"]

        assert "HttpOnly" in header
        assert "SameSite=Lax" in header
        assert "Path=/" in header
        assert "Domain" not in header

    def test_opens_nothing_once_the_membership_ended(self, app: Flask, world: World) -> None:
        client = client_of(app, world, "adviser")
        assert client.get("/").status_code == 200
        with world.as_owner() as session:
            session.execute(
                update(Membership)
                .where(Membership.id == world.actors["adviser"].membership_id)
                .values(ended_at=utc_now())
            )
            session.commit()

        assert client.get("/").status_code == 302


class TestForms:
    def test_are_refused_without_their_token(self, world: World, tmp_path: Path) -> None:
        app = app_of(world.urls, tmp_path)
        app.config["WTF_CSRF_ENABLED"] = True
        client = client_of(app, world, "adviser")

        assert client.post("/notices/1/read").status_code == 400
        assert give_password(app.test_client()) == 400

    def test_do_not_open_with_a_token_from_before_sign_in(self, world: World, tmp_path: Path) -> None:
        app = app_of(world.urls, tmp_path)
        app.config["WTF_CSRF_ENABLED"] = True
        client = app.test_client()
        page = client.get("/sign-in").get_data(as_text=True)
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert token is not None
        client.post("/sign-in", data={"email": ADDRESS, "password": PASSWORD, "csrf_token": token[1]})

        answer = client.post("/sign-in/code", data={"code": code_now(), "csrf_token": token[1]})
        assert answer.status_code == 400


class TestHost:
    def test_that_is_not_ours_gets_no_page(self, app: Flask) -> None:
        for host in ("evil.example", "localhost.evil.example", "localhost@evil.example", "[::1]"):
            answer = app.test_client().get("/sign-in", headers={"Host": host})

            assert answer.status_code == 400, host
            assert "evil" not in answer.get_data(as_text=True)

    def test_named_by_a_stranger_is_not_believed(self, app: Flask) -> None:
        answer = app.test_client().get("/", headers={"X-Forwarded-Host": "evil.example"})

        assert "evil" not in answer.headers["Location"]


class TestVisits:
    def test_of_strangers_are_forgotten_after_a_day(self, app: Flask, world: World) -> None:
        app.test_client().get("/sign-in?lang=ar")
        give_password(app.test_client(), password="faux")
        client_of(app, world, "adviser")
        with world.platform(clock=lambda: utc_now() + timedelta(days=2)) as uow:
            assert forget_visits(uow) == 2

        with world.as_owner() as session:
            assert session.scalar(select(func.count()).select_from(SignInAttempt)) == 0
            assert session.scalars(select(WebSession.stage)).all() == ["signed_in"]
