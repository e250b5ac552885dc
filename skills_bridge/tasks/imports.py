"""Files of people, checked and applied in the background."""

from __future__ import annotations

from celery import shared_task

from skills_bridge.services import imports
from skills_bridge.tasks.runtime import claimed, runtime


@shared_task(name="imports.check_batch")  # type: ignore[untyped-decorator]  # celery has no types
def check_batch(job_id: int) -> None:
    """Give every row of a received file its verdict; safe to run twice."""
    with claimed(job_id) as work:
        if work:
            version = runtime().settings.legal.consent_version
            imports.check_batch(
                work.uow,
                batch_id=work.object_id,
                progress=work.progress,
                vault=runtime().vault,
                consent_version=version,
            )


@shared_task(name="imports.apply_batch")  # type: ignore[untyped-decorator]  # celery has no types
def apply_batch(job_id: int) -> None:
    """Open a file for each good row of a checked import, all or none; safe to run twice."""
    with claimed(job_id) as work:
        if work:
            version = runtime().settings.legal.consent_version
            imports.apply_batch(
                work.uow,
                batch_id=work.object_id,
                progress=work.progress,
                vault=runtime().vault,
                consent_version=version,
            )
