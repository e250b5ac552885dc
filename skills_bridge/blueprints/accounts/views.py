"""Sign-in with a password and a second factor; sessions end on the server."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from skills_bridge.blueprints.accounts.forms import CodeForm, SignInForm
from skills_bridge.blueprints.refusals import explain
from skills_bridge.blueprints.web import (
    RowSession,
    account_work,
    caller,
    current_actor_or_none,
    is_local_path,
    own_session,
    public,
    vault,
)
from skills_bridge.domain.errors import RuleBroken
from skills_bridge.services.accounts import check_code, check_password, choose_membership
from skills_bridge.unit_of_work import utc_now

bp = Blueprint("accounts", __name__)


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Ask for address and password."""
    actor = current_actor_or_none()
    if actor is not None and not actor.is_seeker:
        return redirect(url_for("home.index"))
    form = SignInForm()
    if form.validate_on_submit():
        try:
            with account_work() as uow:
                user_id = check_password(uow, **form.to_command(), address=caller(), vault=vault())
        except RuleBroken as refusal:
            form.form_errors.append(explain(refusal))
        else:
            if user_id:
                return _ask_for_code(user_id)
            form.form_errors.append(_("Adresse ou mot de passe incorrect. Vérifiez la saisie, puis recommencez."))
    return render_template("accounts/sign_in.html", form=form)


def _ask_for_code(user_id: int) -> ResponseReturnValue:
    """Go on to the second factor under a new session token."""
    own = own_session()
    own.become("password", user_id=user_id, membership_id=None)
    return redirect(url_for("accounts.second_factor", next=request.args.get("next")))


@bp.route("/sign-in/code", methods=["GET", "POST"])
@public
def second_factor() -> ResponseReturnValue:
    """Ask for the code of the authenticator application."""
    own = own_session()
    if own.stage != "password" or own.user_id is None:
        return redirect(url_for("accounts.sign_in"))
    form = CodeForm()
    if form.validate_on_submit():
        try:
            with account_work(own.user_id) as uow:
                right = check_code(uow, user_id=own.user_id, **form.to_command(), address=caller(), vault=vault())
                membership_id = choose_membership(uow.session, user_id=own.user_id) if right else None
        except RuleBroken as refusal:
            form.form_errors.append(explain(refusal))
        else:
            if right:
                return _enter(own, membership_id)
            form.form_errors.append(_("Code incorrect ou déjà utilisé. Attendez le code suivant, puis saisissez-le."))
    return render_template("accounts/second_factor.html", form=form)


def _enter(own: RowSession, membership_id: int | None) -> ResponseReturnValue:
    """Open the signed-in session, and go to the page that was wanted."""
    if membership_id is None:
        own.become("anonymous", user_id=None, membership_id=None)
        flash(
            _("Votre compte n’est rattaché à aucun organisme actif. Adressez-vous à son administrateur(trice)."),
            "danger",
        )
        return redirect(url_for("accounts.sign_in"))
    own.become("signed_in", user_id=own.user_id, membership_id=membership_id, proved_at=utc_now())
    wanted = request.args.get("next")
    return redirect(wanted if wanted and is_local_path(wanted) else url_for("home.index"))


@bp.route("/sign-out", methods=["POST"])
@public
def sign_out() -> ResponseReturnValue:
    """End the session on the server."""
    own = own_session()
    own.keep_language_alone()
    own.become("anonymous", user_id=None, membership_id=None)
    flash(_("Vous êtes déconnecté(e)."), "success")
    return redirect(url_for("accounts.sign_in"))
