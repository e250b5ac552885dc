"""Show who a person is for fifteen minutes, then come back to the page that asked."""

from __future__ import annotations

import uuid
from dataclasses import asdict

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel.speaklater import LazyString

from skills_bridge.blueprints.privacy.words import REASONS
from skills_bridge.blueprints.refusals import explain
from skills_bridge.blueprints.web import current_actor, is_local_path, reading, requires, settings, unit_of_work
from skills_bridge.domain.errors import RuleBroken
from skills_bridge.domain.privacy import RevealReason
from skills_bridge.policies.permissions import Permission
from skills_bridge.queries.privacy import find_subject
from skills_bridge.services.privacy import reveal_identity

bp = Blueprint("privacy", __name__, url_prefix="/privacy")


@bp.app_template_global()
def reveal_reasons() -> list[tuple[str, LazyString]]:
    """Return the reasons that the reveal form offers."""
    return [(reason.value, words) for reason, words in REASONS.items()]


@bp.post("/reveal")
@requires(Permission.IDENTITY_REVEAL)
def reveal() -> ResponseReturnValue:
    """Show an identity to this session, with the reason given."""
    asked = request.form
    subject = find_subject(
        reading(), actor=current_actor(), public_id=_uuid(asked.get("seeker")), reference=asked.get("opening")
    )
    try:
        reason = RevealReason(asked.get("reason", ""))
        with unit_of_work() as uow:
            reveal_identity(uow, **asdict(subject), reason=reason, disclosure_days=settings().disclosure_days)
    except ValueError:
        flash(_("Choisissez un motif : il est conservé avec la consultation."), "danger")
    except RuleBroken as refusal:
        flash(explain(refusal), "danger")
    else:
        flash(_("L’identité est visible 15 minutes dans cette session ; la consultation est enregistrée."), "info")
    back = asked.get("back")
    return redirect(back if back and is_local_path(back) else url_for("home.index"))


def _uuid(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None
