"""What accounts leave behind, removed each day."""

from __future__ import annotations

from celery import shared_task

from skills_bridge.services import accounts, sending
from skills_bridge.tasks.runtime import claimed


@shared_task(name="accounts.forget_visits")  # type: ignore[untyped-decorator]  # celery has no types
def forget_visits(job_id: int) -> None:
    """Remove old visits of strangers, old tries to sign in and yesterday's forms; safe to run twice."""
    with claimed(job_id) as work:
        if work:
            accounts.forget_visits(work.uow)
            sending.forget_forms(work.uow)
