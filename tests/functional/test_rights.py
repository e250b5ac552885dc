"""The rights desk on screen: intake at the person's file, decision, file taken out, retention, register."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
from flask import Flask

from skills_bridge.domain.privacy import RightsKind
from skills_bridge.domain.settings import LegalTexts
from skills_bridge.services import privacy
from tests.factories.rights import LEGAL, accepted, carry_out, for_agency, received
from tests.factories.seekers import add_seeker
from tests.factories.world import World, app_of, client_of


def with_legal(app: Flask, legal: LegalTexts) -> Flask:
    """Return the application with other answers of the law."""
    known = app.extensions["skills_bridge.settings"]
    app.extensions["skills_bridge.settings"] = type(known)(
        **{name: getattr(known, name) for name in known.__slots__} | {"legal": legal}
    )
    return app


class TestDesk:
    def test_takes_a_request_in_and_shows_it_to_the_officer(self, app: Flask, world: World) -> None:
        person = add_seeker(world)
        adviser, officer = client_of(app, world, "adviser"), client_of(app, world, "data_protection_officer")
        assert f"/rights/new/{person.public_id}" in adviser.get(f"/seekers/{person.public_id}").text

        answer = adviser.post(
            f"/rights/new/{person.public_id}",
            data={"kind": "access", "channel": "counter", "language": "ar", "details": "tout"},
        )

        reference = answer.location.rsplit("/", 1)[-1]
        assert re.fullmatch(r"DP-\d{4}-\d{5}", reference)
        page = officer.get(f"/rights/{reference}").text
        assert person.pseudonym in page
        assert "Salma" not in page
        assert "à compléter" in page
        assert reference in officer.get("/rights/?state=open").text
        assert '<span class="work-count">1</span>' in officer.get("/").text

    def test_keeps_what_was_typed_and_names_the_cure(self, app: Flask, world: World) -> None:
        person = add_seeker(world)
        adviser = client_of(app, world, "adviser")

        page = adviser.post(
            f"/rights/new/{person.public_id}", data={"kind": "correction", "channel": "phone", "language": "fr"}
        ).text
        assert "Indiquez ce qui est à corriger" in page
        empty = adviser.post(f"/rights/new/{person.public_id}", data={"details": "mon nom"}).text
        assert "Choisissez une valeur de la liste" in empty
        assert "mon nom" in empty

    def test_hands_the_file_over_once(self, app: Flask, world: World) -> None:
        reference = accepted(world, add_seeker(world).id, RightsKind.ACCESS)
        carry_out(world, reference)
        officer = client_of(app, world, "data_protection_officer")
        assert "Remettre le dossier" in officer.get(f"/rights/{reference}").text

        refused = officer.post(f"/rights/{reference}/file", data={"how": ""}, follow_redirects=True)
        answer = officer.post(f"/rights/{reference}/file", data={"how": "in_person"})

        assert "Choisissez comment" in refused.text
        assert answer.mimetype == "application/zip"
        assert answer.headers["Cache-Control"] == "no-store"
        assert len(zipfile.ZipFile(io.BytesIO(answer.data)).namelist()) == 2
        again = officer.post(f"/rights/{reference}/file", data={"how": "in_person"}, follow_redirects=True)
        assert "déjà été remis" in again.text

    def test_decides_and_takes_up_again(self, app: Flask, world: World) -> None:
        first = received(world, add_seeker(world).id, RightsKind.ERASURE)
        officer, adviser = client_of(app, world, "data_protection_officer"), client_of(app, world, "adviser")

        assert "Choisissez un motif" in officer.post(f"/rights/{first}/refuse", follow_redirects=True).text
        officer.post(f"/rights/{first}/refuse", data={"reason": "duty_to_keep"})
        assert "Une obligation impose" in adviser.get(f"/rights/{first}").text
        adviser.post(f"/rights/{first}/reopen")
        assert "acceptée, en cours" in officer.post(f"/rights/{first}/accept", follow_redirects=True).text
        assert "a changé d’état" in officer.post(f"/rights/{first}/accept", follow_redirects=True).text

    def test_is_hidden_from_others(self, app: Flask, world: World) -> None:
        reference = received(world, add_seeker(world).id, RightsKind.ACCESS)

        for who in ("hr_manager", "analyst", "administrator"):
            assert client_of(app, world, who).get(f"/rights/{reference}").status_code == 404
        assert client_of(app, world, "other_adviser").get(f"/rights/{reference}").status_code == 404
        assert client_of(app, world, "adviser").post(f"/rights/{reference}/accept").status_code == 404

    def test_shows_an_anonymised_file_without_an_identity(self, app: Flask, world: World) -> None:
        person = add_seeker(world)
        carry_out(world, accepted(world, person.id, RightsKind.ERASURE))
        adviser = client_of(app, world, "adviser")

        assert adviser.get(f"/seekers/{person.public_id}").status_code == 404
        found = re.search(
            rf'href="(/seekers/[0-9a-f-]{{36}})"[^>]*>[^<]*(?:<[^>]+>)*{person.pseudonym}',
            adviser.get("/seekers/").text,
        )
        assert found is not None
        page = adviser.get(found[1])
        assert page.status_code == 200
        assert "l’identité n’est plus détenue" in page.text


class TestRetention:
    def test_says_that_nothing_happens_while_a_setting_is_missing(self, app: Flask, world: World) -> None:
        page = client_of(app, world, "data_protection_officer").get("/rights/retention").text
        assert "aucun dossier n’est annoncé ni anonymisé" in page

    def test_shows_the_counts_of_the_night(self, app: Flask, world: World) -> None:
        add_seeker(world)
        with for_agency(world) as uow:
            privacy.count_retention(uow, agency_id=world.ids["agency"], clock=privacy.RetentionClock(24, 30))

        page = client_of(with_legal(app, LEGAL), world, "data_protection_officer").get("/rights/retention").text
        assert "à blanc" in page
        assert "aucun dossier n’est annoncé ni anonymisé" not in page


class TestRegister:
    def test_marks_what_only_the_parties_can_say(self, app: Flask, world: World) -> None:
        empty = client_of(app, world, "data_protection_officer").get("/rights/register").text
        filled = client_of(with_legal(app, LEGAL), world, "administrator").get("/rights/register").text
        arabic = client_of(app, world, "administrator", language="ar").get("/rights/register").text
        assert all(days in arabic for days in ("30 يوما", "7 أيام", "يوم واحد"))

        assert empty.count('<strong class="to-fill">à compléter</strong>') == 9
        assert filled.count('<strong class="to-fill">à compléter</strong>') == 5
        assert "Agence (fictif)" in filled

    @pytest.mark.parametrize("language", ["ar", "en"])
    def test_speaks_the_other_languages(self, world: World, tmp_path: Path, language: str) -> None:
        client = client_of(app_of(world.urls, tmp_path), world, "data_protection_officer", language=language)
        for page in ("/rights/", "/rights/retention", "/rights/register", "/audit/", "/audit/checks"):
            assert client.get(page).status_code == 200
