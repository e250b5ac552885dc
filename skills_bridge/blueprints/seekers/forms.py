"""Forms on people: what they tell, who they are, what they agree to."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import HiddenInput

from skills_bridge.blueprints.formats import form_choices
from skills_bridge.blueprints.seekers.identities import IdentityFields
from skills_bridge.blueprints.seekers.profiles import ProfileFields
from skills_bridge.blueprints.seekers.words import TONGUES, word_choices
from skills_bridge.domain.seekers import Agreement, Channel, ConsentKind, Registration
from skills_bridge.queries.seekers.vocabulary import Choices


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
