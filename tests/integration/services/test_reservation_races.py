"""Races for seats and posts: threads on a real database, sixteen connections, all of it counted afterwards."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from random import Random

import pytest
from sqlalchemy import create_engine, delete, func, select, update

from skills_bridge.domain.errors import Invalid, RuleBroken
from skills_bridge.domain.openings import CloseReason
from skills_bridge.domain.placements import CancelReason
from skills_bridge.domain.reservations import EndReason
from skills_bridge.domain.training import LeaveReason
from skills_bridge.models import Cohort, Enrolment, Post, Proposal, Reservation
from skills_bridge.services.openings import close_posts
from skills_bridge.services.placements import record_placement, settle_placement, undo_placement
from skills_bridge.services.reservations import release_posts, release_reservation, reserve
from skills_bridge.services.training import enrol_seeker, update_cohort, withdraw_enrolment
from tests.factories.referrals import fitting_seeker, selected_referral, start_facts
from tests.factories.reservations import Bridge, a_bridge, crowd, seats_taken
from tests.factories.training import a_plan
from tests.factories.world import World

CONNECTIONS = 16
SEATS = 50
CONTENDERS = 400
TRIALS = int(os.environ.get("SKILLS_BRIDGE_TRIALS", "1"))
"""A run of every day makes one, some hundred acts each; the nightly one twenty."""


@pytest.fixture
def wide(world: World) -> Iterator[World]:
    """Return the world behind sixteen connections that stay open; a busy machine may take its time to open them."""
    patient = {"connect_timeout": 30}
    engine = create_engine(world.urls.web, pool_size=CONNECTIONS, max_overflow=0, connect_args=patient)
    yield replace(world, engines={**world.engines, "web": engine})
    engine.dispose()


def answers(acts: Iterable[Callable[[], object]]) -> Counter[str]:
    """Do acts from as many threads as there are connections, and count what became of them."""

    def one(act: Callable[[], object]) -> str:
        try:
            act()
        except RuleBroken as refusal:
            return refusal.code
        return "done"

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        return Counter(pool.map(one, acts))


def reserving(world: World, bridge: Bridge, seeker_id: int) -> Callable[[], object]:
    def act() -> None:
        with world.acting("adviser") as uow:
            reserve(uow, opening_id=bridge.opening_id, seeker_id=seeker_id, cohort_id=bridge.cohort.id)

    return act


def enrolling(world: World, bridge: Bridge, seeker_id: int) -> Callable[[], object]:
    def act() -> None:
        with world.acting("adviser") as uow:
            enrol_seeker(uow, cohort_id=bridge.cohort.id, seeker_id=seeker_id)

    return act


def leaving(world: World, bridge: Bridge) -> list[Callable[[], object]]:
    """Return one act for each seat that somebody has: the reservation ends, or the learner withdraws."""

    def release(key: int) -> None:
        with world.acting("adviser") as uow:
            release_reservation(uow, reservation_id=key, reason=EndReason.OTHER_PLAN)

    def withdraw(row: Enrolment) -> None:
        with world.acting("adviser") as uow:
            withdraw_enrolment(uow, public_id=row.public_id, reason=LeaveReason.PERSONAL)

    with world.as_owner() as session:
        kept = session.scalars(select(Reservation.id).where(Reservation.ended_at.is_(None))).all()
        learners = session.scalars(select(Enrolment).where(Enrolment.state == "enrolled")).all()
        session.expunge_all()
    return [
        *(lambda key=key: release(key) for key in kept),
        *(lambda row=row: withdraw(row) for row in learners),
    ]


def live(world: World) -> list[Reservation]:
    with world.as_owner() as session:
        rows = list(session.scalars(select(Reservation).where(Reservation.ended_at.is_(None))))
        session.expunge_all()
        return rows


def emptied(world: World, bridge: Bridge) -> None:
    with world.as_owner() as session:
        for model in (Reservation, Proposal, Enrolment):
            session.execute(delete(model))
        session.execute(update(Cohort).where(Cohort.id == bridge.cohort.id).values(taken=0))
        session.commit()


class TestSeats:
    def test_of_four_hundred_exactly_fifty_get_one_and_whoever_leaves_frees_one(self, wide: World) -> None:
        bridge = a_bridge(wide, posts=CONTENDERS, seats=SEATS)
        people = crowd(wide, bridge, CONTENDERS)
        draw = Random(7)
        for _ in range(TRIALS):
            emptied(wide, bridge)
            acts = [(reserving, enrolling)[n % 4 == 0](wide, bridge, key) for n, key in enumerate(people)]
            draw.shuffle(acts)

            assert answers(acts) == {"done": SEATS, "cohort-full": CONTENDERS - SEATS}
            assert seats_taken(wide, bridge.cohort.id) == SEATS

            gone = draw.sample(leaving(wide, bridge), 20)
            with wide.as_owner() as session:
                inside = set(session.scalars(select(Reservation.seeker_id).union(select(Enrolment.seeker_id))))
            more = [reserving(wide, bridge, key) for key in people if key not in inside]
            mixed = [*gone, *more[:40]]
            draw.shuffle(mixed)
            told = answers(mixed)
            taken = seats_taken(wide, bridge.cohort.id)
            assert set(told) <= {"done", "cohort-full"}
            assert taken == SEATS - 20 + (told["done"] - 20)

            assert answers(more[40:80])["done"] == SEATS - taken
            assert seats_taken(wide, bridge.cohort.id) == SEATS

    def test_lowered_in_the_race_are_never_fewer_than_taken(self, wide: World) -> None:
        bridge = a_bridge(wide, posts=60, seats=40)
        people = crowd(wide, bridge, 60)

        def lower(seats: int) -> Callable[[], object]:
            def act() -> None:
                with wide.acting("centre_manager") as uow:
                    update_cohort(uow, cohort_id=bridge.cohort.id, version=None, plan=a_plan(seats=seats))

            return act

        acts = [reserving(wide, bridge, key) for key in people]
        for place, seats in ((50, 15), (40, 20), (30, 25), (20, 30)):
            acts.insert(place, lower(seats))
        told = answers(acts)

        assert set(told) <= {"done", "cohort-full", "seats-below-taken"}
        with wide.as_owner() as session:
            seats = session.get_one(Cohort, bridge.cohort.id).seats
        assert seats_taken(wide, bridge.cohort.id) == min(len(live(wide)), seats)
        with pytest.raises(Invalid, match="seats-below-taken"):
            lower(1)()


class TestPosts:
    def test_are_reserved_once_each_while_some_are_closed_and_some_filled(self, wide: World) -> None:
        bridge = a_bridge(wide, posts=20, seats=100)
        people = crowd(wide, bridge, 55)
        chosen = [selected_referral(wide, bridge.opening_id, fitting_seeker(wide)) for _ in range(3)]
        with wide.as_owner() as session:
            due_on = session.scalars(select(Post.due_on).limit(1)).one()

        def close() -> None:
            with wide.acting("hr_manager") as uow:
                reason = CloseReason.FILLED_OUTSIDE
                close_posts(uow, opening_id=bridge.opening_id, due_on=due_on, count=5, reason=reason)

        acts = [reserving(wide, bridge, key) for key in people]
        for place in (30, 10):
            acts.insert(place, close)
        for place, referral_id in zip((40, 20, 5), chosen, strict=True):
            acts.insert(place, filling(wide, referral_id))
        told = answers(acts)
        with wide.platform() as uow:
            release_posts(uow, opening_id=bridge.opening_id)

        assert set(told) == {"done", "no-post-to-reserve"}
        kept = live(wide)
        assert len({row.post_id for row in kept}) == len(kept)
        assert seats_taken(wide, bridge.cohort.id) == len(kept)
        with wide.as_owner() as session:
            free = (Post.placement_id.is_(None), Post.closed_on.is_(None))
            assert session.scalar(select(func.count()).select_from(Post).where(*free)) == 20 - 10 - 3 == len(kept)

    def test_filled_in_the_same_moment_leave_no_seat_taken(self, wide: World) -> None:
        bridge = a_bridge(wide, posts=1, seats=5)
        referral_id = selected_referral(wide, bridge.opening_id, fitting_seeker(wide))
        outcomes = set[str]()
        for _ in range(6):
            outcomes |= set(answers([reserving(wide, bridge, bridge.people[0]), filling(wide, referral_id)]))
            with wide.platform() as uow:
                placement_id = uow.session.scalars(select(Post.placement_id)).one()
                assert placement_id is not None
                settle_placement(uow, placement_id=placement_id)

            assert live(wide) == []
            assert seats_taken(wide, bridge.cohort.id) == 0
            with wide.acting("hr_manager") as uow:
                undo_placement(uow, placement_id=placement_id, reason=CancelReason.RECORDED_BY_MISTAKE)

        assert outcomes <= {"done", "no-post-to-reserve", "no-open-post"}


def filling(world: World, referral_id: int) -> Callable[[], object]:
    def act() -> None:
        with world.acting("hr_manager") as uow:
            record_placement(uow, referral_id=referral_id, **start_facts())

    return act
