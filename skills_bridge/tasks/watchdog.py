"""A worker that lives and takes nothing ends itself, and what keeps processes up starts it again.

After a broken connection a consumer may wait for ever on a queue that fills (kombu #2007, #2492); nothing falls, so no
supervisor sees it. A thread of the worker's main process looks instead: work is due, broker and relay are alive, and
nobody has taken any.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import structlog
from celery import current_app
from celery.signals import worker_ready
from celery.worker import state as worker_state
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from skills_bridge.adapters.celery import kinds_of
from skills_bridge.adapters.database import passing_engine
from skills_bridge.domain.accounts import CLOCK, PLATFORM_SCOPE
from skills_bridge.queries.jobs import is_left_standing
from skills_bridge.tasks.runtime import runtime
from skills_bridge.unit_of_work import transaction

logger = structlog.get_logger()

LOOKS: Final = 8
"""Looks within the time after which a worker counts as silent."""

ENDED_SILENT: Final = 70
"""The worker's exit code: not 0, so that any supervisor starts it again."""

GRACE_SECONDS: Final = 45.0
"""For the worker to end by itself; one whose loop hangs is ended."""


class Watchdog:
    """Says when work has been left standing for so many seconds, look after look."""

    def __init__(self, patience: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Take the patience and a clock in seconds."""
        self._patience, self._clock = patience, clock
        self._since: float | None = None

    def sees(self, *, standing: bool) -> bool:
        """Note what a look found; True once it has been so for the whole of the patience."""
        if not standing:
            self._since = None
            return False
        self._since = self._clock() if self._since is None else self._since
        return self._clock() - self._since >= self._patience


@worker_ready.connect  # type: ignore[untyped-decorator]  # celery has no types
def watch(**_: Any) -> None:
    """Start the thread, once: a worker gets ready anew after each broken connection."""
    if all(thread.name != __name__ for thread in threading.enumerate()):
        kinds = kinds_of(current_app.amqp.queues.consume_from)
        threading.Thread(target=_keep_looking, args=(kinds,), name=__name__, daemon=True).start()


def _keep_looking(kinds: tuple[str, ...]) -> None:
    patience, engine = runtime().settings.silent_seconds, passing_engine(runtime().settings.databases.worker)
    watchdog, pause = Watchdog(patience), patience / LOOKS
    while not watchdog.sees(standing=_is_left_standing(engine, kinds, timedelta(seconds=pause))):
        time.sleep(pause)
    logger.error("worker silent while work is due: it ends", seconds=patience)
    worker_state.should_stop = ENDED_SILENT
    time.sleep(GRACE_SECONDS)
    os._exit(ENDED_SILENT)


def _is_left_standing(engine: Engine, kinds: tuple[str, ...], lately: timedelta) -> bool:
    """Look once; without a database nobody can tell."""
    try:
        with Session(engine) as session, transaction(session, actor=CLOCK, scope=PLATFORM_SCOPE) as uow:
            return is_left_standing(uow.session, kinds=kinds, lately=lately)
    except DBAPIError as error:
        logger.warning("watchdog without a database", error=type(error).__name__)
        return False
