"""A person's own account: sessions on her devices, password, language; and the proof for risky acts."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel.speaklater import LazyString

from skills_bridge.blueprints.accounts.forms import LanguageForm, PasswordForm
from skills_bridge.blueprints.accounts.words import ROLES
from skills_bridge.blueprints.fields import show_refusal
from skills_bridge.blueprints.proofs import judge_proof
from skills_bridge.blueprints.web import (
    account_looking,
    account_work,
    caller,
    current_actor,
    is_local_path,
    own_session,
    requires,
    settings,
    vault,
)
from skills_bridge.domain.accounts import Role
from skills_bridge.domain.errors import RuleBroken
from skills_bridge.policies.permissions import Permission
from skills_bridge.queries.accounts import list_own_sessions
from skills_bridge.services.accounts import (
    change_language,
    change_password,
    end_own_session,
    end_sessions_of,
    renew_own_codes,
    switch_seat,
)
from skills_bridge.unit_of_work import utc_now

bp = Blueprint("account", __name__, url_prefix="/account")


@bp.app_template_global()
def role_words(role: Role) -> LazyString:
    """Return a role as people read it, for the menu of the person's name."""
    return ROLES[role]


@bp.get("/")
@requires(Permission.ACCOUNT_KEEP)
def index() -> ResponseReturnValue:
    """Show a person her account and her sessions."""
    actor = current_actor()
    with account_looking(actor.user_id) as looking:
        sessions = list_own_sessions(
            looking,
            user_id=actor.user_id or 0,
            session_id=own_session().row_id,
            now=utc_now(),
            limits=settings().sessions,
        )
    return render_template("accounts/own.html", sessions=sessions, form=LanguageForm(language=actor.language))


@bp.post("/sessions/<int:session_id>/end")
@requires(Permission.ACCOUNT_KEEP)
def end(session_id: int) -> ResponseReturnValue:
    """End one of the person's sessions."""
    user_id = current_actor().user_id or 0
    with account_work(user_id) as uow:
        end_own_session(uow, user_id=user_id, session_id=session_id)
    flash(_("La session est fermée."), "success")
    return redirect(url_for("account.index"))


@bp.post("/sessions/end-others")
@requires(Permission.ACCOUNT_KEEP)
def end_others() -> ResponseReturnValue:
    """End all of the person's sessions but this one."""
    user_id = current_actor().user_id or 0
    with account_work(user_id) as uow:
        end_sessions_of(uow, user_id=user_id, but=own_session().row_id)
    flash(_("Toutes les autres sessions sont fermées."), "success")
    return redirect(url_for("account.index"))


@bp.route("/password", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_KEEP)
def password() -> ResponseReturnValue:
    """Let a person change her password."""
    own, form = own_session(), PasswordForm()
    ids = {"user_id": current_actor().user_id or 0, "session_id": own.row_id or 0}
    if form.validate_on_submit():
        try:
            with account_work(ids["user_id"]) as uow:
                changed = change_password(uow, **ids, **form.to_command(), address=caller(), vault=vault())
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            if changed:
                own.rotate()
                flash(_("Le mot de passe est changé ; vos autres sessions sont fermées."), "success")
                return redirect(url_for("account.index"))
            form.present.errors = [_("Ce n’est pas votre mot de passe actuel : vérifiez la saisie.")]
    return render_template("accounts/password.html", form=form)


@bp.post("/language")
@requires(Permission.ACCOUNT_KEEP)
def language() -> ResponseReturnValue:
    """Keep the language that a person reads and gets her letters in."""
    form, user_id = LanguageForm(), current_actor().user_id or 0
    if form.validate_on_submit():
        with account_work(user_id) as uow:
            change_language(uow, user_id=user_id, language=form.to_command())
        own_session()["language"] = form.to_command()
        flash(_("La langue est enregistrée."), "success")
    else:
        flash(_("Choisissez une langue de la liste."), "danger")
    return redirect(url_for("account.index"))


@bp.post("/seats/<int:membership_id>")
@requires(Permission.ACCOUNT_KEEP)
def switch(membership_id: int) -> ResponseReturnValue:
    """Go on for another organisation of the same person."""
    user_id = current_actor().user_id or 0
    with account_work(user_id) as uow:
        switch_seat(uow, user_id=user_id, membership_id=membership_id)
    own_session().act_for(membership_id)
    return redirect(url_for("home.index"))


@bp.post("/recovery-codes")
@requires(Permission.RECOVERY_RENEW)
def recovery_codes() -> ResponseReturnValue:
    """Give a person ten new recovery codes, shown this once."""
    user_id = current_actor().user_id or 0
    with account_work(user_id) as uow:
        codes = renew_own_codes(uow, user_id=user_id, vault=vault())
    return render_template("accounts/recovery_codes.html", codes=codes)


@bp.post("/proof")
@requires(Permission.ACCOUNT_KEEP)
def proof() -> ResponseReturnValue:
    """Take password and code once more, then go back to the page whose file was asked for."""
    back = request.form.get("back", "")
    wanted = back if is_local_path(back) else url_for("home.index")
    return judge_proof(wanted) or redirect(wanted)
