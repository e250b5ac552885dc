"""The routes of the product as tests walk them: their permission, and addresses whose object does not exist."""

from __future__ import annotations

from typing import Final

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
    }
)
MISSING: Final = {
    "string": "XX-2000-00000",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "int": 999_999_999,
}


def rules_of(app: Flask) -> list[Rule]:
    """Return the routes of the product."""
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
        return MISSING["uuid"]
    return MISSING["int"] if isinstance(converter, IntegerConverter) else MISSING["string"]


def address_of(app: Flask, rule: Rule) -> str:
    """Return an address of the route whose object does not exist."""
    values = {name: missing_value(converter) for name, converter in rule._converters.items()}
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, values)
