"""What follows from a placement."""

from __future__ import annotations

from celery import shared_task

from skills_bridge.services import placements
from skills_bridge.tasks.runtime import claimed


@shared_task(name="placements.settle_placement")  # type: ignore[untyped-decorator]  # celery has no types
def settle_placement(job_id: int) -> None:
    """Bring the person and the other referrals in line with a placement; safe to run twice."""
    with claimed(job_id) as work:
        if work:
            placements.settle_placement(work.uow, placement_id=work.object_id)
