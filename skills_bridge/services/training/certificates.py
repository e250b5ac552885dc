"""Results of a course: who has completed it, who is certified, and what the certificate adds to a person's file."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from skills_bridge.domain.errors import Invalid, NotFound, NotPermitted, RuleBroken
from skills_bridge.domain.events import ProfileChanged
from skills_bridge.domain.framework import Evidence
from skills_bridge.domain.training import CohortState, EnrolmentState
from skills_bridge.models import Cohort, Enrolment, HeldCompetency, ProgrammeOutcome
from skills_bridge.policies.permissions import Permission, authorize
from skills_bridge.services.seats import move_enrolment
from skills_bridge.unit_of_work import UnitOfWork

BEGUN = frozenset({CohortState.RUNNING, CohortState.ENDED})
"""States of a cohort in which a person may have completed the course."""


def complete_enrolment(uow: UnitOfWork, *, public_id: uuid.UUID) -> Enrolment:
    """Say that a person has followed the course to its end.

    :raises NotFound: there is no such enrolment in the actor's scope.
    :raises NotPermitted: the actor does not manage its centre.
    :raises IllegalMove: the person is not in the course any more, or has completed it.
    :raises RuleBroken: the course has not begun.
    """
    enrolment = _hold(uow, public_id)
    cohort = uow.session.get_one(Cohort, enrolment.cohort_id)
    if cohort.state not in BEGUN:
        raise RuleBroken("cohort-not-begun", reference=cohort.reference)
    move_enrolment(uow, enrolment, EnrolmentState.COMPLETED)
    return enrolment


def certify_enrolment(uow: UnitOfWork, *, public_id: uuid.UUID) -> Enrolment:
    """Certify a person who completed the course: her levels rise to what the programme teaches, none is lowered.

    :raises NotFound: there is no such enrolment in the actor's scope.
    :raises NotPermitted: the actor does not manage its centre, or is no person.
    :raises IllegalMove: the person has not completed the course, or is certified.
    """
    enrolment = _hold(uow, public_id)
    if not uow.actor.is_human:
        raise NotPermitted(Permission.ENROLMENT_CERTIFY.value)
    move_enrolment(uow, enrolment, EnrolmentState.CERTIFIED)
    _raise_levels(uow, enrolment)
    uow.record(ProfileChanged(enrolment.seeker_id, occasion=f"certificate-{enrolment.id}"))
    return enrolment


def complete_enrolments(uow: UnitOfWork, *, cohort_id: int, public_ids: Collection[uuid.UUID]) -> int:
    """Say of several people of one cohort that they have completed the course: all or none; return how many.

    :raises Invalid: nobody was chosen.
    :raises NotFound: one of them is not in this cohort.
    :raises RuleBroken: as for one.
    """
    return _each(uow, cohort_id, public_ids, lambda key: complete_enrolment(uow, public_id=key))


def certify_enrolments(uow: UnitOfWork, *, cohort_id: int, public_ids: Collection[uuid.UUID]) -> int:
    """Certify several people of one cohort: all or none; return how many.

    :raises Invalid: nobody was chosen.
    :raises NotFound: one of them is not in this cohort.
    :raises RuleBroken: as for one.
    """
    return _each(uow, cohort_id, public_ids, lambda key: certify_enrolment(uow, public_id=key))


def _each(
    uow: UnitOfWork, cohort_id: int, public_ids: Collection[uuid.UUID], act: Callable[[uuid.UUID], Enrolment]
) -> int:
    wanted = set(public_ids)
    if not wanted:
        raise Invalid("nobody-chosen", field="enrolments")
    found = uow.session.scalars(
        select(Enrolment.public_id)
        .where(Enrolment.cohort_id == cohort_id, Enrolment.public_id.in_(wanted))
        .order_by(Enrolment.seeker_id)
    ).all()
    if len(found) != len(wanted):
        raise NotFound("enrolment", cohort_id)
    for key in found:  # by person: two centres that certify the same people wait for one another in one order
        act(key)
    return len(found)


def _hold(uow: UnitOfWork, public_id: uuid.UUID) -> Enrolment:
    """Return an enrolment that nobody else can change until the transaction ends."""
    enrolment = uow.session.scalar(select(Enrolment).where(Enrolment.public_id == public_id))
    if enrolment is None:
        raise NotFound("enrolment", public_id)
    authorize(uow.actor, Permission.ENROLMENT_CERTIFY, enrolment)
    uow.session.refresh(enrolment, with_for_update=True)
    return enrolment


def _raise_levels(uow: UnitOfWork, enrolment: Enrolment) -> None:
    """Write what the certificate proves; a level that is higher already stays, with its own proof."""
    taught = uow.session.execute(
        select(ProgrammeOutcome.competency_id, ProgrammeOutcome.level, Cohort.reference)
        .join(Cohort, Cohort.programme_id == ProgrammeOutcome.programme_id)
        .where(Cohort.id == enrolment.cohort_id)
        .order_by(ProgrammeOutcome.competency_id)
    )
    rows = [
        {
            "seeker_id": enrolment.seeker_id,
            "competency_id": competency_id,
            "agency_id": enrolment.agency_id,
            "level": level,
            "evidence": Evidence.CERTIFIED,
            "valid_until": None,
            "source": reference,
            "recorded_at": uow.now,
        }
        for competency_id, level, reference in taught
    ]
    put = insert(HeldCompetency)
    columns = ("level", "evidence", "valid_until", "source", "recorded_at")
    uow.session.execute(
        put.on_conflict_do_update(
            index_elements=["seeker_id", "competency_id"],
            set_={name: put.excluded[name] for name in columns},
            where=HeldCompetency.level <= put.excluded.level,
        ),
        rows,
    )
