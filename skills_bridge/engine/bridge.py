"""The bridge: which cohort teaches a person what an opening's musts still miss, in time, and within reach."""

from __future__ import annotations

import numpy as np

from skills_bridge.engine.arrays import NO_DAY, NO_VALUE, Bits, Int64s
from skills_bridge.engine.columns import CohortColumns, OpeningColumns, SeekerColumns
from skills_bridge.engine.policy import Policy


def usable_cohorts(cohorts: CohortColumns, openings: OpeningColumns, policy: Policy, *, row: int, as_of: int) -> Int64s:
    """Return the places of the cohorts that can serve an opening, the earliest end first, then the smallest id.

    A seat is free, enrolment is open on ``as_of``, and the expected end plus the days to settle is not after the
    start of work. An opening without a start has none.
    """
    start = int(openings.start_day[row])
    begun = (cohorts.enrolment_from_day == NO_DAY) | (cohorts.enrolment_from_day <= as_of)
    lasting = (cohorts.enrolment_until_day == NO_DAY) | (cohorts.enrolment_until_day >= as_of)
    in_time = cohorts.expected_end_day.astype(np.int64) + policy.settle_days <= start
    usable = np.flatnonzero((cohorts.free_seats > 0) & begun & lasting & in_time & (start != NO_DAY))
    order = np.lexsort((cohorts.cohort_id[usable], cohorts.expected_end_day[usable]))
    return usable[order]


def taught_musts(cohorts: CohortColumns, openings: OpeningColumns, row: int) -> Bits:
    """Return, for each cohort, the musts of an opening that it teaches at their required level."""
    taught = np.zeros(len(cohorts), np.uint16)
    asked = openings.requirements
    for place, item in enumerate(range(int(asked.start[row]), int(asked.start[row + 1]))):
        if asked.is_must[item]:
            teaches = cohorts.teaches
            hit = (teaches.codes == asked.competency[item]) & (teaches.level >= asked.level[item])
            taught[teaches.owners[hit]] |= np.uint16(1 << place)
    return taught


def closing_cohorts(
    seekers: SeekerColumns, cohorts: CohortColumns, *, usable: Int64s, taught: Bits, people: Int64s, missing: Bits
) -> Int64s:
    """Return the first usable cohort that closes each person's gap, or -1.

    It teaches every missing must, the person is known to meet its entry rank and to be mobile to its province.
    ``people`` are places in the pool, ``missing`` their missing musts.
    """
    chosen = np.full(len(people), NO_VALUE, np.int64)
    rank, provinces = seekers.education_rank[people], seekers.provinces.take(people)
    helpful = usable[taught[usable] != 0] if len(people) else usable[:0]
    for cohort in helpful.tolist():
        fits = (missing & ~taught[cohort]) == 0
        fits &= (chosen == NO_VALUE) & ((cohorts.entry_rank[cohort] == 0) | (rank >= cohorts.entry_rank[cohort]))
        if fits.any():
            fits &= provinces.has_any(cohorts.province[cohort])
            chosen[fits] = cohort
    return chosen
