"""Packed profiles as a run reads them: one binary COPY, nothing taken apart person by person; platform scope."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Final

import psycopg
from sqlalchemy import text
from sqlalchemy.orm import Session

from skills_bridge.engine.national.packed import PackedPeople, unpack

TOGETHER: Final = 1_000
"""Keys whose people come in one row: the driver takes a step for each row, and a million of them cost seconds."""

STRINGS: Final = " || ".join(
    ("int8send(seeker_id)", *(f"int4send(length({name})) || {name}" for name in ("facts", "held", "skills")))
)
PEOPLE: Final = (
    f"SELECT string_agg({STRINGS}, ''::bytea ORDER BY seeker_id) AS content FROM match_profile"  # noqa: S608  # our own words
    " WHERE is_open AND agency_id = %(agency)s"
)
COPY_SOME: Final = f"COPY ({PEOPLE} AND seeker_id = ANY(%(some)s)) TO STDOUT (FORMAT BINARY)"
FIRSTS: Final = (
    "SELECT first FROM (SELECT min(seeker_id) AS least, max(seeker_id) AS most FROM match_profile) AS keys,"  # noqa: S608  # our own words
    f" generate_series(least, most, {TOGETHER}) AS first ORDER BY first"
)
"""The first key of each row: in their order already, or the rows themselves would be sorted, on the disk."""
COPY_ALL: Final = (
    f"COPY (SELECT content FROM ({FIRSTS}) AS firsts,"  # noqa: S608  # our own words
    f" LATERAL ({PEOPLE} AND seeker_id BETWEEN first AND first + {TOGETHER - 1}) AS part"
    " WHERE content IS NOT NULL ORDER BY first) TO STDOUT (FORMAT BINARY)"
)
SNAPSHOT: Final = text("SELECT pg_current_snapshot()::text")
CHANGED: Final = text(
    "SELECT seeker_id FROM match_profile WHERE agency_id = :agency"
    " AND changed_in >= pg_snapshot_xmin(CAST(:snapshot AS pg_snapshot))::text::bigint"
    " AND NOT pg_visible_in_snapshot(changed_in::text::xid8, CAST(:snapshot AS pg_snapshot)) ORDER BY seeker_id"
)
REFERENCE: Final = text("SELECT version FROM match_reference")
SOURCE: Final = text(
    "SELECT concat_ws('-', s.system_identifier, d.oid, r.version) FROM pg_control_system() s, pg_database d,"
    " match_reference r WHERE d.datname = current_database()"
)
BEHIND: Final = text(
    "SELECT seeker_id FROM match_profile WHERE over_on <= :today OR reference_version < :version"
    " OR reference_version > :version ORDER BY seeker_id"
)


def get_packed_people(session: Session, *, agency_id: int, only: Collection[int] | None = None) -> PackedPeople:
    """Return the people of an agency who may be looked for, or some of them, by rising key."""
    query, given = (COPY_ALL, {}) if only is None else (COPY_SOME, {"some": list(only)})
    with driver(session).cursor() as cursor, cursor.copy(query, {"agency": agency_id, **given}) as copied:
        copied.set_types(["bytea"])
        content = bytearray()  # grows where it stands: a country's parts and their sum would be twice the memory
        for (part,) in copied.rows():
            content += part or b""
    return unpack(content)


def get_snapshot(session: Session) -> str:
    """Return the name of the present moment: what is not committed yet is not in it."""
    return str(session.scalar(SNAPSHOT))


def list_changed_since(session: Session, *, agency_id: int, snapshot: str) -> list[int]:
    """Return whose packed profile changed after a moment, be it that nobody may look for them any more."""
    return list(session.scalars(CHANGED, {"agency": agency_id, "snapshot": snapshot}))


def get_reference_version(session: Session) -> int:
    """Return the version of the lists and relations under which profiles are packed now."""
    return int(session.scalar(REFERENCE) or 0)


def get_source(session: Session) -> str:
    """Return the name of the database and of the version of its lists: what is packed elsewhere is another thing."""
    return str(session.scalar(SOURCE))


def list_behind(session: Session, *, today: date) -> list[int]:
    """Return whose packed profile is not true any more: a proof has run out, or the lists have changed."""
    return list(session.scalars(BEHIND, {"today": today, "version": get_reference_version(session)}))


def driver(session: Session) -> psycopg.Connection:
    """Return the driver's own connection, in the session's transaction: SQLAlchemy has no word for COPY."""
    found = session.connection().connection.driver_connection
    if not isinstance(found, psycopg.Connection):
        raise TypeError(type(found))
    return found
