"""Shortlists in the background."""

from __future__ import annotations

from celery import shared_task

from skills_bridge.services import matching
from skills_bridge.tasks.runtime import claimed, runtime


@shared_task(name="matching.match_opening")  # type: ignore[untyped-decorator]  # celery has no types
def match_opening(job_id: int) -> None:
    """Compute the shortlist of one opening; safe to run twice."""
    with claimed(job_id) as work:
        if work:
            files = runtime().index_files
            matching.compute_shortlist(work.uow, opening_id=work.object_id, progress=work.progress, files=files)


@shared_task(name="matching.match_for_cohort")  # type: ignore[untyped-decorator]  # celery has no types
def match_for_cohort(job_id: int) -> None:
    """Ask for the shortlists that a new cohort may change; safe to run twice."""
    with claimed(job_id) as work:
        if work:
            matching.match_for_cohort(work.uow, cohort_id=work.object_id)


@shared_task(name="matching.match_for_seeker")  # type: ignore[untyped-decorator]  # celery has no types
def match_for_seeker(job_id: int) -> None:
    """Ask for the shortlists that a person's change may touch; safe to run twice."""
    with claimed(job_id) as work:
        if work:
            matching.match_for_seeker(work.uow, seeker_id=work.object_id)


@shared_task(name="matching.match_all")  # type: ignore[untyped-decorator]  # celery has no types
def match_all(job_id: int) -> None:
    """Ask each agency for a run over all its openings: each day, what counts on a day changes; safe to run twice."""
    with claimed(job_id) as work:
        if work:
            matching.ask_full_runs(work.uow)


@shared_task(name="matching.match_agency")  # type: ignore[untyped-decorator]  # celery has no types
def match_agency(job_id: int) -> None:
    """Compute the shortlists of all openings of an agency; safe to run twice."""
    with claimed(job_id) as work:
        if work:
            files = runtime().index_files
            matching.compute_full_run(work.uow, agency_id=work.object_id, progress=work.progress, files=files)


@shared_task(name="matching.report_exposure")  # type: ignore[untyped-decorator]  # celery has no types
def report_exposure(job_id: int) -> None:
    """Count whom a full run shows and whom never, in the agency's own scope; safe to run twice."""
    with claimed(job_id) as work:
        if work:
            matching.report_exposure(work.uow, run_id=work.object_id)


@shared_task(name="matching.allocate_places")  # type: ignore[untyped-decorator]  # celery has no types
def allocate_places(job_id: int) -> None:
    """Allocate the places after a full run, in the agency's own scope; safe to run twice."""
    with claimed(job_id) as work:
        if work:
            matching.allocate_places(work.uow, run_id=work.object_id, progress=work.progress)


@shared_task(name="matching.forget_inputs")  # type: ignore[untyped-decorator]  # celery has no types
def forget_inputs(job_id: int) -> None:
    """Remove inputs of runs that were kept long enough; safe to run twice."""
    with claimed(job_id) as work:
        if work:
            matching.forget_inputs(work.uow)


@shared_task(name="matching.pack_due")  # type: ignore[untyped-decorator]  # celery has no types
def pack_due(job_id: int) -> None:
    """Pack the profiles in which a proof has run out, or whose lists have changed; safe to run twice."""
    with claimed(job_id) as work:
        if work:
            matching.pack_due(work.uow)


@shared_task(name="matching.check_packed")  # type: ignore[untyped-decorator]  # celery has no types
def check_packed(job_id: int) -> None:
    """Compare some packed profiles with the files; a difference ends among the dead letters."""
    with claimed(job_id) as work:
        if work:
            matching.check_packed(work.uow)
