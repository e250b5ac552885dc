"""The adviser's shortlist through the browser's door: reasons, questions, proposals, in French and in Arabic."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine, event, select
from werkzeug.test import TestResponse

from skills_bridge.domain.jobs import JobState
from skills_bridge.domain.openings import Conditions
from skills_bridge.domain.referrals import ReferralState
from skills_bridge.domain.seekers import Channel
from skills_bridge.models import Job, Opening, Referral, Seeker
from skills_bridge.services.openings import pause_opening
from skills_bridge.services.seekers import object_to_matching
from tests.factories.openings import validated_opening
from tests.factories.referrals import computed_run, fitting_seeker, hold, proposed_referral, registered_seeker, stored
from tests.factories.world import KENITRA, World, client_of


@pytest.fixture
def adviser(app: Flask, world: World) -> FlaskClient:
    return client_of(app, world, "adviser")


@pytest.fixture
def opening_id(world: World) -> int:
    return validated_opening(world)


def page_of(world: World, opening_id: int) -> str:
    reference: str = stored(world, Opening, opening_id).reference
    return f"/openings/{reference}/matching"


def file_of(world: World, seeker_id: int) -> Seeker:
    found: Seeker = stored(world, Seeker, seeker_id)
    return found


def text(answer: TestResponse) -> str:
    return unescape(answer.get_data(as_text=True)).replace("\u00a0", " ")


@contextmanager
def counted() -> Iterator[list[str]]:
    """Note every statement of every engine."""
    statements: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield statements
    event.remove(Engine, "before_cursor_execute", note)


class TestOpening:
    def test_shows_people_with_score_and_reasons(self, world: World, adviser: FlaskClient, opening_id: int) -> None:
        seeker_id = fitting_seeker(world)
        computed_run(world, opening_id)

        shown = text(adviser.get(page_of(world, opening_id)))

        assert file_of(world, seeker_id).pseudonym in shown
        assert "90,00 %" in shown
        assert "niveau 3 (évaluée)" in shown
        assert "Prêts" in shown
        assert "1 personne examinée" in shown

    def test_asks_what_nobody_knows(self, world: World, adviser: FlaskClient, opening_id: int) -> None:
        fitting_seeker(world, mobility=None)
        computed_run(world, opening_id)

        shown = text(adviser.get(f"{page_of(world, opening_id)}/to-confirm"))

        assert "Accepte-t-elle de travailler dans cette province : Tanger-Assilah ?" in shown

    def test_speaks_arabic_from_right_to_left(self, world: World, app: Flask, opening_id: int) -> None:
        fitting_seeker(world, mobility=None)
        computed_run(world, opening_id)

        shown = text(client_of(app, world, "adviser", language="ar").get(f"{page_of(world, opening_id)}/to-confirm"))

        assert 'dir="rtl"' in shown
        assert "هل يقبل الشخص العمل في هذا الإقليم" in shown
        assert "Accepte-t-elle" not in shown

    def test_says_which_condition_keeps_most_people_away(
        self, world: World, adviser: FlaskClient, opening_id: int
    ) -> None:
        fitting_seeker(world, mobility=(KENITRA,))
        computed_run(world, opening_id)

        shown = text(adviser.get(page_of(world, opening_id)))

        assert "Personne n’est prêt aujourd’hui pour cette offre" in shown
        assert "Conditions qui écartent" in shown
        assert "Mobilité" in shown

    def test_says_that_nothing_was_computed_yet(self, world: World, adviser: FlaskClient, opening_id: int) -> None:
        with world.platform() as uow:
            for job in uow.session.scalars(select(Job)):
                job.state = JobState.DONE

        assert "Aucune présélection n’a encore été calculée" in text(adviser.get(page_of(world, opening_id)))

    def test_says_why_a_paused_opening_has_no_list(self, world: World, adviser: FlaskClient, opening_id: int) -> None:
        with world.acting("hr_manager") as uow:
            pause_opening(uow, opening_id=opening_id)
        computed_run(world, opening_id)

        assert "L’offre n’est pas en cours de recrutement" in text(adviser.get(page_of(world, opening_id)))

    def test_shows_no_name_and_no_number(self, world: World, adviser: FlaskClient, opening_id: int) -> None:
        fitting_seeker(world)
        computed_run(world, opening_id)

        shown = text(adviser.get(page_of(world, opening_id)))

        assert "Prénom" not in shown
        assert "Nom1" not in shown

    def test_filters_by_open_question_and_pseudonym(self, world: World, adviser: FlaskClient) -> None:
        opening_id = validated_opening(world, conditions=Conditions(experience_months=6))
        moving, working = fitting_seeker(world, mobility=None), fitting_seeker(world, experience_months=None)
        computed_run(world, opening_id)
        names = {key: file_of(world, key).pseudonym for key in (moving, working)}
        page = f"{page_of(world, opening_id)}/to-confirm"

        asked = text(adviser.get(f"{page}?question=ask_experience"))
        found = text(adviser.get(f"{page}?q={names[moving]}"))

        assert (names[moving] in asked, names[working] in asked) == (False, True)
        assert (names[moving] in found, names[working] in found) == (True, False)

    def test_exports_the_same_rows(self, world: World, adviser: FlaskClient, opening_id: int) -> None:
        seeker_id = fitting_seeker(world)
        computed_run(world, opening_id)

        answer = adviser.get(f"{page_of(world, opening_id)}?export=xlsx")

        sheet = CalamineWorkbook.from_filelike(BytesIO(answer.data)).get_sheet_by_index(0)
        cells = [str(cell) for row in sheet.to_python() for cell in row]
        assert file_of(world, seeker_id).pseudonym in cells
        assert any("niveau 3" in cell for cell in cells)

    def test_takes_as_many_statements_for_many_people_as_for_one(
        self, world: World, adviser: FlaskClient, opening_id: int
    ) -> None:
        fitting_seeker(world)
        computed_run(world, opening_id)
        page = page_of(world, opening_id)
        adviser.get(page)
        with counted() as few:
            adviser.get(page)
        for _ in range(8):
            fitting_seeker(world)
        computed_run(world, opening_id)
        with counted() as many:
            adviser.get(page)

        assert len(many) == len(few)
        assert len(few) <= 19

    @pytest.mark.parametrize("who", ["hr_manager", "centre_manager", "analyst", "administrator", "report_officer"])
    def test_does_not_exist_for_others(self, world: World, app: Flask, opening_id: int, who: str) -> None:
        assert client_of(app, world, who).get(page_of(world, opening_id)).status_code == 404

    def test_does_not_exist_without_an_opening(self, adviser: FlaskClient) -> None:
        assert adviser.get("/openings/OF-2026-99999/matching").status_code == 404


class TestRun:
    def test_asks_for_a_new_list_and_shows_how_far_it_is(
        self, world: World, adviser: FlaskClient, opening_id: int
    ) -> None:
        with world.platform() as uow:
            for job in uow.session.scalars(select(Job)):
                job.state = JobState.DONE
        page = page_of(world, opening_id)

        assert adviser.post(f"{page}/run").status_code == 302
        shown = text(adviser.get(page))

        assert 'hx-trigger="every 1s"' in shown
        adviser.post(f"{page}/run")
        assert "Un calcul est déjà demandé" in text(adviser.get(page))

    def test_is_refused_to_another_unit(self, world: World, app: Flask, opening_id: int) -> None:
        answer = client_of(app, world, "other_adviser").post(f"{page_of(world, opening_id)}/run")

        assert answer.status_code == 403


class TestRefer:
    def test_shows_who_is_meant_then_proposes(self, world: World, adviser: FlaskClient, opening_id: int) -> None:
        people = [file_of(world, fitting_seeker(world)) for _ in range(2)]
        asked = "&".join(f"seeker={person.public_id}" for person in people)

        shown = text(adviser.get(f"{page_of(world, opening_id)}/refer?{asked}"))
        answer = adviser.post(
            f"{page_of(world, opening_id)}/refer",
            data={"seeker": [str(person.public_id) for person in people], "message": "Motivées."},
        )

        assert "2 personnes choisies" in shown
        assert all(person.pseudonym in shown for person in people)
        assert answer.status_code == 302
        with world.looking("adviser") as session:
            rows = session.scalars(select(Referral)).all()
            assert {(row.state, row.message) for row in rows} == {(ReferralState.PROPOSED, "Motivées.")}
            assert len(rows) == 2

    def test_tells_who_could_not_be_proposed_and_why(self, world: World, adviser: FlaskClient, opening_id: int) -> None:
        seeker_id = fitting_seeker(world)
        proposed_referral(world, opening_id, seeker_id)
        person = file_of(world, seeker_id)

        shown = text(
            adviser.post(
                f"{page_of(world, opening_id)}/refer",
                data={"seeker": [str(person.public_id)]},
                follow_redirects=True,
            )
        )

        assert f"{person.pseudonym} a déjà une mise en relation en cours pour l’offre" in shown

    def test_asks_to_choose_somebody(self, world: World, adviser: FlaskClient, opening_id: int) -> None:
        assert "Personne n’est choisi" in text(adviser.get(f"{page_of(world, opening_id)}/refer"))

    def test_survives_tampered_boxes(self, world: World, adviser: FlaskClient, opening_id: int) -> None:
        answer = adviser.post(f"{page_of(world, opening_id)}/refer", data={"seeker": ["nobody", str(uuid.uuid4())]})

        assert answer.status_code == 200
        assert "Personne n’est choisi" in text(answer)


class TestPair:
    def test_judges_the_file_as_it_stands_now(self, world: World, adviser: FlaskClient, opening_id: int) -> None:
        seeker_id = registered_seeker(world, levels={"AUTO-001": 3})
        computed_run(world, opening_id)
        pair = f"{page_of(world, opening_id)}/{file_of(world, seeker_id).public_id}"

        before = text(adviser.get(pair))
        hold(world, seeker_id, "AUTO-002", 3)
        after = text(adviser.get(pair))

        assert "atteindre le niveau 2" in before
        assert "Cette personne ne figure pas dans la liste affichée" in before
        assert "Rien ne manque : la personne est prête pour cette offre." in after

    def test_says_that_the_list_is_older_than_the_file(
        self, world: World, adviser: FlaskClient, opening_id: int
    ) -> None:
        seeker_id = fitting_seeker(world)
        computed_run(world, opening_id)
        hold(world, seeker_id, "AUTO-001", 1)

        shown = text(adviser.get(f"{page_of(world, opening_id)}/{file_of(world, seeker_id).public_id}"))

        assert "Le dossier a changé depuis le calcul de la liste" in shown

    def test_judges_nobody_who_objects(self, world: World, adviser: FlaskClient, opening_id: int) -> None:
        seeker_id = fitting_seeker(world)
        with world.acting("adviser") as uow:
            object_to_matching(uow, seeker_id=seeker_id, channel=Channel.PHONE)

        shown = text(adviser.get(f"{page_of(world, opening_id)}/{file_of(world, seeker_id).public_id}"))

        assert "La personne s’oppose au rapprochement" in shown
        assert "Part du score" not in shown

    def test_does_not_exist_without_a_person(self, world: World, adviser: FlaskClient, opening_id: int) -> None:
        assert adviser.get(f"{page_of(world, opening_id)}/{uuid.uuid4()}").status_code == 404


class TestSeeker:
    def test_lists_the_openings_in_whose_lists_the_person_stands(
        self, world: World, adviser: FlaskClient, opening_id: int
    ) -> None:
        seeker_id, absent = fitting_seeker(world), validated_opening(world)
        computed_run(world, opening_id)

        shown = text(adviser.get(f"/seekers/{file_of(world, seeker_id).public_id}/matches"))

        assert stored(world, Opening, opening_id).reference in shown
        assert stored(world, Opening, absent).reference not in shown

    def test_says_what_to_do_when_there_is_none(self, world: World, adviser: FlaskClient) -> None:
        seeker_id = registered_seeker(world)

        shown = text(adviser.get(f"/seekers/{file_of(world, seeker_id).public_id}/matches"))

        assert "menez l’entretien de compétences" in shown
