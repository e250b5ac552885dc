"""An organisation's team: members and their roles, invitations, lost second factors."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from skills_bridge.blueprints.accounts.forms import InviteForm
from skills_bridge.blueprints.accounts.words import ROLES
from skills_bridge.blueprints.fields import offer, show_refusal
from skills_bridge.blueprints.refusals import explain
from skills_bridge.blueprints.web import (
    account_looking,
    current_actor,
    language,
    reading,
    requires,
    unit_of_work,
    vault,
)
from skills_bridge.domain.accounts import Role, may_give, role_named
from skills_bridge.domain.errors import RuleBroken
from skills_bridge.policies.permissions import Permission
from skills_bridge.queries.accounts import get_team
from skills_bridge.queries.organisations import list_units
from skills_bridge.services.accounts import (
    ask_second_factor_reset,
    change_role,
    decide_second_factor_reset,
    end_membership,
    invite,
    resend_invitation,
    revoke_invitation,
)
from skills_bridge.unit_of_work import UnitOfWork, utc_now

bp = Blueprint("team", __name__, url_prefix="/team")


@bp.get("/")
@requires(Permission.MEMBER_MANAGE)
def index() -> ResponseReturnValue:
    """Show the team of the actor's organisation."""
    actor = current_actor()
    with account_looking(actor.user_id) as people:
        page = get_team(reading(), people, actor=actor, now=utc_now())
    return render_template("accounts/team.html", page=page, words=ROLES)


@bp.route("/invite", methods=["GET", "POST"])
@requires(Permission.MEMBER_MANAGE)
def invite_member() -> ResponseReturnValue:
    """Offer somebody a place."""
    actor, form = current_actor(), InviteForm(language=language())
    given = may_give(actor.organisation_kind, actor.role)
    offer(form.role, [(role.value, str(ROLES[role])) for role in Role if role in given])
    units = list_units(reading(), organisation_id=actor.organisation_id or 0, language=language())
    offer(form.unit_id, [(str(unit_id), name) for unit_id, name in units], blank=_("toutes"))
    if form.validate_on_submit():
        try:
            with unit_of_work() as uow:
                invite(uow, organisation_id=_own(), **form.to_command(), vault=vault())
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            flash(_("L’invitation part par courriel ; le lien sert sept jours."), "success")
            return redirect(url_for("team.index"))
    return render_template("accounts/invite.html", form=form, has_units=bool(units))


@bp.post("/invitations/<int:invitation_id>/resend")
@requires(Permission.MEMBER_MANAGE)
def resend(invitation_id: int) -> ResponseReturnValue:
    """Send an invitation again."""
    return _acted(
        lambda uow: resend_invitation(uow, organisation_id=_own(), invitation_id=invitation_id, vault=vault()),
        _("L’invitation repart ; l’ancien lien ne sert plus."),
    )


@bp.post("/invitations/<int:invitation_id>/revoke")
@requires(Permission.MEMBER_MANAGE)
def revoke(invitation_id: int) -> ResponseReturnValue:
    """Take an invitation back."""
    return _acted(
        lambda uow: revoke_invitation(uow, organisation_id=_own(), invitation_id=invitation_id),
        _("L’invitation est annulée ; son lien ne sert plus."),
    )


@bp.post("/members/<int:membership_id>/role")
@requires(Permission.MEMBER_MANAGE)
def role(membership_id: int) -> ResponseReturnValue:
    """Give a member another role."""
    wanted = role_named(request.form.get("role", ""))
    return _acted(
        lambda uow: change_role(uow, membership_id=membership_id, role=wanted),
        _("Le rôle est changé ; la personne se reconnecte avec."),
    )


@bp.post("/members/<int:membership_id>/end")
@requires(Permission.MEMBER_MANAGE)
def end(membership_id: int) -> ResponseReturnValue:
    """End a membership, with all that hangs on it."""
    return _acted(
        lambda uow: end_membership(uow, membership_id=membership_id),
        _("L’accès est retiré : ses sessions et ses invitations sont fermées."),
    )


@bp.post("/members/<int:membership_id>/reset")
@requires(Permission.MEMBER_MANAGE)
def ask_reset(membership_id: int) -> ResponseReturnValue:
    """Ask for the end of a member's lost second factor."""
    return _acted(
        lambda uow: ask_second_factor_reset(uow, membership_id=membership_id),
        _("La demande attend la réponse d’une deuxième personne ; la personne concernée est prévenue."),
    )


@bp.post("/resets/<int:reset_id>/grant")
@requires(Permission.MEMBER_MANAGE)
def grant_reset(reset_id: int) -> ResponseReturnValue:
    """Agree, as the second person, to end a second factor."""
    return _acted(
        lambda uow: decide_second_factor_reset(uow, organisation_id=_own(), reset_id=reset_id, is_granted=True),
        _("Accordé : l’ancien second facteur prend fin, un lien part à la personne."),
    )


@bp.post("/resets/<int:reset_id>/refuse")
@requires(Permission.MEMBER_MANAGE)
def refuse_reset(reset_id: int) -> ResponseReturnValue:
    """Refuse, as the second person, to end a second factor."""
    return _acted(
        lambda uow: decide_second_factor_reset(uow, organisation_id=_own(), reset_id=reset_id, is_granted=False),
        _("La demande est refusée ; rien n’a changé."),
    )


def _own() -> int:
    return current_actor().organisation_id or 0


def _acted(act: Callable[[UnitOfWork], object], told: str) -> ResponseReturnValue:
    """Do one act on the team, say how it ended and show the team."""
    try:
        with unit_of_work() as uow:
            act(uow)
    except RuleBroken as refusal:
        flash(explain(refusal), "danger")
    else:
        flash(told, "success")
    return redirect(url_for("team.index"))
