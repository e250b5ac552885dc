"""Ways back in: a new password by a link and the second factor, a new second factor by a link and the password."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from skills_bridge.blueprints.accounts.factors import factor_of
from skills_bridge.blueprints.accounts.forms import AskLinkForm, NewFactorForm, ResetPasswordForm
from skills_bridge.blueprints.fields import show_refusal
from skills_bridge.blueprints.refusals import explain
from skills_bridge.blueprints.web import account_looking, account_work, caller, public, vault
from skills_bridge.domain.credentials import LinkKind
from skills_bridge.domain.errors import RuleBroken
from skills_bridge.queries.accounts import find_link_owner
from skills_bridge.services.accounts import ask_password_link, digest_of, enrol_second_factor, reset_password
from skills_bridge.unit_of_work import utc_now

bp = Blueprint("recovery", __name__, url_prefix="/recovery")


@bp.route("/", methods=["GET", "POST"])
@public
def ask() -> ResponseReturnValue:
    """Ask for a link to choose a new password; the answer is the same for every address."""
    form = AskLinkForm()
    if form.validate_on_submit():
        try:
            with account_work() as uow:
                ask_password_link(uow, email=form.email.data or "", address=caller(), vault=vault())
        except RuleBroken as refusal:
            form.form_errors.append(explain(refusal))
        else:
            return render_template("accounts/link_sent.html")
    return render_template("accounts/ask_link.html", form=form)


@bp.route("/password/<string:token>", methods=["GET", "POST"])
@public
def password(token: str) -> ResponseReturnValue:
    """Choose a new password."""
    _owner(LinkKind.PASSWORD, token)
    form = ResetPasswordForm()
    if form.validate_on_submit():
        try:
            with account_work() as uow:
                done = reset_password(uow, token=token, **form.to_command(), address=caller(), vault=vault())
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            if done:
                flash(_("Le mot de passe est changé. Connectez-vous."), "success")
                return redirect(url_for("accounts.sign_in"))
            form.code.errors = [_("Code incorrect ou déjà utilisé. Attendez le code suivant, puis saisissez-le.")]
    return render_template("accounts/reset_password.html", form=form)


@bp.route("/second-factor/<string:token>", methods=["GET", "POST"])
@public
def second_factor(token: str) -> ResponseReturnValue:
    """Install a new second factor."""
    form = NewFactorForm()
    factor = factor_of(form, email=_owner(LinkKind.SECOND_FACTOR, token))
    if form.validate_on_submit():
        given = form.to_command()
        try:
            with account_work() as uow:
                codes = enrol_second_factor(
                    uow, token=token, **given, sealed_totp=factor.sealed, address=caller(), vault=vault()
                )
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            if isinstance(codes, tuple):
                return render_template("accounts/recovery_codes.html", codes=codes)
            form.password.errors = [_("Mot de passe incorrect : vérifiez la saisie.")]
    return render_template("accounts/new_factor.html", form=form, factor=factor)


def _owner(kind: LinkKind, token: str) -> str:
    """Return whose link it is; what was used or is too old does not exist."""
    with account_looking() as looking:
        email = find_link_owner(looking, kind=kind, digest=digest_of(token), now=utc_now())
    if email is None:
        abort(404)
    return email
