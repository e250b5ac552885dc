"""Forms of the admission of organisations."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from skills_bridge.blueprints.accounts.forms import LANGUAGE_CHOICES
from skills_bridge.blueprints.fields import choice_field
from skills_bridge.blueprints.formats import form_choices
from skills_bridge.blueprints.organisations.words import KINDS
from skills_bridge.domain.organisations import ASKING_KINDS, LONGEST_NAME, OrganisationKind
from skills_bridge.services.organisations import Registration


class OrganisationForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """An organisation, and who will administer it first."""

    kind = choice_field(
        _l("Nature de l’organisme"),
        required=_l("Choisissez la nature de l’organisme."),
        choices=form_choices([(kind.value, KINDS[kind]) for kind in ASKING_KINDS]),
    )
    name_fr = StringField(
        _l("Nom officiel en français"),
        validators=[InputRequired(_l("Indiquez le nom en français.")), Length(max=LONGEST_NAME)],
        render_kw={"autocomplete": "organization"},
    )
    name_ar = StringField(
        _l("Nom officiel en arabe"),
        validators=[InputRequired(_l("Indiquez le nom en arabe.")), Length(max=LONGEST_NAME)],
        render_kw={"dir": "rtl", "lang": "ar", "autocomplete": "off"},
    )
    ice = StringField(
        _l("ICE (15 chiffres)"),
        validators=[Length(max=40)],
        render_kw={"inputmode": "numeric", "dir": "ltr", "autocomplete": "off"},
    )
    email = StringField(
        _l("Adresse électronique de la personne qui l’administrera"),
        validators=[InputRequired(_l("Indiquez l’adresse de la personne.")), Length(max=254)],
        render_kw={"inputmode": "email", "dir": "ltr", "autocomplete": "email"},
    )
    language = choice_field(
        _l("Langue du courriel"),
        required=_l("Choisissez une langue."),
        choices=form_choices(LANGUAGE_CHOICES),
    )

    def to_command(self) -> Registration:
        """Return what is to be admitted; call it on a valid form only."""
        return Registration(
            kind=OrganisationKind(self.kind.data),
            name_fr=self.name_fr.data or "",
            name_ar=self.name_ar.data or "",
            ice=self.ice.data or "",
            email=self.email.data or "",
            language=str(self.language.data),
        )


class AskForm(OrganisationForm):
    """The same, asked for by somebody without an account."""

    contact_name = StringField(
        _l("Prénom et nom de cette personne"),
        validators=[InputRequired(_l("Indiquez vos prénom et nom.")), Length(max=120)],
        render_kw={"autocomplete": "name"},
    )
