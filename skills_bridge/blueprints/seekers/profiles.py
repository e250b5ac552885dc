"""The form of what a person tells; a choice left out is unknown, *aucun* a known none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    FieldList,
    Form,
    FormField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from skills_bridge.blueprints.formats import form_choices
from skills_bridge.blueprints.seekers.words import word_choices
from skills_bridge.domain.framework import Cefr
from skills_bridge.domain.seekers import MOST_MONTHS, Nationality, PastJob, Profile, Sex
from skills_bridge.queries.seekers.vocabulary import Choice, Choices

NONE: Final = "-"
"""The choice that says a known *none*, where no choice at all says *unknown*."""
LANGUAGE_ROWS, JOB_ROWS = 3, 3
COUNTRY: Final = "country"


class CheckboxesField(SelectMultipleField):
    """Several choices as boxes; the first one is a known *none*."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def pre_validate(self, form: Any) -> None:
        """Refuse *none* together with something.

        :raises ValidationError: both are chosen.
        """
        super().pre_validate(form)
        if NONE in (self.data or ()) and len(self.data or ()) > 1:
            raise ValidationError(_("Choisissez « Aucun » seul, ou retirez-le."))


class LanguageEntry(Form):
    """A language and its level."""

    code = SelectField(_l("Langue"), validators=[Optional()])
    level = SelectField(_l("Niveau"), validators=[Optional()])


class JobEntry(Form):
    """A past job."""

    job_profile = SelectField(_l("Emploi-métier"), validators=[Optional()])
    months = IntegerField(
        _l("Durée en mois"),
        validators=[
            Optional(),
            NumberRange(1, MOST_MONTHS, _l("Indiquez une durée de 1 à 720 mois.")),
        ],
        render_kw={"inputmode": "numeric", "min": 1, "max": MOST_MONTHS},
    )
    ended_on = DateField(_l("Terminé le"), validators=[Optional()])
    title = StringField(_l("Intitulé du poste"), validators=[Length(max=120)])


class ProfileFields(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """What a person tells; what is left out is unknown."""

    province_code = SelectField(_l("Province de résidence"), validators=[InputRequired(_l("Choisissez la province."))])
    born_on = DateField(_l("Date de naissance"), validators=[Optional()])
    sex = SelectField(_l("Sexe"), validators=[Optional()])
    nationality = SelectField(_l("Nationalité"), validators=[InputRequired()])
    education_code = SelectField(_l("Niveau d’études"), validators=[Optional()])
    field_code = SelectField(_l("Domaine d’études"), validators=[Optional()])
    experience_months = IntegerField(
        _l("Expérience totale, en mois"),
        validators=[Optional(), NumberRange(0, MOST_MONTHS, _l("Indiquez une durée de 0 à 720 mois."))],
        render_kw={"inputmode": "numeric", "min": 0, "max": MOST_MONTHS},
    )
    past_jobs = FieldList(FormField(JobEntry), label=_l("Emplois occupés"), min_entries=JOB_ROWS, max_entries=20)
    languages = FieldList(FormField(LanguageEntry), label=_l("Langues"), min_entries=LANGUAGE_ROWS, max_entries=12)
    wanted_profiles = CheckboxesField(_l("Emplois-métiers souhaités"))
    mobility_scope = SelectField(_l("Mobilité"), validators=[Optional()])
    mobility = SelectMultipleField(_l("Provinces choisies"), validators=[Optional()])
    available_on = DateField(_l("Disponible à partir du"), validators=[Optional()])
    contracts = CheckboxesField(_l("Contrats acceptés"))
    shifts = CheckboxesField(_l("Horaires acceptés"))
    licences = CheckboxesField(_l("Permis et habilitations"))

    def __init__(self, *, offered: Choices, profile: Profile | None = None, **values: Any) -> None:
        """Fill in what is known, and offer the lists."""
        self.offered = offered
        super().__init__(data=_data(profile, offered) if profile else {"nationality": Nationality.MOROCCAN}, **values)
        unknown = _("Inconnu")
        provinces = [
            SelectChoice(code, label, optgroup=region)
            for region, some in offered.provinces.items()
            for code, label in some
        ]
        self.province_code.choices = [*form_choices((), _("Choisir…")), *provinces]
        self.mobility.choices = provinces
        self.sex.choices = word_choices(Sex, unknown)
        self.nationality.choices = word_choices(Nationality)
        self.education_code.choices = form_choices(offered.education, unknown)
        self.field_code.choices = form_choices(offered.fields, unknown)
        self.mobility_scope.choices = form_choices(_scopes(), unknown)
        for name in ("contracts", "shifts", "licences"):
            self[name].choices = form_choices([(NONE, _("Aucun (réponse donnée)")), *getattr(offered, name)])
        self.wanted_profiles.choices = form_choices(offered.profiles)
        for spoken in _entries(self.languages):
            spoken.code.choices = form_choices(offered.languages, _("Langue"))
            spoken.level.choices = form_choices([(level.value, level.value) for level in Cefr], _("Niveau"))
        for held in _entries(self.past_jobs):
            held.job_profile.choices = form_choices(offered.profiles, _("Emploi-métier"))

    def validate_languages(self, field: FieldList[Any]) -> None:
        """Refuse a language without level.

        :raises ValidationError: one of the two is missing.
        """
        if any(bool(entry.code.data) != bool(entry.level.data) for entry in field):
            raise ValidationError(_("Choisissez la langue et son niveau, ou laissez la ligne vide."))

    def validate_past_jobs(self, field: FieldList[Any]) -> None:
        """Refuse a job without its duration.

        :raises ValidationError: one of the two is missing.
        """
        if any(bool(entry.job_profile.data) != bool(entry.months.data) for entry in field):
            raise ValidationError(_("Choisissez l’emploi-métier et sa durée, ou laissez la ligne vide."))

    def to_profile(self) -> Profile:
        """Return what the person tells; call it on a valid form only."""
        wanted = _several(self.wanted_profiles.data)
        return Profile(
            province_code=self.province_code.data,
            education_code=self.education_code.data or None,
            field_code=self.field_code.data or None,
            experience_months=self.experience_months.data,
            available_on=self.available_on.data,
            born_on=self.born_on.data,
            sex=Sex(self.sex.data) if self.sex.data else None,
            nationality=Nationality(self.nationality.data),
            mobility=self._mobility(),
            contracts=_several(self.contracts.data),
            shifts=_several(self.shifts.data),
            licences=_several(self.licences.data),
            wanted_profiles=None if wanted is None else tuple(int(key) for key in wanted),
            languages={entry.code.data: Cefr(entry.level.data) for entry in self.languages if entry.code.data},
            past_jobs=tuple(_job(entry) for entry in self.past_jobs if entry.job_profile.data),
        )

    def _mobility(self) -> tuple[str, ...] | None:
        scope = self.mobility_scope.data
        if scope == "list":
            return tuple(self.mobility.data or ()) or None
        return _provinces_of(scope, self.province_code.data, self.offered) if scope else None


class UpdateForm(ProfileFields):
    """Change what a person tells; ``version`` refuses a write over somebody else's."""

    version = IntegerField(validators=[InputRequired()], widget=HiddenInput())

    def read_version(self) -> int:
        """Return the version of the file that was changed; call it on a valid form only."""
        return self.version.data or 0


def _entries(field: FieldList[Any]) -> Iterable[Any]:
    """Return the rows of a list of small forms."""
    return field


def _scopes() -> list[Choice]:
    return [
        ("province", _("Sa province seulement")),
        ("region", _("Toute sa région")),
        (COUNTRY, _("Tout le pays")),
        ("list", _("Les provinces choisies ci-dessous")),
    ]


def _provinces_of(scope: str, own: str, offered: Choices) -> tuple[str, ...]:
    """Return the provinces that a scope covers."""
    codes: Mapping[str, tuple[str, ...]] = {
        region: tuple(code for code, _label in some) for region, some in offered.provinces.items()
    }
    if scope == "province":
        return (own,)
    if scope == COUNTRY:
        return tuple(code for some in codes.values() for code in some)
    return next((some for some in codes.values() if own in some), (own,))


def _scope_of(profile: Profile, offered: Choices) -> str:
    """Return the scope that says a mobility most shortly."""
    if profile.mobility is None:
        return ""
    held = set(profile.mobility)
    for scope in ("province", "region", COUNTRY):
        if held == set(_provinces_of(scope, profile.province_code, offered)):
            return scope
    return "list"


def _data(profile: Profile, offered: Choices) -> dict[str, Any]:
    """Return what a form shows of a profile."""
    return {
        "province_code": profile.province_code,
        "born_on": profile.born_on,
        "sex": profile.sex,
        "nationality": profile.nationality,
        "education_code": profile.education_code or "",
        "field_code": profile.field_code or "",
        "experience_months": profile.experience_months,
        "available_on": profile.available_on,
        "mobility_scope": _scope_of(profile, offered),
        "mobility": list(profile.mobility or ()) if _scope_of(profile, offered) == "list" else [],
        "contracts": _boxes(profile.contracts),
        "shifts": _boxes(profile.shifts),
        "licences": _boxes(profile.licences),
        "wanted_profiles": [str(key) for key in profile.wanted_profiles or ()],
        "languages": _padded([{"code": code, "level": level.value} for code, level in profile.languages.items()]),
        "past_jobs": _padded(
            [
                {
                    "job_profile": str(job.job_profile_id),
                    "months": job.months,
                    "ended_on": job.ended_on,
                    "title": job.title,
                }
                for job in profile.past_jobs
            ]
        ),
    }


def _padded(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave room for one more than there is, and at least the usual rows."""
    return rows + [{}] * max(1, LANGUAGE_ROWS - len(rows))


def _boxes(values: Iterable[str] | None) -> list[str]:
    if values is None:
        return []
    return list(values) or [NONE]


def _several(chosen: list[str] | None) -> tuple[str, ...] | None:
    if not chosen:
        return None
    return () if NONE in chosen else tuple(chosen)


def _job(entry: Any) -> PastJob:
    return PastJob(
        job_profile_id=int(entry.job_profile.data),
        months=entry.months.data,
        ended_on=entry.ended_on.data,
        title=(entry.title.data or "").strip(),
    )
