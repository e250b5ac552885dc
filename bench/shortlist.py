"""Seconds for the shortlists of many openings over many people; seeded, so that two runs answer the same question.

python -m bench.shortlist [people] [openings]
"""

from __future__ import annotations

import sys
from time import perf_counter

import numpy as np

from skills_bridge.domain.framework import RelationKind
from skills_bridge.engine.arrays import NO_DAY, NO_VALUE, CodeSets, Int64s, LevelSets
from skills_bridge.engine.columns import (
    AskedLists,
    CohortColumns,
    HeldLists,
    OpeningColumns,
    RelationColumns,
    SeekerColumns,
)
from skills_bridge.engine.explain import traces
from skills_bridge.engine.policy import POLICY_V1
from skills_bridge.engine.pool import build_pool
from skills_bridge.engine.shortlist import shortlist

TODAY = 20_500
COMPETENCIES = 1_500
PROVINCES = 75
MUSTS = 2
NIGHT_SHARE = 0.3
FRENCH_SHARE = 0.2


def limits(chance: np.random.Generator, size: int, low: int, high: int) -> Int64s:
    """Return the limits of lists of random lengths."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(chance.integers(low, high, size))])


def sets(chance: np.random.Generator, size: int, codes: int, longest: int, unknown: float = 0.1) -> CodeSets:
    """Return random sets, some of them unknown."""
    start = limits(chance, size, 1, longest + 1)
    return CodeSets(start, chance.integers(0, codes, start[-1]), chance.random(size) >= unknown)


def drawn_seekers(chance: np.random.Generator, size: int) -> SeekerColumns:
    """Return people with some fifteen competencies each; common competencies are held far more often."""
    start = limits(chance, size, 8, 23)
    items = int(start[-1])
    popular = (COMPETENCIES * chance.random(items) ** 2.5).astype(np.int64)
    grades = chance.choice(4, items, p=[0.4, 0.3, 0.2, 0.1])
    held = HeldLists(start, popular, chance.integers(1, 5, items), grades, np.full(items, NO_DAY))
    spoken = limits(chance, size, 1, 4)
    return SeekerColumns(
        seeker_id=np.arange(1, size + 1),
        registered_day=chance.integers(19_000, TODAY, size),
        education_rank=chance.integers(NO_VALUE, 9, size),
        experience_months=chance.integers(NO_VALUE, 120, size),
        available_day=chance.integers(TODAY - 90, TODAY + 90, size),
        adult_day=chance.integers(5_000, TODAY + 300, size),
        provinces=sets(chance, size, PROVINCES, 5),
        fields=sets(chance, size, 30, 2),
        profiles=sets(chance, size, 40, 4),
        licences=sets(chance, size, 5, 2),
        contracts=sets(chance, size, 4, 3),
        shifts=sets(chance, size, 3, 3),
        languages=LevelSets(
            spoken, chance.integers(0, 5, spoken[-1]), chance.integers(1, 7, spoken[-1]), np.ones(size, np.bool_)
        ),
        held=held,
    )


def drawn_openings(chance: np.random.Generator, size: int) -> OpeningColumns:
    """Return openings with ten requirements each, two of them musts; every gate of the engine is set on some."""
    rows = [chance.choice(COMPETENCIES // 10, 10, replace=False) for _ in range(size)]
    items = 10 * size
    musts = np.tile(np.arange(10) < MUSTS, size)
    empty = [()] * size
    return OpeningColumns(
        opening_id=np.arange(1, size + 1),
        policy_profile=chance.integers(0, 2, size),
        open_posts=chance.integers(1, 20, size),
        start_day=chance.integers(TODAY + 30, TODAY + 200, size),
        available_by_day=np.full(size, TODAY + 60),
        adult_by_day=np.where(chance.random(size) < NIGHT_SHARE, TODAY, NO_DAY),
        education_rank=chance.integers(NO_VALUE, 5, size),
        experience_months=chance.integers(NO_VALUE, 24, size),
        provinces=CodeSets.of([{int(code)} for code in chance.integers(0, PROVINCES, size)]),
        fields=CodeSets.of(empty),
        profiles=sets(chance, size, 40, 12),
        licences=CodeSets.of(empty),
        contracts=sets(chance, size, 4, 2),
        shifts=sets(chance, size, 3, 1),
        languages=LevelSets.of([{1: 2} if chance.random() < FRENCH_SHARE else {} for _ in range(size)]),
        requirements=AskedLists(
            np.arange(0, items + 1, 10),
            np.concatenate(rows),
            chance.integers(1, 5, items),
            musts,
            chance.integers(1, 6, items),
            chance.integers(0, 2, items),
        ),
    )


def drawn_cohorts(chance: np.random.Generator, size: int) -> CohortColumns:
    """Return cohorts that teach a dozen common competencies each."""
    taught = [{int(c): 4 for c in chance.integers(0, COMPETENCIES // 10, 12)} for _ in range(size)]
    return CohortColumns(
        cohort_id=np.arange(1, size + 1),
        province=chance.integers(0, PROVINCES, size),
        entry_rank=chance.integers(0, 4, size),
        enrolment_from_day=np.full(size, NO_DAY),
        enrolment_until_day=np.full(size, TODAY + 30),
        expected_end_day=chance.integers(TODAY + 30, TODAY + 150, size),
        free_seats=chance.integers(0, 20, size),
        teaches=LevelSets.of(taught),
    )


def main(people: int, openings: int) -> None:
    """Draw a world, run it and print what each step took."""
    chance = np.random.default_rng(20_250_423)
    seekers, demand, cohorts = (
        drawn_seekers(chance, people),
        drawn_openings(chance, openings),
        drawn_cohorts(chance, 200),
    )
    kinds = [RelationKind.CLOSE, RelationKind.LOOSE]
    edges = [(int(a), int(b), kinds[i % 2]) for i, (a, b) in enumerate(chance.integers(0, COMPETENCIES, (3_000, 2)))]
    began = perf_counter()
    pool = build_pool(seekers, RelationColumns.of(edges), as_of=TODAY)
    indexed = perf_counter()
    found = shortlist(pool, demand, cohorts, POLICY_V1)
    listed = perf_counter()
    for row in range(openings):
        traces(pool, demand, cohorts, POLICY_V1, people=found.people(row), opening=row)
    traced = perf_counter()
    print(f"{people} people, {len(seekers.held.competency)} holdings, {openings} openings, {len(found.seeker)} rows")
    print(f"index {indexed - began:.3f} s")
    print(f"lists {listed - indexed:.3f} s, {1000 * (listed - indexed) / openings:.1f} ms an opening")
    print(f"traces {1000 * (traced - listed) / max(1, len(found.seeker)):.2f} ms a pair")
    print({str(kind): int(found.counts[:, i].sum()) for i, kind in enumerate(found.counts_of(0))})


if __name__ == "__main__":
    main(*(int(argument) for argument in (sys.argv[1:] or ("100000", "200"))))
