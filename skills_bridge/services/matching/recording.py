"""What every run does: keep its rows in a leaf of its own, show them at once, measure itself."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from psycopg import sql
from sqlalchemy import or_, text, update

from skills_bridge.domain.calendar import local_day
from skills_bridge.engine import ENGINE_VERSION
from skills_bridge.engine.arrays import NO_VALUE
from skills_bridge.engine.explain import traces
from skills_bridge.engine.results import RESULT_CLASSES, Shortlists
from skills_bridge.models import MatchCount, MatchRun, Opening, UserAccount
from skills_bridge.queries.matching.accounts import to_stored
from skills_bridge.queries.matching.packed import driver
from skills_bridge.queries.matching.run_input import PolicyInput, get_policy_input
from skills_bridge.services.matching.reading import Reading
from skills_bridge.unit_of_work import UnitOfWork

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
    "trace",
)
TRACED_AT_ONCE: Final = 200
"""People whose accounts are told in one go; the progress moves between two."""

Tell = Callable[[int, int], None]


class Stopwatch:
    """Measures the steps of a run, in milliseconds."""

    def __init__(self) -> None:
        """Start."""
        self.times: dict[str, int] = {}
        self._since = time.monotonic()

    def lap(self, step: str) -> None:
        """Note how long a step took, and start the next."""
        now = time.monotonic()
        self.times[step] = round((now - self._since) * 1000)
        self._since = now


def add_run(uow: UnitOfWork, *, agency_id: int, opening_id: int | None, policy: PolicyInput) -> MatchRun:
    """Add a run before anything is read: of two runs, the one with the greater key read later."""
    asked_by = uow.job.user_id if uow.job else None
    user = None if asked_by is None else uow.session.get(UserAccount, asked_by)
    run = MatchRun(
        agency_id=agency_id,
        opening_id=opening_id,
        policy_id=policy.id,
        job_id=uow.job.id if uow.job else None,
        as_of=local_day(uow.now),
        engine_version=ENGINE_VERSION,
        asked_by=user.display_name if user else "",
    )
    uow.session.add(run)
    uow.session.flush()
    return run


def end_run(uow: UnitOfWork, run: MatchRun, *, counts: dict[str, Any], digests: tuple[bytes, bytes] | None) -> None:
    """Note what a run counted, and the digests of its input and of its lists; none for an empty answer."""
    run.counts = counts
    run.input_digest, run.result_digest = digests or (None, None)
    facts = {"opening_id": run.opening_id, "digest": (run.input_digest or b"").hex()}
    uow.audit("match_run.computed", "match_run", run.id, **facts)


def add_count(uow: UnitOfWork, run: MatchRun, opening_id: int, counts: dict[str, Any]) -> None:
    """Keep what a run counted for one opening."""
    uow.session.add(MatchCount(run_id=run.id, opening_id=opening_id, agency_id=run.agency_id, counts=counts))


def policy_now(uow: UnitOfWork) -> PolicyInput:
    """Return the policy in force."""
    return get_policy_input(uow.session)


def open_leaf(uow: UnitOfWork, run: MatchRun) -> None:
    """Open the run's own table; leaves come and go one run at a time.

    Two that lock the parent in different order would wait for each other.
    """
    uow.session.execute(ONE_LEAF_AT_A_TIME)
    uow.session.execute(OPEN_LEAF, {"run": run.id})


def write_lists(
    uow: UnitOfWork, run: MatchRun, reading: Reading, found: Shortlists, written: Callable[[int], None]
) -> None:
    """Write the listed people with their accounts into the run's leaf, all in one COPY.

    ``written`` hears after each opening, or part of a long one, how many rows stand.
    """
    query = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier("staging", f"match_result_{run.id}"), sql.SQL(", ").join(map(sql.Identifier, COLUMNS))
    )
    with driver(uow.session).cursor() as cursor, cursor.copy(query) as leaf:
        for opening in range(len(reading.terms.openings)):
            first, last = int(found.start[opening]), int(found.start[opening + 1])
            for start in range(first, last, TRACED_AT_ONCE):
                end = min(start + TRACED_AT_ONCE, last)
                for row in _rows(run, reading, found, slice(start, end), opening):
                    leaf.write_row(row)
                written(end)


def _rows(
    run: MatchRun, reading: Reading, found: Shortlists, places: slice, opening: int
) -> Iterator[tuple[object, ...]]:
    inputs = reading.inputs(found.seeker[places])
    people = range(len(inputs.pool.seekers))
    told = traces(inputs.pool, inputs.openings, inputs.cohorts, inputs.policies, people=people, opening=opening)
    for place, trace in zip(range(places.start, places.stop), told, strict=True):
        score = int(found.score[place])
        yield (
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
            json.dumps(to_stored(trace, reading.terms.book), separators=(",", ":")),
        )


def attach(uow: UnitOfWork, run: MatchRun, opening_ids: Sequence[int]) -> None:
    """Make a run's rows visible, all at once, as the lists of these openings."""
    run.attached_at = uow.now
    show(uow, run, opening_ids)
    uow.session.execute(CLOSE_LEAF, {"run": run.id, "keep": True})


def show(uow: UnitOfWork, run: MatchRun, opening_ids: Sequence[int]) -> None:
    """Make a run the current one of these openings, but for those that a later one already serves."""
    uow.session.execute(
        update(Opening)
        .where(
            Opening.id.in_(opening_ids),
            or_(Opening.current_run_id.is_(None), Opening.current_run_id < run.id),
        )
        .values(current_run_id=run.id)
        .execution_options(synchronize_session=False)
    )


def drop_leaf(uow: UnitOfWork, run: MatchRun) -> None:
    """Drop a superseded run's rows; the run itself stays, with its counts."""
    if uow.session.scalar(LEAF_EXISTS, {"run": run.id}):
        uow.session.execute(CLOSE_LEAF, {"run": run.id, "keep": False})
    run.attached_at = None
