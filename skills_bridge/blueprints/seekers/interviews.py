"""The interview of three minutes, and every competency one by one."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any, Final, TypedDict

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, SelectField
from wtforms.validators import InputRequired, Optional

from skills_bridge.blueprints.formats import form_choices, state_choices
from skills_bridge.blueprints.listing import SEARCH_LIMIT
from skills_bridge.blueprints.refusals import explain
from skills_bridge.blueprints.seekers.views import WORDS, bp
from skills_bridge.blueprints.seekers.words import LEVELS
from skills_bridge.blueprints.web import current_actor, language, reading, requires, unit_of_work
from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.errors import RuleBroken
from skills_bridge.domain.framework import Evidence
from skills_bridge.domain.seekers import ANSWERS
from skills_bridge.policies.permissions import Permission
from skills_bridge.queries.seekers.files import get_key, get_seeker_page
from skills_bridge.queries.seekers.interviews import get_interview, list_competencies
from skills_bridge.queries.seekers.register import get_next_interview
from skills_bridge.queries.seekers.vocabulary import Choice
from skills_bridge.services.seekers import assess_competencies, finish_interview, record_competency
from skills_bridge.unit_of_work import utc_now

PREFIX: Final = "level-"
"""What the names of the interview's buttons begin with; the key of the competency follows."""


class Recording(TypedDict):
    """What :func:`skills_bridge.services.seekers.record_competency` takes from the form."""

    competency_id: int
    level: int
    evidence: Evidence
    valid_until: date | None


class CompetencyForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Set one competency of a person."""

    competency = SelectField(_l("Compétence"), validators=[InputRequired(_l("Choisissez une compétence."))])
    level = SelectField(_l("Niveau"), default="2", validators=[InputRequired(_l("Choisissez un niveau."))])
    evidence = SelectField(_l("Preuve"), validators=[InputRequired()])
    valid_until = DateField(_l("Valable jusqu’au"), validators=[Optional()])

    def __init__(self, offered: Iterable[Choice], **values: Any) -> None:
        """Offer competencies, levels and proofs."""
        super().__init__(**values)
        self.competency.choices = form_choices(offered, _("Choisir…"))
        self.level.choices = form_choices(((str(level), str(words)) for level, words in LEVELS.items()))
        self.evidence.choices = form_choices(state_choices(Evidence)[1:3])

    def to_command(self) -> Recording:
        """Return the keyword arguments of ``record_competency``; call it on a valid form only."""
        return {
            "competency_id": int(self.competency.data),
            "level": int(self.level.data),
            "evidence": Evidence(self.evidence.data),
            "valid_until": self.valid_until.data,
        }


def answers() -> dict[int, int]:
    """Return the interview's answers in the request: level by competency; what is no number is dropped."""
    told = {name.removeprefix(PREFIX): value for name, value in request.form.items() if name.startswith(PREFIX)}
    return {int(key): int(level) for key, level in told.items() if key.isdecimal() and level.isdecimal()}


@bp.get("/interviews/next")
@requires(Permission.SEEKER_MANAGE)
def next_interview() -> ResponseReturnValue:
    """Go to the interview of the person of the own unit who waits longest."""
    public_id = get_next_interview(reading(), actor=current_actor())
    if public_id is None:
        flash(_("Aucun entretien n’attend : toutes les personnes actives de votre agence ont été vues."), "success")
        return redirect(url_for("seekers.index"))
    return redirect(url_for("seekers.interview", public_id=public_id))


@bp.route("/<uuid:public_id>/interview", methods=["GET", "POST"])
@requires(Permission.SEEKER_MANAGE)
def interview(public_id: uuid.UUID) -> ResponseReturnValue:
    """Ask ten competencies, four buttons each."""
    page = get_interview(
        reading(),
        actor=current_actor(),
        public_id=public_id,
        language=language(),
        today=local_day(utc_now()),
    )
    if request.method == "POST":
        try:
            with unit_of_work() as uow:
                finish_interview(uow, seeker_id=page.id, levels=answers())
        except RuleBroken as refusal:
            flash(explain(refusal), "danger")
        else:
            flash(_("L’entretien est enregistré : les compétences sont évaluées par l’agence."), "success")
            if "next" in request.form:
                return redirect(url_for("seekers.next_interview"))
            return redirect(url_for("seekers.detail", public_id=public_id))
    return render_template("seekers/interview.html", page=page, buttons=ANSWERS, prefix=PREFIX, **WORDS)


@bp.post("/<uuid:public_id>/interview/answer/<int:competency_id>")
@requires(Permission.SEEKER_MANAGE)
def answer(public_id: uuid.UUID, competency_id: int) -> ResponseReturnValue:
    """Keep one answer of an interview as it comes, for the page that goes on."""
    key = get_key(reading(), actor=current_actor(), public_id=public_id)
    level = answers().get(competency_id)
    sentence = None
    try:
        with unit_of_work() as uow:
            assess_competencies(uow, seeker_id=key.id, levels={} if level is None else {competency_id: level})
    except RuleBroken as refusal:
        sentence = explain(refusal)
    return render_template("seekers/_answer.html", level=level, sentence=sentence, **WORDS)


@bp.route("/<uuid:public_id>/competencies", methods=["GET", "POST"])
@requires(Permission.SEEKER_MANAGE)
def competencies(public_id: uuid.UUID) -> ResponseReturnValue:
    """List every competency of a person, and set them one by one."""
    page = get_seeker_page(
        reading(), actor=current_actor(), public_id=public_id, language=language(), today=local_day(utc_now())
    )
    search = request.args.get("q", "")[:SEARCH_LIMIT]
    offered = list_competencies(reading(), language=language(), search=search)
    form = CompetencyForm([*offered, *((str(line.competency_id), line.label) for line in page.competencies)])
    if form.validate_on_submit():
        try:
            with unit_of_work() as uow:
                record_competency(uow, seeker_id=page.id, **form.to_command())
        except RuleBroken as refusal:
            form.form_errors.append(explain(refusal))
        else:
            flash(_("La compétence est enregistrée."), "success")
            return redirect(url_for("seekers.competencies", public_id=public_id, q=search or None))
    return render_template("seekers/competencies.html", page=page, form=form, search=search, **WORDS)
