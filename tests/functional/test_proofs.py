"""Risky acts ask for password and code of the last fifteen minutes, and lose nothing that was typed."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from typing import Final

import pyotp
from flask import Flask
from sqlalchemy import select, update

from skills_bridge.blueprints.proofs import needs_proof
from skills_bridge.domain.credentials import LIMITS, PROOF_AGE, Try
from skills_bridge.models import Pack, WebSession
from skills_bridge.policies.permissions import GRANTS, PERSONAL, RISKY, Permission, may
from skills_bridge.unit_of_work import utc_now
from tests.factories.routes import address_of, permission_of, rules_of
from tests.factories.world import PASSWORD, PEOPLE, TOTP_SECRET, World, client_of

ASKS: Final = "Confirmez que c’est bien vous"
HIDDEN: Final = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def age_proof(world: World, age: timedelta) -> None:
    with world.as_owner() as session:
        session.execute(update(WebSession).values(proved_at=utc_now() - age))
        session.commit()


def code_now() -> str:
    return pyotp.TOTP(TOTP_SECRET).now()


def holder_of(world: World, permission: Permission) -> str:
    return next(who for who in PEOPLE if may(world.actors[who], permission))


class TestTable:
    def test_names_what_changes_rights_shows_people_or_seals_figures(self) -> None:
        assert set(GRANTS) >= RISKY
        assert {
            Permission.IDENTITY_REVEAL,
            Permission.IMPORT_EXPORT,
            Permission.PACK_FREEZE,
            Permission.PACK_VISA,
            Permission.RIGHTS_DECIDE,
        } <= RISKY

    def test_every_act_of_the_table_asks_and_no_other(self, app: Flask, world: World) -> None:
        acts = [(rule, permission_of(app, rule)) for rule in rules_of(app) if "POST" in (rule.methods or ())]
        asked: set[Permission] = set()
        for rule, permission in acts:
            if permission not in RISKY:
                with app.test_request_context(method="POST"):
                    assert permission is None or not needs_proof(permission), rule.rule
                continue
            client = client_of(app, world, holder_of(world, permission))
            age_proof(world, PROOF_AGE + timedelta(minutes=1))
            answer = client.post(address_of(app, rule))

            assert (answer.status_code, ASKS in answer.get_data(as_text=True)) == (403, True), rule.rule
            asked.add(permission)
        assert asked == RISKY

    def test_every_list_of_people_asks_before_it_leaves_as_a_file(self, app: Flask, world: World) -> None:
        asked: set[Permission] = set()
        for rule in rules_of(app):
            permission = permission_of(app, rule)
            if permission not in PERSONAL or "GET" not in (rule.methods or ()) or rule.arguments:
                continue
            client = client_of(app, world, holder_of(world, permission))
            age_proof(world, PROOF_AGE + timedelta(minutes=1))
            answer = client.get(rule.rule, query_string={"export": "xlsx"})

            assert (answer.status_code, ASKS in answer.get_data(as_text=True)) == (403, True), rule.rule
            asked.add(permission)
        assert asked == PERSONAL


class TestProof:
    def test_lets_the_act_go_on_with_all_that_was_typed(self, app: Flask, world: World) -> None:
        client = client_of(app, world, "report_officer")
        age_proof(world, PROOF_AGE + timedelta(seconds=5))
        typed = {"month": "2026-08", "cause": "Un motif « gardé » & <entier>\nsur deux lignes"}

        page = client.post("/packs/freeze", data=typed)
        kept = {
            name: unescape(value) for name, value in HIDDEN.findall(page.get_data(as_text=True)) if name != "csrf_token"
        }

        assert page.status_code == 403
        assert kept.pop("form_key")
        assert kept == typed
        wrong = client.post("/packs/freeze", data={**kept, "proof-password": "faux", "proof-code": "1"})
        assert "incorrect" in wrong.get_data(as_text=True)
        proof = {"proof-password": PASSWORD, "proof-code": code_now()}
        assert client.post("/packs/freeze", data={**kept, **proof}).status_code != 403
        with world.as_owner() as session:
            assert session.scalars(select(Pack.month_on)).all() == [date(2026, 8, 1)]
        assert ASKS not in client.post("/packs/freeze", data=kept).get_data(as_text=True)

    def test_holds_fifteen_minutes(self, app: Flask, world: World) -> None:
        client = client_of(app, world, "adviser")
        for age, status in ((PROOF_AGE - timedelta(seconds=10), 302), (PROOF_AGE + timedelta(seconds=10), 403)):
            age_proof(world, age)

            assert client.post("/privacy/reveal", data={"back": "/"}).status_code in (status, 404)

    def test_leads_back_to_the_file_that_was_asked_for(self, app: Flask, world: World) -> None:
        client = client_of(app, world, "adviser")
        age_proof(world, PROOF_AGE + timedelta(minutes=1))
        page = client.get("/seekers/?export=xlsx")
        kept = dict(HIDDEN.findall(page.get_data(as_text=True)))

        answer = client.post(
            "/account/proof",
            data={"back": unescape(kept["back"]), "proof-password": PASSWORD, "proof-code": code_now()},
        )

        assert (page.status_code, answer.headers["Location"]) == (403, "/seekers/?export=xlsx")
        assert "spreadsheet" in client.get("/seekers/?export=xlsx").headers["Content-Type"]

    def test_is_limited_like_a_sign_in_and_never_leads_off_the_site(self, app: Flask, world: World) -> None:
        client = client_of(app, world, "adviser")
        given = {"back": "//evil.example", "proof-password": "faux", "proof-code": "000000"}
        for _ in range(LIMITS[Try.PASSWORD][0].most):
            client.post("/account/proof", data=given)
        refused = client.post("/account/proof", data={**given, "proof-password": PASSWORD, "proof-code": code_now()})

        assert "Trop d’essais" in refused.get_data(as_text=True)
        assert "evil" not in refused.get_data(as_text=True)
