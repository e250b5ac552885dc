"""Referrals through the browser's door: the adviser's calls, the company's answers, refusals in words."""

from __future__ import annotations

import uuid
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from skills_bridge.domain.calendar import to_local
from skills_bridge.domain.referrals import ReferralState
from skills_bridge.models import Opening, Referral, Seeker
from tests.factories.openings import validated_opening
from tests.factories.referrals import (
    accepted_referral,
    fitting_seeker,
    invited_referral,
    later,
    proposed_referral,
    selected_referral,
    sent_referral,
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
def opening_id(world: World) -> int:
    return validated_opening(world)


def text(answer: TestResponse) -> str:
    return unescape(answer.get_data(as_text=True)).replace("\u00a0", " ")


def row(world: World, key: int) -> Referral:
    found: Referral = stored(world, Referral, key)
    return found


def name(world: World, key: int) -> str:
    found: Seeker = stored(world, Seeker, row(world, key).seeker_id)
    return found.pseudonym


def page(world: World, key: int, act: str = "") -> str:
    return f"/referrals/{row(world, key).public_id}{act}"


class TestIndex:
    def test_holds_exactly_what_waits_for_a_call(self, world: World, adviser: FlaskClient, opening_id: int) -> None:
        waiting = proposed_referral(world, opening_id, fitting_seeker(world))
        sent = sent_referral(world, opening_id, fitting_seeker(world))

        shown = text(adviser.get("/referrals/?step=call"))

        assert (name(world, waiting) in shown, name(world, sent) in shown) == (True, False)

    def test_shows_a_company_only_what_was_sent_to_it(
        self, world: World, company: FlaskClient, opening_id: int
    ) -> None:
        hidden = accepted_referral(world, opening_id, fitting_seeker(world))
        sent = sent_referral(world, opening_id, fitting_seeker(world))

        shown = text(company.get("/referrals/"))

        assert (name(world, hidden) in shown, name(world, sent) in shown) == (False, True)
        assert company.get(page(world, hidden)).status_code == 404

    def test_shows_an_adviser_the_own_unit(self, world: World, app: Flask, opening_id: int) -> None:
        key = proposed_referral(world, opening_id, fitting_seeker(world))

        assert name(world, key) not in text(client_of(app, world, "other_adviser").get("/referrals/"))
        assert client_of(app, world, "other_adviser").get(page(world, key)).status_code == 404

    def test_filters_by_opening_and_exports(self, world: World, adviser: FlaskClient, opening_id: int) -> None:
        mine = proposed_referral(world, opening_id, fitting_seeker(world))
        other = proposed_referral(world, validated_opening(world), fitting_seeker(world))
        reference = stored(world, Opening, opening_id).reference

        shown = text(adviser.get(f"/referrals/?opening={reference}"))

        assert (name(world, mine) in shown, name(world, other) in shown) == (True, False)
        assert adviser.get("/referrals/?export=xlsx").data[:2] == b"PK"

    def test_says_what_to_do_first(self, company: FlaskClient) -> None:
        assert "L’agence vous proposera des personnes" in text(company.get("/referrals/"))

    def test_speaks_arabic(self, world: World, app: Flask, opening_id: int) -> None:
        proposed_referral(world, opening_id, fitting_seeker(world))

        shown = text(client_of(app, world, "adviser", language="ar").get("/referrals/"))

        assert "في انتظار جواب الشخص" in shown
        assert "réponse de la personne attendue" not in shown

    @pytest.mark.parametrize("who", ["centre_manager", "analyst", "officer", "administrator"])
    def test_does_not_exist_for_others(self, world: World, app: Flask, who: str) -> None:
        assert client_of(app, world, who).get("/referrals/").status_code == 404


class TestDetail:
    def test_offers_each_side_its_next_step(
        self, world: World, adviser: FlaskClient, company: FlaskClient, opening_id: int
    ) -> None:
        key = sent_referral(world, opening_id, fitting_seeker(world))

        agency, other = text(adviser.get(page(world, key))), text(company.get(page(world, key)))

        assert ("Retirer" in agency, "/referrals/answer" in agency) == (True, False)
        assert ("Retirer" in other, "/referrals/answer" in other) == (False, True)
        assert "Message de l’agence" in other

    def test_hides_name_and_history_before_the_sending_from_the_company(
        self, world: World, company: FlaskClient, opening_id: int
    ) -> None:
        key = sent_referral(world, opening_id, fitting_seeker(world))

        shown = text(company.get(page(world, key)))

        assert "Prénom" not in shown
        assert "réponse de la personne attendue" not in shown
        assert "Motif de la consultation" in shown


class TestRecordAnswer:
    def test_keeps_a_yes(self, world: World, adviser: FlaskClient, opening_id: int) -> None:
        key = proposed_referral(world, opening_id, fitting_seeker(world))

        answer = adviser.post(
            page(world, key, "/record-answer"),
            data={"answer": "accept", "channel": "phone", "answered_on": today().strftime("%d/%m/%Y")},
        )

        assert answer.status_code == 302
        assert row(world, key).state is ReferralState.ACCEPTED

    def test_says_beside_the_field_what_is_missing(self, world: World, adviser: FlaskClient, opening_id: int) -> None:
        key = proposed_referral(world, opening_id, fitting_seeker(world))
        address = page(world, key, "/record-answer")

        nothing = text(adviser.post(address, data={}))
        no_reason = text(
            adviser.post(address, data={"answer": "decline", "channel": "phone", "answered_on": today().isoformat()})
        )
        future = text(
            adviser.post(
                address,
                data={
                    "answer": "accept",
                    "channel": "phone",
                    "answered_on": (today() + timedelta(days=3)).isoformat(),
                },
            )
        )

        assert "Indiquez la réponse de la personne." in nothing
        assert "Indiquez comment la réponse vous est parvenue." in nothing
        assert "Choisissez le motif du refus." in no_reason
        assert "Indiquez un jour entre la proposition et aujourd’hui." in future
        assert row(world, key).state is ReferralState.PROPOSED


class TestSend:
    def test_hands_one_or_several_over(self, world: World, adviser: FlaskClient, opening_id: int) -> None:
        first, second, third = (accepted_referral(world, opening_id, fitting_seeker(world)) for _ in range(3))

        adviser.post(page(world, first, "/send"))
        shown = text(
            adviser.post(
                "/referrals/send",
                data={"referral": [str(row(world, key).public_id) for key in (first, second, third)]},
                follow_redirects=True,
            )
        )

        assert "2 dossiers traités." in shown
        assert {row(world, key).state for key in (first, second, third)} == {ReferralState.SENT}

    def test_asks_to_tick_somebody(self, adviser: FlaskClient) -> None:
        shown = text(adviser.post("/referrals/send", data={}, follow_redirects=True))

        assert "Cochez au moins une personne dans la liste." in shown


class TestAnswer:
    def answer(self, world: World, company: FlaskClient, keys: tuple[int, ...], **data: str) -> TestResponse:
        people = [str(row(world, key).public_id) for key in keys]
        return company.post("/referrals/answer", data={"referral": people, **data})

    def test_invites_several_at_moroccos_time(self, world: World, company: FlaskClient, opening_id: int) -> None:
        keys = tuple(sent_referral(world, opening_id, fitting_seeker(world)) for _ in range(2))
        at = (to_local(later(3)()).replace(hour=9, minute=30)).strftime("%Y-%m-%dT%H:%M")

        answer = self.answer(world, company, keys, answer="invite", at=at, place="Portail 2", contact="Accueil")

        assert answer.status_code == 302
        found = [row(world, key) for key in keys]
        assert {one.state for one in found} == {ReferralState.INVITED}
        assert {f"{to_local(one.invited_at):%H:%M}" for one in found if one.invited_at} == {"09:30"}

    def test_rejects_with_a_reason_only(self, world: World, company: FlaskClient, opening_id: int) -> None:
        key = sent_referral(world, opening_id, fitting_seeker(world))

        refused = text(self.answer(world, company, (key,), answer="reject"))
        self.answer(world, company, (key,), answer="reject", reason="level_too_low")

        assert "Choisissez un motif" in refused
        assert (row(world, key).state, row(world, key).reason) == (ReferralState.REJECTED, "level_too_low")

    def test_asks_for_place_and_time_of_an_interview(self, world: World, company: FlaskClient, opening_id: int) -> None:
        key = sent_referral(world, opening_id, fitting_seeker(world))

        shown = text(self.answer(world, company, (key,), answer="invite"))

        assert "Indiquez la date et l’heure" in shown
        assert "Indiquez le lieu de l’entretien." in shown

    def test_selects_with_nothing_more(self, world: World, company: FlaskClient, opening_id: int) -> None:
        key = invited_referral(world, opening_id, fitting_seeker(world))

        assert self.answer(world, company, (key,), answer="select").status_code == 302
        assert row(world, key).state is ReferralState.SELECTED

    def test_reaches_nobody_of_another_company(self, world: World, app: Flask, opening_id: int) -> None:
        key = sent_referral(world, opening_id, fitting_seeker(world))
        other = client_of(app, world, "other_hr_manager")

        shown = text(self.answer(world, other, (key,), answer="select"))

        assert row(world, key).state is ReferralState.SENT
        assert name(world, key) not in shown

    def test_leads_nowhere_else(self, world: World, company: FlaskClient, opening_id: int) -> None:
        key = sent_referral(world, opening_id, fitting_seeker(world))

        answer = self.answer(world, company, (key,), answer="select", back="https://example.invalid/")

        assert answer.location == "/referrals/"


class TestWithdrawAndReopen:
    def test_ask_for_a_reason(self, world: World, adviser: FlaskClient, opening_id: int) -> None:
        key = sent_referral(world, opening_id, fitting_seeker(world))

        without = text(adviser.post(page(world, key, "/withdraw"), data={}, follow_redirects=True))
        adviser.post(page(world, key, "/withdraw"), data={"reason": "person_asked"})
        withdrawn = row(world, key).state
        adviser.post(page(world, key, "/reopen"), data={"reason": "person_changed_mind"})

        assert "Choisissez un motif." in without
        assert (withdrawn, row(world, key).state) == (ReferralState.WITHDRAWN, ReferralState.PROPOSED)

    def test_tell_that_a_step_came_too_late(self, world: World, adviser: FlaskClient, opening_id: int) -> None:
        key = selected_referral(world, opening_id, fitting_seeker(world))

        shown = text(adviser.post(page(world, key, "/send"), follow_redirects=True))

        assert "Cette étape n’est plus possible" in shown

    def test_are_not_the_companys(self, world: World, company: FlaskClient, opening_id: int) -> None:
        key = sent_referral(world, opening_id, fitting_seeker(world))

        assert company.post(page(world, key, "/withdraw"), data={"reason": "person_asked"}).status_code == 404


class TestRecordNoShow:
    def test_waits_for_the_interview(self, world: World, company: FlaskClient, opening_id: int) -> None:
        key = invited_referral(world, opening_id, fitting_seeker(world))

        shown = text(company.post(page(world, key, "/record-no-show"), follow_redirects=True))

        assert "L’entretien n’a pas encore eu lieu" in shown
        assert row(world, key).state is ReferralState.INVITED


def test_nothing_exists_under_an_unknown_identifier(app: Flask, world: World) -> None:
    assert client_of(app, world, "adviser").get(f"/referrals/{uuid.uuid4()}").status_code == 404
