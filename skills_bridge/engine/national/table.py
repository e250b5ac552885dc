"""The filled lists as the rows of ``Shortlists``."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from skills_bridge.engine.arrays import NO_VALUE, Bits, Int64s
from skills_bridge.engine.national.compiling import compiled
from skills_bridge.engine.national.heaps import CLASSES, NOT_ENOUGH, Heaps
from skills_bridge.engine.policy import WHOLE


class Table(NamedTuple):
    """Columns of ``Shortlists`` with a value per row, named and typed as there."""

    opening: Int64s
    seeker: Int64s
    result_class: npt.NDArray[np.int8]
    rank: npt.NDArray[np.int32]
    points: npt.NDArray[np.int32]
    score: npt.NDArray[np.int32]
    order_key: Int64s
    cohort: Int64s
    unknown_gates: Bits
    unproven: Bits
    missing: Bits

    @classmethod
    def of(cls, rows: int) -> Self:
        """Return a table with room for so many rows."""
        opening, seeker, key, cohort = (np.empty(rows, np.int64) for _ in range(4))
        rank, points, score = (np.empty(rows, np.int32) for _ in range(3))
        unknown, unproven, missing = (np.empty(rows, np.uint16) for _ in range(3))
        kind = np.empty(rows, np.int8)
        return cls(opening, seeker, kind, rank, points, score, key, cohort, unknown, unproven, missing)


@compiled
def write_table(  # noqa: PLR0917  # compiled
    served: Int64s, start: Int64s, full: Int64s, seeker: npt.NDArray[np.int32], heaps: Heaps, table: Table
) -> None:
    """Write the rows of each opening from ``start`` on; ``served`` says where it stands in the order of serving."""
    for opening in range(len(served)):
        row = start[opening]
        for kind in range(CLASSES):
            place = CLASSES * served[opening] + kind
            for rank in range(heaps.filled[place]):
                at = heaps.start[place] + rank
                told, key = heaps.told[heaps.slot[at]], heaps.key[at]
                points = key >> 48
                has_score = full[served[opening]] > 0 and kind != NOT_ENOUGH
                table.opening[row], table.seeker[row] = opening, seeker[told.lane]
                table.result_class[row], table.rank[row], table.order_key[row] = kind, rank + 1, key
                table.points[row] = points
                table.score[row] = WHOLE * points // full[served[opening]] if has_score else NO_VALUE
                table.cohort[row], table.unknown_gates[row] = told.cohort, told.unknown
                table.unproven[row], table.missing[row] = told.unproven, told.missing
                row += 1
