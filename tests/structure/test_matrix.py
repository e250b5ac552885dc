"""T1: every route, as every role, by a personal link and as a stranger, on one's own, on another's and on nothing.

What may not be seen must read like what does not exist: the same status, the same page. The routes come from the URL
map and the objects from ``tests/factories/samples.py``, which says what a newcomer must add.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from skills_bridge.models import Base
from skills_bridge.policies.permissions import HERS, may
from tests.factories.routes import UNSAFE, address_of, methods_of, missing_value, permission_of, rules_of
from tests.factories.samples import EVERYBODY, MAKERS, NAMED, NAMES_NOTHING, WALKERS, Sample, kind_of, samples_of
from tests.factories.world import World, app_of, client_of

FOR_THE_AGENCY_ALONE: Final = frozenset(
    {"referrals.send_several", "referrals.reopen_several", "proposals.accept", "matching.refer", "training.enrol"}
)
"""Forms whose readers see every object of the kind they name: there is one agency."""
NOTHING: Final = Sample({}, frozenset())
"""What every place of an address fills with something that does not exist."""
NONCE: Final = re.compile(rb'nonce="[^"]*"|name="csrf_token"[^>]*>')


def routes_without_a_law(app: Flask) -> list[str]:
    """Return routes that name no permission and stand in no list."""
    return [f"{rule.rule}: mark its view with @requires" for rule in rules_of(app) if permission_of(app, rule) is None]


def routes_without_objects(app: Flask) -> list[str]:
    """Return routes whose objects nobody described."""
    kinds = {kind_of(rule) for rule in rules_of(app)} - {None}
    return [f'add @sample("{kind}") to tests/factories/samples.py' for kind in sorted(kinds - MAKERS.keys(), key=str)]


def page_of(answer: TestResponse) -> tuple[int, str | None, bytes]:
    """Return an answer without what differs between any two requests."""
    return answer.status_code, answer.headers.get("Location"), NONCE.sub(b"", answer.data)


def crossed(samples: list[Sample]) -> Iterator[Sample]:
    """Yield pairs that do not belong together: the thing of one under the name of another."""
    for one in samples:
        first, *rest = one.values
        other = next((two for two in samples if rest and one.bound and two.values[first] != one.values[first]), None)
        if other is not None:
            yield Sample({**one.values, first: other.values[first]}, frozenset())


def foreign_samples(who: str, samples: list[Sample]) -> list[Sample]:
    """Return one object of each group that a person may not see."""
    return list({(one.seen_by, one.state): one for one in samples if one.is_foreign_to(who)}.values())


def seen_foreign(
    app: Flask, client: FlaskClient, rule: Rule, samples: list[Sample], said: tuple[int, str | None, bytes]
) -> list[str]:
    """Return what is learnt through a route of ``samples``: anything but what is ``said`` of an address of nothing."""
    told = []
    for method in methods_of(rule):
        for one in samples:
            answer = client.open(address_of(app, rule, one.values), method=method)
            if page_of(answer) != said:
                told.append(f"{method} {rule.rule} says {answer.status_code} of {dict(one.values)}")
    return told


def own_answers(
    app: Flask, client: FlaskClient, who: str, rule: Rule, known: Mapping[str, list[Sample]]
) -> Iterator[int]:
    """Yield how a route answers a person about what she may see, one object of each group."""
    samples = known[kind] if (kind := kind_of(rule)) else [Sample({}, EVERYBODY)]
    fields = {
        named.name: one.values[named.value]
        for named in NAMED.get(rule.endpoint, ())
        for one in known[named.kind]
        if not one.is_foreign_to(who)
    }
    for one in {one.seen_by: one for one in samples if not one.is_foreign_to(who)}.values():
        for method in methods_of(rule):
            data = fields if method in UNSAFE else None
            yield client.open(address_of(app, rule, one.values), method=method, data=data).status_code


@pytest.fixture(scope="module")
def known(crowded_template: World) -> dict[str, list[Sample]]:
    """Return the objects of the crowded world."""
    return samples_of(crowded_template)


@pytest.fixture
def site(crowded_world: World, tmp_path: Path) -> Flask:
    return app_of(crowded_world.urls, tmp_path)


def walk(app: Flask, world: World, known: Mapping[str, list[Sample]], who: str) -> list[str]:
    """Walk every route that names an object or is shut to a person's role, as that person."""
    client, told = client_of(app, world, who), []
    said = page_of(client.get("/nowhere"))
    for rule in rules_of(app):
        kind, permission = kind_of(rule), permission_of(app, rule)
        samples = known[kind] if kind else []
        if permission is not None and not may(world.actors[who], permission):
            tried = samples[-1:] or [NOTHING]  # whosever it is
        elif kind:
            tried = [NOTHING, *foreign_samples(who, samples), *list(crossed(samples))[:1]]
        else:
            continue
        told += [f"{who}: {line}" for line in seen_foreign(app, client, rule, tried, said)]
    return told


class TestEachRoute:
    def test_has_a_permission_or_is_public(self, app: Flask) -> None:
        assert routes_without_a_law(app) == []

    def test_names_objects_that_the_matrix_knows(self, app: Flask) -> None:
        assert routes_without_objects(app) == []

    def test_names_objects_in_its_address_or_in_fields_that_the_matrix_knows(self, app: Flask) -> None:
        silent = {rule.endpoint for rule in rules_of(app) if kind_of(rule) is None and set(methods_of(rule)) & UNSAFE}

        assert silent - NAMED.keys() - NAMES_NOTHING == set(), "add them to NAMED in tests/factories/samples.py"

    def test_breaks_the_build_if_it_is_planted_without_a_permission(self, app: Flask) -> None:
        app.add_url_rule("/planted/<int:thing_id>", "planted", str)

        assert routes_without_a_law(app) == ["/planted/<int:thing_id>: mark its view with @requires"]
        assert routes_without_objects(app) == ['add @sample("/planted/<int:thing_id>") to tests/factories/samples.py']


def digest(world: World) -> dict[str, str]:
    """Return a digest of every table that an act of a person may change, but sessions and the audit of looking."""
    with world.as_owner() as session:
        return {
            table: str(
                session.execute(text(f"SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM {table} t")).scalar()
            )
            for table in Base.metadata.tables
            if table not in {"web_session", "sign_in_attempt", "audit_entry"}
        }


class TestMatrix:
    @pytest.mark.parametrize("who", WALKERS)
    def test_shows_no_role_what_is_not_its_own(
        self, site: Flask, crowded_world: World, known: dict[str, list[Sample]], who: str
    ) -> None:
        before = digest(crowded_world)
        told = walk(site, crowded_world, known, who)

        assert told == [], "\n".join(told)
        assert digest(crowded_world) == before

    @pytest.mark.parametrize("endpoint", NAMED)
    def test_does_nothing_to_what_a_form_names_and_its_reader_may_not_see(
        self, site: Flask, crowded_world: World, known: dict[str, list[Sample]], endpoint: str
    ) -> None:
        before = digest(crowded_world)
        tried = 0
        for rule in [rule for rule in site.url_map.iter_rules(endpoint) if "POST" in (rule.methods or ())]:
            permission = permission_of(site, rule)
            assert permission is not None
            for who in [who for who in WALKERS if may(crowded_world.actors[who], permission)]:
                client = client_of(site, crowded_world, who)
                own = [one for one in known.get(kind_of(rule) or "", []) if not one.is_foreign_to(who)][:1]
                address = address_of(site, rule, own[0].values if own else {})
                for named in NAMED[endpoint]:
                    nothing = missing_value(rule.map.converters[named.kind.rsplit("<")[-1].split(":")[0]](rule.map))
                    said = page_of(client.post(address, data={**named.also, named.name: nothing}))
                    for one in foreign_samples(who, known[named.kind]):
                        tried += 1
                        answer = client.post(address, data={**named.also, named.name: one.values[named.value]})

                        assert page_of(answer) == said, (who, dict(one.values))
        assert tried or endpoint in FOR_THE_AGENCY_ALONE
        assert digest(crowded_world) == before

    def test_sends_a_stranger_to_sign_in_whatever_there_is(self, site: Flask, known: dict[str, list[Sample]]) -> None:
        client = site.test_client()
        for rule in rules_of(site):
            samples = known.get(kind_of(rule) or "", [])
            for method in methods_of(rule):
                for values in [{}, *[one.values for one in samples[:1]]]:
                    answer = client.open(address_of(site, rule, values), method=method)

                    door = "/personal/closed" if permission_of(site, rule) in HERS else "/sign-in"
                    assert answer.status_code == 302, (method, rule.rule)
                    assert answer.headers["Location"].split("?")[0] == door, (method, rule.rule)

    def test_opens_each_route_to_somebody_who_may(
        self, site: Flask, crowded_world: World, known: dict[str, list[Sample]]
    ) -> None:
        clients = {who: client_of(site, crowded_world, who) for who in WALKERS}
        shut = []
        for rule in sorted(rules_of(site), key=lambda rule: (methods_of(rule) != ["GET"], rule.rule)):
            permission = permission_of(site, rule)
            answers = (
                status
                for who in WALKERS
                if permission is None or may(crowded_world.actors[who], permission)
                for status in own_answers(site, clients[who], who, rule, known)
            )
            first = next((status for status in answers if status != 404), 404)
            if first == 404 or first >= 500:
                shut.append(f"{rule.rule}: {first}")

        assert shut == []
