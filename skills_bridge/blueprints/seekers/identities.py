"""The form of who a person is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, SelectField, StringField, TelField
from wtforms.validators import InputRequired, Length, ValidationError

from skills_bridge.blueprints.refusals import explain
from skills_bridge.blueprints.seekers.words import word_choices
from skills_bridge.domain.errors import Invalid
from skills_bridge.domain.identifiers import normalise_cin, normalise_email, normalise_phone
from skills_bridge.domain.seekers import CinKind, Identity


class IdentityFields(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Who a person is."""

    last_name = StringField(
        _l("Nom"),
        validators=[InputRequired(_l("Indiquez le nom.")), Length(max=100)],
        render_kw={"autocomplete": "off"},
    )
    first_name = StringField(
        _l("Prénom"),
        validators=[InputRequired(_l("Indiquez le prénom.")), Length(max=100)],
        render_kw={"autocomplete": "off"},
    )
    last_name_ar = StringField(_l("Nom en arabe"), validators=[Length(max=100)], render_kw={"dir": "rtl", "lang": "ar"})
    first_name_ar = StringField(
        _l("Prénom en arabe"), validators=[Length(max=100)], render_kw={"dir": "rtl", "lang": "ar"}
    )
    kind = SelectField(_l("Document d’identité"), validators=[InputRequired()])
    number = StringField(
        _l("Numéro du document"),
        validators=[InputRequired(_l("Indiquez le numéro du document d’identité.")), Length(max=40)],
        render_kw={"dir": "ltr", "autocomplete": "off", "spellcheck": "false"},
    )
    phone = TelField(_l("Téléphone"), validators=[Length(max=40)])
    email = EmailField(_l("Adresse électronique"), validators=[Length(max=254)])
    address = StringField(_l("Adresse"), validators=[Length(max=300)])

    def __init__(self, **values: Any) -> None:
        """Offer the kinds of document."""
        super().__init__(**values)
        self.kind.choices = word_choices(CinKind)

    def validate_number(self, field: StringField) -> None:
        """Refuse what cannot be a number of that kind.

        :raises ValidationError: with the sentence of the rule.
        """
        _normal(lambda: normalise_cin(field.data or "", kind=CinKind(self.kind.data or CinKind.CIN)))

    def validate_phone(self, field: StringField) -> None:
        """Refuse what is no Moroccan number.

        :raises ValidationError: with the sentence of the rule.
        """
        if field.data:
            _normal(lambda: normalise_phone(field.data or ""))

    def validate_email(self, field: StringField) -> None:
        """Refuse what is no address.

        :raises ValidationError: with the sentence of the rule.
        """
        if field.data:
            _normal(lambda: normalise_email(field.data or ""))

    def to_identity(self) -> Identity:
        """Return who the person is; call it on a valid form only."""
        kind = CinKind(self.kind.data)
        return Identity(
            first_name=_text(self.first_name.data) or "",
            last_name=_text(self.last_name.data) or "",
            number=normalise_cin(self.number.data or "", kind=kind),
            kind=kind,
            first_name_ar=_text(self.first_name_ar.data),
            last_name_ar=_text(self.last_name_ar.data),
            phone=normalise_phone(self.phone.data) if self.phone.data else None,
            email=normalise_email(self.email.data) if self.email.data else None,
            address=_text(self.address.data),
        )


def _text(value: str | None) -> str | None:
    return " ".join((value or "").split()) or None


def _normal(normalise: Callable[[], str]) -> None:
    try:
        normalise()
    except Invalid as refusal:
        raise ValidationError(explain(refusal)) from refusal
