"""The clock: each beat only makes sure that a period's job row exists, so two beats, or none for a day, do no harm."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from celery import shared_task

from skills_bridge.domain.calendar import local_day
from skills_bridge.services.jobs import ensure_period
from skills_bridge.tasks.runtime import platform_work

FIGURES_EVERY: Final = timedelta(minutes=15)

DAILY: Final = (
    "referrals.expire_referrals",
    "matching.pack_due",
    "matching.check_packed",
    "reservations.expire_reservations",
    "matching.match_all",
    "matching.forget_inputs",
    "accounts.forget_visits",
    "audit.record_check",
    "privacy.count_retention",
)
"""Work of each day of Morocco: deadlines pass, what counts on a day changes, what no longer serves goes."""

BEAT_SCHEDULE: Final = {
    "ask for the open month's figures": {"task": "jobs.ask_for_figures", "schedule": 60.0},
    "ask for the work of the day": {"task": "jobs.ask_for_day", "schedule": 300.0},
}


def period_of(instant: datetime, length: timedelta) -> str:
    """Return the name of the period that holds an instant, counted from the epoch."""
    return str(int(instant.timestamp() // length.total_seconds()))


@shared_task(name="jobs.ask_for_figures")  # type: ignore[untyped-decorator]  # celery has no types
def ask_for_figures() -> None:
    """Ask for the open month's figures, once a quarter of an hour."""
    with platform_work() as uow:
        ensure_period(uow, kind="figures.compute_open_month", period=period_of(uow.now, FIGURES_EVERY), due_at=uow.now)


@shared_task(name="jobs.ask_for_day")  # type: ignore[untyped-decorator]  # celery has no types
def ask_for_day() -> None:
    """Ask for the work of the day, once a day."""
    with platform_work() as uow:
        for kind in DAILY:
            ensure_period(uow, kind=kind, period=local_day(uow.now).isoformat(), due_at=uow.now)
