"""What follows when an organisation is suspended or leaves."""

from __future__ import annotations

from celery import shared_task

from skills_bridge.services import organisations
from skills_bridge.tasks.runtime import claimed


@shared_task(name="organisations.hand_over")  # type: ignore[untyped-decorator]  # celery has no types
def hand_over(job_id: int) -> None:
    """Close what an organisation that left had open; safe to run twice."""
    with claimed(job_id) as work:
        if work:
            organisations.hand_over(work.uow, organisation_id=work.object_id)


@shared_task(name="organisations.end_sessions")  # type: ignore[untyped-decorator]  # celery has no types
def end_sessions(job_id: int) -> None:
    """End what the people of a suspended organisation had open; safe to run twice."""
    with claimed(job_id) as work:
        if work:
            organisations.end_organisation_sessions(work.uow, organisation_id=work.object_id)
