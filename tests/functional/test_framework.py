"""The framework on screen: lists in three languages, templates, suggestions; the command that loads it."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy import text as sql
from werkzeug.test import TestResponse

from skills_bridge.app import create_cli
from skills_bridge.domain.settings import Settings
from skills_bridge.models import JobProfile
from tests.factories.world import World, client_of, settings_of

OPERATOR = "EM-1107"


@pytest.fixture
def analyst(app: Flask, world: World) -> FlaskClient:
    return client_of(app, world, "analyst")


def text(answer: TestResponse) -> str:
    return unescape(answer.get_data(as_text=True)).replace("\u00a0", " ")


def profile_address(world: World) -> str:
    with world.as_owner() as session:
        key = session.scalars(select(JobProfile.id).where(JobProfile.code == OPERATOR)).one()
    return f"/framework/profiles/{key}"


class TestLists:
    def test_find_a_label_of_any_language(self, analyst: FlaskClient) -> None:
        for words in ("cablage", "wiring", "الضفائر"):
            assert OPERATOR in text(analyst.get(f"/framework/?q={words}")), words
        for words in ("sertissage", "crimping", "أطراف"):
            assert "AUTO-001" in text(analyst.get(f"/framework/competencies?q={words}")), words

    def test_filter_sort_and_export(self, analyst: FlaskClient) -> None:
        shown = text(analyst.get("/framework/competencies?family=quality&sort=-code&scheme=LOCAL"))
        export = analyst.get("/framework/?export=xlsx&policy_profile=scarce")

        assert "AUTO-001" not in shown
        assert str(export.mimetype).endswith("sheet")

    def test_are_open_to_every_role(self, app: Flask, world: World) -> None:
        for who in world.actors:
            assert client_of(app, world, who).get("/framework/").status_code == 200, who


class TestProfile:
    def test_shows_its_template_and_codes(self, world: World, analyst: FlaskClient) -> None:
        shown = text(analyst.get(profile_address(world)))

        assert "Cheminement et encliquetage de faisceaux" in shown
        assert "8212" in shown
        assert "Nouvelle offre de cet emploi-métier" not in shown

    def test_offers_a_company_its_opening_and_need(self, app: Flask, world: World) -> None:
        shown = text(client_of(app, world, "hr_manager").get(profile_address(world)))

        assert "Nouvelle offre de cet emploi-métier" in shown
        assert "Déclarer un besoin" in shown

    def test_marks_arabic_that_nobody_reviewed(self, app: Flask, world: World) -> None:
        arabic = client_of(app, world, "analyst", language="ar")
        before = text(arabic.get(profile_address(world)))
        with world.as_owner() as session:
            for table in ("job_profile", "competency", "education_level", "diploma_field"):
                session.execute(sql(f"UPDATE {table} SET is_reviewed_ar = true"))
            session.commit()
        after = text(arabic.get(profile_address(world)))

        assert before.count("<abbr") > 5
        assert after.count("<abbr") == 0

    def test_does_not_exist_for_an_unknown_key(self, analyst: FlaskClient) -> None:
        assert analyst.get("/framework/profiles/999999").status_code == 404


class TestSuggest:
    def test_offers_what_is_being_typed_under_any_name(self, analyst: FlaskClient) -> None:
        shown = text(analyst.get("/framework/suggest?requirements-3-competency=sertiss"))

        assert shown.strip() == '<option value="Sertissage de contacts · LOCAL AUTO-001"></option>'

    def test_offers_nothing_for_nothing(self, analyst: FlaskClient) -> None:
        assert text(analyst.get("/framework/suggest")).strip() == ""
        assert text(analyst.get("/framework/suggest?q=%25")).strip() == ""


class TestReferenceLoad:
    def test_says_what_it_brought(self, world: World, tmp_path: Path) -> None:
        load: Callable[[], Settings] = lambda: settings_of(world.urls, tmp_path)  # noqa: E731  # a function as an argument

        outcome = CliRunner().invoke(create_cli(load), ["reference", "load"])

        assert outcome.exit_code == 0, outcome.output
        assert "75  province" in outcome.output
        assert "40  competencies" in outcome.output
