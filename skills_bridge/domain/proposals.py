"""The life of a proposal: what the allocation suggests, and what an adviser makes of it."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from skills_bridge.domain.states import Moves


class ProposalState(StrEnum):
    """Where a proposal stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    SET_ASIDE = "set_aside"


_P = ProposalState

MOVES: Final[Moves[ProposalState]] = {
    _P.OPEN: frozenset({_P.ACCEPTED, _P.SET_ASIDE}),
    _P.ACCEPTED: frozenset(),
    _P.SET_ASIDE: frozenset({_P.OPEN}),
}
"""An accepted proposal lives on as a referral, which has its own way back; one set aside can be taken up again."""


class SetAsideReason(StrEnum):
    """Why an adviser does not follow a proposal."""

    PERSON_DECLINES = "person_declines"
    OTHER_PLAN = "other_plan"
    FILE_OUTDATED = "file_outdated"
    NOT_SUITED = "not_suited"
    COMPANY_KNOWS = "company_knows"
    OTHER = "other"
