"""Two hundred organisations with rows of their own: the rows of one, written again under other owners.

Written by a superuser with the foreign keys off: what counts here is whose a row is, not what it refers to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from skills_bridge.domain.accounts import Scope, ScopeKind
from skills_bridge.domain.organisations import OrganisationKind
from tests.factories.world import World

TENANT_COLUMNS: Final = ("organisation_id", "company_id", "centre_id", "agency_id", "stream")
"""The columns that say whose a row is."""
ROWS_EACH: Final = 2
"""Rows of each table that every tenant gets, at most."""
APART: Final = 10_000_000
"""Distance between the keys of two tenants."""
MODELS: Final = ((OrganisationKind.COMPANY, "company"), (OrganisationKind.TRAINING_CENTRE, "centre"))


@dataclass(frozen=True)
class Tenant:
    """An organisation that sees its own."""

    id: int
    kind: OrganisationKind

    @property
    def scope(self) -> Scope:
        """What the database lets it see."""
        return Scope(kind=ScopeKind.TENANT, organisation_id=self.id, organisation_kind=self.kind)


def owned_tables(session: Session) -> dict[str, list[str]]:
    """Return every table and view that says whose its rows are, with the columns that do."""
    found = session.execute(
        text(
            "SELECT c.relname, array_agg(a.attname::text ORDER BY a.attname) FROM pg_class c"
            " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = ANY(:columns)"
            " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') GROUP BY 1 ORDER BY 1"
        ),
        {"columns": list(TENANT_COLUMNS)},
    )
    return {name: columns for name, columns in found}  # noqa: C416  # rows


def many_tenants(world: World, count: int) -> list[Tenant]:
    """Write so many organisations, half of them companies, half centres, each with rows in each table it may own."""
    tenants = []
    with world.as_owner() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        tables = owned_tables(session)
        for number in range(count):
            kind, model = MODELS[number % len(MODELS)]
            tenant = Tenant(_organisation(session, number, kind), kind)
            for table, columns in tables.items():
                for column in set(columns) - {"agency_id"}:
                    _copy(session, table, column, world.ids[model], tenant.id)
            tenants.append(tenant)
        session.commit()
    return tenants


def _organisation(session: Session, number: int, kind: OrganisationKind) -> int:
    return int(
        session.execute(
            text(
                "INSERT INTO organisation (kind, state, name_fr, name_ar)"
                " VALUES (:kind, 'verified', :name, :name) RETURNING id"
            ),
            {"kind": kind.value, "name": f"Organisme {number} (fictif)"},
        ).scalar_one()
    )


_copies: Final[dict[tuple[str, str], str]] = {}


def _copy(session: Session, table: str, column: str, source: int, tenant: int) -> None:
    """Write some rows of ``source`` again for a tenant."""
    if (table, column) not in _copies:
        _copies[table, column] = _statement(session, table, column)
    session.execute(text(_copies[table, column]), {"source": source, "tenant": tenant, "apart": tenant * APART})


def _statement(session: Session, table: str, column: str) -> str:
    """Return what copies the rows of one owner to another: what is unique is changed, all else stays."""
    unique = set(
        session.scalars(
            text(
                "SELECT DISTINCT a.attname::text FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid"
                " AND a.attnum = ANY(i.indkey) WHERE i.indrelid = to_regclass(:table) AND i.indisunique"
            ),
            {"table": table},
        )
    )
    kinds = session.execute(
        text(
            "SELECT attname::text, format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = to_regclass(:table)"
            " AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum"
        ),
        {"table": table},
    ).all()
    changed = {
        "bigint": "{0} + CAST(:apart AS bigint)",
        "text": "{0} || '-' || CAST(:tenant AS text)",
        "uuid": "gen_random_uuid()",
        "bytea": "{0} || CAST(CAST(:tenant AS text) AS bytea)",
        "date": "{0}",
        "character varying": "{0}",
    }
    values = [
        "CAST(:tenant AS bigint)" if name == column else changed[kind].format(name) if name in unique else name
        for name, kind in kinds
    ]
    names = ", ".join(name for name, _kind in kinds)
    return (
        f"INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE SELECT {', '.join(values)}"
        f" FROM (SELECT * FROM {table} WHERE {column} = CAST(:source AS bigint) LIMIT {ROWS_EACH}) AS source"
    )
