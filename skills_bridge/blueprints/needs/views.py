"""Needs: the list, one need, and every act on it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from skills_bridge.blueprints.fields import read_version, show_refusal
from skills_bridge.blueprints.formats import state_choices
from skills_bridge.blueprints.framework.requirements import meanings_of, suggestions
from skills_bridge.blueprints.framework.words import text_of
from skills_bridge.blueprints.listing import Column, Filter, Listing
from skills_bridge.blueprints.needs.editing import is_only_changed, need_form
from skills_bridge.blueprints.needs.forms import NeedForm, WithdrawForm
from skills_bridge.blueprints.needs.looks import period_words
from skills_bridge.blueprints.refusals import explain
from skills_bridge.blueprints.web import current_actor, reading, requires, unit_of_work
from skills_bridge.domain.errors import NotFound, RuleBroken
from skills_bridge.domain.needs import NeedState
from skills_bridge.domain.organisations import OrganisationKind
from skills_bridge.policies.permissions import Permission
from skills_bridge.queries.framework import list_province_choices
from skills_bridge.queries.needs import NeedPage, NeedRow, get_need_page, list_needs
from skills_bridge.services import needs as services
from skills_bridge.services.openings import open_need_line

bp = Blueprint("needs", __name__, url_prefix="/needs")


def need_listing() -> Listing[NeedRow]:
    """What the list of needs offers; a company does not read its own name."""
    is_company = current_actor().organisation_kind is OrganisationKind.COMPANY
    company = () if is_company else (Column("company", _("Entreprise"), _company, sortable=True),)
    provinces = [(entry.code, text_of(entry.label)) for entry in list_province_choices(reading())]
    return Listing(
        title=_("Besoins en compétences"),
        columns=(
            Column("profile", _("Emploi-métier"), lambda row: text_of(row.profile), sortable=True, link=_address),
            Column("reference", _("Référence"), lambda row: row.reference, "reference", sortable=True),
            *company,
            Column("first", _("Trimestres"), _quarters, sortable=True),
            Column("posts", _("Postes"), lambda row: row.posts, "number", sortable=True),
            Column("remaining", _("Reste sans offre"), lambda row: row.remaining, "number", sortable=True),
            Column("state", _("État"), lambda row: row.state, "state"),
            Column("created", _("Déclaré le"), lambda row: row.created_at, "day", detail=True),
        ),
        filters=(
            Filter("state", _("État"), state_choices(NeedState)),
            Filter("province", _("Province ou préfecture"), provinces),
        ),
        default_sort="-reference",
        search_hint=_("Référence ou emploi-métier"),
    )


def _company(row: NeedRow) -> str:
    return text_of(row.company)


def _address(row: NeedRow) -> str:
    return url_for("needs.detail", reference=row.reference)


def _quarters(row: NeedRow) -> str:
    return period_words(row.first_on, row.last_on)


@bp.get("/")
@requires(Permission.NEED_SEE)
def index() -> ResponseReturnValue:
    """List the needs of the actor's scope, on screen or as a spreadsheet."""
    listing = need_listing()
    page = list_needs(reading(), actor=current_actor(), request=listing.read(request.args))
    return listing.respond("needs/index.html", page)


@bp.get("/<string:reference>")
@requires(Permission.NEED_SEE)
def detail(reference: str) -> ResponseReturnValue:
    """Show a need with what remains of it."""
    page = _page(reference)
    return render_template("needs/detail.html", page=page, withdraw_form=WithdrawForm(formdata=None))


@bp.route("/create", methods=["GET", "POST"])
@requires(Permission.NEED_MANAGE)
def create() -> ResponseReturnValue:
    """Declare a need: from nothing, from a profile, or like an earlier one."""
    earlier = request.args.get("like")
    form = need_form(
        _page(earlier) if earlier else None, profile_id=request.args.get("profile", type=int), is_copy=True
    )
    if not is_only_changed(form):
        meanings = meanings_of(form.requirements)
        if form.is_clear(meanings):
            try:
                with unit_of_work() as uow:
                    company_id, draft = current_actor().organisation_id or 0, form.to_command(meanings)
                    reference = services.create_need(uow, company_id=company_id, draft=draft).reference
            except RuleBroken as refusal:
                show_refusal(form, refusal)
            else:
                flash(_("Le besoin est déclaré."), "success")
                return redirect(url_for(".detail", reference=reference))
    return _form_page(form, None)


@bp.route("/<string:reference>/update", methods=["GET", "POST"])
@requires(Permission.NEED_MANAGE)
def update(reference: str) -> ResponseReturnValue:
    """Change a need."""
    page = _page(reference)
    form = need_form(page)
    if not is_only_changed(form):
        meanings, version = meanings_of(form.requirements), read_version(form.version.data)
        if form.is_clear(meanings):
            try:
                with unit_of_work() as uow:
                    services.update_need(uow, need_id=page.id, version=version, draft=form.to_command(meanings))
            except RuleBroken as refusal:
                show_refusal(form, refusal)
            else:
                flash(_("Le besoin est enregistré."), "success")
                return redirect(url_for(".detail", reference=reference))
    return _form_page(form, page)


@bp.post("/<string:reference>/withdraw")
@requires(Permission.NEED_MANAGE)
def withdraw(reference: str) -> ResponseReturnValue:
    """Take a need back."""
    page, form = _page(reference), WithdrawForm()
    try:
        with unit_of_work() as uow:
            note, version = (form.note.data or "")[:1000], read_version(form.version.data)
            services.withdraw_need(uow, need_id=page.id, note=note, version=version)
    except RuleBroken as refusal:
        flash(explain(refusal), "danger")
    else:
        flash(_("Le besoin est retiré ; ses offres continuent."), "success")
    return redirect(url_for(".detail", reference=reference))


@bp.post("/<string:reference>/lines/<int:line_id>/open")
@requires(Permission.OPENING_MANAGE)
def open_line(reference: str, line_id: int) -> ResponseReturnValue:
    """Write the draft of an opening for what remains of a line; without a site there, one is asked for first."""
    page = _page(reference)
    line = next((line for line in page.lines if line.id == line_id), None)
    if line is None:
        raise NotFound("need_line", line_id)
    try:
        with unit_of_work() as uow:
            made = open_need_line(uow, need_line_id=line_id).reference
    except RuleBroken as refusal:
        flash(explain(refusal), "danger")
        here = url_for(".detail", reference=reference)
        if refusal.code != "no-site-in-province":
            return redirect(here)
        return redirect(url_for("openings.add_site", province=line.province_code, next=here))
    flash(_("Le brouillon reprend le besoin : relisez-le, puis soumettez-le à l’agence."), "success")
    return redirect(url_for("openings.update", reference=made))


def _page(reference: str) -> NeedPage:
    return get_need_page(reading(), actor=current_actor(), reference=reference)


def _form_page(form: NeedForm, page: NeedPage | None) -> ResponseReturnValue:
    return render_template("needs/form.html", form=form, page=page, suggestions=suggestions())
