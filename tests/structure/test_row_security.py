"""T2: the catalogue of the database is walked; each rule is proven by a planted violation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import pytest
from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.exc import ProgrammingError

from skills_bridge.domain.settings import DatabaseUrls
from skills_bridge.models import Base
from tests.servers import TestServers

APP_ROLES: Final = ("sb_web", "sb_worker", "sb_report", "sb_backup")

OWNER_COLUMNS: Final = frozenset({"organisation_id", "company_id", "centre_id", "agency_id", "user_id", "stream"})

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
            " (cmd IN ('ALL', 'INSERT', 'UPDATE') AND with_check IS NULL) OR 'public' = ANY(roles)"
            " OR ((qual = 'true' OR with_check = 'true') AND roles NOT IN ('{sb_auditor}', '{sb_packer}')))"
        )
    )
    return {name for (name,) in rows}


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


def views_with_foreign_eyes(link: Connection) -> set[str]:
    """Return views that look with their owner's rights, and materialised views, which always do."""
    rows = link.execute(
        text(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND (relkind = 'm'"
            " OR relkind = 'v'"
            " AND NOT coalesce('security_invoker=true' = ANY(reloptions), false))"
        )
    )
    return {name for (name,) in rows}


def functions_with_more_rights(link: Connection) -> set[str]:
    """Return functions that run as their owner and are not listed, or do not fix where they look names up."""
    rows = link.execute(
        text(
            "SELECT proname, coalesce(array_to_string(proconfig, ','), '') FROM pg_proc"
            " WHERE pronamespace = 'public'::regnamespace AND prosecdef"
        )
    )
    return {name for name, config in rows if name not in DEFINERS or "search_path=" not in config}


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
    """Return foreign keys that tie a shared row to a tenant's row without carrying the tenant."""
    rows = link.execute(
        text(
            "SELECT c.conname FROM pg_constraint c"
            " JOIN pg_class a ON a.oid = c.conrelid JOIN pg_class b ON b.oid = c.confrelid"
            " WHERE c.contype = 'f' AND cardinality(c.conkey) = 1 AND a.relnamespace = 'public'::regnamespace"
            " AND b.relname IN ('opening', 'opening_revision', 'site', 'need', 'need_line', 'seeker',"
            " 'programme', 'cohort',"
            " 'referral', 'placement', 'import_batch')"
        )
    )
    return {name for (name,) in rows} - KNOWN_PLAIN_KEYS


KNOWN_PLAIN_KEYS: Final = frozenset(
    {
        "fk_match_run_opening_id",  # a run is the agency's; the opening is its subject, whoever owns it
        "fk_match_count_opening_id",
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
)


@pytest.fixture
def catalogue(database: DatabaseUrls, test_servers: TestServers) -> Iterator[Connection]:
    """Return a superuser's connection to a migrated database."""
    url = test_servers.superuser_url.rsplit("/", 1)[0] + "/" + database.owner.rsplit("/", 1)[1]
    with create_engine(url, poolclass=NullPool).connect() as link:
        yield link


class TestCatalogue:
    @pytest.mark.parametrize(("rule", "violation"), RULES, ids=lambda part: getattr(part, "__name__", ""))
    def test_keeps_the_rule_and_the_rule_finds_a_planted_violation(
        self, catalogue: Connection, rule: Callable[[Connection], set[str]], violation: str
    ) -> None:
        assert rule(catalogue) == set()

        for statement in violation.split(";") if "$$" not in violation else [violation]:
            catalogue.execute(text(statement))

        assert rule(catalogue) != set()

    def test_knows_every_table_of_the_models(self, catalogue: Connection) -> None:
        rows = catalogue.execute(text("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"))

        assert set(Base.metadata.tables) <= {name for (name,) in rows}


def seen_in(link: Connection, table: str) -> int | None:
    """Return how many rows of a table a role sees; None if it may not even ask."""
    try:
        count: int = link.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
    except ProgrammingError as refused:
        link.rollback()
        if "permission denied" not in str(refused.orig):
            raise
        return None
    link.rollback()
    return count


class TestWithoutAScope:
    @pytest.mark.parametrize("role", ["web", "worker", "report"])
    def test_nothing_is_seen(self, database: DatabaseUrls, role: str) -> None:
        guarded = sorted(set(Base.metadata.tables) - OPEN_LISTS)
        with create_engine(getattr(database, role), poolclass=NullPool).connect() as link:
            for table in guarded:
                assert seen_in(link, table) in (0, None), table
