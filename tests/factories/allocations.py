"""Allocations and proposals for tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills_bridge.domain.accounts import CLOCK, tenant_scope
from skills_bridge.domain.organisations import OrganisationKind
from skills_bridge.models import AllocationRun, Proposal
from skills_bridge.services.matching import allocate_places
from skills_bridge.unit_of_work import UnitOfWork, transaction
from tests.factories.referrals import full_run, silent
from tests.factories.world import World


@contextmanager
def agency_worker(world: World) -> Iterator[UnitOfWork]:
    """Write as the worker does in the agency's own scope."""
    actor = replace(CLOCK, organisation_id=world.ids["agency"], organisation_kind=OrganisationKind.AGENCY)
    with (
        Session(world.engines["worker"], expire_on_commit=False) as session,
        transaction(session, actor=actor, scope=tenant_scope(actor)) as uow,
    ):
        yield uow


def allocated(world: World) -> AllocationRun:
    """Compute all lists and allocate the places over them."""
    return allocated_over(world, full_run(world))


def allocated_over(world: World, run_id: int) -> AllocationRun:
    """Allocate the places over the lists of a run, as the worker does."""
    with agency_worker(world) as uow:
        return allocate_places(uow, run_id=run_id, progress=silent)


def proposals(world: World) -> dict[tuple[int, int], Proposal]:
    """Return every proposal by opening and person."""
    with world.as_owner() as session:
        rows = session.scalars(select(Proposal).order_by(Proposal.id)).all()
        session.expunge_all()
        return {(row.opening_id, row.seeker_id): row for row in rows}
