"""Near profiles, and seats and posts reserved for them, written through the services as in the product."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills_bridge.domain.referrals import DeclineReason
from skills_bridge.domain.seekers import Channel
from skills_bridge.domain.training import SEATED
from skills_bridge.models import Base, Cohort, Consent, Enrolment, HeldCompetency, Reservation, Seeker
from skills_bridge.services.reservations import record_answer, reserve
from tests.factories.openings import validated_opening
from tests.factories.referrals import computed_run, packed_anew, registered_seeker, today
from tests.factories.training import a_cohort, in_days
from tests.factories.world import World

GAP = {"AUTO-001": 3}
"""What a near profile of the usual opening holds: the second must is what the usual course teaches."""


@dataclass(frozen=True)
class Bridge:
    """An opening, a course that ends before its start, and people short of one level only."""

    opening_id: int
    cohort: Cohort
    people: tuple[int, ...]


def a_bridge(world: World, *, people: int = 1, posts: int = 2, seats: int = 20, **plan: Any) -> Bridge:
    """Make a bridge, its list computed."""
    opening_id = validated_opening(world, terms={"posts": posts, "start_on": in_days(200)})
    cohort = a_cohort(world, seats=seats, **plan)
    near = tuple(registered_seeker(world, levels=GAP) for _ in range(people))
    computed_run(world, opening_id)
    return Bridge(opening_id, cohort, near)


def crowd(world: World, bridge: Bridge, count: int) -> tuple[int, ...]:
    """Make so many copies of the first near profile, file and consents alike, and compute the opening's list anew."""
    with world.as_owner() as session:
        first = session.get_one(Seeker, bridge.people[0])
        people = [Seeker(**_copied(first, "public_id") | {"pseudonym": f"X-{number:05d}"}) for number in range(count)]
        session.add_all(people)
        session.flush()
        for model in (Consent, HeldCompetency):
            rows = session.scalars(select(model).where(model.seeker_id == first.id)).all()
            session.add_all(model(**_copied(row) | {"seeker_id": one.id}) for one in people for row in rows)
        session.commit()
        keys = tuple(one.id for one in people)
    packed_anew(world)
    computed_run(world, bridge.opening_id)
    return keys


def _copied(row: Base, *without: str) -> dict[str, Any]:
    """Return the columns of a row but its key and what the database writes."""
    left = {"id", "created_at", *without}
    return {column.name: getattr(row, column.name) for column in row.__table__.columns if column.name not in left}


def reserved(world: World, bridge: Bridge, *, person: int = 0, who: str = "adviser") -> int:
    """Reserve seat and post for one of the people and return the reservation's key."""
    with world.acting(who) as uow:
        return reserve(
            uow, opening_id=bridge.opening_id, seeker_id=bridge.people[person], cohort_id=bridge.cohort.id
        ).id


def answered(world: World, reservation_id: int, *, accepted: bool = True, who: str = "adviser") -> int:
    """Record the person's answer."""
    with world.acting(who) as uow:
        record_answer(
            uow,
            reservation_id=reservation_id,
            accepted=accepted,
            channel=Channel.PHONE,
            answered_on=today(),
            reason=None if accepted else DeclineReason.DISTANCE,
        )
    return reservation_id


def the(world: World, reservation_id: int) -> Reservation:
    """Return a reservation as it stands."""
    with world.as_owner() as session:
        row = session.get_one(Reservation, reservation_id)
        session.expunge(row)
        return row


def seats_taken(world: World, cohort_id: int) -> int:
    """Return the seats said to be taken, once they are those that learners and live reservations really hold."""
    with world.as_owner() as session:
        said = session.scalars(select(Cohort.taken).where(Cohort.id == cohort_id)).one()
        assert said == _held(session, cohort_id)
        return said


def _held(session: Session, cohort_id: int) -> int:
    learners = select(func.count()).where(Enrolment.cohort_id == cohort_id, Enrolment.state.in_(SEATED))
    kept = select(func.count()).where(
        Reservation.cohort_id == cohort_id, Reservation.ended_at.is_(None), Reservation.enrolled_at.is_(None)
    )
    return (session.scalar(learners) or 0) + (session.scalar(kept) or 0)
