"""The audit verified each night."""

from __future__ import annotations

from celery import shared_task

from skills_bridge.services import audit
from skills_bridge.tasks.runtime import claimed, runtime


@shared_task(name="audit.record_check")  # type: ignore[untyped-decorator]  # celery has no types
def record_check(job_id: int) -> None:
    """Verify every stream and keep the outcome; safe to run twice."""
    with claimed(job_id) as work:
        if work:
            audit.record_check(work.uow, sealer=runtime().sealer)
