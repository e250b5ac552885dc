"""The personal link of a person in search of work: how it reaches her, why it ends."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final

BY_LINK: Final = "personal_link"
"""The name under which a person who acts by her link stands in histories; staff stand there by their own."""

SESSION_STAGE: Final = "personal"
"""The stage of a session that a personal link opened; it never becomes a signed-in one."""


class Handing(StrEnum):
    """How a link reaches the person."""

    EMAIL = "email"
    SHOWN = "shown"


class LinkEnd(StrEnum):
    """Why a link opens no more, before its last day."""

    REPLACED = "replaced"
    REVOKED = "revoked"
    FORGOTTEN = "forgotten"


class LinkState(StrEnum):
    """Where a link stands in the eyes of the agency."""

    LIVE = "live"
    ENDED = "ended"
    EXPIRED = "expired"


def state_of_link(*, opens_until: datetime, ended_at: datetime | None, now: datetime) -> LinkState:
    """Return where a link stands at an instant."""
    if ended_at is not None:
        return LinkState.ENDED
    return LinkState.EXPIRED if opens_until <= now else LinkState.LIVE
