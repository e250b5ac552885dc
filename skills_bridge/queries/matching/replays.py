"""Proofs on what was kept: a run computed again to the same bytes, and what moved between two runs; platform scope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills_bridge.domain.errors import NotFound
from skills_bridge.engine import ENGINE_VERSION
from skills_bridge.engine.arrays import NO_VALUE
from skills_bridge.engine.difference import Computed, Move, differences
from skills_bridge.engine.digest import digest_of_lists
from skills_bridge.engine.kept_input import read_input
from skills_bridge.engine.national import build_index, shortlist_all
from skills_bridge.engine.results import RESULT_CLASSES
from skills_bridge.models import MatchInput, MatchResult, MatchRun, Opening, Seeker

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Replay:
    """A run computed again; ``compared`` counts the rows still in the database, ``different`` those that differ."""

    run_id: int
    engine_then: str
    engine_now: str
    same_input: bool
    same_lists: bool
    compared: int
    different: int

    @property
    def is_proven(self) -> bool:
        """Whether the same bytes came out."""
        return self.same_input and self.same_lists and not self.different


def replay_run(session: Session, *, run_id: int) -> Replay:
    """Compute a full run again from its kept input, and compare digests and rows.

    :raises NotFound: there is no such run, or its input is not kept: thirty days, full runs only.
    """
    run, computed = _computed(session, run_id)
    rows, kept = _rows_of(computed), _rows_kept(session, run)
    return Replay(
        run_id=run.id,
        engine_then=run.engine_version,
        engine_now=ENGINE_VERSION,
        same_input=computed.inputs.digest() == run.input_digest,
        same_lists=digest_of_lists(computed.lists) == run.result_digest,
        compared=len(kept),
        different=len(rows ^ kept) if kept else 0,
    )


def list_moves(session: Session, *, before: int, after: int) -> tuple[Move, ...]:
    """Return what moved between two full runs, and why; nothing of other agencies is compared.

    :raises NotFound: there is no such run, its input is not kept any more, or the two are of different agencies.
    """
    (old, computed), (new, later) = _computed(session, before), _computed(session, after)
    if old.agency_id != new.agency_id:
        raise NotFound("match_run", after)
    return tuple(differences(computed, later))


def get_move_names(session: Session, moves: tuple[Move, ...]) -> tuple[dict[int, str], dict[int, str]]:
    """Return references of the openings and pseudonyms of the people that moved."""
    openings = session.execute(
        select(Opening.id, Opening.reference).where(Opening.id.in_({m.opening_id for m in moves}))
    )
    people = session.execute(select(Seeker.id, Seeker.pseudonym).where(Seeker.id.in_({m.seeker_id for m in moves})))
    return {key: name for key, name in openings}, {key: name for key, name in people}  # noqa: C416  # rows, no pairs


def _computed(session: Session, run_id: int) -> tuple[MatchRun, Computed]:
    run, kept = session.get(MatchRun, run_id), session.get(MatchInput, run_id)
    if run is None or kept is None:
        raise NotFound("match_run" if run is None else "match_input", run_id)
    inputs = read_input(kept.content)
    index = build_index(inputs.pool.seekers, inputs.pool.relations, as_of=inputs.pool.as_of)
    return run, Computed(inputs, shortlist_all(index, inputs.openings, inputs.cohorts, inputs.policies))


def _rows_of(run: Computed) -> frozenset[Row]:
    """Return the rows that a run writes, without their accounts."""
    inputs, lists = run.inputs, run.lists
    ids = inputs.cohorts.cohort_id
    columns = (
        inputs.openings.opening_id[lists.opening].tolist(),
        inputs.pool.seekers.seeker_id[lists.seeker].tolist(),
        [RESULT_CLASSES[kind].value for kind in lists.result_class.tolist()],
        lists.rank.tolist(),
        lists.points.tolist(),
        [None if score == NO_VALUE else score for score in lists.score.tolist()],
        lists.order_key.tolist(),
        [None if place == NO_VALUE else int(ids[place]) for place in lists.cohort.tolist()],
    )
    return frozenset(zip(*columns, strict=True))


def _rows_kept(session: Session, run: MatchRun) -> frozenset[Row]:
    """Return the rows of a run that stand in the database; none once they were superseded."""
    if run.attached_at is None:
        return frozenset()
    rows = session.execute(
        select(
            MatchResult.opening_id,
            MatchResult.seeker_id,
            MatchResult.result_class,
            MatchResult.rank,
            MatchResult.points,
            MatchResult.score,
            MatchResult.order_key,
            MatchResult.cohort_id,
        ).where(MatchResult.run_id == run.id)
    )
    return frozenset((row[0], row[1], row[2].value, *row[3:]) for row in rows)
