"""Where an import stands, and what it decided of each row."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from skills_bridge.domain.states import Moves

FILES_WAITING: Final = 500
BYTES_WAITING: Final = 200 * 2**20
"""What an organisation's files may count and weigh, sealed, until they are checked; then each file is erased."""


class BatchState(StrEnum):
    """Where an import stands; *checked* means that a person may apply the good rows."""

    RECEIVED = "received"
    CHECKED = "checked"
    APPLYING = "applying"
    APPLIED = "applied"
    REFUSED = "refused"
    CANCELLED = "cancelled"


MOVES: Final[Moves[BatchState]] = {
    BatchState.RECEIVED: frozenset({BatchState.CHECKED, BatchState.REFUSED, BatchState.CANCELLED}),
    BatchState.CHECKED: frozenset({BatchState.APPLYING, BatchState.CANCELLED}),
    BatchState.APPLYING: frozenset({BatchState.APPLIED, BatchState.CHECKED}),
    BatchState.APPLIED: frozenset(),
    BatchState.REFUSED: frozenset(),
    BatchState.CANCELLED: frozenset(),
}


class RowVerdict(StrEnum):
    """What an import decided of one row."""

    GOOD = "good"
    BAD = "bad"
    DUPLICATE = "duplicate"
    APPLIED = "applied"
