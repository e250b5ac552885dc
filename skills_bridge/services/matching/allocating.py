"""The allocation after a full run: who is proposed to which opening, over all openings at once, and at what cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sqlalchemy import delete, literal, select, text
from sqlalchemy.dialects.postgresql import Insert, insert

from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.errors import NotFound
from skills_bridge.domain.proposals import ProposalKind, ProposalState
from skills_bridge.engine.allocate import Allocation, allocate, churn
from skills_bridge.engine.allocation_cost import own_places
from skills_bridge.engine.certificate import verify_certificate
from skills_bridge.models import AllocationRun, MatchRun, Proposal
from skills_bridge.queries.given import given_rows
from skills_bridge.queries.matching.allocation_input import AllocationInput, get_allocation_input
from skills_bridge.services.matching.recording import Tell, policy_now
from skills_bridge.services.matching.stopwatch import Stopwatch
from skills_bridge.unit_of_work import UnitOfWork

ONE_ALLOCATION_AT_A_TIME = text("SELECT pg_advisory_xact_lock(7423, (:agency % 2147483647)::int)")
BATCH: Final = 10_000
"""Rows of one statement."""
STEPS: Final = 3
"""What the progress counts: read, allocated, written."""
RENEWED: Final = (
    "allocation_id",
    "unit_id",
    "score",
    "below_best",
    "own_place",
    "own_offers",
    "is_kept",
    "is_waiting",
)
"""What a later allocation says anew of a pair that is still open."""


def allocate_places(uow: UnitOfWork, *, run_id: int, progress: Tell) -> AllocationRun:
    """Allocate the places of an agency after a full run, keep the proposals at once, and return the allocation.

    The agency's own scope. Two allocations of an agency wait for one another; one that serves this run or a later one
    is returned as it is. What advisers decide meanwhile stands: only open proposals are renewed or withdrawn.

    :raises NotFound: the agency has no such full run.
    """
    run = uow.session.get(MatchRun, run_id)
    if run is None or run.opening_id is not None:
        raise NotFound("match_run", run_id)
    uow.session.execute(ONE_ALLOCATION_AT_A_TIME, {"agency": run.agency_id})
    if known := _served(uow, run):
        return known
    policy, watch, today = policy_now(uow), Stopwatch(), local_day(uow.now)
    tables = get_allocation_input(uow.session, agency_id=run.agency_id, as_of=today)
    watch.lap("read")
    progress(1, STEPS)
    found = allocate(
        tables.candidates,
        tables.openings,
        tables.people,
        policy.policies.allocation,
        live=tables.live,
        unsent=tables.unsent,
        forbidden=tables.forbidden,
    )
    watch.lap("allocate")
    progress(2, STEPS)
    kept = AllocationRun(
        agency_id=run.agency_id,
        run_id=run_id,
        policy_id=policy.id,
        as_of=today,
        worth=found.worth,
        gap=found.gap,
        is_proven=verify_certificate(found.problem, found.chosen, found.certificate),
        counts=_counts(tables, found),
        times=watch.times,
    )
    uow.session.add(kept)
    uow.session.flush()  # the proposals need the key
    _store(uow, kept, tables, found)
    uow.audit("allocation_run.computed", "allocation_run", kept.id, run_id=run_id, gap=found.gap)
    progress(STEPS, STEPS)
    return kept


def _served(uow: UnitOfWork, run: MatchRun) -> AllocationRun | None:
    """Return the allocation over this run or a later one."""
    made = AllocationRun.agency_id == run.agency_id, AllocationRun.run_id >= run.id
    return uow.session.scalar(select(AllocationRun).where(*made).order_by(AllocationRun.id.desc()).limit(1))


def _counts(tables: AllocationInput, found: Allocation) -> dict[str, Any]:
    """Return what the page prints: places and reserve, proposals, what changed since the last one, and the cost."""
    problem, changed = found.problem, churn(found, tables.unsent)
    place, _offers = own_places(tables.candidates, found)
    return {
        "openings": len(problem.places),
        "people": len(problem.limit),
        "candidates": len(tables.candidates.score),
        "places": int(problem.places.sum()),
        "reserved": int((problem.places - problem.open_to_all).sum()),
        "proposed": len(found.score),
        "people_proposed": len(np.unique(found.seeker_id)),
        "waiting_proposed": int(problem.is_waiting[problem.seeker[found.chosen]].sum()),
        "first_choice": int((place == 1).sum()),
        "below_best": int(found.below_best.sum()),
        "kept": len(changed.kept),
        "new": len(changed.new),
        "dropped": len(changed.dropped),
    }


def _store(uow: UnitOfWork, run: AllocationRun, tables: AllocationInput, found: Allocation) -> None:
    """Renew the open proposals, add the new ones and withdraw the others, beside whoever decides some meanwhile.

    The open ones are locked in the order of their keys, as an adviser's act on several is.
    """
    is_open = (
        Proposal.agency_id == run.agency_id,
        Proposal.kind == ProposalKind.ALLOCATION,
        Proposal.state == ProposalState.OPEN,
    )
    uow.session.execute(select(Proposal.id).where(*is_open).order_by(Proposal.id).with_for_update()).all()
    columns = _columns(tables, found)
    for first in range(0, len(found.score), BATCH):
        some = {name: column[first : first + BATCH].tolist() for name, column in columns.items()}
        uow.session.execute(_renewing(run, some))
    uow.session.execute(
        delete(Proposal).where(*is_open, Proposal.allocation_id != run.id).execution_options(synchronize_session=False)
    )


def _renewing(run: AllocationRun, columns: Mapping[str, Sequence[Any]]) -> Insert:
    """Return the statement that adds proposals or renews those that are open."""
    given = given_rows(Proposal, columns)
    alike = {
        "kind": ProposalKind.ALLOCATION,
        "state": ProposalState.OPEN,
        "allocation_id": run.id,
        "agency_id": run.agency_id,
        "note": "",
    }
    of_kind = (literal(value, Proposal.__table__.c[name].type) for name, value in alike.items())
    added = insert(Proposal).from_select([*columns, *alike], select(*given.c, *of_kind))
    return added.on_conflict_do_update(
        index_elements=["opening_id", "seeker_id", "kind"],
        set_={name: added.excluded[name] for name in RENEWED},
        where=Proposal.state == ProposalState.OPEN,
    )


def _columns(tables: AllocationInput, found: Allocation) -> dict[str, npt.NDArray[Any]]:
    """Return the proposals, with a column for each of the table's that differs from one to the other."""
    place, offers = own_places(tables.candidates, found)
    owners = [tables.owners[opening] for opening in found.opening_id.tolist()]
    before = set(zip(tables.unsent.opening_id.tolist(), tables.unsent.seeker_id.tolist(), strict=True))
    pairs = zip(found.opening_id.tolist(), found.seeker_id.tolist(), strict=True)
    return {
        "opening_id": found.opening_id,
        "seeker_id": found.seeker_id,
        "company_id": np.array([owner.company_id for owner in owners], np.int64),
        "unit_id": np.array([owner.unit_id for owner in owners], np.int64),
        "score": found.score,
        "below_best": found.below_best,
        "own_place": place,
        "own_offers": offers,
        "is_kept": np.array([pair in before for pair in pairs], np.bool_),
        "is_waiting": found.problem.is_waiting[found.problem.seeker[found.chosen]].astype(np.bool_),
    }
