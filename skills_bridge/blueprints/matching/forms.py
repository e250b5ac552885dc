"""Forms of shortlists, bridges and proposals."""

from __future__ import annotations

import uuid
from typing import Any, TypedDict

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Length

from skills_bridge.blueprints.fields import choice_field, offer
from skills_bridge.blueprints.matching.proposal_words import ASIDE
from skills_bridge.domain.proposals import SetAsideReason
from skills_bridge.services.matching.deciding import NOTE_LENGTH


class ReferForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """The people to propose, and a word to the company that travels with each file."""

    seeker = SelectMultipleField(
        _l("Personnes"),
        coerce=uuid.UUID,
        validate_choice=False,
        validators=[InputRequired(_l("Cochez au moins une personne dans la liste."))],
    )
    message = TextAreaField(
        _l("Message à l’entreprise"),
        validators=[Length(max=1000, message=_l("Raccourcissez le message à 1000 caractères."))],
        render_kw={"rows": 3, "maxlength": 1000},
    )


class ReserveForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Nothing to fill in: the address names the opening and the person, her list the cohort."""


class AcceptForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """The proposals to follow, and the page to come back to."""

    proposal = SelectMultipleField(
        _l("Propositions"),
        coerce=uuid.UUID,
        validate_choice=False,
        validators=[InputRequired(_l("Cochez au moins une proposition dans la liste."))],
    )
    back = HiddenField()


class Aside(TypedDict):
    """The keyword arguments of ``set_aside``."""

    reason: SetAsideReason
    note: str


class SetAsideForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Why a proposal is not followed."""

    reason = choice_field(_l("Motif"), required=_l("Choisissez un motif."))
    note = TextAreaField(
        _l("Précision"),
        validators=[Length(max=NOTE_LENGTH, message=_l("Raccourcissez la précision à 500 caractères."))],
        render_kw={"rows": 2, "maxlength": NOTE_LENGTH},
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        """Fill the choices in the reader's language."""
        super().__init__(*args, **more)
        offer(self.reason, [(reason.value, str(words)) for reason, words in ASIDE.items()], blank=_l("Choisir…"))

    def to_command(self) -> Aside:
        """Return the keyword arguments of ``set_aside``; call it on a valid form only."""
        return {"reason": SetAsideReason(self.reason.data), "note": self.note.data or ""}
