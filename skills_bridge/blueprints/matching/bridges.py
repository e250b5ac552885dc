"""The bridge from a near profile to a post: course and post proposed as one."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from skills_bridge.blueprints.fields import show_refusal
from skills_bridge.blueprints.matching.forms import ReserveForm
from skills_bridge.blueprints.matching.readers import lacking
from skills_bridge.blueprints.matching.telling import Teller
from skills_bridge.blueprints.web import current_actor, reading, requires, unit_of_work
from skills_bridge.domain.errors import RuleBroken
from skills_bridge.policies.permissions import Permission
from skills_bridge.queries.matching.bridges import BridgePage, get_bridge_page
from skills_bridge.services.reservations import reserve as reserve_both
from skills_bridge.unit_of_work import utc_now

bp = Blueprint("bridges", __name__)


@bp.route("/openings/<string:reference>/matching/<uuid:public_id>/reserve", methods=["GET", "POST"])
@requires(Permission.RESERVATION_MANAGE)
def reserve(reference: str, public_id: uuid.UUID) -> ResponseReturnValue:
    """Show seat and post that are about to be reserved for a near profile, then reserve both or neither."""
    page = get_bridge_page(reading(), actor=current_actor(), reference=reference, public_id=public_id, now=utc_now())
    form = ReserveForm()
    if page.cohort and form.validate_on_submit():
        try:
            with unit_of_work() as uow:
                reserve_both(uow, **page.to_command())
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            flash(
                _("La place et le poste sont réservés ensemble : appelez la personne pour recueillir sa réponse."),
                "success",
            )
            return redirect(url_for("matching.opening", reference=reference, kind="near"))
    return render_template("matching/reserve.html", page=page, form=form, missing=_missing(page))


def _missing(page: BridgePage) -> str:
    """Return the competencies that the person lacks, at the levels asked."""
    if page.listed is None:
        return ""
    return lacking(Teller(page.labels).tell(page.listed.account))
