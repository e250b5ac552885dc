"""A local installation that stays up: what falls comes back where it was."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import psycopg
import pytest
from redis import Redis

from skills_bridge.adapters.database_roles import plain_url
from skills_bridge.adapters.development import LocalStack, forget_checkout, local_stack
from skills_bridge.adapters.processes import StartFailed, recorded
from skills_bridge.adapters.supervision import Supervisor
from skills_bridge.cli.database import upgrade_schema


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    folder = tmp_path_factory.mktemp("supervised")
    with local_stack(folder, environ={}, throwaway=True) as running:
        upgrade_schema(running.databases.owner)
        yield running
    forget_checkout(folder)


def fell(stack: LocalStack, name: str) -> None:
    """Kill a program as a fault would, and wait until it is gone."""
    pid = next(mark.pid for mark in reversed(recorded(stack.folder)) if mark.name == name)
    os.kill(pid, signal.SIGKILL)
    limit = time.monotonic() + 10
    while name not in stack.programs.dead():
        assert time.monotonic() < limit
        time.sleep(0.02)


def looked(stack: LocalStack, times: int = 2) -> list[str]:
    """Look several times without pauses; return what was told."""
    told: list[str] = []
    supervisor = Supervisor(stack, tell=told.append, process_pause=0, server_pause=0)
    for _ in range(times):
        supervisor.look()
    return told


def look_for_ever(supervisor: Supervisor) -> None:
    """Look until something is given up, a minute at most."""
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        supervisor.look()
        time.sleep(0.05)


class TestSupervisor:
    def test_brings_the_broker_back_where_it_was(self, stack: LocalStack) -> None:
        fell(stack, "valkey")

        told = looked(stack)

        with Redis.from_url(stack.environ["REDIS_URL"]) as link:
            assert link.ping()
        assert told == ["valkey has ended; it is started again in 0 s", "valkey runs again"]

    def test_brings_the_database_back_with_its_data(self, stack: LocalStack) -> None:
        fell(stack, "postgres")

        told = looked(stack, times=4)

        with psycopg.connect(plain_url(stack.databases.owner)) as connection:
            assert connection.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)
        assert told[-1] == "postgres runs again"

    def test_waits_its_pause(self, stack: LocalStack) -> None:
        stack.start_relay()
        fell(stack, "relay")
        told: list[str] = []
        patient = Supervisor(stack, tell=told.append, process_pause=60)
        patient.look()
        patient.look()

        assert not stack.programs.is_running("relay")
        assert told == ["relay has ended; it is started again in 60 s"]
        looked(stack)
        assert stack.programs.is_running("relay")
        stack.programs.stop("relay")

    def test_gives_up_what_falls_again_and_again(self, stack: LocalStack) -> None:
        supervisor = Supervisor(stack, tell=lambda _text: None, process_pause=0, most_starts=1)
        address = stack.environ.pop("REDIS_URL")
        stack.start_relay()

        with pytest.raises(StartFailed, match="REDIS_URL"):
            look_for_ever(supervisor)
        stack.environ["REDIS_URL"] = address
        assert [mark.name for mark in recorded(stack.folder)][-2:] == ["relay", "relay"]
