"""Referrals: the agency's work list and the company's; each step by who may take it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from skills_bridge.blueprints.fields import show_refusal
from skills_bridge.blueprints.referrals.forms import (
    INVITE,
    REJECT,
    CompanyAnswerForm,
    PeopleForm,
    PersonAnswerForm,
    ReopenForm,
    WithdrawForm,
)
from skills_bridge.blueprints.referrals.listings import referral_listing
from skills_bridge.blueprints.referrals.words import WAYS, reason_words
from skills_bridge.blueprints.refusals import explain
from skills_bridge.blueprints.web import (
    current_actor,
    is_local_path,
    language,
    reading,
    requires,
    settings,
    unit_of_work,
    vault,
)
from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.errors import RuleBroken
from skills_bridge.domain.organisations import OrganisationKind
from skills_bridge.domain.referrals import RejectReason, ReopenReason, WithdrawReason
from skills_bridge.policies.permissions import Permission
from skills_bridge.queries.matching.parts import list_score_parts
from skills_bridge.queries.privacy import get_identity
from skills_bridge.queries.referrals import (
    ReferralPage,
    get_referral_page,
    list_lines,
    list_opening_choices,
    list_referrals,
)
from skills_bridge.services import referrals
from skills_bridge.unit_of_work import UnitOfWork, utc_now

bp = Blueprint("referrals", __name__, url_prefix="/referrals")


@bp.get("/")
@requires(Permission.REFERRAL_SEE)
def index() -> ResponseReturnValue:
    """List the referrals that the actor follows, on screen or as a spreadsheet."""
    actor = current_actor()
    is_company = actor.organisation_kind is OrganisationKind.COMPANY
    listing = referral_listing(list_opening_choices(reading(), actor=actor), is_company=is_company)
    page = list_referrals(reading(), actor=actor, request=listing.read(request.args), today=local_day(utc_now()))
    return listing.respond("referrals/index.html", page, is_company=is_company)


@bp.get("/<uuid:public_id>")
@requires(Permission.REFERRAL_SEE)
def detail(public_id: uuid.UUID) -> ResponseReturnValue:
    """Show one referral, and what may be done now."""
    return _detail(_page(public_id))


def _page(public_id: uuid.UUID) -> ReferralPage:
    return get_referral_page(reading(), actor=current_actor(), public_id=public_id, now=utc_now())


def _detail(page: ReferralPage) -> ResponseReturnValue:
    shown = get_identity(reading(), actor=current_actor(), seeker_id=page.person.id, now=utc_now(), vault=vault())
    parts = list_score_parts(reading(), referral_id=page.id)
    moves = [{"at": m.at, "state": m.state, "by": m.by, "reason": reason_words(m.reason)} for m in page.moves]
    return render_template(
        "referrals/detail.html",
        disclosure_days=settings().disclosure_days,
        page=page,
        shown=shown,
        parts=[(label.text(language()), share) for label, share in parts],
        moves=moves,
        reason_words=reason_words,
        channels=WAYS,
        languages_told=str(_(", ")).join(f"{label.text(language())} {level}" for label, level in page.person.languages),
        withdraw_form=WithdrawForm(formdata=None),
        reopen_form=ReopenForm(formdata=None),
    )


@bp.route("/<uuid:public_id>/record-answer", methods=["GET", "POST"])
@requires(Permission.REFERRAL_MANAGE)
def record_answer(public_id: uuid.UUID) -> ResponseReturnValue:
    """Write down what the person said."""
    page, form = _page(public_id), PersonAnswerForm(answered_on=local_day(utc_now()))
    if form.validate_on_submit():
        try:
            with unit_of_work() as uow:
                referrals.record_answer(uow, referral_id=page.id, **form.to_command())
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            flash(_("La réponse de la personne est enregistrée."), "success")
            return redirect(url_for(".detail", public_id=public_id))
    return render_template("referrals/record_answer.html", page=page, form=form)


@bp.post("/<uuid:public_id>/send")
@requires(Permission.REFERRAL_MANAGE)
def send(public_id: uuid.UUID) -> ResponseReturnValue:
    """Hand a person who accepted over to the company."""
    done = _("Le dossier est transmis à l’entreprise.")
    return _act(public_id, lambda uow, key: referrals.send_referral(uow, referral_id=key), done)


@bp.post("/send")
@requires(Permission.REFERRAL_MANAGE)
def send_several() -> ResponseReturnValue:
    """Hand the people ticked over to their companies."""
    lines = list_lines(reading(), actor=current_actor(), public_ids=PeopleForm().referral.data or ())
    with unit_of_work() as uow:
        outcome = referrals.send_several(uow, referral_ids=[line.id for line in lines])
    tell(outcome)
    return redirect(_back() or url_for(".index", step="send"))


@bp.post("/<uuid:public_id>/withdraw")
@requires(Permission.REFERRAL_MANAGE)
def withdraw(public_id: uuid.UUID) -> ResponseReturnValue:
    """Take a person back."""
    page, form = _page(public_id), WithdrawForm()
    if not form.validate():
        return _refuse(page.public_id, _("Choisissez un motif."))
    act = partial(referrals.withdraw, reason=WithdrawReason(form.reason.data))
    return _act(public_id, lambda uow, key: act(uow, referral_id=key), _("La mise en relation est retirée."))


@bp.post("/<uuid:public_id>/reopen")
@requires(Permission.REFERRAL_MANAGE)
def reopen(public_id: uuid.UUID) -> ResponseReturnValue:
    """Go on with a referral that had come to an end."""
    page, form = _page(public_id), ReopenForm()
    if not form.validate():
        return _refuse(page.public_id, _("Choisissez un motif."))
    act = partial(referrals.reopen, reason=ReopenReason(form.reason.data))
    return _act(public_id, lambda uow, key: act(uow, referral_id=key), _("La mise en relation est rouverte."))


@bp.post("/reopen")
@requires(Permission.REFERRAL_MANAGE)
def reopen_several() -> ResponseReturnValue:
    """Go on with the referrals ticked, after a post became free again."""
    lines = list_lines(reading(), actor=current_actor(), public_ids=ReopenForm().referral.data or ())
    with unit_of_work() as uow:
        outcome = referrals.reopen_several(
            uow, referral_ids=[line.id for line in lines], reason=ReopenReason.POST_FREE_AGAIN
        )
    tell(outcome)
    return redirect(_back() or url_for(".index", step="call"))


@bp.route("/answer", methods=["GET", "POST"])
@requires(Permission.REFERRAL_ANSWER)
def answer() -> ResponseReturnValue:
    """Give one answer to the people ticked."""
    form = CompanyAnswerForm(request.values)
    lines = list_lines(reading(), actor=current_actor(), public_ids=form.referral.data or ())
    if form.validate_on_submit():
        with unit_of_work() as uow:
            outcome = referrals.answer_several(uow, referral_ids=[line.id for line in lines], answer=_answer_of(form))
        tell(outcome)
        return redirect(_back() or url_for(".index"))
    return render_template("referrals/answer.html", lines=lines, form=form, back=_back())


def _answer_of(form: CompanyAnswerForm) -> Callable[[UnitOfWork, int], object]:
    """Return the service's answer with its facts; call it on a valid form only."""
    if form.answer.data == INVITE:
        at, place, contact = form.instant, form.place.data or "", form.contact.data or ""
        return lambda uow, key: referrals.invite(uow, referral_id=key, at=at, place=place, contact=contact)
    if form.answer.data == REJECT:
        reason = RejectReason(form.reason.data)
        return lambda uow, key: referrals.reject(uow, referral_id=key, reason=reason)
    return lambda uow, key: referrals.select(uow, referral_id=key)


@bp.post("/<uuid:public_id>/record-no-show")
@requires(Permission.REFERRAL_ANSWER)
def record_no_show(public_id: uuid.UUID) -> ResponseReturnValue:
    """Note that an invited person did not come."""
    done = _("L’absence à l’entretien est notée.")
    return _act(public_id, lambda uow, key: referrals.record_no_show(uow, referral_id=key), done)


def _act(public_id: uuid.UUID, act: Callable[[UnitOfWork, int], object], done: str) -> ResponseReturnValue:
    """Take one step with one referral, and come back to its page."""
    page = _page(public_id)
    try:
        with unit_of_work() as uow:
            act(uow, page.id)
    except RuleBroken as refusal:
        return _refuse(public_id, explain(refusal))
    flash(done, "success")
    return redirect(url_for(".detail", public_id=public_id))


def _refuse(public_id: uuid.UUID, sentence: str) -> ResponseReturnValue:
    flash(sentence, "danger")
    return redirect(url_for(".detail", public_id=public_id))


def _back() -> str | None:
    """Return the page to come back to, if it is one of this site."""
    back = request.values.get("back")
    return back if is_local_path(back) else None


def tell(outcome: referrals.BulkOutcome) -> None:
    """Say what became of a step with several referrals."""
    if done := len(outcome.done):
        flash(ngettext("%(num)s dossier traité.", "%(num)s dossiers traités.", done), "success")
    for sentence in sorted({explain(refusal) for _key, refusal in outcome.refused}):
        flash(sentence, "warning")
    if not outcome.done and not outcome.refused:
        flash(_("Cochez au moins une personne dans la liste."), "warning")
