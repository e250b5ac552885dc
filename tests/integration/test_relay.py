"""The relay: sends through a real broker; without one the jobs stay due and the screens say so."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import NullPool, create_engine, select

from skills_bridge.adapters.broker import BrokerDown, CeleryBroker
from skills_bridge.adapters.celery import make_celery
from skills_bridge.cli.jobs import DOWN_PAUSE, PAUSE, Relay
from skills_bridge.domain.events import ImportReceived, MatchAsked
from skills_bridge.domain.jobs import JobState
from skills_bridge.models import Job
from tests.factories.world import World, app_of, client_of

NOBODY = "redis://127.0.0.1:1/0"
BANNER = "Les traitements en arrière-plan sont en attente"


@pytest.fixture
def world(world: World) -> World:
    with world.acting("adviser") as uow:
        uow.record(MatchAsked(1))
        uow.record(ImportReceived(2))
    return world


def relay_to(world: World, broker_url: str) -> Relay:
    return Relay(world.engines["worker"], CeleryBroker(make_celery(broker_url)))


def states(world: World) -> set[JobState]:
    with world.as_owner() as session:
        return set(session.scalars(select(Job.state)))


class TestTurn:
    def test_sends_each_job_once_by_number_alone(self, world: World, broker_url: str) -> None:
        relay = relay_to(world, broker_url)

        assert [relay.turn(), relay.turn()] == [0.0, PAUSE]
        assert states(world) == {JobState.SENT}
        with Redis.from_url(broker_url) as link:
            for queue in ("match", "import"):
                (message,) = link.lrange(queue, 0, -1)
                headers = json.loads(message)["headers"]
                assert headers["argsrepr"].strip("(),").isdigit()

    def test_takes_the_banner_away(self, world: World, broker_url: str, tmp_path: Path) -> None:
        client = client_of(app_of(world.urls, tmp_path), world, "adviser")
        assert BANNER in client.get("/").get_data(as_text=True)

        relay_to(world, broker_url).turn()

        assert BANNER not in client.get("/").get_data(as_text=True)
        assert client.get("/ready").json == {"ready": True, "database": True, "relay": True}

    def test_leaves_the_jobs_due_while_the_broker_is_away(self, world: World, tmp_path: Path) -> None:
        began = time.monotonic()

        assert relay_to(world, NOBODY).turn() == DOWN_PAUSE
        assert states(world) == {JobState.DUE}
        assert time.monotonic() - began < 8
        page = client_of(app_of(world.urls, tmp_path), world, "adviser").get("/")
        assert (page.status_code, BANNER in page.get_data(as_text=True)) == (200, True)

    def test_waits_while_the_database_is_away(self, broker_url: str) -> None:
        nowhere = create_engine("postgresql+psycopg://sb_worker@127.0.0.1:1/none", poolclass=NullPool)

        assert Relay(nowhere, CeleryBroker(make_celery(broker_url))).turn() == DOWN_PAUSE


class TestBroker:
    def test_that_does_not_answer_is_told_at_once(self) -> None:
        broker = CeleryBroker(make_celery(NOBODY))

        with pytest.raises(BrokerDown):
            broker.ping()
        with pytest.raises(BrokerDown):
            broker.send("matching.match_opening", 1)
