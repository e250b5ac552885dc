"""What would change a pair: one competency at the level asked, or all that one cohort teaches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from skills_bridge.domain.framework import Evidence
from skills_bridge.domain.matching import ResultClass
from skills_bridge.engine.arrays import NO_DAY, NO_VALUE
from skills_bridge.engine.bridge import closing_cohorts, usable_cohorts
from skills_bridge.engine.columns import CohortColumns, Held, HeldLists, SeekerColumns
from skills_bridge.engine.kept_input import RunInput
from skills_bridge.engine.pool import Pool, build_pool
from skills_bridge.engine.results import RESULT_CLASSES
from skills_bridge.engine.shortlist import judge, policy_of

Gains = Mapping[int, int]
"""Level by competency, as a certificate would grant it."""


@dataclass(frozen=True)
class Supposition:
    """What the person would be if she held ``gains`` by certificate: class, points, score and order key.

    ``cohort_id`` is a cohort that teaches it: a seat is free, it ends in time, and she can enter and reach it.
    """

    gains: tuple[tuple[int, int], ...]
    result_class: ResultClass
    points: int
    score: int | None
    order_key: int
    cohort_id: int | None


def suppose(inputs: RunInput, *, seeker: int, opening: int) -> tuple[Supposition, ...]:
    """Return what would bring a person forward in one opening; places in the input, as for a trace.

    One supposition for each requirement that she does not meet in full, in the opening's order, then one for each
    usable cohort that teaches several of them. Only those that change class or points are returned.
    """
    alone = inputs.pool.of([seeker])
    now = _judged(alone, inputs, opening, {})
    found = []
    for gains, cohort in _gains(alone, inputs, opening):
        then = _judged(alone, inputs, opening, gains)
        if then[:2] != now[:2]:
            kind, points, score, key = then
            told = None if score == NO_VALUE else score
            found.append(Supposition(tuple(gains.items()), RESULT_CLASSES[kind], points, told, key, cohort))
    return tuple(found)


def _gains(alone: Pool, inputs: RunInput, row: int) -> Iterator[tuple[Gains, int | None]]:
    """Yield what could be gained, each with the cohort that teaches it."""
    span = inputs.openings.requirements.span(row)
    asked = inputs.openings.requirements
    wanted = dict(zip(asked.competency[span].tolist(), asked.level[span].tolist(), strict=True))
    for competency, level in wanted.items():
        yield {competency: level}, _cohort_for(alone, inputs, row, {competency: level})
    usable = usable_cohorts(
        inputs.cohorts, inputs.openings, policy_of(inputs.openings, inputs.policies, row), row=row, as_of=alone.as_of
    )
    seen: set[tuple[tuple[int, int], ...]] = set()
    for place in usable.tolist():
        taught = _taught(inputs.cohorts, place)
        gains = {competency: taught[competency] for competency in wanted if competency in taught}
        if len(gains) > 1 and tuple(gains.items()) not in seen and _can_enter(alone.seekers, inputs.cohorts, place):
            seen.add(tuple(gains.items()))
            yield gains, int(inputs.cohorts.cohort_id[place])


def _cohort_for(alone: Pool, inputs: RunInput, row: int, gains: Gains) -> int | None:
    """Return the first usable cohort that teaches all of it at its level, to a person who can take part."""
    policy = policy_of(inputs.openings, inputs.policies, row)
    usable = usable_cohorts(inputs.cohorts, inputs.openings, policy, row=row, as_of=alone.as_of)
    for place in usable.tolist():
        taught = _taught(inputs.cohorts, place)
        is_taught = all(taught.get(competency, 0) >= level for competency, level in gains.items())
        if is_taught and _can_enter(alone.seekers, inputs.cohorts, place):
            return int(inputs.cohorts.cohort_id[place])
    return None


def _can_enter(alone: SeekerColumns, cohorts: CohortColumns, place: int) -> bool:
    """Whether the person is known to meet the entry rank and to be mobile to the place: the rule of the bridge."""
    everything = np.ones(len(cohorts), np.uint16)
    chosen = closing_cohorts(
        alone,
        cohorts,
        usable=np.array([place], np.int64),
        taught=everything,
        people=np.zeros(1, np.int64),
        missing=np.ones(1, np.uint16),
    )
    return int(chosen[0]) != NO_VALUE


def _taught(cohorts: CohortColumns, place: int) -> dict[int, int]:
    span = cohorts.teaches.span(place)
    return dict(zip(cohorts.teaches.codes[span].tolist(), cohorts.teaches.level[span].tolist(), strict=True))


def _judged(alone: Pool, inputs: RunInput, row: int, gains: Gains) -> tuple[int, int, int, int]:
    """Return class, points, score and order key of the one person with what she gains on top."""
    pool = alone if not gains else build_pool(_with(alone.seekers, gains), alone.relations, as_of=alone.as_of)
    judged = judge(pool, inputs.openings, inputs.cohorts, inputs.policies, row)
    columns = (judged.result_class, judged.points, judged.score, judged.order_key)
    kind, points, score, key = (int(column[0]) for column in columns)
    return kind, points, score, key


def _with(seekers: SeekerColumns, gains: Gains) -> SeekerColumns:
    """Return the one person with certificates added to what she holds."""
    held = seekers.held
    columns = (held.competency, held.level, held.evidence, held.valid_until_day)
    rows = [Held(*item) for item in zip(*(column.tolist() for column in columns), strict=True)]
    rows += [Held(competency, level, Evidence.CERTIFIED.rank, NO_DAY) for competency, level in gains.items()]
    changed: dict[str, object] = dict(seekers.parts()) | {"held": HeldLists.of([rows])}
    return SeekerColumns(**changed)  # type: ignore[arg-type]  # the parts of the same table
