"""The platform's screens: from a request without an account to an organisation that acts, is stopped and leaves."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from skills_bridge.domain.accounts import Role
from skills_bridge.domain.organisations import OrganisationState
from skills_bridge.models import Invitation, Organisation, OrganisationRequest
from skills_bridge.services.accounts import add_membership
from tests.factories.accounts import letters, link_in
from tests.factories.world import World, client_of

ASKED: Final = {
    "kind": "company",
    "name_fr": "Fonderie Nouvelle (fictif)",
    "name_ar": "مسبك جديد (جهة وهمية)",
    "ice": "",
    "contact_name": "Une Personne",
    "email": "premiere@example.ma",
    "language": "ar",
}


def states(world: World) -> dict[int, OrganisationState]:
    with world.as_owner() as session:
        return {row.id: row.state for row in session.scalars(select(Organisation))}


def told(client: FlaskClient, path: str, **data: str) -> str:
    return client.post(path, data=data, follow_redirects=True).get_data(as_text=True)


class TestRequest:
    def test_goes_from_a_form_to_an_invitation(self, app: Flask, world: World, tmp_path: Path) -> None:
        stranger, platform = app.test_client(), client_of(app, world, "administrator")
        assert "Demande enregistrée" in stranger.post("/organisations/ask", data=ASKED).get_data(as_text=True)
        with world.as_owner() as session:
            number = session.scalars(select(OrganisationRequest.id)).one()
        assert "Fonderie Nouvelle" in platform.get("/organisations/").get_data(as_text=True)

        assert "enregistré" in told(platform, f"/organisations/requests/{number}/accept")

        (letter,) = letters(world, tmp_path)
        assert "مسبك جديد" in letter
        assert stranger.get(link_in(letter)).status_code == 200
        assert list(states(world).values()).count(OrganisationState.INVITED) == 1

    def test_says_what_is_wrong_and_keeps_what_was_typed(self, app: Flask) -> None:
        for changes, sentence in (
            ({"ice": "123"}, "ICE"),
            ({"email": "personne"}, "adresse"),
            ({"kind": "platform"}, "liste"),
            ({"name_ar": ""}, "nom en arabe"),
        ):
            page = app.test_client().post("/organisations/ask", data={**ASKED, **changes}).get_data(as_text=True)

            assert "Demande enregistrée" not in page
            assert sentence in page
            assert "Fonderie Nouvelle (fictif)" in page

    def test_is_refused_with_a_reason(self, app: Flask, world: World) -> None:
        app.test_client().post("/organisations/ask", data=ASKED)
        platform = client_of(app, world, "administrator")
        with world.as_owner() as session:
            number = session.scalars(select(OrganisationRequest.id)).one()

        assert "Indiquez le motif" in told(platform, f"/organisations/requests/{number}/refuse", note=" ")
        assert "refusée" in told(platform, f"/organisations/requests/{number}/refuse", note="Inconnue du registre.")
        assert "Fonderie" not in platform.get("/organisations/").get_data(as_text=True)


class TestOrganisation:
    def test_is_registered_verified_stopped_and_taken_out(self, app: Flask, world: World) -> None:
        platform = client_of(app, world, "administrator")
        page = platform.post("/organisations/register", data=ASKED).headers["Location"]
        number = int(page.rpartition("/")[2])
        assert "Personne n’administre encore" in told(platform, f"{page}/verify")
        with world.platform() as uow:
            analyst = world.actors["analyst"].user_id or 0
            add_membership(uow, user_id=analyst, organisation_id=number, role=Role.COMPANY_ADMIN)
        seen = []
        for act, note in (("verify", ""), ("suspend", "Contrôle."), ("resume", "Levé."), ("leave", "Ferme.")):
            told(platform, f"{page}/{act}", note=note)
            seen.append(states(world)[number])

        assert seen == ["verified", "suspended", "verified", "left"]
        shown = platform.get(page).get_data(as_text=True)
        assert all(word in shown for word in ("Contrôle.", "Levé.", "Ferme."))
        assert "état" in told(platform, f"{page}/suspend", note="encore")

    def test_gets_further_administrators_from_the_platform_and_no_others(self, app: Flask, world: World) -> None:
        platform, company = client_of(app, world, "administrator"), world.ids["other_company"]
        path = f"/organisations/{company}/invite"
        platform.post(path, data={"email": "admin@example.ma", "role": "company_admin"})
        refused = platform.post(path, data={"email": "hr@example.ma", "role": "hr_manager"})
        assert "liste" in told(platform, path, email="x@example.ma", role="emperor")

        assert refused.status_code == 403
        with world.as_owner() as session:
            number, email = session.execute(select(Invitation.id, Invitation.email)).one()
        assert email == "admin@example.ma"
        assert "annulée" in told(platform, f"/organisations/{company}/invitations/{number}/revoke")

    def test_stops_its_people_on_their_next_page(self, app: Flask, world: World) -> None:
        people, others = client_of(app, world, "hr_manager"), client_of(app, world, "other_hr_manager")
        told(client_of(app, world, "administrator"), f"/organisations/{world.ids['company']}/suspend", note="Contrôle.")

        assert people.get("/openings/").status_code == 302
        assert others.get("/openings/").status_code == 200
