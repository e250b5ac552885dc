"""A person's own pages, from the button of her adviser to her answer; what closes them, and what never opens."""

from __future__ import annotations

import io
import re
import uuid
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text, update

from skills_bridge.domain.personal import Handing
from skills_bridge.domain.referrals import ReferralState
from skills_bridge.domain.seekers import ConsentKind
from skills_bridge.models import Job, PersonalLink, Referral, Reservation, RightsRequest, Seeker, WebSession
from skills_bridge.services import privacy
from skills_bridge.services.personal import mail_personal_link
from skills_bridge.services.privacy import access
from skills_bridge.unit_of_work import utc_now
from tests.factories.accounts import BASE_URL, code_of, post_office
from tests.factories.openings import validated_opening
from tests.factories.personal import given_link, opened
from tests.factories.referrals import computed_run, fitting_seeker, proposed_referral, registered_seeker, stored
from tests.factories.reservations import a_bridge, reserved
from tests.factories.rights import LEGAL, for_agency
from tests.factories.seekers import a_registration, add_seeker, an_identity
from tests.factories.world import PASSWORD, TOTP_SECRET, VAULT, World, client_of
from tests.structure.test_matrix import digest, page_of

ADDRESS = re.compile(r"http://localhost(/personal/open/[\w-]+)")


KEY = re.compile(rb'name="form_key" value="[^"]*"')


def public_id_of(world: World, model: Any, key: int) -> uuid.UUID:
    """Return the identifier under which a row stands in addresses."""
    with world.as_owner() as session:
        found: uuid.UUID = session.get_one(model, key).public_id
        return found


@pytest.fixture
def seeker_id(world: World) -> int:
    return fitting_seeker(world)


@pytest.fixture
def referral_id(world: World, seeker_id: int) -> int:
    opening_id = validated_opening(world)
    computed_run(world, opening_id)
    return proposed_referral(world, opening_id, seeker_id)


@pytest.fixture
def person(app: Flask, world: World, seeker_id: int) -> FlaskClient:
    """Return the browser of a person who opened her link."""
    return opened(app, given_link(world, seeker_id))


class TestHandingOut:
    def test_shows_the_address_once(self, app: Flask, world: World, seeker_id: int) -> None:
        adviser, address = client_of(app, world, "adviser"), f"/seekers/{public_id_of(world, Seeker, seeker_id)}"
        assert "Remettre un lien" in adviser.get(address).text

        page = adviser.post(f"{address}/give-link", data={"handed": "shown", "language": "ar"})

        (path,) = set(ADDRESS.findall(page.text))
        assert "data:image/svg+xml" in page.text
        person = app.test_client()
        assert person.post(path).location == "/personal/"
        file = adviser.get(address).text
        assert path.rsplit("/", 1)[1] not in file
        assert "ouvert" in file
        assert "Annuler le lien" in file
        assert 'dir="rtl"' in person.get("/personal/").text

    def test_sends_it_to_the_address_of_the_file(self, app: Flask, world: World, tmp_path: Path) -> None:
        salma = add_seeker(world, command=a_registration(identity=an_identity(email="salma@example.invalid")))
        adviser = client_of(app, world, "adviser")
        done = adviser.post(
            f"/seekers/{salma.public_id}/give-link",
            data={"handed": Handing.EMAIL, "language": "fr"},
            follow_redirects=True,
        )
        assert "Le lien part par courriel" in done.text
        with world.as_owner() as session:
            link_id = session.scalars(select(Job.object_id).where(Job.kind == "personal.mail_link")).one() or 0
        with for_agency(world) as uow:
            mail_personal_link(uow, link_id=link_id, post=post_office(tmp_path / "mail"))

        (letter,) = (tmp_path / "mail").glob("*.eml")
        told = letter.read_bytes().decode().replace("=\n", "").replace("=3D", "=")
        (path,) = re.findall(rf"{re.escape(BASE_URL)}(/personal/open/[\w-]+)", told)
        assert app.test_client().post(path).location == "/personal/"

    @pytest.mark.parametrize(
        ("data", "told"),
        [({}, "Choisissez comment"), ({"handed": "email", "language": "fr"}, "pas d’adresse électronique")],
    )
    def test_says_what_is_missing(
        self, app: Flask, world: World, seeker_id: int, data: dict[str, str], told: str
    ) -> None:
        address = f"/seekers/{public_id_of(world, Seeker, seeker_id)}/give-link"

        assert told in client_of(app, world, "adviser").post(address, data=data, follow_redirects=True).text

    def test_is_the_own_unit_s(self, app: Flask, world: World, seeker_id: int) -> None:
        address = f"/seekers/{public_id_of(world, Seeker, seeker_id)}"
        other = client_of(app, world, "other_adviser")

        assert "Remettre un lien" not in other.get(address).text
        assert other.post(f"{address}/give-link", data={"handed": "shown", "language": "fr"}).status_code == 403
        assert other.post(f"{address}/revoke-link").status_code == 403

    def test_is_taken_back_at_once(self, app: Flask, world: World, seeker_id: int, person: FlaskClient) -> None:
        address = f"/seekers/{public_id_of(world, Seeker, seeker_id)}"
        assert person.get("/personal/").status_code == 200
        done = client_of(app, world, "adviser").post(f"{address}/revoke-link", follow_redirects=True)

        assert "Le lien est annulé" in done.text
        assert person.get("/personal/").location == "/personal/closed"
        again = client_of(app, world, "adviser").post(f"{address}/revoke-link", follow_redirects=True)
        assert "rien à annuler" in again.text


class TestOpening:
    def test_by_get_changes_nothing_and_tells_nothing(self, app: Flask, world: World, seeker_id: int) -> None:
        token, before = given_link(world, seeker_id), digest(world)

        pages = [page_of(app.test_client().get(f"/personal/open/{one}")) for one in (token, "unknown")]

        assert len({(status, KEY.sub(b"", body)) for status, _location, body in pages}) == 1
        assert digest(world) == before

    def test_answers_alike_whatever_is_wrong(self, app: Flask, world: World, seeker_id: int) -> None:
        replaced = given_link(world, seeker_id)
        expired = given_link(world, fitting_seeker(world), clock=lambda: utc_now() - timedelta(days=31))
        given_link(world, seeker_id)

        answers = [app.test_client().post(f"/personal/open/{one}") for one in (replaced, expired, "unknown")]

        assert len({page_of(answer) for answer in answers}) == 1
        assert answers[0].status_code == 404
        assert "Ce lien ne s’ouvre pas" in answers[0].text

    def test_is_held_after_ten_wrong_ones(self, app: Flask, world: World, seeker_id: int) -> None:
        token = given_link(world, seeker_id)
        for number in range(10):
            app.test_client().post(f"/personal/open/{number}")

        answer = app.test_client().post(f"/personal/open/{token}")

        assert answer.status_code == 429
        assert "Trop d’essais" in answer.text

    def test_gives_another_token(self, app: Flask, world: World, seeker_id: int) -> None:
        token, client = given_link(world, seeker_id), app.test_client()
        client.get("/personal/open/x?lang=fr")
        before = client.get_cookie("session_skills_bridge")
        client.post(f"/personal/open/{token}")
        after = client.get_cookie("session_skills_bridge")

        assert before is not None
        assert after is not None
        assert before.value != after.value
        assert after.http_only
        assert after.same_site == "Lax"


class TestBothInOneBrowser:
    def test_a_link_ends_the_session_of_staff(self, app: Flask, world: World, seeker_id: int) -> None:
        adviser = client_of(app, world, "adviser")
        old, address = adviser.get_cookie("session_skills_bridge"), f"/personal/open/{given_link(world, seeker_id)}"
        assert "met fin à cette session" in adviser.get(address).text
        assert "met fin à cette session" not in app.test_client().get(address).text
        adviser.post(address)

        assert adviser.get("/seekers/").status_code == 404
        assert adviser.get("/personal/").status_code == 200
        assert old is not None
        stolen = app.test_client()
        stolen.set_cookie("session_skills_bridge", old.value, domain="localhost")
        assert stolen.get("/seekers/").status_code == 302

    def test_signing_in_ends_the_person_s(self, app: Flask, world: World, person: FlaskClient) -> None:
        assert person.get("/sign-in").status_code == 200
        person.post("/sign-in", data={"email": "adviser@example.invalid", "password": PASSWORD})
        assert person.get("/personal/").location == "/personal/closed"
        person.post("/sign-in/code", data={"code": code_of(TOTP_SECRET)})

        assert person.get("/seekers/").status_code == 200
        assert person.get("/personal/").status_code == 404

    def test_nothing_said_to_the_one_is_shown_to_the_other(
        self, app: Flask, world: World, seeker_id: int, referral_id: int
    ) -> None:
        adviser = client_of(app, world, "adviser")
        adviser.post("/seekers/find", data={"number": "ZZ999999"})
        adviser.post(f"/personal/open/{given_link(world, seeker_id)}")

        assert "registre" not in adviser.get("/personal/").text


class TestJournal:
    def test_names_the_person_and_not_the_clock(
        self, app: Flask, world: World, person: FlaskClient, referral_id: int
    ) -> None:
        person.post(f"/personal/proposals/{public_id_of(world, Referral, referral_id)}/accept")

        officer = client_of(app, world, "data_protection_officer")
        journal = officer.get("/audit/?act=referral.accepted").text
        assert "la personne, par son lien" in journal
        assert "Lien personnel ouvert" in officer.get("/audit/?act=personal_link.used").text
        history = client_of(app, world, "adviser").get(f"/referrals/{public_id_of(world, Referral, referral_id)}").text
        assert "la personne, par son lien" in history
        assert "par lien personnel" in history


class TestEnd:
    @pytest.mark.parametrize(
        "change", [{"seen_at": timedelta(minutes=31)}, {"ends_at": timedelta(minutes=1)}], ids=["idle", "absolute"]
    )
    def test_comes_by_itself(self, world: World, person: FlaskClient, change: dict[str, timedelta]) -> None:
        person.get("/personal/")
        with world.as_owner() as session:
            values = {name: utc_now() - age for name, age in change.items()}
            session.execute(update(WebSession).where(WebSession.link_id.is_not(None)).values(values))
            session.commit()

        assert person.get("/personal/").location == "/personal/closed"

    def test_is_two_hours_after_the_opening(self, world: World, person: FlaskClient) -> None:
        person.get("/personal/")
        with world.as_owner() as session:
            row = session.scalars(select(WebSession).where(WebSession.link_id.is_not(None))).one()

        assert row.ends_at - row.started_at == timedelta(hours=2)
        assert (row.user_id, row.membership_id, row.stage) == (None, None, "personal")

    def test_comes_with_the_last_day_of_the_link(self, world: World, person: FlaskClient) -> None:
        with world.as_owner() as session:
            session.execute(update(PersonalLink).values(opens_until=utc_now()))
            session.commit()

        assert person.get("/personal/").location == "/personal/closed"

    def test_comes_by_the_button(self, person: FlaskClient) -> None:
        assert "Vos pages sont fermées" in person.post("/personal/leave", follow_redirects=True).text
        assert person.get("/personal/file").location == "/personal/closed"


class TestProposals:
    def test_say_why_and_are_accepted_once(self, world: World, person: FlaskClient, referral_id: int) -> None:
        address, page = f"/personal/proposals/{public_id_of(world, Referral, referral_id)}", person.get("/personal/")
        assert "Cette offre correspond à votre dossier" in page.text
        assert "Vous êtes libre d’accepter ou de refuser" in page.text
        form = {"form_key": "one-page"}

        first = person.post(f"{address}/accept", data=form)
        second = person.post(f"{address}/accept", data=form, follow_redirects=True)
        third = person.post(f"{address}/decline", data={"reason": "pay"}, follow_redirects=True)

        assert first.location == "/personal/"
        assert "déjà envoyé" in second.text
        assert "a déjà une réponse" in third.text
        assert stored(world, Referral, referral_id).state is ReferralState.ACCEPTED

    def test_are_declined_with_a_reason(self, world: World, person: FlaskClient, referral_id: int) -> None:
        address = f"/personal/proposals/{public_id_of(world, Referral, referral_id)}/decline"

        assert "Choisissez une raison" in person.post(address, follow_redirects=True).text
        done = person.post(address, data={"reason": "schedule"}, follow_redirects=True)
        assert "sans conséquence pour vous" in done.text
        assert "vous avez refusé" in done.text

    def test_ask_for_the_agreement_that_is_missing(self, app: Flask, world: World) -> None:
        seeker_id = registered_seeker(
            world, levels={"AUTO-001": 3, "AUTO-002": 3}, consents=frozenset({ConsentKind.MATCHING})
        )
        referral_id = proposed_referral(world, validated_opening(world), seeker_id)
        person = opened(app, given_link(world, seeker_id))
        address = f"/personal/proposals/{public_id_of(world, Referral, referral_id)}/accept"
        assert "mon nom et mes coordonnées" in person.get("/personal/").text

        assert "cochez que votre nom" in person.post(address, follow_redirects=True).text
        assert "est enregistré" in person.post(address, data={"sharing": "y"}, follow_redirects=True).text

    def test_with_a_course_are_answered_too(self, app: Flask, world: World) -> None:
        bridge = a_bridge(world, people=2)
        for number, (verb, data, told) in enumerate(
            [("accept", {}, "vous inscrit"), ("decline", {"reason": "training"}, "sans conséquence")]
        ):
            reservation_id = reserved(world, bridge, person=number)
            person = opened(app, given_link(world, bridge.people[number]))
            assert "Une formation, puis un poste" in person.get("/personal/").text
            address = f"/personal/reservations/{public_id_of(world, Reservation, reservation_id)}/{verb}"

            assert told in person.post(address, data=data, follow_redirects=True).text


class TestFile:
    def test_holds_everything_in_words(self, app: Flask, world: World) -> None:
        salma = add_seeker(world, command=a_registration(identity=an_identity(email="salma@example.invalid")))
        client_of(app, world, "adviser").post(
            "/privacy/reveal", data={"seeker": str(salma.public_id), "reason": "interview"}
        )
        page = opened(app, given_link(world, salma.id)).get("/personal/file").text

        for told in ("Salma Fictive", "salma@example.invalid", "Marocaine", "Mener un entretien"):
            assert told in page, told
        assert salma.number not in page


class TestRights:
    def test_a_correction_goes_to_the_desk(self, app: Flask, world: World, seeker_id: int, person: FlaskClient) -> None:
        empty = person.post("/personal/correct", data={"details": ""})
        done = person.post("/personal/correct", data={"details": "J’ai le permis B"}, follow_redirects=True)

        assert "Écrivez ce qui est à corriger" in empty.text
        assert "est enregistrée" in done.text
        (reference,) = set(re.findall(r"DP-\d{4}-\d{5}", done.text))
        desk = client_of(app, world, "data_protection_officer").get(f"/rights/{reference}").text
        assert "par lien personnel" in desk
        assert "J’ai le permis B" in desk
        assert "la personne, par son lien" in desk
        again = person.post("/personal/correct", data={"details": "Encore"})
        assert f"{reference}" in again.text

    def test_objecting_is_confirmed_and_said_how_to_take_back(
        self, world: World, seeker_id: int, person: FlaskClient, referral_id: int
    ) -> None:
        done = person.post("/personal/object", follow_redirects=True)

        assert "plus rien ne vous sera proposé" in done.text
        assert "dites-le à votre conseiller" in done.text
        assert stored(world, Referral, referral_id).state is ReferralState.ENDED
        assert "Votre opposition est déjà enregistrée" in person.post("/personal/object", follow_redirects=True).text

    def test_agreements_are_withdrawn(self, person: FlaskClient) -> None:
        assert "Votre accord est retiré" in person.post("/personal/withdraw/sharing", follow_redirects=True).text
        assert "déjà retiré" in person.post("/personal/withdraw/sharing", follow_redirects=True).text

    def test_a_copy_is_made_and_taken_once(self, world: World, person: FlaskClient) -> None:
        asked = person.post("/personal/export", follow_redirects=True).text
        assert "en préparation" in asked
        assert "Préparer ma copie" not in asked
        with world.as_owner() as session:
            request = session.scalars(select(RightsRequest)).one()
        with for_agency(world) as uow:
            privacy.carry_out(uow, request_id=request.id, vault=VAULT, build=access.builder(VAULT, LEGAL))
        assert "Télécharger ma copie" in person.get("/personal/rights").text

        copy = person.post(f"/personal/export/{request.reference}")

        assert copy.mimetype == "application/zip"
        assert copy.headers["Cache-Control"] == "no-store"
        assert len(zipfile.ZipFile(io.BytesIO(copy.data)).namelist()) == 2
        again = person.post(f"/personal/export/{request.reference}", follow_redirects=True)
        assert "déjà été remis" in again.text


class TestLanguages:
    @pytest.mark.usefixtures("referral_id")
    @pytest.mark.parametrize(("language", "told"), [("ar", "ما يُقترح عليكم"), ("en", "What is proposed to you")])
    def test_are_those_of_the_link(self, app: Flask, world: World, seeker_id: int, language: str, told: str) -> None:
        person = opened(app, given_link(world, seeker_id, language=language))

        page = person.get("/personal/").text
        assert told in page
        assert ('dir="rtl"' in page) is (language == "ar")


def test_the_web_s_role_sees_no_token(world: World, seeker_id: int) -> None:
    """What opens a link stands nowhere, not even in the work that mails it."""
    token = given_link(world, seeker_id)
    with world.as_owner() as session:
        tables = session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        found = [
            table
            for table in tables
            if session.execute(
                text(f"SELECT EXISTS (SELECT 1 FROM {table} t WHERE t::text LIKE :wanted)"), {"wanted": f"%{token}%"}
            ).scalar_one()
        ]

    assert found == []
