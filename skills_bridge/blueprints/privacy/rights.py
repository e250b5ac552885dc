"""The rights desk: requests of people, their clock, their files; the clock of retention; the register."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from skills_bridge.blueprints.formats import state_choices
from skills_bridge.blueprints.listing import Column, Filter, Listing
from skills_bridge.blueprints.privacy.forms import RefuseForm, RequestForm, TakeOutForm
from skills_bridge.blueprints.privacy.looks import EFFECTS, KINDS, reason_words, words_of
from skills_bridge.blueprints.refusals import explain
from skills_bridge.blueprints.seekers.words import TONGUES, word
from skills_bridge.blueprints.web import current_actor, reading, requires, settings, unit_of_work, vault
from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.errors import RuleBroken
from skills_bridge.domain.privacy import RequestState
from skills_bridge.policies.permissions import Permission, may
from skills_bridge.queries.privacy.requests import (
    NoticeLine,
    RequestLine,
    RequestPage,
    get_request_page,
    list_notices,
    list_requests,
    list_runs,
)
from skills_bridge.queries.seekers.files import get_key
from skills_bridge.services import privacy
from skills_bridge.unit_of_work import UnitOfWork, utc_now

bp = Blueprint("rights", __name__, url_prefix="/rights")


@bp.get("/")
@requires(Permission.RIGHTS_SEE)
def index() -> ResponseReturnValue:
    """List the requests that the reader follows."""
    listing = request_listing()
    today = local_day(utc_now())
    page = list_requests(reading(), actor=current_actor(), request=listing.read(request.args), today=today)
    return listing.respond("privacy/requests.html", page, answer_days=settings().legal.answer_days)


@bp.get("/<string:reference>")
@requires(Permission.RIGHTS_SEE)
def detail(reference: str) -> ResponseReturnValue:
    """Show one request: its clock, its history, and what may be done."""
    page = _page(reference)
    return render_template(
        "privacy/request.html",
        page=page,
        refuse_form=RefuseForm(),
        take_form=TakeOutForm(),
        effect=EFFECTS[page.kind],
        words_of=words_of,
        reason_words=reason_words,
        word=word,
        tongues=TONGUES,
    )


@bp.route("/new/<uuid:public_id>", methods=["GET", "POST"])
@requires(Permission.RIGHTS_TAKE)
def take(public_id: uuid.UUID) -> ResponseReturnValue:
    """Take a person’s request in."""
    key = get_key(reading(), actor=current_actor(), public_id=public_id)
    form = RequestForm()
    if form.validate_on_submit():
        days = settings().legal.answer_days
        try:
            with unit_of_work() as uow:
                wish = form.to_command()
                reference = privacy.receive_request(uow, seeker_id=key.id, wish=wish, answer_days=days).reference
        except RuleBroken as refusal:
            form.form_errors.append(explain(refusal))
        else:
            flash(
                _("La demande est enregistrée ; la décision revient au délégué à la protection des données."), "success"
            )
            return redirect(url_for(".detail", reference=reference))
    return render_template("privacy/take.html", form=form, key=key, public_id=public_id, effects=EFFECTS, kinds=KINDS)


def _page(reference: str) -> RequestPage:
    """Return a request that the reader follows: what she may not see is not found, whatever a form holds."""
    return get_request_page(reading(), actor=current_actor(), reference=reference, today=local_day(utc_now()))


def _act(reference: str, act: Callable[[UnitOfWork], object], done: str) -> ResponseReturnValue:
    """Do one thing to a request and come back to it with a sentence."""
    try:
        with unit_of_work() as uow:
            act(uow)
    except RuleBroken as refusal:
        flash(explain(refusal), "danger")
    else:
        flash(done, "success")
    return redirect(url_for(".detail", reference=reference))


@bp.post("/<string:reference>/accept")
@requires(Permission.RIGHTS_DECIDE)
def accept(reference: str) -> ResponseReturnValue:
    """Follow a request."""
    done = _("La demande est acceptée.")
    return _act(reference, lambda uow: privacy.accept_request(uow, reference=reference), done)


@bp.post("/<string:reference>/refuse")
@requires(Permission.RIGHTS_DECIDE)
def refuse(reference: str) -> ResponseReturnValue:
    """Say no, with a reason."""
    _page(reference)
    form = RefuseForm()
    if not form.validate():
        flash(_("Choisissez un motif : il est conservé avec la demande."), "danger")
        return redirect(url_for(".detail", reference=reference))
    done = _("Le refus est enregistré avec son motif.")
    return _act(reference, lambda uow: privacy.refuse_request(uow, reference=reference, reason=form.to_command()), done)


@bp.post("/<string:reference>/cancel")
@requires(Permission.RIGHTS_TAKE)
def cancel(reference: str) -> ResponseReturnValue:
    """Put a request away at the person’s word."""
    done = _("La demande est annulée.")
    return _act(reference, lambda uow: privacy.cancel_request(uow, reference=reference), done)


@bp.post("/<string:reference>/reopen")
@requires(Permission.RIGHTS_TAKE)
def reopen(reference: str) -> ResponseReturnValue:
    """Take a refused or cancelled request up again."""
    done = _("La demande est rouverte ; son échéance ne change pas.")
    return _act(reference, lambda uow: privacy.reopen_request(uow, reference=reference), done)


@bp.post("/<string:reference>/corrected")
@requires(Permission.RIGHTS_TAKE)
def corrected(reference: str) -> ResponseReturnValue:
    """Say that the file was corrected."""
    done = _("La rectification est enregistrée.")
    return _act(reference, lambda uow: privacy.finish_correction(uow, reference=reference), done)


@bp.post("/<string:reference>/rebuild")
@requires(Permission.RIGHTS_DECIDE)
def rebuild(reference: str) -> ResponseReturnValue:
    """Have an access file built again."""
    done = _("Un nouveau dossier d’accès se prépare.")
    return _act(reference, lambda uow: privacy.rebuild_file(uow, reference=reference), done)


@bp.post("/<string:reference>/file")
@requires(Permission.RIGHTS_DECIDE)
def take_out(reference: str) -> ResponseReturnValue:
    """Hand over an access file, once."""
    _page(reference)
    form = TakeOutForm()
    if not form.validate():
        flash(_("Choisissez comment le dossier est remis : c’est inscrit au journal d’audit."), "danger")
        return redirect(url_for(".detail", reference=reference))
    try:
        with unit_of_work() as uow:
            content = privacy.take_out_file(uow, reference=reference, how=form.to_command(), vault=vault())
    except RuleBroken as refusal:
        flash(explain(refusal), "danger")
        return redirect(url_for(".detail", reference=reference))
    answer = Response(content, mimetype="application/zip")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{reference}.zip")
    return answer


@bp.get("/retention")
@requires(Permission.RETENTION_SEE)
def retention() -> ResponseReturnValue:
    """Show the clock of inactivity: who is under notice, and what each night counted."""
    listing = notice_listing()
    page = list_notices(reading(), actor=current_actor(), request=listing.read(request.args))
    legal = settings().legal
    runs = list_runs(reading())
    return listing.respond("privacy/retention.html", page, runs=runs, legal=legal, clock=privacy.clock_from(legal))


@bp.get("/register")
@requires(Permission.REGISTER_SEE)
def register() -> ResponseReturnValue:
    """Show the register of processing, ready to be filled and printed."""
    return render_template("privacy/register.html", legal=settings().legal, disclosure_days=settings().disclosure_days)


def request_listing() -> Listing[RequestLine]:
    """Return what the list of requests offers."""
    return Listing(
        title=_("Demandes de droits"),
        columns=(
            Column(
                "reference",
                _("Référence"),
                lambda line: line.reference,
                "reference",
                sortable=True,
                link=lambda line: url_for("rights.detail", reference=line.reference),
            ),
            Column("pseudonym", _("Pseudonyme"), lambda line: line.pseudonym, "reference"),
            Column("kind", _("Demande"), lambda line: words_of(line.kind), sortable=True),
            Column("state", _("État"), lambda line: line.state, "state"),
            Column("received", _("Reçue le"), lambda line: line.received_on, "day", sortable=True),
            Column("due", _("Échéance"), lambda line: line.due_on, "day", sortable=True),
            Column("late", _("En retard"), lambda line: line.is_late, "flag", detail=True),
        ),
        filters=(
            Filter("state", _("État"), [("open", _("à traiter")), *state_choices(RequestState)]),
            Filter("kind", _("Demande"), [(kind.value, str(words)) for kind, words in KINDS.items()]),
            Filter("late", _("Retard"), [("yes", _("en retard"))]),
        ),
        default_sort="due",
        search_hint=_("Référence ou pseudonyme"),
    )


def notice_listing() -> Listing[NoticeLine]:
    """Return what the list of files under notice offers."""
    opens = may(current_actor(), Permission.SEEKER_SEE)
    return Listing(
        title=_("Dossiers bientôt anonymisés"),
        columns=(
            Column(
                "pseudonym",
                _("Pseudonyme"),
                lambda line: line.pseudonym,
                "reference",
                sortable=True,
                link=lambda line: url_for("seekers.detail", public_id=line.public_id) if opens else "",
            ),
            Column("noticed", _("Avis du"), lambda line: line.noticed_at, "day"),
            Column("mailed", _("Courriel à la personne"), lambda line: line.mailed_at, "day"),
            Column("due", _("Anonymisé le"), lambda line: line.due_on, "day", sortable=True),
        ),
        default_sort="due",
        search_hint=_("Pseudonyme"),
    )
