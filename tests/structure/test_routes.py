"""Every route stands in the law, has a decent address, and no page is forgotten; T1 walks them as every role."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from skills_bridge.policies.permissions import GRANTS, Permission, may
from tests.factories.routes import address_of, permission_of, rules_of
from tests.factories.world import PEOPLE, World, client_of


class TestEachRoute:
    def test_has_a_permission_or_is_public(self, app: Flask) -> None:
        assert [rule.endpoint for rule in rules_of(app) if permission_of(app, rule) is None] == []

    def test_has_an_address_in_small_letters_with_typed_places(self, app: Flask) -> None:
        for rule in rules_of(app):
            plain = re.sub(r"<[^>]+>", "", rule.rule)
            assert re.fullmatch(r"[a-z0-9/.-]*", plain), rule.rule
            assert all(":" in place for place in re.findall(r"<([^>]+)>", rule.rule)), rule.rule

    def test_is_granted_to_somebody(self) -> None:
        assert set(GRANTS) == set(Permission)
        assert all(GRANTS.values())


class TestDoor:
    def test_sends_a_stranger_to_sign_in(self, app: Flask) -> None:
        client = app.test_client()
        for rule in rules_of(app):
            method = "GET" if "GET" in (rule.methods or ()) else "POST"
            answer = client.open(address_of(app, rule), method=method)

            assert (answer.status_code, answer.headers.get("Location", "").split("?")[0]) == (302, "/sign-in"), (
                rule.rule
            )

    @pytest.mark.parametrize("who", sorted(PEOPLE))
    def test_shows_no_page_and_does_no_act_outside_a_role(self, app: Flask, world: World, who: str) -> None:
        client = client_of(app, world, who)
        for rule in rules_of(app):
            permission = permission_of(app, rule)
            method = "GET" if "GET" in (rule.methods or ()) else "POST"
            answer = client.open(address_of(app, rule), method=method)

            if permission is not None and not may(world.actors[who], permission):
                assert answer.status_code == 404, (who, rule.rule)
            elif rule.arguments:
                assert answer.status_code in (302, 404, 400, 409), (who, rule.rule, answer.status_code)
            else:
                assert answer.status_code < 500, (who, rule.rule, answer.status_code)
