"""Placements: recorded by the company or the adviser, undone before the start, ended."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from skills_bridge.blueprints.fields import show_refusal
from skills_bridge.blueprints.formats import state_choices
from skills_bridge.blueprints.listing import Column, Filter, Listing
from skills_bridge.blueprints.placements.forms import EndForm, PlacementForm, UndoForm
from skills_bridge.blueprints.placements.words import MOVES
from skills_bridge.blueprints.referrals.forms import day_of
from skills_bridge.blueprints.referrals.words import reason_words
from skills_bridge.blueprints.web import (
    current_actor,
    language,
    reading,
    requires,
    unit_of_work,
    vault,
)
from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.errors import RuleBroken
from skills_bridge.domain.organisations import OrganisationKind
from skills_bridge.domain.placements import CancelReason, PlacementKind, PlacementState
from skills_bridge.policies.permissions import Permission
from skills_bridge.queries.placements import (
    PlacementLine,
    get_placement_page,
    get_to_place,
    list_contracts,
    list_placements,
)
from skills_bridge.queries.privacy import get_identity
from skills_bridge.services.placements import end_placement, record_placement, undo_placement
from skills_bridge.unit_of_work import utc_now

bp = Blueprint("placements", __name__)


def placement_listing() -> Listing[PlacementLine]:
    """Return what the list offers."""
    return Listing(
        title=_("Insertions"),
        columns=(
            Column(
                "pseudonym",
                _("Personne"),
                lambda line: line.pseudonym,
                "reference",
                link=lambda line: url_for("placements.detail", public_id=line.public_id),
            ),
            Column("kind", _("Nature"), lambda line: line.kind, "state"),
            Column("contract", _("Contrat"), lambda line: line.contract.text(language()), detail=True),
            Column("opening", _("Offre"), lambda line: line.opening, "reference", sortable=True),
            Column("title", _("Intitulé"), lambda line: line.title),
            Column("company", _("Entreprise"), lambda line: line.company.text(language())),
            Column("signed", _("Signature"), lambda line: line.signed_on, "day", sortable=True),
            Column("started", _("Début"), lambda line: line.started_on, "day", sortable=True),
            Column("state", _("État"), lambda line: line.state, "state"),
        ),
        filters=(
            Filter("kind", _("Nature"), state_choices(PlacementKind)),
            Filter("state", _("État"), state_choices(PlacementState)),
        ),
        default_sort="-started",
        search_hint=_("Pseudonyme, offre ou entreprise"),
    )


@bp.get("/placements/")
@requires(Permission.PLACEMENT_SEE)
def index() -> ResponseReturnValue:
    """List the placements that the actor follows, on screen or as a spreadsheet."""
    listing = placement_listing()
    page = list_placements(
        reading(), actor=current_actor(), request=listing.read(request.args), today=local_day(utc_now())
    )
    return listing.respond("placements/index.html", page)


@bp.get("/placements/<uuid:public_id>")
@requires(Permission.PLACEMENT_SEE)
def detail(public_id: uuid.UUID) -> ResponseReturnValue:
    """Show one placement, and what may be done now."""
    actor, now = current_actor(), utc_now()
    page = get_placement_page(reading(), actor=actor, public_id=public_id, now=now)
    shown = get_identity(reading(), actor=actor, seeker_id=page.seeker_id, now=now, vault=vault())
    moves = [{"at": m.at, "label": MOVES[m.code], "by": m.by, "reason": reason_words(m.reason)} for m in page.moves]
    return render_template(
        "placements/detail.html",
        page=page,
        shown=shown,
        moves=moves,
        reason_words=reason_words,
        is_company=actor.organisation_kind is OrganisationKind.COMPANY,
    )


@bp.route("/referrals/<uuid:public_id>/record-placement", methods=["GET", "POST"])
@requires(Permission.PLACEMENT_RECORD)
def record(public_id: uuid.UUID) -> ResponseReturnValue:
    """Record the start of a selected person."""
    found = get_to_place(reading(), actor=current_actor(), public_id=public_id)
    contracts = list_contracts(reading())
    form = PlacementForm(
        [(code, label.text(language())) for code, label, _is_employment in contracts],
        **_usual(found.contract_code, {code: is_employment for code, _label, is_employment in contracts}),
        started_on=found.start_on,
    )
    if form.validate_on_submit():
        try:
            with unit_of_work() as uow:
                placement = record_placement(uow, referral_id=found.id, **form.to_command())
                key = placement.public_id
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            flash(_("L’insertion est enregistrée : un poste de l’offre est pourvu."), "success")
            return redirect(url_for(".detail", public_id=key))
    return render_template("placements/record.html", found=found, form=form)


def _usual(contract_code: str | None, employment: dict[str, bool]) -> dict[str, object]:
    """Return contract and kind as the opening announced them; the kind of others is left to the person."""
    is_employment = employment.get(contract_code or "", False)
    kind = PlacementKind.EMPLOYMENT_CONTRACT.value if is_employment else None
    return {"contract_code": contract_code, "kind": kind}


@bp.route("/placements/<uuid:public_id>/undo", methods=["GET", "POST"])
@requires(Permission.PLACEMENT_RECORD)
def undo(public_id: uuid.UUID) -> ResponseReturnValue:
    """Take a placement back before its start."""
    page = get_placement_page(reading(), actor=current_actor(), public_id=public_id, now=utc_now())
    form = UndoForm()
    if form.validate_on_submit():
        try:
            with unit_of_work() as uow:
                undo_placement(uow, placement_id=page.id, reason=CancelReason(form.reason.data))
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            flash(_("L’insertion est annulée : le poste est de nouveau libre."), "success")
            return redirect(url_for(".detail", public_id=public_id))
    return render_template("placements/undo.html", page=page, form=form)


@bp.route("/placements/<uuid:public_id>/end", methods=["GET", "POST"])
@requires(Permission.PLACEMENT_RECORD)
def end(public_id: uuid.UUID) -> ResponseReturnValue:
    """Note a person's last day in the post."""
    page = get_placement_page(reading(), actor=current_actor(), public_id=public_id, now=utc_now())
    form = EndForm()
    if form.validate_on_submit():
        try:
            with unit_of_work() as uow:
                end_placement(uow, placement_id=page.id, ended_on=day_of(form.ended_on))
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            flash(_("La fin de l’insertion est enregistrée."), "success")
            return redirect(url_for(".detail", public_id=public_id))
    return render_template("placements/end.html", page=page, form=form)
