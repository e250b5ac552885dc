"""Cohorts through the browser's door: pages, forms, refusals in words, in French and in Arabic."""

from __future__ import annotations

from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from skills_bridge.domain.training import EnrolmentState
from skills_bridge.models import Cohort, Enrolment, Programme, ProgrammeOutcome
from tests.factories.openings import competency_ids
from tests.factories.seekers import add_seeker
from tests.factories.training import TITLE, a_cohort, a_draft, a_programme, completed, enrolled, in_days
from tests.factories.world import TANGER, World, client_of


@pytest.fixture
def centre(app: Flask, world: World) -> FlaskClient:
    return client_of(app, world, "centre_manager")


@pytest.fixture
def adviser(app: Flask, world: World) -> FlaskClient:
    return client_of(app, world, "adviser")


def text(answer: TestResponse) -> str:
    return unescape(answer.get_data(as_text=True)).replace("\u00a0", " ")


def plan(**changes: str) -> dict[str, str]:
    return {
        "province_code": TANGER,
        "starts_on": in_days(30).isoformat(),
        "expected_end_on": in_days(90).isoformat(),
        "enrolment_until": in_days(20).strftime("%d/%m/%Y"),
        "seats": "20",
        **changes,
    }


def states(world: World) -> list[EnrolmentState]:
    with world.looking("adviser") as session:
        return list(session.scalars(select(Enrolment.state).order_by(Enrolment.id)))


class TestIndex:
    def test_shows_the_cohorts_and_exports_them(self, world: World, centre: FlaskClient) -> None:
        cohort = a_cohort(world)
        shown = text(centre.get("/cohorts/?seats=free&sort=-free"))
        export = centre.get("/cohorts/?export=xlsx")

        assert cohort.reference in shown
        assert TITLE in shown
        assert export.data[:2] == b"PK"

    def test_speaks_arabic(self, world: World, app: Flask) -> None:
        a_cohort(world)
        shown = text(client_of(app, world, "adviser", language="ar").get("/cohorts/"))

        assert 'dir="rtl"' in shown
        assert "الضفائر الكهربائية للسيارات" in shown
        assert "منشور" in shown
        assert "Filière" not in shown

    def test_says_what_next_when_there_is_nothing(self, world: World, centre: FlaskClient) -> None:
        assert "Choisissez une filière, puis planifiez une promotion." in text(centre.get("/cohorts/"))

    def test_is_no_page_of_a_company(self, app: Flask, world: World) -> None:
        assert client_of(app, world, "hr_manager").get("/cohorts/").status_code == 404


class TestProgramme:
    def test_is_written_with_lines_added_without_a_script(self, world: World, centre: FlaskClient) -> None:
        with world.acting("centre_manager") as uow:
            first, second = competency_ids(uow, "AUTO-001", "AUTO-002")
        form = {
            "title_fr": "Soudage (fictif)",
            "entry_rank": "2",
            "hours": "300",
            "outcomes-0-competency": str(first),
            "outcomes-0-level": "3",
            "outcomes-1-competency": "",
            "outcomes-1-level": "2",
        }
        more = text(centre.post("/programmes/new", data={**form, "add": "outcomes"}))
        kept = centre.post(
            "/programmes/new", data={**form, "outcomes-2-competency": str(second), "outcomes-2-level": "2"}
        )
        with world.looking("centre_manager") as session:
            programme = session.scalars(select(Programme)).one()
            taught = {
                tuple(row) for row in session.execute(select(ProgrammeOutcome.competency_id, ProgrammeOutcome.level))
            }

        assert "outcomes-2-competency" in more
        assert "Soudage (fictif)" in more
        assert kept.status_code == 302
        assert (programme.title_fr, programme.hours, programme.entry_rank) == ("Soudage (fictif)", 300, 2)
        assert taught == {(first, 3), (second, 2)}

    def test_says_the_cure_beside_the_field(self, centre: FlaskClient) -> None:
        shown = text(centre.post("/programmes/new", data={"title_fr": "X", "entry_rank": "0", "hours": "beaucoup"}))
        assert "Indiquez une durée entre 1 et 10 000 heures, en chiffres." in shown
        shown = text(centre.post("/programmes/new", data={"title_fr": "X", "entry_rank": "0"}))
        assert "Indiquez au moins une compétence enseignée, avec son niveau." in shown

    def test_shows_itself_for_a_change_and_not_to_another_centre(
        self, app: Flask, world: World, centre: FlaskClient
    ) -> None:
        programme_id = a_programme(world)
        shown = text(centre.get(f"/programmes/{programme_id}/update"))
        other = client_of(app, world, "other_centre_manager").get(f"/programmes/{programme_id}/update")

        assert TITLE in shown
        assert 'name="outcomes-1-level"' in shown
        assert other.status_code == 404


class TestCohort:
    def test_is_planned_published_begun_and_ended(self, world: World, centre: FlaskClient) -> None:
        programme_id = a_programme(world)
        answer = centre.post(f"/programmes/{programme_id}/cohorts/new", data=plan())
        page = answer.headers["Location"]
        assert "brouillon" in text(centre.get(page))
        for verb, state in (("publish", "published"), ("start", "running"), ("end", "ended")):
            assert centre.post(f"{page}/{verb}").status_code == 302
            with world.looking("centre_manager") as session:
                assert session.scalars(select(Cohort.state)).one() == state
        assert "Cette étape n’est plus possible" in text(centre.post(f"{page}/publish", follow_redirects=True))

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"seats": "0"}, "Indiquez un nombre de places entre 1 et 2 000, en chiffres."),
            ({"seats": "vingt"}, "Indiquez un nombre de places entre 1 et 2 000, en chiffres."),
            ({"province_code": "99.999"}, "Cette province ou préfecture ne figure pas dans la liste"),
            ({"starts_on": "31/02/2027"}, "Indiquez une date, par exemple"),
            ({"expected_end_on": in_days(2).isoformat()}, "La fin prévue précède le début"),
            ({"enrolment_until": in_days(300).isoformat()}, "avancez la date limite"),
            ({"starts_on": ""}, "Indiquez le début de la formation."),
        ],
    )
    def test_refuses_in_words(self, world: World, centre: FlaskClient, change: dict[str, str], sentence: str) -> None:
        shown = text(centre.post(f"/programmes/{a_programme(world)}/cohorts/new", data=plan(**change)))

        assert sentence in shown

    def test_changes_only_as_it_was_read(self, world: World, centre: FlaskClient) -> None:
        draft = a_draft(world)
        page = f"/cohorts/{draft.reference}"
        assert 'value="20"' in text(centre.get(f"{page}/update"))
        changed = centre.post(f"{page}/update", data=plan(seats="12", version="1"))
        again = text(centre.post(f"{page}/update", data=plan(seats="13", version="1")))

        assert changed.status_code == 302
        assert "Quelqu’un d’autre a modifié ce dossier" in again

    def test_is_cancelled_with_a_reason(self, world: World, centre: FlaskClient) -> None:
        cohort = a_cohort(world)
        page = f"/cohorts/{cohort.reference}"
        without = text(centre.post(f"{page}/cancel", data={"reason": ""}, follow_redirects=True))
        done = text(centre.post(f"{page}/cancel", data={"reason": "too_few"}, follow_redirects=True))

        assert "Choisissez le motif de l’annulation" in without
        assert "Pas assez de personnes inscrites" in done

    def test_that_is_a_draft_is_no_page_of_the_agency(self, world: World, adviser: FlaskClient) -> None:
        assert adviser.get(f"/cohorts/{a_draft(world).reference}").status_code == 404


class TestEnrolment:
    def test_goes_by_identifier_or_code_and_shows_the_seats(self, world: World, adviser: FlaskClient) -> None:
        cohort, one, other = a_cohort(world, seats=2), add_seeker(world), add_seeker(world)
        page = f"/cohorts/{cohort.reference}"
        assert "niveau d’entrée atteint" in text(adviser.get(f"{page}/enrol?seeker={one.public_id}"))
        for key in (one.public_id, other.pseudonym.lower()):
            assert adviser.post(f"{page}/enrol?seeker={key}").status_code == 302
        shown = text(adviser.get(page))

        assert "2 places prises sur 2" in shown
        assert one.pseudonym in shown
        assert f'{page}/enrol"' not in shown

    def test_asks_what_is_not_known(self, world: World, adviser: FlaskClient) -> None:
        cohort, person = a_cohort(world), add_seeker(world, education_code=None, field_code=None)
        address = f"/cohorts/{cohort.reference}/enrol?seeker={person.public_id}"

        assert "quel est votre dernier diplôme" in text(adviser.get(address))
        assert "demandez-le et complétez son dossier" in text(adviser.post(address))
        assert states(world) == []

    def test_says_so_when_the_code_is_nobodys_or_the_seat_is_gone(self, world: World, adviser: FlaskClient) -> None:
        cohort, late = a_cohort(world, seats=1), add_seeker(world)
        enrolled(world, cohort)
        page = f"/cohorts/{cohort.reference}/enrol"

        assert "Aucune personne ne porte ce code." in text(adviser.get(f"{page}?seeker=XX"))
        assert "La dernière place" in text(adviser.post(f"{page}?seeker={late.public_id}"))

    def test_ends_with_a_reason(self, world: World, adviser: FlaskClient, centre: FlaskClient) -> None:
        cohort = a_cohort(world)
        one, other = enrolled(world, cohort), enrolled(world, cohort)
        page = f"/cohorts/{cohort.reference}/enrolments"
        assert "Choisissez un motif." in text(adviser.post(f"{page}/{one.public_id}/withdraw", data={"reason": ""}))
        adviser.post(f"{page}/{one.public_id}/withdraw", data={"reason": "job_found"})
        centre.post(f"{page}/{other.public_id}/drop", data={"reason": "absent"})

        assert states(world) == [EnrolmentState.WITHDRAWN, EnrolmentState.DROPPED]
        assert "0 places prises sur 20" in text(centre.get(f"/cohorts/{cohort.reference}"))

    def test_is_certified_for_the_people_ticked(self, world: World, centre: FlaskClient) -> None:
        cohort = a_cohort(world)
        enrolment = completed(world, cohort)
        page = f"/cohorts/{cohort.reference}"
        assert str(enrolment.public_id) in text(centre.get(page))
        for ticked in ([], ["no-identifier"]):
            refused = centre.post(f"{page}/certify", data={"enrolments": ticked}, follow_redirects=True)
            assert "Cochez au moins une personne." in text(refused)
        done = centre.post(f"{page}/certify", data={"enrolments": [str(enrolment.public_id)]}, follow_redirects=True)

        assert "1 certificat enregistré." in text(done)
        assert states(world) == [EnrolmentState.CERTIFIED]

    def test_is_completed_for_the_people_ticked(self, world: World, centre: FlaskClient) -> None:
        cohort = a_cohort(world)
        people = [str(enrolled(world, cohort).public_id) for _ in range(2)]
        page = f"/cohorts/{cohort.reference}"
        early = text(centre.post(f"{page}/complete", data={"enrolments": people}, follow_redirects=True))
        centre.post(f"{page}/start")
        done = text(centre.post(f"{page}/complete", data={"enrolments": people}, follow_redirects=True))

        assert "n’a pas commencé" in early
        assert "2 parcours achevés." in done
        assert states(world) == [EnrolmentState.COMPLETED] * 2
