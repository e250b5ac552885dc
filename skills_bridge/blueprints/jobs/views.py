"""The page of background work: last run, result, retry; and the bar that other pages poll."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from skills_bridge.blueprints.formats import state_choices
from skills_bridge.blueprints.jobs.words import error_label, kind_label
from skills_bridge.blueprints.listing import Column, Filter, Listing
from skills_bridge.blueprints.refusals import explain
from skills_bridge.blueprints.web import current_actor, reading, requires, unit_of_work
from skills_bridge.domain.errors import RuleBroken
from skills_bridge.domain.jobs import JobState
from skills_bridge.policies.permissions import Permission
from skills_bridge.queries.jobs import SHOWN_KINDS, JobLine, get_progress, list_jobs, list_kinds
from skills_bridge.services.jobs import cancel_job, retry_job

bp = Blueprint("jobs", __name__, url_prefix="/jobs")


def job_listing() -> Listing[JobLine]:
    """Return what the list of background work offers."""
    return Listing(
        title=_("Tâches"),
        columns=(
            Column(
                "id",
                _("Numéro"),
                lambda line: line.id,
                "number",
                link=lambda line: url_for("jobs.detail", job_id=line.id),
            ),
            Column("kind", _("Tâche"), lambda line: kind_label(line.kind), sortable=True),
            Column("state", _("État"), lambda line: line.state, "state"),
            Column("created", _("Demandée"), lambda line: line.created_at, "instant", sortable=True),
            Column("ended", _("Terminée"), lambda line: line.ended_at, "instant", sortable=True),
            Column("attempts", _("Essais"), lambda line: line.attempts, "number", sortable=True, detail=True),
            Column("error", _("Cause"), lambda line: error_label(line.error), detail=True),
        ),
        filters=(
            Filter("state", _("État"), state_choices(JobState)),
            Filter("late", _("Retard"), [("yes", _("en retard"))]),
            Filter("kind", _("Tâche"), [(kind, kind_label(kind)) for kind in SHOWN_KINDS]),
        ),
        default_sort="-created",
    )


@bp.get("/")
@requires(Permission.JOB_SEE)
def index() -> ResponseReturnValue:
    """List background work, on screen or as a spreadsheet."""
    listing = job_listing()
    page = list_jobs(reading(), actor=current_actor(), request=listing.read(request.args))
    kinds = [(kind_label(line.kind), line) for line in list_kinds(reading(), actor=current_actor())]
    return listing.respond("jobs/index.html", page, kinds=kinds)


@bp.get("/<int:job_id>")
@requires(Permission.JOB_SEE)
def detail(job_id: int) -> ResponseReturnValue:
    """Show one piece of background work."""
    job = get_progress(reading(), actor=current_actor(), job_id=job_id)
    return render_template("jobs/detail.html", job=job, label=kind_label(job.kind), cause=error_label(job.error))


@bp.get("/<int:job_id>/progress")
@requires(Permission.JOB_SEE)
def progress(job_id: int) -> ResponseReturnValue:
    """Answer the bar of a piece of work, for the page that polls it."""
    job = get_progress(reading(), actor=current_actor(), job_id=job_id)
    return render_template("jobs/_progress.html", job=job, label=kind_label(job.kind))


@bp.post("/<int:job_id>/retry")
@requires(Permission.JOB_MANAGE)
def retry(job_id: int) -> ResponseReturnValue:
    """Give a failed job new attempts."""
    try:
        with unit_of_work() as uow:
            retry_job(uow, job_id=job_id)
    except RuleBroken as refusal:
        flash(explain(refusal), "danger")
    else:
        flash(_("La tâche est relancée."), "success")
    return redirect(url_for("jobs.detail", job_id=job_id))


@bp.post("/<int:job_id>/cancel")
@requires(Permission.JOB_MANAGE)
def cancel(job_id: int) -> ResponseReturnValue:
    """Stop a job that has not ended."""
    try:
        with unit_of_work() as uow:
            cancel_job(uow, job_id=job_id)
    except RuleBroken as refusal:
        flash(explain(refusal), "danger")
    else:
        flash(_("La tâche est annulée."), "success")
    return redirect(url_for("jobs.detail", job_id=job_id))
