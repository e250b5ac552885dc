"""The shortlist: gates, judgement, order, and lists of bounded length for each opening."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from skills_bridge.domain.matching import LISTED, ResultClass
from skills_bridge.engine.arrays import NO_VALUE, Bits, Bools, Int64s
from skills_bridge.engine.bridge import closing_cohorts, taught_musts, usable_cohorts
from skills_bridge.engine.columns import POLICY_PROFILES, CohortColumns, OpeningColumns
from skills_bridge.engine.gates import judge_gates
from skills_bridge.engine.policy import Policy, PolicySet
from skills_bridge.engine.pool import Pool
from skills_bridge.engine.results import RESULT_CLASSES, Shortlists
from skills_bridge.engine.score import Fit, full_points, judge_requirements, order_keys, scores_of

Classes = npt.NDArray[np.int8]
NUMBER: Final = {kind: np.int8(number) for number, kind in enumerate(RESULT_CLASSES)}


@dataclass(frozen=True, eq=False)
class Judgement:
    """Everybody of the pool, judged for one opening; parallel arrays, columns as in ``Shortlists``."""

    result_class: Classes
    points: Int64s
    score: Int64s
    order_key: Int64s
    cohort: Int64s
    unknown_gates: Bits
    unproven: Bits
    missing: Bits


def shortlist(
    pool: Pool,
    openings: OpeningColumns,
    cohorts: CohortColumns,
    policies: PolicySet,
    tell: Callable[[int], None] | None = None,
) -> Shortlists:
    """Return the exact lists of the openings, in the order in which they came.

    Any cut of the openings gives the same rows; any order of the people gives the same people in the same ranks.
    ``tell`` hears after each opening how many are done.
    """
    found: list[dict[str, npt.NDArray[np.integer]]] = []
    counts = np.zeros((len(openings), len(RESULT_CLASSES)), np.int64)
    for row in range(len(openings)):
        judged = judge(pool, openings, cohorts, policies, row)
        counts[row] = np.bincount(judged.result_class, minlength=len(RESULT_CLASSES))
        found.append(_listed(judged, openings, policy_of(openings, policies, row), row))
        if tell is not None:
            tell(row + 1)
    return _joined(found, counts)


def policy_of(openings: OpeningColumns, policies: PolicySet, row: int) -> Policy:
    """Return the policy under which an opening is served."""
    return policies.of(POLICY_PROFILES[openings.policy_profile[row]])


def judge(pool: Pool, openings: OpeningColumns, cohorts: CohortColumns, policies: PolicySet, row: int) -> Judgement:
    """Judge everybody in the pool for one opening.

    In this order: gate failed, not enough data, short or near, to confirm, ready; where something is asked, nobody
    without points is listed.
    """
    seekers, policy = pool.seekers, policy_of(openings, policies, row)
    failed, unknown = judge_gates(seekers, openings, row)
    fit = judge_requirements(pool, openings, policy, row)
    full = full_points(openings, row)
    without = (np.diff(seekers.held.start) == 0) & (full > 0)
    gap = np.flatnonzero(~failed & ~without & (fit.missing != 0))
    cohort = np.full(len(seekers), NO_VALUE, np.int64)
    cohort[gap] = closing_cohorts(
        seekers,
        cohorts,
        usable=usable_cohorts(cohorts, openings, policy, row=row, as_of=pool.as_of),
        taught=taught_musts(cohorts, openings, row),
        people=gap,
        missing=fit.missing[gap],
    )
    classes = _classes(failed, without, fit, unknown, near=cohort != NO_VALUE, scored=full > 0)
    cohort[classes != NUMBER[ResultClass.NEAR]] = NO_VALUE
    score = scores_of(fit.points, full)
    score[without] = NO_VALUE
    keys = order_keys(fit.points, seekers.registered_day, seekers.seeker_id)
    return Judgement(classes, fit.points, score, keys, cohort, unknown, fit.unproven, fit.missing)


def _classes(failed: Bools, without: Bools, fit: Fit, unknown: Bits, *, near: Bools, scored: bool) -> Classes:
    """Return each person's class; the first condition that holds decides."""
    short = fit.missing != 0
    return np.select(
        [failed, without, short & ~near, (fit.points == 0) & scored, short, (unknown != 0) | (fit.unproven != 0)],
        [
            NUMBER[ResultClass.GATE_FAILED],
            NUMBER[ResultClass.NOT_ENOUGH],
            NUMBER[ResultClass.SHORT],
            NUMBER[ResultClass.NO_POINTS],
            NUMBER[ResultClass.NEAR],
            NUMBER[ResultClass.TO_CONFIRM],
        ],
        NUMBER[ResultClass.READY],
    ).astype(np.int8)


def _listed(
    judged: Judgement, openings: OpeningColumns, policy: Policy, row: int
) -> dict[str, npt.NDArray[np.integer]]:
    """Return the rows of one opening's lists, class after class, best first."""
    usual = policy.list_length(int(openings.open_posts[row]))
    people, ranks = [], []
    for kind in LISTED:
        longest = policy.shown_without_competency if kind is ResultClass.NOT_ENOUGH else usual
        best = _best(np.flatnonzero(judged.result_class == NUMBER[kind]), judged.order_key, longest)
        people.append(best)
        ranks.append(np.arange(1, len(best) + 1))
    seeker = np.concatenate(people)
    columns = {name: column[seeker] for name, column in vars(judged).items()}
    return {"opening": np.full(len(seeker), row), "seeker": seeker, "rank": np.concatenate(ranks), **columns}


def _best(people: Int64s, keys: Int64s, longest: int) -> Int64s:
    """Return at most so many people, the highest key first."""
    if len(people) > longest:
        cut = len(people) - longest
        people = people[np.argpartition(keys[people], cut)[cut:]] if longest else people[:0]
    return people[np.argsort(-keys[people])]


def _joined(found: list[dict[str, npt.NDArray[np.integer]]], counts: Int64s) -> Shortlists:
    """Return the rows of all openings as one table."""
    types = {"rank": np.int32, "points": np.int32, "score": np.int32}
    empty = np.zeros(0, np.int64)
    names = [name for name in Shortlists.__dataclass_fields__ if name not in {"start", "counts"}]
    columns = {}
    for name in names:
        column = np.concatenate([rows[name] for rows in found]) if found else empty
        columns[name] = column.astype(types.get(name, column.dtype))
    start = np.concatenate([np.zeros(1, np.int64), np.cumsum([len(rows["seeker"]) for rows in found], dtype=np.int64)])
    return Shortlists(start=start, counts=counts, **columns)
