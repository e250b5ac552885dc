"""Letters to people in search of work."""

from __future__ import annotations

from celery import shared_task

from skills_bridge.services import personal
from skills_bridge.services.accounts import PostOffice
from skills_bridge.tasks.runtime import claimed, runtime


@shared_task(name="personal.mail_link")  # type: ignore[untyped-decorator]  # celery has no types
def mail_link(job_id: int) -> None:
    """Send a person her personal link; safe to run twice."""
    with claimed(job_id) as work:
        if work:
            shared = runtime()
            post = PostOffice(mailer=shared.mailer, base_url=shared.settings.base_url, vault=shared.vault)
            personal.mail_personal_link(work.uow, link_id=work.object_id, post=post)
