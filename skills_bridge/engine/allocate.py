"""The allocation: who is proposed to which opening, over all openings at once.

Among all allocations within places, reserves and limits, one is chosen of the highest worth: the sum over its pairs of
score and place value, and of the bonus where an unsent proposal is kept. With a place value of a full score, filling
one more place is worth any loss of fit in one other. An auction finds it; where people are too scarce for bids, a flow
does. Several allocations may share the highest worth: both are handed the pairs by rising ids, so that one version of
them gives the same one for the same rows in any order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow  # type: ignore[import-untyped]  # it ships no marker of its types

from skills_bridge.domain.matching import NoAllocation
from skills_bridge.engine.allocation_policy import AllocationPolicy
from skills_bridge.engine.allocation_problem import (
    Candidates,
    OpenPosts,
    Pairs,
    Problem,
    Waiting,
    build_problem,
)
from skills_bridge.engine.arrays import Bools, Int64s
from skills_bridge.engine.auction import choose_by_bids
from skills_bridge.engine.certificate import Certificate, bound_of, certify


@dataclass(frozen=True, eq=False)
class Allocation:
    """The proposals, by rising opening and person, what they are worth, and the proof.

    ``below_best`` is what fairness over all costs this person: by how much the proposal's score lies below the best
    of his candidate entries. ``filled`` counts the proposals of each opening of ``problem.opening_id``. ``gap`` is
    the bound less the worth: 0 says that no allocation is worth more.
    """

    problem: Problem
    chosen: Bools
    opening_id: Int64s
    seeker_id: Int64s
    score: Int64s
    below_best: Int64s
    filled: Int64s
    worth: int
    gap: int
    certificate: Certificate


@dataclass(frozen=True)
class Churn:
    """The proposals, as pairs of opening and person, kept from the unsent ones, new, and dropped."""

    kept: tuple[tuple[int, int], ...]
    new: tuple[tuple[int, int], ...]
    dropped: tuple[tuple[int, int], ...]


def allocate(
    candidates: Candidates,
    openings: OpenPosts,
    people: Waiting,
    policy: AllocationPolicy,
    *,
    live: Pairs | None = None,
    unsent: Pairs | None = None,
    forbidden: Pairs | None = None,
) -> Allocation:
    """Return the best allocation over the candidates; ``build_problem`` says how the tables count.

    :raises RepeatedKey: an opening, a person or a candidate pair stands twice.
    :raises NotInInput: a candidate's opening or person takes no part.
    :raises NoAllocation: the solver gave none.
    """
    problem = build_problem(
        candidates,
        openings,
        people,
        policy,
        live=live or Pairs.none(),
        unsent=unsent or Pairs.none(),
        forbidden=forbidden or Pairs.none(),
    )
    by_bids = choose_by_bids(problem)
    chosen = solve(problem) if by_bids is None else by_bids
    prices = certify(problem, chosen)
    worth = int(problem.value[chosen].sum())
    best = np.zeros(len(people), np.int64)
    np.maximum.at(best, np.searchsorted(problem.seeker_id, candidates.seeker_id), candidates.score)
    return Allocation(
        problem=problem,
        chosen=chosen,
        opening_id=problem.opening_id[problem.opening[chosen]],
        seeker_id=problem.seeker_id[problem.seeker[chosen]],
        score=problem.score[chosen],
        below_best=best[problem.seeker[chosen]] - problem.score[chosen],
        filled=np.bincount(problem.opening[chosen], minlength=len(problem.places)),
        worth=worth,
        gap=bound_of(problem, prices) - worth,
        certificate=prices,
    )


def solve(problem: Problem) -> Bools:
    """Return which pairs an exact flow of least cost chooses.

    From the source through the opening, and for people who don't wait through its places open to all, to the person
    and the sink; what is not placed flows past.

    :raises NoAllocation: the solver gave none.
    """
    count, pairs, supply = len(problem.places), len(problem.opening), int(problem.places.sum())
    if not pairs or not supply:
        return np.zeros(pairs, np.bool_)
    others = ~problem.is_waiting[problem.seeker]
    opening, people = np.arange(count), 2 * count + np.arange(len(problem.limit))
    source, sink = 2 * count + len(problem.limit), 2 * count + len(problem.limit) + 1
    flow = SimpleMinCostFlow()
    arcs = _arcs(
        flow, problem.opening + count * others, 2 * count + problem.seeker, np.ones(pairs, np.int64), -problem.value
    )
    _arcs(flow, np.full(count, source), opening, problem.places)
    _arcs(flow, opening, opening + count, problem.open_to_all)
    _arcs(flow, people, np.full(len(people), sink), problem.limit)
    _arcs(flow, np.array([source]), np.array([sink]), np.array([supply]))
    flow.set_nodes_supplies(np.array([source, sink], np.int32), np.array([supply, -supply], np.int64))
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise NoAllocation(str(status))
    return np.asarray(flow.flows(arcs)) > 0


def greedy(problem: Problem) -> Bools:
    """Return what is chosen by taking the most valuable pair that is still possible, again and again: the baseline."""
    order = np.argsort(-problem.value, kind="stable")
    others = ~problem.is_waiting[problem.seeker]
    counts = problem.places.copy(), problem.open_to_all.copy(), problem.limit.copy()
    found: Bools = _take(order, problem.opening, problem.seeker, others, *counts)
    return found


def churn(allocation: Allocation, unsent: Pairs) -> Churn:
    """Return what becomes of the unsent proposals of the last run."""
    now = set(zip(allocation.opening_id.tolist(), allocation.seeker_id.tolist(), strict=True))
    then = set(zip(unsent.opening_id.tolist(), unsent.seeker_id.tolist(), strict=True))
    return Churn(*(tuple(sorted(pairs)) for pairs in (now & then, now - then, then - now)))


def _arcs(
    flow: SimpleMinCostFlow, tails: Int64s, heads: Int64s, capacity: Int64s, cost: Int64s | None = None
) -> Int64s:
    """Add arcs, free of cost unless stated, and return their numbers."""
    costs = np.zeros(len(tails), np.int64) if cost is None else cost
    added: Int64s = np.asarray(
        flow.add_arcs_with_capacity_and_unit_cost(
            tails.astype(np.int32), heads.astype(np.int32), capacity.astype(np.int64), costs
        )
    )
    return added


@njit(cache=True, nogil=True)
def _take(order, opening, seeker, others, places, shared, limit):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, PLR0917  # compiled
    """Take each pair in turn if places, reserve and limit still allow it."""
    chosen = np.zeros(len(order), np.bool_)
    for pair in order:
        at, who = opening[pair], seeker[pair]
        if places[at] and limit[who] and (shared[at] or not others[pair]):
            chosen[pair] = True
            places[at] -= 1
            limit[who] -= 1
            shared[at] -= others[pair]
    return chosen
