"""The life of the monthly pack and of its visas."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from skills_bridge.domain.states import Moves


class PackState(StrEnum):
    """*building* is the freeze at work; *frozen* is readable by the four parties only; *failed* can be frozen again."""

    BUILDING = "building"
    FROZEN = "frozen"
    PUBLISHED = "published"


MOVES: Final[Moves[PackState]] = {
    PackState.BUILDING: frozenset({PackState.FROZEN}),
    PackState.FROZEN: frozenset({PackState.PUBLISHED}),
    PackState.PUBLISHED: frozenset(),
}


class VisaState(StrEnum):
    """What a party said of a pack."""

    WAITING = "waiting"
    GIVEN = "given"
    SENT_BACK = "sent_back"


class Party(StrEnum):
    """The four parties of the first convention."""

    INDUSTRY = "industry"
    EMPLOYMENT = "employment"
    AGENCY = "agency"
    ASSOCIATION = "association"
