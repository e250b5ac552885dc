"""Lists over people in several parts: the many of a saved index, and the few who changed since it was built.

The few are judged by an index of their own and hidden in the saved one, so that a change of one person costs nothing
like a new index of a million. The rows are those of one index over all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace

import numpy as np

from skills_bridge.domain.matching import LISTED, ResultClass
from skills_bridge.engine.arrays import Int64s
from skills_bridge.engine.columns import POLICY_PROFILES, CohortColumns, OpeningColumns
from skills_bridge.engine.national.index import NOBODY, NationalIndex
from skills_bridge.engine.national.lists import shortlist_all
from skills_bridge.engine.policy import PolicySet
from skills_bridge.engine.results import RESULT_CLASSES, Shortlists
from skills_bridge.engine.score import full_points


def hidden(index: NationalIndex, people: Int64s) -> NationalIndex:
    """Return the index without some people, by their ids; who is not in it is left out of account."""
    place = np.searchsorted(index.ids, people)
    known = place < len(index.ids)
    known[known] = index.ids[place[known]] == people[known]
    key = index.blocks.key.copy()
    key[index.lane_of[place[known]]] = NOBODY
    key.flags.writeable = False
    return replace(index, blocks=index.blocks._replace(key=key))


def shortlist_parts(
    parts: Sequence[NationalIndex],
    openings: OpeningColumns,
    cohorts: CohortColumns,
    policies: PolicySet,
    *,
    threads: int = 1,
) -> Shortlists:
    """Return the exact lists over all parts; ``seeker`` counts through the people of one part after the other's."""
    found = [shortlist_all(part, openings, cohorts, policies, threads=threads) for part in parts]
    if len(found) == 1:
        return found[0]
    offsets = np.cumsum([0, *(len(part.ids) for part in parts)])
    seekers = np.concatenate([one.seeker + offset for one, offset in zip(found, offsets, strict=False)])
    return _merged(found, seekers, lengths_of(openings, policies))


def lengths_of(openings: OpeningColumns, policies: PolicySet) -> Int64s:
    """Return how many people each list of each opening holds (openings, classes listed)."""
    lengths = np.zeros((len(openings), len(LISTED)), np.int64)
    for row in range(len(openings)):
        policy = policies.of(POLICY_PROFILES[openings.policy_profile[row]])
        lengths[row] = policy.list_length(int(openings.open_posts[row]))
        lengths[row, LISTED.index(ResultClass.NOT_ENOUGH)] = policy.shown_without_competency
        if not full_points(openings, row):
            lengths[row, LISTED.index(ResultClass.NEAR) :] = 0
    return lengths


def _merged(found: Sequence[Shortlists], seekers: Int64s, lengths: Int64s) -> Shortlists:
    """Return the best of several answers to the same openings."""
    names = [part.name for part in fields(Shortlists) if part.name not in {"start", "counts", "seeker"}]
    columns = {name: np.concatenate([getattr(one, name) for one in found]) for name in names}
    columns["seeker"] = seekers
    order = np.lexsort((-columns["order_key"], columns["result_class"], columns["opening"]))
    columns = {name: column[order] for name, column in columns.items()}
    owner = columns["opening"] * len(RESULT_CLASSES) + columns["result_class"]
    is_first = np.diff(owner, prepend=-1) != 0
    place = np.arange(len(owner))
    rank = place - np.maximum.accumulate(np.where(is_first, place, 0)) + 1
    stays = rank <= lengths[columns["opening"], columns["result_class"]]
    columns = {name: column[stays] for name, column in columns.items()} | {"rank": rank[stays].astype(np.int32)}
    sizes = np.bincount(columns["opening"], minlength=len(lengths))
    start = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
    return Shortlists(start=start, counts=found[0].counts, **columns)
