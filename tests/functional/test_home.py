"""The first page: each card counts exactly the rows of the list behind it."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Final

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.jobs import JobState
from skills_bridge.domain.training import CohortState
from skills_bridge.models import Cohort, Job, Notice, Opening, Organisation, Pack, Referral, Reservation
from skills_bridge.services.notices import READERS as KINDS
from skills_bridge.unit_of_work import utc_now
from tests.factories.world import World, app_of, client_of

CARD: Final = re.compile(r'<a href="([^"]+)">\s*<span class="work-icon">.*?<span class="work-count">(\d+)<', re.DOTALL)
NOTICE: Final = re.compile(r'<li class="notice">\s*<p><a href="([^"]+)">(.*?)</a>', re.DOTALL)
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


def notices_of_every_kind(world: World) -> None:
    """Leave the agency a notice of each kind, a company and the other parties those that they may be told."""
    with world.as_owner() as session:
        referral = session.scalars(select(Referral).where(Referral.sent_at.is_not(None)).order_by(Referral.id)).first()
        cohort = session.scalars(select(Cohort).where(Cohort.state == CohortState.PUBLISHED)).first()
        pack = session.scalars(select(Pack).order_by(Pack.id)).first()
        assert referral is not None
        assert cohort is not None
        assert pack is not None
        kept = session.scalars(select(Reservation).order_by(Reservation.id)).first()
        assert kept is not None
        opening = {"opening": session.get_one(Opening, referral.opening_id).reference}
        facts = {
            "opening": opening,
            "placement": opening,
            "referrals": opening,
            "referral": {**opening, "referral": str(referral.public_id)},
            **{key: {**opening, **reservation_facts(kept, cohort)} for key in ("seat", "post", "learner")},
            "cohort": {"cohort": cohort.reference},
            "pack": {"pack": pack.reference},
            "visa": {"pack": pack.reference},
        }
        parties = session.scalars(select(Organisation.id).where(Organisation.party.is_not(None))).all()
        told = {
            **{party: {"pack", "visa"} for party in parties},
            referral.agency_id: set(facts),
            referral.company_id: {"opening", "placement", "referral", "referrals", "post"},
            kept.centre_id: {"seat", "learner"},
        }
        session.execute(delete(Notice))
        for number, (organisation_id, subjects) in enumerate(told.items()):
            for kind in (kind for kind in KINDS if kind.split("_")[0] in subjects):
                session.add(
                    Notice(
                        organisation_id=organisation_id,
                        unit_id=referral.unit_id if organisation_id == referral.agency_id else None,
                        kind=kind,
                        facts=facts[kind.split("_")[0]],
                        message_key=f"{kind}-{number}",
                    )
                )
        session.commit()


def reservation_facts(kept: Reservation, cohort: Cohort) -> dict[str, str | None]:
    """Return what a notice of a reservation keeps."""
    until = local_day(kept.expires_at).isoformat()
    return {"reservation": str(kept.public_id), "cohort": cohort.reference, "until": until, "reason": None}


@pytest.mark.parametrize("who", READERS)
def test_no_notice_leads_nowhere(told_world: World, tmp_path: Path, who: str) -> None:
    notices_of_every_kind(told_world)
    client = client_of(app_of(told_world.urls, tmp_path), told_world, who)
    links = {unescape(url) for url, _ in NOTICE.findall(client.get("/").get_data(as_text=True))}

    assert {url: client.get(url).status_code for url in links} == dict.fromkeys(links, 200)
    assert links or who in {"administrator", "centre_manager", "other_adviser"}


def test_keeps_references_whole_in_arabic(told_world: World, tmp_path: Path) -> None:
    notices_of_every_kind(told_world)
    page = client_of(app_of(told_world.urls, tmp_path), told_world, "report_officer").get("/?lang=ar").get_data(True)

    sentences = [sentence for _, sentence in NOTICE.findall(page)]
    assert sentences
    assert all(re.search(r'<bdi dir="ltr">RA-\d{4}-\d{5}</bdi>', sentence) for sentence in sentences)
