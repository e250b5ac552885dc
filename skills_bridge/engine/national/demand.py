"""Openings as the compiled functions read them: sorted so that neighbours want the same people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, NamedTuple, TypeVar, cast

import numpy as np
import numpy.typing as npt

from skills_bridge.domain.framework import LEVELS as ALL_LEVELS
from skills_bridge.engine.arrays import NO_VALUE, Bits, Bools, Int64s
from skills_bridge.engine.columns import POLICY_PROFILES, CohortColumns, OpeningColumns
from skills_bridge.engine.national.bridges import Bridges, bridges_of
from skills_bridge.engine.national.conditions import Conditions, Path, conditions_of, path_of
from skills_bridge.engine.national.layout import GateLayout
from skills_bridge.engine.national.signatures import Needs, needs_of
from skills_bridge.engine.policy import FULL_CREDIT, PolicySet
from skills_bridge.engine.results import Shortlists

Codes8 = npt.NDArray[np.uint8]
Parts = TypeVar("Parts", bound=tuple[Any, ...])
LEVELS: Final = len(ALL_LEVELS)
"""Levels of a competency, and as many ranks of evidence."""

FEW_ASK: Final = 20
"""A competency that more than one opening in so many asks tells nothing of a trade."""


class Asks(NamedTuple):
    """The requirements: those of opening ``i`` from ``start[i]`` to ``start[i + 1]``, at most sixteen.

    ``line`` is ``4 * competency + level``: a place in ``Demand.competencies``, and 0 to 3 (one less than asked);
    ``weight`` 1 to 5; ``evidence`` a rank. ``full`` is what a perfect person has, at most 20,000 points; 0: nothing
    asked. The musts of opening ``i`` stand again from ``must_start[i]`` to ``must_start[i + 1]``: ``must`` a place in
    ``Musts``, ``must_bit`` has the bit of the requirement's place in the opening.
    """

    start: Int64s
    line: Int64s
    weight: Bits
    evidence: Codes8
    full: Int64s
    must_start: Int64s
    must: Int64s
    must_bit: Bits


class Musts(NamedTuple):
    """The distinct musts: competency, level, and evidence asked."""

    competency: Int64s
    level: Codes8
    evidence: Codes8


class Asked(NamedTuple):
    """All that the compiled functions read of the openings, in the order in which they are served."""

    conditions: Conditions
    path: Path
    asks: Asks
    musts: Musts
    bridges: Bridges


@dataclass(frozen=True, eq=False)
class Demand:
    """Openings in the order in which they are served: by policy, by their first condition (province), and by trade.

    ``row`` is each one's place in the input, ``policy`` its place in ``POLICY_PROFILES``. ``length`` (openings, 4) says
    how many people each list holds, by class: ready, to confirm, near, not enough.
    """

    row: Int64s
    policy: Int64s
    length: Int64s
    competencies: Int64s
    needs: Needs
    asked: Asked
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
    conditions, owner, number = conditions_of(needs, layout)
    order, path = _served(openings, owner, number)
    sorted_openings = openings.take(order)
    asks, musts, competencies = _requirements(sorted_openings)
    bridges = bridges_of(sorted_openings, cohorts, policies, layout, as_of=as_of)
    asked = Asked(conditions, path, asks, musts, bridges)
    return Demand(
        order,
        sorted_openings.policy_profile.astype(np.int64),
        _lengths(sorted_openings, policies, asks.full > 0),
        competencies,
        _frozen(Needs._make(part[order] for part in needs)),
        _frozen(asked),
        policies,
    )


def _served(openings: OpeningColumns, owner: Int64s, number: Int64s) -> tuple[Int64s, Path]:
    """Return the openings in the order in which they are served, and their way through the conditions."""
    counts = np.bincount(owner, minlength=len(openings))
    start = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    place = np.arange(len(owner)) - start[owner]
    table = np.full((len(openings), counts.max(initial=0)), -1, np.int32)
    table[owner, place] = number
    first = table[:, 0] if table.shape[1] else np.zeros(len(openings), np.int32)
    order = np.lexsort((*table.T[::-1], _leads(openings), first, openings.policy_profile))
    served = table[order]
    start = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts[order])])
    return order, path_of(start, served[served >= 0].astype(np.int64))


def _leads(openings: OpeningColumns) -> Int64s:
    """Return the competency that stands for each opening's trade: the most asked of hers that few openings ask.

    Openings of one trade read the same rows of a block; one after the other they find them in the nearest cache.
    """
    asked = openings.requirements
    competencies, place, count = np.unique(asked.competency, return_inverse=True, return_counts=True)
    told = np.where(count * FEW_ASK > len(openings), 0, count)[place]
    order = np.lexsort((told, asked.owners))
    lead = np.full(len(openings), NO_VALUE, np.int64)
    lead[asked.owners[order]] = competencies[place[order]]
    return lead


def _requirements(openings: OpeningColumns) -> tuple[Asks, Musts, Int64s]:
    """Return the requirements with the distinct musts, and the competencies asked, rising."""
    asked = openings.requirements
    competencies, competency = np.unique(asked.competency, return_inverse=True)
    level = asked.level.astype(np.int64) - 1
    is_must = np.flatnonzero(asked.is_must)
    grade = asked.evidence[is_must].astype(np.int64)
    musts, must = np.unique((competency * LEVELS + level)[is_must] * LEVELS + grade, return_inverse=True)
    weights = np.concatenate([np.zeros(1, np.int64), np.cumsum(asked.weight, dtype=np.int64)])
    place = np.arange(len(level)) - asked.start[asked.owners]
    asks = Asks(
        asked.start.astype(np.int64),
        LEVELS * competency + level,
        asked.weight.astype(np.uint16),
        asked.evidence.astype(np.uint8),
        FULL_CREDIT * np.diff(weights[asked.start]),
        np.searchsorted(is_must, asked.start).astype(np.int64),
        must,
        (1 << place[is_must]).astype(np.uint16),
    )
    must_line, evidence = np.divmod(musts, LEVELS)
    return (
        asks,
        Musts(must_line // LEVELS, (must_line % LEVELS).astype(np.uint8), evidence.astype(np.uint8)),
        competencies.astype(np.int64),
    )


def _frozen(parts: Parts) -> Parts:
    """Return a named tuple of arrays, or of such tuples, so that nobody can change them."""
    made: Any = parts
    return cast("Parts", made._make(_frozen(part) if isinstance(part, tuple) else _kept(part) for part in made))


def _kept(part: npt.NDArray[Any]) -> npt.NDArray[Any]:
    found = np.ascontiguousarray(part)
    found.flags.writeable = False
    return found


def _lengths(openings: OpeningColumns, policies: PolicySet, is_scored: Bools) -> Int64s:
    """Return the length of each opening's lists; where nothing is asked, nobody lacks data and nothing is short."""
    found = np.zeros((len(openings), 4), np.int64)
    for profile, name in enumerate(POLICY_PROFILES):
        policy, mine = policies.of(name), openings.policy_profile == profile
        posts, row = np.unique(openings.open_posts[mine], return_inverse=True)
        usual = np.array([policy.list_length(int(number)) for number in posts], np.int64)[row]
        found[mine] = np.column_stack([usual, usual, usual, np.full(len(usual), policy.shown_without_competency)])
    found[~is_scored, 2:] = 0
    return found
