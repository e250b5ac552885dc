"""Forms of the month: freezing it, sending it back."""

from __future__ import annotations

from datetime import date
from typing import TypedDict

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length


class Freezing(TypedDict):
    """What :func:`skills_bridge.services.packs.freezing.freeze_month` takes from the form."""

    month_on: date
    cause: str


class FreezeForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Which month to freeze, and why again."""

    month = SelectField(_l("Mois à arrêter"), validators=[InputRequired(_l("Choisissez un mois dans la liste."))])
    cause = StringField(_l("Motif, s’il s’agit d’une rectification"), validators=[Length(max=300)])

    def to_command(self) -> Freezing:
        """Return the keyword arguments of ``freeze_month``; call it on a valid form only."""
        return {"month_on": date.fromisoformat(f"{self.month.data}-01"), "cause": self.cause.data or ""}


class SendBackForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Why a party refuses its visa."""

    reason = TextAreaField(
        _l("Motif du renvoi"),
        validators=[InputRequired(_l("Indiquez un motif : les autres parties le liront.")), Length(max=1000)],
    )
