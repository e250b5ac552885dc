"""Forms of openings: the shape of what is typed; the services check its truth."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, TypedDict

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import FieldList, Form, FormField, HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from skills_bridge.blueprints.fields import (
    choice_field,
    choices_field,
    day_field,
    flag_field,
    read_version,
    whole_field,
)
from skills_bridge.blueprints.formats import form_choices
from skills_bridge.blueprints.framework.requirements import Meanings, asked_by, check_meanings, requirement_rows
from skills_bridge.blueprints.openings.looks import close_reason_choices
from skills_bridge.domain.framework import Cefr
from skills_bridge.domain.openings import MOST_MONTHS, MOST_POSTS, CloseReason, Conditions, Terms
from skills_bridge.services.openings import OpeningDraft

MOST_TITLE: Final = 160
MOST_TEXT: Final = 6_000
MOST_PASTED: Final = 20_000
"""Letters of a pasted advertisement, which is read and never kept."""
MOST_DAYS: Final = 60
LANGUAGE_ROWS: Final = 2


class LanguageForm(Form):
    """A language and the least level; a row without a language asks for nothing."""

    language = choice_field(_l("Langue"))
    level = choice_field(
        _l("Niveau minimal"), choices=form_choices((level.value, level.value) for level in Cefr), default="B1"
    )


class OpeningForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """An opening with its requirements and conditions."""

    version = HiddenField()
    job_profile_id = choice_field(_l("Emploi-métier"), required=_l("Choisissez l’emploi-métier."))
    title = StringField(
        _l("Intitulé de l’offre"),
        validators=[InputRequired(_l("Donnez un intitulé à l’offre.")), Length(max=MOST_TITLE)],
    )
    site_id = choice_field(_l("Site"), required=_l("Choisissez un site, ou ajoutez-en un."))
    new_site_name = StringField(_l("Nom du nouveau site"), validators=[Optional(), Length(max=120)])
    new_site_province = choice_field(_l("Province ou préfecture"))
    contract_code = choice_field(_l("Contrat"), required=_l("Choisissez le type de contrat."))
    start_on = day_field(_l("Date de début"))
    posts = whole_field(
        _l("Nombre de postes"), low=1, high=MOST_POSTS, message=_l("Indiquez un nombre de postes entre 1 et 2000.")
    )
    answer_days = whole_field(
        _l("Délai de réponse à une candidature"),
        low=1,
        high=MOST_DAYS,
        message=_l("Indiquez un délai de réponse entre 1 et 60 jours."),
        default=10,
    )
    need_line_id = choice_field(_l("Besoin auquel l’offre répond"))
    description = TextAreaField(
        _l("Description du poste"), validators=[Optional(), Length(max=MOST_TEXT)], render_kw={"rows": 6}
    )
    contact = StringField(_l("Contact pour l’agence"), validators=[Optional(), Length(max=300)])
    external_reference = StringField(_l("Votre référence interne"), validators=[Optional(), Length(max=60)])
    pasted = TextAreaField(
        _l("Texte de l’annonce"), validators=[Optional(), Length(max=MOST_PASTED)], render_kw={"rows": 6}
    )
    requirements = requirement_rows()
    education_rank = choice_field(_l("Niveau d’études, au moins"))
    diploma_fields = choices_field(_l("Domaines de diplôme acceptés"))
    experience_months = whole_field(
        _l("Expérience, au moins"),
        low=1,
        high=MOST_MONTHS,
        message=_l("Indiquez une expérience entre 1 et 600 mois, ou laissez vide."),
        required=False,
    )
    languages = FieldList(FormField(LanguageForm), label=_l("Langues"), min_entries=LANGUAGE_ROWS)
    licences = choices_field(_l("Permis et habilitations exigés"))
    shifts = choices_field(_l("Horaires de travail"))
    wants_profile = flag_field(_l("La personne doit rechercher cet emploi-métier"))
    wants_contract = flag_field(_l("La personne doit accepter ce contrat"))
    wants_availability = flag_field(_l("La personne doit être disponible à la date de début"))

    def is_clear(self, meanings: Meanings) -> bool:
        """Whether the form is complete and each competency typed means one of the framework."""
        is_whole = self.validate_on_submit()
        return check_meanings(self.requirements, meanings) and is_whole

    def to_command(self, meanings: Meanings) -> OpeningDraft:
        """Return the draft for ``create_opening`` and ``update_opening``; call it on a clear form only."""
        return OpeningDraft(
            site_id=int(self.site_id.data),
            job_profile_id=int(self.job_profile_id.data),
            title=self.title.data or "",
            description=self.description.data or "",
            contact=self.contact.data or "",
            need_line_id=int(self.need_line_id.data) if self.need_line_id.data else None,
            external_reference=(self.external_reference.data or "").strip() or None,
            answer_days=self.answer_days.data or 0,
            terms=Terms(
                contract_code=self.contract_code.data,
                posts=self.posts.data or 0,
                start_on=self.start_on.data,
                requirements=asked_by(self.requirements, meanings),
                conditions=self._conditions(),
            ),
        )

    def _conditions(self) -> Conditions:
        return Conditions(
            education_rank=int(self.education_rank.data) if self.education_rank.data else None,
            diploma_fields=frozenset(self.diploma_fields.data or ()),
            experience_months=self.experience_months.data,
            languages=self._languages(),
            licences=frozenset(self.licences.data or ()),
            shifts=frozenset(self.shifts.data or ()),
            wants_profile=self.wants_profile.data,
            wants_contract=self.wants_contract.data,
            wants_availability=self.wants_availability.data,
        )

    def _languages(self) -> Mapping[str, Cefr]:
        rows: list[Any] = [entry.form for entry in self.languages.entries]
        return {row.language.data: Cefr(row.level.data or Cefr.B1) for row in rows if row.language.data}


class SiteForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """A place of work."""

    name = StringField(_l("Nom du site"), validators=[InputRequired(_l("Donnez un nom au site.")), Length(max=120)])
    province_code = choice_field(
        _l("Province ou préfecture"), required=_l("Choisissez la province ou préfecture du site.")
    )

    def to_command(self) -> dict[str, str]:
        """Return the keyword arguments of ``create_site``; call it on a valid form only."""
        return {"name": self.name.data or "", "province_code": self.province_code.data}


class Refusing(TypedDict):
    """What :func:`skills_bridge.services.openings.refuse_opening` takes from the form."""

    reason: str
    version: int | None


class Closing(TypedDict):
    """What :func:`skills_bridge.services.openings.close_opening` takes from the form."""

    reason: CloseReason
    version: int | None


class ClosingPosts(Closing):
    """What :func:`skills_bridge.services.openings.close_posts` takes from the form."""

    due_on: date
    count: int


class RefuseForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Why an opening goes back to its company."""

    version = HiddenField()
    reason = TextAreaField(
        _l("Motif du renvoi"),
        validators=[InputRequired(_l("Indiquez le motif : l’entreprise doit savoir quoi corriger.")), Length(max=1000)],
        render_kw={"rows": 4, "maxlength": 1000},
    )

    def to_command(self) -> Refusing:
        """Return the keyword arguments of the service; call it on a valid form only."""
        return {"reason": self.reason.data or "", "version": read_version(self.version.data)}


class CloseForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Why the posts that are still free close."""

    version = HiddenField()
    reason = choice_field(_l("Motif"), required=_l("Choisissez le motif de la fermeture."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the reasons in the reader's language."""
        super().__init__(*args, **kwargs)
        self.reason.choices = form_choices(close_reason_choices(), "")

    def to_command(self) -> Closing:
        """Return the keyword arguments of the service; call it on a valid form only."""
        return {"reason": CloseReason(self.reason.data), "version": read_version(self.version.data)}


class ClosePostsForm(CloseForm):
    """How many of the free posts due on a day close, and why."""

    due_on = day_field(_l("Échéance"))
    count = whole_field(
        _l("Nombre de postes à fermer"), low=1, high=MOST_POSTS, message=_l("Indiquez un nombre de postes à fermer.")
    )

    def to_command(self) -> ClosingPosts:
        """Return the keyword arguments of the service; call it on a valid form only."""
        return {
            **super().to_command(),
            "due_on": self.due_on.data or date.min,
            "count": self.count.data or 0,
        }
