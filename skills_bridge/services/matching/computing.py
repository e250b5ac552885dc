"""One opening's shortlist: read, judged, kept in a leaf of its own, shown at once or not at all."""

from __future__ import annotations

from sqlalchemy import exists, select, text

from skills_bridge.adapters.match_index import MatchIndexFiles
from skills_bridge.domain.errors import NotFound
from skills_bridge.domain.openings import OpeningState
from skills_bridge.engine.digest import digest_of_lists
from skills_bridge.engine.national.parts import shortlist_parts
from skills_bridge.models import MatchRun, Opening, Referral
from skills_bridge.queries.matching.opening_input import OpeningInput, get_opening_input
from skills_bridge.queries.matching.packed import list_changed_since
from skills_bridge.services.matching.counting import count_opening
from skills_bridge.services.matching.reading import (
    is_enough_beside,
    newest_saved,
    read_beside,
    read_terms,
    save_people,
)
from skills_bridge.services.matching.recording import (
    Tell,
    add_counts,
    add_run,
    attach,
    drop_leaves,
    end_run,
    open_leaf,
    policy_now,
    show,
    write_lists,
)
from skills_bridge.services.matching.stopwatch import Stopwatch
from skills_bridge.unit_of_work import UnitOfWork

ONE_RUN_AT_A_TIME = text("SELECT pg_advisory_xact_lock(7420, (:opening % 2147483647)::int)")


def compute_shortlist(uow: UnitOfWork, *, opening_id: int, progress: Tell, files: MatchIndexFiles | None = None) -> int:
    """Compute the lists of one opening as of today, show them at once, and return the run; platform scope.

    With the index ``files`` of this machine, only the people who changed since the newest one are read.

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
    policy, watch = policy_now(uow), Stopwatch()
    run = add_run(uow, agency_id=opening.agency_id, opening_id=opening.id, policy=policy)
    if opening.state is not OpeningState.VALIDATED or not opening.open_posts:
        return _keep_empty(uow, run, opening)
    terms = read_terms(uow, [opening], policy)
    reading = read_beside(uow, terms, agency_id=opening.agency_id, files=files, watch=watch)
    if save_people(files, reading, agency_id=opening.agency_id, number=run.id):
        watch.lap("save")
    found = shortlist_parts(reading.parts, terms.openings, terms.cohorts, terms.policies)
    watch.lap("match")
    counts = count_opening(reading, found, 0)
    end_run(uow, run, counts=counts, digests=(reading.digest(), digest_of_lists(found)))
    add_counts(uow, run, {opening.id: counts})
    watch.lap("count")
    open_leaf(uow, run)
    total = len(found.seeker)
    progress(0, total)
    write_lists(uow, run, reading, found, lambda written: progress(written, total))
    watch.lap("write")
    attach(uow, run, [opening.id])
    _drop_superseded(uow, run)
    watch.lap("show")
    run.times = watch.times
    return run.id


def rehearse(uow: UnitOfWork, *, agency_id: int, files: MatchIndexFiles, progress: Tell) -> bool:
    """Make the list of the newest opening by the saved index; False where there is no such index or opening.

    What a process would find cold at its first list is warm afterwards: statements, the connection and what the
    database keeps for it, files, compiled code. To be called where the transaction is taken back
    (``unit_of_work.taken_back``). Where the first list will read everybody anew, there is nothing to rehearse. Platform
    scope.
    """
    saved, opening = newest_saved(uow, files, agency_id=agency_id), _newest_live(uow, agency_id)
    if saved is None or opening is None:
        return False
    changed = list_changed_since(uow.session, agency_id=agency_id, snapshot=saved.snapshot)
    if not is_enough_beside(read_terms(uow, [opening], policy_now(uow)), changed):
        return False
    compute_shortlist(uow, opening_id=opening.id, progress=progress, files=files)
    return True


def _newest_live(uow: UnitOfWork, agency_id: int) -> OpeningInput | None:
    """Return the newest validated opening of an agency."""
    newest = (
        select(Opening.id)
        .where(Opening.agency_id == agency_id, Opening.state == OpeningState.VALIDATED)
        .order_by(Opening.id.desc())
        .limit(1)
    )
    opening_id = uow.session.scalar(newest)
    return None if opening_id is None else get_opening_input(uow.session, opening_id=opening_id)


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


def _keep_empty(uow: UnitOfWork, run: MatchRun, opening: OpeningInput) -> int:
    """Keep an answer without rows: the opening is paused or closed, or has no open post."""
    reason = "no-open-post" if opening.state is OpeningState.VALIDATED else "opening-not-live"
    counts = {"empty": reason, "state": opening.state.value}
    end_run(uow, run, counts=counts, digests=None)
    add_counts(uow, run, {opening.id: counts})
    show(uow, run, [opening.id])
    return run.id


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
    drop_leaves(uow, uow.session.scalars(older).all())
