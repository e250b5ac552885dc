"""The journal on screen: who reads what, filters in the address, and the outcome of the last verification."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from skills_bridge.blueprints.audit.words import act_label
from skills_bridge.models import AuditEntry
from skills_bridge.services.audit import record_check
from tests.factories.audits import SEALER, Owner, written_world
from tests.factories.world import World, app_of, client_of


def table_of(page: str) -> str:
    """Return the body of the list: the filters offer every act by name."""
    return page.partition("<tbody")[2] if "<tbody" in page else ""


class TestJournal:
    def test_shows_acts_with_words_to_the_platform(self, app: Flask, world: World) -> None:
        written_world(world)
        page = client_of(app, world, "data_protection_officer").get("/audit/").text

        assert "Dossier mis à jour" in table_of(page)
        assert "Agence (fictif)" in table_of(page)
        assert "adviser" in table_of(page)
        assert "journal intact" in page

    def test_is_narrowed_by_the_address(self, app: Flask, world: World) -> None:
        written_world(world)
        client = client_of(app, world, "administrator")
        adviser = world.actors["adviser"].user_id

        assert "Dossier mis à jour" not in table_of(client.get("/audit/?act=audit.verified").text)
        assert "Journal d’audit vérifié" not in table_of(client.get(f"/audit/?person={adviser}&period=day").text)
        one = client.get("/audit/?object=seeker-7").text
        assert "Un seul objet" in one
        assert "Dossier de la personne n° 7" in table_of(one)
        assert "Dossier de la personne n° 8" not in table_of(one)
        assert "Rien ne correspond" in client.get("/audit/?object=seeker-999999&kind=pack").text

    def test_is_exported_through_the_same_filters(self, app: Flask, world: World) -> None:
        written_world(world)
        body = client_of(app, world, "administrator").get("/audit/?object=seeker-7&export=xlsx").data

        rows = CalamineWorkbook.from_filelike(BytesIO(body)).get_sheet_by_index(0).to_python()
        cells = [str(cell) for row in rows for cell in row]
        assert cells.count("Dossier mis à jour") == 1

    def test_shows_a_company_its_own_acts_alone(self, app: Flask, world: World) -> None:
        written_world(world)
        with world.acting("hr_manager") as uow:
            uow.audit("need.changed", "need", 3)
        page = client_of(app, world, "company_admin").get("/audit/").text

        assert "Besoin modifié" in table_of(page)
        assert "Dossier mis à jour" not in table_of(page)
        assert "Dernière vérification" not in page

    def test_names_the_place_of_a_tampering_and_counts_it_on_the_home_page(self, app: Flask, world: World) -> None:
        stream = written_world(world).ids["agency"]
        client = client_of(app, world, "administrator")
        assert "work-danger" not in client.get("/").text
        with world.as_owner() as session:
            Owner(session, stream).edit(7, "act = 'x.y'")
            session.commit()
        with world.platform() as uow:
            record_check(uow, sealer=SEALER)

        page = client.get("/audit/").text
        assert "contenu modifié" in page
        assert "anomalies" in page
        assert "x.y" in table_of(client.get("/audit/?person=" + str(world.actors["adviser"].user_id)).text)
        assert "work-danger" in client.get("/").text


def test_the_acts_of_the_whole_story_have_words(told_world: World, tmp_path: Path) -> None:
    with told_world.as_owner() as session:
        acts = session.scalars(select(AuditEntry.act).distinct()).all()
    app = app_of(told_world.urls, tmp_path)

    for language in ("fr", "ar", "en"):
        with app.test_request_context(f"/?lang={language}"):
            assert all(act_label(act) for act in acts)
    assert len({act.partition(".")[0] for act in acts}) > 5
