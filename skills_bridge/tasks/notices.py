"""One task a kind of notice; all tell through the same service."""

from __future__ import annotations

from collections.abc import Callable

from celery import shared_task

from skills_bridge.services.notices import READERS, tell
from skills_bridge.tasks.runtime import claimed, runtime


def _task(kind: str) -> Callable[[int], None]:
    """Return the body of one kind's task."""

    def work_off(job_id: int) -> None:
        with claimed(job_id) as work:
            if work:
                shared = runtime()
                tell(
                    work.uow,
                    kind=kind,
                    object_id=work.object_id,
                    mailer=shared.mailer,
                    base_url=shared.settings.base_url,
                )

    return work_off


TASKS = {kind: shared_task(name=f"notices.{kind}")(_task(kind)) for kind in READERS}
"""Kind of notice → its task."""
