"""Registered people: states, consents, where a held level comes from."""

from __future__ import annotations

from enum import StrEnum


class SeekerState(StrEnum):
    """Whether a person is looked for: only *active* people are matched."""

    ACTIVE = "active"
    PAUSED = "paused"
    PLACED = "placed"
    ANONYMISED = "anonymised"


class ConsentKind(StrEnum):
    """What a person agreed to."""

    MATCHING = "matching"
    SHARING = "sharing"


class Channel(StrEnum):
    """How a word reached the agency."""

    COUNTER = "counter"
    PHONE = "phone"
    EMAIL = "email"
    LETTER = "letter"
    PERSONAL_LINK = "personal_link"


class Sex(StrEnum):
    """Declared sex; aggregated in the equity figures only, never an input of matching."""

    FEMALE = "female"
    MALE = "male"


class CinKind(StrEnum):
    """Kinds of identity document: N° CNIE (CIN), passport, residence card."""

    CIN = "cin"
    PASSPORT = "passport"
    RESIDENCE_CARD = "residence_card"


class Nationality(StrEnum):
    """Moroccan, or other with a document of stay."""

    MOROCCAN = "moroccan"
    OTHER = "other"
