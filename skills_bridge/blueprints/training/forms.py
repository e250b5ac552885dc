"""Forms of training: the shape of what is typed; the services judge what it means."""

from __future__ import annotations

from datetime import date
from typing import Any, Final, TypedDict
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    FieldList,
    Form,
    FormField,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length

from skills_bridge.blueprints.fields import choice_field, day_field, offer, whole_field
from skills_bridge.blueprints.formats import form_choices
from skills_bridge.blueprints.training.looks import CANCEL_REASONS, CHOSEN_REASONS, LEVELS
from skills_bridge.domain.training import MOST_HOURS, MOST_SEATS, CancelReason, CohortPlan, LeaveReason, Outcome
from skills_bridge.queries.training.programmes import ProgrammePage
from skills_bridge.queries.training.vocabulary import TrainingChoices
from skills_bridge.services.training import ProgrammeDraft

FIRST_ROWS: Final = 3
KEY_DIGITS: Final = 18


class Cancelling(TypedDict):
    """What ``cancel_cohort`` takes from the form."""

    reason: CancelReason
    note: str


class Leaving(TypedDict):
    """What ``withdraw_enrolment`` and ``drop_enrolment`` take from the form."""

    reason: LeaveReason


def required_day(label: Any, message: Any) -> Any:
    """A day that must be given; ``message`` asks for it."""
    field: Any = day_field(label)
    field.kwargs["validators"] = [InputRequired(message)]
    return field


class OutcomeForm(Form):
    """One line of what a programme teaches; a line without a competency is left out."""

    competency = choice_field(_l("Compétence"), choices=[], validate_choice=False)
    level = choice_field(
        _l("Niveau visé"),
        choices=form_choices([(str(level), words) for level, words in LEVELS.items()]),
        default="2",
        validate_choice=False,
    )


class ProgrammeForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """A programme and what it teaches."""

    title_fr = StringField(
        _l("Intitulé en français"),
        validators=[
            InputRequired(_l("Indiquez l’intitulé de la filière.")),
            Length(max=200, message=_l("Indiquez un intitulé de 200 caractères au plus.")),
        ],
    )
    title_ar = StringField(
        _l("Intitulé en arabe"),
        validators=[Length(max=200, message=_l("Indiquez un intitulé de 200 caractères au plus."))],
        render_kw={"dir": "rtl", "lang": "ar"},
    )
    job_profile_id = choice_field(_l("Emploi-métier préparé"), choices=[], validate_choice=False)
    entry_rank = choice_field(_l("Niveau d’études à l’entrée"), choices=[], validate_choice=False)
    hours = whole_field(
        _l("Durée en heures"),
        low=1,
        high=MOST_HOURS,
        message=_l("Indiquez une durée entre 1 et 10 000 heures, en chiffres."),
        required=False,
    )
    outcomes = FieldList(FormField(OutcomeForm), label=_l("Compétences enseignées"), min_entries=FIRST_ROWS)
    version = HiddenField()

    def offer(self, choices: TrainingChoices) -> None:
        """Fill in what the reader may choose, in her language."""
        offer(self.job_profile_id, choices.profiles, blank=_("Aucun en particulier"))
        ranks = [("0", _("Aucun diplôme demandé")), *((rank, words) for rank, words in choices.entries if rank != "0")]
        self.entry_rank.choices = form_choices(ranks)
        for row in self.outcomes:
            offer(row.form.competency, choices.competencies, blank=_("Choisir une compétence"))

    def show(self, page: ProgrammePage) -> None:
        """Fill in a programme as it stands."""
        self.title_fr.data, self.title_ar.data = page.title_fr, page.title_ar
        self.job_profile_id.data, self.entry_rank.data = str(page.job_profile_id or ""), str(page.entry_rank)
        self.hours.data, self.version.data = page.hours, str(page.version)
        while self.outcomes.entries:
            self.outcomes.pop_entry()
        for line in page.outcomes:
            self.outcomes.append_entry({"competency": str(line.competency_id), "level": str(line.level)})

    def to_command(self) -> ProgrammeDraft:
        """Return the draft; call it on a valid form only."""
        return ProgrammeDraft(
            title_fr=self.title_fr.data or "",
            title_ar=self.title_ar.data or "",
            job_profile_id=key_of(self.job_profile_id.data) or None,
            entry_rank=key_of(self.entry_rank.data),
            hours=self.hours.data,
            outcomes=tuple(
                Outcome(competency_id=key_of(row["competency"]), level=key_of(row["level"]))
                for row in self.outcomes.data
                if row["competency"]
            ),
        )


class CohortForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Where and when a cohort runs, and its seats."""

    province_code = choice_field(
        _l("Province ou préfecture"),
        required=_l("Choisissez la province ou préfecture."),
        choices=[],
        validate_choice=False,
    )
    starts_on = required_day(_l("Début"), _l("Indiquez le début de la formation."))
    expected_end_on = required_day(_l("Fin prévue"), _l("Indiquez la fin prévue."))
    enrolment_until = required_day(_l("Inscriptions jusqu’au"), _l("Indiquez la date limite d’inscription."))
    seats = whole_field(
        _l("Places"), low=1, high=MOST_SEATS, message=_l("Indiquez un nombre de places entre 1 et 2 000, en chiffres.")
    )
    version = HiddenField()

    def show(self, plan: CohortPlan, version: int) -> None:
        """Fill in a cohort as it stands."""
        self.province_code.data, self.seats.data, self.version.data = plan.province_code, plan.seats, str(version)
        self.starts_on.data, self.expected_end_on.data = plan.starts_on, plan.expected_end_on
        self.enrolment_until.data = plan.enrolment_until

    def to_command(self) -> CohortPlan:
        """Return the plan; call it on a valid form only."""
        return CohortPlan(
            province_code=self.province_code.data or "",
            starts_on=self.starts_on.data or date.min,
            expected_end_on=self.expected_end_on.data or date.min,
            enrolment_until=self.enrolment_until.data or date.min,
            seats=self.seats.data or 0,
        )


def _reasons(words: Any) -> SelectField:
    """A choice of reasons; none is chosen beforehand."""
    return choice_field(
        _l("Motif"),
        required=_l("Choisissez un motif."),
        choices=form_choices([(code.value, label) for code, label in words.items()], empty=_l("Choisir")),
    )


class CancelForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Why a cohort is cancelled."""

    reason = _reasons(CANCEL_REASONS)
    note = TextAreaField(
        _l("Précisions"), validators=[Length(max=2000, message=_l("Écrivez 2 000 caractères au plus."))]
    )

    def to_command(self) -> Cancelling:
        """Return the keyword arguments of ``cancel_cohort``; call it on a valid form only."""
        return {"reason": CancelReason(self.reason.data), "note": self.note.data or ""}


class LeaveForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Why a person leaves a cohort."""

    reason = _reasons(CHOSEN_REASONS)

    def to_command(self) -> Leaving:
        """Return the keyword arguments of the service; call it on a valid form only."""
        return {"reason": LeaveReason(self.reason.data)}


class PeopleForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """The people whose boxes are ticked."""

    enrolments = SelectMultipleField(choices=[], coerce=UUID, validate_choice=False)


class EnrolForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Nothing to fill in: the address names the cohort and the person."""


def key_of(text: str | None) -> int:
    """Return a key, a level or a version that a form carries, 0 if it is none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= KEY_DIGITS else 0
