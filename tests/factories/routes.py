"""The routes of the product as its URL map lists them: who may pass, which addresses they have."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from flask import Flask
from werkzeug.routing import AnyConverter, BaseConverter, IntegerConverter, Rule, UUIDConverter

from skills_bridge.policies.permissions import Permission

PUBLIC: Final = frozenset(
    {
        "static",
        "health.live",
        "health.ready",
        "accounts.sign_in",
        "accounts.second_factor",
        "accounts.sign_out",
        "invitations.join",
        "invitations.sign_up",
        "organisations.ask",
        "recovery.ask",
        "recovery.password",
        "recovery.second_factor",
        "personal.open",
        "personal.closed",
    }
)
"""The short list of what needs no sign-in."""
UNSAFE: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def rules_of(app: Flask) -> list[Rule]:
    """Return the routes behind the sign-in."""
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint not in PUBLIC]


def permission_of(app: Flask, rule: Rule) -> Permission | None:
    """Return the mark that ``requires`` leaves on a view."""
    found: Permission | None = getattr(app.view_functions[rule.endpoint], "permission", None)
    return found


def missing_value(converter: BaseConverter) -> object:
    """Return a value of the right shape that names nothing."""
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    if isinstance(converter, UUIDConverter):
        return "00000000-0000-4000-8000-000000000000"
    return 999_999_999 if isinstance(converter, IntegerConverter) else "XX-2000-00000"


def address_of(app: Flask, rule: Rule, values: Mapping[str, Any] = MappingProxyType({})) -> str:
    """Return an address of the route; a place that ``values`` leave out names nothing."""
    whole = {name: values.get(name, missing_value(made)) for name, made in rule._converters.items()}
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, whole)


def methods_of(rule: Rule) -> list[str]:
    """Return the methods of a route that mean different things."""
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
