"""T3: with raw SQL, as every role of the database and in every scope, nobody sees or changes a foreign row.

The tables come from the catalogue. **A newcomer's table** with an owner's column is walked from its first day; if other
organisations may see its rows, say which rows in ``SHARED``, and in ``EDITED`` if they may change them too. A table
without such a column stands in ``UNOWNED`` with what each kind of organisation sees of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from skills_bridge.domain.accounts import PLATFORM_SCOPE, account_scope, seeker_scope
from skills_bridge.domain.organisations import OrganisationKind
from skills_bridge.models import Base
from skills_bridge.unit_of_work import scoped
from tests.factories.samples import HERSELF
from tests.factories.tenants import Tenant, many_tenants, owned_tables
from tests.factories.world import ORGANISATIONS, World
from tests.structure.test_row_security import OPEN_LISTS

LIVE: Final = "state IN ('validated', 'paused', 'closed')"
OF_LIVE: Final = "revision_id IN (SELECT id FROM opening_revision WHERE submitted_at IS NOT NULL)"
SENT: Final = "seeker_id IN (SELECT seeker_id FROM referral)"
LEARNING: Final = "seeker_id IN (SELECT seeker_id FROM enrolment)"
ALL: Final = "true"

SHARED: Final[Mapping[str, Mapping[str, str]]] = {
    "agency": {
        "need": ALL,
        "need_line": ALL,
        "need_requirement": ALL,
        "opening_revision": "submitted_at IS NOT NULL",
        "requirement": OF_LIVE,
        "gate": OF_LIVE,
        "post": ALL,
        "site": ALL,
        "programme": ALL,
        "programme_outcome": ALL,
        "cohort": "state <> 'draft'",
        "visa": ALL,
    },
    "association": {
        "need": ALL,
        "need_line": ALL,
        "need_requirement": ALL,
        "opening": LIVE,
        "opening_revision": "validated_at IS NOT NULL",
        "requirement": OF_LIVE,
        "gate": OF_LIVE,
        "post": ALL,
        "site": ALL,
        "programme": ALL,
        "programme_outcome": ALL,
        "cohort": "state <> 'draft'",
        "pack": ALL,
        "visa": ALL,
        "agency_unit": ALL,
        "unit_province": ALL,
    },
    "ministry": {"pack": ALL, "visa": ALL, "agency_unit": ALL, "unit_province": ALL},
    "company": {
        "agency_unit": ALL,
        "unit_province": ALL,
        "seeker": "id IN (SELECT seeker_id FROM referral)",
        "seeker_identity": SENT,
        "seeker_language": SENT,
        "seeker_experience": SENT,
        "held_competency": SENT,
    },
    "training_centre": {
        "agency_unit": ALL,
        "unit_province": ALL,
        "seeker": "id IN (SELECT seeker_id FROM enrolment)",
        "seeker_identity": LEARNING,
        "held_competency": LEARNING,
    },
    "platform": {
        "agency_unit": ALL,
        "unit_province": ALL,
        "job": ALL,
        "audit_entry": ALL,
        "membership": ALL,
        "invitation": ALL,
        "second_factor_reset": ALL,
        "organisation_request": ALL,
        "organisation_move": ALL,
        "rights_request": ALL,
        "access_file": ALL,
        "retention_notice": ALL,
        "retention_run": ALL,
        "state_change": "object_kind = 'rights_request'",
    },
}
"""Kind of organisation → table → which rows of others are its work too; every other foreign row is a hole."""

EDITED: Final[Mapping[str, frozenset[str]]] = {
    "agency": frozenset({"opening_revision", "post", "cohort"}),
    "training_centre": frozenset({"held_competency"}),
    "platform": frozenset(
        {"job", "invitation", "second_factor_reset", "organisation_request", "rights_request", "access_file"}
    ),
}
"""Kind of organisation → tables in which it may change rows of others; a trigger or the services say how."""

OF_MEMBERS: Final = "membership_id IN (SELECT id FROM membership WHERE organisation_id = :own)"

UNOWNED: Final[Mapping[str, Mapping[str, str]]] = {
    "organisation": {
        "company": "kind <> 'company' OR id = :own",
        "training_centre": "kind <> 'company'",
        "ministry": "kind <> 'company'",
        "agency": ALL,
        "association": ALL,
        "platform": ALL,
    },
    "user_account": {"platform": ALL},
    "sign_in_attempt": {},
    "account_link": {},
    "recovery_code": {},
    "web_session": {kind.value: OF_MEMBERS for kind in OrganisationKind},
    "audit_check": {"platform": ALL},
    "figure": {"agency": ALL, "ministry": ALL, "association": ALL},
    "pack_file": {"agency": ALL, "ministry": ALL, "association": ALL},
}
"""Table without an owner → kind → the rows that it sees; a kind that is not named sees none."""

ACCOUNT_TABLES: Final = frozenset(
    {
        "organisation",
        "agency_unit",
        "user_account",
        "membership",
        "web_session",
        "sign_in_attempt",
        "invitation",
        "account_link",
        "recovery_code",
        "personal_link",
    }
)
"""What sign-in reads, and the opening of a personal link."""
NEVER_ACROSS: Final = frozenset({"seeker_identity", "seeker_equity", "import_batch", "import_row", "reveal"})
"""What no work across organisations reads."""
MANY: Final = 200

OWN_OPENINGS: Final = (
    "(SELECT opening_id FROM referral WHERE seeker_id = :me"
    " UNION SELECT opening_id FROM proposal WHERE seeker_id = :me)"
)
OWN_COURSES: Final = "(SELECT cohort_id FROM reservation WHERE seeker_id = :me)"
OWN_REVISIONS: Final = (
    f"(SELECT id FROM opening_revision WHERE opening_id IN {OWN_OPENINGS} AND validated_at IS NOT NULL)"
)
HERS: Final[Mapping[str, str]] = {
    "seeker": "id = :me",
    "agency_unit": "id = (SELECT unit_id FROM seeker WHERE id = :me)",
    "organisation": (
        "id = (SELECT agency_id FROM seeker WHERE id = :me)"
        " OR id IN (SELECT company_id FROM referral WHERE seeker_id = :me)"
        " OR id IN (SELECT company_id FROM reservation WHERE seeker_id = :me)"
        " OR id IN (SELECT centre_id FROM reservation WHERE seeker_id = :me)"
    ),
    "opening": f"id IN {OWN_OPENINGS}",
    "opening_revision": f"id IN {OWN_REVISIONS}",
    "requirement": f"revision_id IN {OWN_REVISIONS}",
    "gate": f"revision_id IN {OWN_REVISIONS}",
    "site": f"id IN (SELECT site_id FROM opening WHERE id IN {OWN_OPENINGS})",
    "cohort": f"id IN {OWN_COURSES}",
    "programme": f"id IN (SELECT programme_id FROM cohort WHERE id IN {OWN_COURSES})",
    "post": "id IN (SELECT post_id FROM reservation WHERE seeker_id = :me)",
    "access_file": "request_id IN (SELECT id FROM rights_request WHERE seeker_id = :me AND channel = 'personal_link')",
    "state_change": "user_id IS NULL AND actor_name = 'personal_link'",
    "job": "user_id IS NULL AND kind = 'privacy.carry_out'",
}
"""Table without a person's column → the rows that are hers or that she needs to answer; of all others she sees hers."""

WRITTEN_BY_HERSELF: Final = frozenset(
    {
        "access_file",
        "cohort",
        "consent",
        "enrolment",
        "link_form_use",
        "proposal",
        "referral",
        "reservation",
        "rights_request",
        "seeker",
    }
)
"""Tables in which a person's own scope changes rows: hers, or the seats that are kept for her."""


def everybody(world: World) -> list[Tenant]:
    """Return the organisations of the test's world."""
    return [Tenant(world.ids[key], kind) for key, (kind, _, _) in ORGANISATIONS.items()]


def is_foreign(columns: list[str]) -> str:
    """Return the test that a row is none of one's own."""
    return f"NOT coalesce(:own = ANY(ARRAY[{', '.join(columns)}]::bigint[]), false)"


def holes_in(session: Session, tenant: Tenant, tables: Mapping[str, list[str]]) -> list[str]:
    """Return the tables in which this session sees rows of others that it should not; one question for all."""
    kind = tenant.kind.value
    questions = {
        table: f"{is_foreign(columns)} AND NOT coalesce({SHARED.get(kind, {}).get(table, 'false')}, false)"
        for table, columns in tables.items()
    }
    questions |= {table: f"NOT coalesce({seen.get(kind, 'false')}, false)" for table, seen in UNOWNED.items()}
    asked = ", ".join(f"(SELECT count(*) FROM {table} WHERE {test}) AS {table}" for table, test in questions.items())
    counted = session.execute(text(f"SELECT {asked}"), {"own": tenant.id}).one()._mapping
    return [f"{kind} {tenant.id} sees {count} rows of {table}" for table, count in counted.items() if count]


def changed(session: Session, tenant: Tenant, tables: Mapping[str, list[str]]) -> Iterator[str]:
    """Yield the tables in which this session changes or deletes rows of others; a refusal of the role is none.

    The statements go past the session's own guard, which asks whose profile they change: the database has to hold.
    """
    for table in tables.keys() - EDITED.get(tenant.kind.value, frozenset()):
        column, test = tables[table][0], is_foreign(tables[table])
        for statement in (
            f"UPDATE {table} SET {column} = {column} WHERE {test}",
            f"DELETE FROM {table} WHERE {test}",
        ):
            try:
                with session.begin_nested():
                    count = session.connection().execute(text(statement), {"own": tenant.id}).rowcount
            except DBAPIError:
                continue
            if count:
                yield f"{tenant.kind.value} {tenant.id}: {count} rows by {statement}"


def readable(session: Session, tables: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Return those tables that the session's role may read at all."""
    may = text("SELECT has_table_privilege(:table, 'SELECT')")
    return {table: columns for table, columns in tables.items() if session.execute(may, {"table": table}).scalar_one()}


def tables_of(world: World) -> dict[str, list[str]]:
    with world.as_owner() as session:
        return owned_tables(session)


def seen_tables(session: Session, tables: Mapping[str, object]) -> set[str]:
    """Return the tables of which a session sees any row."""
    seen = set()
    for table in readable(session, {table: list[str]() for table in tables}):
        if session.execute(text(f"SELECT EXISTS (SELECT 1 FROM {table})")).scalar_one():
            seen.add(table)
    return seen


@pytest.fixture
def world(crowded_world: World) -> World:
    return crowded_world


class TestCatalogue:
    def test_has_no_table_that_is_not_walked(self, world: World) -> None:
        unknown = set(Base.metadata.tables) - tables_of(world).keys() - UNOWNED.keys() - OPEN_LISTS

        assert unknown == set(), "give them an owner's column, or enter them in UNOWNED or OPEN_LISTS"


class TestEachOrganisation:
    @pytest.mark.parametrize("role", ["web", "worker"])
    def test_sees_no_row_of_two_hundred_others_but_what_is_its_work(self, world: World, role: str) -> None:
        tenants = [*everybody(world), *many_tenants(world, MANY)]
        tables, holes = tables_of(world), list[str]()
        with Session(world.engines[role]) as session:
            known = readable(session, tables)
            for tenant in tenants:
                session.rollback()
                holes += holes_in(scoped(session, tenant.scope), tenant, known)

        assert holes == []

    @pytest.mark.parametrize("role", ["web", "worker"])
    def test_changes_no_row_of_others(self, world: World, role: str) -> None:
        tenants = [*everybody(world), *many_tenants(world, 2)]
        tables, done = tables_of(world), list[str]()
        for tenant in tenants:
            with Session(world.engines[role]) as session:
                done += changed(scoped(session, tenant.scope), tenant, tables)
                session.rollback()

        assert done == []

    def test_breaks_the_build_when_a_foreign_row_is_planted(self, world: World) -> None:
        company = Tenant(world.ids["company"], OrganisationKind.COMPANY)
        with world.as_owner() as session:
            session.execute(text("CREATE POLICY planted ON need FOR SELECT TO sb_web USING (company_id > 0)"))
            session.commit()
        with Session(world.engines["web"]) as session:
            found = holes_in(scoped(session, company.scope), company, readable(session, tables_of(world)))

        assert found == [f"company {company.id} sees 1 rows of need"]

    def test_breaks_the_build_when_a_view_that_looks_as_its_owner_is_planted(self, world: World) -> None:
        company = Tenant(world.ids["company"], OrganisationKind.COMPANY)
        with world.as_owner() as session:
            session.execute(text("CREATE VIEW planted AS SELECT company_id, title FROM opening"))
            session.execute(text("GRANT SELECT ON planted TO sb_web"))
            session.commit()
        with Session(world.engines["web"]) as session:
            found = holes_in(scoped(session, company.scope), company, readable(session, tables_of(world)))

        assert found == [f"company {company.id} sees 4 rows of planted"]


class TestOtherScopes:
    @pytest.mark.parametrize("role", ["web", "worker", "report"])
    def test_none_shows_nothing(self, world: World, role: str) -> None:
        with Session(world.engines[role]) as session:
            assert seen_tables(session, {**tables_of(world), **UNOWNED}) == set()

    def test_platform_gives_the_web_nothing(self, world: World) -> None:
        with Session(world.engines["web"]) as session:
            assert seen_tables(scoped(session, PLATFORM_SCOPE), {**tables_of(world), **UNOWNED}) == set()

    def test_account_shows_credentials_and_no_business(self, world: World) -> None:
        with Session(world.engines["web"]) as session:
            scoped(session, account_scope(world.actors["adviser"].user_id))

            assert seen_tables(session, {**tables_of(world), **UNOWNED}) <= ACCOUNT_TABLES
            assert session.execute(text("SELECT count(*) FROM membership")).scalar_one() == 1

    def test_platform_shows_the_worker_no_identity(self, world: World) -> None:
        with Session(world.engines["worker"]) as session:
            assert seen_tables(scoped(session, PLATFORM_SCOPE), dict.fromkeys(NEVER_ACROSS)) == set()

    def test_a_foreign_key_reaches_no_row_of_another_agency(self, world: World) -> None:
        other = many_tenants(world, 1)[0]
        with world.as_owner() as session, pytest.raises(DBAPIError, match=r"fk_match_count_.*_agency_id"):
            session.execute(
                text("UPDATE match_count SET agency_id = :other WHERE run_id = (SELECT min(run_id) FROM match_count)"),
                {"other": other.id},
            )


class TestOnePerson:
    """The scope of a personal link: one person, whatever raw SQL asks."""

    def everything(self, world: World) -> dict[str, str]:
        """Return every table of the product with the test that a row is hers."""
        tables = Base.metadata.tables.keys() - OPEN_LISTS
        return {
            name: HERS.get(name, "seeker_id = :me" if "seeker_id" in Base.metadata.tables[name].columns else "false")
            for name in tables
        }

    def foreign_rows(self, session: Session, me: int, tables: Mapping[str, str]) -> list[str]:
        """Return the tables in which this session sees what is not hers."""
        asked = ", ".join(
            f"(SELECT count(*) FROM {name} WHERE NOT coalesce({test}, false)) AS {name}"
            for name, test in tables.items()
        )
        counted = session.execute(text(f"SELECT {asked}"), {"me": me}).one()._mapping
        return [f"{count} rows of {name}" for name, count in counted.items() if count]

    @pytest.mark.parametrize("role", ["web", "worker"])
    def test_sees_herself_alone(self, world: World, role: str) -> None:
        many_tenants(world, 4)
        actor = world.actors[HERSELF]
        with Session(world.engines[role]) as session:
            scoped(session, seeker_scope(actor))
            known = readable(session, {name: list[str]() for name in self.everything(world)})
            tables = {name: test for name, test in self.everything(world).items() if name in known}

            assert self.foreign_rows(session, actor.seeker_id or 0, tables) == []

    def test_sees_what_she_has_to_answer(self, world: World) -> None:
        actor = world.actors[HERSELF]
        with Session(world.engines["web"]) as session:
            seen = seen_tables(scoped(session, seeker_scope(actor)), self.everything(world))

        assert {"seeker", "seeker_identity", "referral", "opening", "reservation", "cohort", "rights_request"} <= seen
        assert (
            seen & {"user_account", "membership", "web_session", "need", "match_result", "notice", "import_row"}
            == set()
        )

    def test_breaks_the_build_when_a_foreign_row_is_planted(self, world: World) -> None:
        actor = world.actors[HERSELF]
        with world.as_owner() as session:
            session.execute(text("CREATE POLICY planted ON seeker_identity FOR SELECT TO sb_web USING (agency_id > 0)"))
            session.commit()
        with Session(world.engines["web"]) as session:
            scoped(session, seeker_scope(actor))
            found = self.foreign_rows(session, actor.seeker_id or 0, {"seeker_identity": "seeker_id = :me"})

        assert found != []

    def test_changes_nothing_that_is_not_hers_and_deletes_nothing(self, world: World) -> None:
        actor, done = world.actors[HERSELF], list[str]()
        with Session(world.engines["web"]) as session:
            scoped(session, seeker_scope(actor))
            for name, test in self.everything(world).items():
                column = next(iter(Base.metadata.tables[name].primary_key.columns)).name
                foreign = f"NOT coalesce({test}, false)" if name in WRITTEN_BY_HERSELF else "true"
                for statement in (f"UPDATE {name} SET {column} = {column} WHERE {foreign}", f"DELETE FROM {name}"):
                    try:
                        with session.begin_nested():
                            result = session.connection().execute(text(statement), {"me": actor.seeker_id})
                    except DBAPIError:
                        continue
                    done += [f"{result.rowcount} rows by {statement}"] if result.rowcount else []
            session.rollback()

        assert done == []

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE referral SET state = 'selected', decided_by = 1 WHERE seeker_id = :me",
            "UPDATE referral SET state = 'accepted' WHERE seeker_id = :me AND answered_channel IS NULL",
            "UPDATE consent SET withdrawn_at = NULL WHERE seeker_id = :me",
            "UPDATE enrolment SET state = 'certified', decided_by = 1 WHERE seeker_id = :me",
            (
                "INSERT INTO held_competency SELECT :me, id, agency, 4, 'assessed', NULL, '', now()"
                " FROM competency, (SELECT agency_id AS agency FROM seeker WHERE id = :me) AS own LIMIT 1"
            ),
            (
                "INSERT INTO job (kind, object_id, organisation_id, dedupe_key, due_at, state, attempts, progress_done)"
                " SELECT 'packs.build_pack', 1, agency_id, 'planted', now(), 'due', 0, 0 FROM seeker WHERE id = :me"
            ),
            (
                "INSERT INTO state_change (object_kind, object_id, to_state, note, agency_id, actor_name, changed_at)"
                " SELECT 'opening', 1, 'closed', '', agency_id, 'personal_link', now() FROM seeker WHERE id = :me"
            ),
        ],
    )
    def test_decides_nothing_that_is_for_others_to_decide(self, world: World, statement: str) -> None:
        actor = world.actors[HERSELF]
        with Session(world.engines["web"]) as session:
            scoped(session, seeker_scope(actor))
            try:
                count = session.connection().execute(text(statement), {"me": actor.seeker_id}).rowcount
            except DBAPIError:
                count = 0

        assert count == 0
