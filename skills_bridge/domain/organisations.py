"""Kinds and states of the organisations that share the product."""

from __future__ import annotations

from enum import StrEnum


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
