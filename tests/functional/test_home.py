"""The first page: each card counts exactly the rows of the list behind it."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Final

import pytest
from flask.testing import FlaskClient

from skills_bridge.domain.jobs import JobState
from skills_bridge.models import Job
from skills_bridge.unit_of_work import utc_now
from tests.factories.world import World, app_of, client_of

CARD: Final = re.compile(r'<a href="([^"]+)">\s*<span class="work-icon">.*?<span class="work-count">(\d+)<', re.DOTALL)
COUNTS: Final = re.compile(r'<p class="counts" role="status">(.*?)<', re.DOTALL)
READERS: Final = (
    "adviser",
    "administrator",
    "agency_signatory",
    "analyst",
    "centre_manager",
    "company_admin",
    "hr_manager",
    "officer",
    "other_adviser",
    "report_officer",
    "unit_manager",
)


def length_of(client: FlaskClient, url: str) -> int:
    """Return how many rows a list says it holds."""
    counts = COUNTS.search(client.get(url).get_data(as_text=True))
    assert counts is not None, url
    figures = re.findall(r"\d+", counts[1])
    return int(figures[-1]) if figures else 0


def late_jobs(world: World) -> None:
    """Leave one job that is due by now, and one that has waited too long."""
    with world.as_owner() as session:
        for number, due_at in enumerate((utc_now(), utc_now() - timedelta(minutes=5))):
            session.add(
                Job(
                    kind="matching.match_all",
                    organisation_id=None,
                    dedupe_key=f"0:test:{number}",
                    state=JobState.DUE,
                    due_at=due_at,
                )
            )
        session.commit()


@pytest.mark.parametrize("who", READERS)
def test_cards_count_the_rows_of_their_lists(told_world: World, tmp_path: Path, who: str) -> None:
    late_jobs(told_world)
    client = client_of(app_of(told_world.urls, tmp_path), told_world, who)
    cards = [(unescape(url), int(count)) for url, count in CARD.findall(client.get("/").get_data(as_text=True))]

    assert cards
    assert {url: length_of(client, url) for url, _ in cards} == dict(cards)
