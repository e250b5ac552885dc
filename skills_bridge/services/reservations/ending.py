"""How reservations end: one function for all of them, and what makes each of them end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import ColumnElement, select, update

from skills_bridge.domain.errors import AlreadyDone, Invalid, NotFound
from skills_bridge.domain.events import ReservationEnded, ReservedPostsGone
from skills_bridge.domain.organisations import OrganisationKind
from skills_bridge.domain.reservations import RELEASED, EndReason, enrolment_closes, post_kept_until
from skills_bridge.domain.training import EnrolmentState, LeaveReason
from skills_bridge.models import Cohort, Enrolment, Placement, Post, Reservation
from skills_bridge.policies.permissions import Permission, authorize
from skills_bridge.queries.bridges import get_bridge_terms
from skills_bridge.services.seats import give_seats_back, hold_cohorts, move_enrolment
from skills_bridge.unit_of_work import UnitOfWork


def end_reservations(uow: UnitOfWork, wanted: ColumnElement[bool], *, reason: EndReason) -> tuple[int, ...]:
    """End the live reservations wanted, give back the seats that no enrolment has, and return the keys of those ended.

    The one way in which reservations end; each gives its seat back once, however many try. The learner who waited for
    the seat leaves the centre's list. A company's scope reaches no seat: the job that follows its act ends them.
    """
    ended = hold_live(uow, wanted)
    for reservation in ended:
        reservation.ended_at, reservation.end_reason = uow.now, reason
        _dismiss(uow, reservation)
        log_step(uow, reservation, now="ended", reason=reason.value)
        uow.record(ReservationEnded(reservation.id))
    uow.session.flush()  # the seats below are counted by the database
    free = Counter(one.cohort_id for one in ended if one.enrolled_at is None)
    for cohort_id, count in sorted(free.items()):
        give_seats_back(uow, cohort_id, count)
    return tuple(one.id for one in ended)


def hold_live(uow: UnitOfWork, wanted: ColumnElement[bool]) -> Sequence[Reservation]:
    """Return the live reservations wanted, locked behind their cohorts."""
    live = Reservation.ended_at.is_(None)
    found = uow.session.execute(select(Reservation.id, Reservation.cohort_id).where(wanted, live)).all()
    if not found:
        return ()
    hold_cohorts(uow, {row.cohort_id for row in found})
    return uow.session.scalars(
        select(Reservation)
        .where(Reservation.id.in_([row.id for row in found]), live)
        .order_by(Reservation.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def release_reservation(uow: UnitOfWork, *, reservation_id: int, reason: EndReason) -> None:
    """Give seat and post back by an adviser's decision.

    :raises NotFound: there is no such reservation in the actor's scope.
    :raises NotPermitted: the actor's unit does not follow its opening.
    :raises Invalid: the reason is none that a person chooses.
    :raises AlreadyDone: it has ended.
    """
    reservation = uow.session.get(Reservation, reservation_id)
    if reservation is None:
        raise NotFound("reservation", reservation_id)
    authorize(uow.actor, Permission.RESERVATION_MANAGE, reservation)
    if reason not in RELEASED:
        raise Invalid("release-reason-unknown", field="reason")
    if not end_reservations(uow, Reservation.id == reservation_id, reason=reason):
        raise AlreadyDone("reservation-ended")


def expire_reservations(uow: UnitOfWork) -> tuple[int, ...]:
    """End what has been kept long enough; platform scope, by the clock."""
    return end_reservations(uow, Reservation.expires_at <= uow.now, reason=EndReason.EXPIRED)


def release_posts(uow: UnitOfWork, *, opening_id: int) -> None:
    """End the reservations on posts of an opening that are filled or closed; twice is like once.

    In a company's scope the job that follows does it.
    """
    own = Reservation.post_id.in_(select(Post.id).where(Post.opening_id == opening_id))
    closed = Reservation.post_id.in_(select(Post.id).where(Post.opening_id == opening_id, Post.closed_on.is_not(None)))
    filled = Reservation.post_id.in_(
        select(Post.id).where(Post.opening_id == opening_id, Post.placement_id.is_not(None))
    )
    if uow.scope.organisation_kind is OrganisationKind.COMPANY:
        live = select(Reservation.id).where(own, Reservation.ended_at.is_(None), closed | filled)
        if uow.session.scalar(live.limit(1)) is not None:
            uow.record(ReservedPostsGone(opening_id, occasion=uow.now.isoformat()))
        return
    by_herself = (
        select(Placement.id)
        .join(Post, Post.placement_id == Placement.id)
        .where(Post.id == Reservation.post_id, Placement.seeker_id == Reservation.seeker_id)
        .exists()
    )
    end_reservations(uow, filled & by_herself, reason=EndReason.PLACED)
    end_reservations(uow, filled, reason=EndReason.POST_FILLED)
    end_reservations(uow, closed, reason=EndReason.POST_CLOSED)


def follow_cohort(uow: UnitOfWork, *, cohort: Cohort) -> None:
    """Bring reservations in line with a cohort whose dates changed: those for which it now ends too late end.

    An earlier end of enrolment shortens those whose seat is not used yet.
    """
    of_it = Reservation.cohort_id == cohort.id
    end_reservations(uow, of_it & (Reservation.needed_on < cohort.expected_end_on), reason=EndReason.ENDS_TOO_LATE)
    closes = enrolment_closes(cohort.enrolment_until)
    uow.session.execute(
        update(Reservation)
        .where(of_it, Reservation.ended_at.is_(None), Reservation.enrolled_at.is_(None))
        .where(Reservation.expires_at > closes)
        .values(expires_at=closes)
    )


def follow_start(uow: UnitOfWork, *, opening_id: int) -> None:
    """Bring reservations in line with the start of work now in force: those whose course ends after it end.

    An opening that no longer names a start keeps the one that its reservations were made for.
    """
    terms = get_bridge_terms(uow.session, opening_id=opening_id)
    if terms.needed_on is None:
        return
    of_it = Reservation.post_id.in_(select(Post.id).where(Post.opening_id == opening_id))
    cohort_end = select(Cohort.expected_end_on).where(Cohort.id == Reservation.cohort_id).scalar_subquery()
    end_reservations(uow, of_it & (cohort_end > terms.needed_on), reason=EndReason.ENDS_TOO_LATE)
    for reservation in hold_live(uow, of_it):
        reservation.needed_on = terms.needed_on
        if reservation.enrolled_at is not None:
            reservation.expires_at = post_kept_until(terms.needed_on, days=terms.days)


def _dismiss(uow: UnitOfWork, reservation: Reservation) -> None:
    """Take the learner off the centre's list who only waited for the seat."""
    if reservation.enrolment_id is None or reservation.enrolled_at is not None:
        return
    enrolment = uow.session.get_one(Enrolment, reservation.enrolment_id, with_for_update=True, populate_existing=True)
    if enrolment.state is EnrolmentState.WAITING:
        move_enrolment(uow, enrolment, EnrolmentState.WITHDRAWN, reason=LeaveReason.RESERVATION_ENDED)


def log_step(uow: UnitOfWork, reservation: Reservation, *, now: str, reason: str | None = None) -> None:
    """Log a step of a reservation for its three owners to read."""
    uow.moved(
        "reservation",
        reservation.id,
        was=None,
        now=now,
        reason=reason,
        company_id=reservation.company_id,
        centre_id=reservation.centre_id,
        agency_id=reservation.agency_id,
    )
