"""The relay: sends due jobs to the broker, brings back lost ones, shows that it is alive."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from typing import Final

import click
import structlog
from celery import Celery
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from skills_bridge.adapters.broker import Broker, BrokerDown, CeleryBroker
from skills_bridge.adapters.celery import make_celery
from skills_bridge.adapters.database import engine_of
from skills_bridge.domain.accounts import CLOCK, PLATFORM_SCOPE
from skills_bridge.domain.settings import Settings
from skills_bridge.services.jobs import mark_broker_seen, relay_batch, sweep_leases
from skills_bridge.unit_of_work import transaction

logger = structlog.get_logger()

PAUSE: Final = 0.25
"""Seconds between two looks when nothing is due."""
PULSE: Final = 5.0
"""Seconds between two signs of life and sweeps."""
DOWN_PAUSE: Final = 2.0


class Relay:
    """One loop over the due jobs; several relays at once share the work without sending a job twice."""

    def __init__(self, engine: Engine, broker: Broker) -> None:
        """Keep the database and the broker."""
        self.engine = engine
        self.broker = broker
        self.next_pulse = 0.0

    def turn(self) -> float:
        """Send one batch and return how long to wait before the next."""
        try:
            if time.monotonic() >= self.next_pulse:
                self._pulse()
            with Session(self.engine) as session, transaction(session, actor=CLOCK, scope=PLATFORM_SCOPE) as uow:
                sent = relay_batch(uow, broker=self.broker)
        except BrokerDown:
            logger.warning("broker down, jobs wait")
            return DOWN_PAUSE
        except (DBAPIError, PoolTimeout) as error:
            logger.warning("database unavailable", error=type(error).__name__)
            return DOWN_PAUSE
        return 0.0 if sent else PAUSE

    def _pulse(self) -> None:
        """Bring back lost jobs, and tell the screens that relay and broker are alive."""
        with Session(self.engine) as session, transaction(session, actor=CLOCK, scope=PLATFORM_SCOPE) as uow:
            sweep_leases(uow)
        self.broker.ping()
        with Session(self.engine) as session, transaction(session, actor=CLOCK, scope=PLATFORM_SCOPE) as uow:
            mark_broker_seen(uow)
        self.next_pulse = time.monotonic() + PULSE


@click.group()
def jobs() -> None:
    """Look after background work."""


@jobs.command("relay")
@click.pass_obj
def relay(load: Callable[[], Settings]) -> None:
    """Send due jobs until told to stop."""
    settings = load()
    celery: Celery = make_celery(settings.broker_url)
    loop = Relay(engine_of(settings.databases.worker, pool_size=1, max_overflow=1), CeleryBroker(celery))
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    logger.info("relay started")
    while not stop.wait(loop.turn()):
        pass
    logger.info("relay stopped")
