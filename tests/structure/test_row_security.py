"""T2: the catalogue of the database is walked; each rule is proven by a planted violation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import Connection, Engine, NullPool, create_engine, text

from skills_bridge.models import Base
from tests.factories.copies import copied
from tests.factories.tenants import TENANT_COLUMNS
from tests.servers import TEMPLATE, TestServers

APP_ROLES: Final = ("sb_web", "sb_worker", "sb_report", "sb_backup")

OWNER_COLUMNS: Final = frozenset({*TENANT_COLUMNS, "user_id"})

GRANTS: Final = Path(__file__).with_name("grants.csv")
"""What each role may do to each table and to single columns, line by line."""

OPEN_LISTS: Final = frozenset(
    {
        "region",
        "province",
        "education_level",
        "diploma_field",
        "contract_kind",
        "language",
        "licence",
        "shift",
        "competency",
        "competency_relation",
        "job_profile",
        "label_meaning",
        "profile_requirement",
        "match_policy",
        "match_reference",
        "platform_state",
        "reference_counter",
        "alembic_version",
    }
)
"""Reference lists and counters: no owner, nothing personal, readable by everybody at work."""

DEFINERS: Final = frozenset({"append_audit", "open_run_leaf", "close_run_leaf", "pack_profiles"})
"""The only functions that run with more rights than their caller."""


def tables_without_forced_rules(link: Connection) -> set[str]:
    """Return tables whose rows are not guarded from every role."""
    rows = link.execute(
        text(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
            " AND NOT (relrowsecurity AND relforcerowsecurity)"
        )
    )
    return {name for (name,) in rows} - OPEN_LISTS


def open_lists_with_an_owner(link: Connection) -> set[str]:
    """Return tables of the open list that carry an owner's column after all."""
    rows = link.execute(
        text("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'")
    )
    return {table for table, column in rows if table in OPEN_LISTS and column in OWNER_COLUMNS}


def rules_without_a_check(link: Connection) -> set[str]:
    """Return writing rules that would let a row through unchecked, and rules open to everybody."""
    rows = link.execute(
        text(
            "SELECT tablename || '.' || policyname FROM pg_policies WHERE schemaname = 'public' AND ("
            " (cmd IN ('ALL', 'INSERT', 'UPDATE') AND with_check IS NULL) OR (cmd <> 'INSERT' AND qual IS NULL)"
            " OR permissive <> 'PERMISSIVE' OR 'public' = ANY(roles)"
            " OR ((qual = 'true' OR with_check = 'true') AND roles NOT IN ('{sb_auditor}', '{sb_packer}')))"
        )
    )
    return {name for (name,) in rows} - NARROWING


NARROWING: Final = frozenset(
    {
        "proposal.bridge_only",  # takes away: whatever else lets the web write a proposal, it writes no allocation's
    }
)
"""The restrictive rules: each opens nothing, and takes away from what the other rules of its table open."""


def platform_rules_for_the_web(link: Connection) -> set[str]:
    """Return rules that would let a web process use the platform scope."""
    rows = link.execute(
        text(
            "SELECT tablename || '.' || policyname FROM pg_policies"
            " WHERE coalesce(qual, '') || coalesce(with_check, '')"
            " LIKE '%current_setting(''app.scope''::text, true) = ''platform''%' AND 'sb_web' = ANY(roles)"
        )
    )
    return {name for (name,) in rows}


def platform_rules_on_identity(link: Connection) -> set[str]:
    """Return platform rules on names, contacts and numbers, or on equity: matching must not read them."""
    rows = link.execute(
        text(
            "SELECT tablename || '.' || policyname FROM pg_policies"
            " WHERE tablename IN ('seeker_identity', 'seeker_equity')"
            " AND policyname IN ('platform', 'report')"
        )
    )
    return {name for (name,) in rows}


def mighty_roles(link: Connection) -> set[str]:
    """Return application roles that own something, or that no rule holds."""
    rows = link.execute(
        text(
            "SELECT rolname FROM pg_roles r WHERE rolname = ANY(:roles) AND (rolsuper OR rolbypassrls OR rolcreaterole"
            " OR EXISTS (SELECT 1 FROM pg_class c WHERE c.relowner = r.oid))"
        ),
        {"roles": [*APP_ROLES, "sb_auditor", "sb_packer"]},
    )
    return {name for (name,) in rows} - {"sb_auditor"}


def roles_within_roles(link: Connection) -> set[str]:
    """Return application roles that take over the rights of another, or hand their own on."""
    rows = link.execute(
        text(
            "SELECT pg_get_userbyid(member) || ' in ' || pg_get_userbyid(roleid) FROM pg_auth_members"
            " WHERE pg_get_userbyid(member) = ANY(:roles)"
            " OR pg_get_userbyid(roleid) = ANY(:roles) AND pg_get_userbyid(member) <> 'sb_owner'"
        ),
        {"roles": [*APP_ROLES, "sb_auditor"]},
    )
    return {name for (name,) in rows}


def belongings_of_the_auditor(link: Connection) -> set[str]:
    """Return what the auditor owns besides the chain and the way into it."""
    rows = link.execute(
        text(
            "SELECT relname FROM pg_class WHERE relowner = 'sb_auditor'::regrole AND relkind IN ('r', 'p', 'v', 'm')"
            " UNION SELECT proname FROM pg_proc WHERE proowner = 'sb_auditor'::regrole"
        )
    )
    return {name for (name,) in rows} - {"audit_entry", "append_audit"}


def tables_elsewhere(link: Connection) -> set[str]:
    """Return tables and views outside the two known schemas: no rule here would look at them."""
    rows = link.execute(
        text(
            "SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('public', 'staging',"
            " 'pg_catalog', 'information_schema', 'pg_toast') AND n.nspname NOT LIKE 'pg_temp%'"
        )
    )
    return {name for (name,) in rows}


def tenants_without_an_index(link: Connection) -> set[str]:
    """Return owner's columns that lead no index, in tables that are not read through a parent's indexed key either."""
    rows = link.execute(
        text(
            "SELECT c.relname || '.' || a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attname = ANY(:columns)"
            " AND NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indkey[0] = a.attnum)"
            " AND NOT EXISTS (SELECT 1 FROM pg_constraint k JOIN pg_index i ON i.indrelid = c.oid"
            " AND i.indkey[0] = ANY(k.conkey) WHERE k.conrelid = c.oid AND k.contype = 'f'"
            " AND cardinality(k.conkey) = 2 AND a.attnum = ANY(k.conkey))"
        ),
        {"columns": list(TENANT_COLUMNS)},
    )
    return {name for (name,) in rows} - {"match_result.agency_id"}  # cut by run: each leaf is one agency's


def grants_that_are_not_listed(link: Connection) -> set[str]:
    """Return rights of the roles that stand in no line of ``grants.csv``, and lines that are no right any more."""
    rows = link.execute(
        text(
            "WITH given AS (SELECT relname AS place, acl.grantee, acl.privilege_type FROM pg_class,"
            " aclexplode(relacl) acl WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')"
            " UNION ALL SELECT relname || '.' || attname, acl.grantee, acl.privilege_type FROM pg_attribute a"
            " JOIN pg_class c ON c.oid = a.attrelid AND relnamespace = 'public'::regnamespace,"
            " aclexplode(attacl) acl)"
            " SELECT CASE grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(grantee) END || ',' || place || ','"
            " || string_agg(lower(privilege_type), ' ' ORDER BY privilege_type) FROM given"
            " WHERE grantee = 0 OR pg_get_userbyid(grantee) = ANY(:roles) GROUP BY grantee, place"
        ),
        {"roles": [*APP_ROLES, "sb_auditor"]},
    )
    given, listed = {line for (line,) in rows}, set(GRANTS.read_text(encoding="utf-8").splitlines()[1:])
    return {f"grants.csv lacks: {line}" for line in given - listed} | {
        f"grants.csv lists what is not given: {line}" for line in listed - given
    }


def views_with_foreign_eyes(link: Connection) -> set[str]:
    """Return views that look with their owner's rights, and materialised views, which always do."""
    rows = link.execute(
        text(
            "SELECT relname FROM pg_class WHERE relnamespace IN ('public'::regnamespace, 'staging'::regnamespace)"
            " AND (relkind = 'm'"
            " OR relkind = 'v'"
            " AND NOT coalesce('security_invoker=true' = ANY(reloptions), false))"
        )
    )
    return {name for (name,) in rows}


def functions_with_more_rights(link: Connection) -> set[str]:
    """Return functions that run as their owner and are not listed, or do not fix where they look names up."""
    rows = link.execute(
        text(
            "SELECT proname, coalesce(array_to_string(proconfig, ','), ''), has_function_privilege('public', p.oid,"
            " 'EXECUTE') FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace"
            " WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND prosecdef"
        )
    )
    return {name for name, config, is_open in rows if name not in DEFINERS or "search_path=" not in config or is_open}


def staging_tables_for_the_web(link: Connection) -> set[str]:
    """Return tables of the loading area that the web may touch."""
    rows = link.execute(
        text(
            "SELECT relname FROM pg_class WHERE relnamespace = 'staging'::regnamespace AND relkind = 'r'"
            " AND has_table_privilege('sb_web', oid, 'SELECT, INSERT, UPDATE, DELETE')"
        )
    )
    return {name for (name,) in rows}


def plain_keys_between_tenants(link: Connection) -> set[str]:
    """Return foreign keys between two owned tables that do not carry an owner: they accept another tenant's row."""
    rows = link.execute(
        text(
            "WITH owned AS (SELECT attrelid, array_agg(attnum) AS columns FROM pg_attribute"
            " WHERE attname = ANY(:columns) AND attnum > 0 GROUP BY attrelid)"
            " SELECT c.conname FROM pg_constraint c JOIN owned a ON a.attrelid = c.conrelid"
            " JOIN owned b ON b.attrelid = c.confrelid WHERE c.contype = 'f' AND NOT c.conkey && a.columns"
            " AND NOT EXISTS (SELECT 1 FROM pg_constraint other WHERE other.conrelid = c.conrelid"
            " AND other.confrelid = c.confrelid AND other.contype = 'f' AND c.conkey <@ other.conkey"
            " AND other.conkey && a.columns)"
        ),
        {"columns": sorted(OWNER_COLUMNS)},
    )
    return {name for (name,) in rows} - KNOWN_PLAIN_KEYS


KNOWN_PLAIN_KEYS: Final = frozenset(
    {
        "fk_visa_pack_id",  # a pack is frozen by the agency and read by four parties; each gives its own visa on it
        "fk_web_session_link_id",  # a session is found before anybody is known, and belongs to no organisation
        "fk_opening_revision_id_id",  # the opening's own revision: the pair is the opening's key
    }
)

RULES: Final[tuple[tuple[Callable[[Connection], set[str]], str], ...]] = (
    (tables_without_forced_rules, "CREATE TABLE planted (id int, company_id bigint)"),
    (open_lists_with_an_owner, "ALTER TABLE region ADD COLUMN company_id bigint"),
    (rules_without_a_check, "CREATE POLICY planted ON opening USING (true)"),
    (
        platform_rules_for_the_web,
        "CREATE POLICY planted ON opening TO sb_web USING ((SELECT current_setting('app.scope', true) = 'platform'))",
    ),
    (platform_rules_on_identity, "CREATE POLICY platform ON seeker_identity TO sb_worker USING (agency_id > 0)"),
    (mighty_roles, "CREATE TABLE planted (id int); ALTER TABLE planted OWNER TO sb_web"),
    (views_with_foreign_eyes, "CREATE VIEW planted AS SELECT * FROM opening"),
    (
        functions_with_more_rights,
        "CREATE FUNCTION planted() RETURNS int LANGUAGE sql SECURITY DEFINER AS $$ SELECT 1 $$",
    ),
    (
        staging_tables_for_the_web,
        "CREATE TABLE staging.planted (id int); GRANT SELECT ON staging.planted TO sb_web",
    ),
    (
        plain_keys_between_tenants,
        "ALTER TABLE notice ADD COLUMN planted bigint REFERENCES opening (id)",
    ),
    (roles_within_roles, "GRANT sb_worker TO sb_web"),
    (belongings_of_the_auditor, "CREATE TABLE planted (id int); ALTER TABLE planted OWNER TO sb_auditor"),
    (tables_elsewhere, "CREATE SCHEMA planted; CREATE TABLE planted.copy (id int)"),
    (tenants_without_an_index, "CREATE TABLE planted (id int, centre_id bigint)"),
    (grants_that_are_not_listed, "GRANT TRUNCATE ON opening TO sb_worker"),
    (grants_that_are_not_listed, "GRANT UPDATE (title) ON opening TO sb_report"),
    (grants_that_are_not_listed, "GRANT SELECT ON opening TO PUBLIC"),
    (rules_without_a_check, "CREATE POLICY planted ON opening FOR UPDATE TO sb_web USING (company_id > 0)"),
    (tables_without_forced_rules, "ALTER TABLE opening NO FORCE ROW LEVEL SECURITY"),
    (tables_without_forced_rules, "ALTER TABLE opening DISABLE ROW LEVEL SECURITY"),
    (mighty_roles, "ALTER ROLE sb_web BYPASSRLS"),
    (mighty_roles, "ALTER ROLE sb_worker SUPERUSER"),
    (views_with_foreign_eyes, "CREATE MATERIALIZED VIEW planted AS SELECT * FROM opening"),
    (functions_with_more_rights, "GRANT EXECUTE ON FUNCTION append_audit TO PUBLIC"),
    (functions_with_more_rights, "ALTER FUNCTION append_audit RESET search_path"),
)


@pytest.fixture(scope="module")
def migrated(test_servers: TestServers, worker_id: str) -> Iterator[Engine]:
    """Return a superuser's engine of a migrated database; no test of this module commits."""
    with copied(test_servers, TEMPLATE, f"catalogue_{worker_id}") as urls:
        url = test_servers.superuser_url.rsplit("/", 1)[0] + "/" + urls.owner.rsplit("/", 1)[1]
        yield create_engine(url, poolclass=NullPool)


@pytest.fixture
def catalogue(migrated: Engine) -> Iterator[Connection]:
    """Return a superuser's connection; what is planted goes with it."""
    with migrated.connect() as link:
        yield link


class TestCatalogue:
    @pytest.mark.parametrize(("rule", "violation"), RULES, ids=lambda part: getattr(part, "__name__", ""))
    def test_keeps_the_rule_and_the_rule_finds_a_planted_violation(
        self, catalogue: Connection, rule: Callable[[Connection], set[str]], violation: str
    ) -> None:
        found = rule(catalogue)
        assert found == set(), "\n".join(["", *sorted(found)])

        for statement in violation.split(";") if "$$" not in violation else [violation]:
            catalogue.execute(text(statement))

        assert rule(catalogue) != set()

    def test_knows_every_table_of_the_models(self, catalogue: Connection) -> None:
        rows = catalogue.execute(text("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"))

        assert set(Base.metadata.tables) <= {name for (name,) in rows}
