"""The allocation as an auction: openings bid for people until none wants another, which is far quicker than a flow.

An opening takes the people who are worth most to it after their prices, and offers each what leaves her worth as much
as the next one whom it does not get, and the least amount more; the lowest offer to a person gives way. Prices only
rise. Where people are scarce, openings outbid each other by that least amount for ever: then the flow is quicker, and
``choose_by_bids`` says so. The method is Bertsekas' auction for transportation problems (1988).
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numba import njit

from skills_bridge.engine.allocation_problem import Problem
from skills_bridge.engine.arrays import Bools, Int64s

SCALE: Final = 2**20
"""Amounts to a unit of worth. Each place can cost the choice one amount: fewer places than amounts make it exact."""

PATIENCE: Final = 2
"""Bids for each place that can be filled, after which the auction is given up."""

NOBODY: Final = -1


class Market(NamedTuple):
    """Pairs by opening, those of opening ``i`` from ``start[i]`` to ``start[i + 1]``; ``value`` in amounts.

    A person's proposals are *slots*, hers from ``slot[person]`` to ``slot[person + 1]``. ``is_other`` marks the pairs
    that take one of the ``open_to_all`` places of an opening.
    """

    start: Int64s
    opening: Int64s
    seeker: Int64s
    value: Int64s
    is_other: Bools
    places: Int64s
    open_to_all: Int64s
    slot: Int64s


class Bids(NamedTuple):
    """How the auction stands: pairs ``held``, places ``left`` and ``room`` for others by opening.

    By slot the ``holder`` (a pair, -1: free) and what it ``paid``; ``price`` of a person, what her cheapest slot costs.
    """

    held: Bools
    left: Int64s
    room: Int64s
    holder: Int64s
    paid: Int64s
    price: Int64s


def choose_by_bids(problem: Problem) -> Bools | None:
    """Return which pairs are chosen, a choice of the highest worth; ``None`` where people are too scarce for bids.

    The prices bound what any choice is worth; one that is less than a unit below the bound has the highest worth, since
    worth is counted in whole units.
    """
    candidates = np.bincount(problem.opening, minlength=len(problem.places))
    fillable = int(np.minimum(problem.places, candidates).sum())
    is_listed = np.bincount(problem.seeker, minlength=len(problem.limit)) > 0
    if fillable > problem.limit[is_listed].sum() or fillable >= SCALE:
        return None
    market = _market_of(problem)
    bids = _none(market)
    if not _bid(market, bids, PATIENCE * fillable):
        return None
    gap = _bound(market, bids, _none(market)) - int(market.value[bids.held].sum())
    return bids.held if gap < SCALE else None


def _market_of(problem: Problem) -> Market:
    """Return a problem as the auction reads it; who can get no proposal is worth nothing.

    Nobody needs more slots than there are openings that list her.
    """
    slots = np.minimum(problem.limit, np.bincount(problem.seeker, minlength=len(problem.limit)))
    return Market(
        np.searchsorted(problem.opening, np.arange(len(problem.places) + 1)).astype(np.int64),
        problem.opening,
        problem.seeker,
        np.where(problem.limit[problem.seeker] > 0, SCALE * problem.value, 0),
        ~problem.is_waiting[problem.seeker],
        problem.places,
        problem.open_to_all,
        np.concatenate([np.zeros(1, np.int64), np.cumsum(slots)]),
    )


def _none(market: Market) -> Bids:
    """Return how the auction begins."""
    slots, people = int(market.slot[-1]), len(market.slot) - 1
    return Bids(
        np.zeros(len(market.value), np.bool_),
        market.places.copy(),
        market.open_to_all.copy(),
        np.full(slots, NOBODY, np.int64),
        np.zeros(slots, np.int64),
        np.zeros(people, np.int64),
    )


@njit(cache=True, nogil=True)
def _bid(market: Market, bids: Bids, most: int) -> bool:
    """Let the openings bid, those who lost somebody again; say whether all are content before ``most`` bids."""
    openings = len(market.places)
    queue, is_queued = np.arange(openings + 1), np.ones(openings, np.bool_)
    wanted = np.empty(len(market.value), np.int64)
    first, last, made = 0, openings, 0
    while first != last and made <= most:
        opening = queue[first]
        first, is_queued[opening] = (first + 1) % (openings + 1), False
        count, next_best, next_other = _choose(market, bids, opening, wanted)
        for pair in wanted[:count]:
            least = next_other if market.is_other[pair] else next_best
            loser = _take(market, bids, pair, market.value[pair] - least + 1)
            if loser != NOBODY and not is_queued[loser]:
                queue[last], is_queued[loser] = loser, True
                last = (last + 1) % (openings + 1)
        made += count
    return first == last


@njit(cache=True, nogil=True)
def _choose(market: Market, bids: Bids, opening: int, wanted: Int64s) -> tuple[int, int, int]:
    """Write the pairs that an opening wants for the places it has left; return how many, and what comes next.

    That is the worth after the price of the next best person whom it does not get, of any and of the others, 0 where
    there is none: what a wanted one must stay worth to be preferred.
    """
    first, end = market.start[opening], market.start[opening + 1]
    loss = np.empty(end - first, np.int64)
    for pair in range(first, end):
        loss[pair - first] = 0 if bids.held[pair] else bids.price[market.seeker[pair]] - market.value[pair]
    room, count, next_best, next_other = bids.room[opening], 0, 0, 0
    for place in np.argsort(loss):
        worth, is_other = -loss[place], market.is_other[first + place]
        if worth <= 0:
            break
        if is_other and room == 0:
            next_other = max(next_other, worth)
        elif count == bids.left[opening]:
            next_best = worth
            break
        else:
            wanted[count], count, room = first + place, count + 1, room - is_other
    return count, next_best, max(next_best, next_other)


@njit(cache=True, nogil=True)
def _take(market: Market, bids: Bids, pair: int, offer: int) -> int:
    """Give a pair the person's cheapest slot; return the opening that loses it, or -1."""
    first, end = market.slot[market.seeker[pair]], market.slot[market.seeker[pair] + 1]
    slot = first + np.argmin(bids.paid[first:end])
    before, loser = bids.holder[slot], NOBODY
    if before != NOBODY:
        loser = market.opening[before]
        bids.held[before] = False
        bids.left[loser] += 1
        bids.room[loser] += market.is_other[before]
    bids.holder[slot], bids.paid[slot], bids.held[pair] = pair, offer, True
    bids.left[market.opening[pair]] -= 1
    bids.room[market.opening[pair]] -= market.is_other[pair]
    bids.price[market.seeker[pair]] = bids.paid[first:end].min()
    return loser


@njit(cache=True, nogil=True)
def _bound(market: Market, bids: Bids, none: Bids) -> int:
    """Return what no choice is worth more than, in amounts: all slots at their price, and the best each opening finds.

    ``none`` is how the auction began; its prices become those of ``bids``.
    """
    none.price[:] = bids.price
    wanted, total = np.empty(len(market.value), np.int64), 0
    for person in range(len(bids.price)):
        total += bids.price[person] * (market.slot[person + 1] - market.slot[person])
    for opening in range(len(market.places)):
        for pair in wanted[: _choose(market, none, opening, wanted)[0]]:
            total += market.value[pair] - bids.price[market.seeker[pair]]
    return total
