"""A person's word on what is proposed to her."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from skills_bridge.blueprints.personal.forms import AcceptForm, DeclineForm
from skills_bridge.blueprints.personal.views import bp
from skills_bridge.blueprints.personal.words import tell
from skills_bridge.blueprints.web import current_actor, language, reading, requires, settings, unit_of_work
from skills_bridge.domain.errors import RuleBroken
from skills_bridge.policies.permissions import Permission
from skills_bridge.queries.personal.proposals import get_own_referral, get_own_reservation
from skills_bridge.services.personal import OwnWord, answer_proposal, answer_reservation
from skills_bridge.unit_of_work import UnitOfWork


def _answer(act: Callable[[UnitOfWork], None], done: str) -> ResponseReturnValue:
    """Give one answer and come back to what is proposed, with a sentence."""
    try:
        with unit_of_work() as uow:
            act(uow)
    except RuleBroken as refusal:
        flash(tell(refusal), "danger")
    else:
        flash(done, "success")
    return redirect(url_for("personal.index"))


def _yes() -> OwnWord:
    return AcceptForm().to_word(text_version=settings().legal.consent_version, language=language())


@bp.post("/proposals/<uuid:public_id>/accept")
@requires(Permission.OWN_PROPOSAL_ANSWER)
def accept(public_id: uuid.UUID) -> ResponseReturnValue:
    """Accept an opening."""
    key, word = get_own_referral(reading(), actor=current_actor(), public_id=public_id), _yes()
    return _answer(
        lambda uow: answer_proposal(uow, referral_id=key, word=word),
        _("Votre accord est enregistré : votre agence transmet votre dossier à l’entreprise."),
    )


@bp.post("/proposals/<uuid:public_id>/decline")
@requires(Permission.OWN_PROPOSAL_ANSWER)
def decline(public_id: uuid.UUID) -> ResponseReturnValue:
    """Decline an opening, which costs nothing."""
    key, word = get_own_referral(reading(), actor=current_actor(), public_id=public_id), DeclineForm().to_word()
    return _answer(
        lambda uow: answer_proposal(uow, referral_id=key, word=word),
        _("Votre refus est enregistré, sans conséquence pour vous : d’autres offres vous seront proposées."),
    )


@bp.post("/reservations/<uuid:public_id>/accept")
@requires(Permission.OWN_PROPOSAL_ANSWER)
def accept_course(public_id: uuid.UUID) -> ResponseReturnValue:
    """Accept a course and the post after it."""
    key, word = get_own_reservation(reading(), actor=current_actor(), public_id=public_id), _yes()
    return _answer(
        lambda uow: answer_reservation(uow, reservation_id=key, word=word),
        _("Votre accord est enregistré : le centre de formation vous inscrit."),
    )


@bp.post("/reservations/<uuid:public_id>/decline")
@requires(Permission.OWN_PROPOSAL_ANSWER)
def decline_course(public_id: uuid.UUID) -> ResponseReturnValue:
    """Decline a course and the post after it, which costs nothing."""
    key, word = get_own_reservation(reading(), actor=current_actor(), public_id=public_id), DeclineForm().to_word()
    return _answer(
        lambda uow: answer_reservation(uow, reservation_id=key, word=word),
        _("Votre refus est enregistré, sans conséquence pour vous : d’autres offres vous seront proposées."),
    )
