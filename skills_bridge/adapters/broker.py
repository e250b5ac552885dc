"""The doorbell of the workers: sends a job's number by task name, never waits long."""

from __future__ import annotations

from typing import Protocol

from celery import Celery
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError


class BrokerDown(Exception):
    """The broker does not answer; the jobs stay due and nothing is lost."""


class Broker(Protocol):
    """Sends job numbers."""

    def send(self, kind: str, job_id: int) -> None:
        """Send one job to its queue."""

    def ping(self) -> None:
        """Check that the broker answers."""


class CeleryBroker:
    """Sends through Celery, by the task's name."""

    def __init__(self, celery: Celery) -> None:
        """Keep the application whose routes choose the queue."""
        self.celery = celery

    def send(self, kind: str, job_id: int) -> None:
        """Send one job to its queue.

        :raises BrokerDown: the broker did not take it.
        """
        try:
            self.celery.send_task(kind, args=(job_id,), retry=False)
        except (OperationalError, RedisError, OSError) as error:
            raise BrokerDown from error

    def ping(self) -> None:
        """Check that the broker answers.

        :raises BrokerDown: it does not.
        """
        try:
            with self.celery.connection_for_write() as connection:
                connection.ensure_connection(max_retries=0, timeout=1)
                connection.default_channel.client.ping()
        except (OperationalError, RedisError, OSError) as error:
            raise BrokerDown from error


class NullBroker:
    """Sends nothing and remembers what it was asked to send."""

    def __init__(self) -> None:
        """Start without a message."""
        self.sent: list[tuple[str, int]] = []

    def send(self, kind: str, job_id: int) -> None:
        """Remember one job."""
        self.sent.append((kind, job_id))

    def ping(self) -> None:
        """Always answer."""
