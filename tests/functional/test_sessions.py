"""Sessions: how long they live, who ends them, what a person sees of hers, and equal answers for known and unknown."""

from __future__ import annotations

import re
from datetime import timedelta
from statistics import median
from time import perf_counter
from typing import Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, text, update

from skills_bridge.blueprints.sessions import TOKEN_BYTES, device_of
from skills_bridge.domain.accounts import ADMINISTERS, ROLES_BY_KIND, may_give
from skills_bridge.domain.organisations import OrganisationKind
from skills_bridge.models import Invitation, SignInAttempt, UserAccount, WebSession
from skills_bridge.unit_of_work import utc_now
from tests.factories.turns import times
from tests.factories.world import PASSWORD, World, client_of

COOKIE: Final = "session_skills_bridge"
FIREFOX: Final = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
EDGE: Final = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/138.0 Safari/537.36 Edg/138.0"
PAIRS: Final = times(nightly=200, daily=30)
ROUNDS: Final = 3
"""How often a difference must show: what other programs of the machine cause does not come back."""


def shift_session(world: World, **ages: timedelta) -> None:
    """Make all sessions older, as if the clock had gone on."""
    with world.as_owner() as session:
        for column, age in ages.items():
            session.execute(update(WebSession).values({column: getattr(WebSession, column) - age}))
        session.commit()


def token_of(client: FlaskClient) -> str:
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    return cookie.value


def life_of(world: World, who: str) -> timedelta:
    with world.as_owner() as session:
        row = session.scalars(
            select(WebSession).where(WebSession.user_id == world.actors[who].user_id).order_by(WebSession.id.desc())
        ).first()
        assert row is not None
        return row.ends_at - row.started_at


class TestLife:
    @pytest.mark.parametrize(
        ("who", "hours"),
        [("adviser", 12), ("hr_manager", 12), ("analyst", 8), ("industry_signatory", 8), ("company_admin", 8)],
    )
    def test_is_shorter_for_ministries_and_those_who_administer(
        self, app: Flask, world: World, who: str, hours: int
    ) -> None:
        client = client_of(app, world, who)

        assert life_of(world, who) == timedelta(hours=hours)
        shift_session(world, ends_at=timedelta(hours=hours, minutes=-1))
        assert client.get("/account/").status_code == 200
        shift_session(world, ends_at=timedelta(minutes=2))
        assert client.get("/account/").status_code == 302

    def test_ends_half_an_hour_after_the_last_page(self, app: Flask, world: World) -> None:
        client = client_of(app, world, "adviser")
        shift_session(world, seen_at=timedelta(minutes=29))
        assert client.get("/account/").status_code == 200
        shift_session(world, seen_at=timedelta(minutes=31))

        assert client.get("/account/").status_code == 302

    def test_tokens_hold_more_than_128_bits(self, app: Flask) -> None:
        client = app.test_client()
        client.get("/sign-in?lang=fr")

        assert TOKEN_BYTES * 8 >= 128
        assert len(token_of(client)) >= TOKEN_BYTES * 8 // 6


class TestPasswordChange:
    def test_changes_the_token_and_ends_the_other_sessions(self, app: Flask, world: World) -> None:
        here, there = client_of(app, world, "adviser"), client_of(app, world, "adviser")
        old = token_of(here)
        new = "trois chevaux sur un pont"

        answer = here.post("/account/password", data={"present": PASSWORD, "password": new, "again": new})

        assert answer.headers["Location"] == "/account/"
        assert token_of(here) != old
        assert here.get("/account/").status_code == 200
        assert there.get("/account/").status_code == 302
        thief = app.test_client()
        thief.set_cookie(COOKIE, old, domain="localhost")
        assert thief.get("/account/").status_code == 302
        given = [
            app.test_client().post("/sign-in", data={"email": "adviser@example.invalid", "password": one}).status_code
            for one in (PASSWORD, new)
        ]
        assert given == [200, 302]

    def test_keeps_the_longest_end_of_the_session(self, app: Flask, world: World) -> None:
        client = client_of(app, world, "adviser")
        shift_session(world, started_at=timedelta(hours=3), ends_at=timedelta(hours=3))
        new = "trois chevaux sur un pont"
        client.post("/account/password", data={"present": PASSWORD, "password": new, "again": new})

        with world.as_owner() as session:
            ends_at = session.scalars(select(WebSession.ends_at).where(WebSession.ended_at.is_(None))).one()
        assert ends_at < utc_now() + timedelta(hours=9, minutes=1)

    @pytest.mark.parametrize(
        ("present", "password", "again", "sentence"),
        [
            ("faux", "trois chevaux sur un pont", "trois chevaux sur un pont", "pas votre mot de passe actuel"),
            (PASSWORD, "court", "court", "au moins 12"),
            (PASSWORD, "Password2026!!", "Password2026!!", "parmi les plus devinés"),
            (PASSWORD, PASSWORD, PASSWORD, "C’est le mot de passe actuel"),
            (PASSWORD, "trois chevaux sur un pont", "trois chevaux", "diffèrent"),
        ],
    )
    def test_says_what_is_wrong_and_changes_nothing(  # noqa: PLR0917 the values of the table
        self, app: Flask, world: World, present: str, password: str, again: str, sentence: str
    ) -> None:
        client = client_of(app, world, "adviser")
        answer = client.post("/account/password", data={"present": present, "password": password, "again": again})

        assert sentence in answer.get_data(as_text=True)
        assert client.get("/account/").status_code == 200
        signed = app.test_client().post("/sign-in", data={"email": "adviser@example.invalid", "password": PASSWORD})
        assert signed.status_code == 302


class TestOwnSessions:
    def test_are_shown_and_ended_one_by_one_or_all(self, app: Flask, world: World) -> None:
        here, *others = (client_of(app, world, "adviser") for _ in range(3))
        page = here.get("/account/").get_data(as_text=True)
        ends = re.findall(r'action="/account/sessions/(\d+)/end"', page)

        assert len(ends) == 2
        assert here.post(f"/account/sessions/{ends[0]}/end").status_code == 302
        assert sorted(other.get("/account/").status_code for other in others) == [200, 302]
        assert here.post("/account/sessions/end-others").status_code == 302
        assert [other.get("/account/").status_code for other in others] == [302, 302]
        assert here.get("/account/").status_code == 200

    def test_of_somebody_else_are_out_of_reach(self, app: Flask, world: World) -> None:
        theirs = client_of(app, world, "hr_manager")
        with world.as_owner() as session:
            number = session.scalars(select(WebSession.id)).one()

        assert client_of(app, world, "adviser").post(f"/account/sessions/{number}/end").status_code == 404
        assert theirs.get("/account/").status_code == 200

    def test_name_browser_and_system_and_nothing_more(self) -> None:
        assert [device_of(agent) for agent in (FIREFOX, EDGE, "curl/8", "")] == [
            "Firefox · Linux",
            "Edge · Windows",
            "",
            "",
        ]

    def test_keep_the_language_that_was_chosen(self, app: Flask, world: World) -> None:
        client = client_of(app, world, "adviser")

        assert client.post("/account/language", data={"language": "ar"}).status_code == 302
        assert 'lang="ar"' in client.get("/account/").get_data(as_text=True)
        assert client.post("/account/language", data={"language": "xx"}).status_code == 302
        assert 'lang="ar"' in client.get("/account/").get_data(as_text=True)


class TestRolesThatAdminister:
    @pytest.mark.parametrize("kind", OrganisationKind)
    def test_stand_in_the_kind_and_give_only_roles_of_the_kind(self, kind: OrganisationKind) -> None:
        given = {role for roles in ADMINISTERS[kind].values() for role in roles}

        assert set(ADMINISTERS[kind]) <= given == ROLES_BY_KIND[kind]
        assert all(may_give(kind, role) == ADMINISTERS[kind].get(role, frozenset()) for role in ROLES_BY_KIND[kind])


class TestDoorsThatFail:
    def test_stay_shut_when_tries_cannot_be_counted(self, app: Flask, world: World) -> None:
        with world.as_owner() as session:
            session.execute(text("ALTER TABLE sign_in_attempt RENAME TO away"))
            session.commit()
        client = app.test_client()

        answer = client.post("/sign-in", data={"email": "adviser@example.invalid", "password": PASSWORD})

        assert answer.status_code >= 500
        assert client.get("/sign-in/code").headers["Location"] == "/sign-in"


def spans_of_answers(
    world: World, client: FlaskClient, path: str, given: dict[str, str]
) -> tuple[list[float], list[float]]:
    """Return the seconds that answers take for a known address and for an unknown one, asked in turn."""
    spans: dict[str, list[float]] = {"adviser": [], "nobody": []}
    for number in range(PAIRS + 3):
        with world.as_owner() as session:
            session.execute(delete(SignInAttempt))
            session.execute(delete(Invitation))  # an address is invited once, an organisation so many a day
            session.commit()
        for name in sorted(spans, reverse=number % 2 == 0):
            began = perf_counter()
            answer = client.post(
                path,
                data={"email": f"{name}@example.ma", **given},
                environ_base={"REMOTE_ADDR": f"198.51.100.{number}"},
            )
            spans[name].append(perf_counter() - began)
            assert answer.status_code == (302 if path == "/team/invite" else 200)
    return spans["adviser"][3:], spans["nobody"][3:]


class TestEqualAnswers:
    @pytest.mark.parametrize(
        ("path", "given", "who"),
        [
            ("/sign-in", {"password": "faux"}, None),
            ("/recovery/", {}, None),
            ("/team/invite", {"role": "hr_manager", "language": "fr"}, "company_admin"),
        ],
        ids=["sign-in", "reset", "invite"],
    )
    def test_take_the_same_time_for_known_and_unknown_addresses(
        self, app: Flask, world: World, path: str, given: dict[str, str], who: str | None
    ) -> None:
        with world.as_owner() as session:  # nobody is invited to an address of example.invalid
            known_one = UserAccount.email == "adviser@example.invalid"
            session.execute(update(UserAccount).where(known_one).values(email="adviser@example.ma"))
            session.commit()
        client = client_of(app, world, who) if who else app.test_client()
        known: list[float] = []
        unknown: list[float] = []
        for _ in range(ROUNDS):
            for spans, found in zip((known, unknown), spans_of_answers(world, client, path, given), strict=True):
                spans.extend(found)
            apart = median(one - other for one, other in zip(known, unknown, strict=True))
            if abs(apart) < max(0.005, 0.1 * median(unknown)):
                return
        pytest.fail(f"known and unknown addresses are answered {apart * 1000:.1f} ms apart")
