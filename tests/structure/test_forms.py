"""I4 and I5: hostile text in every field of every form, and every column of the models posted to every form.

The forms are those of the pages: each page that a person may open is read as a browser reads it, and each of its forms
that writes is sent. A newcomer's form is met by its page; no list names it.
"""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import quote_from_bytes, urlencode, urljoin, urlsplit

import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from config.logging import configure_logging
from skills_bridge.models import Base
from skills_bridge.policies.permissions import Permission, may
from tests.factories.hostile import MARK, hostile_strings
from tests.factories.pages import Form, read_page
from tests.factories.referrals import at_once
from tests.factories.routes import address_of, permission_of, rules_of
from tests.factories.samples import HERSELF, IDENTITY, NAMED, Sample, home_of, kind_of, samples_of
from tests.factories.turns import is_nightly, part
from tests.factories.world import World, app_of, client_of
from tests.structure.test_matrix import digest

WRITERS: Final = (
    "hr_manager",
    "adviser",
    "unit_manager",
    "centre_manager",
    "report_officer",
    "agency_signatory",
    "company_admin",
    "administrator",
    "data_protection_officer",
    HERSELF,
)
"""People of every role that has forms of its own, and a person in search of work."""
AUTHORS: Final = tuple(who for who in WRITERS if who != "unit_manager")
"""Those whose forms hold text; a unit's manager has the forms of her advisers."""
STRINGS: Final = 40
MET: Final[dict[str, set[tuple[str, frozenset[str]]]]] = {}
"""The forms of each author, once they were read."""
LEAVING: Final = frozenset({"/sign-out", "/personal/leave"})
POISON: Final = 4_242_424_242
"""A key that no row has."""


@pytest.fixture(scope="module")
def known(crowded_template: World) -> dict[str, list[Sample]]:
    return samples_of(crowded_template)


@pytest.fixture
def site(crowded_world: World, tmp_path: Path) -> Flask:
    return app_of(crowded_world.urls, tmp_path)


def pages(app: Flask, world: World, known: dict[str, list[Sample]], who: str) -> Iterator[str]:
    """Yield one address of each page that a person may open, for each state of what it shows."""
    for rule in rules_of(app):
        permission = permission_of(app, rule)
        if "GET" in (rule.methods or ()) and permission and may(world.actors[who], permission):
            own = {one.state: one for one in known.get(kind_of(rule) or "", []) if not one.is_foreign_to(who)}
            for one in own.values() if kind_of(rule) else [Sample({}, frozenset())]:
                address = address_of(app, rule, one.values)
                yield address
                for named in NAMED.get(rule.endpoint, ()):
                    chosen = [two.values[named.value] for two in known[named.kind] if not two.is_foreign_to(who)][-4:]
                    yield f"{address}?{urlencode([(named.name, value) for value in chosen])}"


def reader_of(app: Flask, world: World, known: dict[str, list[Sample]], who: str) -> FlaskClient:
    """Return the client of a person who asked to see the identities that she may see: more forms show then."""
    client = client_of(app, world, who)
    if may(world.actors[who], Permission.IDENTITY_REVEAL):
        for one in [one for one in known[IDENTITY] if not one.is_foreign_to(who)][:3]:
            client.post("/privacy/reveal", data={"seeker": one.values["public_id"], "reason": "contact"})
    return client


def forms_of(app: Flask, client: FlaskClient, addresses: Iterator[str]) -> list[Form]:
    """Return the forms that write, each once for each route that takes it."""
    found: dict[tuple[str, frozenset[str]], Form] = {}
    adapter = app.url_map.bind("localhost")
    for address in addresses:
        answer = client.get(address)
        if answer.mimetype != "text/html":
            continue
        for form in read_page(answer.get_data(as_text=True)).forms:
            action = urljoin(f"http://localhost{address}", form.action)
            path = urlsplit(action).path
            if form.method == "post" and path not in LEAVING:
                endpoint, _ = adapter.match(path, method="POST")
                target = action.removeprefix("http://localhost")
                found.setdefault((str(endpoint), frozenset(form.texts)), replace(form, action=target))
    return list(found.values())


def what(app: Flask, form: Form) -> tuple[str, frozenset[str]]:
    """Return the route that takes a form, and its fields of text."""
    path = urlsplit(form.action).path
    return str(app.url_map.bind("localhost").match(path, method="POST")[0]), frozenset(form.texts)


def tried_before(
    app: Flask, world: World, known: dict[str, list[Sample]], who: str
) -> frozenset[tuple[str, frozenset[str]]]:
    """Return the forms that an author before this one has as well: their fields need no second trial by day."""
    if is_nightly():
        return frozenset()
    for author in AUTHORS[: AUTHORS.index(who)]:
        if author not in MET:
            client = reader_of(app, world, known, author)
            MET[author] = {what(app, form) for form in forms_of(app, client, pages(app, world, known, author))}
    return frozenset().union(*(MET[author] for author in AUTHORS[: AUTHORS.index(who)]))


def sent(client: FlaskClient, form: Form, values: dict[str, list[str]]) -> TestResponse:
    """Send a form as a browser would; halves of letters go as the bytes that some clients send."""
    if form.has_file:
        return client.post(form.action, data={**values, "file": (io.BytesIO(b"\xff\xfe"), "x.xlsx")})
    body = {name.encode(): [one.encode("utf-8", "surrogatepass") for one in many] for name, many in values.items()}
    parts = [
        "=".join((quote_from_bytes(name, ""), quote_from_bytes(one, ""))) for name, many in body.items() for one in many
    ]
    return client.post(form.action, data="&".join(parts), content_type="application/x-www-form-urlencoded")


def foreign_parts(body: str) -> list[str]:
    """Return what a page would run, or obey, that is not ours."""
    page = read_page(body)
    told = [str(one) for one in page.scripts if not str(one.get("src", "")).startswith("/static/")]
    told += [link for link in page.links if urlsplit(link.strip().lower()).scheme not in {"", "mailto", "tel"}]
    return told + page.handlers + page.styles + [form.action for form in page.forms if "evil" in form.action]


def is_harmed(answer: TestResponse) -> bool:
    """Whether an answer is an error of ours, or a page with something in it that is not ours."""
    is_page = answer.mimetype == "text/html" and answer.status_code != 302
    return answer.status_code >= 500 or (is_page and foreign_parts(answer.get_data(as_text=True)) != [])


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Return what the site's own logging writes."""
    root, kept = logging.getLogger(), logging.getLogger().handlers[:]
    told = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stderr", told)
        configure_logging()
        yield told
    root.handlers[:] = kept
    structlog.reset_defaults()


class TestTexts:
    @pytest.mark.timeout(900)
    @pytest.mark.parametrize("who", AUTHORS)
    def test_harm_no_page_and_no_log(
        self, site: Flask, crowded_world: World, known: dict[str, list[Sample]], log: io.StringIO, who: str
    ) -> None:
        client = reader_of(site, crowded_world, known, who)
        mine = forms_of(site, client, pages(site, crowded_world, known, who))
        tried = tried_before(site, crowded_world, known, who)
        MET[who] = {what(site, form) for form in mine}
        forms = [form for form in mine if form.texts and what(site, form) not in tried]
        faults = []
        for hostile in part(hostile_strings(), STRINGS):
            for form in forms:
                answer = sent(client, form, form.filled(hostile))
                if answer.status_code >= 500 or (
                    answer.status_code != 302 and foreign_parts(answer.get_data(as_text=True))
                ):
                    faults.append((form.action, hostile[:40], answer.status_code))
        for address in pages(site, crowded_world, known, who):
            answer = client.get(address)
            if answer.status_code >= 500 or (
                answer.mimetype == "text/html" and foreign_parts(answer.get_data(as_text=True))
            ):
                faults.append((address, "", answer.status_code))

        assert any(form.texts for form in mine)
        assert faults == []
        for line in log.getvalue().splitlines():
            assert json.loads(line)["event"] != "forged", line
            assert MARK not in line, line


def poison(form: Form) -> dict[str, list[str]]:
    """Return a value for each column of every model that the form does not offer."""
    offered = {name.rsplit("-", 1)[-1] for name in (*form.values, *form.options, *form.texts)}
    columns = {
        (column.name, column.type.python_type) for table in Base.metadata.tables.values() for column in table.columns
    }
    return {
        name: [str(POISON) if kind is int else f"poison-{name}"]
        for name, kind in sorted(columns, key=str)
        if name not in offered and kind in {int, str}
    }


def poisoned(world: World) -> list[str]:
    """Return the tables in which a value of :func:`poison` stands."""
    question = "SELECT EXISTS (SELECT 1 FROM {} t WHERE t::text LIKE '%poison-%' OR t::text LIKE '%{}%')"
    with world.as_owner() as session:
        return [
            table
            for table in Base.metadata.tables
            if session.execute(text(question.format(table, POISON))).scalar_one()
        ]


def owned(world: World, key: str) -> dict[str, int]:
    """Return how many rows of each table an organisation owns; work that was asked for apart."""
    with world.as_owner() as session:
        return {
            f"{table.name}.{column}": session.execute(
                text(f"SELECT count(*) FROM {table.name} WHERE {column} = :own"), {"own": world.ids[key]}
            ).scalar_one()
            for table in Base.metadata.tables.values()
            for column in ("organisation_id", "company_id", "centre_id")
            if column in table.columns and table.name != "job"
        }


def rights(world: World, who: str) -> list[str]:
    """Return a digest of who is who and may act for whom, but for what it is a person's own work to change."""
    home = home_of(who)
    questions = {
        "membership": f"organisation_id <> {world.ids.get(home, 0)}",  # who administers gives and takes places at home
        "user_account": "true",
        "organisation": str(who != "administrator"),
    }
    digest_of = "SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM {} t WHERE {}"
    with world.as_owner() as session:
        return [str(session.execute(text(digest_of.format(name, test))).scalar()) for name, test in questions.items()]


class TestColumns:
    @pytest.mark.parametrize("who", part(WRITERS, 3))
    def test_that_a_form_does_not_offer_are_not_taken(
        self, site: Flask, crowded_world: World, known: dict[str, list[Sample]], who: str
    ) -> None:
        client, held = reader_of(site, crowded_world, known, who), rights(crowded_world, who)
        # what companies and centres ask of the agency is its work, as their places are the platform's
        is_theirs = home_of(who) not in {"agency", "platform"}
        others = ["other_company", "other_centre"] if is_theirs else []
        before = [owned(crowded_world, key) for key in others]
        forms = forms_of(site, client, pages(site, crowded_world, known, who))
        foreign = {"organisation_id": [str(crowded_world.ids["other_company"])]}
        answers = [sent(client, form, {**form.filled("Texte"), **poison(form), **foreign}) for form in forms]

        assert [form.action for form, answer in zip(forms, answers, strict=True) if answer.status_code >= 500] == []
        assert any(answer.status_code == 302 for answer in answers)
        assert poisoned(crowded_world) == []
        assert [owned(crowded_world, key) for key in others] == before
        assert rights(crowded_world, who) == held


class TestTwice:
    @pytest.mark.parametrize("who", part(WRITERS, 3))
    def test_has_the_effect_of_once(
        self, site: Flask, crowded_world: World, known: dict[str, list[Sample]], who: str
    ) -> None:
        client, done = reader_of(site, crowded_world, known, who), 0
        for form in forms_of(site, client, pages(site, crowded_world, known, who)):
            values = form.filled("Deux fois")
            first = sent(client, form, values)
            if first.status_code != 302:
                continue
            after, done = digest(crowded_world), done + 1
            second = sent(client, form, values)

            assert (second.status_code, second.location) == (302, first.location), form.action
            assert digest(crowded_world) == after, form.action
        assert done

    def test_at_once_has_the_effect_of_once(
        self, site: Flask, crowded_world: World, known: dict[str, list[Sample]]
    ) -> None:
        """Eight clicks on *copy* in the same moment make one copy, and lead to it or say to try again."""
        clients = [client_of(site, crowded_world, "hr_manager") for _ in range(8)]
        own = [one for one in known["/openings/<string:reference>"] if not one.is_foreign_to("hr_manager")]
        reference = own[0].values["reference"]
        form = Form(f"/openings/{reference}/copy", "post", {"form_key": ["one-page"]})
        before = owned(crowded_world, "company")["opening.company_id"]
        answers = at_once([partial(sent, client, form, form.values) for client in clients])

        assert owned(crowded_world, "company")["opening.company_id"] == before + 1
        assert {answer.status_code for answer in answers if isinstance(answer, TestResponse)} <= {302, 409}


class TestTogether:
    """Two people with the same page open: one is taken, the other reads a sentence and loses nothing."""

    @pytest.mark.parametrize("who", part(["hr_manager", "adviser", "centre_manager"], 1))
    def test_one_wins(self, site: Flask, crowded_world: World, known: dict[str, list[Sample]], who: str) -> None:
        client, met = reader_of(site, crowded_world, known, who), 0
        forms = forms_of(site, client, pages(site, crowded_world, known, who))
        for form in [form for form in forms if any(form.values.get("version", ())) and form.texts]:
            client.get("/")  # what was said before is read by now
            if sent(client, form, {**form.filled("Premier"), "form_key": ["one"]}).status_code == 302:
                met += 1
                client.get("/")
                second = sent(client, form, {**form.filled("Second"), "form_key": ["two"]})
                told = client.get(second.location) if second.status_code == 302 else second

                assert "alert-danger" in told.get_data(as_text=True), form.action
        assert met

    def test_one_of_eight_wins(self, site: Flask, crowded_world: World, known: dict[str, list[Sample]]) -> None:
        clients = [client_of(site, crowded_world, "hr_manager") for _ in range(8)]
        forms = forms_of(site, clients[0], pages(site, crowded_world, known, "hr_manager"))
        form = next(form for form in forms if form.action.endswith("/update") and "note" in form.texts)
        answers = at_once(
            [
                partial(sent, client, form, {**form.values, "note": [f"Note {number}"], "form_key": [str(number)]})
                for number, client in enumerate(clients)
            ]
        )

        assert [answer.status_code for answer in answers if isinstance(answer, TestResponse)].count(302) == 1


class TestWriters:
    @pytest.mark.skipif(not is_nightly(), reason="reads every page of every writer: make nightly")
    def test_have_every_form(self, site: Flask, crowded_world: World, known: dict[str, list[Sample]]) -> None:
        """Each route that writes is reached by a form of a page, as one of the writers; the rest is named here."""
        reached = set()
        adapter = site.url_map.bind("localhost")
        for who in WRITERS:
            client = reader_of(site, crowded_world, known, who)
            for form in forms_of(site, client, pages(site, crowded_world, known, who)):
                reached.add(adapter.match(urlsplit(form.action).path, method="POST")[0])
        silent = {rule.endpoint for rule in rules_of(site) if "POST" in (rule.methods or ())} - reached

        assert silent == UNREACHED.keys(), "each is on a page of the crowded world, or in UNREACHED with its state"

    def test_that_no_page_shows_are_tried_where_it_is_said(self, site: Flask) -> None:
        writing = {rule.endpoint for rule in rules_of(site) if "POST" in (rule.methods or ())}

        assert UNREACHED.keys() - writing == set()
        assert [path for path in (one.split(": ")[1] for one in UNREACHED.values()) if not Path(path).is_file()] == []


UNREACHED: Final = {
    "account.proof": "stands on the answer to a risky act, after fifteen minutes: tests/functional/test_proofs.py",
    "account.switch": "somebody who acts for several organisations: tests/functional/test_accounts.py",
    "bridges.reserve": "a near profile with a course open to her: tests/functional/test_reservations.py",
    "jobs.retry": "work that failed for good: tests/integration/services/test_jobs.py",
    "openings.resume": "a paused opening: tests/functional/test_openings.py",
    "openings.withdraw_change": "a change that waits for the agency: tests/functional/test_openings.py",
    "organisations.resume": "a suspended organisation: tests/integration/services/test_organisation_lives.py",
    "organisations.verify": "an organisation that asks to be admitted: tests/functional/test_organisations.py",
    "personal.export": "a request of hers: tests/functional/test_personal.py",
    "personal.leave": "her own session alone: tests/functional/test_personal.py",
    "proposals.resume": "a proposal set aside: tests/functional/test_proposals.py",
    "referrals.record_no_show": "an interview that has passed: tests/integration/services/test_referrals.py",
    "referrals.reopen": "a referral that ended: tests/functional/test_referrals.py",
    "referrals.reopen_several": "a placement undone: tests/functional/test_placements.py",
    "referrals.send_several": "people who accepted: tests/functional/test_referrals.py",
    "rights.reopen": "a request refused or cancelled: tests/functional/test_rights.py",
    "seekers.consent": "a person without an agreement: tests/functional/test_seekers.py",
    "seekers.lift": "a person who objected: tests/functional/test_seekers.py",
    "seekers.resume": "a person in pause: tests/functional/test_seekers.py",
    "seekers.revoke": "a person with a living link: tests/functional/test_personal.py",
}
"""Route → the state that shows its form, which the crowded world does not hold, and where it is tried.

None of them holds a text but a note that another act of the same page takes as well; ``test_matrix.py`` sends them all.
"""
