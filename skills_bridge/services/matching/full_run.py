"""One run over all openings of an agency: asked for by a person or by the night, shown at once or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import numpy as np
from sqlalchemy import CursorResult, delete, exists, select, text

from skills_bridge.adapters.match_index import MatchIndexFiles
from skills_bridge.domain.calendar import add_months, local_day
from skills_bridge.domain.events import AllMatched, AllMatchesAsked
from skills_bridge.domain.jobs import FINAL_STATES
from skills_bridge.domain.organisations import OrganisationKind, OrganisationState
from skills_bridge.engine.arrays import Bools, day_number
from skills_bridge.engine.digest import digest_of_lists
from skills_bridge.engine.exposure import Floor, gini, lists_by_person, waiting_floor
from skills_bridge.engine.kept_input import RunInput, keep_input
from skills_bridge.engine.national.parts import shortlist_parts
from skills_bridge.engine.results import RESULT_CLASSES, Shortlists
from skills_bridge.models import Job, MatchInput, MatchRun, Opening, Organisation, Referral
from skills_bridge.policies.permissions import Permission, authorize
from skills_bridge.queries.matching.opening_input import OpeningInput, list_live_openings
from skills_bridge.queries.matching.run_input import PolicyInput
from skills_bridge.services.matching.counting import count_opening, is_counted
from skills_bridge.services.matching.reading import (
    Reading,
    index_everybody,
    read_everybody,
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
    write_lists,
)
from skills_bridge.services.matching.stopwatch import Stopwatch
from skills_bridge.unit_of_work import UnitOfWork

FULL_TASK: Final = "matching.match_agency"
KEPT_FOR: Final = timedelta(days=30)
LONG_WAIT_MONTHS: Final = 12
TOLD_PARTS: Final = 100
"""How often a run tells how far it is, over its whole length."""
DROPPED_AT_ONCE: Final = 300
"""Superseded leaves that one run drops: each takes locks until its end."""
ONE_FULL_RUN_AT_A_TIME = text("SELECT pg_advisory_xact_lock(7422, (:agency % 2147483647)::int)")


@dataclass(frozen=True)
class WholeAgency:
    """All openings of an agency: what a full run is about."""

    agency_id: int


def ask_full_run(uow: UnitOfWork, *, agency_id: int) -> bool:
    """Ask for one run over all openings of an agency; False if one waits or works already, and this one joins it.

    :raises NotPermitted: the actor may not.
    """
    authorize(uow.actor, Permission.MATCH_RUN_ALL, WholeAgency(agency_id))
    under_way = select(Job.id).where(
        Job.kind == FULL_TASK, Job.object_id == agency_id, Job.state.not_in([state.value for state in FINAL_STATES])
    )
    if uow.session.scalar(under_way.limit(1)) is not None:
        return False
    uow.record(AllMatchesAsked(agency_id, occasion=uow.now.isoformat(), organisation_id=agency_id))
    return True


def ask_full_runs(uow: UnitOfWork) -> int:
    """Ask for a full run of every agency at work, and return how many were asked for; platform scope."""
    agencies = select(Organisation.id).where(
        Organisation.kind == OrganisationKind.AGENCY, Organisation.state == OrganisationState.VERIFIED
    )
    return sum(ask_full_run(uow, agency_id=agency_id) for agency_id in uow.session.scalars(agencies).all())


def compute_full_run(uow: UnitOfWork, *, agency_id: int, progress: Tell, files: MatchIndexFiles | None = None) -> int:
    """Compute the lists of all openings of an agency, show them at once, and return the run; platform scope.

    Two full runs wait for one another; the second needs no work if the first began after it was asked for. What the
    run was computed from is kept for thirty days. ``progress`` counts each opening twice: judged, then written. Into
    ``files`` goes the index of the people, for the runs of single openings on this machine.
    """
    uow.session.execute(ONE_FULL_RUN_AT_A_TIME, {"agency": agency_id})
    newer = _run_since_asked(uow, agency_id)
    if newer is not None:
        return newer
    policy, watch = policy_now(uow), Stopwatch()
    run = add_run(uow, agency_id=agency_id, opening_id=None, policy=policy)
    live = list_live_openings(uow.session, agency_id=agency_id)
    taking = [opening for opening in live if opening.open_posts]
    terms = read_terms(uow, taking, policy)
    everybody, told = read_everybody(uow, agency_id=agency_id), _Told(progress, 2 * len(taking))
    inputs = terms.inputs(everybody.people.seekers)
    watch.lap("read")
    with ThreadPoolExecutor(2) as beside:  # what needs no database; this thread alone has the session
        content, digest = beside.submit(keep_input, inputs), beside.submit(inputs.digest)
        reading = index_everybody(terms, everybody)
        watch.lap("index")
        matched = beside.submit(shortlist_parts, reading.parts, terms.openings, terms.cohorts, terms.policies)
        saved = beside.submit(save_people, files, reading, agency_id=agency_id, number=run.id)
        _keep(uow, run, content.result())
        watch.lap("keep")  # the lists are made meanwhile: *match* is what is left to wait for
        found = matched.result()
        told(len(taking))
        watch.lap("match")
        counts = _count(uow, run, reading, found, live) | {"exposure": _spread(inputs, found, policy)}
        end_run(uow, run, counts=counts, digests=(digest.result(), digest_of_lists(found)))
        watch.lap("count")
        open_leaf(uow, run)
        write_lists(uow, run, reading, found, lambda rows: told(len(taking) + _served(found, rows)))
        watch.lap("write")
        saved.result()
        watch.lap("save")
    attach(uow, run, [opening.id for opening in live])
    _drop_superseded(uow, run)
    watch.lap("show")
    run.times = watch.times
    uow.record(AllMatched(run.id, organisation_id=agency_id))
    return run.id


def _keep(uow: UnitOfWork, run: MatchRun, content: bytes) -> None:
    """Keep what a run was computed from."""
    kept = MatchInput(run_id=run.id, agency_id=run.agency_id, kept_until=run.as_of + KEPT_FOR, content=content)
    uow.session.add(kept)
    uow.session.flush()


def forget_inputs(uow: UnitOfWork) -> int:
    """Remove the inputs of runs that were kept long enough, and return how many; platform scope."""
    gone: CursorResult[tuple[()]] = uow.session.execute(  # type: ignore[assignment]  # a DELETE gives a cursor result
        delete(MatchInput).where(MatchInput.kept_until < local_day(uow.now))
    )
    return gone.rowcount


class _Told:
    """Passes on how far a run is, a hundred times at most."""

    def __init__(self, progress: Tell, total: int) -> None:
        self.progress, self.total = progress, total
        self.step = max(1, total // TOLD_PARTS)
        self.next = self.step

    def __call__(self, done: int) -> None:
        if done >= self.next or done == self.total:
            self.next = done + self.step
            self.progress(done, self.total)


def _served(found: Shortlists, rows: int) -> int:
    """Return how many openings have all their rows, if so many rows stand."""
    return int(np.searchsorted(found.start, rows, side="right")) - 1


def _run_since_asked(uow: UnitOfWork, agency_id: int) -> int | None:
    """Return a full run whose reading began after this job was asked for: it saw all that this one would see."""
    if uow.job is None:
        return None
    return uow.session.scalar(
        select(MatchRun.id)
        .where(
            MatchRun.agency_id == agency_id,
            MatchRun.opening_id.is_(None),
            MatchRun.created_at > uow.job.created_at,
        )
        .order_by(MatchRun.id.desc())
        .limit(1)
    )


def _count(
    uow: UnitOfWork, run: MatchRun, reading: Reading, found: Shortlists, live: Sequence[OpeningInput]
) -> dict[str, Any]:
    """Keep the counts of each opening, and return those of the whole run; ways only if everybody was counted."""
    full = [opening for opening in live if not opening.open_posts]
    counted = {opening.id: {"empty": "no-open-post", "state": opening.state.value} for opening in full}
    classes: Counter[str] = Counter({kind.value: 0 for kind in RESULT_CLASSES})
    for row, opening_id in enumerate(reading.terms.openings.opening_id.tolist()):
        counted[opening_id] = count_opening(reading, found, row)
        classes.update(counted[opening_id].get("classes", {}))
    add_counts(uow, run, counted)
    return {
        "pool": reading.people,
        "openings": len(live),
        "without_post": len(full),
        "listed": len(found.seeker),
        **({"classes": dict(classes)} if is_counted(reading) else {}),
    }


def _spread(inputs: RunInput, found: Shortlists, policy: PolicyInput) -> dict[str, Any]:
    """Return how the lists are spread over the people, and how the order alone serves those who wait."""
    shown = lists_by_person(found, len(inputs.pool.seekers))
    floor: Floor = waiting_floor(found, inputs.openings, inputs.policies, _long_waiting(inputs), policy.waiting_quota)
    return {
        "never": int(np.count_nonzero(shown == 0)),
        "gini": gini(shown),
        "quota": policy.waiting_quota,
        "floor": vars(floor),
    }


def _long_waiting(inputs: RunInput) -> Bools:
    """Return who registered a year ago or earlier."""
    as_of = np.datetime64(inputs.pool.as_of, "D").astype(object)
    limit = day_number(add_months(as_of, -LONG_WAIT_MONTHS))
    waiting: Bools = inputs.pool.seekers.registered_day <= limit
    return waiting


def _drop_superseded(uow: UnitOfWork, run: MatchRun) -> None:
    """Drop the rows of earlier runs that no opening shows and no referral names, but those of the full run before."""
    before = (
        select(MatchRun.id)
        .where(MatchRun.agency_id == run.agency_id, MatchRun.opening_id.is_(None), MatchRun.id < run.id)
        .order_by(MatchRun.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    older = (
        select(MatchRun)
        .where(
            MatchRun.agency_id == run.agency_id,
            MatchRun.id < run.id,
            MatchRun.id.is_distinct_from(before),
            MatchRun.attached_at.is_not(None),
            ~exists().where(Opening.current_run_id == MatchRun.id),
            ~exists().where(Referral.run_id == MatchRun.id),
        )
        .order_by(MatchRun.id)
        .limit(DROPPED_AT_ONCE)
    )
    drop_leaves(uow, uow.session.scalars(older).all())
