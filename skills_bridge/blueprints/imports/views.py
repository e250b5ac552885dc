"""Bring a file of people in: upload, progress, verdicts, confirmation."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any, Final

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired

from skills_bridge.blueprints.formats import state_choices
from skills_bridge.blueprints.imports.words import TITLES, explain_problem, explain_refusal
from skills_bridge.blueprints.listing import Column, Filter, Listing
from skills_bridge.blueprints.refusals import explain
from skills_bridge.blueprints.web import current_actor, reading, requires, takes_file, unit_of_work, vault
from skills_bridge.domain.errors import RuleBroken
from skills_bridge.domain.imports import NOTES, REQUIRED, BatchState, Problem
from skills_bridge.domain.imports import Column as FileColumn
from skills_bridge.policies.permissions import Permission
from skills_bridge.queries.imports import BatchLine, BatchPage, RowLine, get_batch_page, list_batches, list_rejected
from skills_bridge.queries.jobs import get_progress
from skills_bridge.reporting.delimited import mark_text
from skills_bridge.services.imports import cancel_batch, confirm_batch, export_rejected, receive_batch

bp = Blueprint("imports", __name__, url_prefix="/imports")

DELIMITER: Final = ";"
EXAMPLE: Final = {
    FileColumn.NUMBER: "ZZ000001",
    FileColumn.LAST_NAME: "Fictif",
    FileColumn.FIRST_NAME: "Exemple",
    FileColumn.SEX: "F",
    FileColumn.BORN_ON: "31/12/1999",
    FileColumn.PROVINCE: "Tanger-Assilah",
    FileColumn.EDUCATION: "qualification",
    FileColumn.FIELD: "vehicle_wiring",
    FileColumn.PAST_JOBS: "EM-1107:18",
    FileColumn.LANGUAGES: "ar:C1|fr:B1",
    FileColumn.LICENCES: "aucun",
    FileColumn.WANTED: "EM-1107|EM-1112",
    FileColumn.CONSENT_MATCHING: "oui",
    FileColumn.CONSENT_SHARING: "oui",
}


class UploadForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """A file of people."""

    file = FileField(
        _l("Fichier CSV ou XLSX"),
        validators=[FileRequired(_l("Choisissez un fichier CSV ou XLSX."))],
        render_kw={"accept": ".csv,.txt,.xlsx"},
    )

    def to_command(self) -> dict[str, Any]:
        """Return the keyword arguments of ``receive_batch``; call it on a valid form only."""
        return {"file_name": self.file.data.filename or "", "content": self.file.data.read()}


def batch_listing() -> Listing[BatchLine]:
    """Return what the list of imports offers."""
    return Listing(
        title=_("Imports"),
        columns=(
            Column(
                "file",
                _("Fichier"),
                lambda line: line.file_name,
                sortable=True,
                link=lambda line: url_for("imports.detail", batch_id=line.id),
            ),
            Column("state", _("État"), lambda line: line.state, "state"),
            Column("received", _("Reçu"), lambda line: line.received_at, "instant", sortable=True),
            Column("rows", _("Lignes"), lambda line: line.rows, "number"),
            Column("good", _("Bonnes"), lambda line: line.good, "number", detail=True),
            Column("bad", _("À corriger"), lambda line: line.bad, "number"),
            Column("duplicate", _("Doublons"), lambda line: line.duplicate, "number", detail=True),
            Column("applied", _("Appliquées"), lambda line: line.applied, "number"),
        ),
        filters=(Filter("state", _("État"), state_choices(BatchState)),),
        default_sort="-received",
        search_hint=_("Nom du fichier"),
    )


def rejected_listing() -> Listing[RowLine]:
    """Return what the table of rows not taken offers."""
    return Listing(
        title=_("Lignes non retenues"),
        columns=(
            Column("number", _("Ligne"), lambda line: line.number, "number"),
            Column("verdict", _("Verdict"), lambda line: line.verdict, "state"),
            Column("problems", _("À corriger"), lambda line: " ".join(explain_problem(one) for one in line.problems)),
        ),
    )


@bp.get("/")
@requires(Permission.IMPORT_MANAGE)
def index() -> ResponseReturnValue:
    """List the imports of the agency, on screen or as a spreadsheet."""
    listing = batch_listing()
    page = list_batches(reading(), actor=current_actor(), request=listing.read(request.args))
    return listing.respond("imports/index.html", page)


@bp.route("/receive", methods=["GET", "POST"])
@requires(Permission.IMPORT_MANAGE)
@takes_file
def receive() -> ResponseReturnValue:
    """Take a file of people."""
    form = UploadForm()
    if form.validate_on_submit():
        try:
            with unit_of_work() as uow:
                batch_id = receive_batch(uow, vault=vault(), **form.to_command()).id
        except RuleBroken as refusal:
            form.file.errors = [*form.file.errors, explain(refusal)]
        else:
            return redirect(url_for("imports.detail", batch_id=batch_id))
    columns = [(column.value, TITLES[column], column in REQUIRED) for column in FileColumn]
    return render_template("imports/receive.html", form=form, columns=columns)


@bp.get("/template.csv")
@requires(Permission.IMPORT_MANAGE)
def template() -> ResponseReturnValue:
    """Give the model of a file: all columns and one invented person."""
    names = [column.value for column in FileColumn]
    return _csv("modele-personnes.csv", [names, [EXAMPLE.get(column, "") for column in FileColumn]])


@bp.get("/<int:batch_id>")
@requires(Permission.IMPORT_MANAGE)
def detail(batch_id: int) -> ResponseReturnValue:
    """Show where an import stands, and the rows that are not taken."""
    actor = current_actor()
    page = get_batch_page(reading(), actor=actor, batch_id=batch_id)
    listing = rejected_listing()
    rows = list_rejected(reading(), actor=actor, batch_id=batch_id, request=listing.read(request.args), vault=vault())
    return listing.respond("imports/detail.html", rows, batch=page, **_shown(page))


@bp.get("/<int:batch_id>/progress")
@requires(Permission.IMPORT_MANAGE)
def progress(batch_id: int) -> ResponseReturnValue:
    """Answer the bar of an import, for the page that polls it."""
    page = get_batch_page(reading(), actor=current_actor(), batch_id=batch_id)
    return render_template("imports/_progress.html", batch=page, **_shown(page))


@bp.post("/<int:batch_id>/confirm")
@requires(Permission.IMPORT_MANAGE)
def confirm(batch_id: int) -> ResponseReturnValue:
    """Ask for the good rows to be applied."""
    try:
        with unit_of_work() as uow:
            confirm_batch(uow, batch_id=batch_id)
    except RuleBroken as refusal:
        flash(explain(refusal), "danger")
    return redirect(url_for("imports.detail", batch_id=batch_id))


@bp.post("/<int:batch_id>/cancel")
@requires(Permission.IMPORT_MANAGE)
def cancel(batch_id: int) -> ResponseReturnValue:
    """Put a file aside."""
    try:
        with unit_of_work() as uow:
            cancel_batch(uow, batch_id=batch_id)
    except RuleBroken as refusal:
        flash(explain(refusal), "danger")
    else:
        flash(_("L’import est abandonné ; son contenu est effacé."), "success")
    return redirect(url_for("imports.detail", batch_id=batch_id))


@bp.post("/<int:batch_id>/export-rejected")
@requires(Permission.IMPORT_EXPORT)
def export(batch_id: int) -> ResponseReturnValue:
    """Give the rows that are not taken, with what to correct, to be sent again; the export is written down."""
    with unit_of_work() as uow:
        rows = export_rejected(uow, batch_id=batch_id, vault=vault())
    names = [column.value for column in FileColumn if any(column.value in row[1] for row in rows)]
    lines = [
        [str(number), mark_text(_sentences(problems)), *(mark_text(cells.get(name, "")) for name in names)]
        for number, cells, problems in rows
    ]
    return _csv(f"a-corriger-{batch_id}.csv", [[*NOTES, *names], *lines])


def _shown(page: BatchPage) -> dict[str, Any]:
    """Return what the page and its bar share."""
    job = get_progress(reading(), actor=current_actor(), job_id=page.job_id) if page.job_id else None
    waits = page.state in (BatchState.RECEIVED, BatchState.APPLYING)
    return {
        "job": job,
        "waits": waits,
        "failed": waits and job is not None and job.has_failed,
        "refusal": explain_refusal(*page.refusal) if page.refusal else None,
        "explain_problem": explain_problem,
    }


def _sentences(problems: Iterable[Problem]) -> str:
    """Return what is wrong with a row in one cell."""
    return " | ".join(f"{one.column}: {explain_problem(one)}" for one in problems)


def _csv(name: str, lines: Iterable[Iterable[str]]) -> Response:
    """Return a CSV that a French spreadsheet opens by itself."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=DELIMITER, quoting=csv.QUOTE_ALL).writerows(lines)
    response = Response(out.getvalue().encode("utf-8-sig"), mimetype="text/csv; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
