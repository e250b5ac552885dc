"""P7: on every route, as every role, no identity is shown without a reveal that the audit tells, with its purpose.

Every name, contact and number of the crowded world becomes a word of its own. The routes come from the URL map, the
objects from ``tests/factories/samples.py``: what a newcomer adds there is read here, too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Text, select, text
from werkzeug.routing import Rule

from skills_bridge.domain.privacy import REVEAL_SPAN, RevealReason
from skills_bridge.models import AuditEntry, Reveal, SeekerIdentity
from skills_bridge.policies.permissions import may
from skills_bridge.unit_of_work import utc_now
from tests.factories.routes import UNSAFE, address_of, methods_of, permission_of, rules_of
from tests.factories.samples import EVERYBODY, IDENTITY, NAMED, WALKERS, Sample, kind_of, samples_of
from tests.factories.turns import part
from tests.factories.world import VAULT, World, app_of, client_of
from tests.integration.test_canaries import text_of

WORD: Final = re.compile(r"wer-[a-z_]+-(\d+)")
NOT_SHOWN: Final = frozenset({"cin_key_id", "cin_masked", "cin_kind"})
SHOWING: Final = frozenset({"seekers.detail", "seekers.correct", "referrals.detail", "placements.detail"})
"""The pages that show an identity once it is revealed; another one is added here after a look at it."""
REASON: Final = RevealReason.CONTACT.value


@dataclass(frozen=True)
class Planted:
    """A world in which every name and contact is a word of its own, and its numbers by person."""

    world: World
    numbers: Mapping[str, int]

    def people_of(self, body: str) -> set[int]:
        """Return the people whose name, contact or number stands in an answer."""
        named = {int(key) for key in WORD.findall(body)}
        return named | {key for number, key in self.numbers.items() if number in body}


def plant(world: World) -> Planted:
    """Make a word of its own of every name and contact, and read the numbers."""
    columns = [
        column.name
        for column in SeekerIdentity.__table__.columns
        if isinstance(column.type, Text) and column.name not in NOT_SHOWN
    ]
    words = ", ".join(f"{name} = 'wer-{name}-' || seeker_id" for name in columns)
    with world.as_owner() as session:
        session.execute(text(f"UPDATE seeker_identity SET {words}"))
        session.commit()
        numbers = {
            VAULT.open(row.cin_sealed, key_id=row.cin_key_id, purpose=f"cin:{row.seeker_id}"): row.seeker_id
            for row in session.scalars(select(SeekerIdentity))
        }
    return Planted(world, numbers)


def samples_for(rule: Rule, who: str, known: Mapping[str, list[Sample]]) -> list[Sample]:
    """Return what a person may see of a route's objects, and each state of it."""
    samples = known[kind] if (kind := kind_of(rule)) else [Sample({}, EVERYBODY)]
    return list({(one.seen_by, one.state): one for one in samples if not one.is_foreign_to(who)}.values())


def showing(
    app: Flask, client: FlaskClient, planted: Planted, who: str, known: Mapping[str, list[Sample]]
) -> Iterator[tuple[str, set[int]]]:
    """Yield the routes that show identities to a person, and whose: pages, exports and answers to an empty form."""
    for rule in rules_of(app):
        permission = permission_of(app, rule)
        if rule.endpoint == "privacy.reveal" or not (permission and may(planted.world.actors[who], permission)):
            continue
        for one in samples_for(rule, who, known):
            address = address_of(app, rule, one.values)
            said = [
                client.open(address, method=method, data={} if method in UNSAFE else None)
                for method in methods_of(rule)
            ]
            said += [client.get(address, query_string={"export": "xlsx"})] if methods_of(rule) == ["GET"] else []
            for answer in said:
                if people := planted.people_of(text_of(answer.data)):
                    yield rule.endpoint, people


def reveal_all(client: FlaskClient, who: str, known: Mapping[str, list[Sample]]) -> None:
    """Ask for the identity of everybody whom a person may know of."""
    (named,) = [one for one in NAMED["privacy.reveal"] if one.kind == IDENTITY]
    for one in [one for one in known[IDENTITY] if not one.is_foreign_to(who)]:
        client.post("/privacy/reveal", data={named.name: one.values[named.value], "reason": REASON, "back": "/"})


def revealed(world: World, who: str) -> set[int | None]:
    """Return the people whose identity the audit says that somebody had shown to her session, for a reason."""
    with world.as_owner() as session:
        rows = session.execute(
            select(AuditEntry.object_id, AuditEntry.facts).where(
                AuditEntry.act == "identity.revealed",
                AuditEntry.object_kind == "seeker",
                AuditEntry.user_id == world.actors[who].user_id,
            )
        )
        told = [(key, json.loads(facts)) for key, facts in rows]
        return {key for key, facts in told if facts["reason"] == REASON and facts["session_id"]}


@pytest.fixture(scope="module")
def known(crowded_template: World) -> dict[str, list[Sample]]:
    return samples_of(crowded_template)


@pytest.fixture
def planted(crowded_world: World) -> Planted:
    return plant(crowded_world)


@pytest.fixture
def site(planted: Planted, tmp_path: Path) -> Flask:
    return app_of(planted.world.urls, tmp_path)


class TestNoRoute:
    @pytest.mark.parametrize("who", part(WALKERS, 4))
    def test_shows_an_identity_that_was_not_revealed(
        self, site: Flask, planted: Planted, known: dict[str, list[Sample]], who: str
    ) -> None:
        client = client_of(site, planted.world, who)

        assert list(showing(site, client, planted, who, known)) == []


class TestRevealed:
    @pytest.mark.parametrize("who", ["adviser", "hr_manager", "centre_manager"])
    def test_identities_stand_in_the_audit_with_their_purpose(
        self, site: Flask, planted: Planted, known: dict[str, list[Sample]], who: str
    ) -> None:
        client = client_of(site, planted.world, who)
        reveal_all(client, who, known)
        shown = list(showing(site, client, planted, who, known))
        told = revealed(planted.world, who)

        assert {endpoint for endpoint, _ in shown} <= SHOWING
        assert [endpoint for endpoint, people in shown if not people <= told] == []
        assert shown or who == "centre_manager"  # a centre has no page that shows one

    def test_are_hidden_after_a_quarter_of_an_hour(
        self, site: Flask, planted: Planted, known: dict[str, list[Sample]]
    ) -> None:
        client = client_of(site, planted.world, "adviser")
        reveal_all(client, "adviser", known)
        with planted.world.as_owner() as session:
            for reveal in session.scalars(select(Reveal)):
                reveal.revealed_at, reveal.expires_at = utc_now() - REVEAL_SPAN, utc_now()
            session.commit()

        assert list(showing(site, client, planted, "adviser", known)) == []
