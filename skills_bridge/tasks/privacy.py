"""Requests of people carried out, and the clock of retention looked at each night."""

from __future__ import annotations

from celery import shared_task

from skills_bridge.services import privacy
from skills_bridge.services.privacy import access, telling
from skills_bridge.tasks.runtime import claimed, runtime


@shared_task(name="privacy.hand_over")  # type: ignore[untyped-decorator]  # celery has no types
def hand_over(job_id: int) -> None:
    """Pass an accepted request on to its agency; safe to run twice."""
    with claimed(job_id) as work:
        if work:
            privacy.hand_over(work.uow, request_id=work.object_id)


@shared_task(name="privacy.carry_out")  # type: ignore[untyped-decorator]  # celery has no types
def carry_out(job_id: int) -> None:
    """Do what an accepted request asks; safe to run twice."""
    with claimed(job_id) as work:
        if work:
            shared = runtime()
            build = access.builder(shared.vault, shared.settings.legal)
            privacy.carry_out(work.uow, request_id=work.object_id, vault=shared.vault, build=build)


@shared_task(name="privacy.tell_person")  # type: ignore[untyped-decorator]  # celery has no types
def tell_person(job_id: int) -> None:
    """Tell a person that her file will be anonymised; safe to run twice."""
    with claimed(job_id) as work:
        if work:
            shared = runtime()
            telling.tell_person(work.uow, notice_id=work.object_id, mailer=shared.mailer, legal=shared.settings.legal)


@shared_task(name="privacy.count_retention")  # type: ignore[untyped-decorator]  # celery has no types
def count_retention(job_id: int) -> None:
    """Ask every agency to look at its clock of inactivity; safe to run twice."""
    with claimed(job_id) as work:
        if work:
            privacy.ask_each_agency(work.uow)


@shared_task(name="privacy.count_agency")  # type: ignore[untyped-decorator]  # celery has no types
def count_agency(job_id: int) -> None:
    """Count what the clock of inactivity would do in one agency, and do nothing; safe to run twice."""
    with claimed(job_id) as work:
        if work:
            clock = privacy.clock_from(runtime().settings.legal)
            privacy.count_retention(work.uow, agency_id=work.object_id, clock=clock)
