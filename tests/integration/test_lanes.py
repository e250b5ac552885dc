"""Lanes of background work, through a real broker: a run of matching that takes long holds nobody's notice."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from redis import Redis

from skills_bridge.adapters.broker import CeleryBroker
from skills_bridge.adapters.celery import WORKERS, make_celery
from skills_bridge.adapters.development import CONCURRENCY, ROOT, worker_arguments
from tests.factories import lanes


@pytest.fixture
def workers(broker_url: str) -> Iterator[None]:
    """Start the workers of an installation, with tasks of the test."""
    environ = {**os.environ, "LANES_BROKER": broker_url, "PYTHONPATH": str(ROOT)}
    with ExitStack() as stack, Redis.from_url(broker_url) as link:
        for name in WORKERS:
            command = [sys.executable, "-m", "celery", *worker_arguments(name, "tests.lanes:celery")]
            worker = stack.enter_context(subprocess.Popen(command, cwd=ROOT, env=environ))
            stack.callback(worker.terminate)
        yield
        link.rpush(lanes.MAY_END, *range(3 * CONCURRENCY))


@pytest.mark.usefixtures("workers")
def test_matching_holds_nothing_else(broker_url: str) -> None:
    broker = CeleryBroker(make_celery(broker_url))
    for job_id in range(2 * CONCURRENCY):
        broker.send(lanes.LONG, job_id)
    with Redis.from_url(broker_url) as link:
        for _ in range(CONCURRENCY):
            assert link.blpop([lanes.BEGUN], timeout=40)
        for job_id, kind in enumerate(lanes.SHORT, 100):
            broker.send(kind, job_id)
        told = [link.blpop([lanes.DONE], timeout=20) for _ in lanes.SHORT]

        assert sorted(one[1].decode() for one in told if one) == sorted(lanes.SHORT)
        assert link.llen("match") + link.hlen("unacked") >= CONCURRENCY
