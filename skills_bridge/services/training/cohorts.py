"""The life of a cohort: planned and announced by its centre, begun, ended or cancelled."""

from __future__ import annotations

from sqlalchemy import select

from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.errors import Invalid, NotFound, RuleBroken, Stale
from skills_bridge.domain.events import CohortCancelled, CohortPublished
from skills_bridge.domain.reservations import EndReason
from skills_bridge.domain.states import check_move
from skills_bridge.domain.training import (
    COHORT_MOVES,
    SEATED,
    CancelReason,
    CohortPlan,
    CohortState,
    EnrolmentState,
    LeaveReason,
    check_plan,
)
from skills_bridge.models import Cohort, Enrolment, ProgrammeOutcome, Province, Reservation
from skills_bridge.policies.permissions import Permission, authorize
from skills_bridge.services.references import Series, next_reference
from skills_bridge.services.reservations import end_reservations, follow_cohort
from skills_bridge.services.seats import move_enrolment
from skills_bridge.services.training.programmes import hold_programme
from skills_bridge.unit_of_work import UnitOfWork

CHANGEABLE = frozenset({CohortState.DRAFT, CohortState.PUBLISHED})
"""States in which place, dates and seats may still change."""


def create_cohort(uow: UnitOfWork, *, programme_id: int, plan: CohortPlan) -> Cohort:
    """Plan a cohort of a programme; nobody outside the centre sees it before it is published.

    :raises NotFound: there is no such programme in the actor's scope.
    :raises NotPermitted: the actor does not manage its centre.
    :raises Invalid: dates, seats or province break a rule; names the field.
    """
    programme = hold_programme(uow, programme_id)
    _check(uow, plan)
    cohort = Cohort(
        reference=next_reference(uow, Series.COHORT),
        centre_id=programme.centre_id,
        programme_id=programme.id,
        taken=0,
        state=CohortState.DRAFT,
    )
    _write(cohort, plan)
    uow.session.add(cohort)
    uow.session.flush()  # the log needs the key
    uow.moved("cohort", cohort.id, was=None, now=CohortState.DRAFT, centre_id=cohort.centre_id)
    return cohort


def update_cohort(uow: UnitOfWork, *, cohort_id: int, version: int | None, plan: CohortPlan) -> Cohort:
    """Change place, dates or seats until the course begins; never fewer seats than taken.

    :raises NotFound: there is no such cohort in the actor's scope.
    :raises NotPermitted: the actor does not manage its centre.
    :raises Stale: somebody changed it since it was read.
    :raises RuleBroken: the cohort has begun, ended or is cancelled.
    :raises Invalid: dates, seats or province break a rule; names the field.
    """
    cohort = _hold(uow, cohort_id, version)
    if cohort.state not in CHANGEABLE:
        raise RuleBroken("cohort-fixed")
    _check(uow, plan)
    if plan.seats < cohort.taken:
        raise Invalid("seats-below-taken", field="seats", taken=cohort.taken)
    _write(cohort, plan)
    uow.audit("cohort.changed", "cohort", cohort.id, seats=plan.seats)
    if cohort.state is CohortState.PUBLISHED:
        follow_cohort(uow, cohort=cohort)
        uow.record(CohortPublished(cohort.id, occasion=f"v{cohort.version}"))
    return cohort


def publish_cohort(uow: UnitOfWork, *, cohort_id: int, version: int | None = None) -> Cohort:
    """Open a cohort to enrolment; the lists whose near profiles it may help are computed anew.

    :raises NotFound: there is no such cohort in the actor's scope.
    :raises NotPermitted: the actor does not manage its centre.
    :raises IllegalMove: the cohort is no draft.
    :raises RuleBroken: the programme teaches nothing, or enrolment would be over already.
    """
    cohort = _hold(uow, cohort_id, version)
    check_move(COHORT_MOVES, cohort.state, CohortState.PUBLISHED)
    if cohort.enrolment_until < local_day(uow.now):
        raise RuleBroken("enrolment-over-before-start")
    taught = select(ProgrammeOutcome.competency_id).where(ProgrammeOutcome.programme_id == cohort.programme_id)
    if uow.session.scalar(taught.limit(1)) is None:
        raise RuleBroken("programme-teaches-nothing")
    _move(uow, cohort, CohortState.PUBLISHED)
    cohort.published_at = uow.now
    uow.record(CohortPublished(cohort.id, occasion=f"v{cohort.version}"))
    return cohort


def start_cohort(uow: UnitOfWork, *, cohort_id: int, version: int | None = None) -> Cohort:
    """Say that the course has begun: nobody enters any more, and seats that were reserved for later are given back.

    :raises IllegalMove: the cohort is not published.
    """
    cohort = _hold(uow, cohort_id, version)
    _move(uow, cohort, CohortState.RUNNING)
    unused = (Reservation.cohort_id == cohort.id) & Reservation.enrolled_at.is_(None)
    end_reservations(uow, unused, reason=EndReason.COHORT_BEGUN)
    return cohort


def end_cohort(uow: UnitOfWork, *, cohort_id: int, version: int | None = None) -> Cohort:
    """Say that the course has ended; results and certificates may still follow.

    :raises IllegalMove: the course is not under way.
    """
    cohort = _hold(uow, cohort_id, version)
    _move(uow, cohort, CohortState.ENDED)
    return cohort


def cancel_cohort(
    uow: UnitOfWork, *, cohort_id: int, reason: CancelReason, note: str = "", version: int | None = None
) -> Cohort:
    """Cancel a cohort; the people in it leave it, reservations end, and the seats are given back; results stay.

    :raises IllegalMove: the cohort has ended or is cancelled.
    """
    cohort = _hold(uow, cohort_id, version)
    _move(uow, cohort, CohortState.CANCELLED, reason=reason, note=note)
    leaving = uow.session.scalars(
        select(Enrolment)
        .where(
            Enrolment.cohort_id == cohort.id,
            Enrolment.state.in_((EnrolmentState.WAITING, EnrolmentState.ENROLLED)),
        )
        .order_by(Enrolment.id)
        .with_for_update()
    ).all()
    cohort.taken -= sum(1 for enrolment in leaving if enrolment.state in SEATED)
    for enrolment in leaving:
        move_enrolment(uow, enrolment, EnrolmentState.WITHDRAWN, reason=LeaveReason.COHORT_CANCELLED)
    end_reservations(uow, Reservation.cohort_id == cohort.id, reason=EndReason.COHORT_CANCELLED)
    if leaving:
        uow.record(CohortCancelled(cohort.id))
    return cohort


def _hold(uow: UnitOfWork, cohort_id: int, version: int | None) -> Cohort:
    """Return a cohort that nobody else can change until the transaction ends; its version counts one more."""
    cohort = uow.session.scalar(select(Cohort).where(Cohort.id == cohort_id))
    if cohort is None:
        raise NotFound("cohort", cohort_id)
    authorize(uow.actor, Permission.COHORT_MANAGE, cohort)
    uow.session.refresh(cohort, with_for_update=True)
    if version is not None and cohort.version != version:
        raise Stale("cohort")
    cohort.version += 1
    return cohort


def _move(
    uow: UnitOfWork, cohort: Cohort, target: CohortState, *, reason: CancelReason | None = None, note: str = ""
) -> None:
    was = cohort.state
    check_move(COHORT_MOVES, was, target)
    cohort.state = target
    uow.moved(
        "cohort",
        cohort.id,
        was=was,
        now=target,
        reason=reason.value if reason else None,
        note=note.strip()[:2000],
        centre_id=cohort.centre_id,
    )


def _check(uow: UnitOfWork, plan: CohortPlan) -> None:
    check_plan(plan)
    if uow.session.get(Province, plan.province_code) is None:
        raise Invalid("cohort-province-unknown", field="province_code", value=plan.province_code)


def _write(cohort: Cohort, plan: CohortPlan) -> None:
    cohort.province_code = plan.province_code
    cohort.starts_on, cohort.expected_end_on = plan.starts_on, plan.expected_end_on
    cohort.enrolment_until, cohort.seats = plan.enrolment_until, plan.seats
