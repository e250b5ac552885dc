"""Forms on people: what they tell, who they are, what they agree to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, IntegerField, SelectField, StringField, TelField
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.widgets import HiddenInput

from skills_bridge.blueprints.formats import form_choices
from skills_bridge.blueprints.refusals import explain
from skills_bridge.blueprints.seekers.profiles import ProfileFields
from skills_bridge.blueprints.seekers.words import TONGUES, word_choices
from skills_bridge.domain.errors import Invalid
from skills_bridge.domain.identifiers import normalise_cin, normalise_email, normalise_phone
from skills_bridge.domain.seekers import Agreement, Channel, CinKind, ConsentKind, Identity, Registration
from skills_bridge.queries.seekers.vocabulary import Choices


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


class ConsentFields(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """What a person agrees to, in which language and way."""

    matching = BooleanField()
    sharing = BooleanField()
    language = SelectField(_l("Langue du texte lu"), validators=[InputRequired()])
    channel = SelectField(_l("Accord reçu"), validators=[InputRequired()])

    def __init__(self, **values: Any) -> None:
        """Offer languages and channels."""
        super().__init__(**values)
        self.language.choices = form_choices((code, str(name)) for code, name in TONGUES.items())
        self.channel.choices = [choice for choice in word_choices(Channel) if choice.value != Channel.PERSONAL_LINK]

    def to_agreement(self, text_version: str) -> Agreement | None:
        """Return what was agreed to; None if nothing was."""
        told = {ConsentKind.MATCHING: self.matching.data, ConsentKind.SHARING: self.sharing.data}
        kinds = frozenset(kind for kind, given in told.items() if given)
        if not kinds:
            return None
        return Agreement(
            kinds=kinds, text_version=text_version, language=self.language.data, channel=Channel(self.channel.data)
        )


class RegisterForm(IdentityFields, ProfileFields, ConsentFields):
    """Open a person's file."""

    def __init__(self, *, offered: Choices) -> None:
        """Offer the lists."""
        super().__init__(offered=offered)

    def to_command(self, text_version: str) -> Registration:
        """Return the file to open; call it on a valid form only."""
        return Registration(
            identity=self.to_identity(), profile=self.to_profile(), agreement=self.to_agreement(text_version)
        )


class IdentityForm(IdentityFields):
    """Correct who a person is; ``version`` refuses a write over somebody else's."""

    version = IntegerField(validators=[InputRequired()], widget=HiddenInput())

    def read_version(self) -> int:
        """Return the version of the file that was changed; call it on a valid form only."""
        return self.version.data or 0


class FindForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Find a person by her number of identity; sent by POST, so that no address holds the number."""

    number = StringField(
        _l("N° CNIE (CIN) exact"),
        validators=[InputRequired(), Length(max=40)],
        render_kw={"dir": "ltr", "autocomplete": "off", "spellcheck": "false"},
    )


class ChannelForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """How a person's word reached the agency."""

    channel = SelectField(_l("Reçue"), validators=[InputRequired()])

    def __init__(self, **values: Any) -> None:
        """Offer the channels."""
        super().__init__(**values)
        self.channel.choices = word_choices(Channel)


def _text(value: str | None) -> str | None:
    return " ".join((value or "").split()) or None


def _normal(normalise: Callable[[], str]) -> None:
    try:
        normalise()
    except Invalid as refusal:
        raise ValidationError(explain(refusal)) from refusal
