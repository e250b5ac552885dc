"""Forms of a person's own pages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from skills_bridge.blueprints.formats import form_choices
from skills_bridge.blueprints.personal.words import OWN_REASONS
from skills_bridge.domain.privacy import LONGEST_DETAILS, RightsKind
from skills_bridge.domain.referrals import DeclineReason
from skills_bridge.domain.seekers import Agreement, Channel, ConsentKind
from skills_bridge.services.personal import OwnWord
from skills_bridge.services.privacy import Wish


class AcceptForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """A yes, with the agreement to be named if it was missing."""

    sharing = BooleanField()

    def to_word(self, *, text_version: str, language: str) -> OwnWord:
        """Return the yes; call it on a valid form only."""
        if not self.sharing.data:
            return OwnWord(accepted=True)
        kinds = frozenset({ConsentKind.SHARING})
        agreement = Agreement(kinds=kinds, text_version=text_version, language=language, channel=Channel.PERSONAL_LINK)
        return OwnWord(accepted=True, agreement=agreement)


class DeclineForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """A no, with its reason."""

    reason = SelectField(
        choices=form_choices([(reason.value, words) for reason, words in OWN_REASONS.items()]),
        validators=[InputRequired()],
    )

    def to_word(self) -> OwnWord:
        """Return the no; one without a reason is refused by the rule itself."""
        valid = self.validate()
        return OwnWord(accepted=False, reason=DeclineReason(self.reason.data) if valid else None)


class CorrectForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """What is wrong in the file, in the person's own words."""

    details = TextAreaField(
        _l("Ce qui est faux, et ce qui est juste"),
        validators=[
            InputRequired(_l("Écrivez ce qui est à corriger : votre agence en a besoin pour le faire.")),
            Length(max=LONGEST_DETAILS, message=_l("Écrivez 1000 signes au plus.")),
        ],
    )

    def to_command(self, language: str) -> Wish:
        """Return the wish; call it on a valid form only."""
        return Wish(
            kind=RightsKind.CORRECTION,
            channel=Channel.PERSONAL_LINK,
            language=language,
            details=self.details.data or "",
        )
