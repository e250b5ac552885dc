"""The monthly pack: freeze, read, approve, download."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from skills_bridge.blueprints.formats import form_choices, month, state_choices
from skills_bridge.blueprints.listing import Column, Filter, Listing
from skills_bridge.blueprints.packs.forms import FreezeForm, SendBackForm
from skills_bridge.blueprints.packs.words import PARTIES
from skills_bridge.blueprints.refusals import explain
from skills_bridge.blueprints.web import current_actor, language, reading, requires, unit_of_work
from skills_bridge.domain.calendar import Month, local_day
from skills_bridge.domain.errors import RuleBroken
from skills_bridge.domain.packs import PackState
from skills_bridge.policies.permissions import Permission
from skills_bridge.queries.packs import PackLine, get_pack_file, get_pack_page, list_packs
from skills_bridge.services.packs.freezing import freeze_month, give_visa, send_back_pack
from skills_bridge.unit_of_work import utc_now

bp = Blueprint("packs", __name__, url_prefix="/packs")

MONTHS_OFFERED = 12


def pack_listing() -> Listing[PackLine]:
    """Return what the list of packs offers."""
    return Listing(
        title=_("Rapports mensuels"),
        columns=(
            Column(
                "reference",
                _("Référence"),
                lambda line: line.reference,
                "reference",
                link=lambda line: url_for("packs.detail", reference=line.reference),
                sortable=True,
            ),
            Column("month", _("Mois"), lambda line: month(line.month_on), sortable=True),
            Column("version", _("Version"), lambda line: line.version, "number"),
            Column("state", _("État"), lambda line: line.state, "state"),
            Column("visas", _("Visas donnés"), lambda line: line.visas_given, "number"),
            Column("frozen", _("Arrêté le"), lambda line: line.frozen_at, "instant", sortable=True, detail=True),
            Column("published", _("Publié le"), lambda line: line.published_at, "instant", detail=True),
        ),
        filters=(Filter("state", _("État"), state_choices(PackState)),),
        default_sort="-month",
        search_hint=_("Référence"),
    )


@bp.get("/")
@requires(Permission.PACK_SEE)
def index() -> ResponseReturnValue:
    """List the packs, on screen or as a spreadsheet."""
    listing = pack_listing()
    page = list_packs(reading(), actor=current_actor(), request=listing.read(request.args))
    return listing.respond("packs/index.html", page)


@bp.route("/freeze", methods=["GET", "POST"])
@requires(Permission.PACK_FREEZE)
def freeze() -> ResponseReturnValue:
    """Freeze a month that is over."""
    form = FreezeForm()
    form.month.choices = month_choices()
    if form.validate_on_submit():
        try:
            with unit_of_work() as uow:
                reference = freeze_month(uow, **form.to_command()).reference
        except RuleBroken as refusal:
            form.form_errors.append(explain(refusal))
        else:
            flash(_("Le mois est arrêté. Le rapport se prépare."), "success")
            return redirect(url_for("packs.detail", reference=reference))
    return render_template("packs/freeze.html", form=form)


def month_choices() -> list[tuple[str, str]]:
    """Return the last twelve months that are over, the latest first."""
    today = local_day(utc_now())
    months = [Month(today.year, today.month).back(step) for step in range(1, MONTHS_OFFERED + 1)]
    choices: list[tuple[str, str]] = form_choices([(one.code, month(one.first_on)) for one in months])
    return choices


@bp.get("/<string:reference>")
@requires(Permission.PACK_SEE)
def detail(reference: str) -> ResponseReturnValue:
    """Show a pack: files, visas, seal."""
    page = get_pack_page(reading(), actor=current_actor(), reference=reference)
    return render_template("packs/detail.html", page=page, parties=PARTIES, reader=language())


@bp.get("/<string:reference>/files/<string:name>")
@requires(Permission.PACK_SEE)
def download(reference: str, name: str) -> ResponseReturnValue:
    """Hand over one file, the same bytes for every party."""
    content, media_type = get_pack_file(reading(), reference=reference, name=name)
    response = Response(content, mimetype=media_type)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


@bp.post("/<string:reference>/visa")
@requires(Permission.PACK_VISA)
def visa(reference: str) -> ResponseReturnValue:
    """Give the visa of one's party."""
    try:
        with unit_of_work() as uow:
            give_visa(uow, reference=reference)
    except RuleBroken as refusal:
        flash(explain(refusal), "danger")
    else:
        flash(_("Votre visa est enregistré."), "success")
    return redirect(url_for("packs.detail", reference=reference))


@bp.route("/<string:reference>/send-back", methods=["GET", "POST"])
@requires(Permission.PACK_VISA)
def send_back(reference: str) -> ResponseReturnValue:
    """Send a pack back with a reason."""
    page = get_pack_page(reading(), actor=current_actor(), reference=reference)
    form = SendBackForm()
    if form.validate_on_submit():
        try:
            with unit_of_work() as uow:
                send_back_pack(uow, reference=reference, reason=form.reason.data or "")
        except RuleBroken as refusal:
            form.form_errors.append(explain(refusal))
        else:
            flash(_("Le rapport est renvoyé avec votre motif."), "success")
            return redirect(url_for("packs.detail", reference=reference))
    return render_template("packs/send_back.html", page=page, form=form)
