"""What every run does: keep its rows in a leaf of its own, show them at once, measure itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import zip_longest
from typing import Any, Final

import numpy as np
from psycopg import sql
from psycopg.errors import LockNotAvailable
from sqlalchemy import delete, insert, literal, or_, select, text, update
from sqlalchemy.exc import OperationalError

from skills_bridge.domain.calendar import local_day
from skills_bridge.engine import ENGINE_VERSION
from skills_bridge.engine.arrays import NO_VALUE
from skills_bridge.engine.kept_input import RunInput
from skills_bridge.engine.national.rows import COLUMNS, COPY_END, COPY_START, Lines, copied, kept_persons
from skills_bridge.engine.results import Shortlists
from skills_bridge.models import MatchCount, MatchRun, MatchTerms, Opening, UserAccount
from skills_bridge.queries.given import given_rows
from skills_bridge.queries.matching.listed import keep_terms
from skills_bridge.queries.matching.packed import driver
from skills_bridge.queries.matching.run_input import PolicyInput, get_policy_input
from skills_bridge.services.matching.reading import Reading
from skills_bridge.unit_of_work import UnitOfWork

ONE_LEAF_AT_A_TIME = text("SELECT pg_advisory_xact_lock(7421, 0)")
OPEN_LEAF = text("SELECT open_run_leaf(:run)")
CLOSE_LEAF = text("SELECT close_run_leaf(:run, :keep)")
TAKE_YOUR_TIME = text("SET LOCAL idle_in_transaction_session_timeout = '10min'")
"""A run computes in memory between two statements: on a slow machine longer than a transaction may stand idle."""
WAIT_BRIEFLY = text("SET LOCAL lock_timeout = '100ms'")
"""Whoever waits for the lists' table alone makes all wait who come to read it meanwhile."""
WAIT_AS_USUAL = text("SET LOCAL lock_timeout TO DEFAULT")
LEAF_EXISTS = text("SELECT to_regclass('staging.match_result_' || :run) IS NOT NULL")
WRITTEN_AT_ONCE: Final = 50_000
"""Rows of one COPY; the progress moves between two, and none takes so long that the database gives up on it."""
OPENINGS_TOGETHER: Final = 100

Tell = Callable[[int, int], None]


def add_run(uow: UnitOfWork, *, agency_id: int, opening_id: int | None, policy: PolicyInput) -> MatchRun:
    """Add a run before anything is read: of two runs, the one with the greater key read later."""
    uow.session.execute(TAKE_YOUR_TIME)
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


def add_counts(uow: UnitOfWork, run: MatchRun, counts: Mapping[int, dict[str, Any]]) -> None:
    """Keep what a run counted for each opening, by its key."""
    given = given_rows(MatchCount, {"opening_id": list(counts), "counts": list(counts.values())})
    rows = select(literal(run.id), literal(run.agency_id), *given.c)
    uow.session.execute(insert(MatchCount).from_select(["run_id", "agency_id", "opening_id", "counts"], rows))


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
    """Write the listed people into the run's leaf by COPY, and the terms by which their accounts are told.

    ``written`` hears after each part of the lists how many rows stand.
    """
    _keep_terms(uow, run, reading)
    query = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(
        sql.Identifier("staging", f"match_result_{run.id}"), sql.SQL(", ").join(map(sql.Identifier, COLUMNS))
    )
    ends = [*range(WRITTEN_AT_ONCE, len(found.seeker), WRITTEN_AT_ONCE), len(found.seeker)]
    parts = [slice(first, end) for first, end in zip([0, *ends], ends, strict=False) if end > first]
    for rows, content in _one_ahead(parts, lambda rows: _laid_out(run, reading, found, rows)):
        with driver(uow.session).cursor() as cursor, cursor.copy(query) as leaf:
            leaf.write(content)
        written(rows.stop)


def _one_ahead(parts: Sequence[slice], lay_out: Callable[[slice], bytes]) -> Iterator[tuple[slice, bytes]]:
    """Yield each part as it is laid out, the next one on its way meanwhile."""
    with ThreadPoolExecutor(1) as ahead:
        coming = [ahead.submit(lay_out, rows) for rows in parts[:1]]
        for rows, after in zip_longest(parts, parts[1:]):
            content = coming.pop().result()
            if after is not None:
                coming.append(ahead.submit(lay_out, after))
            yield rows, content


def _laid_out(run: MatchRun, reading: Reading, found: Shortlists, rows: slice) -> bytes:
    """Return rows of the lists as a COPY takes them."""
    persons = kept_persons([part.raw for part in reading.parts], found.seeker[rows])
    content = copied(_lines(reading, found, rows), persons, run_id=run.id, agency_id=run.agency_id)
    return COPY_START + content + COPY_END


def _lines(reading: Reading, found: Shortlists, rows: slice) -> Lines:
    """Return the rows as columns of whole numbers."""
    terms, cohort = reading.terms, found.cohort[rows]
    ids = np.append(terms.cohorts.cohort_id, NO_VALUE)  # the last one for rows without a cohort
    columns = (
        terms.openings.opening_id[found.opening[rows]],
        reading.seeker_ids[found.seeker[rows]],
        found.result_class[rows],
        found.rank[rows],
        found.points[rows],
        found.score[rows],
        found.order_key[rows],
        ids[cohort],
        found.unknown_gates[rows],
        found.unproven[rows],
    )
    return Lines(*(column.astype(np.int64) for column in columns))


def _keep_terms(uow: UnitOfWork, run: MatchRun, reading: Reading) -> None:
    """Keep what the run asked, a hundred openings a row: a page reads one of them."""
    terms = reading.terms
    for first in range(0, len(terms.openings), OPENINGS_TOGETHER):
        openings = terms.openings.take(range(first, min(first + OPENINGS_TOGETHER, len(terms.openings))))
        content = keep_terms(RunInput(terms.pool, openings, terms.cohorts, terms.policies), terms.book)
        first_id = int(openings.opening_id[0])
        kept = MatchTerms(run_id=run.id, first_opening_id=first_id, agency_id=run.agency_id, content=content)
        uow.session.add(kept)
    uow.session.flush()  # the COPY goes past the session


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


def drop_leaves(uow: UnitOfWork, superseded: Iterable[MatchRun]) -> None:
    """Drop the rows of superseded runs; the runs themselves stay, with their counts.

    The database drops a leaf only while nobody reads any list. Where somebody reads at length, a backup or a report,
    the rows that are left wait for a later run to drop them: no run waits for a reader, and no reader for one who does.
    """
    try:
        with uow.session.begin_nested():
            uow.session.execute(WAIT_BRIEFLY)
            for run in superseded:
                _drop_leaf(uow, run)
            uow.session.flush()
            uow.session.execute(WAIT_AS_USUAL)
    except OperationalError as error:
        if not isinstance(error.orig, LockNotAvailable):
            raise


def _drop_leaf(uow: UnitOfWork, run: MatchRun) -> None:
    if uow.session.scalar(LEAF_EXISTS, {"run": run.id}):
        uow.session.execute(CLOSE_LEAF, {"run": run.id, "keep": False})
        uow.session.execute(delete(MatchTerms).where(MatchTerms.run_id == run.id))
    run.attached_at = None
