"""A person's word: agreements, withdrawals, objections, pauses."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from skills_bridge.blueprints.refusals import explain
from skills_bridge.blueprints.seekers.forms import ChannelForm, ConsentFields
from skills_bridge.blueprints.seekers.views import bp
from skills_bridge.blueprints.web import current_actor, reading, requires, settings, unit_of_work
from skills_bridge.domain.errors import RuleBroken
from skills_bridge.domain.seekers import Channel, ConsentKind
from skills_bridge.policies.permissions import Permission
from skills_bridge.queries.seekers.files import get_key
from skills_bridge.services.seekers import (
    lift_objection,
    object_to_matching,
    pause_seeker,
    record_consent,
    resume_seeker,
    withdraw_consent,
)
from skills_bridge.unit_of_work import UnitOfWork


def act_on(public_id: uuid.UUID, act: Callable[[UnitOfWork, int], object], done: str) -> ResponseReturnValue:
    """Do one thing to a file and come back to it with a sentence."""
    seeker_id = _key(public_id)
    try:
        with unit_of_work() as uow:
            act(uow, seeker_id)
    except RuleBroken as refusal:
        flash(explain(refusal), "danger")
    else:
        flash(done, "success")
    return redirect(url_for("seekers.detail", public_id=public_id))


def _key(public_id: uuid.UUID) -> int:
    """Return a file's key; one that does not exist is told before anything is said of the form."""
    return get_key(reading(), actor=current_actor(), public_id=public_id).id


def _channel(public_id: uuid.UUID) -> Channel:
    _key(public_id)
    form = ChannelForm()
    if not form.validate():
        abort(400)
    return Channel(form.channel.data)


@bp.post("/<uuid:public_id>/pause")
@requires(Permission.SEEKER_MANAGE)
def pause(public_id: uuid.UUID) -> ResponseReturnValue:
    """Look for a person no more for a while."""
    return act_on(public_id, lambda uow, key: pause_seeker(uow, seeker_id=key), _("La recherche est en pause."))


@bp.post("/<uuid:public_id>/resume")
@requires(Permission.SEEKER_MANAGE)
def resume(public_id: uuid.UUID) -> ResponseReturnValue:
    """Look for a person again."""
    return act_on(public_id, lambda uow, key: resume_seeker(uow, seeker_id=key), _("La pause est levée."))


@bp.post("/<uuid:public_id>/object", endpoint="object")
@requires(Permission.SEEKER_MANAGE)
def object_to(public_id: uuid.UUID) -> ResponseReturnValue:
    """Record that a person objects to matching."""
    channel = _channel(public_id)
    return act_on(
        public_id,
        lambda uow, key: object_to_matching(uow, seeker_id=key, channel=channel),
        _("L’opposition est enregistrée : plus rien ne sera proposé et les mises en relation en cours sont closes."),
    )


@bp.post("/<uuid:public_id>/lift-objection")
@requires(Permission.SEEKER_MANAGE)
def lift(public_id: uuid.UUID) -> ResponseReturnValue:
    """Record that a person objects no more."""
    channel = _channel(public_id)
    return act_on(
        public_id,
        lambda uow, key: lift_objection(uow, seeker_id=key, channel=channel),
        _("L’opposition est levée : le dossier est de nouveau rapproché des offres."),
    )


@bp.post("/<uuid:public_id>/record-consent")
@requires(Permission.SEEKER_MANAGE)
def consent(public_id: uuid.UUID) -> ResponseReturnValue:
    """Record what a person agrees to."""
    _key(public_id)
    form = ConsentFields()
    agreement = form.to_agreement(settings().legal.consent_version) if form.validate() else None
    if agreement is None:
        flash(_("Cochez au moins un accord."), "danger")
        return redirect(url_for("seekers.detail", public_id=public_id))
    return act_on(
        public_id,
        lambda uow, key: record_consent(uow, seeker_id=key, agreement=agreement),
        _("L’accord est enregistré."),
    )


@bp.post("/<uuid:public_id>/withdraw-consent/<any(matching, sharing):kind>")
@requires(Permission.SEEKER_MANAGE)
def withdraw(public_id: uuid.UUID, kind: str) -> ResponseReturnValue:
    """Record that a person takes an agreement back."""
    return act_on(
        public_id,
        lambda uow, key: withdraw_consent(uow, seeker_id=key, kind=ConsentKind(kind)),
        _("Le retrait de l’accord est enregistré : ce qui reposait sur lui et attendait une réponse est clos."),
    )
