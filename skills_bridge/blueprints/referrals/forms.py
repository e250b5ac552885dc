"""Forms of referrals: the person's answer, the company's answer, reasons."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any, ClassVar, Final, TypedDict

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    DateTimeLocalField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import InputRequired, Length, StopValidation

from skills_bridge.blueprints.fields import DAY_FORMATS, choice_field, offer
from skills_bridge.blueprints.formats import form_choices
from skills_bridge.blueprints.referrals.words import CHANNELS, choices
from skills_bridge.domain.calendar import MOROCCO
from skills_bridge.domain.referrals import DeclineReason, RejectReason, ReopenReason, WithdrawReason
from skills_bridge.domain.seekers import Channel

YES: Final = "accept"
NO: Final = "decline"
INVITE: Final = "invite"
SELECT: Final = "select"
REJECT: Final = "reject"
CHOOSE: Final = _l("Choisir…")


class Needed:
    """Ask for a field where one answer is chosen; otherwise it may stay empty."""

    field_flags: ClassVar = {"required": True}

    def __init__(self, answer: str, message: Any) -> None:
        """Keep the answer and the sentence."""
        self.answer, self.message = answer, message

    def __call__(self, form: Any, field: Any) -> None:
        """Stop at an empty field: with the sentence if it is needed."""
        if field.data or any(field.raw_data or ()):
            return
        field.errors = []
        if form.answer.data == self.answer:
            raise StopValidation(str(self.message))
        raise StopValidation


def needed_day(label: Any, message: Any) -> DateField:
    """A day that must be told; ``message`` says which."""
    more: dict[str, Any] = {"invalid_value_message": message}
    return DateField(label, validators=[InputRequired(message)], format=list(DAY_FORMATS), **more)


def day_of(field: DateField) -> date:
    """Return the day of a valid field."""
    if field.data is None:
        raise ValueError("the field was not validated")
    return field.data


class PersonsAnswer(TypedDict):
    """The keyword arguments of ``record_answer``."""

    accepted: bool
    channel: Channel
    answered_on: date
    reason: DeclineReason | None


class PersonAnswerForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """What the person said, how and when."""

    answer = RadioField(
        _l("Réponse de la personne"),
        choices=form_choices(
            ((YES, _l("Elle accepte : son dossier peut être transmis")), (NO, _l("Elle refuse, sans conséquence")))
        ),
        validators=[InputRequired(_l("Indiquez la réponse de la personne."))],
    )
    channel = choice_field(_l("Reçue"), required=_l("Indiquez comment la réponse vous est parvenue."))
    answered_on = needed_day(_l("Le"), _l("Indiquez le jour de la réponse."))
    reason = choice_field(_l("Motif du refus"))

    def __init__(self, *args: Any, **more: Any) -> None:
        """Fill the choices in the reader's language."""
        super().__init__(*args, **more)
        offer(self.channel, [(channel.value, str(words)) for channel, words in CHANNELS.items()], blank=CHOOSE)
        offer(self.reason, choices(DeclineReason), blank=CHOOSE)

    def to_command(self) -> PersonsAnswer:
        """Return the keyword arguments of ``record_answer``; call it on a valid form only."""
        return {
            "accepted": self.answer.data == YES,
            "channel": Channel(self.channel.data),
            "answered_on": day_of(self.answered_on),
            "reason": DeclineReason(self.reason.data) if self.reason.data else None,
        }


class CompanyAnswerForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """One answer for one or several people."""

    referral = SelectMultipleField(
        _l("Personnes"),
        coerce=uuid.UUID,
        validate_choice=False,
        validators=[InputRequired(_l("Cochez au moins une personne dans la liste."))],
    )
    answer = RadioField(
        _l("Votre réponse"),
        choices=form_choices(
            (
                (INVITE, _l("Inviter à un entretien")),
                (SELECT, _l("Retenir pour un poste")),
                (REJECT, _l("Ne pas retenir")),
            )
        ),
        validators=[InputRequired(_l("Choisissez une réponse."))],
    )
    at = DateTimeLocalField(
        _l("Date et heure de l’entretien"),
        validators=[Needed(INVITE, _l("Indiquez la date et l’heure, par exemple 31/03/2027 09:30."))],
        format=["%Y-%m-%dT%H:%M", "%d/%m/%Y %H:%M"],
    )
    place = StringField(
        _l("Lieu de l’entretien"), validators=[Needed(INVITE, _l("Indiquez le lieu de l’entretien.")), Length(max=200)]
    )
    contact = StringField(_l("Personne à demander sur place"), validators=[Length(max=200)])
    reason = SelectField(
        _l("Motif, si vous ne retenez pas"),
        validators=[Needed(REJECT, _l("Choisissez un motif : il améliore les prochaines présélections."))],
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        """Fill the choices in the reader's language."""
        super().__init__(*args, **more)
        offer(self.reason, choices(RejectReason), blank=CHOOSE)

    @property
    def instant(self) -> datetime:
        """The interview's instant; what is typed is Morocco's local time. Asked of an invitation only."""
        if self.at.data is None:
            raise ValueError("no invitation")
        return self.at.data.replace(tzinfo=MOROCCO)


class PeopleForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """The referrals ticked."""

    referral = SelectMultipleField(_l("Personnes"), coerce=uuid.UUID, validate_choice=False)


class ReasonForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Why a referral is taken back, or goes on."""

    reason = choice_field(_l("Motif"), required=_l("Choisissez un motif."))
    back = HiddenField()


class WithdrawForm(ReasonForm):
    """Why a person is taken back."""

    def __init__(self, *args: Any, **more: Any) -> None:
        """Fill the choices in the reader's language."""
        super().__init__(*args, **more)
        offer(self.reason, choices(WithdrawReason), blank=CHOOSE)


class ReopenForm(ReasonForm):
    """Why a referral goes on, alone or with others."""

    referral = SelectMultipleField(_l("Personnes"), coerce=uuid.UUID, validate_choice=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        """Fill the choices in the reader's language."""
        super().__init__(*args, **more)
        offer(self.reason, choices(ReopenReason), blank=CHOOSE)
