"""The parameters of the allocation: part of every version of the policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final

from skills_bridge.domain.matching import ValueOutOfRange

FULL_SCORE: Final = 10_000
WHOLE: Final = 100

RANGES: Final[Mapping[str, tuple[int, int]]] = {
    "candidates_per_post": (1, 40),
    "live_per_person": (1, 40),
    "waiting_quota_percent": (0, WHOLE),
    "keep_bonus": (0, FULL_SCORE),
    "place_value": (1, 100 * FULL_SCORE),
}
"""Limits of the parameters, both included."""


@dataclass(frozen=True)
class AllocationPolicy:
    """How places are handed out; values are in hundredths of a per cent of a score.

    ``candidates_per_post`` people are proposed for each open post, ``live_per_person`` openings to each person. A
    filled place is worth ``place_value`` and the pair's score; ``keep_bonus`` holds on to an unsent proposal.
    """

    candidates_per_post: int = 3
    live_per_person: int = 3
    waiting_quota_percent: int = 10
    keep_bonus: int = 200
    place_value: int = FULL_SCORE

    def __post_init__(self) -> None:
        """Check the bounds.

        :raises ValueOutOfRange: a parameter lies outside its bounds.
        """
        for name, value in asdict(self).items():
            low, high = RANGES[name]
            if not low <= value <= high:
                raise ValueOutOfRange("AllocationPolicy", name, 0, value, low=low, high=high)


FIRST_ALLOCATION: Final = AllocationPolicy()
"""The parameters of the first version of the policy."""
