"""The macros of the screens, rendered as the product renders them, with undefined names as errors."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from types import SimpleNamespace

import pytest
from flask import Flask, render_template, render_template_string, request
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, NumberRange

from skills_bridge.blueprints.formats import StateLook, form_choices, register_looks, state_choices
from skills_bridge.blueprints.listing import Column, Filter, Listing
from skills_bridge.queries.listing import ListRequest, Page

FRAME = {
    "asset": str,
    "broker_down": False,
    "can": bool,
    "csp_nonce": "n0nce",
    "current_actor": SimpleNamespace(
        display_name="Adviser A", organisation=lambda _language: "Agency A", other_seats=()
    ),
    "demo": False,
    "direction": "ltr",
    "language": "fr",
    "navigation": [],
}


class Door(StrEnum):
    OPEN = "open"
    SHUT = "shut"


@dataclass(frozen=True)
class Line:
    reference: str
    state: Door


class OpeningForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    title = StringField("Intitulé", [InputRequired("Indiquez l’intitulé.")])
    posts = IntegerField("Postes", [InputRequired(), NumberRange(1, 500, "Indiquez un nombre entre 1 et 500.")])
    contract = SelectField("Contrat", choices=form_choices([("cdi", "CDI")]))
    shift = RadioField("Horaire", choices=form_choices([("day", "jour"), ("night", "nuit")]), default="day")
    urgent = BooleanField("Urgent")


@pytest.fixture(autouse=True)
def _request(app: Flask) -> Iterator[None]:
    register_looks(
        {Door.OPEN: StateLook("ouverte", "success", "unlock"), Door.SHUT: StateLook("fermée", "neutral", "lock")}
    )
    app.add_url_rule("/", "home.index")
    app.add_url_rule("/sign-out", "accounts.sign_out", methods=["POST"])
    app.add_url_rule("/account/", "account.index")
    with app.test_request_context("/?q=x"):
        yield


def macro(text: str, **values: object) -> str:
    head = "".join(
        f'{{% from "components/{name}.html" import {macros} %}}'
        for name, macros in {
            "buttons": "link_button, post_button, confirm",
            "details": "detail_header, facts, timeline, copyable, page_header, section",
            "forms": "open_form, error_summary, field, fields, form_actions, group",
            "lists": "list_page, simple_table",
            "states": "badge, tag",
            "work": "work_card, progress, score_bar",
        }.items()
    )
    return render_template_string(head + text, **values)


def _reference(line: Line) -> str:
    return line.reference


def listing(page: Page[Line]) -> Listing[Line]:
    return Listing[Line](
        title="Offres",
        columns=(
            Column(
                "reference", "Référence", lambda line: line.reference, "reference", lambda _line: "/one", sortable=True
            ),
            Column("state", "État", lambda line: line.state, "state"),
        ),
        filters=(Filter("state", "État", state_choices(Door)),),
        search_hint="Référence",
        page=page,
    )


class TestField:
    @pytest.fixture
    def form(self, app: Flask) -> Iterator[FlaskForm]:
        with app.test_request_context("/", method="POST", data={"posts": "900"}):
            form = OpeningForm()
            form.validate()
            yield form

    def test_ties_the_error_to_its_field(self, form: FlaskForm) -> None:
        shown = macro("{{ field(form.posts, help='De 1 à 500.') }}", form=form)

        assert 'aria-invalid="true"' in shown
        assert 'aria-describedby="posts-help posts-error"' in shown
        assert 'id="posts-error"' in shown
        assert "Indiquez un nombre entre 1 et 500." in shown

    def test_marks_what_may_stay_empty(self, form: FlaskForm) -> None:
        assert "(facultatif)" in macro("{{ field(form.contract) }}", form=form)
        assert "(facultatif)" not in macro("{{ field(form.title) }}", form=form)

    def test_groups_choices_under_a_legend(self, form: FlaskForm) -> None:
        shown = macro("{{ field(form.shift) }}", form=form)

        assert shown.count("<legend") == 1
        assert shown.count('type="radio"') == 2

    def test_offers_suggestions(self, form: FlaskForm) -> None:
        shown = macro("{{ field(form.title, suggestions=['Tanger', ('K', 'Kénitra')]) }}", form=form)

        assert 'list="title-list"' in shown
        assert '<option value="K">Kénitra</option>' in shown

    def test_leads_from_the_summary_to_each_field(self, form: FlaskForm) -> None:
        shown = macro("{{ error_summary(form) }}", form=form)

        assert '<a href="#title">Intitulé</a>' in shown
        assert '<a href="#posts">Postes</a>' in shown
        assert "La page a expiré" in shown

    def test_shows_every_field_once(self, form: FlaskForm) -> None:
        shown = macro(
            "{% call open_form() %}{{ fields(form) }}{{ form_actions('Enregistrer') }}{% endcall %}", form=form
        )

        assert all(
            shown.count(f'name="{name}"') == 1 for name in ("title", "posts", "contract", "urgent", "csrf_token")
        )

    def test_is_silent_without_errors(self) -> None:
        assert macro("{{ error_summary(form) }}", form=OpeningForm()).strip() == ""


class TestButtons:
    def test_act_by_post_with_the_csrf_field(self) -> None:
        shown = macro("{{ post_button('Valider', '/validate', fields={'version': 3}) }}")

        assert 'method="post" action="/validate"' in shown
        assert 'name="csrf_token"' in shown
        assert 'name="version" value="3"' in shown

    def test_ask_first_without_any_script(self) -> None:
        shown = macro("{% call confirm('Clore', '/close') %}<p>Fin.</p>{% endcall %}")

        assert "<details" in shown
        assert "<p>Fin.</p>" in shown
        assert 'type="submit"' in shown


class TestBadge:
    def test_shows_word_icon_and_colour(self) -> None:
        shown = macro("{{ badge(state) }}", state=Door.OPEN)

        assert "ouverte" in shown
        assert "<svg" in shown
        assert "tag-success" in shown


class TestListPage:
    def test_links_labels_and_exports_its_rows(self) -> None:
        page = Page((Line("OF-1", Door.SHUT),), 60, ListRequest(search="x", page_size=25))

        shown = macro("{{ list_page(listing) }}", listing=listing(page))

        assert 'data-label="Référence"' in shown
        assert '<bdi dir="ltr">OF-1</bdi>' in shown
        assert "?q=x&amp;export=xlsx" in shown
        assert 'aria-sort="none"' in shown
        assert 'rel="next" href="?q=x&amp;page=2"' in shown

    def test_tells_an_empty_search_from_an_empty_list(self) -> None:
        searched = listing(Page((), 0, ListRequest(search="x")))
        empty = listing(Page((), 0, ListRequest()))

        assert "Rien ne correspond" in macro("{{ list_page(listing, 'Encore rien') }}", listing=searched)
        assert "Encore rien" in macro("{{ list_page(listing, 'Encore rien') }}", listing=empty)

    def test_says_that_rows_are_out_of_reach(self) -> None:
        page = Page((Line("OF-1", Door.SHUT),), 20_000, ListRequest())

        assert "premières lignes" in macro("{{ list_page(listing) }}", listing=listing(page))

    def test_escapes_what_people_wrote(self) -> None:
        page = Page((Line("<b>", Door.SHUT),), 1, ListRequest(search='"><script>'))

        shown = macro("{{ list_page(listing) }}", listing=listing(page))

        assert "<b>" not in shown
        assert "<script" not in shown


class TestDetails:
    def test_tell_who_moved_when_and_why(self) -> None:
        moves = [
            SimpleNamespace(at=datetime(2026, 11, 3, 9, tzinfo=UTC), state=Door.SHUT, by="Adviser A", reason="Pourvue")
        ]

        shown = macro("{{ timeline(moves) }}", moves=moves)

        assert all(part in shown for part in ("fermée", "03/11/2026 à 09:00", "Adviser A", "Pourvue"))

    def test_head_the_page_with_reference_and_state(self) -> None:
        shown = macro("{{ detail_header('Câbleur(euse)', 'OF-1', state) }}", state=Door.OPEN)

        assert 'data-copy="OF-1"' in shown
        assert "ouverte" in shown

    def test_show_a_dash_for_what_is_unknown(self) -> None:
        assert "–" in macro("{{ facts([('Début', none)]) }}")


class TestWork:
    def test_polls_until_the_state_is_final(self) -> None:
        running = macro("{{ progress('Import', 3, 10, '/p') }}")
        ended = macro("{% call progress('Import', 10, 10, '/p', true) %}fini{% endcall %}")

        assert 'hx-get="/p" hx-trigger="every 1s"' in running
        assert 'value="3" max="10"' in running
        assert "hx-" not in ended
        assert "fini" in ended

    def test_lays_the_parts_of_a_score_end_to_end(self) -> None:
        shown = macro("{{ score_bar(8755, [('a', 4200), ('b', 4555)]) }}")

        assert 'x="0" y="0" width="4200"' in shown
        assert 'x="4200" y="0" width="4555"' in shown


class TestFrame:
    @pytest.mark.parametrize("code", [400, 403, 404, 405, 409, 413, 429, 500, 503])
    @pytest.mark.parametrize("language", ["fr", "ar", "en"])
    def test_carries_the_mark_of_invented_data_on_error_pages(self, app: Flask, code: int, language: str) -> None:
        frame = FRAME | {"demo": True, "language": language, "direction": "rtl" if language == "ar" else "ltr"}
        with app.test_request_context(f"/?lang={language}"):
            shown = render_template(f"errors/{code}.html", sentence="", reference="", **frame)

        assert "DÉMONSTRATION : données fictives" in shown
        assert "بيانات وهمية لأغراض العرض" in shown
        assert f'<html lang="{language}" dir="{frame["direction"]}">' in shown

    def test_shows_the_refusal_in_its_own_words(self) -> None:
        shown = render_template("errors/409.html", sentence="L’offre est close.", reference="", **FRAME)

        assert "L’offre est close." in shown

    def test_offers_three_languages_on_the_same_page(self) -> None:
        shown = render_template_string('{% extends "layouts/page.html" %}', **FRAME)

        assert [f'href="?q=x&amp;lang={code}"' in shown for code in ("fr", "ar", "en")] == [True] * 3
        assert request.path == "/"

    def test_warns_while_background_work_waits(self) -> None:
        shown = render_template_string('{% extends "layouts/page.html" %}', **(FRAME | {"broker_down": True}))

        assert "arrière-plan" in shown
