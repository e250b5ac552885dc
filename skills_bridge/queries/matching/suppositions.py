"""What would change a pair, with the rank that the person would take in the list as it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills_bridge.domain.matching import LISTED, ResultClass
from skills_bridge.engine.counterfactual import suppose
from skills_bridge.engine.kept_input import RunInput
from skills_bridge.engine.results import RESULT_CLASSES
from skills_bridge.engine.shortlist import policy_of
from skills_bridge.models import MatchResult

MOST: Final = 6
"""Suppositions that are told; the ones that help most come first."""


@dataclass(frozen=True)
class SuppositionLine:
    """With ``gains`` (competency and level, by certificate) the person would be in this class, with this score.

    ``rank`` is her place in the current list of that class; None if the list is full before her, or not shown.
    ``cohort_id`` is a cohort that teaches it in time and within her reach.
    """

    gains: tuple[tuple[int, int], ...]
    result_class: ResultClass
    score: int | None
    rank: int | None
    cohort_id: int | None


def list_suppositions(session: Session, inputs: RunInput, *, run_id: int | None) -> tuple[SuppositionLine, ...]:
    """Return what would bring the one person of the input forward in its one opening, the best first."""
    found = suppose(inputs, seeker=0, opening=0)
    if not found:
        return ()
    seeker_id, opening_id = int(inputs.pool.seekers.seeker_id[0]), int(inputs.openings.opening_id[0])
    keys = _keys(session, run_id, opening_id, seeker_id)
    longest = policy_of(inputs.openings, inputs.policies, 0).list_length(int(inputs.openings.open_posts[0]))
    lines = []
    for one in sorted(found, key=lambda s: (RESULT_CLASSES.index(s.result_class), -s.order_key))[:MOST]:
        rank = 1 + sum(key > one.order_key for key in keys.get(one.result_class, ()))
        is_ranked = one.result_class in LISTED and rank <= longest
        lines.append(
            SuppositionLine(one.gains, one.result_class, one.score, rank if is_ranked else None, one.cohort_id)
        )
    return tuple(lines)


def _keys(session: Session, run_id: int | None, opening_id: int, seeker_id: int) -> dict[ResultClass, list[int]]:
    """Return the order keys of everybody else in the current list, by class."""
    rows = session.execute(
        select(MatchResult.result_class, MatchResult.order_key).where(
            MatchResult.run_id == run_id, MatchResult.opening_id == opening_id, MatchResult.seeker_id != seeker_id
        )
    )
    found: dict[ResultClass, list[int]] = {}
    for kind, key in rows:
        found.setdefault(kind, []).append(key)
    return found
