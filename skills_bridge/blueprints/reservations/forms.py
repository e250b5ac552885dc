"""Forms of reservations: end one with a reason."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from skills_bridge.blueprints.fields import choice_field, offer
from skills_bridge.blueprints.reservations.words import ENDS
from skills_bridge.domain.reservations import RELEASED, EndReason


class ReleaseForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Why an adviser ends a reservation."""

    reason = choice_field(_l("Motif"), required=_l("Choisissez un motif."))

    def __init__(self, *args: Any, **more: Any) -> None:
        """Fill the choices in the reader's language."""
        super().__init__(*args, **more)
        offer(self.reason, [(reason.value, str(ENDS[reason])) for reason in RELEASED], blank=_l("Choisir…"))

    def to_reason(self) -> EndReason:
        """Return the reason chosen; call it on a valid form only."""
        return EndReason(self.reason.data)
