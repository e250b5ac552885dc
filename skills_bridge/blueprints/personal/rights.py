"""What a person does with her own data: correct, object, withdraw, take a copy."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from skills_bridge.blueprints.personal.forms import CorrectForm
from skills_bridge.blueprints.personal.views import bp
from skills_bridge.blueprints.personal.words import OWN_REQUESTS, tell
from skills_bridge.blueprints.privacy.looks import KINDS, REFUSALS
from skills_bridge.blueprints.seekers.words import CONSENT_TEXTS
from skills_bridge.blueprints.web import current_actor, language, reading, requires, settings, unit_of_work, vault
from skills_bridge.domain.errors import RuleBroken
from skills_bridge.domain.seekers import Channel, ConsentKind
from skills_bridge.policies.permissions import Permission
from skills_bridge.queries.personal.rights import get_own_rights
from skills_bridge.services import privacy
from skills_bridge.services.seekers import object_to_matching, withdraw_consent
from skills_bridge.unit_of_work import UnitOfWork, utc_now


def _tongue() -> str:
    """Return the language of an answer on paper: Arabic or French."""
    return "ar" if language() == "ar" else "fr"


def _act(act: Callable[[UnitOfWork, int], object], done: str) -> ResponseReturnValue:
    """Do one thing with the person's own data and come back with a sentence."""
    seeker_id = current_actor().seeker_id or 0
    try:
        with unit_of_work() as uow:
            act(uow, seeker_id)
    except RuleBroken as refusal:
        flash(tell(refusal), "danger")
    else:
        flash(done, "success")
    return redirect(url_for("personal.rights"))


@bp.get("/rights")
@requires(Permission.OWN_RIGHTS_USE)
def rights() -> ResponseReturnValue:
    """Show what a person may do with her data, and where her requests stand."""
    return render_template(
        "personal/rights.html",
        page=get_own_rights(reading(), actor=current_actor(), now=utc_now()),
        legal=settings().legal,
        consent_texts=CONSENT_TEXTS,
        kinds=KINDS,
        refusals=REFUSALS,
        looks=OWN_REQUESTS,
    )


@bp.route("/correct", methods=["GET", "POST"])
@requires(Permission.OWN_RIGHTS_USE)
def correct() -> ResponseReturnValue:
    """Ask for a correction; the desk's clock starts."""
    form, actor, days = CorrectForm(), current_actor(), settings().legal.answer_days
    if form.validate_on_submit():
        wish = form.to_command(_tongue())
        try:
            with unit_of_work() as uow:
                privacy.receive_request(uow, seeker_id=actor.seeker_id or 0, wish=wish, answer_days=days)
        except RuleBroken as refusal:
            form.form_errors.append(tell(refusal))
        else:
            flash(_("Votre demande de rectification est enregistrée."), "success")
            return redirect(url_for("personal.rights"))
    return render_template("personal/correct.html", form=form, answer_days=days)


@bp.post("/object", endpoint="object")
@requires(Permission.OWN_RIGHTS_USE)
def object_to() -> ResponseReturnValue:
    """Stop being matched, at once."""
    return _act(
        lambda uow, key: object_to_matching(uow, seeker_id=key, channel=Channel.PERSONAL_LINK),
        _("Votre opposition est enregistrée : plus rien ne vous sera proposé."),
    )


@bp.post("/withdraw/<any(matching, sharing):kind>")
@requires(Permission.OWN_RIGHTS_USE)
def withdraw(kind: str) -> ResponseReturnValue:
    """Take an agreement back."""
    return _act(
        lambda uow, key: withdraw_consent(uow, seeker_id=key, kind=ConsentKind(kind)),
        _("Votre accord est retiré."),
    )


@bp.post("/export")
@requires(Permission.OWN_RIGHTS_USE)
def export() -> ResponseReturnValue:
    """Have a copy made of all that is held."""
    days = settings().legal.answer_days
    return _act(
        lambda uow, _key: privacy.ask_own_file(uow, language=_tongue(), answer_days=days),
        _("Votre dossier se prépare. Revenez sur cette page dans quelques minutes."),
    )


@bp.post("/export/<string:reference>")
@requires(Permission.OWN_RIGHTS_USE)
def take(reference: str) -> ResponseReturnValue:
    """Take the copy out, once."""
    try:
        with unit_of_work() as uow:
            content = privacy.take_own_file(uow, reference=reference, vault=vault())
    except RuleBroken as refusal:
        flash(tell(refusal), "danger")
        return redirect(url_for("personal.rights"))
    answer = Response(content, mimetype="application/zip")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{reference}.zip")
    return answer
