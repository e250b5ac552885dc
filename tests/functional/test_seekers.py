"""The pages of people: list, files, interview, reveals; in French and Arabic, by the people who may."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from skills_bridge.domain.framework import Evidence
from skills_bridge.models import Competency, Consent, HeldCompetency, JobProfile, Seeker, SeekerIdentity
from tests.factories.seekers import add_seeker
from tests.factories.world import CASABLANCA, TANGER, World, client_of

FACTS = {
    "last_name": "Inventée",
    "first_name": "Hiba",
    "kind": "cin",
    "number": "zz 12-34",
    "phone": "06 12 34 56 78",
    "province_code": TANGER,
    "nationality": "moroccan",
    "born_on": "1999-12-31",
    "education_code": "qualification",
    "field_code": "vehicle_wiring",
    "mobility_scope": "region",
    "licences": "-",
    "languages-0-code": "fr",
    "languages-0-level": "B1",
    "matching": "y",
    "language": "ar",
    "channel": "counter",
}


@pytest.fixture
def adviser(app: Flask, world: World) -> FlaskClient:
    return client_of(app, world, "adviser")


def one_seeker(world: World) -> Seeker:
    with world.looking("adviser") as session:
        return session.scalars(select(Seeker)).one()


class TestRegister:
    def test_opens_a_file(self, adviser: FlaskClient, world: World) -> None:
        answer = adviser.post("/seekers/register", data=FACTS)

        seeker = one_seeker(world)
        assert answer.headers["Location"] == f"/seekers/{seeker.public_id}"
        assert (seeker.licences, seeker.shifts, len(seeker.mobility or ())) == ([], None, 8)
        with world.looking("adviser") as session:
            identity = session.scalars(select(SeekerIdentity)).one()
            assert (identity.last_name, identity.cin_masked, identity.phone) == (
                "Inventée",
                "***234",
                "+212612345678",
            )
            assert session.scalars(select(Consent.language)).all() == ["ar"]

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"number": "12"}, None),
            ({"number": "1234567890"}, "n’a pas la forme attendue"),
            ({"last_name": ""}, "Indiquez le nom."),
            ({"province_code": ""}, "Choisissez la province."),
            ({"phone": "123"}, "n’est pas marocain"),
            ({"born_on": "2020-01-01"}, "hors des limites"),
            ({"languages-0-level": ""}, "Choisissez la langue et son niveau"),
            ({"past_jobs-0-months": "12"}, "Choisissez l’emploi-métier et sa durée"),
        ],
    )
    def test_says_what_is_wrong_beside_the_field(
        self, adviser: FlaskClient, changes: dict[str, str], sentence: str | None
    ) -> None:
        page = adviser.post("/seekers/register", data={**FACTS, **changes}).text

        assert sentence is None or sentence in page

    def test_names_the_file_that_carries_the_number(self, adviser: FlaskClient, world: World) -> None:
        adviser.post("/seekers/register", data=FACTS)

        page = adviser.post("/seekers/register", data=FACTS).text

        assert one_seeker(world).pseudonym in page

    @pytest.mark.parametrize("language", ["fr", "ar", "en"])
    def test_offers_a_form(self, app: Flask, world: World, language: str) -> None:
        page = client_of(app, world, "adviser", language=language).get("/seekers/register").text

        assert f'<html lang="{language}"' in page


class TestIndex:
    def test_shows_the_own_unit_first_and_all_on_request(self, adviser: FlaskClient, world: World) -> None:
        near, far = add_seeker(world), add_seeker(world, province_code=CASABLANCA)

        own, everyone = adviser.get("/seekers/").text, adviser.get("/seekers/?unit=").text

        assert near.pseudonym in own
        assert far.pseudonym not in own
        assert far.pseudonym in everyone

    def test_holds_no_identity(self, adviser: FlaskClient, world: World) -> None:
        person = add_seeker(world)

        for address in ("/seekers/", "/seekers/?export=xlsx"):
            content = adviser.get(address).data
            assert person.number.encode() not in content
            assert b"Fictive" not in content

    @pytest.mark.parametrize(
        "query",
        [
            "competencies=unconfirmed",
            "competencies=none",
            "competencies=confirmed",
            "completeness=complete",
            "completeness=partial",
            "completeness=sparse",
            "waiting=12m",
            "wanted=1",
            f"province={TANGER}",
            "state=paused",
            "sort=-registered",
            "sort=province",
            "q=P-",
            "unit=zz&page=9999",
        ],
    )
    def test_takes_every_filter(self, adviser: FlaskClient, world: World, query: str) -> None:
        add_seeker(world)

        assert adviser.get(f"/seekers/?{query}").status_code == 200

    def test_counts_those_to_interview(self, adviser: FlaskClient, world: World) -> None:
        person = add_seeker(world)
        assert person.pseudonym in adviser.get("/seekers/?competencies=unconfirmed").text

        adviser.post(f"/seekers/{person.public_id}/interview", data={})

        assert person.pseudonym not in adviser.get("/seekers/?competencies=unconfirmed").text

    @pytest.mark.parametrize("who", ["hr_manager", "centre_manager", "analyst", "officer", "administrator"])
    def test_does_not_exist_for_others(self, app: Flask, world: World, who: str) -> None:
        person, client = add_seeker(world), client_of(app, world, who)

        assert client.get("/seekers/").status_code == 404
        assert client.get(f"/seekers/{person.public_id}").status_code == 404


class TestFind:
    def test_goes_to_the_file_without_the_number_in_the_address(self, adviser: FlaskClient, world: World) -> None:
        person = add_seeker(world)

        answer = adviser.post("/seekers/find", data={"number": person.number.lower()})

        assert answer.headers["Location"] == f"/seekers/{person.public_id}"

    def test_says_that_nobody_carries_it(self, adviser: FlaskClient) -> None:
        assert (
            "Personne ne porte ce numéro"
            in adviser.post("/seekers/find", data={"number": "AB1"}, follow_redirects=True).text
        )


class TestDetail:
    @pytest.mark.parametrize(("language", "word"), [("fr", "Ce qui reste inconnu"), ("ar", "ما يبقى غير معروف")])
    def test_shows_facts_and_questions_but_no_identity(
        self, app: Flask, world: World, language: str, word: str
    ) -> None:
        person = add_seeker(world)

        page = client_of(app, world, "adviser", language=language).get(f"/seekers/{person.public_id}").text

        assert word in page
        assert "Fictive" not in page
        assert person.number not in page

    def test_offers_no_act_to_another_unit(self, app: Flask, world: World) -> None:
        person, other = add_seeker(world), client_of(app, world, "other_adviser")

        assert f"{person.public_id}/update" not in other.get(f"/seekers/{person.public_id}").text
        assert other.post(f"/seekers/{person.public_id}/pause").status_code == 403


class TestReveal:
    def test_shows_the_identity_after_a_reason(self, adviser: FlaskClient, world: World) -> None:
        person = add_seeker(world)
        address = f"/seekers/{person.public_id}"

        answer = adviser.post(
            "/privacy/reveal", data={"seeker": person.public_id, "reason": "contact", "back": address}
        )

        assert answer.headers["Location"] == address
        page = adviser.get(address).text
        assert "Salma Fictive" in page
        assert person.number in page

    def test_wants_a_reason(self, adviser: FlaskClient, world: World) -> None:
        person = add_seeker(world)

        adviser.post("/privacy/reveal", data={"seeker": person.public_id, "reason": "curiosity"})

        assert "Salma Fictive" not in adviser.get(f"/seekers/{person.public_id}").text

    @pytest.mark.parametrize("back", ["https://example.invalid/", "//example.invalid", "javascript:alert(1)"])
    def test_never_leads_elsewhere(self, adviser: FlaskClient, world: World, back: str) -> None:
        person = add_seeker(world)

        answer = adviser.post("/privacy/reveal", data={"seeker": person.public_id, "reason": "contact", "back": back})

        assert "example.invalid" not in answer.headers["Location"]
        assert "javascript" not in answer.headers["Location"]

    def test_refuses_an_adviser_of_another_unit(self, app: Flask, world: World) -> None:
        person = add_seeker(world)

        answer = client_of(app, world, "other_adviser").post(
            "/privacy/reveal", data={"seeker": person.public_id, "reason": "contact"}
        )

        assert answer.status_code == 403

    def test_lets_the_identity_be_corrected(self, adviser: FlaskClient, world: World) -> None:
        person = add_seeker(world)
        address = f"/seekers/{person.public_id}/correct-identity"
        assert adviser.get(address).status_code == 302
        adviser.post("/privacy/reveal", data={"seeker": person.public_id, "reason": "correction"})

        page = adviser.get(address).text
        version = re.findall(r'name="version" type="hidden" value="(\d+)"', page)[0]
        adviser.post(address, data={**FACTS, "number": "K77", "version": version})

        with world.looking("adviser") as session:
            assert session.get_one(SeekerIdentity, person.id).last_name == "Inventée"


class TestUpdate:
    def test_shows_what_is_known_and_keeps_it(self, adviser: FlaskClient, world: World) -> None:
        person = add_seeker(world, mobility=(TANGER,), licences=())
        address = f"/seekers/{person.public_id}/update"
        page = adviser.get(address).text
        assert re.search(r'value="province" selected|selected value="province"', page)

        answer = adviser.post(
            address,
            data={
                "province_code": TANGER,
                "nationality": "moroccan",
                "mobility_scope": "",
                "licences": "-",
                "version": person.version,
            },
        )

        assert answer.status_code == 302
        assert (one_seeker(world).licences, one_seeker(world).mobility) == ([], None)

    def test_refuses_an_old_page(self, adviser: FlaskClient, world: World) -> None:
        person = add_seeker(world)
        data = {"province_code": TANGER, "nationality": "moroccan", "version": person.version}
        adviser.post(f"/seekers/{person.public_id}/update", data=data)

        assert "Quelqu’un d’autre" in adviser.post(f"/seekers/{person.public_id}/update", data=data).text


class TestActs:
    def test_pause_object_and_agree(self, adviser: FlaskClient, world: World) -> None:
        person = add_seeker(world)
        address = f"/seekers/{person.public_id}"

        adviser.post(f"{address}/pause")
        adviser.post(f"{address}/resume")
        adviser.post(f"{address}/object", data={"channel": "phone"})
        adviser.post(f"{address}/lift-objection", data={"channel": "counter"})
        adviser.post(f"{address}/withdraw-consent/sharing")
        adviser.post(f"{address}/record-consent", data={"sharing": "y", "language": "fr", "channel": "email"})

        page = adviser.get(address).text
        for words in ("Recherche en pause", "Opposition au rapprochement", "Opposition levée", "par téléphone"):
            assert words in page

    def test_say_why_they_cannot_be_done_twice(self, adviser: FlaskClient, world: World) -> None:
        person = add_seeker(world)
        adviser.post(f"/seekers/{person.public_id}/pause")

        page = adviser.post(f"/seekers/{person.public_id}/pause", follow_redirects=True).text

        assert "Cette étape n’est plus possible" in page


class TestInterview:
    def test_asks_ten_and_keeps_the_answers(self, adviser: FlaskClient, world: World) -> None:
        person = add_seeker(world)
        page = adviser.get(f"/seekers/{person.public_id}/interview").text
        names = list(dict.fromkeys(re.findall(r'name="(level-\d+)"', page)))
        assert len(names) == 10

        adviser.post(f"/seekers/{person.public_id}/interview", data={names[0]: "4", names[1]: "0"})

        with world.looking("adviser") as session:
            held = session.get_one(HeldCompetency, (person.id, int(names[0].removeprefix("level-"))))
            assert (held.level, held.evidence) == (4, Evidence.ASSESSED)

    def test_keeps_one_answer_as_it_comes(self, adviser: FlaskClient, world: World) -> None:
        person = add_seeker(world)
        with world.looking("adviser") as session:
            key = session.scalars(select(Competency.id).where(Competency.code == "AUTO-001")).one()

        fragment = adviser.post(
            f"/seekers/{person.public_id}/interview/answer/{key}", data={f"level-{key}": "3", "level-1": "2"}
        ).text

        assert "Enregistré" in fragment
        assert "<html" not in fragment

    def test_goes_on_to_the_person_who_waits_longest(self, adviser: FlaskClient, world: World) -> None:
        first, second = add_seeker(world), add_seeker(world)

        answer = adviser.get("/seekers/interviews/next")
        assert answer.headers["Location"] == f"/seekers/{first.public_id}/interview"
        adviser.post(f"/seekers/{first.public_id}/interview", data={"next": "1"})

        assert adviser.get("/seekers/interviews/next").headers["Location"] == f"/seekers/{second.public_id}/interview"

    def test_says_when_nobody_waits(self, adviser: FlaskClient) -> None:
        assert "Aucun entretien n’attend" in adviser.get("/seekers/interviews/next", follow_redirects=True).text

    def test_refuses_an_adviser_of_another_unit(self, app: Flask, world: World) -> None:
        person = add_seeker(world)

        assert client_of(app, world, "other_adviser").get(f"/seekers/{person.public_id}/interview").status_code == 403


class TestCompetencies:
    def test_adds_notions_and_takes_them_away(self, adviser: FlaskClient, world: World) -> None:
        person = add_seeker(world, field_code=None)
        address = f"/seekers/{person.public_id}/competencies"
        with world.looking("adviser") as session:
            key = session.scalars(select(Competency.id).where(Competency.code == "AUTO-010")).one()
            assert session.scalars(select(JobProfile.id)).first()

        adviser.post(address, data={"competency": key, "level": "1", "evidence": "declared"})
        assert "Réglage de presses" in adviser.get(address).text
        adviser.post(address, data={"competency": key, "level": "0", "evidence": "declared"})

        with world.looking("adviser") as session:
            assert session.get(HeldCompetency, (person.id, key)) is None

    def test_searches_every_framework(self, adviser: FlaskClient, world: World) -> None:
        person = add_seeker(world)

        page = adviser.get(f"/seekers/{person.public_id}/competencies?q=soudage+mig").text

        assert "Soudage manuel MIG-MAG" in page
