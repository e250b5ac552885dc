"""Reservations: the lists of the three parties, the person's answer, the end with a reason."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from skills_bridge.blueprints.fields import show_refusal
from skills_bridge.blueprints.formats import state_choices
from skills_bridge.blueprints.listing import Column, Filter, Listing
from skills_bridge.blueprints.referrals.forms import PersonAnswerForm
from skills_bridge.blueprints.referrals.words import WAYS
from skills_bridge.blueprints.refusals import explain
from skills_bridge.blueprints.reservations.forms import ReleaseForm
from skills_bridge.blueprints.reservations.words import end_words
from skills_bridge.blueprints.web import current_actor, language, reading, requires, unit_of_work
from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.errors import RuleBroken
from skills_bridge.domain.organisations import OrganisationKind
from skills_bridge.domain.reservations import ReservationStep
from skills_bridge.policies.permissions import Permission
from skills_bridge.queries.reservations import (
    ReservationLine,
    ReservationPage,
    get_reservation_page,
    list_reservations,
)
from skills_bridge.services import reservations
from skills_bridge.unit_of_work import utc_now

bp = Blueprint("reservations", __name__, url_prefix="/reservations")


def reservation_listing(kind: OrganisationKind | None) -> Listing[ReservationLine]:
    """Return what the list offers; each party has the columns that it may see."""
    seen = {
        "person": kind is not OrganisationKind.COMPANY,
        "post": kind is not OrganisationKind.TRAINING_CENTRE,
        "seat": kind is not OrganisationKind.COMPANY,
    }
    columns: tuple[tuple[str, Column[ReservationLine]], ...] = (
        ("person", Column("pseudonym", _("Personne"), lambda line: line.pseudonym, "reference", sortable=True)),
        ("post", Column("opening", _("Offre"), lambda line: line.opening, "reference", sortable=True)),
        ("post", Column("title", _("Intitulé"), lambda line: line.title, detail=True)),
        ("seat", Column("cohort", _("Promotion"), lambda line: line.cohort, "reference", sortable=True)),
    )
    return Listing(
        title=_("Réservations"),
        columns=(
            Column("step", _("Étape"), lambda line: line.step, "state", link=_address),
            *(column for what, column in columns if seen[what]),
            Column("until", _("Jusqu’au"), lambda line: line.until, "day", sortable=True),
            Column("made", _("Réservée le"), lambda line: line.made_at, "day", sortable=True, detail=True),
            Column("end", _("Fin"), lambda line: None if line.is_live else end_words(line.end_reason)),
        ),
        filters=(
            Filter("step", _("Étape"), state_choices(ReservationStep)),
            Filter("due", _("Délai"), [("soon", _("places à utiliser dans les trois jours"))]),
        ),
        default_sort="until",
        search_hint=_("Pseudonyme, offre ou promotion"),
    )


def _address(line: ReservationLine) -> str:
    return url_for("reservations.detail", public_id=line.public_id)


@bp.get("/")
@requires(Permission.RESERVATION_SEE)
def index() -> ResponseReturnValue:
    """List the reservations that concern the actor, on screen or as a spreadsheet."""
    actor = current_actor()
    listing = reservation_listing(actor.organisation_kind)
    page = list_reservations(reading(), actor=actor, request=listing.read(request.args))
    return listing.respond("reservations/index.html", page, kind=actor.organisation_kind)


@bp.get("/<uuid:public_id>")
@requires(Permission.RESERVATION_SEE)
def detail(public_id: uuid.UUID) -> ResponseReturnValue:
    """Show one reservation, and what may be done now."""
    return _detail(_page(public_id), ReleaseForm(formdata=None))


@bp.route("/<uuid:public_id>/record-answer", methods=["GET", "POST"])
@requires(Permission.RESERVATION_MANAGE)
def record_answer(public_id: uuid.UUID) -> ResponseReturnValue:
    """Write down what the person said."""
    page, form = _page(public_id), PersonAnswerForm(answered_on=local_day(utc_now()))
    if form.validate_on_submit():
        try:
            with unit_of_work() as uow:
                reservations.record_answer(uow, reservation_id=page.line.id, **form.to_command())
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            flash(_("La réponse de la personne est enregistrée."), "success")
            return redirect(url_for(".detail", public_id=public_id))
    return render_template("reservations/record_answer.html", page=page, form=form)


@bp.post("/<uuid:public_id>/release")
@requires(Permission.RESERVATION_MANAGE)
def release(public_id: uuid.UUID) -> ResponseReturnValue:
    """Give seat and post back, with a reason."""
    page, form = _page(public_id), ReleaseForm()
    if not form.validate():
        return _detail(page, form)
    try:
        with unit_of_work() as uow:
            reservations.release_reservation(uow, reservation_id=page.line.id, reason=form.to_reason())
    except RuleBroken as refusal:
        flash(explain(refusal), "danger")
    else:
        flash(_("La réservation a pris fin : la place et le poste sont libres."), "success")
    return redirect(url_for(".detail", public_id=public_id))


def _page(public_id: uuid.UUID) -> ReservationPage:
    return get_reservation_page(reading(), actor=current_actor(), public_id=public_id)


def _detail(page: ReservationPage, form: ReleaseForm) -> ResponseReturnValue:
    moves = [
        {
            "at": step.at,
            "state": step.step,
            "by": step.by,
            "reason": end_words(step.reason) if step.step is ReservationStep.ENDED else "",
        }
        for step in page.steps
    ]
    return render_template(
        "reservations/detail.html",
        page=page,
        line=page.line,
        form=form,
        moves=moves,
        end=None if page.line.is_live else end_words(page.line.end_reason),
        channel=WAYS.get(page.answered_channel) if page.answered_channel else None,
        tongue=language(),
    )
