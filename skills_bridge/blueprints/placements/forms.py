"""Forms of placements."""

from __future__ import annotations

from datetime import date
from typing import Any, TypedDict

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField
from wtforms.validators import InputRequired

from skills_bridge.blueprints.fields import choice_field, offer
from skills_bridge.blueprints.formats import state_choices
from skills_bridge.blueprints.referrals.forms import day_of, needed_day
from skills_bridge.blueprints.referrals.words import choices
from skills_bridge.domain.placements import CancelReason, PlacementKind


class Start(TypedDict):
    """The keyword arguments of ``record_placement``."""

    kind: PlacementKind
    contract_code: str
    signed_on: date
    started_on: date


class PlacementForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """What starts, under which contract, signed and started when."""

    kind = RadioField(_l("Nature de l’insertion"), validators=[InputRequired(_l("Indiquez la nature de l’insertion."))])
    contract_code = choice_field(_l("Contrat"), required=_l("Choisissez le contrat."))
    signed_on = needed_day(_l("Signature le"), _l("Indiquez le jour de la signature."))
    started_on = needed_day(_l("Début le"), _l("Indiquez le premier jour de travail."))

    def __init__(self, contracts: list[tuple[str, str]], *args: Any, **more: Any) -> None:
        """Fill the choices in the reader's language."""
        super().__init__(*args, **more)
        self.kind.choices = state_choices(PlacementKind)
        offer(self.contract_code, contracts, blank=_l("Choisir…"))

    def to_command(self) -> Start:
        """Return the keyword arguments of ``record_placement``; call it on a valid form only."""
        return {
            "kind": PlacementKind(self.kind.data),
            "contract_code": self.contract_code.data,
            "signed_on": day_of(self.signed_on),
            "started_on": day_of(self.started_on),
        }


class UndoForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Why a placement is undone."""

    reason = choice_field(_l("Motif"), required=_l("Choisissez un motif."))

    def __init__(self, *args: Any, **more: Any) -> None:
        """Fill the choices in the reader's language."""
        super().__init__(*args, **more)
        offer(self.reason, choices(CancelReason), blank=_l("Choisir…"))


class EndForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """The last day in the post."""

    ended_on = needed_day(_l("Dernier jour de travail"), _l("Indiquez le dernier jour de travail."))
