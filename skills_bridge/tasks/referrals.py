"""What follows for referrals when something else happened."""

from __future__ import annotations

from celery import shared_task

from skills_bridge.domain.referrals import EndReason
from skills_bridge.services.referrals import end_referrals, expire_referrals
from skills_bridge.tasks.runtime import claimed


@shared_task(name="referrals.end_for_opening")  # type: ignore[untyped-decorator]  # celery has no types
def end_for_opening(job_id: int) -> None:
    """End what still waits on a closed opening, also what its company cannot see; safe to run twice."""
    with claimed(job_id) as work:
        if work:
            end_referrals(work.uow, opening_id=work.object_id, reason=EndReason.OPENING_CLOSED)


@shared_task(name="referrals.expire_referrals")  # type: ignore[untyped-decorator]  # celery has no types
def expire(job_id: int) -> None:
    """End what companies left without answer beyond their deadline; safe to run twice."""
    with claimed(job_id) as work:
        if work:
            expire_referrals(work.uow)
