"""Placements through the browser's door: recorded, undone, ended; refusals in words."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from skills_bridge.domain.placements import CancelReason, PlacementKind
from skills_bridge.domain.referrals import ReferralState
from skills_bridge.models import Placement, Referral
from skills_bridge.services.placements import undo_placement
from tests.factories.openings import validated_opening
from tests.factories.referrals import (
    fitting_seeker,
    proposed_referral,
    recorded_placement,
    selected_referral,
    stored,
    today,
)
from tests.factories.world import World, client_of


@pytest.fixture
def adviser(app: Flask, world: World) -> FlaskClient:
    return client_of(app, world, "adviser")


@pytest.fixture
def company(app: Flask, world: World) -> FlaskClient:
    return client_of(app, world, "hr_manager")


@pytest.fixture
def selected(world: World) -> int:
    return selected_referral(world, validated_opening(world), fitting_seeker(world))


def text(answer: TestResponse) -> str:
    return unescape(answer.get_data(as_text=True)).replace("\u00a0", " ")


def record_page(world: World, referral_id: int) -> str:
    return f"/referrals/{stored(world, Referral, referral_id).public_id}/record-placement"


def placement_page(world: World, placement_id: int, act: str = "") -> str:
    return f"/placements/{stored(world, Placement, placement_id).public_id}{act}"


def start(**changes: str) -> dict[str, str]:
    return {
        "kind": "employment_contract",
        "contract_code": "cdi",
        "signed_on": today().isoformat(),
        "started_on": (today() + timedelta(days=10)).strftime("%d/%m/%Y"),
        **changes,
    }


def placements(world: World) -> list[Placement]:
    with world.platform() as uow:
        found = list(uow.session.scalars(select(Placement)))
        uow.session.expunge_all()
    return found


class TestRecord:
    def test_starts_from_what_the_opening_announced(self, world: World, company: FlaskClient, selected: int) -> None:
        shown = text(company.get(record_page(world, selected)))

        assert 'value="employment_contract"' in shown.replace("'", '"')
        assert "Un contrat d’insertion n’est jamais compté comme une embauche." in shown

    @pytest.mark.parametrize("who", ["hr_manager", "adviser"])
    def test_fills_a_post(self, world: World, app: Flask, selected: int, who: str) -> None:
        answer = client_of(app, world, who).post(record_page(world, selected), data=start(), follow_redirects=True)

        assert "un poste de l’offre est pourvu" in text(answer)
        assert [row.kind for row in placements(world)] == [PlacementKind.EMPLOYMENT_CONTRACT]

    def test_tells_kind_and_contract_apart_beside_the_field(
        self, world: World, company: FlaskClient, selected: int
    ) -> None:
        shown = text(company.post(record_page(world, selected), data=start(kind="insertion_contract")))

        assert "La nature de l’insertion ne correspond pas au contrat" in shown
        assert placements(world) == []

    def test_asks_for_the_days(self, world: World, company: FlaskClient, selected: int) -> None:
        shown = text(company.post(record_page(world, selected), data=start(signed_on="", started_on="demain")))

        assert "Indiquez le jour de la signature." in shown
        assert "Indiquez le premier jour de travail." in shown

    def test_says_that_the_posts_are_gone(self, world: World, company: FlaskClient) -> None:
        opening_id = validated_opening(world, terms={"posts": 1})
        first, second = (selected_referral(world, opening_id, fitting_seeker(world)) for _ in range(2))
        recorded_placement(world, first)

        shown = text(company.post(record_page(world, second), data=start()))

        assert "Tous les postes de l’offre viennent d’être pourvus ou fermés" in shown

    def test_says_that_the_person_started_elsewhere(self, world: World, company: FlaskClient) -> None:
        seeker_id = fitting_seeker(world)
        mine = selected_referral(world, validated_opening(world), seeker_id)
        theirs = selected_referral(
            world,
            validated_opening(world, company="other_company", who="other_hr_manager"),
            seeker_id,
            company="other_hr_manager",
        )
        recorded_placement(world, theirs, who="other_hr_manager")

        shown = text(company.post(record_page(world, mine), data=start()))

        assert "Cette personne vient d’être recrutée ailleurs" in shown

    def test_does_not_exist_for_another_company(self, world: World, app: Flask, selected: int) -> None:
        assert client_of(app, world, "other_hr_manager").get(record_page(world, selected)).status_code == 404


class TestUndo:
    def test_asks_why_and_frees_the_post(self, world: World, company: FlaskClient, selected: int) -> None:
        page = placement_page(world, recorded_placement(world, selected), "/undo")

        without = text(company.post(page, data={}))
        answer = company.post(page, data={"reason": "person_withdrew"}, follow_redirects=True)

        assert "Choisissez un motif." in without
        assert "annulée avant le début" in text(answer)
        assert stored(world, Referral, selected).state is ReferralState.SELECTED

    def test_offers_the_agency_to_reopen_what_it_ended(self, world: World, adviser: FlaskClient) -> None:
        opening_id = validated_opening(world, terms={"posts": 1})
        waiting = proposed_referral(world, opening_id, fitting_seeker(world))
        placement_id = recorded_placement(
            world, selected_referral(world, opening_id, fitting_seeker(world)), who="adviser"
        )
        with world.acting("adviser") as uow:
            undo_placement(uow, placement_id=placement_id, reason=CancelReason.PERSON_WITHDREW)

        shown = text(adviser.get(placement_page(world, placement_id)))
        adviser.post(
            "/referrals/reopen",
            data={"referral": [str(stored(world, Referral, waiting).public_id)], "reason": "post_free_again"},
        )

        assert "Mises en relation à rouvrir" in shown
        assert stored(world, Referral, waiting).state is ReferralState.PROPOSED

    def test_explains_that_it_is_too_late(self, world: World, company: FlaskClient, selected: int) -> None:
        placement_id = recorded_placement(world, selected, started_on=today())

        shown = text(company.post(placement_page(world, placement_id, "/undo"), data={"reason": "person_withdrew"}))

        assert "La personne a commencé : l’insertion ne s’annule plus." in shown


class TestEnd:
    def test_keeps_the_last_day(self, world: World, adviser: FlaskClient, selected: int) -> None:
        placement_id = recorded_placement(world, selected, started_on=today())

        answer = adviser.post(
            placement_page(world, placement_id, "/end"),
            data={"ended_on": today().isoformat()},
            follow_redirects=True,
        )

        assert "La fin de l’insertion est enregistrée." in text(answer)
        assert stored(world, Placement, placement_id).ended_on == today()


class TestIndex:
    def test_lists_filters_and_exports(self, world: World, company: FlaskClient, selected: int) -> None:
        recorded_placement(world, selected)

        ahead, undone = text(company.get("/placements/?state=ahead")), text(company.get("/placements/?state=undone"))

        assert "embauche (contrat de travail)" in ahead
        assert "Rien ne correspond à cette recherche" in undone
        assert company.get("/placements/?export=xlsx").data[:2] == b"PK"

    def test_hides_those_of_other_companies(self, world: World, app: Flask, selected: int) -> None:
        placement_id = recorded_placement(world, selected)
        other = client_of(app, world, "other_hr_manager")

        assert other.get(placement_page(world, placement_id)).status_code == 404
        assert "Aucune insertion pour le moment" in text(other.get("/placements/"))

    def test_speaks_arabic(self, world: World, app: Flask, selected: int) -> None:
        placement_id = recorded_placement(world, selected)
        reader = client_of(app, world, "adviser", language="ar")

        shown = text(reader.get("/placements/")) + text(reader.get(placement_page(world, placement_id)))

        assert "تشغيل (عقد شغل)" in shown
        assert "embauche" not in shown

    @pytest.mark.parametrize("who", ["centre_manager", "analyst", "officer"])
    def test_does_not_exist_for_others(self, world: World, app: Flask, who: str) -> None:
        assert client_of(app, world, who).get("/placements/").status_code == 404
