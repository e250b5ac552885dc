"""The life of a proposal: a person suggested for an opening, by the allocation or, with a course, by an adviser."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from skills_bridge.domain.states import Moves


class ProposalKind(StrEnum):
    """Who proposes what: the allocation a ready person, an adviser a near profile with the course before the post."""

    ALLOCATION = "allocation"
    BRIDGE = "bridge"


class ProposalState(StrEnum):
    """Where a proposal stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    SET_ASIDE = "set_aside"


_P = ProposalState

MOVES: Final[Mapping[ProposalKind, Moves[ProposalState]]] = {
    ProposalKind.ALLOCATION: {
        _P.OPEN: frozenset({_P.ACCEPTED, _P.SET_ASIDE}),
        _P.ACCEPTED: frozenset(),
        _P.SET_ASIDE: frozenset({_P.OPEN}),
    },
    ProposalKind.BRIDGE: {
        _P.OPEN: frozenset({_P.ACCEPTED, _P.SET_ASIDE}),
        _P.ACCEPTED: frozenset({_P.OPEN, _P.SET_ASIDE}),
        _P.SET_ASIDE: frozenset({_P.OPEN}),
    },
}
"""One set aside can be taken up again. An accepted one lives on as a referral, which has its own way back; with a
course before the post it lives on as a reservation, and is open again when seat and post are reserved anew.
"""


class SetAsideReason(StrEnum):
    """Why an adviser does not follow a proposal."""

    PERSON_DECLINES = "person_declines"
    OTHER_PLAN = "other_plan"
    FILE_OUTDATED = "file_outdated"
    NOT_SUITED = "not_suited"
    COMPANY_KNOWS = "company_knows"
    OTHER = "other"
