"""Seconds for the lists of a country, and how often a general library would have taken them; exactness beside it.

    python -m bench.matching              1,000,000 people x 10,000 openings
    python -m bench.matching quick        200,000 x 2,000, under a minute, prints the two headline ratios

Ours is the whole answer (three classes, cohorts, what is told), a peer's is less (see ``bench.peers``). Times are
medians of interleaved runs in one process; a peer does a sample of the openings. Results are appended to
``bench/results/matching.jsonl``.
"""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, Final, NamedTuple

import numpy as np

from bench.peers import LISTED, Question, by_scipy, question_of, sparse_dot_topn_of
from bench.population import TODAY, Population, drawn_population
from skills_bridge.engine.national import build_index, shortlist_all, warm
from skills_bridge.engine.policy import POLICY_V1, PolicySet
from skills_bridge.engine.results import Shortlists

RESULTS: Final = Path(__file__).parent / "results" / "matching.jsonl"
ONE_POLICY: Final = PolicySet(POLICY_V1.mass, POLICY_V1.mass, POLICY_V1.allocation)
"""A product of matrices knows one table of credits."""

CHECKED: Final = 16
SINGLE: Final = 40


class Size(NamedTuple):
    """How large a run is, and how many of its openings each peer answers."""

    people: int
    openings: int
    by_scipy: int
    by_topn: int
    rounds: int


SIZES: Final = {"quick": Size(200_000, 2_000, 64, 128, 3), "full": Size(1_000_000, 10_000, 64, 128, 5)}


def seconds(work: Callable[[], Any]) -> float:
    """Return how long a call takes."""
    began = perf_counter()
    work()
    return perf_counter() - began


def measured(size: Size) -> dict[str, object]:
    """Draw, check and measure one size."""
    population = drawn_population(size.people, size.openings)
    seekers, openings, cohorts, relations = population
    began = perf_counter()
    index = build_index(seekers, relations, as_of=TODAY)
    built = perf_counter() - began
    asked = question_of(population, POLICY_V1.mass)
    topn = sparse_dot_topn_of(asked, size.by_topn)

    def ours(threads: int) -> float:
        return seconds(lambda: shortlist_all(index, openings, cohorts, ONE_POLICY, threads=threads)) / size.openings

    ours(1)
    rounds = [
        (
            ours(1),
            seconds(lambda: by_scipy(asked, size.by_scipy)) / size.by_scipy,
            ours(2),
            seconds(lambda: topn(2)) / size.by_topn,
        )
        for _ in range(size.rounds)
    ]
    one, scipy, two, heavy = (median(column) for column in zip(*rounds, strict=True))
    single = sorted(
        seconds(lambda row=row: shortlist_all(index, openings.take(range(row, row + 1)), cohorts, ONE_POLICY))
        for row in range(SINGLE)
    )
    return {
        "people": size.people,
        "openings": size.openings,
        "index_seconds": round(built, 2),
        "run_seconds": round(one * size.openings, 2),
        "run_seconds_two_threads": round(two * size.openings, 2),
        "microseconds_an_opening": round(1e6 * one, 1),
        "one_opening_p95_ms": round(1e3 * single[int(0.95 * SINGLE)], 1),
        "ratio_scipy": round(scipy / one, 1),
        "ratio_sparse_dot_topn": round(heavy / two, 1),
        "mismatches": mismatches(asked, population, size),
        "checked": CHECKED,
        "machine": platform.processor() or platform.machine(),
        "versions": {name: version(name) for name in ("numba", "numpy", "scipy", "sparse-dot-topn")},
    }


def mismatches(asked: Question, population: Population, size: Size) -> int:
    """Return for how many openings, their musts dropped, our first fifty are not those of scipy."""
    free = drawn_population(size.people, size.openings, musts=False)
    index = build_index(free.seekers, free.relations, as_of=TODAY)
    found = shortlist_all(index, free.openings.take(range(CHECKED)), population.cohorts, ONE_POLICY)
    theirs = by_scipy(asked, CHECKED)
    return sum(not np.array_equal(_first_fifty(found, row), keys) for row, keys in enumerate(theirs))


def _first_fifty(found: Shortlists, row: int) -> Any:
    keys = found.order_key[found.start[row] : found.start[row + 1]]
    return np.sort(keys)[::-1][:LISTED]


def main(name: str) -> None:
    """Measure one size, keep the result, print it."""
    warm()
    result = measured(SIZES[name])
    with RESULTS.open("a", encoding="utf-8") as results:
        results.write(json.dumps(result, sort_keys=True) + "\n")
    for part, value in result.items():
        print(f"{part.replace('_', ' ')}: {value}")
    print(f"ratio scipy {result['ratio_scipy']}")
    print(f"ratio sparse_dot_topn {result['ratio_sparse_dot_topn']}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "full")
