"""Forms of the rights desk: taking a request in, refusing it, taking its file out."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from skills_bridge.blueprints.formats import form_choices
from skills_bridge.blueprints.privacy.looks import HANDED, KINDS, REFUSALS
from skills_bridge.blueprints.seekers.words import TONGUES, word_choices
from skills_bridge.domain.privacy import LONGEST_DETAILS, HandOver, Refusal, RightsKind
from skills_bridge.domain.seekers import Channel
from skills_bridge.services.privacy import Wish

CHOOSE = _l("Choisissez une valeur de la liste.")


class RequestForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """What a person asks, and how the word came."""

    kind = SelectField(
        _l("Demande"),
        choices=form_choices([(kind.value, words) for kind, words in KINDS.items()], empty=_l("Choisir")),
        validators=[InputRequired(CHOOSE)],
    )
    channel = SelectField(_l("Reçue"), validators=[InputRequired(CHOOSE)])
    language = SelectField(
        _l("Langue de la réponse"),
        choices=form_choices([(code, TONGUES[code]) for code in ("ar", "fr")]),
        validators=[InputRequired(CHOOSE)],
    )
    details = TextAreaField(_l("Ce que la personne demande"), validators=[Length(max=LONGEST_DETAILS)])

    def __init__(self) -> None:
        """Offer the channels in the reader’s language."""
        super().__init__()
        # what comes by a personal link its person writes herself
        self.channel.choices = [choice for choice in word_choices(Channel) if choice.value != Channel.PERSONAL_LINK]

    def to_command(self) -> Wish:
        """Return the wish; call it on a valid form only."""
        return Wish(
            kind=RightsKind(self.kind.data),
            channel=Channel(self.channel.data),
            language=self.language.data,
            details=self.details.data or "",
        )


class RefuseForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Why a request is not followed."""

    reason = SelectField(
        _l("Motif du refus"),
        choices=form_choices([(one.value, words) for one, words in REFUSALS.items()], empty=_l("Choisir")),
        validators=[InputRequired(_l("Choisissez un motif : il est conservé avec la demande."))],
    )

    def to_command(self) -> Refusal:
        """Return the reason; call it on a valid form only."""
        return Refusal(self.reason.data)


class TakeOutForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """How an access file reaches the person."""

    how = SelectField(
        _l("Comment le dossier est remis"),
        choices=form_choices([(one.value, words) for one, words in HANDED.items()], empty=_l("Choisir")),
        validators=[InputRequired(_l("Choisissez comment le dossier est remis : c’est inscrit au journal d’audit."))],
    )

    def to_command(self) -> HandOver:
        """Return how; call it on a valid form only."""
        return HandOver(self.how.data)
