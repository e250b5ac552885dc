"""One account, three readers: the adviser's whole, the person's sentence in two languages, the company's bar."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from skills_bridge.domain.framework import Evidence
from skills_bridge.models import Competency, HeldCompetency, Opening, Referral, Seeker
from tests.factories.openings import asked, competency_ids, validated_opening
from tests.factories.referrals import (
    computed_run,
    fitting_seeker,
    registered_seeker,
    sent_referral,
    stored,
    today,
)
from tests.factories.training import a_cohort, a_programme
from tests.factories.world import KENITRA, World, client_of

FREE = {
    "fr": "Vous êtes libre d’accepter ou de refuser, sans conséquence.",
    "ar": "لكم حرية القبول أو الرفض دون أي عواقب.",
}


@pytest.fixture
def adviser(app: Flask, world: World) -> FlaskClient:
    return client_of(app, world, "adviser")


def text(answer: TestResponse) -> str:
    return unescape(answer.get_data(as_text=True)).replace("\u00a0", " ")


def pair_page(world: World, client: FlaskClient, opening_id: int, seeker_id: int) -> str:
    reference = stored(world, Opening, opening_id).reference
    return text(client.get(f"/openings/{reference}/matching/{stored(world, Seeker, seeker_id).public_id}"))


def spoken(page: str, language: str) -> str:
    """Return the sentence for the person in one language."""
    found = re.search(rf'<p lang="{language}"[^>]*>([^<]*)</p>', page)
    assert found is not None
    return found.group(1)


class TestPerson:
    def test_who_is_ready_hears_what_counts_most(self, world: World, adviser: FlaskClient) -> None:
        opening_id = validated_opening(world)
        page = pair_page(world, adviser, opening_id, fitting_seeker(world))

        assert spoken(page, "fr").startswith("Cette offre correspond à votre dossier. Ce qui compte le plus : ")
        assert spoken(page, "fr").endswith(FREE["fr"])
        assert spoken(page, "ar").startswith("هذا العرض يناسب ملفكم.")
        assert spoken(page, "ar").endswith(FREE["ar"])
        parts = re.findall(r'<rect class="score-part[^>]*><title>(.*?) : ', page)
        assert parts
        assert all(label in spoken(page, "fr") for label in parts[:2])

    def test_hears_the_question_that_is_open(self, world: World, adviser: FlaskClient) -> None:
        opening_id = validated_opening(world)

        page = pair_page(world, adviser, opening_id, fitting_seeker(world, mobility=None))

        assert "Il reste à confirmer : Mobilité." in spoken(page, "fr")

    def test_hears_the_competency_to_be_assessed(self, world: World, adviser: FlaskClient) -> None:
        with world.acting("hr_manager") as uow:
            key = competency_ids(uow, "AUTO-001")[0]
        opening_id = validated_opening(world, requirements=(asked(key, evidence_asked=Evidence.ASSESSED),))
        seeker_id = registered_seeker(world, levels={"AUTO-001": 3}, evidence=Evidence.DECLARED)

        page = pair_page(world, adviser, opening_id, seeker_id)

        with world.looking("adviser") as session:
            label = session.get_one(Competency, key).label_fr
        assert f"Il reste à confirmer : {label}." in spoken(page, "fr")

    def test_hears_what_lacks_and_no_other_competency(self, world: World, adviser: FlaskClient) -> None:
        with world.acting("hr_manager") as uow:
            first, second = competency_ids(uow, "AUTO-001", "AUTO-002")
        opening_id = validated_opening(world, requirements=(asked(first, level=4), asked(second, level=1)))
        seeker_id = registered_seeker(world, levels={"AUTO-002": 2})

        page = pair_page(world, adviser, opening_id, seeker_id)

        assert "Il vous manque pour cette offre : « " in spoken(page, "fr")
        assert spoken(page, "fr").count("au niveau") == 1
        assert "au niveau 4" in spoken(page, "fr")

    def test_hears_which_condition_stands_against_it(self, world: World, adviser: FlaskClient) -> None:
        opening_id = validated_opening(world)

        page = pair_page(world, adviser, opening_id, fitting_seeker(world, mobility=(KENITRA,)))

        assert "Cette offre ne convient pas aujourd’hui : Mobilité." in spoken(page, "fr")

    def test_without_any_competency_hears_of_the_interview(self, world: World, adviser: FlaskClient) -> None:
        opening_id = validated_opening(world)

        page = pair_page(world, adviser, opening_id, registered_seeker(world))

        assert "un court entretien suffit" in spoken(page, "fr")

    def test_hears_nothing_of_competencies_where_none_is_asked(self, world: World, adviser: FlaskClient) -> None:
        opening_id = validated_opening(world, requirements=())

        page = pair_page(world, adviser, opening_id, fitting_seeker(world))

        assert "elle ne demande aucune compétence particulière" in spoken(page, "fr")


class TestAdviser:
    @pytest.mark.parametrize(
        ("wanted", "held", "question"),
        [
            (Evidence.DECLARED, Evidence.INFERRED, "Confirme-t-elle « {} » au niveau 2 ? Ce niveau est déduit"),
            (Evidence.ASSESSED, Evidence.DECLARED, "Faire évaluer « {} » au niveau 2 : le niveau suffit"),
            (Evidence.CERTIFIED, Evidence.ASSESSED, "Demander le certificat de « {} » au niveau 2 : le niveau"),
        ],
    )
    def test_is_told_what_the_proof_asked_comes_to(
        self, world: World, adviser: FlaskClient, wanted: Evidence, held: Evidence, question: str
    ) -> None:
        with world.acting("hr_manager") as uow:
            key = competency_ids(uow, "AUTO-001")[0]
        opening_id = validated_opening(world, requirements=(asked(key, level=2, evidence_asked=wanted),))
        seeker_id = registered_seeker(world, levels={"AUTO-001": 2}, evidence=Evidence.DECLARED)
        with world.as_owner() as session:
            session.execute(update(HeldCompetency).values(evidence=held))
            session.commit()

        page = pair_page(world, adviser, opening_id, seeker_id)

        with world.looking("adviser") as session:
            label = session.get_one(Competency, key).label_fr
        assert question.format(label) in page


class TestSuppositions:
    def test_say_the_rank_and_the_cohort_that_teaches_it(self, world: World, adviser: FlaskClient) -> None:
        opening_id = validated_opening(world, terms={"start_on": today() + timedelta(days=400)})
        fitting_seeker(world)
        seeker_id = registered_seeker(world, levels={"AUTO-001": 3})
        cohort = a_cohort(world, programme_id=a_programme(world, levels={"AUTO-002": 3}))
        computed_run(world, opening_id)

        page = pair_page(world, adviser, opening_id, seeker_id)

        told = re.findall(r"<li>(Avec « .*?)</li>", page)
        assert re.fullmatch(
            r"Avec « [^»]+ » au niveau 2 par certificat : « [^»]*prêt[^»]* », rang 1, score 95,00 %\."
            rf" La promotion {cohort.reference} y prépare\.",
            told[0],
        ), told

    def test_say_so_where_nobody_teaches_it(self, world: World, adviser: FlaskClient) -> None:
        opening_id = validated_opening(world)

        page = pair_page(world, adviser, opening_id, registered_seeker(world, levels={"AUTO-001": 3}))

        assert "Aucune promotion ouverte n’y prépare à temps." in page

    def test_are_none_where_nothing_could_be_gained(self, world: World, adviser: FlaskClient) -> None:
        opening_id = validated_opening(world, requirements=())
        seeker_id = registered_seeker(world)

        assert "Avec une formation" not in pair_page(world, adviser, opening_id, seeker_id)


class TestCompany:
    def test_sees_parts_that_sum_to_the_score(self, world: World, app: Flask) -> None:
        opening_id = validated_opening(world)
        seeker_id = fitting_seeker(world)
        computed_run(world, opening_id)
        referral = stored(world, Referral, sent_referral(world, opening_id, seeker_id))

        shown = text(client_of(app, world, "hr_manager").get(f"/referrals/{referral.public_id}"))

        assert "Ce qui fait le score" in shown
        assert len(referral.parts) == 2
        assert sum(part["share"] for part in referral.parts) == referral.score
        widths = [int(width) for width in re.findall(r'<rect class="score-part[^>]*width="(\d+)"', shown)]
        assert sum(widths) == referral.score
