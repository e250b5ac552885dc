"""Who is in a cohort: a seat is taken by one conditional update and given back the same way.

Everything here locks the cohort first and the enrolment second, so that nobody waits in a circle.
"""

from __future__ import annotations

import uuid

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.errors import AlreadyDone, NotFound, RuleBroken
from skills_bridge.domain.seekers import ConsentKind, SeekerState
from skills_bridge.domain.states import check_move
from skills_bridge.domain.training import (
    ENROLMENT_MOVES,
    SEATED,
    CohortState,
    EnrolmentState,
    EntryAnswer,
    LeaveReason,
    judge_entry,
)
from skills_bridge.models import Cohort, Consent, EducationLevel, Enrolment, Programme, Seeker
from skills_bridge.policies.permissions import Permission, authorize
from skills_bridge.unit_of_work import UnitOfWork


def enrol_seeker(uow: UnitOfWork, *, cohort_id: int, seeker_id: int) -> Enrolment:
    """Give a person a seat of a published cohort; of many at once, exactly as many succeed as there are seats.

    :raises NotFound: there is no such cohort or person in the actor's scope.
    :raises NotPermitted: the actor enrols nobody.
    :raises AlreadyDone: the person is in this cohort.
    :raises RuleBroken: the person is not looked for, the entry is not met or not known, or no seat is to be had.
    """
    cohort = uow.session.get(Cohort, cohort_id)
    seeker = uow.session.get(Seeker, seeker_id)
    if cohort is None or seeker is None:
        raise NotFound("cohort", cohort_id) if cohort is None else NotFound("seeker", seeker_id)
    authorize(uow.actor, Permission.COHORT_ENROL, cohort)
    _check_person(uow, cohort, seeker)
    _refuse_enrolled(uow, cohort, seeker)
    _take_seat(uow, cohort)
    known = uow.session.scalar(
        select(Enrolment)
        .where(Enrolment.cohort_id == cohort_id, Enrolment.seeker_id == seeker_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if known is None:
        return _add(uow, cohort, seeker)
    if known.state in SEATED:  # somebody was quicker: the seat taken above goes back with the transaction
        raise AlreadyDone("already-enrolled", pseudonym=seeker.pseudonym)
    if known.state is EnrolmentState.WITHDRAWN:
        move_enrolment(uow, known, EnrolmentState.WAITING)
    move_enrolment(uow, known, EnrolmentState.ENROLLED)
    return known


def withdraw_enrolment(uow: UnitOfWork, *, public_id: uuid.UUID, reason: LeaveReason) -> Enrolment:
    """Take a person out of a cohort at her wish; the seat is free again.

    :raises NotFound: there is no such enrolment in the actor's scope.
    :raises NotPermitted: the actor enrols nobody.
    :raises IllegalMove: the person has left, or has completed the course.
    """
    return _leave(uow, public_id, Permission.COHORT_ENROL, EnrolmentState.WITHDRAWN, reason)


def drop_enrolment(uow: UnitOfWork, *, public_id: uuid.UUID, reason: LeaveReason) -> Enrolment:
    """Say that a person no longer comes; the seat is free again.

    :raises NotFound: there is no such enrolment in the actor's scope.
    :raises NotPermitted: the actor does not manage its centre.
    :raises IllegalMove: the person has left, or has completed the course.
    """
    return _leave(uow, public_id, Permission.ENROLMENT_CERTIFY, EnrolmentState.DROPPED, reason)


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


def _leave(
    uow: UnitOfWork, public_id: uuid.UUID, permission: Permission, target: EnrolmentState, reason: LeaveReason
) -> Enrolment:
    cohort_id = uow.session.scalar(select(Enrolment.cohort_id).where(Enrolment.public_id == public_id))
    if cohort_id is None:
        raise NotFound("enrolment", public_id)
    uow.session.execute(select(Cohort.id).where(Cohort.id == cohort_id).with_for_update())
    enrolment = uow.session.scalars(select(Enrolment).where(Enrolment.public_id == public_id).with_for_update()).one()
    authorize(uow.actor, permission, enrolment)
    had_seat = enrolment.state in SEATED
    move_enrolment(uow, enrolment, target, reason=reason)
    if had_seat:
        uow.session.execute(
            update(Cohort)
            .where(Cohort.id == cohort_id, Cohort.taken > 0)
            .values(taken=Cohort.taken - 1)
            .execution_options(synchronize_session=False)
        )
    return enrolment


def _check_person(uow: UnitOfWork, cohort: Cohort, seeker: Seeker) -> None:
    if seeker.state is not SeekerState.ACTIVE:
        raise RuleBroken("person-not-active", pseudonym=seeker.pseudonym)
    if seeker.matching_objected_at is not None or _has_withdrawn_sharing(uow, seeker.id):
        raise RuleBroken("person-objected", pseudonym=seeker.pseudonym)
    asked = uow.session.scalars(select(Programme.entry_rank).where(Programme.id == cohort.programme_id)).one()
    held = uow.session.scalar(select(EducationLevel.rank).where(EducationLevel.code == seeker.education_code))
    answer = judge_entry(asked, held)
    if answer is not EntryAnswer.MET:
        raise RuleBroken(f"entry-{answer.value}", pseudonym=seeker.pseudonym)


def _has_withdrawn_sharing(uow: UnitOfWork, seeker_id: int) -> bool:
    """Say whether the person took back her consent to share her file, which a centre's learners' list is."""
    withdrawn, live = uow.session.execute(
        select(
            func.count().filter(Consent.withdrawn_at.is_not(None)), func.count().filter(Consent.withdrawn_at.is_(None))
        ).where(Consent.seeker_id == seeker_id, Consent.kind == ConsentKind.SHARING)
    ).one()
    return bool(withdrawn) and not live


def _refuse_enrolled(uow: UnitOfWork, cohort: Cohort, seeker: Seeker) -> None:
    """Say first that the person is there already: in a full cohort, too, that is what the adviser must read."""
    held = select(Enrolment.id).where(
        Enrolment.cohort_id == cohort.id, Enrolment.seeker_id == seeker.id, Enrolment.state.in_(SEATED)
    )
    if uow.session.scalar(held) is not None:
        raise AlreadyDone("already-enrolled", pseudonym=seeker.pseudonym)


def _take_seat(uow: UnitOfWork, cohort: Cohort) -> None:
    """Count one seat more as taken if the cohort has one to give today: the one guard against overselling."""
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


def _add(uow: UnitOfWork, cohort: Cohort, seeker: Seeker) -> Enrolment:
    added: Enrolment | None = uow.session.scalar(
        insert(Enrolment)
        .values(
            cohort_id=cohort.id,
            centre_id=cohort.centre_id,
            agency_id=seeker.agency_id,
            seeker_id=seeker.id,
            state=EnrolmentState.ENROLLED,
            decided_by=uow.actor.user_id,
            changed_at=uow.now,
        )
        .on_conflict_do_nothing(index_elements=["cohort_id", "seeker_id"])
        .returning(Enrolment)
    )
    if added is None:
        raise AlreadyDone("already-enrolled", pseudonym=seeker.pseudonym)
    uow.moved(
        "enrolment",
        added.id,
        was=None,
        now=EnrolmentState.ENROLLED,
        centre_id=added.centre_id,
        agency_id=added.agency_id,
    )
    return added
