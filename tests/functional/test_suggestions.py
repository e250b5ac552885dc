"""What a pasted text suggests, on the screens: read on the spot, shown with its causes, applied by a click only."""

from __future__ import annotations

from html import unescape
from typing import Any, Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from skills_bridge.adapters.encoder import SentenceEncoder
from skills_bridge.domain.framework import Evidence
from skills_bridge.engine.suggest import Route
from skills_bridge.models import Competency, HeldCompetency, JobProfile, Opening
from skills_bridge.queries.suggestions import SuggestedCompetency, suggest_competencies, suggest_profiles
from skills_bridge.services.framework import encode_labels
from tests.factories.seekers import add_seeker
from tests.factories.world import World, client_of

FORKLIFT = "Conduite de chariot élévateur · LOCAL AUTO-032"
ADVERT = "Opératrice de câblage (H/F)\nVous assurez la conduite de chariots élévateurs.\nChantiers SMED."


ENCODER: Final = SentenceEncoder()


@pytest.fixture
def company(app: Flask, world: World) -> FlaskClient:
    return client_of(app, world, "hr_manager")


def text(answer: TestResponse) -> str:
    return unescape(answer.get_data(as_text=True)).replace("\u00a0", " ")


def pasted(**more: Any) -> dict[str, Any]:
    return {"job_profile_id": "", "title": "", "pasted": ADVERT, **more}


def by_words(session: Session, typed: str) -> list[SuggestedCompetency]:
    """Return the competencies whose very words stand in a text."""
    found = suggest_competencies(session, text=typed, encode=ENCODER)
    return [one for one in found if one.route is Route.WORDS]


class TestSuggestions:
    def test_know_the_framework_in_three_languages(self, world: World) -> None:
        with world.looking("hr_manager") as session:
            found = [
                next(
                    one for one in suggest_competencies(session, text=typed, encode=ENCODER) if one.route is Route.WORDS
                )
                for typed in ("… la conduite de chariots élévateurs …", "قيادة الرافعة الشوكية", "forklift driving")
            ]
            profiles = suggest_profiles(session, title="عاملة تجميع الضفائر الكهربائية", encode=ENCODER)

        assert {one.competency.code for one in found} == {"AUTO-032"}
        assert found[0].words == ("conduite de chariots élévateurs",)
        assert profiles[0].label.fr == "Opérateur(trice) de câblage"

    def test_understand_a_title_in_another_language_once_the_labels_are_encoded(self, world: World) -> None:
        title = "Lagerarbeiter mit Gabelstapler"
        with world.looking("hr_manager") as session:
            before = suggest_profiles(session, title=title, encode=ENCODER)
        told: list[tuple[int, int]] = []
        with world.platform() as uow:
            encoded = encode_labels(uow, encode=ENCODER, tell=lambda *far: told.append(far))
            again = encode_labels(uow, encode=ENCODER, tell=lambda *far: told.append(far))
        with world.looking("hr_manager") as session:
            after = suggest_profiles(session, title=title, encode=ENCODER)

        assert before == ()
        assert after[0].label.fr == "Cariste-magasinier(ère)"
        assert (encoded, again, told) == (encoded, 0, [(encoded, encoded)])

    def test_follow_a_change_of_the_framework(self, world: World) -> None:
        typed = "Pilotage de drone"
        with world.platform() as uow:
            renamed = update(Competency).where(Competency.code == "AUTO-032", Competency.scheme == "LOCAL")
            before = [
                one for one in suggest_competencies(uow.session, text=typed, encode=ENCODER) if one.route is Route.WORDS
            ]
            uow.session.execute(renamed.values(label_fr="Pilotage de drones"))
            after = [
                one for one in suggest_competencies(uow.session, text=typed, encode=ENCODER) if one.route is Route.WORDS
            ]
            uow.session.execute(renamed.values(label_fr="Conduite de chariot élévateur"))

        assert before == []
        assert [one.competency.code for one in after] == ["AUTO-032"]


class TestOpeningForm:
    def test_shows_what_the_advertisement_says_and_why(self, company: FlaskClient, world: World) -> None:
        shown = text(company.post("/openings/create", data=pasted(suggest="1")))

        assert f'name="take" value="{FORKLIFT}"' in shown
        assert '<mark dir="auto">conduite de chariots élévateurs</mark>' in shown
        assert '<mark dir="auto">SMED</mark>' in shown
        assert "Choisir cet emploi-métier" in shown
        assert "Le formulaire n’a pas été enregistré" not in shown
        assert FORKLIFT not in _typed(shown)
        with world.looking("hr_manager") as session:
            assert session.scalars(select(Opening)).all() == []

    def test_adds_a_requirement_by_a_click(self, company: FlaskClient) -> None:
        shown = text(company.post("/openings/create", data=pasted(take=FORKLIFT)))

        assert FORKLIFT in _typed(shown)
        assert f'name="take" value="{FORKLIFT}"' not in shown
        assert '<mark dir="auto">SMED</mark>' in shown

    def test_takes_the_job_profile_by_a_click_and_then_reads_its_sheet(
        self, company: FlaskClient, world: World
    ) -> None:
        with world.looking("hr_manager") as session:
            key = session.scalars(select(JobProfile.id).where(JobProfile.code == "EM-1107")).one()

        shown = text(company.post("/openings/create", data=pasted(take_profile=str(key))))

        assert f'selected value="{key}"' in shown
        assert "Figure dans la fiche de l’emploi-métier choisi" in shown
        assert "Choisir cet emploi-métier" not in shown

    def test_ignores_a_profile_that_it_does_not_offer(self, company: FlaskClient) -> None:
        shown = text(company.post("/openings/create", data=pasted(take_profile="987654321")))

        assert "987654321" not in shown


def _typed(shown: str) -> str:
    """Return the rows of requirements of a page."""
    return shown.split('id="requirements"')[1].split("</datalist>")[1]


class TestPastedCv:
    @pytest.fixture
    def adviser(self, app: Flask, world: World) -> FlaskClient:
        return client_of(app, world, "adviser")

    @pytest.fixture
    def address(self, world: World) -> str:
        return f"/seekers/{add_seeker(world).public_id}/competencies/suggest"

    def test_shows_what_it_says_and_adds_nothing(self, adviser: FlaskClient, address: str, world: World) -> None:
        shown = text(adviser.post(address, data={"pasted": "Cariste\n2 ans de conduite de chariots élévateurs"}))

        assert "Conduite de chariot élévateur" in shown
        assert '<mark dir="auto">conduite de chariots élévateurs</mark>' in shown
        assert _held(world) == {}

    def test_adds_a_declared_competency_by_a_click(self, adviser: FlaskClient, address: str, world: World) -> None:
        with world.looking("adviser") as session:
            key = session.scalars(select(Competency.id).where(Competency.code == "AUTO-032")).one()
        typed = {"pasted": "conduite de chariots élévateurs\nSMED", "take": str(key), f"level-{key}": "3"}

        shown = text(adviser.post(address, data=typed))

        assert _held(world) == {key: (3, Evidence.DECLARED)}
        assert f'value="{key}"' not in shown
        assert '<mark dir="auto">SMED</mark>' in shown

    def test_reads_arabic(self, app: Flask, world: World, address: str) -> None:
        arabic = client_of(app, world, "adviser", language="ar")

        shown = text(arabic.post(address, data={"pasted": "خبرة في قيادة الرافعة الشوكية"}))

        assert "قيادة الرافعة الشوكية</mark>" in shown
        assert "إضافة ككفاءة مصرح بها" in shown

    def test_says_so_when_nothing_is_found_or_pasted(self, adviser: FlaskClient, address: str) -> None:
        assert "Ce texte ne suggère aucune" in text(adviser.post(address, data={"pasted": "zzz"}))
        assert "Collez un texte." in text(adviser.post(address, data={"pasted": ""}))
        assert adviser.get(address).status_code == 200

    def test_refuses_a_level_in_words(self, adviser: FlaskClient, address: str, world: World) -> None:
        with world.looking("adviser") as session:
            key = session.scalars(select(Competency.id).where(Competency.code == "AUTO-032")).one()

        shown = text(adviser.post(address, data={"pasted": "SMED", "take": str(key), f"level-{key}": "9"}))

        assert "La compétence est enregistrée." not in shown
        assert _held(world) == {}


def _held(world: World) -> dict[int, tuple[int, Evidence]]:
    """Return what is known of the one person, without what is only supposed."""
    with world.looking("adviser") as session:
        held = session.scalars(select(HeldCompetency).where(HeldCompetency.evidence != Evidence.INFERRED))
        return {one.competency_id: (one.level, one.evidence) for one in held}
