"""Ways back in: a password by link and second factor, a second factor by two persons; two organisations for one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from skills_bridge.domain.accounts import Role
from skills_bridge.domain.credentials import LIMITS, Try
from skills_bridge.models import AccountLink, Membership, SecondFactorReset, WebSession
from skills_bridge.services.accounts import add_membership
from tests.factories.accounts import code_of, letters, link_in
from tests.factories.world import PASSWORD, TOTP_SECRET, World, client_of

COOKIE: Final = "session_skills_bridge"
WORDS: Final = "trois chevaux sur un pont"
ADVISER: Final = "adviser@example.invalid"
SEALED: Final = re.compile(r'name="sealed" type="hidden" value="([^"]+)"')
KEY: Final = re.compile(r"<code>([A-Z2-7 ]+)</code>")


def signs_in(app: Flask, password: str, code: str, email: str = ADVISER) -> bool:
    client = app.test_client()
    client.post("/sign-in", data={"email": email, "password": password})
    return client.post("/sign-in/code", data={"code": code}).headers.get("Location") == "/"


def second_manager(world: World) -> None:
    """Let a second person administer the unit."""
    with world.as_owner() as session:
        session.execute(
            update(Membership)
            .where(Membership.id == world.actors["other_adviser"].membership_id)
            .values(role=Role.UNIT_MANAGER)
        )
        session.commit()


class TestForgottenPassword:
    def test_is_replaced_by_a_link_and_the_second_factor(self, app: Flask, world: World, tmp_path: Path) -> None:
        here = client_of(app, world, "adviser")
        assert app.test_client().post("/recovery/", data={"email": ADVISER.upper()}).status_code == 200
        (letter,) = letters(world, tmp_path)
        path, client = link_in(letter), app.test_client()
        data = {"password": WORDS, "again": WORDS}

        assert "incorrect" in client.post(path, data={**data, "code": "000000"}).get_data(as_text=True)
        assert "12 caractères" in client.post(path, data={"password": "court", "again": "court", "code": "1"}).get_data(
            as_text=True
        )
        assert client.post(path, data={**data, "code": code_of(TOTP_SECRET)}).headers["Location"] == "/sign-in"
        assert client.get(path).status_code == 404
        assert here.get("/account/").status_code == 302
        assert not signs_in(app, PASSWORD, code_of(TOTP_SECRET, shift=1))
        assert signs_in(app, WORDS, code_of(TOTP_SECRET, shift=1))
        assert "mot de passe a été changé" in letters(world, tmp_path)[0]

    def test_gives_the_same_answer_and_work_for_every_address(self, app: Flask, world: World, tmp_path: Path) -> None:
        pages = [
            app.test_client().post("/recovery/", data={"email": email}) for email in (ADVISER, "nobody@example.invalid")
        ]
        bodies = {re.sub(r'nonce="[^"]+"', "", page.get_data(as_text=True)) for page in pages}
        with world.as_owner() as session:
            asked = session.scalar(select(func.count()).select_from(AccountLink))

        assert len(bodies) == 1
        assert {page.status_code for page in pages} == {200}
        assert asked == 2
        assert len(letters(world, tmp_path)) == 1
        with world.as_owner() as session:
            assert session.scalars(select(AccountLink.email)).all() == [ADVISER]

    def test_is_asked_for_five_times_a_day(self, app: Flask) -> None:
        for _ in range(LIMITS[Try.RESET][0].most):
            assert "Consultez" in app.test_client().post("/recovery/", data={"email": ADVISER}).get_data(as_text=True)

        assert "demain" in app.test_client().post("/recovery/", data={"email": ADVISER}).get_data(as_text=True)

    def test_has_links_that_start_at_the_configured_address(self, app: Flask, world: World, tmp_path: Path) -> None:
        from_elsewhere = {"Origin": "https://evil.example"}
        assert app.test_client().post("/recovery/", data={"email": ADVISER}, headers=from_elsewhere).status_code == 400
        app.test_client().post("/recovery/", data={"email": ADVISER}, headers={"X-Forwarded-Host": "evil.example"})

        (letter,) = letters(world, tmp_path)
        assert "evil" not in letter
        assert link_in(letter).startswith("/recovery/password/")

    def test_opens_nothing_before_its_letter_left(self, app: Flask, world: World) -> None:
        app.test_client().post("/recovery/", data={"email": ADVISER})

        assert app.test_client().get("/recovery/password/" + "A" * 43).status_code == 404


class TestLostSecondFactor:
    def test_ends_when_two_persons_agree_and_a_new_one_is_installed(
        self, app: Flask, world: World, tmp_path: Path
    ) -> None:
        second_manager(world)
        there = client_of(app, world, "adviser")
        first, second = client_of(app, world, "unit_manager"), client_of(app, world, "other_adviser")
        first.post(f"/team/members/{world.actors['adviser'].membership_id}/reset")
        told = letters(world, tmp_path)
        with world.as_owner() as session:
            number = session.scalars(select(SecondFactorReset.id)).one()
        alone = first.post(f"/team/resets/{number}/grant", follow_redirects=True).get_data(as_text=True)

        assert "Une deuxième personne décide" in alone
        assert there.get("/account/").status_code == 200
        assert "Accorder" in second.get("/team/").get_data(as_text=True)
        second.post(f"/team/resets/{number}/grant")
        letters(world, tmp_path)
        (letter,) = letters(world, tmp_path)
        assert there.get("/account/").status_code == 302
        assert not signs_in(app, PASSWORD, code_of(TOTP_SECRET))
        path, client = link_in(letter), app.test_client()
        page = client.get(path).get_data(as_text=True)
        secret = KEY.findall(page)[0].replace(" ", "")
        data = {"sealed": SEALED.findall(page)[0], "code": code_of(secret)}
        assert "incorrect" in client.post(path, data={**data, "password": "faux"}).get_data(as_text=True)
        done = client.post(path, data={**data, "password": PASSWORD}).get_data(as_text=True)
        assert "codes de secours" in done
        assert signs_in(app, PASSWORD, code_of(secret, shift=1))
        assert len(told) == 1

    def test_may_be_granted_by_the_platform_or_refused(self, app: Flask, world: World, tmp_path: Path) -> None:
        asker, platform = client_of(app, world, "company_admin"), client_of(app, world, "administrator")
        company = world.ids["company"]
        for answer, granted in (("refuse", False), ("grant", True)):
            asker.post(f"/team/members/{world.actors['hr_manager'].membership_id}/reset")
            with world.as_owner() as session:
                number = session.scalars(select(func.max(SecondFactorReset.id))).one()
            assert "Seconds facteurs perdus" in platform.get(f"/organisations/{company}").get_data(as_text=True)
            platform.post(f"/organisations/{company}/resets/{number}/{answer}")
            with world.as_owner() as session:
                assert session.get_one(SecondFactorReset, number).is_granted is granted

    @pytest.mark.parametrize("who", ["adviser", "agency_signatory", "administrator", "company_admin"])
    def test_is_asked_for_by_who_gives_the_role(self, app: Flask, world: World, who: str) -> None:
        client_of(app, world, who).post(f"/team/members/{world.actors['other_adviser'].membership_id}/reset")

        with world.as_owner() as session:
            assert session.scalars(select(SecondFactorReset.id)).all() == []


class TestTwoOrganisations:
    @pytest.fixture
    def client(self, app: Flask, world: World) -> FlaskClient:
        with world.platform() as uow:
            add_membership(
                uow,
                user_id=world.actors["adviser"].user_id or 0,
                organisation_id=world.ids["industry"],
                role=Role.ANALYST,
            )
        return client_of(app, world, "adviser")

    def test_are_one_press_apart_and_each_press_changes_the_token(
        self, app: Flask, world: World, client: FlaskClient
    ) -> None:
        (path,) = re.findall(r'action="(/account/seats/\d+)"', client.get("/").get_data(as_text=True))
        old = client.get_cookie(COOKIE)

        assert client.post(path).headers["Location"] == "/"
        new = client.get_cookie(COOKIE)
        assert old is not None
        assert new is not None
        assert old.value != new.value
        assert client.get("/seekers/").status_code == 404
        assert client.get("/figures/").status_code == 200
        thief = app.test_client()
        thief.set_cookie(COOKIE, old.value, domain="localhost")
        assert thief.get("/").status_code == 302
        with world.as_owner() as session:
            rows = session.scalars(select(WebSession).order_by(WebSession.id)).all()
        assert rows[0].started_at == rows[-1].started_at
        assert rows[-1].ends_at < rows[0].ends_at

    def test_are_never_somebody_elses(self, world: World, client: FlaskClient) -> None:
        for who in ("other_adviser", "administrator"):
            assert client.post(f"/account/seats/{world.actors[who].membership_id}").status_code == 404

    def test_of_which_one_is_suspended_are_one(self, world: World, client: FlaskClient) -> None:
        with world.as_owner() as session:
            session.execute(update(Membership).where(Membership.role == Role.ANALYST).values(ended_at=func.now()))
            session.commit()

        assert "/account/seats/" not in client.get("/").get_data(as_text=True)


class TestRecoveryCodes:
    def test_are_renewed_by_their_owner_who_is_told(self, app: Flask, world: World, tmp_path: Path) -> None:
        client = client_of(app, world, "adviser")
        page = client.post("/account/recovery-codes").get_data(as_text=True)
        codes = re.findall(r"<code>([0-9]{4}-[0-9]{4}-[0-9]{4})</code>", page)

        assert len(codes) == 10
        assert signs_in(app, PASSWORD, codes[3])
        assert "codes de secours" in letters(world, tmp_path)[0]
