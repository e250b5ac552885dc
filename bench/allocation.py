"""Seconds and gap of the allocation on five crowded cases: ours with its proof, the bare flow, and greedy; seeded.

python -m bench.allocation [case...]

Appends one line of JSON per case to bench/results/allocation.jsonl.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from time import perf_counter
from typing import Final, NamedTuple

import numpy as np

from skills_bridge.engine.allocate import allocate, greedy, solve
from skills_bridge.engine.allocation_policy import AllocationPolicy
from skills_bridge.engine.allocation_problem import Candidates, OpenPosts, Pairs, Waiting
from skills_bridge.engine.allocation_problem import build_problem as problem_of
from skills_bridge.engine.certificate import verify_certificate

RESULTS: Final = Path(__file__).parent / "results" / "allocation.jsonl"
POLICY: Final = AllocationPolicy(candidates_per_post=1)
SEED: Final = 20_250_423
WAITING_SHARE: Final = 0.2


class Case(NamedTuple):
    """Openings, people in the pool, length of a list, and mean posts of an opening."""

    openings: int
    people: int
    length: int
    posts: float


CASES: Final = {
    "base": Case(10_000, 300_000, 100, 5.5),
    "headcount x4": Case(10_000, 300_000, 100, 22.0),
    "top-20, headcount x10": Case(10_000, 300_000, 20, 55.0),
    "20k openings, top-50, headcount x5": Case(20_000, 300_000, 50, 27.5),
    "people merged": Case(10_000, 11_000, 100, 5.5),
}


def drawn(case: Case) -> tuple[Candidates, OpenPosts, Waiting]:
    """Return a world in which some people stand on far more lists than others."""
    chance = np.random.default_rng(SEED)
    opening = np.repeat(np.arange(case.openings), case.length)
    seeker = (case.people * chance.random(len(opening)) ** 1.5).astype(np.int64)
    keys = np.unique(opening * case.people + seeker)
    opening, seeker = keys // case.people, keys % case.people
    able, hard = chance.integers(0, 2_500, case.people), chance.integers(0, 2_500, case.openings)
    score = 5_000 + able[seeker] - hard[opening] + chance.integers(0, 2_500, len(keys))
    posts = chance.geometric(1 / case.posts, case.openings)
    waits = chance.random(case.people) < WAITING_SHARE
    ids = np.arange(1, case.people + 1)
    return (
        Candidates(opening + 1, seeker + 1, score),
        OpenPosts(np.arange(1, case.openings + 1), posts),
        Waiting(ids, waits),
    )


def measured(name: str, case: Case) -> dict[str, object]:
    """Return seconds and gap of the three ways on one case."""
    tables = drawn(case)
    none = Pairs.none()
    marks = [perf_counter()]
    found = allocate(*tables, POLICY)
    marks.append(perf_counter())
    is_proven = verify_certificate(found.problem, found.chosen, found.certificate)
    marks.append(perf_counter())
    problem = problem_of(*tables, POLICY, live=none, unsent=none, forbidden=none)
    marks.append(perf_counter())
    bare = int(problem.value[solve(problem)].sum())
    marks.append(perf_counter())
    least = int(problem.value[greedy(problem)].sum())
    marks.append(perf_counter())
    ours, check, build, flow, simple = np.diff(marks).round(2).tolist()
    return {
        "case": name,
        "pairs": len(problem.value),
        "places": int(problem.places.sum()),
        "proposals": int(found.chosen.sum()),
        "worth": found.worth,
        "gap": found.gap,
        "is_proven": is_proven,
        "seconds": ours,
        "check_seconds": check,
        "build_seconds": build,
        "flow_seconds": flow,
        "flow_gap": found.worth - bare,
        "greedy_seconds": simple,
        "greedy_gap_percent": round(100 * (found.worth - least) / found.worth, 3),
    }


def main(names: list[str]) -> None:
    """Run the cases, print a table and append the results."""
    RESULTS.parent.mkdir(exist_ok=True)
    allocate(*drawn(Case(10, 100, 5, 2.0)), POLICY)
    greedy(
        problem_of(
            *drawn(Case(10, 100, 5, 2.0)), POLICY, live=Pairs.none(), unsent=Pairs.none(), forbidden=Pairs.none()
        )
    )
    print("| case | pairs | places | ours with proof | gap | checked | bare flow, built | greedy | its gap |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name in names or CASES:
        row = measured(name, CASES[name])
        with RESULTS.open("a", encoding="utf-8") as results:
            results.write(json.dumps(row, sort_keys=True) + "\n")
        print(
            f"| {name} | {row['pairs']:,} | {row['places']:,} | {row['seconds']} s | {row['gap']} | {row['is_proven']} "
            f"({row['check_seconds']} s) | {row['flow_seconds']} s, {row['build_seconds']} s "
            f"| {row['greedy_seconds']} s | {row['greedy_gap_percent']} % |",
            flush=True,
        )


if __name__ == "__main__":
    main(sys.argv[1:])
