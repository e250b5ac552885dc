"""The person's answer to a course and a post reserved for her, and the seat that becomes her enrolment's."""

from __future__ import annotations

from datetime import date

from skills_bridge.domain.errors import AlreadyDone, Invalid, NotFound, RuleBroken
from skills_bridge.domain.events import ReservationAccepted, ReservationEnrolled
from skills_bridge.domain.proposals import MOVES, ProposalState, SetAsideReason
from skills_bridge.domain.referrals import DeclineReason
from skills_bridge.domain.reservations import EndReason, post_kept_until
from skills_bridge.domain.seekers import Channel
from skills_bridge.domain.states import check_move
from skills_bridge.domain.training import CohortState, EnrolmentState
from skills_bridge.models import Cohort, Enrolment, Proposal, Reservation, Seeker
from skills_bridge.policies.permissions import Permission, authorize, own_or
from skills_bridge.queries.bridges import get_expiry_days
from skills_bridge.services.referrals.checks import check_answer_day, check_channel, check_sharing
from skills_bridge.services.referrals.steps import hold_person
from skills_bridge.services.reservations.ending import end_reservations, hold_live, log_step
from skills_bridge.services.seats import put_in_cohort
from skills_bridge.unit_of_work import UnitOfWork


def record_answer(
    uow: UnitOfWork,
    *,
    reservation_id: int,
    accepted: bool,
    channel: Channel,
    answered_on: date,
    reason: DeclineReason | None = None,
) -> Reservation:
    """Write down the person's word, how and when it came; to decline costs her nothing and gives seat and post back.

    After a yes the centre sees her among its learners, waiting to be enrolled.

    :raises NotFound: there is no such reservation in the actor's scope.
    :raises NotPermitted: the actor's unit does not follow its opening.
    :raises Invalid: the day is not between the proposal and today, a refusal has no reason, or somebody else's channel.
    :raises AlreadyDone: the reservation has ended, or she said yes before.
    :raises RuleBroken: its last day has passed, or she has not agreed to be named.
    """
    reservation = _load(uow, reservation_id)
    check_channel(uow, channel)
    check_answer_day(uow, answered_on, asked_at=reservation.created_at)
    if not accepted and reason is None:
        raise Invalid("decline-reason-missing", field="reason")
    live = hold_live(uow, Reservation.id == reservation_id)
    if not live:
        raise AlreadyDone("reservation-ended")
    if accepted:
        _accept(uow, reservation)
    proposal = uow.session.get_one(Proposal, reservation.proposal_id, with_for_update=True, populate_existing=True)
    proposal.answered_channel, proposal.answered_on = channel, answered_on
    _decide(uow, proposal, ProposalState.ACCEPTED if accepted else ProposalState.SET_ASIDE, reason)
    if not accepted:
        end_reservations(uow, Reservation.id == reservation_id, reason=EndReason.DECLINED)
    return reservation


def keep_seat(uow: UnitOfWork, *, cohort: Cohort, seeker_id: int) -> Reservation | None:
    """Return the reservation whose seat the person's enrolment takes over, locked behind its cohort, if there is one.

    The seat is counted already. The post stays reserved until she is placed, for some days beyond the day on which she
    is needed. :func:`note_enrolment` completes the step once the enrolment stands.

    :raises RuleBroken: the course has begun or is no longer open.
    """
    wanted = (
        Reservation.cohort_id == cohort.id,
        Reservation.seeker_id == seeker_id,
        Reservation.enrolled_at.is_(None),
    )
    live = hold_live(uow, wanted[0] & wanted[1] & wanted[2])
    if not live:
        return None
    uow.session.refresh(cohort)
    if cohort.state is not CohortState.PUBLISHED:
        raise RuleBroken("cohort-not-open", reference=cohort.reference)
    return live[0]


def note_enrolment(uow: UnitOfWork, *, reservation: Reservation, enrolment: Enrolment) -> None:
    """Note that the reserved seat is the enrolment's from now on, and keep the post for the person."""
    if reservation.accepted_at is None:
        proposal = uow.session.get_one(Proposal, reservation.proposal_id, with_for_update=True, populate_existing=True)
        _decide(uow, proposal, ProposalState.ACCEPTED, None)
        reservation.accepted_at, reservation.enrolment_id = uow.now, enrolment.id
    reservation.enrolled_at = uow.now
    reservation.expires_at = post_kept_until(reservation.needed_on, days=get_expiry_days(uow.session))
    log_step(uow, reservation, now="enrolled")
    uow.record(ReservationEnrolled(reservation.id))


def _load(uow: UnitOfWork, reservation_id: int) -> Reservation:
    reservation = uow.session.get(Reservation, reservation_id)
    if reservation is None:
        raise NotFound("reservation", reservation_id)
    authorize(uow.actor, own_or(uow.actor, Permission.OWN_PROPOSAL_ANSWER, Permission.RESERVATION_MANAGE), reservation)
    hold_person(uow, reservation.seeker_id)
    return reservation


def _accept(uow: UnitOfWork, reservation: Reservation) -> None:
    """Put the person on the centre's list, waiting for the seat that is hers."""
    if reservation.accepted_at is not None:
        raise AlreadyDone("reservation-accepted")
    if reservation.expires_at <= uow.now:
        raise RuleBroken("reservation-expired")
    check_sharing(uow, reservation.seeker_id)
    cohort = uow.session.get_one(Cohort, reservation.cohort_id)
    seeker = uow.session.get_one(Seeker, reservation.seeker_id)
    enrolment = put_in_cohort(uow, cohort, seeker, EnrolmentState.WAITING)
    reservation.accepted_at, reservation.enrolment_id = uow.now, enrolment.id
    log_step(uow, reservation, now="accepted")
    uow.record(ReservationAccepted(reservation.id))


def _decide(uow: UnitOfWork, proposal: Proposal, target: ProposalState, reason: DeclineReason | None) -> None:
    """Bring the proposal into the state that the person's word gives it, with its log for the agency alone."""
    if not uow.actor.is_human:
        raise RuleBroken("person-must-decide")
    was = proposal.state
    check_move(MOVES[proposal.kind], was, target)
    proposal.state, proposal.decided_by, proposal.decided_at = target, uow.actor.user_id, uow.now
    proposal.reason = SetAsideReason.PERSON_DECLINES if target is ProposalState.SET_ASIDE else None
    uow.moved(
        "proposal",
        proposal.id,
        was=was.value,
        now=target.value,
        reason=reason.value if reason else None,
        agency_id=proposal.agency_id,
    )
