"""The history of runs, one run with whom it shows and whom never, and the run over all openings on demand."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from skills_bridge.blueprints.formats import number
from skills_bridge.blueprints.listing import Column, Filter, Listing
from skills_bridge.blueprints.matching.run_words import GROUPINGS, STEPS, group_label, in_order
from skills_bridge.blueprints.web import current_actor, language, reading, requires, unit_of_work
from skills_bridge.policies.permissions import Permission
from skills_bridge.queries.matching.runs import RunHistoryLine, get_full_run_job, get_run_page, list_runs
from skills_bridge.services.matching import ask_full_run

bp = Blueprint("match_runs", __name__, url_prefix="/matching/runs")


def run_listing() -> Listing[RunHistoryLine]:
    """Return what the history of runs offers."""
    return Listing(
        title=_("Rapprochements"),
        columns=(
            Column("id", _("Numéro"), lambda run: run.id, "number", _address, sortable=True),
            Column("created", _("Calculé le"), lambda run: run.created_at, "instant", sortable=True),
            Column("scope", _("Portée"), lambda run: run.reference or _("toutes les offres"), "reference"),
            Column("asked_by", _("Demandé par"), lambda run: run.asked_by or _("l’horloge")),
            Column("pool", _("Personnes examinées"), lambda run: run.counts.get("pool"), "number"),
            Column("ready", _("Prêtes"), lambda run: run.count("ready"), "number"),
            Column("to_confirm", _("À confirmer"), lambda run: run.count("to_confirm"), "number"),
            Column(
                "policy", _("Politique"), lambda run: _("version %(number)s", number=run.policy_version), detail=True
            ),
            Column("seconds", _("Durée (secondes)"), _seconds, detail=True),
            Column("digest", _("Empreinte"), lambda run: run.digest[:12], "reference", detail=True),
        ),
        filters=(Filter("scope", _("Portée"), [("full", _("toutes les offres")), ("opening", _("une offre"))]),),
        default_sort="-id",
        search_hint=_("Offre ou personne qui l’a demandé"),
    )


def _address(run: RunHistoryLine) -> str:
    return url_for("match_runs.detail", run_id=run.id)


def _seconds(run: RunHistoryLine) -> str:
    return "" if run.milliseconds is None else number(run.milliseconds / 1000, 1)


@bp.get("/")
@requires(Permission.MATCH_SEE)
def index() -> ResponseReturnValue:
    """List the runs, on screen or as a spreadsheet, with the one that is under way."""
    listing = run_listing()
    page = list_runs(reading(), request=listing.read(request.args))
    job = get_full_run_job(reading(), actor=current_actor())
    return listing.respond("matching/runs.html", page, job=job)


@bp.post("/run")
@requires(Permission.MATCH_RUN_ALL)
def create() -> ResponseReturnValue:
    """Ask for one run over all openings."""
    with unit_of_work() as uow:
        asked = ask_full_run(uow, agency_id=current_actor().organisation_id or 0)
    if asked:
        flash(_("Le rapprochement complet est demandé : les listes changent toutes ensemble à la fin."), "success")
    else:
        flash(_("Un rapprochement complet est déjà en cours : votre demande le rejoint."), "info")
    return redirect(url_for(".index"))


@bp.get("/<int:run_id>")
@requires(Permission.MATCH_SEE)
def detail(run_id: int) -> ResponseReturnValue:
    """Show one run: by which policy, from what, what came out, whom it shows and whom never."""
    page = get_run_page(reading(), run_id=run_id)
    groups = {
        title: [(group_label(page, name, line.key, language()), line) for line in in_order(name, page.groups[name])]
        for name, title in GROUPINGS.items()
        if name in page.groups
    }
    return render_template("matching/run.html", page=page, run=page.line, groups=groups, steps=STEPS)
