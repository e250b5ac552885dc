"""Figures of the open month, every quarter of an hour."""

from __future__ import annotations

from celery import shared_task

from skills_bridge.queries.facts import get_facts
from skills_bridge.services import figures
from skills_bridge.tasks.runtime import claimed, report_session


@shared_task(name="figures.compute_open_month")  # type: ignore[untyped-decorator]  # celery has no types
def compute_open_month(job_id: int) -> None:
    """Compute the open month's figures from facts read through the reporting role; safe to run twice."""
    with claimed(job_id) as work, report_session() as reports:
        if work:
            figures.compute_open_month(work.uow, facts=get_facts(reports, cut_off=work.uow.now))
