"""What a pasted CV suggests of a person's competencies; the adviser adds each by a click, as declared."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Final

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from skills_bridge.blueprints.framework.encoding import encoder
from skills_bridge.blueprints.refusals import explain
from skills_bridge.blueprints.seekers.views import WORDS, bp
from skills_bridge.blueprints.seekers.words import LEVELS
from skills_bridge.blueprints.web import current_actor, language, reading, requires, unit_of_work
from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.errors import RuleBroken
from skills_bridge.domain.framework import Evidence
from skills_bridge.policies.permissions import Permission
from skills_bridge.queries.seekers.files import SeekerPage, get_seeker_page
from skills_bridge.queries.suggestions import SuggestedCompetency, suggest_competencies
from skills_bridge.services.seekers import record_competency
from skills_bridge.unit_of_work import utc_now

TAKE: Final = "take"
"""Name of the buttons that add a competency: its key; the level stands in the field ``level-<key>``."""
MOST_LETTERS: Final = 20_000
USUAL_LEVEL: Final = 2


class PastedForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """A pasted text, read on the spot and never kept."""

    pasted = TextAreaField(
        _l("Texte du CV"),
        validators=[InputRequired(_l("Collez un texte.")), Length(max=MOST_LETTERS)],
        render_kw={"rows": 10},
    )


@bp.route("/<uuid:public_id>/competencies/suggest", methods=["GET", "POST"])
@requires(Permission.SEEKER_MANAGE)
def suggest(public_id: uuid.UUID) -> ResponseReturnValue:
    """Suggest competencies from a pasted text, and add the one whose button was pressed."""
    page = _page(public_id)
    form = PastedForm()
    suggested: tuple[SuggestedCompetency, ...] | None = None
    if form.validate_on_submit():
        known = {line.competency_id for line in page.competencies if line.evidence is not Evidence.INFERRED}
        held = known | _take(page.id)
        suggested = _new(form.pasted.data or "", held)
    return render_template(
        "seekers/suggest.html", page=page, form=form, suggested=suggested, levels=LEVELS, usual=USUAL_LEVEL, **WORDS
    )


def _page(public_id: uuid.UUID) -> SeekerPage:
    return get_seeker_page(
        reading(), actor=current_actor(), public_id=public_id, language=language(), today=local_day(utc_now())
    )


def _take(seeker_id: int) -> set[int]:
    """Record the competency whose button was pressed, as declared; return its key, or nothing."""
    asked = request.form.get(TAKE, "")
    level = request.form.get(f"level-{asked}", "")
    if not (asked.isdecimal() and level.isdecimal()):
        return set()
    try:
        with unit_of_work() as uow:
            record_competency(
                uow, seeker_id=seeker_id, competency_id=int(asked), level=int(level), evidence=Evidence.DECLARED
            )
    except RuleBroken as refusal:
        flash(explain(refusal), "danger")
        return set()
    flash(_("La compétence est enregistrée."), "success")
    return {int(asked)}


def _new(text: str, held: Collection[int]) -> tuple[SuggestedCompetency, ...]:
    """Return what a text suggests and the file does not hold, or only supposes."""
    found = suggest_competencies(reading(), text=text, encode=encoder())
    return tuple(one for one in found if one.competency.id not in held)
