"""Reservations through the browser's door: each party's pages, the steps, in three languages."""

from __future__ import annotations

from html import unescape
from io import BytesIO
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from skills_bridge.domain.reservations import EndReason, last_day
from skills_bridge.models import Enrolment, Opening, Reservation, Seeker
from skills_bridge.services.reservations import release_reservation
from skills_bridge.unit_of_work import utc_now
from tests.factories.referrals import today
from tests.factories.reservations import Bridge, answered, reserved, the
from tests.factories.world import World, client_of

PAGE = "/reservations/"


@pytest.fixture
def world(bridged_world: World) -> World:
    return bridged_world


@pytest.fixture
def adviser(app: Flask, world: World) -> FlaskClient:
    return client_of(app, world, "adviser")


def text(answer: TestResponse) -> str:
    return " ".join(unescape(answer.get_data(as_text=True)).replace("\u00a0", " ").split())


def opening_of(world: World) -> str:
    with world.as_owner() as session:
        return session.scalars(select(Opening.reference)).one()


def person(world: World, bridge: Bridge, number: int = 0) -> tuple[UUID, str]:
    with world.as_owner() as session:
        row = session.get_one(Seeker, bridge.people[number])
        return row.public_id, row.pseudonym


def detail(world: World, key: int) -> str:
    return f"{PAGE}{the(world, key).public_id}"


class TestReserve:
    def test_from_the_near_profile_shows_both_before_it_keeps_both(
        self, world: World, adviser: FlaskClient, bridge: Bridge
    ) -> None:
        near = f"/openings/{opening_of(world)}/matching/near"
        public_id, pseudonym = person(world, bridge)
        address = f"/openings/{opening_of(world)}/matching/{public_id}/reserve"
        assert f'href="{address}"' in adviser.get(near).get_data(as_text=True)

        shown = text(adviser.get(address))
        assert pseudonym in shown
        assert bridge.cohort.reference in shown
        told = text(adviser.post(address, follow_redirects=True))

        assert "La place et le poste sont réservés ensemble" in told
        assert "Réservations en cours" in told
        assert "place et poste réservés" in told
        assert f'href="{address}"' not in told
        assert "a déjà une place et un poste réservés" in text(adviser.post(address))

    def test_of_somebody_who_is_not_near_says_so(self, world: World, adviser: FlaskClient, bridge: Bridge) -> None:
        with world.as_owner() as session:
            session.execute(update(Opening).values(current_run_id=None))
            session.commit()
        public_id, _pseudonym = person(world, bridge)
        address = f"/openings/{opening_of(world)}/matching/{public_id}/reserve"

        assert "n’est plus un profil proche de cette offre" in text(adviser.get(address))
        assert "n’est plus un profil proche de cette offre" in text(adviser.post(address))


class TestPages:
    def test_of_each_party_name_the_person_only_where_they_may(
        self, app: Flask, world: World, adviser: FlaskClient, bridge: Bridge
    ) -> None:
        key = reserved(world, bridge)
        _public_id, pseudonym = person(world, bridge)
        company, centre = client_of(app, world, "hr_manager"), client_of(app, world, "centre_manager")
        cohort = f"/cohorts/{bridge.cohort.reference}"

        assert pseudonym in text(adviser.get(PAGE))
        for client, place in ((company, f"/openings/{opening_of(world)}"), (centre, cohort)):
            for address in (PAGE, place, detail(world, key)):
                page = text(client.get(address))
                assert pseudonym not in page, address
                assert last_day(the(world, key).expires_at).strftime("%d/%m/%Y") in page, address
        assert "dont 1 réservée" in text(centre.get(cohort))
        answered(world, key)
        assert pseudonym in text(centre.get(cohort))
        assert pseudonym in text(centre.get(detail(world, key)))
        assert pseudonym not in text(company.get(detail(world, key)))

    @pytest.mark.parametrize("who", ["other_hr_manager", "other_centre_manager", "analyst", "officer"])
    def test_are_nobody_elses(self, app: Flask, world: World, bridge: Bridge, who: str) -> None:
        key = reserved(world, bridge)

        assert client_of(app, world, who).get(detail(world, key)).status_code == 404

    def test_of_the_person_and_the_pair_show_what_is_kept_for_her(
        self, world: World, adviser: FlaskClient, bridge: Bridge
    ) -> None:
        reserved(world, bridge)
        public_id, _pseudonym = person(world, bridge)

        for address in (
            f"/seekers/{public_id}",
            f"/seekers/{public_id}/matches",
            f"/openings/{opening_of(world)}/matching/{public_id}",
        ):
            assert "Place et poste réservés pour cette personne" in text(adviser.get(address)), address


class TestIndex:
    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ("", 2),
            ("step=asked", 1),
            ("step=accepted", 1),
            ("step=enrolled", 0),
            ("step=ended", 1),
            ("due=soon", 1),
            ("q=inconnu", 0),
            ("sort=-until", 2),
        ],
    )
    def test_takes_every_filter_on_screen_and_as_a_sheet(
        self, world: World, adviser: FlaskClient, bridge: Bridge, query: str, count: int
    ) -> None:
        keys = [reserved(world, bridge)]
        with world.acting("adviser") as uow:
            release_reservation(uow, reservation_id=keys[0], reason=EndReason.OTHER_PLAN)
        keys += [reserved(world, bridge), answered(world, reserved(world, bridge, person=1))]
        with world.as_owner() as session:
            session.execute(update(Reservation).where(Reservation.id == keys[1]).values(expires_at=utc_now()))
            session.commit()

        page = adviser.get(f"{PAGE}?{query}").get_data(as_text=True)
        sheet = adviser.get(f"{PAGE}?{query}&export=xlsx")

        assert sum(f'href="{detail(world, key)}"' in page for key in keys) == count
        rows = CalamineWorkbook.from_filelike(BytesIO(sheet.data)).get_sheet_by_index(0).to_python()
        assert sum(bridge.cohort.reference in row for row in rows) == count

    def test_holds_what_the_cards_of_the_day_count(
        self, app: Flask, world: World, adviser: FlaskClient, bridge: Bridge
    ) -> None:
        reserved(world, bridge)
        answered(world, reserved(world, bridge, person=1))
        with world.as_owner() as session:
            session.execute(update(Reservation).values(expires_at=utc_now()))
            session.commit()

        assert "/reservations/?due=soon" in text(adviser.get("/"))
        assert "2 résultats" in text(adviser.get(f"{PAGE}?due=soon"))
        centre = client_of(app, world, "centre_manager")
        assert "/reservations/?step=accepted" in text(centre.get("/"))
        assert "1 résultat" in text(centre.get(f"{PAGE}?step=accepted"))

    def test_speaks_arabic_from_right_to_left_and_english(self, app: Flask, world: World, bridge: Bridge) -> None:
        reserved(world, bridge)
        arabic = text(client_of(app, world, "adviser", language="ar").get(PAGE))
        english = text(client_of(app, world, "adviser", language="en").get(PAGE))

        assert 'dir="rtl"' in arabic
        assert "الحجوزات" in arabic
        assert "A training seat and a post kept together" in english


class TestSteps:
    def test_yes_and_the_centres_enrolment(
        self, app: Flask, world: World, adviser: FlaskClient, bridge: Bridge
    ) -> None:
        key = reserved(world, bridge)
        address = detail(world, key)
        assert "Indiquez la réponse" in text(adviser.post(f"{address}/record-answer", data={}))
        form = {"answer": "accept", "channel": "phone", "answered_on": today().isoformat()}
        told = text(adviser.post(f"{address}/record-answer", data=form, follow_redirects=True))
        assert "acceptée, à inscrire" in told

        centre = client_of(app, world, "centre_manager")
        page = f"/cohorts/{bridge.cohort.reference}"
        assert "À inscrire sur leur place réservée" in text(centre.get(page))
        with world.as_owner() as session:
            learner = session.scalars(select(Enrolment.public_id)).one()
        done = text(centre.post(f"{page}/confirm", data={"enrolments": [str(learner)]}, follow_redirects=True))
        assert "1 personne inscrite." in done
        again = text(centre.post(f"{page}/confirm", data={"enrolments": [str(learner)]}, follow_redirects=True))
        assert "n’est plus réservée, ou elle est déjà inscrite" in again
        assert "inscrite, poste réservé" in text(adviser.get(address))

    def test_end_with_a_reason_or_a_sentence_that_asks_for_one(
        self, world: World, adviser: FlaskClient, bridge: Bridge
    ) -> None:
        address = detail(world, reserved(world, bridge))

        assert "Choisissez un motif." in text(adviser.post(f"{address}/release", data={}))
        done = text(adviser.post(f"{address}/release", data={"reason": "not_reached"}, follow_redirects=True))
        assert "La réservation a pris fin" in done
        assert "la personne est injoignable" in done
        late = text(adviser.post(f"{address}/release", data={"reason": "not_reached"}, follow_redirects=True))
        assert "Cette réservation a pris fin" in late
