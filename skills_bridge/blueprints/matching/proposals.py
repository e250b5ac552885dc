"""The proposals of the allocation: read them with their cost and proof, follow them, set them aside, take them up."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from skills_bridge.blueprints.fields import show_refusal
from skills_bridge.blueprints.formats import state_choices
from skills_bridge.blueprints.listing import Column, Filter, Listing
from skills_bridge.blueprints.matching.forms import AcceptForm, SetAsideForm
from skills_bridge.blueprints.matching.proposal_words import ASIDE, cost_words
from skills_bridge.blueprints.refusals import explain
from skills_bridge.blueprints.web import current_actor, is_local_path, language, reading, requires, unit_of_work
from skills_bridge.domain.errors import RuleBroken
from skills_bridge.domain.proposals import ProposalState
from skills_bridge.policies.permissions import Permission
from skills_bridge.queries.matching.proposals import (
    ProposalLine,
    ProposalPage,
    get_last_allocation,
    get_proposal_page,
    list_chosen,
    list_proposals,
)
from skills_bridge.services.matching import accept_several, set_aside, take_up
from skills_bridge.services.referrals import BulkOutcome

bp = Blueprint("proposals", __name__, url_prefix="/matching/proposals")


def proposal_listing() -> Listing[ProposalLine]:
    """Return what the list of proposals offers."""
    return Listing(
        title=_("Propositions"),
        columns=(
            Column("pseudonym", _("Personne"), lambda line: line.pseudonym, "reference", _address, sortable=True),
            Column("state", _("État"), lambda line: line.state, "state"),
            Column("opening", _("Offre"), lambda line: line.opening, "reference", sortable=True),
            Column("title", _("Intitulé"), lambda line: line.title),
            Column("company", _("Entreprise"), lambda line: line.company.text(language())),
            Column("score", _("Score"), lambda line: line.score, "score", sortable=True),
            Column("cost", _("Pour la personne"), cost_words, sortable=True),
            Column("reasons", _("Raisons"), lambda _line: _("pourquoi cette offre"), link=_reasons, detail=True),
            Column("waiting", _("Inscrite depuis un an"), lambda line: line.is_waiting, "flag", detail=True),
            Column("kept", _("Déjà proposée"), lambda line: line.is_kept, "flag", detail=True),
        ),
        filters=(
            Filter("state", _("État"), state_choices(ProposalState)),
            Filter("cost", _("Pour la personne"), [("best", _("sa meilleure offre")), ("below", _("une autre offre"))]),
            Filter("waiting", _("Inscrite depuis un an"), [("yes", _("oui")), ("no", _("non"))]),
            Filter("change", _("Depuis la précédente"), [("new", _("nouvelle")), ("kept", _("maintenue"))]),
        ),
        default_sort="opening",
        search_hint=_("Pseudonyme, offre ou entreprise"),
    )


def _address(line: ProposalLine) -> str:
    return url_for("proposals.detail", public_id=line.public_id)


def _reasons(line: ProposalLine) -> str:
    return url_for("matching.pair", reference=line.opening, public_id=line.seeker_public_id)


@bp.get("/")
@requires(Permission.MATCH_SEE)
def index() -> ResponseReturnValue:
    """List the proposals that the actor follows, on screen or as a spreadsheet, with the proof of the allocation."""
    actor, listing = current_actor(), proposal_listing()
    page = list_proposals(reading(), actor=actor, request=listing.read(request.args))
    allocation = get_last_allocation(reading(), actor=actor)
    return listing.respond("matching/proposals.html", page, allocation=allocation)


@bp.route("/accept", methods=["GET", "POST"])
@requires(Permission.REFERRAL_MANAGE)
def accept() -> ResponseReturnValue:
    """Show whom the proposals ticked would send where, then follow them."""
    form = AcceptForm(request.values)
    lines = list_chosen(reading(), actor=current_actor(), public_ids=form.proposal.data or ())
    if form.validate_on_submit():
        with unit_of_work() as uow:
            outcome = accept_several(uow, proposal_ids=[line.id for line in lines])
        _tell(outcome)
        return redirect(_back())
    return render_template("matching/accept.html", lines=lines, form=form, back=_back(), cost_words=cost_words)


@bp.get("/<uuid:public_id>")
@requires(Permission.MATCH_SEE)
def detail(public_id: uuid.UUID) -> ResponseReturnValue:
    """Show one proposal, and what may be done with it."""
    page = get_proposal_page(reading(), actor=current_actor(), public_id=public_id)
    return _detail(page, SetAsideForm(formdata=None))


@bp.post("/<uuid:public_id>/set-aside")
@requires(Permission.REFERRAL_MANAGE)
def leave(public_id: uuid.UUID) -> ResponseReturnValue:
    """Set a proposal aside with a reason."""
    page = get_proposal_page(reading(), actor=current_actor(), public_id=public_id)
    form = SetAsideForm()
    if form.validate():
        try:
            with unit_of_work() as uow:
                set_aside(uow, proposal_id=page.line.id, **form.to_command())
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            flash(_("La proposition est écartée : les prochaines répartitions le respectent."), "success")
            return redirect(url_for(".index"))
    return _detail(page, form)


@bp.post("/<uuid:public_id>/take-up")
@requires(Permission.REFERRAL_MANAGE)
def resume(public_id: uuid.UUID) -> ResponseReturnValue:
    """Take a proposal up again that was set aside."""
    page = get_proposal_page(reading(), actor=current_actor(), public_id=public_id)
    try:
        with unit_of_work() as uow:
            take_up(uow, proposal_id=page.line.id)
    except RuleBroken as refusal:
        flash(explain(refusal), "danger")
    else:
        flash(_("La proposition est reprise : elle attend de nouveau votre décision."), "success")
    return redirect(url_for(".detail", public_id=public_id))


def _detail(page: ProposalPage, form: SetAsideForm) -> ResponseReturnValue:
    return render_template(
        "matching/proposal.html",
        page=page,
        line=page.line,
        form=form,
        cost=cost_words(page.line),
        reason=ASIDE[page.reason] if page.reason else None,
    )


def _back() -> str:
    """Return the list to come back to, if it is one of this site."""
    back = request.values.get("back")
    return back if back and is_local_path(back) else url_for(".index")


def _tell(outcome: BulkOutcome) -> None:
    """Say what became of several proposals."""
    if done := len(outcome.done):
        flash(
            ngettext(
                "%(num)s personne proposée : appelez-la pour recueillir sa réponse.",
                "%(num)s personnes proposées : appelez-les pour recueillir leur réponse.",
                done,
            ),
            "success",
        )
    for sentence in sorted({explain(refusal) for _key, refusal in outcome.refused}):
        flash(sentence, "warning")
    if not outcome.done and not outcome.refused:
        flash(_("Rien n’attend plus de décision : quelqu’un a déjà répondu."), "warning")
