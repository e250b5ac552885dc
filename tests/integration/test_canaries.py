"""T7: a word of its own in every text of every organisation; read as another, no page, export, mail or log holds it.

Every text column of a table with an owner stands in ``TOLD`` (people write it: it bears a canary) or in ``CODES``.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
import structlog
from flask.testing import FlaskClient
from sqlalchemy import Enum, Text, select, text

from skills_bridge.adapters.mail import mailer_of
from skills_bridge.domain.settings import MailSettings
from skills_bridge.models import Base, Job, Notice
from skills_bridge.services.notices import tell
from tests.factories.samples import HERSELF, STAFF
from tests.factories.tenants import TENANT_COLUMNS, owned_tables
from tests.factories.turns import part, times
from tests.factories.world import ORGANISATIONS, PEOPLE, World, app_of, client_of
from tests.integration.test_scopes import SHARED

TOLD: Final = {
    "agency_unit": ("name_fr", "name_ar"),
    "import_batch": ("file_name",),
    "invitation": ("email",),
    "need": ("note",),
    "opening": ("title", "description", "contact", "external_reference"),
    "opening_revision": ("refusal_reason",),
    "organisation_move": ("note", "actor_name"),
    "organisation_request": ("name_fr", "name_ar", "ice", "contact_name", "contact_email", "note"),
    "pack": ("cause",),
    "programme": ("title_fr", "title_ar"),
    "proposal": ("note",),
    "referral": ("message", "invited_place", "invited_contact"),
    "rights_request": ("details",),
    "seeker_experience": ("title",),
    "seeker_identity": ("first_name", "last_name", "first_name_ar", "last_name_ar", "phone", "email", "address"),
    "site": ("name",),
    "state_change": ("note", "actor_name"),
    "visa": ("signatory", "reason"),
}
"""Table → the columns that people fill in their own words."""
CODES: Final = {
    "audit_entry": ("act", "object_kind", "facts"),
    "cohort": ("reference",),
    "consent": ("text_version", "language"),
    "enrolment": ("reason",),
    "form_use": ("location",),
    "held_competency": ("source",),
    "invitation": ("language",),
    "job": ("kind", "dedupe_key", "last_error"),
    "link_form_use": ("location",),
    "match_run": ("engine_version", "asked_by"),
    "need": ("reference",),
    "notice": ("kind", "message_key"),
    "opening": ("reference",),
    "organisation_request": ("language",),
    "pack": ("reference",),
    "personal_link": ("language",),
    "referral": ("result_class", "reason"),
    "reveal": ("reason",),
    "rights_request": ("reference", "pseudonym", "language"),
    "seeker": ("pseudonym",),
    "seeker_identity": ("cin_key_id", "cin_masked"),
    "state_change": ("object_kind", "from_state", "to_state", "reason"),
}
"""Table → the columns that the product fills: codes, references, pseudonyms."""

CANARY: Final = re.compile(r"kanari-([a-z_]+)-(\d+)")
NUMBER: Final = re.compile(r"\bK0\d{5}\b")
"""The numbers of identity of the people of the tests."""
FIGURE: Final = 987_654_321
LINK: Final = re.compile(rb'(?:href|hx-get|src)="(/[^"#]*|\?[^"#]*)"')
PAGES_EACH: Final = times(3, 1)
"""Addresses of one shape that a reader opens; the shape is the address without what names an object."""


def plant(world: World) -> None:
    """Write the owner's canary into every text."""
    with world.as_owner() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        for table, columns in owned_tables(session).items():
            # what is nobody's yet is the platform's
            owner = f"coalesce({', '.join(sorted(columns, key=TENANT_COLUMNS.index))}, {world.ids['platform']})"
            for column in TOLD.get(table, ()):
                word = f" || ' kanari-{table}-' || {owner}"
                session.execute(text(f"UPDATE {table} SET {column} = coalesce({column}, ''){word}"))
        session.execute(
            text("UPDATE opening SET title = replace(title, 'kanari-opening', 'kanari-draft') WHERE state = 'draft'")
        )
        session.commit()


def plant_figures(world: World) -> None:
    """Write a number of its own into every figure."""
    with world.as_owner() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text(f"UPDATE figure SET numerator = {FIGURE}, value = '{FIGURE}', is_hidden = false"))
        session.commit()


def shape_of(address: str) -> str:
    """Return an address without what names an object."""
    path, _, query = address.partition("?")
    names = "&".join(sorted(part.split("=")[0] for part in query.split("&")))
    return re.sub(r"/[^/]*\d[^/]*", "/*", path) + "?" + names


def crawl(client: FlaskClient, *first: str) -> Iterator[tuple[str, str]]:
    """Yield every address that a reader comes to by links, and searches and exports, with its text."""
    waiting, shapes = [*(first or ("/", "/?lang=ar"))], dict[str, int]()
    seen = set(waiting)
    while waiting:
        address = waiting.pop(0)
        answer = client.get(address)
        yield address, text_of(answer.data)
        found = [match.decode().replace("&amp;", "&") for match in LINK.findall(answer.data)]
        if "page=" not in address and b"export=xlsx" in answer.data:
            found.append(f"{address.partition('?')[0]}?q=kanari")
        for link in found:
            target = address.partition("?")[0] + link if link.startswith("?") else link
            shape = shape_of(target)
            if target not in seen and shapes.get(shape, 0) < PAGES_EACH and not target.startswith("/static/"):
                seen.add(target)
                shapes[shape] = shapes.get(shape, 0) + 1
                waiting.append(target)


def text_of(body: bytes) -> str:
    """Return what an answer says: a workbook's parts are unpacked."""
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as parts:
            return "\n".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
    return body.decode("utf-8", "replace")


def leaks_to(world: World, who: str, address: str, told: str) -> Iterator[str]:
    """Yield the canaries in a text that its reader should not read."""
    home = PEOPLE[who][0]
    shared = SHARED.get(ORGANISATIONS[home][0].value, {})
    own = {table for table in TOLD if home == "agency"} - {"seeker_identity"}
    for table, owner in set(CANARY.findall(told)):
        is_own = int(owner) == world.ids[home] and table != "seeker_identity"
        if not is_own and table not in shared and table not in own:
            yield f"{who} reads {table} of {owner} on {address}"
        if table == "seeker_identity":
            yield f"{who} reads a name on {address} that she did not ask to see"
    if number := NUMBER.search(told):
        yield f"{who} reads the number {number[0]} on {address}"
    if str(FIGURE) in re.sub(r"[\s\u00a0\u202f.,]", "", told):
        yield f"{who} reads a figure on {address}"


@pytest.fixture
def world(crowded_world: World) -> World:
    plant(crowded_world)
    return crowded_world


class TestTexts:
    def test_are_told_or_codes(self) -> None:
        unknown = {
            f"{table.name}.{column.name}"
            for table in Base.metadata.sorted_tables
            if set(TENANT_COLUMNS) & set(table.columns.keys())
            for column in table.columns
            if isinstance(column.type, Text)
            and not isinstance(column.type, Enum)
            and not column.foreign_keys
            and column.name not in (*TOLD.get(table.name, ()), *CODES.get(table.name, ()))
        }

        assert unknown == set(), "enter them in TOLD if people write them, else in CODES"


class TestPages:
    @pytest.mark.timeout(600)
    @pytest.mark.parametrize("who", part(STAFF, 4))
    def test_and_exports_and_logs_hold_nothing_of_others(self, world: World, tmp_path: Path, who: str) -> None:
        if PEOPLE[who][0] in {"company", "centre", "platform"}:
            plant_figures(world)
        client, leaks, pages = client_of(app_of(world.urls, tmp_path), world, who), list[str](), 0
        with structlog.testing.capture_logs() as logs:
            for address, told in crawl(client):
                pages += 1
                leaks += leaks_to(world, who, address, told)

        assert leaks == [], "\n".join(leaks)
        assert pages > 5
        assert not CANARY.search(repr(logs))
        assert not NUMBER.search(repr(logs))


OTHERS: Final = {
    "opening": ("contact", "external_reference"),
    "opening_revision": ("refusal_reason",),
    "state_change": ("note", "actor_name"),
    "proposal": ("note",),
    "need": ("note",),
    "user_account": ("display_name", "email"),
}
"""Table → the words of companies and staff that a person never reads, on whatever of hers they stand."""


def plant_for(world: World, me: int) -> None:
    """Write one word into what is hers, and another into all that is another person's, a company's or staff's."""
    with world.as_owner() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        for table, columns in TOLD.items():
            if "seeker_id" in Base.metadata.tables[table].columns:
                for column in columns:
                    words = "CASE WHEN seeker_id = :me THEN 'kanari-own-1' ELSE 'kanari-other-1' END"
                    session.execute(text(f"UPDATE {table} SET {column} = {words}"), {"me": me})
        for table, columns in OTHERS.items():
            for column in columns:
                session.execute(text(f"UPDATE {table} SET {column} = 'kanari-staff-' || id"))
        openings = (
            "(SELECT opening_id FROM referral WHERE seeker_id = :me"
            " UNION SELECT opening_id FROM proposal WHERE seeker_id = :me)"
        )
        session.execute(text(f"UPDATE opening SET title = 'kanari-foreign-1' WHERE id NOT IN {openings}"), {"me": me})
        session.commit()


class TestOwnPages:
    def test_hold_nothing_of_anybody_else(self, crowded_world: World, tmp_path: Path) -> None:
        plant_for(crowded_world, crowded_world.actors[HERSELF].seeker_id or 0)
        client, told = client_of(app_of(crowded_world.urls, tmp_path), crowded_world, HERSELF), dict[str, str]()
        with structlog.testing.capture_logs() as logs:
            for first in ("/personal/", "/personal/?lang=ar"):
                told |= dict(crawl(client, first))
        found = {word for page in told.values() for word, _number in CANARY.findall(page)}

        assert found == {"own"}
        assert len(told) > 4
        assert not [address for address, page in told.items() if NUMBER.search(page)]
        assert not CANARY.search(repr(logs))


class TestMails:
    def test_and_notices_hold_references_only(self, world: World, tmp_path: Path) -> None:
        mailer = mailer_of(MailSettings(sender="nepasrepondre@example.invalid", sink=tmp_path))
        with world.as_owner() as session:
            jobs = session.scalars(select(Job.id).where(Job.kind.like("notices.%"))).all()
        for job_id in jobs:
            with world.platform() as uow:
                uow.job = uow.session.get_one(Job, job_id)
                tell(
                    uow,
                    kind=uow.job.kind.removeprefix("notices."),
                    object_id=uow.job.object_id or 0,
                    mailer=mailer,
                    base_url="http://localhost",
                )
        with world.as_owner() as session:
            facts = session.scalars(select(Notice.facts)).all()
        letters = "".join(path.read_text(encoding="utf-8", errors="replace") for path in tmp_path.iterdir())

        assert len(facts) > len(ORGANISATIONS)
        assert not CANARY.search(repr(facts) + letters)
        assert not NUMBER.search(repr(facts) + letters)
