"""Taking a place that was offered: with a new account, or with the one that a person has."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from skills_bridge.blueprints.accounts.factors import Factor, factor_of
from skills_bridge.blueprints.accounts.forms import JoinForm, SignUpForm
from skills_bridge.blueprints.accounts.words import ROLES
from skills_bridge.blueprints.fields import show_refusal
from skills_bridge.blueprints.refusals import explain
from skills_bridge.blueprints.web import (
    account_looking,
    account_work,
    caller,
    language,
    public,
    vault,
)
from skills_bridge.domain.errors import RuleBroken
from skills_bridge.queries.accounts import OfferPage, find_offer
from skills_bridge.services.accounts import SignUp, accept_as_known, accept_as_new, digest_of
from skills_bridge.unit_of_work import utc_now

bp = Blueprint("invitations", __name__, url_prefix="/invitations")


@bp.route("/<string:token>", methods=["GET", "POST"])
@public
def sign_up(token: str) -> ResponseReturnValue:
    """Open an account and take the place; who has an account takes it with that one."""
    page, form = _offer(token), SignUpForm()
    if page.is_known:
        return redirect(url_for("invitations.join", token=token))
    factor = factor_of(form, email=page.email)
    if form.validate_on_submit():
        try:
            with account_work() as uow:
                given = _given(form, factor)
                codes = accept_as_new(uow, token=token, address=caller(), given=given, vault=vault())
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            return render_template("accounts/recovery_codes.html", codes=codes) if codes else abort(404)
    return render_template("accounts/sign_up.html", page=page, words=ROLES, form=form, factor=factor)


def _given(form: SignUpForm, factor: Factor) -> SignUp:
    """Return what a person gave."""
    return SignUp(
        display_name=form.display_name.data or "",
        password=form.password.data or "",
        sealed_totp=factor.sealed,
        code=form.code.data or "",
        language=language(),
    )


@bp.route("/<string:token>/join", methods=["GET", "POST"])
@public
def join(token: str) -> ResponseReturnValue:
    """Take the place with the account that one has."""
    page, form = _offer(token), JoinForm()
    if form.validate_on_submit():
        try:
            with account_work() as uow:
                joined = accept_as_known(uow, token=token, **form.to_command(), address=caller(), vault=vault())
        except RuleBroken as refusal:
            form.form_errors.append(explain(refusal))
        else:
            if joined:
                flash(_("L’organisme est ajouté à votre compte."), "success")
                return redirect(url_for("accounts.sign_in"))
            form.form_errors.append(_("Mot de passe ou code incorrect : vérifiez la saisie, puis recommencez."))
    return render_template("accounts/join.html", page=page, words=ROLES, form=form)


def _offer(token: str) -> OfferPage:
    """Return the open invitation of a link; what was taken, taken back or is too old does not exist."""
    with account_looking() as looking:
        page = find_offer(looking, digest=digest_of(token), now=utc_now())
    if page is None:
        abort(404)
    return page
