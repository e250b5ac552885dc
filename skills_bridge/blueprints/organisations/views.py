"""Organisations: asked for by anybody, admitted, verified, suspended and taken out by the platform."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from skills_bridge.blueprints.accounts.words import ROLES
from skills_bridge.blueprints.fields import show_refusal
from skills_bridge.blueprints.formats import state_choices
from skills_bridge.blueprints.listing import Column, Filter, Listing
from skills_bridge.blueprints.organisations.forms import AskForm, OrganisationForm
from skills_bridge.blueprints.organisations.words import KINDS, handed_over
from skills_bridge.blueprints.refusals import explain
from skills_bridge.blueprints.web import (
    account_looking,
    account_work,
    caller,
    can,
    current_actor,
    language,
    public,
    reading,
    requires,
    unit_of_work,
    vault,
)
from skills_bridge.domain.accounts import role_named
from skills_bridge.domain.errors import RuleBroken
from skills_bridge.domain.organisations import OrganisationKind, OrganisationState
from skills_bridge.policies.permissions import Permission
from skills_bridge.queries.organisations import (
    OrganisationLine,
    get_organisation_page,
    list_organisations,
    list_requests,
)
from skills_bridge.services.accounts import decide_second_factor_reset, invite, resend_invitation, revoke_invitation
from skills_bridge.services.organisations import (
    accept_request,
    ask_admission,
    leave_organisation,
    refuse_request,
    register_organisation,
    resume_organisation,
    suspend_organisation,
    verify_organisation,
)
from skills_bridge.unit_of_work import UnitOfWork, utc_now

bp = Blueprint("organisations", __name__, url_prefix="/organisations")


def organisation_listing() -> Listing[OrganisationLine]:
    """Return what the list of organisations offers."""
    reader = language()
    detail = (lambda line: url_for(".detail", organisation_id=line.id)) if can("organisation:manage") else None
    return Listing(
        title=_("Organismes"),
        columns=(
            Column("name", _("Nom"), lambda line: line.name(reader), sortable=True, link=detail),
            Column("kind", _("Nature"), lambda line: str(KINDS[line.kind])),
            Column("state", _("État"), lambda line: line.state, "state"),
            Column("ice", _("ICE"), lambda line: line.ice, "reference", detail=True),
            Column("created", _("Enregistré le"), lambda line: line.created_at, "day", sortable=True, detail=True),
        ),
        filters=(
            Filter("state", _("État"), state_choices(OrganisationState)),
            Filter("kind", _("Nature"), [(kind.value, str(KINDS[kind])) for kind in OrganisationKind]),
        ),
        default_sort="name",
        search_hint=_("Nom ou ICE"),
    )


@bp.get("/")
@requires(Permission.ORGANISATION_SEE)
def index() -> ResponseReturnValue:
    """List organisations, on screen or as a spreadsheet, after the requests that wait."""
    listing = organisation_listing()
    page = list_organisations(reading(), request=listing.read(request.args))
    waiting = list_requests(reading()) if can("organisation:manage") else ()
    return listing.respond("organisations/index.html", page, waiting=waiting, kinds=KINDS)


@bp.route("/register", methods=["GET", "POST"])
@requires(Permission.ORGANISATION_MANAGE)
def register() -> ResponseReturnValue:
    """Admit an organisation and invite who will administer it."""
    form = OrganisationForm(language=language())
    if form.validate_on_submit():
        try:
            with unit_of_work() as uow:
                number = register_organisation(uow, asked=form.to_command(), vault=vault()).id
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            flash(_("L’organisme est enregistré ; l’invitation part par courriel."), "success")
            return redirect(url_for(".detail", organisation_id=number))
    return render_template("organisations/register.html", form=form)


@bp.route("/ask", methods=["GET", "POST"])
@public
def ask() -> ResponseReturnValue:
    """Ask that one's organisation be admitted; the answer is the same whatever is known of it."""
    form = AskForm(language=language())
    if form.validate_on_submit():
        name = form.contact_name.data or ""
        try:
            with account_work() as uow:
                ask_admission(uow, asked=form.to_command(), contact_name=name, address=caller())
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            return render_template("organisations/asked.html")
    return render_template("organisations/ask.html", form=form)


@bp.get("/<int:organisation_id>")
@requires(Permission.ORGANISATION_MANAGE)
def detail(organisation_id: int) -> ResponseReturnValue:
    """Show one organisation: who administers it, its life, what the platform may do."""
    actor = current_actor()
    with account_looking(actor.user_id) as people:
        page = get_organisation_page(reading(), people, actor=actor, organisation_id=organisation_id, now=utc_now())
    return render_template("organisations/detail.html", page=page, kinds=KINDS, words=ROLES, handed_over=handed_over)


@bp.post("/<int:organisation_id>/verify")
@requires(Permission.ORGANISATION_MANAGE)
def verify(organisation_id: int) -> ResponseReturnValue:
    """Let an organisation act."""
    return _acted(
        organisation_id,
        lambda uow: verify_organisation(uow, organisation_id=organisation_id),
        _("L’organisme est vérifié : il peut agir."),
    )


@bp.post("/<int:organisation_id>/suspend")
@requires(Permission.ORGANISATION_MANAGE)
def suspend(organisation_id: int) -> ResponseReturnValue:
    """Stop an organisation at once."""
    return _acted(
        organisation_id,
        lambda uow: suspend_organisation(uow, organisation_id=organisation_id, note=request.form.get("note", "")),
        _("L’organisme est suspendu : personne n’agit plus pour lui."),
    )


@bp.post("/<int:organisation_id>/resume")
@requires(Permission.ORGANISATION_MANAGE)
def resume(organisation_id: int) -> ResponseReturnValue:
    """Let a suspended organisation act again."""
    return _acted(
        organisation_id,
        lambda uow: resume_organisation(uow, organisation_id=organisation_id, note=request.form.get("note", "")),
        _("L’organisme peut agir de nouveau."),
    )


@bp.post("/<int:organisation_id>/leave")
@requires(Permission.ORGANISATION_MANAGE)
def leave(organisation_id: int) -> ResponseReturnValue:
    """End an organisation's part for good."""
    return _acted(
        organisation_id,
        lambda uow: leave_organisation(uow, organisation_id=organisation_id, note=request.form.get("note", "")),
        _("L’organisme est parti ; ses dossiers ouverts se ferment."),
    )


@bp.post("/<int:organisation_id>/invite")
@requires(Permission.ORGANISATION_MANAGE)
def invite_administrator(organisation_id: int) -> ResponseReturnValue:
    """Offer somebody to administer an organisation."""
    asked = request.form

    def act(uow: UnitOfWork) -> None:
        invite(
            uow,
            organisation_id=organisation_id,
            email=asked.get("email", ""),
            role=role_named(asked.get("role", "")),
            language=language(),
            vault=vault(),
        )

    return _acted(organisation_id, act, _("L’invitation part par courriel ; le lien sert sept jours."))


@bp.post("/<int:organisation_id>/invitations/<int:invitation_id>/<any(resend, revoke):act>")
@requires(Permission.ORGANISATION_MANAGE)
def invitation(organisation_id: int, invitation_id: int, act: str) -> ResponseReturnValue:
    """Send an invitation again, or take it back."""
    if act == "resend":
        return _acted(
            organisation_id,
            lambda uow: resend_invitation(
                uow, organisation_id=organisation_id, invitation_id=invitation_id, vault=vault()
            ),
            _("L’invitation repart ; l’ancien lien ne sert plus."),
        )
    return _acted(
        organisation_id,
        lambda uow: revoke_invitation(uow, organisation_id=organisation_id, invitation_id=invitation_id),
        _("L’invitation est annulée ; son lien ne sert plus."),
    )


@bp.post("/<int:organisation_id>/resets/<int:reset_id>/<any(grant, refuse):answer>")
@requires(Permission.ORGANISATION_MANAGE)
def reset(organisation_id: int, reset_id: int, answer: str) -> ResponseReturnValue:
    """Decide, as the second person, on a lost second factor."""
    return _acted(
        organisation_id,
        lambda uow: decide_second_factor_reset(
            uow, organisation_id=organisation_id, reset_id=reset_id, is_granted=answer == "grant"
        ),
        _("Votre réponse est enregistrée."),
    )


@bp.post("/requests/<int:request_id>/accept")
@requires(Permission.ORGANISATION_MANAGE)
def accept(request_id: int) -> ResponseReturnValue:
    """Admit the organisation that somebody asked for."""
    return _acted(
        None,
        lambda uow: accept_request(uow, request_id=request_id, vault=vault()),
        _("L’organisme est enregistré ; l’invitation part par courriel."),
    )


@bp.post("/requests/<int:request_id>/refuse")
@requires(Permission.ORGANISATION_MANAGE)
def refuse(request_id: int) -> ResponseReturnValue:
    """Refuse a request."""
    return _acted(
        None,
        lambda uow: refuse_request(uow, request_id=request_id, note=request.form.get("note", "")),
        _("La demande est refusée."),
    )


def _acted(organisation_id: int | None, act: Callable[[UnitOfWork], object], told: str) -> ResponseReturnValue:
    """Do one act, say how it ended, and show the organisation or the list."""
    try:
        with unit_of_work() as uow:
            act(uow)
    except RuleBroken as refusal:
        flash(explain(refusal), "danger")
    else:
        flash(told, "success")
    if organisation_id is None:
        return redirect(url_for(".index"))
    return redirect(url_for(".detail", organisation_id=organisation_id))
