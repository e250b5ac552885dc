"""Kinds and states of the organisations that share the product."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from skills_bridge.domain.states import Moves


class OrganisationKind(StrEnum):
    """What an organisation is; rights follow from it."""

    COMPANY = "company"
    TRAINING_CENTRE = "training_centre"
    AGENCY = "agency"
    MINISTRY = "ministry"
    ASSOCIATION = "association"
    PLATFORM = "platform"


class OrganisationState(StrEnum):
    """An organisation acts only while it is verified."""

    INVITED = "invited"
    VERIFIED = "verified"
    SUSPENDED = "suspended"
    LEFT = "left"


ORGANISATION_MOVES: Final[Moves[OrganisationState]] = {
    OrganisationState.INVITED: frozenset({OrganisationState.VERIFIED, OrganisationState.LEFT}),
    OrganisationState.VERIFIED: frozenset({OrganisationState.SUSPENDED, OrganisationState.LEFT}),
    OrganisationState.SUSPENDED: frozenset({OrganisationState.VERIFIED, OrganisationState.LEFT}),
    OrganisationState.LEFT: frozenset(),
}
"""What left does not come back: it is admitted anew, and its history stays whose it was."""

ASKING_KINDS: Final = (OrganisationKind.COMPANY, OrganisationKind.TRAINING_CENTRE)
"""Kinds that may ask to be admitted, and that may leave: the parties of the convention and the platform stay."""

LONGEST_NAME: Final = 200
LONGEST_NOTE: Final = 1000
