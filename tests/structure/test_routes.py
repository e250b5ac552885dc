"""Every route has a decent address and is granted to somebody; ``test_matrix.py`` walks them as every role."""

from __future__ import annotations

import re

from flask import Flask

from skills_bridge.policies.permissions import GRANTS, HERS, Permission
from tests.factories.routes import rules_of


class TestEachRoute:
    def test_has_an_address_in_small_letters_with_typed_places(self, app: Flask) -> None:
        for rule in rules_of(app):
            plain = re.sub(r"<[^>]+>", "", rule.rule)
            assert re.fullmatch(r"[a-z0-9/.-]*", plain), rule.rule
            assert all(":" in place for place in re.findall(r"<([^>]+)>", rule.rule)), rule.rule

    def test_is_granted_to_somebody(self) -> None:
        assert set(GRANTS) == set(Permission)
        assert {permission for permission, grants in GRANTS.items() if not grants} == set(HERS)
