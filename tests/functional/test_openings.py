"""Openings through the browser's door: pages, forms without script, refusals in words, in French and in Arabic."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine, event, select
from werkzeug.test import TestResponse

from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.openings import Conditions, OpeningState
from skills_bridge.models import Need, Opening, OpeningRevision, Post, Requirement, Site
from skills_bridge.services.openings import refuse_opening, update_opening
from skills_bridge.unit_of_work import utc_now
from tests.factories.openings import (
    draft_opening,
    opening_draft,
    profile_id,
    submitted_opening,
    validated_opening,
    written_need,
)
from tests.factories.world import KENITRA, TANGER, World, client_of

CRIMPING = "Sertissage de contacts · LOCAL AUTO-001"
STATEMENTS_OF_LIST = 3
"""The units for the filter, the count, the page."""


@pytest.fixture
def company(app: Flask, world: World) -> FlaskClient:
    return client_of(app, world, "hr_manager")


@pytest.fixture
def adviser(app: Flask, world: World) -> FlaskClient:
    return client_of(app, world, "adviser")


def text(answer: TestResponse) -> str:
    return unescape(answer.get_data(as_text=True)).replace("\u00a0", " ")


def filled(world: World, **changes: Any) -> dict[str, Any]:
    with world.acting("hr_manager") as uow:
        profile = profile_id(uow)
    return {
        "job_profile_id": str(profile),
        "title": "Opérateur(trice) de câblage",
        "site_id": str(world.sites["company"]),
        "contract_code": "cdi",
        "posts": "3",
        "answer_days": "10",
        "requirements-0-competency": CRIMPING,
        "requirements-0-level": "3",
        "requirements-0-necessity": "must",
        "requirements-0-weight": "5",
        "requirements-0-evidence": "assessed",
        **changes,
    }


def only(world: World) -> Opening:
    with world.as_owner() as session:
        return session.scalars(select(Opening)).one()


def reference_of(world: World, opening_id: int) -> str:
    with world.as_owner() as session:
        return session.get_one(Opening, opening_id).reference


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements on openings and units while the block runs, on every connection of this process."""
    seen: list[str] = []

    def note(_c: object, _cur: object, statement: str, *_rest: object) -> None:
        if " opening" in statement or "agency_unit" in statement:
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)


class TestIndex:
    def test_shows_a_company_its_own_openings_only(self, world: World, company: FlaskClient) -> None:
        mine = reference_of(world, draft_opening(world))
        theirs = reference_of(world, validated_opening(world, company="other_company", who="other_hr_manager"))

        shown = text(company.get("/openings/"))

        assert mine in shown
        assert theirs not in shown

    def test_puts_what_waits_first_for_the_adviser(self, world: World, adviser: FlaskClient) -> None:
        live, waiting = validated_opening(world, title="Déjà validée"), submitted_opening(world, title="Encore à juger")
        changed = validated_opening(world, title="Changée")
        with world.acting("hr_manager") as uow:
            draft = opening_draft(uow, world, title="Changée", terms={"posts": 9})
            update_opening(uow, opening_id=changed, draft=draft)

        order = text(adviser.get("/openings/"))
        to_judge = text(adviser.get("/openings/?todo=validate"))

        places = [order.index(reference_of(world, key)) for key in (waiting, changed, live)]
        assert places == sorted(places)
        assert "Encore à juger" in to_judge
        assert "Changée" in to_judge
        assert "Déjà validée" not in to_judge

    def test_starts_from_the_advisers_own_unit(self, app: Flask, world: World) -> None:
        reference = reference_of(world, submitted_opening(world))
        south = client_of(app, world, "other_adviser")

        assert reference not in text(south.get("/openings/"))
        assert reference in text(south.get("/openings/?unit="))

    def test_exports_what_it_shows(self, world: World, company: FlaskClient) -> None:
        for number in range(3):
            draft_opening(world, title=f"Offre {number}")

        answer = company.get("/openings/?export=xlsx&q=offre+1")

        rows = CalamineWorkbook.from_filelike(BytesIO(answer.data)).get_sheet_by_index(0).to_python()
        cells = {str(cell) for row in rows for cell in row}
        assert {"Offre 1", "brouillon"} <= cells
        assert "Offre 2" not in cells

    def test_asks_the_same_number_of_statements_whatever_the_rows(self, world: World, adviser: FlaskClient) -> None:
        counted = []
        for wanted in (1, 6):
            while count_openings(world) < wanted:
                submitted_opening(world)
            with statements() as seen:
                adviser.get("/openings/")
            counted.append(len(seen))

        assert counted == [STATEMENTS_OF_LIST, STATEMENTS_OF_LIST]


def count_openings(world: World) -> int:
    with world.as_owner() as session:
        return len(session.scalars(select(Opening.id)).all())


class TestCreate:
    def test_saves_a_draft_with_its_requirements(self, world: World, company: FlaskClient) -> None:
        start = local_day(utc_now()) + timedelta(days=40)
        answer = company.post(
            "/openings/create",
            data=filled(
                world,
                start_on=start.strftime("%d/%m/%Y"),
                education_rank="3",
                experience_months="12",
                shifts=["three_shifts"],
                wants_availability="y",
                **{"languages-0-language": "fr", "languages-0-level": "B2"},
            ),
        )

        opening = only(world)
        assert answer.location == f"/openings/{opening.reference}"
        with world.as_owner() as session:
            revision = session.scalars(select(OpeningRevision)).one()
            line = session.scalars(select(Requirement)).one()
        assert (revision.posts, revision.start_on) == (3, start)
        assert (line.level, line.is_must, line.weight, line.evidence_asked) == (3, True, 5, "assessed")
        shown = text(company.get(answer.location))
        assert "Français (B2)" in shown
        assert "Majorité (travail de nuit)" in shown
        assert "Le brouillon est enregistré" in shown

    def test_names_each_field_and_its_cure(self, world: World, company: FlaskClient) -> None:
        shown = text(
            company.post(
                "/openings/create",
                data=filled(world, title="", contract_code="rien", posts="deux", start_on="demain", answer_days="0"),
            )
        )

        for sentence in (
            "Donnez un intitulé à l’offre.",
            "Choisissez une valeur de la liste.",
            "Indiquez un nombre de postes entre 1 et 2000.",
            "Indiquez une date, par exemple 31/03/2027.",
            "Indiquez un délai de réponse entre 1 et 60 jours.",
        ):
            assert sentence in shown
        assert 'value="deux"' in shown
        assert count_openings(world) == 0

    def test_says_which_competency_is_unknown_or_unclear(self, world: World, company: FlaskClient) -> None:
        rows = {"requirements-0-competency": "alchimie", "requirements-1-competency": "faisceaux"}

        shown = text(company.post("/openings/create", data=filled(world, **rows)))

        assert "Aucune compétence ne correspond à « alchimie »" in shown
        assert "« faisceaux » peut désigner plusieurs compétences. Choisissez : " in shown
        assert count_openings(world) == 0

    def test_takes_a_label_alone_in_any_language(self, world: World, company: FlaskClient) -> None:
        for label in ("sertissage de contacts", "Contact crimping", "كبس أطراف الأسلاك"):
            answer = company.post("/openings/create", data=filled(world, **{"requirements-0-competency": label}))
            assert answer.status_code == 302, label

    def test_shows_the_services_refusal_beside_its_field(self, world: World, company: FlaskClient) -> None:
        twice = {"requirements-1-competency": "Contact crimping"}

        shown = text(company.post("/openings/create", data=filled(world, **twice)))

        assert "Ligne 2 : cette compétence figure déjà plus haut." in shown

    def test_adds_and_removes_rows_without_script_and_keeps_what_was_typed(
        self, world: World, company: FlaskClient
    ) -> None:
        typed = filled(world, posts="trois cents", **{"requirements-1-competency": "presque", "contact": "Accueil"})

        added = text(company.post("/openings/create", data={**typed, "add": "requirements"}))
        removed = text(company.post("/openings/create", data={**typed, "remove": "requirements-0"}))
        language = text(company.post("/openings/create", data={**typed, "add": "languages"}))

        assert 'name="requirements-3-competency"' in added
        assert 'value="trois cents"' in added
        assert 'value="Accueil"' in added
        assert "Le formulaire n’a pas été enregistré" not in added
        assert CRIMPING not in removed.split('id="requirements"')[1].split("</datalist>")[1]
        assert 'value="presque"' in removed
        assert 'name="languages-2-language"' in language
        assert count_openings(world) == 0

    def test_loads_the_template_of_the_profile_below_what_was_typed(self, world: World, company: FlaskClient) -> None:
        typed = filled(world, title="", template="profile", **{"requirements-0-level": "4"})

        shown = text(company.post("/openings/create", data=typed))

        rows = shown.split("</datalist>")[1]
        assert rows.count(CRIMPING) == 1
        assert "Cheminement et encliquetage de faisceaux · LOCAL AUTO-002" in rows
        assert 'value="Opérateur(trice) de câblage"' in shown

    def test_wants_a_profile_before_its_template(self, world: World, company: FlaskClient) -> None:
        shown = text(company.post("/openings/create", data=filled(world, job_profile_id="", template="profile")))

        assert "Choisissez d’abord l’emploi-métier dont vous voulez le modèle." in shown

    def test_adds_a_site_on_the_way(self, world: World, company: FlaskClient) -> None:
        typed = filled(world, new_site_name="Usine neuve", new_site_province=TANGER, add_site="1", contact="Accueil")

        shown = text(company.post("/openings/create", data=typed))
        again = text(company.post("/openings/create", data=typed))

        with world.as_owner() as session:
            site = session.scalars(select(Site.id).where(Site.name == "Usine neuve")).one()
        assert f'<option selected value="{site}">' in shown
        assert 'value="Accueil"' in shown
        assert "Vous avez déjà un site « Usine neuve »" in again

    def test_is_not_there_for_others(self, app: Flask, world: World) -> None:
        for who in ("adviser", "officer", "centre_manager", "analyst"):
            assert client_of(app, world, who).get("/openings/create").status_code == 404, who

    def test_speaks_arabic(self, app: Flask, world: World) -> None:
        arabic = client_of(app, world, "hr_manager", language="ar")

        shown = text(arabic.get("/openings/create?profile=1"))
        refused = text(arabic.post("/openings/create", data=filled(world, posts="")))

        assert 'dir="rtl"' in shown
        assert "كبس أطراف الأسلاك · LOCAL AUTO-001" in shown
        assert "أدخلوا عدد مناصب بين 1 و2000." in refused


class TestUpdate:
    def test_takes_up_what_was_saved_and_changes_it(self, world: World, company: FlaskClient) -> None:
        conditions = Conditions(education_rank=3, licences=frozenset({"driving_b"}))
        reference = reference_of(world, draft_opening(world, conditions=conditions))

        page = text(company.get(f"/openings/{reference}/update"))
        answer = company.post(f"/openings/{reference}/update", data=filled(world, version="1", title="Mieux"))

        assert CRIMPING in page
        assert re.search(r'<input checked[^>]*value="driving_b"', page)
        assert answer.location == f"/openings/{reference}"
        assert only(world).title == "Mieux"

    def test_says_that_somebody_was_faster(self, world: World, company: FlaskClient) -> None:
        reference = reference_of(world, draft_opening(world))
        company.post(f"/openings/{reference}/update", data=filled(world, version="1", title="Premier"))

        shown = text(company.post(f"/openings/{reference}/update", data=filled(world, version="1", title="Second")))

        assert "Quelqu’un d’autre a modifié ce dossier" in shown
        assert 'value="Second"' in shown
        assert only(world).title == "Premier"

    def test_submits_other_terms_of_a_live_opening(self, world: World, company: FlaskClient) -> None:
        reference = reference_of(world, validated_opening(world))
        version = str(only(world).version)

        answer = company.post(f"/openings/{reference}/update", data=filled(world, version=version, posts="8"))

        shown = text(company.get(answer.location))
        assert "La modification est soumise à l’agence." in shown
        assert "Modification à valider" in shown
        assert "En vigueur" in shown

    def test_refuses_fewer_posts_beside_the_field(self, world: World, company: FlaskClient) -> None:
        reference = reference_of(world, validated_opening(world))

        shown = text(company.post(f"/openings/{reference}/update", data=filled(world, posts="1")))

        assert "L’offre compte 2 postes ouverts ou pourvus, dont 0 pourvus." in shown


class TestDetail:
    def test_hides_a_draft_from_the_agency(self, world: World, adviser: FlaskClient) -> None:
        reference = reference_of(world, draft_opening(world))

        assert adviser.get(f"/openings/{reference}").status_code == 404

    def test_hides_an_opening_from_another_company(self, app: Flask, world: World) -> None:
        reference = reference_of(world, validated_opening(world))
        other = client_of(app, world, "other_hr_manager")

        assert other.get(f"/openings/{reference}").status_code == 404
        assert other.post(f"/openings/{reference}/close", data={"reason": "transport"}).status_code == 404

    def test_lets_the_association_read(self, app: Flask, world: World) -> None:
        reference = reference_of(world, validated_opening(world))

        shown = text(client_of(app, world, "officer").get(f"/openings/{reference}"))

        assert "Sertissage de contacts" in shown
        assert "Clore l’offre" not in shown

    @pytest.mark.parametrize("language", ["fr", "ar", "en"])
    def test_reads_in_each_language(self, app: Flask, world: World, language: str) -> None:
        conditions = Conditions(shifts=frozenset({"three_shifts"}), experience_months=3, wants_profile=True)
        reference = reference_of(world, validated_opening(world, conditions=conditions))

        shown = text(client_of(app, world, "adviser", language=language).get(f"/openings/{reference}"))

        words = {"fr": "Emploi-métier recherché", "ar": "كبس أطراف الأسلاك", "en": "Wanted job profile"}
        assert words[language] in shown

    def test_shows_both_versions_and_marks_the_changes(self, world: World, adviser: FlaskClient) -> None:
        opening_id = validated_opening(world)
        with world.acting("hr_manager") as uow:
            update_opening(
                uow, opening_id=opening_id, draft=opening_draft(uow, world, requirements=[], terms={"posts": 4})
            )

        shown = text(adviser.get(f"/openings/{reference_of(world, opening_id)}"))

        assert "Valider la modification" in shown
        assert "modifié" in shown
        assert "Exigences retirées : Sertissage de contacts · Cheminement" in shown


class TestWithdrawChange:
    def test_is_offered_to_the_company_and_leaves_the_version_in_force(
        self, world: World, company: FlaskClient, adviser: FlaskClient
    ) -> None:
        opening_id = validated_opening(world)
        with world.acting("hr_manager") as uow:
            update_opening(uow, opening_id=opening_id, draft=opening_draft(uow, world, terms={"posts": 4}))
        address = f"/openings/{reference_of(world, opening_id)}"
        button = f'action="{address}/withdraw-change"'
        assert button not in text(adviser.get(address))
        shown = text(company.get(address))
        assert button in shown

        done = text(company.post(f"{address}/withdraw-change", follow_redirects=True))

        assert "La modification est retirée" in done
        assert "Modification à valider" not in done
        assert button not in done


class TestValidate:
    def test_opens_the_posts(self, world: World, adviser: FlaskClient) -> None:
        reference = reference_of(world, submitted_opening(world))

        answer = adviser.post(f"/openings/{reference}/validate", data={"version": str(only(world).version)})

        assert "L’offre est validée" in text(adviser.get(answer.location))
        with world.as_owner() as session:
            assert len(session.scalars(select(Post)).all()) == 2

    def test_tells_the_second_adviser(self, world: World, adviser: FlaskClient) -> None:
        reference = reference_of(world, submitted_opening(world))
        version = str(only(world).version)
        for _ in range(2):
            answer = adviser.post(f"/openings/{reference}/validate", data={"version": version})

        assert "Quelqu’un a déjà répondu à cette demande" in text(adviser.get(answer.location))

    def test_is_not_for_the_company_nor_another_unit(self, app: Flask, world: World, company: FlaskClient) -> None:
        reference = reference_of(world, submitted_opening(world))
        south = client_of(app, world, "other_adviser")

        assert company.post(f"/openings/{reference}/validate").status_code == 404
        assert south.post(f"/openings/{reference}/validate").status_code == 403
        assert only(world).state is OpeningState.SUBMITTED


class TestRefuse:
    def test_shows_the_reason_to_the_company(self, world: World, adviser: FlaskClient, company: FlaskClient) -> None:
        reference = reference_of(world, submitted_opening(world))

        answer = adviser.post(f"/openings/{reference}/refuse", data={"reason": "Précisez l’horaire."})

        assert "renvoyée à l’entreprise" in text(adviser.get(answer.location))
        shown = text(company.get(f"/openings/{reference}"))
        assert "L’agence a renvoyé cette offre" in shown
        assert "Précisez l’horaire." in shown

    def test_asks_again_without_a_reason(self, world: World, adviser: FlaskClient) -> None:
        reference = reference_of(world, submitted_opening(world))

        answer = adviser.post(f"/openings/{reference}/refuse", data={"reason": ""})

        assert answer.status_code == 200
        assert "Indiquez le motif" in text(answer)
        assert only(world).state is OpeningState.SUBMITTED


class TestOtherActs:
    def test_submit_recall_pause_resume_and_copy(
        self, world: World, company: FlaskClient, adviser: FlaskClient
    ) -> None:
        reference = reference_of(world, draft_opening(world))
        states = []
        for client, act in (
            (company, "submit"),
            (company, "recall"),
            (company, "submit"),
            (adviser, "validate"),
            (company, "pause"),
            (adviser, "resume"),
        ):
            client.post(f"/openings/{reference}/{act}")
            states.append(only(world).state.value)
        copied = company.post(f"/openings/{reference}/copy")

        assert states == ["submitted", "draft", "submitted", "validated", "paused", "validated"]
        assert copied.location.endswith("/update")
        assert count_openings(world) == 2

    def test_submit_says_what_to_correct(self, world: World, company: FlaskClient) -> None:
        past = local_day(utc_now()) - timedelta(days=1)
        reference = reference_of(world, draft_opening(world, terms={"start_on": past}))

        answer = company.post(f"/openings/{reference}/submit")

        assert "La date de début est passée" in text(company.get(answer.location))

    def test_close_wants_a_reason_of_the_list(self, world: World, company: FlaskClient) -> None:
        reference = reference_of(world, validated_opening(world))

        without = text(company.post(f"/openings/{reference}/close", data={"reason": ""}))
        invented = text(company.post(f"/openings/{reference}/close", data={"reason": "ennui"}))
        company.post(f"/openings/{reference}/close", data={"reason": "transport"})

        assert "Choisissez le motif de la fermeture." in without
        assert "Choisissez une valeur de la liste." in invented
        assert only(world).state is OpeningState.CLOSED

    def test_close_posts_counts_what_is_free(self, world: World, company: FlaskClient) -> None:
        reference = reference_of(world, validated_opening(world))
        with world.as_owner() as session:
            due_on = session.scalars(select(Post.due_on).limit(1)).one().isoformat()
        form = {"due_on": due_on, "reason": "transport"}

        too_many = text(company.post(f"/openings/{reference}/posts/close", data={**form, "count": "5"}))
        company.post(f"/openings/{reference}/posts/close", data={**form, "count": "1"})

        assert "2 postes libres à cette échéance" in too_many
        with world.as_owner() as session:
            assert [post.closed_on is None for post in session.scalars(select(Post).order_by(Post.id))] == [True, False]

    def test_refused_opening_is_sent_again_as_it_was(self, world: World, company: FlaskClient) -> None:
        opening_id = submitted_opening(world)
        with world.acting("adviser") as uow:
            refuse_opening(uow, opening_id=opening_id, reason="Non")

        company.post(f"/openings/{reference_of(world, opening_id)}/submit")

        assert only(world).state is OpeningState.SUBMITTED


class TestAddSite:
    def test_leads_back_to_the_need_that_lacked_it(self, world: World, company: FlaskClient) -> None:
        need_id, line = written_need(world, province=KENITRA)
        with world.as_owner() as session:
            need = session.get_one(Need, need_id).reference
        asked = company.post(f"/needs/{need}/lines/{line}/open")
        wrong = text(company.post(asked.location, data={"name": "", "province_code": "99"}))
        done = company.post(asked.location, data={"name": "Kénitra", "province_code": KENITRA})
        made = company.post(f"/needs/{need}/lines/{line}/open")

        assert f"province={KENITRA}" in asked.location
        assert "Donnez un nom au site." in wrong
        assert done.location == f"/needs/{need}"
        assert made.location == f"/openings/{only(world).reference}/update"

    def test_never_leads_away_from_the_site(self, company: FlaskClient) -> None:
        answer = company.post(
            "/openings/sites/create?next=//example.invalid", data={"name": "Autre", "province_code": TANGER}
        )

        assert answer.location == "/openings/create"
