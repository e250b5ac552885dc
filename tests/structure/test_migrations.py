"""O3: each migration goes down to exactly what it came from, and up again to the same schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, NullPool, create_engine

from skills_bridge.adapters.database_roles import create_database, drop_database
from skills_bridge.cli.database import MIGRATIONS
from tests.servers import TestServers

OURS: Final = "IN (SELECT oid FROM pg_namespace WHERE nspname IN ('public', 'staging'))"
RELATIONS: Final = f"c.relkind IN ('r', 'p', 'v', 'S') AND c.relnamespace {OURS} AND c.relname <> 'alembic_version'"
PARTS: Final = {
    "column": (
        "SELECT concat_ws('.', c.relname, a.attname), concat_ws(' ', format_type(a.atttypid, a.atttypmod),"
        " a.attnotnull, a.attidentity, a.attgenerated, pg_get_expr(d.adbin, d.adrelid))"
        " FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
        " LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum"
        f" WHERE a.attnum > 0 AND NOT a.attisdropped AND {RELATIONS}"
    ),
    "table": (
        "SELECT c.relname, concat_ws(' ', c.relkind, c.relrowsecurity, c.relforcerowsecurity, c.relowner::regrole)"
        f" FROM pg_class c WHERE {RELATIONS}"
    ),
    "right": (
        "SELECT concat_ws(' ', c.relname, r.grantee::regrole, r.privilege_type), r.is_grantable::text"
        " FROM pg_class c, LATERAL aclexplode(coalesce(c.relacl,"
        """ acldefault((CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END)::"char", c.relowner))) r"""
        f" WHERE {RELATIONS}"
    ),
    "right on column": (
        "SELECT concat_ws(' ', c.relname, a.attname, r.grantee::regrole, r.privilege_type), r.is_grantable::text"
        " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid, LATERAL aclexplode(a.attacl) r"
        f" WHERE {RELATIONS}"
    ),
    "right on schema": (
        "SELECT concat_ws(' ', n.nspname, r.grantee::regrole, r.privilege_type), r.is_grantable::text"
        " FROM pg_namespace n, LATERAL aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) r"
        f" WHERE n.oid {OURS}"
    ),
    "constraint": (
        "SELECT concat_ws('.', c.relname, k.conname), concat_ws(' ', pg_get_constraintdef(k.oid), k.convalidated)"
        f" FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE {RELATIONS}"
    ),
    "index": (
        "SELECT i.relname, pg_get_indexdef(i.oid) FROM pg_class i JOIN pg_index x ON x.indexrelid = i.oid"
        f" JOIN pg_class c ON c.oid = x.indrelid WHERE {RELATIONS}"
    ),
    "rule": (
        "SELECT concat_ws('.', tablename, policyname), concat_ws(' ', permissive, roles::text, cmd, qual, with_check)"
        " FROM pg_policies"
    ),
    "function": (
        "SELECT p.oid::regprocedure::text, concat_ws(' ', pg_get_functiondef(p.oid), p.proacl::text,"
        f" p.proowner::regrole) FROM pg_proc p WHERE p.prokind = 'f' AND p.pronamespace {OURS}"
        " AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
    ),
    "trigger": (
        "SELECT concat_ws('.', c.relname, t.tgname), pg_get_triggerdef(t.oid) FROM pg_trigger t"
        f" JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal AND {RELATIONS}"
    ),
    "extension": "SELECT extname, extversion FROM pg_extension",
}
"""Kind of part → its name and its definition, as the catalogue tells them."""

LEFT: Final = ("extension ", "right on schema staging ")
"""What the first migration finds or makes, and leaves."""
Schema = dict[str, str]


def schema_of(engine: Engine) -> Schema:
    """Return every part of the schema with its definition."""
    found: Schema = {}
    with engine.connect() as link:
        for kind, question in PARTS.items():
            for name, definition in link.exec_driver_sql(question):
                found[f"{kind} {name}"] = str(definition)
    return found


def difference(before: Schema, after: Schema) -> dict[str, tuple[str | None, str | None]]:
    """Return what differs between two schemas."""
    names = before.keys() | after.keys()
    return {name: (before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)}


@pytest.fixture
def owner_url(test_servers: TestServers, worker_id: str) -> Iterator[str]:
    """Return the address of an empty database, as its owner."""
    name = f"empty_{worker_id}"
    create_database(test_servers.superuser_url, name)
    yield test_servers.urls(name).owner
    drop_database(test_servers.superuser_url, name)


def test_each_goes_down_to_what_it_came_from_and_up_again(owner_url: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("sqlalchemy.url", owner_url.replace("%", "%%"))
    revisions = [one.revision for one in ScriptDirectory(str(MIGRATIONS)).walk_revisions()][::-1]
    engine = create_engine(owner_url, poolclass=NullPool)
    stages = {"base": schema_of(engine)}
    for revision in revisions:
        command.upgrade(config, revision)
        stages[revision] = schema_of(engine)

    for below, revision in zip(["base", *revisions], revisions, strict=False):
        assert stages[below] != stages[revision], f"{revision} changes nothing that is read here"
    stages["base"] |= {name: part for name, part in stages[revisions[0]].items() if name.startswith(LEFT)}
    for below in ["base", *revisions[:-1]][::-1]:
        command.downgrade(config, below)

        assert difference(stages[below], schema_of(engine)) == {}, f"going down to {below}"
    command.upgrade(config, "head")

    assert difference(stages[revisions[-1]], schema_of(engine)) == {}
