"""Requirements: points for the order, and the judgement of the musts on level and proof."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from skills_bridge.engine.arrays import NO_VALUE, Bits, Int64s, Ints
from skills_bridge.engine.columns import OpeningColumns
from skills_bridge.engine.policy import CODES, FULL_CREDIT, READY, TO_PROVE, WHOLE, Policy, tables_of
from skills_bridge.engine.pool import Pool

RELATION_STEP = np.uint8(CODES // 3)


@dataclass(frozen=True, eq=False)
class Fit:
    """How each person stands to the requirements of one opening.

    ``points`` is the sum of weight x credit; a set bit of ``missing`` is a must short of level, of ``unproven`` one
    whose level suffices and whose proof does not, by the must's place in the opening.
    """

    points: Int64s
    missing: Bits
    unproven: Bits


def judge_requirements(pool: Pool, openings: OpeningColumns, policy: Policy, row: int) -> Fit:
    """Return the fit of everybody in the pool to one opening."""
    size, asked, tables = len(pool.seekers), openings.requirements, tables_of(policy)
    fit = Fit(np.zeros(size, np.int64), np.zeros(size, np.uint16), np.zeros(size, np.uint16))
    for place, item in enumerate(range(int(asked.start[row]), int(asked.start[row + 1]))):
        required = int(asked.level[item]) - 1
        best = _best(pool, int(asked.competency[item]), tables.credit[required])
        np.add(fit.points, best * np.int64(asked.weight[item]), out=fit.points)
        if asked.is_must[item]:
            standing = _best(pool, int(asked.competency[item]), tables.standing[required, asked.evidence[item]])
            bit = np.uint16(1 << place)
            fit.missing[standing < TO_PROVE] |= bit
            fit.unproven[(standing >= TO_PROVE) & (standing < READY)] |= bit
    return fit


def _best(pool: Pool, competency: int, worth: npt.NDArray[np.int32] | npt.NDArray[np.uint8]) -> npt.NDArray[np.int32]:
    """Return, for each person, the highest worth of the holdings that count for a competency; none is 0."""
    best = np.zeros(len(pool.seekers), np.int32)
    for relation, people, codes in pool.holdings(competency):
        np.maximum.at(best, people, worth[codes + RELATION_STEP * np.uint8(relation)].astype(np.int32))
    return best


def full_points(openings: OpeningColumns, row: int) -> int:
    """Return the points of a perfect person: 250 x the sum of the weights; 0 without requirements."""
    return FULL_CREDIT * int(openings.requirements.weight[openings.requirements.span(row)].sum(dtype=np.int64))


def scores_of(points: Ints, full: int) -> Int64s:
    """Return points in hundredths of a per cent of the full points, rounded down; -1 where nothing is asked."""
    if full == 0:
        return np.full(len(points), NO_VALUE, np.int64)
    return WHOLE * points.astype(np.int64) // full


def order_keys(points: Ints, registered_day: Ints, seeker_id: Ints) -> Int64s:
    """Return the 63-bit keys of the order: more points, then the earlier registration, then the smaller id."""
    waiting = 65_535 - registered_day.astype(np.int64)
    return (points.astype(np.int64) << 48) | (waiting << 32) | (0xFFFFFFFF - seeker_id.astype(np.int64))
