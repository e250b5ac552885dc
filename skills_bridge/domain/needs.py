"""Forecast demand of a company."""

from __future__ import annotations

from enum import StrEnum


class NeedState(StrEnum):
    """A need is open until it is withdrawn; what remains of it is computed."""

    OPEN = "open"
    WITHDRAWN = "withdrawn"


class NeedOrigin(StrEnum):
    """Where a need comes from."""

    COMPANY = "company"
    SHEET = "sheet"
