"""What is allocated: candidate pairs, places and people, checked and brought into one order."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated, Final, Self

import numpy as np

from skills_bridge.domain.matching import NotInInput, RepeatedKey, ValueOutOfRange
from skills_bridge.engine.arrays import Bools, Bounds, Columns, Flags, Int64s, Ints
from skills_bridge.engine.columns import Key

FULL_SCORE: Final = 10_000
MOST_POSTS: Final = 10_000
WHOLE: Final = 100

RANGES: Final = {
    "candidates_per_post": (1, 40),
    "live_per_person": (1, 40),
    "waiting_quota_percent": (0, WHOLE),
    "keep_bonus": (0, FULL_SCORE),
    "place_value": (1, 100 * FULL_SCORE),
}
"""Limits of the parameters, both included."""


@dataclass(frozen=True)
class AllocationPolicy:
    """How places are handed out; values are in hundredths of a per cent of a score.

    ``candidates_per_post`` people are proposed for each open post, ``live_per_person`` openings to each person. A
    filled place is worth ``place_value`` and the pair's score; ``keep_bonus`` holds on to an unsent proposal.
    """

    candidates_per_post: int = 3
    live_per_person: int = 3
    waiting_quota_percent: int = 10
    keep_bonus: int = 200
    place_value: int = FULL_SCORE

    def __post_init__(self) -> None:
        """Check the bounds.

        :raises ValueOutOfRange: a parameter lies outside its bounds.
        """
        for name, value in asdict(self).items():
            low, high = RANGES[name]
            if not low <= value <= high:
                raise ValueOutOfRange("AllocationPolicy", name, 0, value, low=low, high=high)


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
    the other side alone. The reserve of an opening is the quota's share of the places that are left, rounded down,
    and never more than the people waiting among its candidates: what they cannot fill is free for all. A reserved
    place stays empty if those people get their proposals elsewhere.

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
        open_to_all=places - np.minimum(places * policy.waiting_quota_percent // WHOLE, listed),
        limit=limit,
    )


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
