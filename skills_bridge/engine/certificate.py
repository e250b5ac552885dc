"""The proof that an allocation is optimal: prices, under which no other allocation could be worth more.

Prices are an answer of the dual problem; by weak duality their total bounds the worth of every allocation. Checking
them needs sums alone, so whoever doubts the solver need not trust it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numba import njit

from skills_bridge.engine.allocation_problem import Problem
from skills_bridge.engine.arrays import Bools, Int64s

FAR: Final = 2**62
ROOT: Final = 0


@dataclass(frozen=True, eq=False)
class Certificate:
    """Prices in the unit of ``Problem.value``: of a place, of a place open to all, of a proposal to a person."""

    place: Int64s
    place_open_to_all: Int64s
    person: Int64s


def certify(problem: Problem, chosen: Bools) -> Certificate:
    """Return the prices of an optimal choice: shortest distances in its residual network.

    What has no capacity at all is priced out of reach, at no cost to the bound.
    """
    openings, people = len(problem.places), len(problem.limit)
    highest = int(problem.value.max(initial=0))
    far = _distances(*_residual(problem, chosen), 1 + 2 * openings + people)
    place, free, person = np.split(far[1:], [openings, 2 * openings])
    return Certificate(
        np.where(problem.places == 0, highest, np.where(place == FAR, 0, np.maximum(place, 0))),
        np.where(problem.open_to_all == 0, highest, np.where(free == FAR, 0, np.maximum(free - place, 0))),
        np.where(problem.limit == 0, highest, np.where(person == FAR, 0, np.maximum(-person, 0))),
    )


def bound_of(problem: Problem, prices: Certificate) -> int:
    """Return the most that any allocation can be worth under these prices."""
    others = ~problem.is_waiting[problem.seeker]
    paid = prices.place[problem.opening] + prices.person[problem.seeker]
    paid = paid + np.where(others, prices.place_open_to_all[problem.opening], 0)
    rest = np.maximum(problem.value - paid, 0).sum()
    return int(
        rest
        + problem.places @ prices.place
        + problem.open_to_all @ prices.place_open_to_all
        + problem.limit @ prices.person
    )


def is_feasible(problem: Problem, chosen: Bools) -> bool:
    """Say whether a choice keeps to places, reserves and limits."""
    opening, seeker = problem.opening[chosen], problem.seeker[chosen]
    others = opening[~problem.is_waiting[seeker]]
    return bool(
        (np.bincount(opening, minlength=len(problem.places)) <= problem.places).all()
        and (np.bincount(others, minlength=len(problem.places)) <= problem.open_to_all).all()
        and (np.bincount(seeker, minlength=len(problem.limit)) <= problem.limit).all()
    )


def verify_certificate(problem: Problem, chosen: Bools, prices: Certificate) -> bool:
    """Say whether the prices prove that the choice is allowed and that none is worth more."""
    columns = (prices.place, prices.place_open_to_all, prices.person)
    signed = all((column >= 0).all() for column in columns)
    return signed and is_feasible(problem, chosen) and bound_of(problem, prices) == int(problem.value[chosen].sum())


def _residual(problem: Problem, chosen: Bools) -> tuple[Int64s, Int64s, Int64s]:
    """Return tail, head and cost of the arcs along which the flow could still change.

    Node 0 is the root, before and after everything; then come openings, their places open to all, and people.
    """
    count = len(problem.places)
    node = 1 + np.arange(count)
    others = ~problem.is_waiting[problem.seeker]
    source = 1 + problem.opening + count * others
    person = 1 + 2 * count + problem.seeker
    used = np.bincount(problem.opening[chosen], minlength=count)
    shared = np.bincount(problem.opening[chosen & others], minlength=count)
    spare, room, back = node[used < problem.places], node[shared < problem.open_to_all], node[shared > 0]
    served = np.unique(person[chosen])
    arcs = [
        (np.full(len(spare), ROOT), spare, np.zeros(len(spare), np.int64)),
        (np.full(len(served), ROOT), served, np.zeros(len(served), np.int64)),
        (room, room + count, np.zeros(len(room), np.int64)),
        (back + count, back, np.zeros(len(back), np.int64)),
        (source[~chosen], person[~chosen], -problem.value[~chosen]),
        (person[chosen], source[chosen], problem.value[chosen]),
    ]
    tail, head, cost = (np.concatenate(columns).astype(np.int64) for columns in zip(*arcs, strict=True))
    return tail, head, cost


def _distances(tail: Int64s, head: Int64s, cost: Int64s, nodes: int) -> Int64s:
    """Return the shortest distance of each node from the root; ``FAR`` without a way."""
    order = np.argsort(tail, kind="stable")
    start = np.concatenate([np.zeros(1, np.int64), np.cumsum(np.bincount(tail, minlength=nodes))])
    found: Int64s = _relax(start, head[order], cost[order])
    return found


@njit(cache=True, nogil=True)
def _relax(start, head, cost):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  # compiled
    """Shorten ways with a queue of the nodes that came nearer, until none does (no cycle is negative)."""
    nodes = len(start) - 1
    far = np.full(nodes, FAR, np.int64)
    queue = np.zeros(nodes + 1, np.int64)
    queued = np.zeros(nodes, np.bool_)
    far[ROOT] = 0
    first, last = 0, 1
    while first != last:
        node = queue[first]
        first = (first + 1) % (nodes + 1)
        queued[node] = False
        for arc in range(start[node], start[node + 1]):
            there = head[arc]
            if far[node] + cost[arc] < far[there]:
                far[there] = far[node] + cost[arc]
                if not queued[there]:
                    queued[there] = True
                    queue[last] = there
                    last = (last + 1) % (nodes + 1)
    return far
