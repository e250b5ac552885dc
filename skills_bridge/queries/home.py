"""Today's work of each role: what waits for somebody, counted; each count is the length of the list behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from skills_bridge.domain.accounts import Actor, Role
from skills_bridge.domain.imports import BatchState
from skills_bridge.domain.jobs import JobState
from skills_bridge.domain.openings import OpeningState
from skills_bridge.domain.packs import PackState, VisaState
from skills_bridge.domain.referrals import ReferralState
from skills_bridge.domain.reservations import ReservationStep
from skills_bridge.domain.training import CohortState, EnrolmentState
from skills_bridge.models import (
    AuditCheck,
    Cohort,
    Enrolment,
    ImportBatch,
    Job,
    Need,
    Opening,
    Pack,
    Referral,
    Reservation,
    RetentionNotice,
    RightsRequest,
    Seeker,
    Visa,
)
from skills_bridge.queries.audit import has_open_faults
from skills_bridge.queries.jobs import is_late, visible_jobs
from skills_bridge.queries.openings import has_open_post, is_followed_by, is_waiting
from skills_bridge.queries.privacy.requests import has_live_notice, is_open, is_visible_to
from skills_bridge.queries.reservations import STEPS, expires_soon, followed_by
from skills_bridge.queries.seekers.register import is_to_interview


@dataclass(frozen=True)
class WorkItem:
    """One line of the work list: ``code`` chooses words and link, ``count`` how many wait."""

    code: str
    count: int


Counting = Callable[[Actor], Select[int]]


def _count(model: Any, *where: ColumnElement[bool]) -> Select[int]:
    """Return the statement that counts rows."""
    return select(func.count()).select_from(model).where(and_(True, *where))


def _unit(actor: Actor, column: Any) -> ColumnElement[bool]:
    """Return the test that a row is followed by the actor's unit; without a unit, all are."""
    return and_(True) if actor.unit_id is None else column == actor.unit_id


def _openings(state: OpeningState) -> Counting:
    """Count openings in one state, in the actor's unit if she has one."""
    return lambda actor: _count(Opening, Opening.state == state, _unit(actor, Opening.unit_id))


def _referrals(*states: ReferralState) -> Counting:
    """Count referrals in some states, in the actor's unit if she has one."""
    return lambda actor: _count(Referral, Referral.state.in_(states), _unit(actor, Referral.unit_id))


def _without_competency(actor: Actor) -> Select[int]:
    """Count the interviews to hold: the test is the list's own."""
    return _count(Seeker, is_to_interview(), _unit(actor, Seeker.unit_id))


def _free_seats(_: Actor) -> Select[int]:
    """Count published cohorts that still have a seat."""
    return _count(Cohort, Cohort.state == CohortState.PUBLISHED, Cohort.taken < Cohort.seats)


def _cohorts_to_certify(_: Actor) -> Select[int]:
    """Count cohorts in which somebody completed the course and waits for the certificate."""
    completed = select(Enrolment.cohort_id).where(Enrolment.state == EnrolmentState.COMPLETED)
    return _count(Cohort, Cohort.id.in_(completed))


def _visas(actor: Actor) -> Select[int]:
    """Count packs that wait for the visa of the actor's party."""
    return (
        _count(Visa, Visa.state == VisaState.WAITING, Visa.organisation_id == actor.organisation_id)
        .join(Pack, Pack.id == Visa.pack_id)
        .where(Pack.state == PackState.FROZEN)
    )


COUNTS: Final[Mapping[str, Counting]] = {
    "openings_draft": _openings(OpeningState.DRAFT),
    "openings_submitted": lambda actor: _count(Opening, is_waiting(), is_followed_by(actor)),
    "openings_validated": _openings(OpeningState.VALIDATED),
    "openings_to_fill": lambda _: _count(Opening, has_open_post()),
    "needs": lambda _: _count(Need, Need.state == "open"),
    "referrals_to_answer": _referrals(ReferralState.SENT, ReferralState.INVITED),
    "referrals_selected": _referrals(ReferralState.SELECTED),
    "referrals_to_call": _referrals(ReferralState.PROPOSED),
    "referrals_to_send": _referrals(ReferralState.ACCEPTED),
    "reservations_expiring": lambda actor: _count(Reservation, expires_soon(), followed_by(actor)),
    "learners_to_enrol": lambda actor: _count(Reservation, STEPS[ReservationStep.ACCEPTED], followed_by(actor)),
    "seekers_to_interview": _without_competency,
    "imports_checked": lambda _: _count(ImportBatch, ImportBatch.state == BatchState.CHECKED),
    "cohorts_draft": lambda _: _count(Cohort, Cohort.state == CohortState.DRAFT),
    "cohorts_free": _free_seats,
    "cohorts_to_certify": _cohorts_to_certify,
    "packs_to_visa": _visas,
    "packs_frozen": lambda _: _count(Pack, Pack.state == PackState.FROZEN),
    "packs_published": lambda _: _count(Pack, Pack.state == PackState.PUBLISHED),
    "jobs_dead": lambda actor: _count(Job, Job.state == JobState.DEAD, visible_jobs(actor)),
    "audit_faults": lambda _: _count(AuditCheck, has_open_faults()),
    "rights_open": lambda actor: _count(RightsRequest, is_open(), is_visible_to(actor)),
    "retention_due": lambda actor: _count(RetentionNotice, has_live_notice(actor)),
    "jobs_late": lambda actor: _count(Job, is_late(), visible_jobs(actor)),
}


_COMPANY = (
    "referrals_to_answer",
    "referrals_selected",
    "openings_draft",
    "openings_submitted",
    "openings_to_fill",
    "needs",
)
_ADVISER = (
    "openings_submitted",
    "referrals_to_call",
    "referrals_to_send",
    "referrals_to_answer",
    "reservations_expiring",
    "seekers_to_interview",
    "rights_open",
    "retention_due",
    "imports_checked",
    "openings_validated",
)

WORK: Final[Mapping[Role, tuple[str, ...]]] = {
    Role.HR_MANAGER: _COMPANY,
    Role.COMPANY_ADMIN: _COMPANY,
    Role.ADVISER: _ADVISER,
    Role.UNIT_MANAGER: _ADVISER,
    Role.REPORT_OFFICER: ("packs_frozen", "packs_published"),
    Role.SIGNATORY: ("packs_to_visa", "packs_frozen", "packs_published"),
    Role.CENTRE_MANAGER: ("learners_to_enrol", "cohorts_to_certify", "cohorts_draft", "cohorts_free"),
    Role.ANALYST: ("packs_frozen", "packs_published"),
    Role.OFFICER: ("needs", "openings_validated", "packs_frozen", "packs_published"),
    Role.ADMINISTRATOR: ("audit_faults", "jobs_dead", "jobs_late"),
    Role.DATA_PROTECTION_OFFICER: ("rights_open", "audit_faults"),
}


def list_work(session: Session, *, actor: Actor) -> tuple[WorkItem, ...]:
    """Return the work list of the actor's role, most urgent first, in one statement."""
    if actor.role is None or not WORK[actor.role]:
        return ()
    codes = WORK[actor.role]
    row = session.execute(select(*(COUNTS[code](actor).scalar_subquery() for code in codes))).one()
    return tuple(WorkItem(code, count) for code, count in zip(codes, row, strict=True))
