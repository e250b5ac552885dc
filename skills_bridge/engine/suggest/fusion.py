"""Several rankings into one: reciprocal rank fusion, in whole numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

CALM: Final = 60
"""Added to each rank: the first places of one ranking don't drown what several agree on."""
UNIT: Final = 1_000_000_000


def fuse(rankings: Iterable[tuple[int, Sequence[int]]]) -> list[int]:
    """Return the entries of weighted rankings (best first), best first; ties go to the smaller id.

    An entry earns weight / (60 + rank) from each ranking that holds it; ranks count from 1.
    """
    points: dict[int, int] = defaultdict(int)
    for weight, ranking in rankings:
        for rank, entry in enumerate(ranking, 1):
            points[entry] += weight * UNIT // (CALM + rank)
    return sorted(points, key=lambda entry: (-points[entry], entry))
