"""One shortlist: read, judged, kept in a leaf of its own, shown at once or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import numpy as np
from sqlalchemy import column, exists, insert, or_, select, table, text, update
from sqlalchemy.dialects.postgresql import JSONB

from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.errors import NotFound
from skills_bridge.domain.matching import GateKind, ResultClass
from skills_bridge.domain.openings import OpeningState
from skills_bridge.engine import ENGINE_VERSION
from skills_bridge.engine.arrays import NO_VALUE, day_number
from skills_bridge.engine.columns import CohortColumns, OpeningColumns
from skills_bridge.engine.digest import digest
from skills_bridge.engine.explain import traces
from skills_bridge.engine.gates import FAIL, GATES
from skills_bridge.engine.policy import PolicySet
from skills_bridge.engine.pool import Pool, build_pool
from skills_bridge.engine.results import RESULT_CLASSES, Shortlists
from skills_bridge.engine.shortlist import judge, shortlist
from skills_bridge.models import MatchCount, MatchRun, Opening, Referral
from skills_bridge.queries.matching.accounts import to_stored
from skills_bridge.queries.matching.codes import Codebook, get_codebook
from skills_bridge.queries.matching.run_input import (
    OpeningInput,
    PolicyInput,
    get_cohort_columns,
    get_opening_input,
    get_policy_input,
    get_relation_columns,
    get_seeker_columns,
    opening_columns,
)
from skills_bridge.unit_of_work import UnitOfWork

ONE_RUN_AT_A_TIME = text("SELECT pg_advisory_xact_lock(7420, (:opening % 2147483647)::int)")
ONE_LEAF_AT_A_TIME = text("SELECT pg_advisory_xact_lock(7421, 0)")
OPEN_LEAF = text("SELECT open_run_leaf(:run)")
CLOSE_LEAF = text("SELECT close_run_leaf(:run, :keep)")
LEAF_EXISTS = text("SELECT to_regclass('staging.match_result_' || :run) IS NOT NULL")
COLUMNS: Final = (
    "run_id",
    "opening_id",
    "seeker_id",
    "agency_id",
    "result_class",
    "rank",
    "points",
    "score",
    "order_key",
    "cohort_id",
)
TRACED_AT_ONCE: Final = 200
"""People whose accounts are told in one go; the progress moves between two."""

Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class Reading:
    """Everything a run was computed from."""

    opening: OpeningInput
    policy: PolicyInput
    book: Codebook
    pool: Pool
    columns: OpeningColumns
    cohorts: CohortColumns

    @property
    def policies(self) -> PolicySet:
        """The parameters of the policy."""
        return self.policy.policies


def compute_shortlist(uow: UnitOfWork, *, opening_id: int, progress: Tell) -> int:
    """Compute the lists of one opening as of today, show them at once, and return the run; platform scope.

    Two runs of one opening wait for one another; the second needs no work if the first began after it was asked for.
    An opening that takes nobody gets an empty run that says why.

    :raises NotFound: there is no such opening.
    """
    uow.session.execute(ONE_RUN_AT_A_TIME, {"opening": opening_id})
    newer = _run_since_claim(uow, opening_id)
    if newer is not None:
        return newer
    opening = get_opening_input(uow.session, opening_id=opening_id)
    if opening is None:
        raise NotFound("opening", opening_id)
    if opening.state is not OpeningState.VALIDATED or not opening.open_posts:
        return _keep_empty(uow, opening)
    reading = _read(uow, opening)
    found = shortlist(reading.pool, reading.columns, reading.cohorts, reading.policies)
    run = _add_run(
        uow,
        opening,
        reading.policy,
        counts=_counts(reading, found),
        input_digest=digest(reading.pool, reading.columns, reading.cohorts, reading.policies),
    )
    # leaves come and go one run at a time: two that lock the parent in different order would wait for each other
    uow.session.execute(ONE_LEAF_AT_A_TIME)
    uow.session.execute(OPEN_LEAF, {"run": run.id})
    _write_rows(uow, run, reading, found, progress)
    run.attached_at = uow.now
    _show(uow, run)
    uow.session.execute(CLOSE_LEAF, {"run": run.id, "keep": True})
    _drop_superseded(uow, run)
    return run.id


def _run_since_claim(uow: UnitOfWork, opening_id: int) -> int | None:
    """Return a run whose reading began after this job was claimed: it saw all that this one would see."""
    if uow.job is None or uow.job.started_at is None:
        return None
    return uow.session.scalar(
        select(MatchRun.id)
        .where(MatchRun.opening_id == opening_id, MatchRun.created_at > uow.job.started_at)
        .order_by(MatchRun.id.desc())
        .limit(1)
    )


def _read(uow: UnitOfWork, opening: OpeningInput) -> Reading:
    session, today = uow.session, local_day(uow.now)
    book = get_codebook(session)
    people = get_seeker_columns(session, agency_id=opening.agency_id, book=book)
    return Reading(
        opening=opening,
        policy=get_policy_input(session),
        book=book,
        pool=build_pool(people, get_relation_columns(session, opening), as_of=day_number(today)),
        columns=opening_columns(opening, book),
        cohorts=get_cohort_columns(session, as_of=today, book=book),
    )


def _keep_empty(uow: UnitOfWork, opening: OpeningInput) -> int:
    """Keep an answer without rows: the opening is paused or closed, or has no open post."""
    reason = "no-open-post" if opening.state is OpeningState.VALIDATED else "opening-not-live"
    counts = {"empty": reason, "state": opening.state.value}
    run = _add_run(uow, opening, get_policy_input(uow.session), counts=counts, input_digest=None)
    _show(uow, run)
    return run.id


def _add_run(
    uow: UnitOfWork, opening: OpeningInput, policy: PolicyInput, *, counts: dict[str, Any], input_digest: bytes | None
) -> MatchRun:
    run = MatchRun(
        agency_id=opening.agency_id,
        opening_id=opening.id,
        policy_id=policy.id,
        job_id=uow.job.id if uow.job else None,
        as_of=local_day(uow.now),
        engine_version=ENGINE_VERSION,
        input_digest=input_digest,
        counts=counts,
    )
    uow.session.add(run)
    uow.session.flush()  # the leaf and the counts need the key
    uow.session.add(MatchCount(run_id=run.id, opening_id=opening.id, agency_id=opening.agency_id, counts=counts))
    uow.audit("match_run.computed", "match_run", run.id, opening_id=opening.id, digest=(input_digest or b"").hex())
    return run


def _counts(reading: Reading, found: Shortlists) -> dict[str, Any]:
    """Return how everybody was judged, and what keeps people off the lists.

    ``gates``: how many fail each condition; ``alone``: how many fail that one only, and would be judged without it;
    ``missing``: how many of those who pass the conditions are short of each must, by competency.
    """
    failed = _failed_gates(reading)
    several = np.sum(list(failed.values()), axis=0) if failed else 0
    judged = judge(reading.pool, reading.columns, reading.cohorts, reading.policies, 0)
    short = np.isin(
        judged.result_class, [RESULT_CLASSES.index(ResultClass.SHORT), RESULT_CLASSES.index(ResultClass.NEAR)]
    )
    missing = {
        str(asked.competency): int(np.count_nonzero(short & ((judged.missing >> place) & 1 != 0)))
        for place, asked in enumerate(reading.opening.requirements)
        if asked.is_must
    }
    return {
        "pool": len(reading.pool.seekers),
        "asked": len(reading.opening.requirements),
        "classes": {kind.value: count for kind, count in found.counts_of(0).items()},
        "gates": {kind.value: int(fails.sum()) for kind, fails in failed.items()},
        "alone": {kind.value: int((fails & (several == 1)).sum()) for kind, fails in failed.items()},
        "missing": {competency: count for competency, count in missing.items() if count},
    }


def _failed_gates(reading: Reading) -> Mapping[GateKind, np.ndarray[Any, np.dtype[np.bool_]]]:
    answers = {gate.kind: gate.answers(reading.pool.seekers, reading.columns, 0) for gate in GATES}
    return {kind: found == FAIL for kind, found in answers.items() if found is not None}


def _write_rows(uow: UnitOfWork, run: MatchRun, reading: Reading, found: Shortlists, progress: Tell) -> None:
    """Write the listed people with their accounts into the run's leaf."""
    columns = (*(column(name) for name in COLUMNS), column("trace", JSONB))
    leaf = table(f"match_result_{run.id}", *columns, schema="staging")
    total = len(found.seeker)
    progress(0, total)
    places = iter(range(total))
    while batch := list(islice(places, TRACED_AT_ONCE)):
        uow.session.execute(insert(leaf), _rows(run, reading, found, batch))
        progress(batch[-1] + 1, total)


def _rows(run: MatchRun, reading: Reading, found: Shortlists, places: Sequence[int]) -> list[dict[str, Any]]:
    people = found.seeker[places].tolist()
    told = traces(reading.pool, reading.columns, reading.cohorts, reading.policies, people=people, opening=0)
    rows = []
    for place, trace in zip(places, told, strict=True):
        score = int(found.score[place])
        values = (
            run.id,
            trace.opening_id,
            trace.seeker_id,
            run.agency_id,
            RESULT_CLASSES[found.result_class[place]].value,
            int(found.rank[place]),
            int(found.points[place]),
            None if score == NO_VALUE else score,
            int(found.order_key[place]),
            trace.cohort_id,
        )
        rows.append({**dict(zip(COLUMNS, values, strict=True)), "trace": to_stored(trace, reading.book)})
    return rows


def _show(uow: UnitOfWork, run: MatchRun) -> None:
    """Make a run its opening's current one, unless a later one already is."""
    uow.session.execute(
        update(Opening)
        .where(Opening.id == run.opening_id, or_(Opening.current_run_id.is_(None), Opening.current_run_id < run.id))
        .values(current_run_id=run.id)
    )


def _drop_superseded(uow: UnitOfWork, run: MatchRun) -> None:
    """Drop the rows of the opening's runs before the last one, but those on which a referral stands.

    The run itself stays, with its counts: the history says when it was computed and from what.
    """
    older = (
        select(MatchRun)
        .where(
            MatchRun.opening_id == run.opening_id,
            MatchRun.id < run.id,
            MatchRun.attached_at.is_not(None),
            ~exists().where(Referral.run_id == MatchRun.id),
        )
        .order_by(MatchRun.id.desc())
        .offset(1)
    )
    for superseded in uow.session.scalars(older).all():
        if uow.session.scalar(LEAF_EXISTS, {"run": superseded.id}):
            uow.session.execute(CLOSE_LEAF, {"run": superseded.id, "keep": False})
        superseded.attached_at = None
