"""The Celery application: one set of settings for relay, worker and beat; ``docs/runbook.md`` has the reasons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from celery import Celery

QUEUES: Final = ("mail", "match", "import", "sweep")
"""Every queue; a worker listens to each."""

WORKERS: Final[dict[str, tuple[str, ...]]] = {"worker": ("mail", "import", "sweep"), "matcher": ("match",)}
"""Which worker listens to which queues: matching may take minutes, and no notice or pack waits behind it."""

MEMORY_KIB: Final[dict[str, int]] = {"worker": 300_000, "matcher": 1_500_000}
"""When a process of each worker is replaced after its task; the index that a matcher maps counts as its own memory."""

TASK_ROUTES: Final[dict[str, dict[str, str]]] = {
    "audit.*": {"queue": "sweep"},
    "accounts.*": {"queue": "mail"},
    "organisations.*": {"queue": "sweep"},
    "notices.*": {"queue": "mail"},
    "personal.*": {"queue": "mail"},
    "matching.*": {"queue": "match"},
    "imports.*": {"queue": "import"},
    "packs.*": {"queue": "sweep"},
    "figures.*": {"queue": "sweep"},
    "jobs.*": {"queue": "sweep"},
    "privacy.*": {"queue": "sweep"},
    "placements.*": {"queue": "sweep"},
    "referrals.*": {"queue": "sweep"},
    "reservations.*": {"queue": "sweep"},
}


def kinds_of(queues: Iterable[str]) -> tuple[str, ...]:
    """Return how the kinds of work begin that go to these queues."""
    wanted = frozenset(queues)
    return tuple(pattern.removesuffix("*") for pattern, route in TASK_ROUTES.items() if route["queue"] in wanted)


def make_celery(broker_url: str) -> Celery:
    """Return the Celery application; each setting has its reason in ``docs/runbook.md``."""
    celery = Celery("skills_bridge", broker=broker_url, set_as_current=True)
    transport = {
        "visibility_timeout": 900,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "socket_timeout": 10,
        "socket_connect_timeout": 3,
        "socket_keepalive": True,
        "health_check_interval": 15,
        "retry_on_timeout": True,
    }
    celery.conf.update(
        accept_content=["json"],
        task_serializer="json",
        task_acks_late=True,
        task_reject_on_worker_lost=False,
        task_ignore_result=True,
        task_soft_time_limit=240,
        task_time_limit=300,
        task_routes=TASK_ROUTES,
        task_default_queue=QUEUES[-1],
        task_publish_retry=False,
        visibility_timeout=900,
        broker_transport_options=transport,
        result_backend_transport_options={"visibility_timeout": 900},
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        worker_prefetch_multiplier=1,
        worker_max_tasks_per_child=500,
        worker_max_memory_per_child=MEMORY_KIB["worker"],
        worker_proc_alive_timeout=120.0,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_soft_shutdown_timeout=30.0,
        worker_enable_soft_shutdown_on_idle=True,
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
        timezone="UTC",
        enable_utc=True,
    )
    return celery
