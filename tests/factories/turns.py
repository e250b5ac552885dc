"""What is too long for every run: a part of it each day, chosen by a seed that turns, and all of it at night.

``make nightly`` sets ``NIGHTLY=1``. A failure of another day comes back with its seed: ``TURN=20799 make test``.
"""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, TypeVar

T = TypeVar("T")

TURN: Final = "TURN"
NIGHTLY: Final = "NIGHTLY"


def is_nightly() -> bool:
    """Whether everything is asked for."""
    return os.environ.get(NIGHTLY) == "1"


def set_turn() -> None:
    """Choose this run's part, before any worker starts: all of them must choose alike."""
    os.environ.setdefault(TURN, str(datetime.now(UTC).date().toordinal()))


def turn() -> int:
    """Return the seed of this run's part."""
    return int(os.environ[TURN])


def part(whole: Sequence[T], size: int) -> list[T]:
    """Return so many of the whole, others on other days; at night all of it, in its order."""
    if is_nightly() or size >= len(whole):
        return list(whole)
    return random.Random(turn()).sample(list(whole), size)


def times(nightly: int, daily: int) -> int:
    """Return how often something is tried."""
    return nightly if is_nightly() else daily
