"""Invitations, from the form of an administrator to the first page of whoever took the place."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from skills_bridge.models import AuditEntry, Invitation, Membership, RecoveryCode, UserAccount
from skills_bridge.unit_of_work import utc_now
from tests.factories.accounts import code_of, letters, link_in
from tests.factories.world import PASSWORD, TOTP_SECRET, World, client_of

NEW: Final = "nouvelle.personne@example.ma"
WORDS: Final = "trois chevaux sur un pont"
SEALED: Final = re.compile(r'name="sealed" type="hidden" value="([^"]+)"')
KEY: Final = re.compile(r"<code>([A-Z2-7 ]+)</code>")
CODE: Final = re.compile(r"<code>([0-9]{4}-[0-9]{4}-[0-9]{4})</code>")


def invited(client: FlaskClient, *, email: str = NEW, role: str = "hr_manager", language: str = "fr") -> int:
    return client.post("/team/invite", data={"email": email, "role": role, "language": language}).status_code


def sign_up_data(page: str, **changes: str) -> dict[str, str]:
    (sealed,), (key,) = SEALED.findall(page), KEY.findall(page)
    given = {"display_name": "Nouvelle Personne", "password": WORDS, "again": WORDS, "sealed": sealed}
    return {**given, "code": code_of(key.replace(" ", "")), **changes}


class TestInvitation:
    def test_leads_from_a_letter_to_the_first_page(self, app: Flask, world: World, tmp_path: Path) -> None:
        admin = client_of(app, world, "company_admin")
        assert invited(admin, language="ar") == 302
        (letter,) = letters(world, tmp_path / "post")
        path = link_in(letter)
        stranger = app.test_client()
        page = stranger.get(path).get_data(as_text=True)
        secret = KEY.findall(page)[0].replace(" ", "")

        done = stranger.post(path, data=sign_up_data(page)).get_data(as_text=True)

        assert letter.startswith(NEW)
        assert "دعوة" in letter
        codes = CODE.findall(done)
        assert len(set(codes)) == 10
        assert stranger.get(path).status_code == 404
        stranger.post("/sign-in", data={"email": NEW, "password": WORDS})
        assert stranger.post("/sign-in/code", data={"code": code_of(secret, shift=1)}).headers["Location"] == "/"
        assert "Nouvelle Personne" in admin.get("/team/").get_data(as_text=True)
        for given, expected in ((codes[0], 302), (codes[0], 200), (codes[1].replace("-", " "), 302)):
            client = app.test_client()
            client.post("/sign-in", data={"email": NEW, "password": WORDS})
            assert client.post("/sign-in/code", data={"code": given}).status_code == expected

    def test_keeps_no_secret_in_the_database(self, app: Flask, world: World, tmp_path: Path) -> None:
        invited(client_of(app, world, "company_admin"))
        token = link_in(letters(world, tmp_path)[0]).rpartition("/")[2]
        with world.as_owner() as session:
            row = session.scalars(select(Invitation)).one()
            held = repr([getattr(row, column.key) for column in Invitation.__table__.columns])
            audited = " ".join(session.scalars(select(AuditEntry.facts)))

        assert len(token) >= 43
        assert token not in held
        assert NEW not in audited

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"display_name": ""}, "Indiquez vos prénom et nom"),
            ({"password": "court", "again": "court"}, "au moins 12"),
            ({"password": "nouvelle.personne", "again": "nouvelle.personne"}, "contient surtout votre adresse"),
            ({"password": "Cablage-Un-Fictif", "again": "Cablage-Un-Fictif"}, "contient surtout le nom"),
            ({"again": "autre chose"}, "diffèrent"),
            ({"code": "000000"}, "Code incorrect"),
        ],
    )
    def test_says_what_is_wrong_and_keeps_the_same_second_factor(
        self, app: Flask, world: World, tmp_path: Path, changes: dict[str, str], sentence: str
    ) -> None:
        invited(client_of(app, world, "company_admin"))
        path, client = link_in(letters(world, tmp_path)[0]), app.test_client()
        page = client.get(path).get_data(as_text=True)

        answer = client.post(path, data=sign_up_data(page, **changes)).get_data(as_text=True)

        assert sentence in answer
        assert KEY.findall(answer) == KEY.findall(page)
        assert client.post(path, data=sign_up_data(answer)).status_code == 200
        with world.as_owner() as session:
            assert session.scalar(select(UserAccount.id).where(UserAccount.email == NEW)) is not None

    @pytest.mark.parametrize("ending", ["revoked", "resent", "expired", "sender left"])
    def test_ends(self, app: Flask, world: World, tmp_path: Path, ending: str) -> None:
        admin = client_of(app, world, "company_admin")
        invited(admin)
        path, client = link_in(letters(world, tmp_path)[0]), app.test_client()
        page = client.get(path).get_data(as_text=True)
        with world.as_owner() as session:
            number = session.scalars(select(Invitation.id)).one()
            if ending == "expired":
                session.execute(update(Invitation).values(expires_at=utc_now() - timedelta(seconds=1)))
            if ending == "resent":
                session.execute(update(Invitation).values(sent_at=utc_now() - timedelta(hours=1)))
            if ending == "sender left":
                world_admin = world.actors["company_admin"]
                session.execute(
                    update(Membership)
                    .where(Membership.user_id == world.actors["hr_manager"].user_id)
                    .values(role="company_admin")
                )
                assert world_admin.membership_id
            session.commit()
        if ending == "revoked":
            admin.post(f"/team/invitations/{number}/revoke")
        if ending == "resent":
            admin.post(f"/team/invitations/{number}/resend")
        if ending == "sender left":
            other = client_of(app, world, "hr_manager")
            other.post(f"/team/members/{world.actors['company_admin'].membership_id}/end")

        assert client.get(path).status_code == 404
        assert client.post(path, data=sign_up_data(page)).status_code == 404
        if ending == "resent":
            assert client.get(link_in(letters(world, tmp_path)[0])).status_code == 200

    def test_answers_alike_for_known_and_unknown_addresses(self, app: Flask, world: World) -> None:
        with world.as_owner() as session:
            known = UserAccount.email == "analyst@example.invalid"
            session.execute(update(UserAccount).where(known).values(email="analyst@example.ma"))
            session.commit()
        admin = client_of(app, world, "company_admin")
        answers = [
            admin.post("/team/invite", data={"email": email, "role": "hr_manager", "language": "fr"})
            for email in ("analyst@example.ma", NEW)
        ]

        assert {(a.status_code, a.headers["Location"], len(a.data)) for a in answers} == {
            (302, "/team/", len(answers[0].data))
        }
        assert invited(admin) == 200

    def test_lets_a_person_with_an_account_take_a_second_place(self, app: Flask, world: World, tmp_path: Path) -> None:
        with world.as_owner() as session:
            session.execute(
                update(UserAccount)
                .where(UserAccount.email == "analyst@example.invalid")
                .values(email="analyst@example.ma")
            )
            session.commit()
        invited(client_of(app, world, "company_admin"), email="Analyst@Example.ma")
        path, client = link_in(letters(world, tmp_path)[0]), app.test_client()
        assert client.get(path).headers["Location"] == f"{path}/join"
        wrong = client.post(f"{path}/join", data={"password": "faux", "code": code_of(TOTP_SECRET)})

        assert "incorrect" in wrong.get_data(as_text=True)
        taken = client.post(f"{path}/join", data={"password": PASSWORD, "code": code_of(TOTP_SECRET)})
        assert taken.headers["Location"] == "/sign-in"
        assert client.get(path).status_code == 404
        with world.as_owner() as session:
            roles = session.scalars(
                select(Membership.role).where(Membership.user_id == world.actors["analyst"].user_id)
            ).all()
        assert sorted(roles) == ["analyst", "hr_manager"]

    def test_offers_only_the_roles_that_the_actors_role_gives(self, app: Flask, world: World) -> None:
        for who, role, expected in (
            ("unit_manager", "adviser", 302),
            ("unit_manager", "signatory", 200),
            ("agency_signatory", "report_officer", 302),
            ("agency_signatory", "adviser", 200),
            ("centre_manager", "hr_manager", 200),
        ):
            assert invited(client_of(app, world, who), email=f"{who}-{role}@example.ma", role=role) == expected, (
                who,
                role,
            )

    def test_says_what_is_wrong_with_an_address(self, app: Flask, world: World) -> None:
        client = client_of(app, world, "company_admin")
        data = {"email": "pas une adresse", "role": "hr_manager", "language": "fr"}

        assert "adresse" in client.post("/team/invite", data=data).get_data(as_text=True)
        with world.as_owner() as session:
            assert session.scalars(select(Invitation.id)).all() == []


class TestRecoveryCodes:
    def test_of_others_open_nothing(self, app: Flask, world: World, tmp_path: Path) -> None:
        invited(client_of(app, world, "company_admin"))
        path, client = link_in(letters(world, tmp_path)[0]), app.test_client()
        page = client.get(path).get_data(as_text=True)
        codes = CODE.findall(client.post(path, data=sign_up_data(page)).get_data(as_text=True))
        thief = app.test_client()
        thief.post("/sign-in", data={"email": "adviser@example.invalid", "password": PASSWORD})

        assert thief.post("/sign-in/code", data={"code": codes[0]}).status_code == 200
        with world.as_owner() as session:
            digests = session.scalars(select(RecoveryCode.code_digest)).all()
            assert all(code.replace("-", "").encode() not in digest for code in codes for digest in digests)
