"""The monthly pack: built after the freeze, published after the fourth visa."""

from __future__ import annotations

from celery import shared_task

from skills_bridge.queries.facts import get_cut_off, get_facts
from skills_bridge.services.packs import building
from skills_bridge.tasks.runtime import claimed, report_session, runtime


@shared_task(name="packs.build_pack")  # type: ignore[untyped-decorator]  # celery has no types
def build_pack(job_id: int) -> None:
    """Build a frozen month from facts read through the reporting role; safe to run twice."""
    with claimed(job_id) as work, report_session() as reports:
        if work:
            facts = get_facts(reports, cut_off=get_cut_off(work.uow.session, pack_id=work.object_id))
            building.build_pack(work.uow, pack_id=work.object_id, facts=facts, sealer=runtime().sealer)


@shared_task(name="packs.publish_pack")  # type: ignore[untyped-decorator]  # celery has no types
def publish_pack(job_id: int) -> None:
    """Publish a pack if its four visas are given; safe to run twice."""
    with claimed(job_id) as work:
        if work:
            building.publish_pack(work.uow, pack_id=work.object_id, sealer=runtime().sealer)
