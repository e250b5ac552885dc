"""Needs through the browser's door: pages, rows without script, refusals in words, in French and in Arabic."""

from __future__ import annotations

import re
from html import unescape
from typing import Any, Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from skills_bridge.domain.needs import NeedState
from skills_bridge.models import Need, NeedLine, NeedRequirement
from tests.factories.openings import next_quarter, profile_id, validated_opening, written_need
from tests.factories.world import KENITRA, TANGER, World, client_of

TWELVE_POSTS: Final = re.compile(r'name="lines-\d+-posts"[^>]*value="12"')


@pytest.fixture
def company(app: Flask, world: World) -> FlaskClient:
    return client_of(app, world, "hr_manager")


def text(answer: TestResponse) -> str:
    return unescape(answer.get_data(as_text=True)).replace("\u00a0", " ")


def filled(world: World, **changes: Any) -> dict[str, Any]:
    with world.acting("hr_manager") as uow:
        profile = profile_id(uow)
    return {
        "job_profile_id": str(profile),
        "lines-0-quarter": next_quarter().isoformat(),
        "lines-0-province": TANGER,
        "lines-0-posts": "12",
        "requirements-0-competency": "Sertissage de contacts",
        **changes,
    }


def needs_of(world: World) -> list[Need]:
    with world.as_owner() as session:
        return list(session.scalars(select(Need).order_by(Need.id)))


class TestCreate:
    def test_declares_lines_and_requirements(self, world: World, company: FlaskClient) -> None:
        more = {"lines-1-quarter": next_quarter(2).isoformat(), "lines-1-province": KENITRA, "lines-1-posts": "3"}

        answer = company.post("/needs/create", data=filled(world, **more))

        need = needs_of(world)[0]
        with world.as_owner() as session:
            lines = session.execute(select(NeedLine.province_code, NeedLine.posts).order_by(NeedLine.id)).all()
            requirements = session.scalars(select(NeedRequirement)).all()
        assert answer.location == f"/needs/{need.reference}"
        assert [tuple(line) for line in lines] == [(TANGER, 12), (KENITRA, 3)]
        assert len(requirements) == 1
        assert "Le besoin est déclaré." in text(company.get(answer.location))

    def test_names_what_a_started_row_lacks_and_ignores_a_blank_one(self, world: World, company: FlaskClient) -> None:
        lacking = {"lines-1-posts": "4", "lines-2-quarter": "", "lines-2-province": "", "lines-2-posts": ""}

        shown = text(company.post("/needs/create", data=filled(world, **lacking)))
        done = company.post("/needs/create", data=filled(world, **dict.fromkeys(lacking, "")))

        for sentence in (
            "Choisissez le trimestre.",
            "Choisissez la province ou préfecture.",
            "Complétez les lignes commencées, ou videz-les.",
        ):
            assert sentence in shown
        assert done.status_code == 302

    def test_refuses_an_empty_need_and_a_value_of_no_list(self, world: World, company: FlaskClient) -> None:
        blank = {"lines-0-quarter": "", "lines-0-province": "", "lines-0-posts": "", "job_profile_id": ""}
        wrong = {"lines-0-quarter": "2026-02-31", "lines-0-province": "99", "lines-0-posts": "beaucoup"}

        empty = text(company.post("/needs/create", data=filled(world, **blank)))
        unknown = text(company.post("/needs/create", data=filled(world, **wrong)))

        assert "Choisissez l’emploi-métier." in empty
        assert "Indiquez au moins un trimestre, une province et un nombre de postes." in empty
        assert "Choisissez une valeur de la liste." in unknown
        assert "Indiquez un nombre de postes entre 1 et 5000." in unknown
        assert 'value="beaucoup"' in unknown
        assert needs_of(world) == []

    def test_adds_and_removes_rows_and_loads_the_template_without_saving(
        self, world: World, company: FlaskClient
    ) -> None:
        typed = filled(world, **{"lines-1-posts": "x"})

        added = text(company.post("/needs/create", data={**typed, "add": "lines"}))
        removed = text(company.post("/needs/create", data={**typed, "remove": "lines-0"}))
        loaded = text(company.post("/needs/create", data={**typed, "template": "profile"}))

        assert 'name="lines-2-quarter"' in added
        assert added.count(f'value="{TANGER}"') == 3
        assert TWELVE_POSTS.search(added)
        assert not TWELVE_POSTS.search(removed)
        assert 'value="x"' in removed
        assert "Rigueur, rythme et méthode 5S · LOCAL AUTO-039" in loaded.split("</datalist>")[1]
        assert needs_of(world) == []

    def test_starts_from_a_profile_or_an_earlier_need(self, world: World, company: FlaskClient) -> None:
        written_need(world, posts=77)
        with world.acting("hr_manager") as uow:
            profile = profile_id(uow)

        like = text(company.get(f"/needs/create?like={needs_of(world)[0].reference}"))
        of_profile = text(company.get(f"/needs/create?profile={profile}"))

        assert 'value="77"' in like
        assert "Autocontrôle au poste · LOCAL AUTO-017" in of_profile.split("</datalist>")[1]


class TestUpdate:
    def test_changes_a_need_once(self, world: World, company: FlaskClient) -> None:
        written_need(world)
        address = f"/needs/{needs_of(world)[0].reference}/update"

        page = text(company.get(address))
        first = company.post(address, data=filled(world, version="1", note="Nouvelle ligne"))
        second = text(company.post(address, data=filled(world, version="1", note="Trop tard")))

        assert 'value="10"' in page
        assert first.status_code == 302
        assert "Quelqu’un d’autre a modifié ce dossier" in second
        assert needs_of(world)[0].note == "Nouvelle ligne"

    def test_keeps_a_line_in_use_and_says_so(self, world: World, company: FlaskClient) -> None:
        _need, line = written_need(world)
        validated_opening(world, need_line_id=line)
        moved = {"lines-0-province": KENITRA}

        shown = text(company.post(f"/needs/{needs_of(world)[0].reference}/update", data=filled(world, **moved)))

        assert "Une ligne retirée est reprise par une offre" in shown


class TestDetail:
    def test_shows_what_remains_and_what_goes_beyond(self, world: World, company: FlaskClient) -> None:
        _need, line = written_need(world, posts=3)
        for _ in range(2):
            validated_opening(world, need_line_id=line, terms={"posts": 2})

        shown = text(company.get(f"/needs/{needs_of(world)[0].reference}"))

        assert "1 poste de plus" in shown
        assert "Créer l’offre" in shown

    def test_opens_a_line_in_one_click(self, world: World, company: FlaskClient) -> None:
        _need, line = written_need(world, posts=6)
        reference = needs_of(world)[0].reference

        answer = company.post(f"/needs/{reference}/lines/{line}/open")
        elsewhere = company.post(f"/needs/{reference}/lines/{line + 1}/open")

        page = text(company.get(answer.location))
        assert 'value="6"' in page
        assert reference in page
        assert elsewhere.status_code == 404

    def test_is_read_by_agency_and_association_in_arabic_and_changed_by_neither(self, app: Flask, world: World) -> None:
        written_need(world)
        reference = needs_of(world)[0].reference
        for who in ("adviser", "officer"):
            reader = client_of(app, world, who, language="ar")
            shown = text(reader.get(f"/needs/{reference}"))
            assert "المناصب حسب الفصل والإقليم" in shown, who
            assert "/update" not in shown, who
            assert reader.post(f"/needs/{reference}/withdraw").status_code == 404, who

    def test_is_hidden_from_others(self, app: Flask, world: World) -> None:
        written_need(world)
        reference = needs_of(world)[0].reference
        for who in ("other_hr_manager", "analyst", "centre_manager"):
            assert client_of(app, world, who).get(f"/needs/{reference}").status_code == 404, who


class TestIndex:
    def test_searches_filters_and_exports(self, world: World, company: FlaskClient) -> None:
        written_need(world)
        written_need(world, province=KENITRA)
        first, second = (need.reference for need in needs_of(world))

        by_province = text(company.get(f"/needs/?province={KENITRA}"))
        by_word = text(company.get("/needs/?q=cablage&sort=-remaining"))
        export = company.get("/needs/?export=xlsx")

        assert second in by_province
        assert first not in by_province
        assert first in by_word
        assert str(export.mimetype).endswith("sheet")


class TestWithdraw:
    def test_is_done_once(self, world: World, company: FlaskClient) -> None:
        written_need(world)
        address = f"/needs/{needs_of(world)[0].reference}"

        company.post(f"{address}/withdraw", data={"version": "1", "note": "Projet reporté"})
        shown = text(company.get(address))
        company.post(f"{address}/withdraw")
        again = text(company.get(address))

        assert needs_of(world)[0].state is NeedState.WITHDRAWN
        assert "Projet reporté" in shown
        assert "Ce besoin est retiré" in again
