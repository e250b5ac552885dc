"""Lists over people in two parts: the many of a saved index, and the few who changed since it was built.

The few are judged by an index of their own and taken out of the answer of the saved one, so that a change of one person
does not cost an index of a million. The rows are those of one index over all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final, TypeVar

import numpy as np

from skills_bridge.domain.matching import LISTED, ResultClass
from skills_bridge.engine.arrays import Axis, Columns, Int64s, Lists
from skills_bridge.engine.columns import CohortColumns, OpeningColumns, SeekerColumns
from skills_bridge.engine.national.index import NationalIndex
from skills_bridge.engine.national.lists import NOT_COUNTED, shortlist_all
from skills_bridge.engine.national.packed import RawPeople
from skills_bridge.engine.policy import RANGES, Policy, PolicySet
from skills_bridge.engine.results import RESULT_CLASSES, Shortlists
from skills_bridge.engine.score import full_points
from skills_bridge.engine.shortlist import policy_of

MOST: Final = RANGES["longest_list"][1]
Table = TypeVar("Table", bound=Columns)


@dataclass(frozen=True, eq=False)
class Part:
    """People with their index; ``gone`` are the places of those who changed since: another part holds them."""

    seekers: SeekerColumns
    index: NationalIndex
    raw: RawPeople
    gone: Int64s


def can_leave_out(openings: OpeningColumns, policies: PolicySet, people: int) -> bool:
    """Whether lists of these openings can be made longer by so many people, to take them out afterwards."""
    return int(list_lengths(openings, policies).max(initial=0)) + people <= MOST


def shortlist_parts(
    parts: Sequence[Part], openings: OpeningColumns, cohorts: CohortColumns, policies: PolicySet
) -> Shortlists:
    """Return the exact lists over all parts; ``seeker`` counts through one part after the other.

    :raises ValueOutOfRange: more people are gone from a part than its lists can be made longer by (``can_leave_out``).
    """
    lengths, found, first = list_lengths(openings, policies), [], 0
    for part in parts:
        longer = _longer(policies, lengths, len(part.gone))
        lists = shortlist_all(part.index, openings, cohorts, longer)
        stays = ~np.isin(lists.seeker, part.gone)
        columns = {name: getattr(lists, name)[stays] for name in _names()}
        found.append(columns | {"seeker": columns["seeker"] + first})
        first += len(part.seekers)
    columns = {name: np.concatenate([part[name] for part in found]) for name in _names()}
    return _cut(columns, lengths)


def list_lengths(openings: OpeningColumns, policies: PolicySet) -> Int64s:
    """Return how many people each list of each opening holds (openings, classes listed)."""
    lengths = np.zeros((len(openings), len(LISTED)), np.int64)
    for row in range(len(openings)):
        policy = policy_of(openings, policies, row)
        lengths[row] = policy.list_length(int(openings.open_posts[row]))
        lengths[row, LISTED.index(ResultClass.NOT_ENOUGH)] = policy.shown_without_competency
        if not full_points(openings, row):
            lengths[row, LISTED.index(ResultClass.NEAR) :] = 0
    return lengths


def joined(tables: Sequence[Table]) -> Table:
    """Return the rows of several tables of a kind, one after the other."""
    if len(tables) == 1:
        return tables[0]
    first = tables[0]
    axes = {name: bounds.axis for name, bounds in first.bounds()} if isinstance(first, Lists) else {}
    parts = {}
    for name, part in first.parts():
        columns = [getattr(table, name) for table in tables]
        if isinstance(part, Columns):
            parts[name] = joined(columns)
        elif axes.get(name) is Axis.LIMIT:
            ends = np.concatenate([np.diff(column) for column in columns])
            parts[name] = np.concatenate([np.zeros(1, np.int64), np.cumsum(ends)])
        else:
            parts[name] = np.concatenate(columns)
    return replace(first, **parts)  # type: ignore[type-var]  # every child is a dataclass


def _names() -> list[str]:
    return [part.name for part in fields(Shortlists) if part.name not in {"start", "counts"}]


def _longer(policies: PolicySet, lengths: Int64s, people: int) -> PolicySet:
    """Return the policy with lists long enough to lose so many people."""
    if not people:
        return policies
    longest = int(lengths.max(initial=0)) + people

    def longer(policy: Policy) -> Policy:
        return replace(policy, shortest_list=longest, longest_list=longest, shown_without_competency=longest)

    return replace(policies, mass=longer(policies.mass), scarce=longer(policies.scarce))


def _cut(columns: dict[str, Any], lengths: Int64s) -> Shortlists:
    """Return the best rows of each list, ranked anew; nobody is counted."""
    order = np.lexsort((-columns["order_key"], columns["result_class"], columns["opening"]))
    columns = {name: column[order] for name, column in columns.items()}
    owner = columns["opening"] * len(LISTED) + columns["result_class"]
    place = np.arange(len(owner))
    is_first = np.diff(owner, prepend=-1) != 0
    rank = place - np.maximum.accumulate(np.where(is_first, place, 0)) + 1
    stays = rank <= lengths[columns["opening"], columns["result_class"]]
    kept = {name: column[stays] for name, column in columns.items()} | {"rank": rank[stays].astype(np.int32)}
    sizes = np.bincount(kept["opening"], minlength=len(lengths))
    start = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
    return Shortlists(start=start, counts=np.full((len(lengths), len(RESULT_CLASSES)), NOT_COUNTED, np.int64), **kept)
