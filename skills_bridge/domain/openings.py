"""The life of an opening and of its posts."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from skills_bridge.domain.states import Moves


class OpeningState(StrEnum):
    """Where an opening stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    VALIDATED = "validated"
    PAUSED = "paused"
    CLOSED = "closed"


MOVES: Final[Moves[OpeningState]] = {
    OpeningState.DRAFT: frozenset({OpeningState.SUBMITTED, OpeningState.CLOSED}),
    OpeningState.SUBMITTED: frozenset({OpeningState.DRAFT, OpeningState.VALIDATED, OpeningState.CLOSED}),
    OpeningState.VALIDATED: frozenset({OpeningState.PAUSED, OpeningState.CLOSED}),
    OpeningState.PAUSED: frozenset({OpeningState.VALIDATED, OpeningState.CLOSED}),
    OpeningState.CLOSED: frozenset(),
}


class CloseReason(StrEnum):
    """Why a post closed without a hire through the agency."""

    PROFILE_NOT_FOUND = "profile_not_found"
    EMPLOYER_WITHDREW = "employer_withdrew"
    FILLED_OUTSIDE = "filled_outside"
    PAY_OR_CONDITIONS = "pay_or_conditions"
    TRANSPORT = "transport"
    NO_EMPLOYER_FEEDBACK = "no_employer_feedback"


DEFAULT_FILL_DAYS: Final = 60
"""Days after validation at which a post without a start is due (K3)."""
