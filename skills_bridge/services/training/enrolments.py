"""Who is in a cohort: enrolled on a seat of her own or one that was reserved for her, confirmed, out again."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy import func, select

from skills_bridge.domain.errors import AlreadyDone, Invalid, NotFound, RuleBroken
from skills_bridge.domain.reservations import EndReason
from skills_bridge.domain.seekers import ConsentKind, SeekerState
from skills_bridge.domain.training import SEATED, EnrolmentState, EntryAnswer, LeaveReason, judge_entry
from skills_bridge.models import Cohort, Consent, EducationLevel, Enrolment, Programme, Reservation, Seeker
from skills_bridge.policies.permissions import Permission, authorize
from skills_bridge.services.referrals.steps import hold_person
from skills_bridge.services.reservations import end_reservations, keep_seat, note_enrolment
from skills_bridge.services.seats import (
    give_seats_back,
    hold_cohorts,
    move_enrolment,
    put_in_cohort,
    refuse_enrolled,
    take_seat,
)
from skills_bridge.unit_of_work import UnitOfWork


def enrol_seeker(uow: UnitOfWork, *, cohort_id: int, seeker_id: int) -> Enrolment:
    """Give a person a seat of a published cohort; of many at once, exactly as many succeed as there are seats.

    :raises NotFound: there is no such cohort or person in the actor's scope.
    :raises NotPermitted: the actor enrols nobody.
    :raises AlreadyDone: the person is in this cohort.
    :raises RuleBroken: the person is not looked for, the entry is not met or not known, a seat elsewhere is reserved
        for her, or no seat is to be had.
    """
    cohort = uow.session.get(Cohort, cohort_id)
    seeker = uow.session.get(Seeker, seeker_id)
    if cohort is None or seeker is None:
        raise NotFound("cohort", cohort_id) if cohort is None else NotFound("seeker", seeker_id)
    authorize(uow.actor, Permission.COHORT_ENROL, cohort)
    hold_person(uow, seeker_id)
    _check_person(uow, cohort, seeker)
    refuse_enrolled(uow, cohort, seeker)
    _refuse_second_seat(uow, cohort, seeker)
    reservation = keep_seat(uow, cohort=cohort, seeker_id=seeker_id)
    if reservation is None:
        take_seat(uow, cohort)
    enrolment = put_in_cohort(uow, cohort, seeker, EnrolmentState.ENROLLED)
    if reservation is not None:
        note_enrolment(uow, reservation=reservation, enrolment=enrolment)
    return enrolment


def confirm_enrolments(uow: UnitOfWork, *, cohort_id: int, public_ids: Collection[uuid.UUID]) -> int:
    """Enrol people of one cohort who accepted the seat reserved for them: all or none; return how many.

    :raises Invalid: nobody was chosen.
    :raises NotFound: one of them is not in this cohort.
    :raises NotPermitted: the actor does not manage its centre.
    :raises AlreadyDone: the seat of one of them is no longer reserved, or she is enrolled.
    :raises RuleBroken: the course has begun or is no longer open.
    """
    wanted = set(public_ids)
    if not wanted:
        raise Invalid("nobody-chosen", field="enrolments")
    cohort = uow.session.get(Cohort, cohort_id)
    if cohort is None:
        raise NotFound("cohort", cohort_id)
    authorize(uow.actor, Permission.ENROLMENT_CERTIFY, cohort)
    hold_cohorts(uow, (cohort_id,))
    people = uow.session.scalars(
        select(Enrolment)
        .where(Enrolment.cohort_id == cohort_id, Enrolment.public_id.in_(wanted))
        .order_by(Enrolment.id)
        .with_for_update()
    ).all()
    if len(people) != len(wanted):
        raise NotFound("enrolment", cohort_id)
    for enrolment in people:
        reservation = keep_seat(uow, cohort=cohort, seeker_id=enrolment.seeker_id)
        if reservation is None:
            raise AlreadyDone("seat-not-reserved")
        move_enrolment(uow, enrolment, EnrolmentState.ENROLLED)
        note_enrolment(uow, reservation=reservation, enrolment=enrolment)
    return len(people)


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


def _leave(
    uow: UnitOfWork, public_id: uuid.UUID, permission: Permission, target: EnrolmentState, reason: LeaveReason
) -> Enrolment:
    cohort_id = uow.session.scalar(select(Enrolment.cohort_id).where(Enrolment.public_id == public_id))
    if cohort_id is None:
        raise NotFound("enrolment", public_id)
    hold_cohorts(uow, (cohort_id,))
    enrolment = uow.session.scalars(select(Enrolment).where(Enrolment.public_id == public_id).with_for_update()).one()
    authorize(uow.actor, permission, enrolment)
    had_seat = enrolment.state in SEATED
    move_enrolment(uow, enrolment, target, reason=reason)
    if had_seat:
        give_seats_back(uow, cohort_id)
    end_reservations(uow, Reservation.enrolment_id == enrolment.id, reason=EndReason.LEFT_TRAINING)
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


def _refuse_second_seat(uow: UnitOfWork, cohort: Cohort, seeker: Seeker) -> None:
    """Refuse a person for whom a seat of another cohort waits: she would keep one from somebody who needs it.

    :raises RuleBroken: there is such a seat, and nobody has used it or given it back.
    """
    waiting = uow.session.scalar(
        select(Cohort.reference)
        .join(Reservation, Reservation.cohort_id == Cohort.id)
        .where(
            Reservation.seeker_id == seeker.id,
            Reservation.cohort_id != cohort.id,
            Reservation.ended_at.is_(None),
            Reservation.enrolled_at.is_(None),
        )
    )
    if waiting is not None:
        raise RuleBroken("seat-reserved-elsewhere", pseudonym=seeker.pseudonym, reference=waiting)


def _has_withdrawn_sharing(uow: UnitOfWork, seeker_id: int) -> bool:
    """Say whether the person took back her consent to share her file, which a centre's learners' list is."""
    withdrawn, live = uow.session.execute(
        select(
            func.count().filter(Consent.withdrawn_at.is_not(None)), func.count().filter(Consent.withdrawn_at.is_(None))
        ).where(Consent.seeker_id == seeker_id, Consent.kind == ConsentKind.SHARING)
    ).one()
    return bool(withdrawn) and not live
