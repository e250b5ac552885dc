"""The pages of imports: upload, verdicts, confirmation, rows to correct."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from skills_bridge.adapters.spreadsheets import read_table
from skills_bridge.domain.imports import read_header
from skills_bridge.models import ImportBatch, Seeker
from skills_bridge.services.imports import apply_batch, check_batch
from tests.factories.world import VAULT, World, client_of

ROWS = (
    "cin;nom;prenom;province\n"
    "AB10;El Fictif;Omar;Tanger\n"
    "AB11;El Fictif;Sara;Tangr\n"
    "12-34-56-78-90;=Formule;Ali;Tanger\n"
)


@pytest.fixture
def adviser(app: Flask, world: World) -> FlaskClient:
    return client_of(app, world, "adviser")


def send(client: FlaskClient, content: bytes = ROWS.encode(), name: str = "essai.csv") -> TestResponse:
    return client.post("/imports/receive", data={"file": (io.BytesIO(content), name)})


def work(world: World) -> None:
    """Do what the worker would."""
    with world.acting("adviser") as uow:
        for batch in uow.session.scalars(select(ImportBatch)).all():
            for act in (check_batch, apply_batch):
                act(uow, batch_id=batch.id, progress=lambda _done, _total: None, vault=VAULT, consent_version="v1")


class TestReceive:
    def test_leads_to_the_page_of_the_import(self, adviser: FlaskClient) -> None:
        answer = send(adviser)

        assert answer.status_code == 302
        page = adviser.get(answer.headers["Location"]).text
        assert "en vérification" in page
        assert "every 1s" in page

    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            (b"", "Le fichier est vide"),
            (b"%PDF-1.4", "ni un CSV ni un classeur XLSX"),
            (b"nom;ville\nA;B\n", "Manque"),
            (b"cin;nom;prenom;province;nom\n", "apparaît deux fois"),
        ],
    )
    def test_says_what_was_expected(self, adviser: FlaskClient, content: bytes, sentence: str) -> None:
        assert sentence in send(adviser, content).text

    def test_wants_a_file(self, adviser: FlaskClient) -> None:
        assert "Choisissez un fichier" in adviser.post("/imports/receive", data={}).text

    @pytest.mark.parametrize(
        ("language", "word"), [("fr", "Colonnes du fichier"), ("ar", "أعمدة الملف"), ("en", "Columns")]
    )
    def test_explains_the_columns(self, app: Flask, world: World, language: str, word: str) -> None:
        assert word in client_of(app, world, "adviser", language=language).get("/imports/receive").text

    @pytest.mark.parametrize("who", ["hr_manager", "centre_manager", "report_officer"])
    def test_does_not_exist_for_others(self, app: Flask, world: World, who: str) -> None:
        assert client_of(app, world, who).get("/imports/receive").status_code == 404


class TestTemplate:
    def test_is_a_file_that_can_be_sent(self, adviser: FlaskClient, world: World) -> None:
        content = adviser.get("/imports/template.csv").data

        columns, strange = read_header(read_table(content).header)
        assert (len(columns), strange) == (29, ())
        send(adviser, content, "modele-personnes.csv")
        work(world)
        assert "bonne ligne" in adviser.get("/imports/1").text


class TestDetail:
    def test_shows_verdicts_and_cures_without_identities(self, adviser: FlaskClient, world: World) -> None:
        send(adviser)
        work(world)

        page = adviser.get("/imports/1").text

        assert "Tangr" in page
        assert "Vouliez-vous dire" in page
        for hidden in ("AB11", "12-34-56-78-90", "Fictif", "Formule"):
            assert hidden not in page

    def test_applies_the_good_rows_after_a_confirmation(self, adviser: FlaskClient, world: World) -> None:
        send(adviser)
        work(world)

        adviser.post("/imports/1/confirm")
        assert "cours d’application" in adviser.get("/imports/1/progress").text or "every 1s" in (
            adviser.get("/imports/1/progress").text
        )
        work(world)

        assert "personne inscrite" in adviser.get("/imports/1").text
        with world.looking("adviser") as session:
            assert len(session.scalars(select(Seeker)).all()) == 1

    def test_says_that_it_was_confirmed_already(self, adviser: FlaskClient, world: World) -> None:
        send(adviser)
        work(world)
        adviser.post("/imports/1/confirm")

        assert "n’est plus possible" in adviser.post("/imports/1/confirm", follow_redirects=True).text

    def test_forgets_an_abandoned_file(self, adviser: FlaskClient, world: World) -> None:
        send(adviser)

        page = adviser.post("/imports/1/cancel", follow_redirects=True).text

        assert "son contenu est effacé" in page
        with world.looking("adviser") as session:
            assert session.get_one(ImportBatch, 1).content_sealed is None

    def test_of_nobody_s_import_is_missing(self, adviser: FlaskClient) -> None:
        assert adviser.get("/imports/77").status_code == 404


class TestExport:
    def test_gives_rows_to_correct_that_can_be_sent_again(self, adviser: FlaskClient, world: World) -> None:
        send(adviser)
        work(world)

        content = adviser.post("/imports/1/export-rejected").data

        table = read_table(content)
        assert table.header[:2] == ("ligne", "a_corriger")
        assert "'=Formule" in content.decode("utf-8-sig")
        corrected = content.replace(b"Tangr", b"Tanger")
        send(adviser, corrected, "corrige.csv")
        work(world)
        assert ">1</strong> bonne ligne" in adviser.get("/imports/2").text


class TestIndex:
    def test_lists_imports_with_their_counts(self, adviser: FlaskClient, world: World) -> None:
        send(adviser)
        work(world)

        assert "essai.csv" in adviser.get("/imports/?state=checked").text
        assert "essai.csv" not in adviser.get("/imports/?state=applied").text
