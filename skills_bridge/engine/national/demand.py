"""Openings as the compiled functions read them: sorted so that neighbours want the same people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from skills_bridge.engine.arrays import Bits, Bools, Int64s
from skills_bridge.engine.columns import POLICY_PROFILES, CohortColumns, OpeningColumns
from skills_bridge.engine.national.bridges import Bridges, bridges_of
from skills_bridge.engine.national.layout import GateLayout
from skills_bridge.engine.national.signatures import Needs, needs_of
from skills_bridge.engine.policy import FULL_CREDIT, PolicySet
from skills_bridge.engine.results import Shortlists

Codes8 = npt.NDArray[np.uint8]


class Asks(NamedTuple):
    """The requirements: those of opening ``i`` from ``start[i]`` to ``start[i + 1]``, at most sixteen.

    ``competency`` is a place in ``Demand.competencies``; ``level`` 0 to 3 (one less than asked); ``weight`` 1 to 5;
    ``evidence`` a rank. ``full`` holds each opening's points of a perfect person, at most 20,000; 0: nothing asked.
    """

    start: Int64s
    competency: Int64s
    level: Codes8
    weight: Bits
    is_must: Bools
    evidence: Codes8
    full: Int64s


@dataclass(frozen=True, eq=False)
class Demand:
    """Openings in the order in which they are served: by policy, then by what they need.

    ``row`` is each one's place in the input, ``policy`` its place in ``POLICY_PROFILES``. ``length`` (openings, 4) says
    how many people each list holds, by class: ready, to confirm, near, not enough.
    """

    row: Int64s
    policy: Int64s
    length: Int64s
    competencies: Int64s
    needs: Needs
    asks: Asks
    bridges: Bridges
    policies: PolicySet

    def __len__(self) -> int:
        """Return the number of openings."""
        return len(self.row)

    def worst_keys(self, found: Shortlists) -> Int64s:
        """Return the last order key of each list of a run (openings as they came, 4 classes); -1 where it has room."""
        worst = np.full((len(self), 4), -1, np.int64)
        is_last = found.rank == self.length[np.argsort(self.row)][found.opening, found.result_class]
        worst[found.opening[is_last], found.result_class[is_last]] = found.order_key[is_last]
        return worst


def pack_demand(
    openings: OpeningColumns, cohorts: CohortColumns, policies: PolicySet, layout: GateLayout, *, as_of: int
) -> Demand:
    """Return the openings, with the cohorts that can serve them, ready to be matched under a layout of signatures.

    :raises NotInInput: a code asked is missing from a layout of what is asked.
    """
    needs = needs_of(openings, layout)
    order = np.lexsort((openings.education_rank, *needs.all_of.T[::-1], openings.policy_profile))
    sorted_openings = openings.take(order)
    asked = sorted_openings.requirements
    competencies = np.unique(asked.competency).astype(np.int64)
    weights = np.concatenate([np.zeros(1, np.int64), np.cumsum(asked.weight, dtype=np.int64)])
    asks = Asks(
        asked.start.astype(np.int64),
        np.searchsorted(competencies, asked.competency),
        (asked.level - 1).astype(np.uint8),
        asked.weight.astype(np.uint16),
        asked.is_must,
        asked.evidence.astype(np.uint8),
        FULL_CREDIT * np.diff(weights[asked.start]),
    )
    bridges = bridges_of(sorted_openings, cohorts, policies, layout, as_of=as_of)
    return Demand(
        order,
        sorted_openings.policy_profile.astype(np.int64),
        _lengths(sorted_openings, policies, asks.full > 0),
        competencies,
        Needs._make(_frozen(part[order] for part in needs)),
        Asks._make(_frozen(asks)),
        Bridges._make(_frozen(bridges)),
        policies,
    )


def _frozen(parts: Iterable[npt.NDArray[Any]]) -> Iterator[npt.NDArray[Any]]:
    """Yield the arrays so that nobody can change them."""
    for part in parts:
        found = np.ascontiguousarray(part)
        found.flags.writeable = False
        yield found


def _lengths(openings: OpeningColumns, policies: PolicySet, is_scored: Bools) -> Int64s:
    """Return the length of each opening's lists; where nothing is asked, nobody lacks data and nothing is short."""
    found = np.zeros((len(openings), 4), np.int64)
    for row, (posts, profile) in enumerate(zip(openings.open_posts, openings.policy_profile, strict=True)):
        policy = policies.of(POLICY_PROFILES[profile])
        usual = policy.list_length(int(posts))
        found[row] = usual, usual, usual, policy.shown_without_competency
    found[~is_scored, 2:] = 0
    return found
