"""The matching of a country in figures: seconds, ratios to general libraries, growth, memory; exactness beside them.

    python -m bench.matching              1,000,000 people x 10,000 openings, growth to 4,000,000; many minutes
    python -m bench.matching quick        200,000 x 2,000, under a minute, prints the two headline ratios

The headline ratios put one question to all (``bench.peers``): openings without musts, two classes. A peer looks at
every person, we pass over blocks, so a ratio grows with the number of people; the size is printed with it. Peers answer
a sample of the openings, in the same process and turn by turn with us; times are medians, of the processor's clock on
one thread (others may be at work on the machine), else of the wall's. *Whole run* is the time of an opening x the
openings. Our own figures are of the product's question: musts, near profiles
with their cohorts, and what is told of the listed. Results are appended to ``bench/results/matching.jsonl``.
"""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from os import cpu_count
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any, Final, NamedTuple

import numpy as np

from bench.limit import limit_of
from bench.memory import memory_of
from bench.peers import LISTED, by_scipy, question_of, sparse_dot_topn_of
from bench.population import TODAY, Population, drawn_population
from bench.postgres import by_postgres
from skills_bridge.engine.arrays import Int64s
from skills_bridge.engine.national import (
    NationalIndex,
    build_index,
    judge_person,
    layout_of_asked,
    pack_demand,
    shortlist_all,
    warm,
)
from skills_bridge.engine.national.heaps import READY, TO_CONFIRM, heaps_for
from skills_bridge.engine.national.lists import fill, spans
from skills_bridge.engine.policy import POLICY_V1, PolicySet
from skills_bridge.engine.results import Shortlists

RESULTS: Final = Path(__file__).parent / "results" / "matching.jsonl"
ONE_POLICY: Final = PolicySet(POLICY_V1.mass, POLICY_V1.mass, POLICY_V1.allocation)
"""A product of matrices knows one table of credits."""

GROWTH: Final = (100_000, 1_000_000, 4_000_000)
LARGE: Final = 200
"""Openings of 100 to 500 posts in the second country of the full size: lists of up to 1,500 people."""

SINGLE: Final = 200
"""Openings, and people, that are asked for alone."""

Figures = dict[str, Any]


class Size(NamedTuple):
    """How large a run is, how many of its openings each peer answers, and how many rounds all have."""

    people: int
    openings: int
    by_scipy: int
    by_topn: int
    rounds: int


QUICK: Final = Size(200_000, 2_000, 96, 96, 5)
FULL: Final = Size(1_000_000, 10_000, 64, 96, 5)


def seconds(work: Callable[[], Any], clock: Callable[[], float] = perf_counter) -> float:
    """Return how long a call takes."""
    began = clock()
    work()
    return clock() - began


def run_of(index: NationalIndex, population: Population) -> Callable[[int], Shortlists]:
    """Return the whole run, by number of threads."""
    return lambda threads: shortlist_all(index, population.openings, population.cohorts, ONE_POLICY, threads=threads)


def compared(size: Size) -> Figures:
    """Return the headline ratios, and for how many sampled openings a list of ours is not that of scipy."""
    population = drawn_population(size.people, size.openings, musts=False)
    index = build_index(population.seekers, population.relations, as_of=TODAY)
    asked = question_of(population, POLICY_V1.mass)
    topn, ours = sparse_dot_topn_of(asked, size.by_topn), run_of(index, population)
    found, theirs = ours(1), by_scipy(asked, size.by_scipy)
    rounds = [
        (
            seconds(lambda: ours(1), process_time) / size.openings,
            seconds(lambda: by_scipy(asked, size.by_scipy), process_time) / size.by_scipy,
            seconds(lambda: ours(2)) / size.openings,
            seconds(lambda: topn(2)) / size.by_topn,
        )
        for _ in range(size.rounds)
    ]
    one, scipy, two, heavy = (median(column) for column in zip(*rounds, strict=True))
    return {
        "people": size.people,
        "openings": size.openings,
        "rounds": size.rounds,
        "same question: ours, us an opening": round(1e6 * one, 1),
        "same question: ours, two threads, us an opening": round(1e6 * two, 1),
        "scipy, us an opening": round(1e6 * scipy, 1),
        "scipy, whole run, s, extrapolated": round(scipy * size.openings, 1),
        "sparse_dot_topn, two threads, us an opening": round(1e6 * heavy, 1),
        "sparse_dot_topn, whole run, s, extrapolated": round(heavy * size.openings, 1),
        "openings compared with scipy": size.by_scipy,
        "mismatches": sum(not _agrees(found, row, lists) for row, lists in enumerate(theirs)),
        "ratio_scipy": round(scipy / one, 1),
        "ratio_sparse_dot_topn": round(heavy / two, 1),
    }


def _agrees(found: Shortlists, row: int, lists: tuple[Int64s, Int64s]) -> bool:
    """Say whether the first fifty ready and to confirm are those of a peer."""
    span = slice(found.start[row], found.start[row + 1])
    kind, keys = found.result_class[span], found.order_key[span]
    return all(
        np.array_equal(keys[kind == place][:LISTED], theirs)
        for place, theirs in zip((READY, TO_CONFIRM), lists, strict=True)
    )


def measured(size: Size) -> Figures:
    """Return the figures of the product's question at the full size."""
    population = drawn_population(size.people, size.openings)
    began = perf_counter()
    index = build_index(population.seekers, population.relations, as_of=TODAY)
    built = perf_counter() - began
    usual, crowded = run_of(index, population), run_of(index, drawn_large(population, size))
    usual(2), crowded(2)
    rounds = [
        (seconds(lambda: usual(1), process_time), seconds(lambda: usual(2)), seconds(lambda: crowded(1), process_time))
        for _ in range(size.rounds)
    ]
    one, two, large = (median(column) for column in zip(*rounds, strict=True))
    figures = {
        "index built, s": round(built, 2),
        "index, MB": round(sum(column.nbytes for column in index.blocks) / 1e6),
        "whole run, one thread, s": round(one, 2),
        "whole run, two threads, s": round(two, 2),
        f"with {LARGE} openings of 100 to 500 posts, times as long": round(large / one, 2),
    }
    figures["memory of a worker beside the index, MB"] = round(memory_of(index, size.openings) / 1e6)
    figures |= alone(index, population)
    warm = warm_run(index, population, size.rounds)
    return figures | _far_from_limit(index, population, one / size.openings, warm / size.openings)


def drawn_large(population: Population, size: Size) -> Population:
    """Return the same country with openings of which some have 100 to 500 posts."""
    return population._replace(openings=drawn_population(100, size.openings, large=LARGE).openings)


def alone(index: NationalIndex, population: Population) -> Figures:
    """Return what one opening takes, and one person whose profile changed, over all openings."""
    seekers, openings, cohorts, relations = population
    rows = [openings.take([row]) for row in range(min(SINGLE, len(openings)))]
    opening = [seconds(lambda row=row: shortlist_all(index, row, cohorts, ONE_POLICY)) for row in rows]
    layout = layout_of_asked(openings, cohorts)
    demand = pack_demand(openings, cohorts, ONE_POLICY, layout, as_of=TODAY)
    people = [build_index(seekers.take([row]), relations, as_of=TODAY, layout=layout) for row in range(SINGLE)]
    judge_person(people[0], demand)
    person = [seconds(lambda one=one: judge_person(one, demand)) for one in people]
    names = {"one opening, ms": opening, "one person, all openings, ms": person}
    return {
        f"{name}, p{part}": round(1e3 * float(np.quantile(times, part / 100)), 2)
        for name, times in names.items()
        for part in (50, 95)
    }


def warm_run(index: NationalIndex, population: Population, rounds: int) -> float:
    """Return the seconds of a run on one thread that knows the last key of each of its lists from the beginning."""
    demand = pack_demand(population.openings, population.cohorts, ONE_POLICY, index.layout, as_of=index.as_of)
    known = demand.worst_keys(run_of(index, population)(1))[demand.row].ravel()

    def filled() -> None:
        heaps = heaps_for(demand.length)
        heaps.worst[:] = np.where(known >= 0, known - 1, heaps.worst)
        for policy, first, end in spans(demand):
            fill(index, demand, heaps, policy=policy, first=first, end=end)

    return median(seconds(filled, process_time) for _ in range(rounds))


def _far_from_limit(index: NationalIndex, population: Population, cold: float, warm: float) -> Figures:
    """Return the hand-written limit beside what an opening takes, cold and warm."""
    limit = limit_of(index, population)
    if limit is None:
        return {"hand-written limit": "no C compiler here"}
    return {
        "hand-written limit, us an opening": round(limit.whole, 1),
        "of it additions, us an opening": round(limit.additions, 1),
        "times the hand-written limit, cold": round(1e6 * cold / limit.whole, 1),
        "times the hand-written limit, warm": round(1e6 * warm / limit.whole, 1),
        "times the additions alone, cold": round(1e6 * cold / limit.additions, 1),
    }


def growth(openings: int) -> Figures:
    """Return the time of an opening as the country grows."""
    found = {}
    for people in GROWTH:
        population = drawn_population(people, openings)
        index = build_index(population.seekers, population.relations, as_of=TODAY)
        ours = run_of(index, population)
        del population
        ours(1)
        times = [seconds(lambda ours=ours: ours(1), process_time) for _ in range(3)]
        found[f"growth: {people:,} people, us an opening"] = round(1e6 * median(times) / openings, 1)
    return found


def machine() -> Figures:
    """Return what the figures were measured on."""
    about = Path("/proc/cpuinfo")
    lines = about.read_text(encoding="utf-8").splitlines() if about.exists() else []
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return {
        "processor": model or platform.processor() or platform.machine(),
        "cores": cpu_count(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in ("numba", "numpy", "scipy", "sparse-dot-topn")},
    }


def parts(name: str) -> Iterator[tuple[str, Figures]]:
    """Yield the parts of a measurement as they are done."""
    yield "compared", compared(FULL if name == "full" else QUICK)
    if name == "full":
        yield "the product's run", measured(FULL)
        yield "postgres", by_postgres(POLICY_V1.mass)
        yield "growth", growth(2_000)


def main(name: str) -> None:
    """Measure one size; keep and print each part as soon as it is done."""
    warm()
    about = machine()
    found: Figures = {}
    for part, figures in parts(name):
        with RESULTS.open("a", encoding="utf-8") as results:
            results.write(json.dumps({"size": name, "part": part} | figures | about) + "\n")
        if name == "full":
            print(f"\n{part}")
            for figure, value in figures.items():
                print(f"  {figure}: {value}", flush=True)
        found |= figures
    print(f"ratio scipy {found['ratio_scipy']}")
    print(f"ratio sparse_dot_topn {found['ratio_sparse_dot_topn']}")
    if found["mismatches"]:
        sys.exit(f"{found['mismatches']} lists differ from scipy's")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "full")
