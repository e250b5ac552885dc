"""Openings: the list, one opening, and every act on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from skills_bridge.blueprints.fields import offer, read_version, show_refusal
from skills_bridge.blueprints.formats import state_choices
from skills_bridge.blueprints.framework.requirements import meanings_of, suggestions
from skills_bridge.blueprints.framework.words import text_of
from skills_bridge.blueprints.listing import Column, Filter, Listing
from skills_bridge.blueprints.openings.editing import is_only_changed, named, opening_form
from skills_bridge.blueprints.openings.forms import CloseForm, ClosePostsForm, OpeningForm, RefuseForm, SiteForm
from skills_bridge.blueprints.openings.looks import CLOSE_REASONS, gate_facts, history
from skills_bridge.blueprints.openings.pasting import proposals
from skills_bridge.blueprints.refusals import explain
from skills_bridge.blueprints.web import (
    can,
    current_actor,
    is_local_path,
    reading,
    requires,
    unit_of_work,
)
from skills_bridge.domain.errors import RuleBroken
from skills_bridge.domain.openings import OpeningState
from skills_bridge.domain.organisations import OrganisationKind
from skills_bridge.policies.permissions import Permission
from skills_bridge.queries.framework import list_province_choices
from skills_bridge.queries.openings import (
    OpeningLine,
    OpeningPage,
    get_opening_id,
    get_opening_page,
    list_openings,
    list_units,
)
from skills_bridge.queries.reservations import list_live
from skills_bridge.services import openings as services
from skills_bridge.services.organisations import create_site

bp = Blueprint("openings", __name__, url_prefix="/openings")


def opening_listing() -> Listing[OpeningLine]:
    """What the list of openings offers; a company needs neither its own name nor the units."""
    is_company = current_actor().organisation_kind is OrganisationKind.COMPANY
    units = Filter("unit", _("Agence"), [(str(key), text_of(name)) for key, name in list_units(reading())])
    return Listing(
        title=_("Offres d’emploi"),
        columns=(
            Column("title", _("Intitulé"), lambda line: line.title, sortable=True, link=_address),
            Column("reference", _("Référence"), lambda line: line.reference, "reference", sortable=True),
            *(() if is_company else (Column("company", _("Entreprise"), _company, sortable=True),)),
            Column("province", _("Province"), lambda line: text_of(line.province)),
            Column("state", _("État"), lambda line: line.state, "state", sortable=True),
            _own_column() if is_company else Column("waiting", _("Attend depuis"), _waiting_since, "since"),
            Column("posts", _("Postes"), lambda line: line.posts, "number"),
            Column("open_posts", _("À pourvoir"), lambda line: line.open_posts, "number"),
        ),
        filters=(
            Filter("todo", _("À faire"), [("validate", _("à valider par l’agence"))]),
            Filter("state", _("État"), state_choices(OpeningState)),
            Filter("posts", _("Postes"), [("open", _("encore à pourvoir"))]),
            *(() if is_company else (units,)),
        ),
        default_sort="-reference" if is_company else "state",
        search_hint=_("Référence, intitulé ou emploi-métier"),
    )


def _own_column() -> Column[OpeningLine]:
    return Column("validated", _("Validée le"), lambda line: line.validated_at, "day", sortable=True, detail=True)


def _company(line: OpeningLine) -> str:
    return text_of(line.company)


def _address(line: OpeningLine) -> str:
    return url_for("openings.detail", reference=line.reference)


def _waiting_since(line: OpeningLine) -> Any:
    return line.submitted_at if line.is_waiting else None


def _asked() -> MultiDict[str, str]:
    """The address's question; an adviser first sees the openings that her unit follows."""
    asked = MultiDict(request.args)
    unit = current_actor().unit_id
    if unit is not None and "unit" not in asked:
        asked["unit"] = str(unit)
    return asked


@bp.get("/")
@requires(Permission.OPENING_SEE)
def index() -> ResponseReturnValue:
    """List the openings of the actor's scope, on screen or as a spreadsheet."""
    listing = opening_listing()
    page = list_openings(reading(), actor=current_actor(), request=listing.read(_asked()))
    return listing.respond("openings/index.html", page)


@bp.get("/<string:reference>")
@requires(Permission.OPENING_SEE)
def detail(reference: str) -> ResponseReturnValue:
    """Show an opening: to judge it, to follow it, to change it."""
    page = get_opening_page(reading(), actor=current_actor(), reference=reference)
    return render_template(
        "openings/detail.html",
        page=page,
        reservations=list_live(reading(), actor=current_actor(), opening_id=page.id),
        moves=history(page.moves),
        gate_facts=gate_facts,
        refuse_form=RefuseForm(formdata=None, version=page.version),
        close_form=CloseForm(formdata=None, version=page.version),
        close_posts_form=ClosePostsForm(formdata=None, version=page.version),
        close_words=lambda reason: CLOSE_REASONS[reason],
        links=_links(page),
    )


@bp.route("/create", methods=["GET", "POST"])
@requires(Permission.OPENING_MANAGE)
def create() -> ResponseReturnValue:
    """Write the draft of an opening."""
    form = opening_form(profile_id=request.args.get("profile", type=int))
    if not is_only_changed(form):
        meanings = meanings_of(form.requirements)
        if form.is_clear(meanings):
            try:
                with unit_of_work() as uow:
                    company_id = current_actor().organisation_id or 0
                    reference = services.create_opening(
                        uow, company_id=company_id, draft=form.to_command(meanings)
                    ).reference
            except RuleBroken as refusal:
                show_refusal(form, refusal)
            else:
                flash(_("Le brouillon est enregistré. Relisez-le, puis soumettez-le à l’agence."), "success")
                return redirect(url_for(".detail", reference=reference))
    return render_template("openings/form.html", form=form, page=None, **_offers(form))


@bp.route("/<string:reference>/update", methods=["GET", "POST"])
@requires(Permission.OPENING_MANAGE)
def update(reference: str) -> ResponseReturnValue:
    """Change an opening."""
    page = get_opening_page(reading(), actor=current_actor(), reference=reference)
    form = opening_form(page)
    if not is_only_changed(form):
        meanings, version = meanings_of(form.requirements), read_version(form.version.data)
        if form.is_clear(meanings):
            try:
                with unit_of_work() as uow:
                    waits = services.update_opening(
                        uow, opening_id=page.id, version=version, draft=form.to_command(meanings)
                    )
            except RuleBroken as refusal:
                show_refusal(form, refusal)
            else:
                flash(
                    _("La modification est soumise à l’agence.") if waits else _("L’offre est enregistrée."), "success"
                )
                return redirect(url_for(".detail", reference=reference))
    return render_template("openings/form.html", form=form, page=page, **_offers(form))


@bp.post("/<string:reference>/submit")
@requires(Permission.OPENING_MANAGE)
def submit(reference: str) -> ResponseReturnValue:
    """Ask the agency to validate."""
    return _act(reference, services.submit_opening, _("L’offre est soumise à l’agence."))


@bp.post("/<string:reference>/recall")
@requires(Permission.OPENING_MANAGE)
def recall(reference: str) -> ResponseReturnValue:
    """Take an opening back that waits for validation."""
    return _act(reference, services.recall_opening, _("L’offre est de nouveau un brouillon."))


@bp.post("/<string:reference>/withdraw-change")
@requires(Permission.OPENING_MANAGE)
def withdraw_change(reference: str) -> ResponseReturnValue:
    """Take a change back that waits for validation."""
    message = _("La modification est retirée : la version validée reste en vigueur.")
    return _act(reference, services.withdraw_change, message)


@bp.post("/<string:reference>/validate")
@requires(Permission.OPENING_VALIDATE)
def validate(reference: str) -> ResponseReturnValue:
    """Let sourcing begin."""
    return _act(reference, services.validate_opening, _("L’offre est validée : le rapprochement commence."))


@bp.post("/<string:reference>/pause")
@requires(Permission.OPENING_PAUSE)
def pause(reference: str) -> ResponseReturnValue:
    """Stop looking for people for a while."""
    return _act(
        reference, services.pause_opening, _("L’offre est suspendue."), note=request.form.get("note", "")[:1000]
    )


@bp.post("/<string:reference>/resume")
@requires(Permission.OPENING_PAUSE)
def resume(reference: str) -> ResponseReturnValue:
    """Look for people again."""
    return _act(reference, services.resume_opening, _("Le recrutement reprend."))


@bp.route("/<string:reference>/refuse", methods=["GET", "POST"])
@requires(Permission.OPENING_VALIDATE)
def refuse(reference: str) -> ResponseReturnValue:
    """Send an opening back with a reason."""
    message = _("L’offre est renvoyée à l’entreprise avec votre motif.")
    return _act_by_form(reference, RefuseForm, services.refuse_opening, message, "openings/refuse.html")


@bp.route("/<string:reference>/close", methods=["GET", "POST"])
@requires(Permission.OPENING_CLOSE)
def close(reference: str) -> ResponseReturnValue:
    """Close an opening with its free posts."""
    return _act_by_form(reference, CloseForm, services.close_opening, _("L’offre est close."), "openings/close.html")


@bp.route("/<string:reference>/posts/close", methods=["GET", "POST"])
@requires(Permission.OPENING_CLOSE)
def close_posts(reference: str) -> ResponseReturnValue:
    """Close some of the free posts."""
    message = _("Les postes sont fermés.")
    return _act_by_form(reference, ClosePostsForm, services.close_posts, message, "openings/close_posts.html")


@bp.post("/<string:reference>/copy")
@requires(Permission.OPENING_MANAGE)
def copy(reference: str) -> ResponseReturnValue:
    """Write a new draft that asks for the same."""
    opening_id = get_opening_id(reading(), reference=reference)
    with unit_of_work() as uow:
        made = services.copy_opening(uow, opening_id=opening_id).reference
    flash(_("Un brouillon est créé d’après l’offre %(reference)s.", reference=reference), "success")
    return redirect(url_for(".update", reference=made))


@bp.route("/sites/create", methods=["GET", "POST"])
@requires(Permission.SITE_MANAGE)
def add_site() -> ResponseReturnValue:
    """Add a place of work, and go back to where it was missing."""
    form = SiteForm(province_code=request.args.get("province", ""))
    offer(form.province_code, named(list_province_choices(reading())), blank=_("Choisir…"))
    if form.validate_on_submit():
        try:
            with unit_of_work() as uow:
                create_site(uow, company_id=current_actor().organisation_id or 0, **form.to_command())
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            flash(_("Le site est ajouté."), "success")
            wanted = request.args.get("next")
            return redirect(wanted if wanted and is_local_path(wanted) else url_for(".create"))
    return render_template("openings/site.html", form=form)


def _act(reference: str, service: Callable[..., Any], done: str, **facts: Any) -> ResponseReturnValue:
    """Do one act on an opening as the person read it, and come back to it with the outcome."""
    opening_id = get_opening_id(reading(), reference=reference)
    version = read_version(request.form.get("version"))
    try:
        with unit_of_work() as uow:
            service(uow, opening_id=opening_id, version=version, **facts)
    except RuleBroken as refusal:
        flash(explain(refusal), "danger")
    else:
        flash(done, "success")
    return redirect(url_for(".detail", reference=reference))


def _act_by_form(
    reference: str, form_type: type[Any], service: Callable[..., Any], done: str, template: str
) -> ResponseReturnValue:
    """Do an act that needs a word with it; a form that is not complete comes back as a page of its own."""
    page = get_opening_page(reading(), actor=current_actor(), reference=reference)
    form = form_type(version=page.version)
    if form.validate_on_submit():
        try:
            with unit_of_work() as uow:
                service(uow, opening_id=page.id, **form.to_command())
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            flash(done, "success")
            return redirect(url_for(".detail", reference=reference))
    return render_template(template, page=page, form=form)


def _offers(form: OpeningForm) -> dict[str, Any]:
    """What the form's page offers beside its fields: competencies to choose, and what a pasted text suggests."""
    return {"suggestions": suggestions(), "proposals": proposals(form)}


def _links(page: OpeningPage) -> list[tuple[str, str, str]]:
    """Where the work on a live opening goes on: words, address, drawing."""
    if page.terms.in_force is None:
        return []
    links = (
        ("match:see", _("Rapprochement"), url_for("matching.opening", reference=page.reference), "shuffle"),
        ("referral:see", _("Mises en relation"), url_for("referrals.index", q=page.reference), "arrow-left-right"),
    )
    return [(words, url, drawing) for permission, words, url, drawing in links if can(permission)]
