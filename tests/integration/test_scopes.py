"""T3 and T4: with raw SQL and every scope, on one pool and with errors, nobody sees or changes a foreign row."""

from __future__ import annotations

import random
import threading
from typing import Final

import pytest
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from skills_bridge.domain.accounts import PLATFORM_SCOPE, account_scope, tenant_scope
from skills_bridge.domain.organisations import OrganisationKind
from skills_bridge.unit_of_work import scoped
from tests.factories.world import ORGANISATIONS, PEOPLE, World

PRIVATE: Final = {
    "need": "company_id",
    "need_line": "company_id",
    "need_requirement": "company_id",
    "opening": "company_id",
    "opening_revision": "company_id",
    "requirement": "company_id",
    "gate": "company_id",
    "post": "company_id",
    "site": "company_id",
    "seeker": "agency_id",
    "seeker_identity": "agency_id",
    "seeker_equity": "agency_id",
    "seeker_language": "agency_id",
    "held_competency": "agency_id",
    "consent": "agency_id",
    "match_run": "agency_id",
    "match_result": "agency_id",
    "allocation_run": "agency_id",
    "proposal": "agency_id",
    "referral": "company_id",
    "placement": "company_id",
    "programme": "centre_id",
    "cohort": "centre_id",
    "enrolment": "centre_id",
    "notice": "organisation_id",
    "membership": "organisation_id",
    "job": "organisation_id",
}
"""Table → the column of the organisation that may see the row; who else may stands in ``SHARED``."""

SHARED: Final = {
    "agency": frozenset(PRIVATE) - {"notice", "membership", "job"},
    "association": frozenset(
        [
            "need",
            "need_line",
            "need_requirement",
            "opening",
            "opening_revision",
            "requirement",
            "gate",
            "post",
            "site",
            "programme",
            "cohort",
        ]
    ),
    "platform": frozenset({"job"}),
}
"""Organisation → tables in which rows of others are its work too; ``docs/security.md`` says which rows."""

DISCLOSED: Final = frozenset({"seeker", "seeker_identity", "seeker_language", "held_competency"})
"""What a company sees of a person sent to it, and a centre of its learner."""

PERSON_OF: Final = {organisation: who for who, (organisation, _, _) in PEOPLE.items()}


def foreign(link: Connection, table: str, organisation_id: int) -> int:
    """Return how many rows of others this connection sees."""
    column = PRIVATE[table]
    query = text(f"SELECT count(*) FROM {table} WHERE {column} <> :own")
    return int(link.execute(query, {"own": organisation_id}).scalar_one())


def changed(session: Session, table: str, organisation_id: int) -> int:
    """Return how many rows of others this session can change or delete; a refusal of the role counts as none."""
    column, done = PRIVATE[table], 0
    for statement in (
        f"UPDATE {table} SET {column} = {column} WHERE {column} <> :own",
        f"DELETE FROM {table} WHERE {column} <> :own",
    ):
        try:
            with session.begin_nested():
                done += getattr(session.execute(text(statement), {"own": organisation_id}), "rowcount", 0)
        except DBAPIError:
            continue
    return done


@pytest.fixture
def world(told_world: World) -> World:
    return told_world


class TestEachOrganisation:
    @pytest.mark.parametrize("role", ["web", "worker"])
    def test_sees_and_changes_no_row_of_others(self, world: World, role: str) -> None:
        with world.as_owner() as session:
            filled = {name for name in PRIVATE if session.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()}
        assert len(filled) >= 20
        for key, organisation_id in world.ids.items():
            is_party_to_people = ORGANISATIONS[key][0].value in {"company", "training_centre"}
            open_to = SHARED.get(key, frozenset())
            with Session(world.engines[role]) as session:
                actor = world.actors[PERSON_OF.get(key, "administrator")]
                scoped(session, tenant_scope(actor))
                for table in filled - open_to:
                    is_read = (key, table) == ("platform", "membership")  # who administers whom is its business
                    if not (is_party_to_people and table in DISCLOSED) and not is_read:
                        assert foreign(session.connection(), table, organisation_id) == 0, (key, table)
                    if not (key == "centre" and table == "held_competency"):
                        assert changed(session, table, organisation_id) == 0, (key, table)
                session.rollback()

    def test_sees_nothing_of_people_that_were_not_sent_to_it(self, world: World) -> None:
        for who in ("other_hr_manager", "other_centre_manager", "analyst", "officer", "administrator"):
            with world.looking(who) as session:
                for table in DISCLOSED:
                    assert session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0, (who, table)


def seen_at_all(session: Session, table: str) -> int | None:
    """Return how many rows of a table a session sees; None if its role may not even ask."""
    try:
        with session.begin_nested():
            return int(session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())
    except DBAPIError as refusal:
        if "permission denied" not in str(refusal.orig):
            raise
        return None


class TestOtherScopes:
    @pytest.mark.parametrize("role", ["web", "worker", "report"])
    def test_none_shows_nothing(self, world: World, role: str) -> None:
        with Session(world.engines[role]) as session:
            for table in PRIVATE:
                assert seen_at_all(session, table) in (0, None), table

    def test_platform_gives_the_web_nothing(self, world: World) -> None:
        with Session(world.engines["web"]) as session:
            scoped(session, PLATFORM_SCOPE)
            for table in PRIVATE:
                assert session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0, table

    def test_account_shows_credentials_and_no_business(self, world: World) -> None:
        with Session(world.engines["web"]) as session:
            scoped(session, account_scope(world.actors["adviser"].user_id))
            for table in set(PRIVATE) - {"membership"}:
                assert session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0, table
            assert session.execute(text("SELECT count(*) FROM membership")).scalar_one() == 1

    def test_platform_shows_the_worker_no_identity(self, world: World) -> None:
        with world.platform() as uow:
            for table in ("seeker_identity", "seeker_equity"):
                assert uow.session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0


def wander(engine: Engine, world: World, seed: int, seen: list[str]) -> None:
    """Take turns as different organisations on one pool; a third of the turns end in an error."""
    chance = random.Random(seed)
    people = sorted(PERSON_OF.values())
    for _ in range(125):
        actor = world.actors[chance.choice(people)]
        try:
            with Session(engine) as session:
                scoped(session, tenant_scope(actor), read_only=chance.random() < 0.5)
                count = "SELECT count(*) FROM membership WHERE organisation_id <> :own"
                others = session.execute(text(count), {"own": actor.organisation_id}).scalar_one()
                if others and actor.organisation_kind is not OrganisationKind.PLATFORM:
                    seen.append(actor.display_name)
                match chance.randrange(6):
                    case 0:
                        session.execute(text("SELECT 1 / 0"))
                    case 1:
                        raise ValueError("the view failed")  # noqa: TRY301 the turn ends in an error on purpose
                    case 2:
                        session.commit()
        except (DBAPIError, ValueError):
            pass
        if chance.random() < 0.2:
            with engine.connect() as bare:
                if bare.execute(text("SELECT count(*) FROM membership")).scalar_one():
                    seen.append("nobody")


class TestPool:
    def test_hands_no_scope_on(self, world: World) -> None:
        engine = create_engine(world.urls.web, pool_size=3, max_overflow=0)
        seen: list[str] = []
        walkers = [threading.Thread(target=wander, args=(engine, world, seed, seen)) for seed in range(4)]
        for walker in walkers:
            walker.start()
        for walker in walkers:
            walker.join()
        engine.dispose()

        assert seen == []
