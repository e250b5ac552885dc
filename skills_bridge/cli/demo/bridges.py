"""Act four, second half: near profiles of live openings get a course and a post together, some have answered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import select

from skills_bridge.cli.demo.calendar import Days
from skills_bridge.cli.demo.demand import Posted
from skills_bridge.cli.demo.stage import Stage
from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.errors import RuleBroken
from skills_bridge.domain.matching import ResultClass
from skills_bridge.domain.seekers import Channel
from skills_bridge.models import MatchResult, Opening
from skills_bridge.services.reservations import record_answer, reserve

NEAR: Final = 2
"""Near profiles of each live opening for whom seat and post are reserved; the first says yes."""


def bridge_gaps(stage: Stage, posted: Iterable[Posted], *, days: Days) -> int:
    """Reserve a seat and a post for some near profiles of the live openings; return for how many."""
    kept = 0
    for opening in posted:
        if opening.is_past:
            continue
        for seeker_id, cohort_id in _near(stage, opening):
            key = _reserve(stage, opening, seeker_id, cohort_id)
            if key is not None and kept % NEAR == 0:
                _accept(stage, opening, key, days)
            kept += key is not None
    return kept


def _near(stage: Stage, opening: Posted) -> list[tuple[int, int]]:
    """Return the first near profiles of an opening's current list, each with the cohort that closes her gap."""
    with stage.looking(opening.adviser) as session:
        rows = session.execute(
            select(MatchResult.seeker_id, MatchResult.cohort_id)
            .join(Opening, Opening.current_run_id == MatchResult.run_id)
            .where(
                Opening.id == opening.opening_id,
                MatchResult.opening_id == opening.opening_id,
                MatchResult.result_class == ResultClass.NEAR,
            )
            .order_by(MatchResult.rank)
            .limit(NEAR)
        )
        return [(seeker_id, cohort_id) for seeker_id, cohort_id in rows if cohort_id is not None]


def _reserve(stage: Stage, opening: Posted, seeker_id: int, cohort_id: int) -> int | None:
    """Reserve for one person; None where a rule says no: she has a reservation for another opening, for instance."""
    try:
        with stage.acting(opening.adviser) as uow:
            return reserve(uow, opening_id=opening.opening_id, seeker_id=seeker_id, cohort_id=cohort_id).id
    except RuleBroken:
        return None


def _accept(stage: Stage, opening: Posted, reservation_id: int, days: Days) -> None:
    with stage.acting(opening.adviser) as uow:
        record_answer(
            uow,
            reservation_id=reservation_id,
            accepted=True,
            channel=Channel.PHONE,
            answered_on=local_day(days.now),
        )
