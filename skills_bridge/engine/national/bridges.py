"""Which cohorts can close a gap of which opening: worked out once, before anybody is looked at."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from skills_bridge.domain.framework import MAX_REQUIREMENTS
from skills_bridge.domain.matching import GateKind
from skills_bridge.engine.arrays import NO_DAY, Bits, Int64s
from skills_bridge.engine.columns import POLICY_PROFILES, CohortColumns, OpeningColumns
from skills_bridge.engine.national.compiling import compiled
from skills_bridge.engine.national.lanes import WORD
from skills_bridge.engine.national.layout import SET_GATES, GateLayout
from skills_bridge.engine.policy import PolicySet

NOWHERE = -1
"""The plane of a province in which nobody would work."""


class Reaches(NamedTuple):
    """Whom a cohort can take, each answer once for all cohorts of one province that ask for the same education.

    ``entry`` is the least education field of a signature, 0 open to all; ``province`` the plane of those mobile there,
    -1 where nobody would work.
    """

    entry: Int64s
    province: Int64s


class Ways(NamedTuple):
    """What the usable cohorts of opening ``i`` have in common, from ``start[i]`` to ``start[i + 1]``, each way once.

    A way closes the musts ``taught``, bits by their place in the opening, for the people of ``reach``, a place in
    ``Reaches``. Those that close the same musts stand together, and ways that nobody can go are left out: whether there
    is a cohort at all can be asked of many people by far fewer questions than there are cohorts.
    """

    start: Int64s
    taught: Bits
    reach: Int64s


class Bridges(NamedTuple):
    """The usable cohorts of opening ``i`` from ``start[i]`` to ``start[i + 1]``, the earliest end first, then by id.

    ``taught`` has a bit per must, by its place in the opening, that the cohort teaches at its level; cohorts that teach
    none are left out. ``cohort`` is the place in the input, ``reach``, by that place, one in ``reaches``. ``teachable``
    (openings) is the union of ``taught``; ``musts`` (openings) has a bit per must.
    """

    start: Int64s
    taught: Bits
    cohort: Int64s
    reach: Int64s
    reaches: Reaches
    ways: Ways
    teachable: Bits
    musts: Bits


def bridges_of(
    openings: OpeningColumns, cohorts: CohortColumns, policies: PolicySet, layout: GateLayout, *, as_of: int
) -> Bridges:
    """Return the cohorts that teach something each opening misses, with a free seat, in time, on the day ``as_of``."""
    begun = (cohorts.enrolment_from_day == NO_DAY) | (cohorts.enrolment_from_day <= as_of)
    lasting = (cohorts.enrolment_until_day == NO_DAY) | (cohorts.enrolment_until_day >= as_of)
    usable = np.flatnonzero((cohorts.free_seats > 0) & begun & lasting)
    usable = usable[np.lexsort((cohorts.cohort_id[usable], cohorts.expected_end_day[usable]))]
    teaches = cohorts.teaches.take(usable)
    by_competency = np.argsort(teaches.codes, kind="stable")
    settle = np.array([policies.of(profile).settle_days for profile in POLICY_PROFILES], np.int64)
    latest = openings.start_day.astype(np.int64) - settle[openings.policy_profile]
    latest[openings.start_day == NO_DAY] = np.iinfo(np.int64).min
    asked = openings.requirements
    start, taught, place, teachable, musts = _taught(
        latest,
        asked.start.astype(np.int64),
        asked.competency.astype(np.int64),
        asked.level.astype(np.int64),
        asked.is_must,
        cohorts.expected_end_day[usable].astype(np.int64),
        teaches.codes[by_competency].astype(np.int64),
        teaches.level[by_competency].astype(np.int64),
        teaches.owners[by_competency],
    )
    rank = cohorts.entry_rank.astype(np.int64)
    entry = np.where(rank == 0, 0, rank + 1)
    reach, reaches = _reaches(entry, _provinces(cohorts, layout))
    place = usable[place]
    ways = _ways(start, taught, reach[place], reaches)
    return Bridges(start, taught, place, reach, reaches, ways, teachable, musts)


def _reaches(entry: Int64s, province: Int64s) -> tuple[Int64s, Reaches]:
    """Return which of the distinct reaches each cohort has, and those."""
    distinct, reach = np.unique(np.stack([entry, province]), axis=1, return_inverse=True)
    return reach.ravel(), Reaches(*(np.ascontiguousarray(row) for row in distinct))


def _ways(start: Int64s, taught: Bits, reach: Int64s, reaches: Reaches) -> Ways:
    """Return the distinct ways of each opening that somebody can go."""
    sets, reached = 1 << MAX_REQUIREMENTS, max(len(reaches.entry), 1)
    opening = np.repeat(np.arange(len(start) - 1), np.diff(start))
    rows = np.unique(((opening * sets + taught) * reached + reach)[reaches.province[reach] != NOWHERE])
    rows, reach_of = np.divmod(rows, reached)
    owner, taught_by = np.divmod(rows, sets)
    limits = np.searchsorted(owner, np.arange(len(start))).astype(np.int64)
    return Ways(limits, taught_by.astype(np.uint16), reach_of)


def _provinces(cohorts: CohortColumns, layout: GateLayout) -> Int64s:
    """Return the plane of each cohort's province."""
    mobility = next(place for place, gate in enumerate(SET_GATES) if gate.kind is GateKind.MOBILITY)
    column = SET_GATES[mobility].column
    if layout.is_asked:
        layout.check_holds("CohortColumns", column, cohorts.province)
    places = layout.places(column, cohorts.province)
    plane = WORD * layout.field_words + layout.first_bits[mobility] + places
    return np.where(places == len(layout.codes[column]), NOWHERE, plane)


@compiled
def _taught(  # noqa: PLR0917  # compiled
    latest: Int64s,
    start: Int64s,
    competency: Int64s,
    level: Int64s,
    is_must: npt.NDArray[np.bool_],
    ends: Int64s,
    codes: Int64s,
    levels: Int64s,
    owners: Int64s,
) -> tuple[Int64s, Bits, Int64s, Bits, Bits]:
    """Gather, opening by opening, the musts that each cohort teaches; ``codes`` rise."""
    openings = len(latest)
    found_start = np.zeros(openings + 1, np.int64)
    taught, place = [np.uint16(0) for _ in range(0)], [np.int64(0) for _ in range(0)]
    teachable, musts = np.zeros(openings, np.uint16), np.zeros(openings, np.uint16)
    mine = np.zeros(len(ends), np.uint16)
    for row in range(openings):
        mine[:] = 0
        for item in range(start[row], start[row + 1]):
            if is_must[item]:
                bit = np.uint16(1 << (item - start[row]))
                musts[row] |= bit
                at = np.searchsorted(codes, competency[item])
                while at < len(codes) and codes[at] == competency[item]:
                    if levels[at] >= level[item]:
                        mine[owners[at]] |= bit
                    at += 1
        for cohort in range(len(ends)):
            if mine[cohort] and ends[cohort] <= latest[row]:
                taught.append(mine[cohort])
                place.append(np.int64(cohort))
                teachable[row] |= mine[cohort]
        found_start[row + 1] = len(place)
    return found_start, np.array(taught, np.uint16), np.array(place, np.int64), teachable, musts
