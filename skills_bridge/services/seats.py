"""Seats of a cohort and the steps of an enrolment: what training and reservations stand on.

A seat is taken by one conditional update and given back the same way. Whoever changes seats holds the cohort first and
its enrolments and reservations second, so that nobody waits in a circle; the person, where one is named, comes before.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.errors import AlreadyDone, RuleBroken
from skills_bridge.domain.states import check_move
from skills_bridge.domain.training import ENROLMENT_MOVES, SEATED, CohortState, EnrolmentState, LeaveReason
from skills_bridge.models import Cohort, Enrolment, Seeker
from skills_bridge.unit_of_work import UnitOfWork


def hold_cohorts(uow: UnitOfWork, cohort_ids: Iterable[int]) -> None:
    """Keep cohorts as they are until the transaction ends; several in the order of their keys."""
    wanted = sorted(set(cohort_ids))
    if wanted:
        uow.session.execute(select(Cohort.id).where(Cohort.id.in_(wanted)).order_by(Cohort.id).with_for_update())


def take_seat(uow: UnitOfWork, cohort: Cohort) -> None:
    """Count one seat more as taken if the cohort has one to give today: the one guard against overselling.

    :raises RuleBroken: it is not open to enrolment, or has no seat left.
    """
    today = local_day(uow.now)
    taken = uow.session.scalar(
        update(Cohort)
        .where(
            Cohort.id == cohort.id,
            Cohort.state == CohortState.PUBLISHED,
            Cohort.taken < Cohort.seats,
            Cohort.enrolment_until >= today,
        )
        .values(taken=Cohort.taken + 1)
        .returning(Cohort.taken)
        .execution_options(synchronize_session=False)
    )
    if taken is not None:
        return
    uow.session.refresh(cohort)
    if cohort.state is not CohortState.PUBLISHED:
        raise RuleBroken("cohort-not-open", reference=cohort.reference)
    if cohort.enrolment_until < today:
        raise RuleBroken("enrolment-over", reference=cohort.reference)
    raise RuleBroken("cohort-full", reference=cohort.reference)


def give_seats_back(uow: UnitOfWork, cohort_id: int, count: int = 1) -> None:
    """Count so many seats less as taken."""
    uow.session.execute(
        update(Cohort)
        .where(Cohort.id == cohort_id, Cohort.taken >= count)
        .values(taken=Cohort.taken - count)
        .execution_options(synchronize_session=False)
    )


def find_enrolment(uow: UnitOfWork, cohort_id: int, seeker_id: int) -> Enrolment | None:
    """Return a person's enrolment in a cohort, locked, if there is one."""
    return uow.session.scalar(
        select(Enrolment)
        .where(Enrolment.cohort_id == cohort_id, Enrolment.seeker_id == seeker_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def refuse_enrolled(uow: UnitOfWork, cohort: Cohort, seeker: Seeker) -> None:
    """Say first that the person is there already: in a full cohort, too, that is what the adviser must read.

    :raises AlreadyDone: she has a seat in the cohort.
    """
    held = select(Enrolment.id).where(
        Enrolment.cohort_id == cohort.id, Enrolment.seeker_id == seeker.id, Enrolment.state.in_(SEATED)
    )
    if uow.session.scalar(held) is not None:
        raise AlreadyDone("already-enrolled", pseudonym=seeker.pseudonym)


def put_in_cohort(uow: UnitOfWork, cohort: Cohort, seeker: Seeker, target: EnrolmentState) -> Enrolment:
    """Bring a person into a cohort, *enrolled* or *waiting* for her seat; its seats are the caller's business.

    :raises AlreadyDone: somebody was quicker; a seat taken before goes back with the transaction.
    """
    known = find_enrolment(uow, cohort.id, seeker.id)
    if known is None:
        return _add(uow, cohort, seeker, target)
    if known.state in SEATED:
        raise AlreadyDone("already-enrolled", pseudonym=seeker.pseudonym)
    if known.state is EnrolmentState.WITHDRAWN:
        move_enrolment(uow, known, EnrolmentState.WAITING)
    if known.state is not target:
        move_enrolment(uow, known, target)
    return known


def move_enrolment(
    uow: UnitOfWork, enrolment: Enrolment, target: EnrolmentState, *, reason: LeaveReason | None = None
) -> None:
    """Bring an enrolment into a state that its table allows, and log it for both parties.

    :raises IllegalMove: the state cannot follow the present one.
    """
    was = enrolment.state
    check_move(ENROLMENT_MOVES, was, target)
    enrolment.state = target
    enrolment.reason = reason.value if reason else None
    enrolment.decided_by = uow.actor.user_id
    enrolment.changed_at = uow.now
    uow.moved(
        "enrolment",
        enrolment.id,
        was=was,
        now=target,
        reason=enrolment.reason,
        centre_id=enrolment.centre_id,
        agency_id=enrolment.agency_id,
    )


def _add(uow: UnitOfWork, cohort: Cohort, seeker: Seeker, target: EnrolmentState) -> Enrolment:
    added: Enrolment | None = uow.session.scalar(
        insert(Enrolment)
        .values(
            cohort_id=cohort.id,
            centre_id=cohort.centre_id,
            agency_id=seeker.agency_id,
            seeker_id=seeker.id,
            state=target,
            decided_by=uow.actor.user_id,
            changed_at=uow.now,
        )
        .on_conflict_do_nothing(index_elements=["cohort_id", "seeker_id"])
        .returning(Enrolment)
    )
    if added is None:
        raise AlreadyDone("already-enrolled", pseudonym=seeker.pseudonym)
    uow.moved("enrolment", added.id, was=None, now=target, centre_id=added.centre_id, agency_id=added.agency_id)
    return added
