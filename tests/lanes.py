"""What the workers of ``test_lanes`` run: matching that lasts until it may end, other work that only tells.

Read by those workers alone: beside the product's tasks, whose names these have, Celery would refuse them.
"""

from __future__ import annotations

import os
from typing import Final

from redis import Redis

from skills_bridge.adapters.celery import make_celery
from tests.factories.lanes import BEGUN, DONE, LONG, MAY_END, SHORT

BROKER: Final = os.environ.get("LANES_BROKER", "redis://127.0.0.1:1/0")
celery: Final = make_celery(BROKER)


@celery.task(name=LONG, shared=False)  # type: ignore[untyped-decorator]  # celery has no types
def match(job_id: int) -> None:
    """Match until the test says so, or for a minute."""
    with Redis.from_url(BROKER) as link:
        link.rpush(BEGUN, job_id)
        link.blpop([MAY_END], timeout=60)


@celery.task(name=SHORT[0], shared=False)  # type: ignore[untyped-decorator]  # celery has no types
def publish(_job_id: int) -> None:
    """Tell that a notice left."""
    _tell(SHORT[0])


@celery.task(name=SHORT[1], shared=False)  # type: ignore[untyped-decorator]  # celery has no types
def build(_job_id: int) -> None:
    """Tell that a pack stands."""
    _tell(SHORT[1])


@celery.task(name=SHORT[2], shared=False)  # type: ignore[untyped-decorator]  # celery has no types
def expire(_job_id: int) -> None:
    """Tell that deadlines passed."""
    _tell(SHORT[2])


@celery.task(name=SHORT[3], shared=False)  # type: ignore[untyped-decorator]  # celery has no types
def check(_job_id: int) -> None:
    """Tell that a file was checked."""
    _tell(SHORT[3])


def _tell(kind: str) -> None:
    with Redis.from_url(BROKER) as link:
        link.rpush(DONE, kind)
