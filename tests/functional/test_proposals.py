"""The proposals page through the browser's door: what is told, who may decide, in three languages."""

from __future__ import annotations

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

from skills_bridge.domain.proposals import ProposalState, SetAsideReason
from skills_bridge.models import Proposal, Referral
from skills_bridge.services.matching import accept_proposal
from tests.factories.allocations import allocated, proposals
from tests.factories.openings import validated_opening
from tests.factories.referrals import fitting_seeker, proposed_referral
from tests.factories.world import CASABLANCA, TANGER, World, client_of

PAGE = "/matching/proposals/"


@pytest.fixture
def adviser(app: Flask, world: World) -> FlaskClient:
    return client_of(app, world, "adviser")


@pytest.fixture
def proposal(world: World) -> Proposal:
    validated_opening(world)
    fitting_seeker(world)
    allocated(world)
    (found,) = proposals(world).values()
    return found


def text(answer: TestResponse) -> str:
    return " ".join(unescape(answer.get_data(as_text=True)).replace("\u00a0", " ").split())


def state_of(world: World, proposal: Proposal) -> ProposalState:
    return proposals(world)[proposal.opening_id, proposal.seeker_id].state


def address_of(proposal: Proposal) -> str:
    return f"{PAGE}{proposal.public_id}"


@contextmanager
def counted() -> Iterator[list[str]]:
    """Note every statement of every engine."""
    statements: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield statements
    event.remove(Engine, "before_cursor_execute", note)


class TestIndex:
    def test_tells_proof_changes_and_cost(self, adviser: FlaskClient, proposal: Proposal) -> None:
        shown = text(adviser.get(PAGE))

        assert "aucune autre répartition de ces listes ne vaut davantage (écart 0)" in shown
        assert "maintenues : 0, nouvelles : 1, retirées : 0" in shown
        assert "sa seule offre" in shown
        assert "90,00 %" in shown
        assert "pourquoi cette offre" in shown
        assert str(proposal.public_id) in shown

    def test_before_the_first_says_when_they_come(self, adviser: FlaskClient) -> None:
        assert "Aucune proposition à décider" in text(adviser.get(PAGE))

    @pytest.mark.parametrize(
        ("query", "is_shown"),
        [
            ("state=set_aside", False),
            ("cost=best", True),
            ("cost=below", False),
            ("waiting=no", True),
            ("waiting=yes", False),
            ("change=new", True),
            ("change=kept", False),
            ("sort=-cost", True),
            ("q=cablage", True),
            ("q=inconnu", False),
        ],
    )
    def test_takes_every_filter(self, adviser: FlaskClient, proposal: Proposal, query: str, *, is_shown: bool) -> None:
        assert (str(proposal.public_id) in text(adviser.get(f"{PAGE}?{query}"))) is is_shown

    def test_speaks_arabic_from_right_to_left_and_english(self, app: Flask, world: World, proposal: Proposal) -> None:
        arabic = text(client_of(app, world, "adviser", language="ar").get(PAGE))
        english = text(client_of(app, world, "adviser", language="en").get(PAGE))

        assert 'dir="rtl"' in arabic
        assert "العرض الوحيد للشخص" in arabic
        assert "the person’s only opening" in english

    def test_exports_the_same_rows(self, adviser: FlaskClient, proposal: Proposal) -> None:
        answer = adviser.get(f"{PAGE}?export=xlsx")

        sheet = CalamineWorkbook.from_filelike(BytesIO(answer.data)).get_sheet_by_index(0)
        cells = [str(cell) for row in sheet.to_python() for cell in row]
        assert "sa seule offre" in cells
        assert "à décider" in cells

    def test_leaves_out_a_pair_that_was_referred_by_hand(
        self, world: World, adviser: FlaskClient, proposal: Proposal
    ) -> None:
        proposed_referral(world, proposal.opening_id, proposal.seeker_id)

        assert str(proposal.public_id) not in text(adviser.get(PAGE))

    def test_shows_another_unit_only_its_own_people(self, app: Flask, world: World, proposal: Proposal) -> None:
        other = client_of(app, world, "other_adviser")
        assert str(proposal.public_id) not in text(other.get(PAGE))
        assert other.get(address_of(proposal)).status_code == 404
        fitting_seeker(world, who="other_adviser", province_code=CASABLANCA, mobility=(CASABLANCA, TANGER))
        allocated(world)

        shown = text(other.get(PAGE))

        assert "1 résultat" in shown
        assert 'name="proposal"' not in shown

    @pytest.mark.parametrize("who", ["hr_manager", "centre_manager", "analyst", "administrator", "report_officer"])
    def test_does_not_exist_for_others(self, app: Flask, world: World, proposal: Proposal, who: str) -> None:
        client = client_of(app, world, who)

        assert [client.get(one).status_code for one in (PAGE, address_of(proposal))] == [404, 404]
        assert client.post(f"{PAGE}accept").status_code == 404

    def test_takes_as_many_statements_for_many_as_for_one(
        self, world: World, adviser: FlaskClient, proposal: Proposal
    ) -> None:
        adviser.get(PAGE)
        with counted() as few:
            adviser.get(PAGE)
        for _ in range(5):
            fitting_seeker(world)
        allocated(world)
        with counted() as many:
            adviser.get(PAGE)

        assert len(many) == len(few)
        assert len(few) <= 14


class TestAccept:
    def test_shows_whom_it_concerns_before_it_is_done(
        self, world: World, adviser: FlaskClient, proposal: Proposal
    ) -> None:
        shown = text(adviser.get(f"{PAGE}accept?proposal={proposal.public_id}"))

        assert "Proposer l’offre à 1 personne" in shown
        assert "Saisissez" not in shown
        assert state_of(world, proposal) is ProposalState.OPEN

    def test_of_several_makes_their_referrals(self, world: World, adviser: FlaskClient, proposal: Proposal) -> None:
        fitting_seeker(world)
        allocated(world)
        ticked = [str(row.public_id) for row in proposals(world).values()]

        shown = text(adviser.post(f"{PAGE}accept", data={"proposal": ticked}, follow_redirects=True))

        assert "2 personnes proposées" in shown
        with world.as_owner() as session:
            assert len(session.scalars(select(Referral.id)).all()) == 2
        accepted = text(adviser.get(f"{PAGE}?state=accepted"))
        assert all(one in accepted for one in ticked)

    def test_after_somebody_else_did_says_so(self, world: World, adviser: FlaskClient, proposal: Proposal) -> None:
        with world.acting("unit_manager") as uow:
            accept_proposal(uow, proposal_id=proposal.id)

        shown = text(adviser.post(f"{PAGE}accept", data={"proposal": str(proposal.public_id)}, follow_redirects=True))

        assert "Rien n’attend plus de décision" in shown

    def test_of_nothing_asks_to_choose(self, adviser: FlaskClient) -> None:
        assert "Cochez au moins une proposition" in text(adviser.get(f"{PAGE}accept"))

    def test_goes_back_to_no_other_site(self, adviser: FlaskClient, proposal: Proposal) -> None:
        form = {"proposal": str(proposal.public_id), "back": "https://elsewhere.example/"}

        assert adviser.post(f"{PAGE}accept", data=form).headers["Location"] == PAGE


class TestDetail:
    def test_sets_aside_with_a_reason_and_takes_up_again(
        self, world: World, adviser: FlaskClient, proposal: Proposal
    ) -> None:
        form = {"reason": SetAsideReason.NOT_SUITED.value, "note": "Horaires de nuit."}
        told = text(adviser.post(f"{address_of(proposal)}/set-aside", data=form, follow_redirects=True))
        page = text(adviser.get(address_of(proposal)))

        assert "La proposition est écartée" in told
        assert "Le poste ne convient pas à la personne" in page
        assert "Horaires de nuit." in page
        assert "Reprendre la proposition" in page
        again = text(adviser.post(f"{address_of(proposal)}/take-up", follow_redirects=True))
        assert "La proposition est reprise" in again
        assert state_of(world, proposal) is ProposalState.OPEN

    @pytest.mark.parametrize(
        ("form", "sentence"),
        [({}, "Choisissez un motif"), ({"reason": "other"}, "Précisez le motif en quelques mots")],
    )
    def test_says_what_is_missing(
        self, world: World, adviser: FlaskClient, proposal: Proposal, form: dict[str, str], sentence: str
    ) -> None:
        assert sentence in text(adviser.post(f"{address_of(proposal)}/set-aside", data=form))
        assert state_of(world, proposal) is ProposalState.OPEN

    def test_of_a_followed_one_leads_to_the_referral(
        self, world: World, adviser: FlaskClient, proposal: Proposal
    ) -> None:
        with world.acting("adviser") as uow:
            accept_proposal(uow, proposal_id=proposal.id)

        shown = text(adviser.get(address_of(proposal)))

        assert "Voir la mise en relation" in shown
        assert "Écarter la proposition" not in shown
        refused = text(adviser.post(f"{address_of(proposal)}/take-up", follow_redirects=True))
        assert "Cette étape n’est plus possible" in refused
