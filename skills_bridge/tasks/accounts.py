"""Letters about accounts, the end of a lost second factor, and what accounts leave behind, removed each day."""

from __future__ import annotations

from celery import shared_task

from skills_bridge.services import accounts, sending
from skills_bridge.services.accounts import PostOffice
from skills_bridge.tasks.runtime import claimed, runtime


def post_office() -> PostOffice:
    """Return how letters with links leave: by whom, from which address of the site, under which keys."""
    shared = runtime()
    return PostOffice(mailer=shared.mailer, base_url=shared.settings.base_url, vault=shared.vault)


@shared_task(name="accounts.forget_visits")  # type: ignore[untyped-decorator]  # celery has no types
def forget_visits(job_id: int) -> None:
    """Remove old visits of strangers, old tries to sign in and yesterday's forms; safe to run twice."""
    with claimed(job_id) as work:
        if work:
            accounts.forget_visits(work.uow)
            sending.forget_forms(work.uow)


@shared_task(name="accounts.mail_invitation")  # type: ignore[untyped-decorator]  # celery has no types
def mail_invitation(job_id: int) -> None:
    """Send an invitation; safe to run twice."""
    with claimed(job_id) as work:
        if work:
            accounts.mail_invitation(work.uow, invitation_id=work.object_id, post=post_office())


@shared_task(name="accounts.mail_link")  # type: ignore[untyped-decorator]  # celery has no types
def mail_link(job_id: int) -> None:
    """Send a link to whoever owns the address that was typed; safe to run twice."""
    with claimed(job_id) as work:
        if work:
            accounts.mail_link(work.uow, link_id=work.object_id, post=post_office())


@shared_task(name="accounts.tell_change")  # type: ignore[untyped-decorator]  # celery has no types
def tell_change(job_id: int) -> None:
    """Tell a person that her way in changed; safe to run twice."""
    with claimed(job_id) as work:
        if work:
            accounts.tell_change(work.uow, user_id=work.object_id, mailer=runtime().mailer)


@shared_task(name="accounts.tell_reset")  # type: ignore[untyped-decorator]  # celery has no types
def tell_reset(job_id: int) -> None:
    """Tell a person that the end of her second factor was asked for; safe to run twice."""
    with claimed(job_id) as work:
        if work:
            accounts.tell_reset(work.uow, reset_id=work.object_id, mailer=runtime().mailer)


@shared_task(name="accounts.end_second_factor")  # type: ignore[untyped-decorator]  # celery has no types
def end_second_factor(job_id: int) -> None:
    """End a second factor that two persons declared lost; safe to run twice."""
    with claimed(job_id) as work:
        if work:
            accounts.end_second_factor(work.uow, reset_id=work.object_id, vault=runtime().vault)
