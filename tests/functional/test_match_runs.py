"""The history of runs through the browser's door: who may ask, what is told, in French and in Arabic."""

from __future__ import annotations

from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from skills_bridge.models import MatchRun, Opening
from skills_bridge.queries.matching.runs import get_run_page
from tests.factories.openings import validated_opening
from tests.factories.referrals import computed_run, exposed, fitting_seeker, full_run, stored
from tests.factories.world import World, client_of


@pytest.fixture
def manager(app: Flask, world: World) -> FlaskClient:
    return client_of(app, world, "unit_manager")


def text(answer: TestResponse) -> str:
    return unescape(answer.get_data(as_text=True)).replace("\u00a0", " ")


class TestIndex:
    def test_lists_full_runs_and_those_of_one_opening(self, world: World, manager: FlaskClient) -> None:
        opening_id = validated_opening(world)
        fitting_seeker(world)
        computed_run(world, opening_id)
        run_id = full_run(world)

        shown = text(manager.get("/matching/runs/"))

        assert "toutes les offres" in shown
        assert stored(world, Opening, opening_id).reference in shown
        assert f"/matching/runs/{run_id}" in shown
        assert "l’horloge" in shown
        only = text(manager.get("/matching/runs/?scope=full"))
        assert stored(world, Opening, opening_id).reference not in only

    def test_before_the_first_says_when_it_comes(self, manager: FlaskClient) -> None:
        assert "Aucun rapprochement pour le moment" in text(manager.get("/matching/runs/"))

    def test_shows_the_run_under_way_with_its_way_out(self, world: World, manager: FlaskClient) -> None:
        asked = text(manager.post("/matching/runs/run", follow_redirects=True))
        again = text(manager.post("/matching/runs/run", follow_redirects=True))

        assert "Le rapprochement complet est demandé" in asked
        assert "votre demande le rejoint" in again
        assert "Annuler le rapprochement" in again
        assert "Lancer un rapprochement complet" not in again

    def test_offers_an_adviser_no_full_run(self, app: Flask, world: World) -> None:
        adviser = client_of(app, world, "adviser")

        assert "Lancer un rapprochement complet" not in text(adviser.get("/matching/runs/"))
        assert adviser.post("/matching/runs/run").status_code == 404


class TestDetail:
    def test_tells_policy_digests_times_and_whom_it_never_shows(self, world: World, manager: FlaskClient) -> None:
        validated_opening(world)
        for _ in range(12):
            fitting_seeker(world)
        run_id = full_run(world)
        exposed(world, run_id)

        shown = text(manager.get(f"/matching/runs/{run_id}"))

        run = stored(world, MatchRun, run_id)
        assert run.input_digest.hex() in shown
        assert run.result_digest.hex() in shown
        assert "0 sur 12" in shown
        assert "Par province de résidence" in shown
        assert "Tanger-Assilah" in shown
        assert "Lecture" in shown

    def test_hides_a_group_of_few(self, world: World, manager: FlaskClient) -> None:
        validated_opening(world)
        fitting_seeker(world)
        run_id = full_run(world)
        exposed(world, run_id)

        assert "masqué" in text(manager.get(f"/matching/runs/{run_id}"))

    def test_orders_education_from_the_lowest_level_up(self, world: World, manager: FlaskClient) -> None:
        validated_opening(world)
        for code in ("engineer", "primary", None, "specialised_technician", "bac_level"):
            for _ in range(5):
                fitting_seeker(world, education_code=code)
        run_id = full_run(world)
        exposed(world, run_id)

        with world.looking("unit_manager") as session:
            groups = get_run_page(session, run_id=run_id).groups["education"]
        assert [group.key for group in groups] == [
            "primary",
            "bac_level",
            "specialised_technician",
            "engineer",
            "unknown",
        ]
        shown = text(manager.get(f"/matching/runs/{run_id}"))
        assert shown.index("Primaire") < shown.index("Niveau baccalauréat") < shown.index("Diplôme d’ingénieur")

    def test_waits_for_the_count_of_groups(self, world: World, manager: FlaskClient) -> None:
        run_id = full_run(world)

        assert "compté juste après le calcul" in text(manager.get(f"/matching/runs/{run_id}"))

    def test_of_one_opening_leads_to_its_list(self, world: World, manager: FlaskClient) -> None:
        opening_id = validated_opening(world)
        run_id = computed_run(world, opening_id)

        shown = text(manager.get(f"/matching/runs/{run_id}"))

        assert f"/openings/{stored(world, Opening, opening_id).reference}/matching" in shown
        assert "Qui n’est jamais proposé" not in shown

    def test_speaks_arabic(self, world: World, app: Flask) -> None:
        validated_opening(world)
        fitting_seeker(world)
        run_id = full_run(world)
        exposed(world, run_id)

        shown = text(client_of(app, world, "unit_manager", language="ar").get(f"/matching/runs/{run_id}"))

        assert 'dir="rtl"' in shown
        assert "حسب إقليم الإقامة" in shown
        assert "jamais" not in shown

    def test_is_the_agencys_alone(self, app: Flask, world: World) -> None:
        run_id = full_run(world)

        assert client_of(app, world, "hr_manager").get(f"/matching/runs/{run_id}").status_code == 404
