"""Behind a reverse proxy the caller is the one that our own proxies name; in front of none, nobody names anybody."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from flask import request
from sqlalchemy import NullPool

from skills_bridge.app import create_app
from skills_bridge.blueprints.web import public
from tests.factories.world import World, settings_of

CALLER: Final = "203.0.113.7"
LIE: Final = "198.51.100.1"


def caller() -> str:
    """Answer who calls, and how."""
    return f"{request.scheme} {request.remote_addr}"


@pytest.mark.parametrize(
    ("proxies", "named", "seen"),
    [
        (0, CALLER, "http 127.0.0.1"),
        (1, CALLER, f"https {CALLER}"),
        (1, f"{LIE}, {CALLER}", f"https {CALLER}"),
        (2, f"{LIE}, {CALLER}, 10.0.0.2", f"https {CALLER}"),
    ],
)
def test_the_caller_is_whom_our_proxies_name(world: World, tmp_path: Path, proxies: int, named: str, seen: str) -> None:
    settings = replace(settings_of(world.urls, tmp_path), trusted_proxies=proxies)
    app = create_app(settings, pool={"poolclass": NullPool})
    app.add_url_rule("/caller", "caller", public(caller))
    schemes = ", ".join(["https"] * max(1, proxies))

    answer = app.test_client().get("/caller", headers={"X-Forwarded-For": named, "X-Forwarded-Proto": schemes})

    assert answer.get_data(as_text=True) == seen
