"""What is allocated: candidate pairs, places and people, checked and brought into one order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final, Self

import numpy as np

from skills_bridge.domain.matching import NotInInput, RepeatedKey
from skills_bridge.engine.allocation_policy import FULL_SCORE, WHOLE, AllocationPolicy
from skills_bridge.engine.arrays import Bools, Bounds, Columns, Flags, Int64s, Ints
from skills_bridge.engine.columns import Key

MOST_POSTS: Final = 10_000


@dataclass(frozen=True, eq=False)
class OpenPosts(Columns):
    """The openings that take part, with the posts still open."""

    opening_id: Key
    open_posts: Annotated[Ints, Bounds(np.int64, 0, MOST_POSTS)]


@dataclass(frozen=True, eq=False)
class Waiting(Columns):
    """The people who take part; ``is_waiting`` marks those who have waited for twelve months or more."""

    seeker_id: Key
    is_waiting: Flags


@dataclass(frozen=True, eq=False)
class Pairs(Columns):
    """Pairs of opening and person: live proposals, unsent ones of the last run, or pairs an adviser forbids."""

    opening_id: Key
    seeker_id: Key

    @classmethod
    def none(cls) -> Self:
        """Return the empty table."""
        return cls(np.zeros(0, np.int64), np.zeros(0, np.int64))


@dataclass(frozen=True, eq=False)
class Candidates(Columns):
    """The entries of the *ready* lists; ``score`` is 0 to 10,000 hundredths of a per cent."""

    opening_id: Key
    seeker_id: Key
    score: Annotated[Ints, Bounds(np.int64, 0, FULL_SCORE)]


@dataclass(frozen=True, eq=False)
class Problem:
    """The problem in its one order: openings and people by rising id, pairs by opening, then person.

    ``opening`` and ``seeker`` are places in ``opening_id`` and ``seeker_id``; ``value`` is what choosing the pair is
    worth. ``places`` and ``limit`` are what live proposals leave of an opening's places and of a person's. At most
    ``open_to_all`` of an opening's places go to people for whom ``is_waiting`` is false; the rest is the reserve.
    """

    opening_id: Int64s
    seeker_id: Int64s
    opening: Int64s
    seeker: Int64s
    score: Int64s
    value: Int64s
    is_waiting: Bools
    places: Int64s
    open_to_all: Int64s
    limit: Int64s


def build_problem(
    candidates: Candidates,
    openings: OpenPosts,
    people: Waiting,
    policy: AllocationPolicy,
    *,
    live: Pairs,
    unsent: Pairs,
    forbidden: Pairs,
) -> Problem:
    """Return the problem; the same rows in any order give the same problem.

    A live proposal keeps its place and is not proposed again; if its opening or person takes no part, it counts for
    the other side alone. ``reserved_places`` says what the waiting quota takes; a reserved place stays empty if those
    people get their proposals elsewhere.

    :raises RepeatedKey: an opening, a person or a candidate pair stands twice.
    :raises NotInInput: a candidate's opening or person takes no part.
    """
    openings.check_unique("opening_id")
    people.check_unique("seeker_id")
    opening_id, seeker_id = _sorted(openings.opening_id), _sorted(people.seeker_id)
    posts = openings.open_posts[np.argsort(openings.opening_id)]
    waits = people.is_waiting[np.argsort(people.seeker_id)]
    opening = _places(candidates, "opening_id", opening_id)
    seeker = _places(candidates, "seeker_id", seeker_id)
    order = _canonical(opening, seeker, len(seeker_id))
    taken = [_keys(pairs, opening_id, seeker_id) for pairs in (live, forbidden)]
    keys = (opening * len(seeker_id) + seeker)[order]
    kept = order[~np.isin(keys, np.concatenate(taken))]
    opening, seeker, score = opening[kept], seeker[kept], candidates.score[kept].astype(np.int64)
    bonus = np.isin(opening * len(seeker_id) + seeker, _keys(unsent, opening_id, seeker_id))
    places = np.maximum(posts * policy.candidates_per_post - _counts(live.opening_id, opening_id), 0)
    limit = np.maximum(policy.live_per_person - _counts(live.seeker_id, seeker_id), 0)
    listed = np.bincount(opening[waits[seeker] & (limit[seeker] > 0)], minlength=len(opening_id))
    return Problem(
        opening_id=opening_id,
        seeker_id=seeker_id,
        opening=opening,
        seeker=seeker,
        score=score,
        value=score + policy.place_value + policy.keep_bonus * bonus,
        is_waiting=waits,
        places=places,
        open_to_all=places - reserved_places(places, listed, policy.waiting_quota_percent),
        limit=limit,
    )


def reserved_places(places: Int64s, listed: Int64s, percent: int) -> Int64s:
    """Return how many of each opening's places wait for people who have waited long, of whom it lists ``listed``.

    An opening's share is the quota's part of its places, at most one place for each of them: what they cannot fill is
    free for all. The shares of the whole run, added and rounded up, are handed out in whole places by largest
    remainder, among equals where more of them are listed, then by rising id. So each opening keeps its share rounded
    down or up, and a run of many small openings keeps as much as a run of few large ones.
    """
    share = np.minimum(places * percent, listed * WHOLE)
    reserved, rest = share // WHOLE, share % WHOLE
    owed = int(-(-int(share.sum()) // WHOLE) - reserved.sum())
    first = np.lexsort((-listed, -rest))[:owed]
    reserved[first] += 1
    return reserved


def _sorted(ids: Ints) -> Int64s:
    """Return the ids, rising."""
    return np.sort(ids).astype(np.int64)


def _places(candidates: Candidates, column: str, ids: Int64s) -> Int64s:
    """Return where each candidate's key stands among the sorted ids."""
    keys: Int64s = getattr(candidates, column)
    absent = ~np.isin(keys, ids)
    if absent.any():
        row = int(absent.argmax())
        raise NotInInput("Candidates", column, row, int(keys[row]))
    return np.searchsorted(ids, keys).astype(np.int64)


def _canonical(opening: Int64s, seeker: Int64s, people: int) -> Int64s:
    """Return the order of the pairs by opening and person."""
    keys = opening * people + seeker
    order = np.argsort(keys, kind="stable").astype(np.int64)
    again = np.flatnonzero(np.diff(keys[order]) == 0)
    if len(again):
        row = int(order[again[0] + 1])
        raise RepeatedKey("Candidates", "seeker_id", row, int(seeker[row]))
    return order


def _keys(pairs: Pairs, opening_id: Int64s, seeker_id: Int64s) -> Int64s:
    """Return the one number of each pair whose two sides take part."""
    both = np.isin(pairs.opening_id, opening_id) & np.isin(pairs.seeker_id, seeker_id)
    opening = np.searchsorted(opening_id, pairs.opening_id[both]).astype(np.int64)
    return opening * len(seeker_id) + np.searchsorted(seeker_id, pairs.seeker_id[both])


def _counts(keys: Ints, ids: Int64s) -> Int64s:
    """Return how often each of the sorted ids stands among the keys."""
    known = np.searchsorted(ids, keys[np.isin(keys, ids)])
    return np.bincount(known, minlength=len(ids)).astype(np.int64)
