"""Identities shown: why, and for how long."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Final

REVEAL_SPAN: Final = timedelta(minutes=15)
"""How long an identity stays in sight of one session after a reason was given."""


class RevealReason(StrEnum):
    """Why somebody needs to know who a person is."""

    CONTACT = "contact"
    INTERVIEW = "interview"
    CONTRACT = "contract"
    CORRECTION = "correction"
    RIGHTS = "rights"
