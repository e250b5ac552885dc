"""Reservations in the background."""

from __future__ import annotations

from celery import shared_task

from skills_bridge.services import reservations
from skills_bridge.tasks.runtime import claimed


@shared_task(name="reservations.expire_reservations")  # type: ignore[untyped-decorator]  # celery has no types
def expire(job_id: int) -> None:
    """Give back seats and posts that were kept long enough; safe to run twice."""
    with claimed(job_id) as work:
        if work:
            reservations.expire_reservations(work.uow)


@shared_task(name="reservations.release_posts")  # type: ignore[untyped-decorator]  # celery has no types
def release_posts(job_id: int) -> None:
    """End the reservations on posts that a company filled or closed; safe to run twice."""
    with claimed(job_id) as work:
        if work:
            reservations.release_posts(work.uow, opening_id=work.object_id)
