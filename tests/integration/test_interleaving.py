"""T4: two hundred organisations take turns on one pool, with errors and timeouts; no scope outlives its transaction."""

from __future__ import annotations

import random
import threading
from contextlib import suppress
from typing import Final

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from skills_bridge.unit_of_work import scoped
from tests.factories.tenants import Tenant, many_tenants
from tests.factories.turns import times, turn
from tests.factories.world import World

THREADS: Final = 16
TENANTS: Final = 200
FOREIGN: Final = (
    "SELECT (SELECT count(*) FROM site WHERE company_id <> :own) + (SELECT count(*) FROM notice"
    " WHERE organisation_id <> :own) + (SELECT count(*) FROM referral WHERE company_id <> :own)"
)
OWN: Final = "SELECT count(*) FROM notice"


def one_turn(engine: Engine, tenant: Tenant, chance: random.Random, seen: list[str]) -> None:
    """Look as one organisation; the turn ends well, in an error of the database, in one of ours or in a timeout."""
    with Session(engine) as session:
        scoped(session, tenant.scope, read_only=chance.random() < 0.5)
        if session.execute(text(FOREIGN), {"own": tenant.id}).scalar_one():
            seen.append(f"{tenant.id} sees others")
        if not session.execute(text(OWN)).scalar_one():
            seen.append(f"{tenant.id} does not see its own")
        match chance.randrange(12):
            case 0:
                session.execute(text("SELECT 1 / 0"))
            case 1:
                raise ValueError("the view failed")
            case 2:
                session.execute(text("SET LOCAL statement_timeout = '1ms'"))
                session.execute(text("SELECT pg_sleep(1)"))
            case 3 | 4 | 5:
                session.commit()


def wander(engine: Engine, tenants: list[Tenant], seed: int, turns: int, seen: list[str]) -> None:
    """Take turns as different organisations, and look now and then without any scope."""
    chance = random.Random(seed)
    for _ in range(turns):
        with suppress(DBAPIError, ValueError):
            one_turn(engine, chance.choice(tenants), chance, seen)
        if chance.random() < 0.1:
            with engine.connect() as bare:
                if bare.execute(text(OWN)).scalar_one():
                    seen.append("nobody sees something")


class TestPool:
    def test_hands_no_scope_on(self, told_world: World) -> None:
        tenants = many_tenants(told_world, TENANTS)
        with told_world.as_owner() as session:
            for tenant in tenants:
                session.execute(
                    text(
                        "INSERT INTO notice (organisation_id, kind, facts, message_key)"
                        " VALUES (:own, 'opening_validated', '{}', :key)"
                    ),
                    {"own": tenant.id, "key": f"interleaving-{tenant.id}"},
                )
            session.commit()
        engine = create_engine(told_world.urls.web, pool_size=THREADS // 2, max_overflow=0)
        seen: list[str] = []
        turns = times(10_000, 1_600) // THREADS
        walkers = [
            threading.Thread(target=wander, args=(engine, tenants, turn() * THREADS + number, turns, seen))
            for number in range(THREADS)
        ]
        for walker in walkers:
            walker.start()
        for walker in walkers:
            walker.join()
        engine.dispose()

        assert seen == []
