"""Where a person stands in the lists as they are shown, and what a newcomer to each list must beat; platform scope."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from skills_bridge.domain.matching import LISTED, ResultClass
from skills_bridge.domain.openings import OpeningState
from skills_bridge.engine.arrays import NO_VALUE, Int64s
from skills_bridge.models import MatchResult, Opening

LAST_KEYS: Final = text(
    "SELECT w.place, w.kind, r.order_key FROM unnest(CAST(:places AS int[]), CAST(:openings AS bigint[]),"
    " CAST(:kinds AS text[]), CAST(:ranks AS int[])) AS w (place, opening, kind, rank)"
    " JOIN opening o ON o.id = w.opening"
    " JOIN match_result r ON r.run_id = o.current_run_id AND r.opening_id = o.id AND r.result_class = w.kind"
    " AND r.rank = w.rank"
)


def list_listing_openings(session: Session, *, seeker_id: int) -> list[int]:
    """Return the live openings in whose current lists a person stands."""
    return list(
        session.scalars(
            select(Opening.id)
            .join(MatchResult, MatchResult.run_id == Opening.current_run_id)
            .where(
                MatchResult.seeker_id == seeker_id,
                MatchResult.opening_id == Opening.id,
                Opening.state == OpeningState.VALIDATED,
            )
            .order_by(Opening.id)
        )
    )


def get_last_keys(session: Session, *, opening_ids: Sequence[int], lengths: Int64s) -> Int64s:
    """Return the order key at the end of each full list (openings, classes listed); -1 where a list has room.

    ``lengths`` says how many people each list holds. A list that was never computed has room.
    """
    worst = np.full(lengths.shape, NO_VALUE, np.int64)
    places, kinds = np.nonzero(lengths)
    rows = session.execute(
        LAST_KEYS,
        {
            "places": places.tolist(),
            "openings": [opening_ids[place] for place in places.tolist()],
            "kinds": [LISTED[kind].value for kind in kinds.tolist()],
            "ranks": lengths[places, kinds].tolist(),
        },
    )
    for place, kind, key in rows:
        worst[place, LISTED.index(ResultClass(kind))] = key
    return worst
