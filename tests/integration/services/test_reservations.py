"""Seats and posts reserved together: made, answered, kept through the course, and ended in one way by many causes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import ProgrammingError

from skills_bridge.adapters.mail import SinkMailer
from skills_bridge.domain.errors import AlreadyDone, Invalid, NotFound, NotPermitted, RuleBroken
from skills_bridge.domain.openings import CloseReason, OpeningState
from skills_bridge.domain.proposals import ProposalKind, ProposalState, SetAsideReason
from skills_bridge.domain.reservations import EndReason, last_day
from skills_bridge.domain.seekers import Channel, ConsentKind
from skills_bridge.domain.training import CancelReason, EnrolmentState, LeaveReason
from skills_bridge.models import Enrolment, Job, Notice, Opening, OpeningRevision, Post, Proposal, Reservation, Seeker
from skills_bridge.queries.matching.allocation_input import get_allocation_input
from skills_bridge.services.notices import tell
from skills_bridge.services.openings import close_opening, close_posts
from skills_bridge.services.placements import settle_placement
from skills_bridge.services.reservations import (
    expire_reservations,
    follow_start,
    release_posts,
    release_reservation,
    reserve,
)
from skills_bridge.services.seekers import object_to_matching, withdraw_consent
from skills_bridge.services.training import (
    cancel_cohort,
    confirm_enrolments,
    enrol_seeker,
    start_cohort,
    update_cohort,
    withdraw_enrolment,
)
from skills_bridge.unit_of_work import UnitOfWork
from tests.factories.allocations import agency_worker
from tests.factories.referrals import (
    fitting_seeker,
    later,
    recorded_placement,
    selected_referral,
    today,
)
from tests.factories.reservations import Bridge, answered, reserved, seats_taken, the
from tests.factories.training import a_cohort, a_plan, a_programme, in_days
from tests.factories.world import World


@pytest.fixture
def world(bridged_world: World) -> World:
    return bridged_world


def work_off(world: World, kind: str, act: Callable[[UnitOfWork, int], object]) -> int:
    """Do the jobs of a kind in the platform scope, as the worker would; return how many there were."""
    with world.platform() as uow:
        jobs = uow.session.scalars(select(Job).where(Job.kind == kind)).all()
        for job in jobs:
            uow.job = job
            act(uow, job.object_id or 0)
        return len(jobs)


def proposal_of(world: World, bridge: Bridge) -> Proposal:
    with world.as_owner() as session:
        row = session.scalars(select(Proposal).where(Proposal.kind == ProposalKind.BRIDGE)).one()
        session.expunge(row)
        return row


def learner(world: World) -> tuple[EnrolmentState, str | None]:
    with world.as_owner() as session:
        row = session.scalars(select(Enrolment)).one()
        return row.state, row.reason


class TestReserve:
    def test_takes_a_seat_and_a_post_for_the_days_of_the_policy(self, world: World, bridge: Bridge) -> None:
        row = the(world, reserved(world, bridge))

        assert seats_taken(world, bridge.cohort.id) == 1
        assert last_day(row.expires_at) == today() + timedelta(days=10)
        assert row.needed_on == in_days(200)
        assert (proposal_of(world, bridge).state, proposal_of(world, bridge).allocation_id) == (
            ProposalState.OPEN,
            None,
        )

    def test_keeps_a_seat_no_longer_than_enrolment_is_open(self, world: World, bridge: Bridge) -> None:
        with world.acting("centre_manager") as uow:
            plan = a_plan(enrolment_until=in_days(4))
            update_cohort(uow, cohort_id=bridge.cohort.id, version=None, plan=plan)

        assert last_day(the(world, reserved(world, bridge)).expires_at) == in_days(4)

    def test_leaves_the_post_open_but_without_places_in_the_allocation(self, world: World, bridge: Bridge) -> None:
        def places() -> list[int]:
            with agency_worker(world) as uow:
                tables = get_allocation_input(uow.session, agency_id=world.ids["agency"], as_of=today())
                return [int(posts) for posts in tables.openings.open_posts]

        assert places() == [2]
        reserved(world, bridge)
        assert places() == [1]
        with world.as_owner() as session:
            posts = session.scalars(select(Post)).all()
            assert all(post.placement_id is None and post.closed_on is None for post in posts)

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"who": "other_adviser"}, "reservation:manage"),
            ({"person": "ready"}, "not-near"),
            ({"objects": True}, "seeker-objected"),
            ({"full": True}, "cohort-full"),
            ({"second": True}, "already-reserved"),
            ({"posts": 0}, "no-post-to-reserve"),
            ({"state": OpeningState.PAUSED}, "opening-not-live"),
            ({"start_on": in_days(100)}, "cohort-ends-too-late"),
        ],
        ids=str,
    )
    def test_says_why_it_refuses_and_takes_nothing(
        self, world: World, bridge: Bridge, change: dict[str, Any], code: str
    ) -> None:
        before = prepare(world, bridge, change)

        with pytest.raises((RuleBroken, NotPermitted)) as refusal, world.acting(change.get("who", "adviser")) as uow:
            reserve(uow, opening_id=bridge.opening_id, seeker_id=before, cohort_id=bridge.cohort.id)

        assert getattr(refusal.value, "code", None) == code or code in str(refusal.value)
        assert seats_taken(world, bridge.cohort.id) == {"cohort-full": 20, "already-reserved": 1}.get(
            code, 2 if code == "no-post-to-reserve" else 0
        )

    def test_after_an_end_opens_the_same_proposal_again(self, world: World, bridge: Bridge) -> None:
        answered(world, reserved(world, bridge), accepted=False)

        again = reserved(world, bridge)

        assert (proposal_of(world, bridge).state, proposal_of(world, bridge).answered_on) == (ProposalState.OPEN, None)
        assert the(world, again).proposal_id == proposal_of(world, bridge).id
        assert seats_taken(world, bridge.cohort.id) == 1


def prepare(world: World, bridge: Bridge, change: dict[str, Any]) -> int:
    """Bring about what a reservation is refused for, and return for whom it is tried."""
    first = bridge.people[0]
    if change.get("person") == "ready":
        return fitting_seeker(world)
    with world.as_owner() as session:
        if "full" in change:
            plan = update(type(bridge.cohort)).where(type(bridge.cohort).id == bridge.cohort.id)
            session.execute(plan.values(seats=20, taken=0))
        if "state" in change:
            session.execute(update(Opening).values(state=change["state"]))
        if "start_on" in change:
            session.execute(update(OpeningRevision).values(start_on=change["start_on"]))
        session.commit()
    if "objects" in change:
        with world.acting("adviser") as uow:
            object_to_matching(uow, seeker_id=first, channel=Channel.PHONE)
    if "full" in change:
        fill(world, bridge, 20)
    if "second" in change:
        reserved(world, bridge)
    if "posts" in change:
        reserved(world, bridge, person=1)
        reserved(world, bridge, person=2)
    return first


def fill(world: World, bridge: Bridge, count: int) -> None:
    """Enrol copies of a person until so many seats are taken."""
    with world.acting("adviser") as uow:
        session = uow.session
        row = {c.name: getattr(session.get_one(Seeker, bridge.people[1]), c.name) for c in Seeker.__table__.columns}
        for drop in ("id", "public_id", "created_at"):
            row.pop(drop)
        people = [Seeker(**{**row, "pseudonym": f"Y-{n:05d}"}) for n in range(count)]
        session.add_all(people)
        session.flush()
        for person in people:
            enrol_seeker(uow, cohort_id=bridge.cohort.id, seeker_id=person.id)


class TestAnswer:
    def test_yes_shows_the_centre_a_learner_to_enrol_on_the_seat_that_is_hers(
        self, world: World, bridge: Bridge
    ) -> None:
        key = answered(world, reserved(world, bridge))

        assert learner(world) == (EnrolmentState.WAITING, None)
        assert proposal_of(world, bridge).state is ProposalState.ACCEPTED
        with world.looking("centre_manager") as session:
            assert session.scalars(select(Seeker.id)).all() == [bridge.people[0]]
            public_id = session.scalars(select(Enrolment.public_id)).one()
        with world.acting("centre_manager") as uow:
            assert confirm_enrolments(uow, cohort_id=bridge.cohort.id, public_ids=[public_id]) == 1
        assert learner(world) == (EnrolmentState.ENROLLED, None)
        assert seats_taken(world, bridge.cohort.id) == 1
        row = the(world, key)
        assert (row.ended_at, last_day(row.expires_at)) == (None, in_days(210))

    def test_no_gives_seat_and_post_back_and_tells_nobody_but_the_agency_why(
        self, world: World, bridge: Bridge
    ) -> None:
        key = answered(world, answered(world, reserved(world, bridge)), accepted=False)

        assert the(world, key).end_reason is EndReason.DECLINED
        assert learner(world) == (EnrolmentState.WITHDRAWN, LeaveReason.RESERVATION_ENDED)
        assert seats_taken(world, bridge.cohort.id) == 0
        proposal = proposal_of(world, bridge)
        assert (proposal.state, proposal.reason) == (ProposalState.SET_ASIDE, SetAsideReason.PERSON_DECLINES)
        assert (proposal.answered_channel, proposal.answered_on) == (Channel.PHONE, today())

    def test_needs_her_consent_to_be_named_to_the_centre(self, world: World, bridge: Bridge) -> None:
        key = reserved(world, bridge)
        with world.acting("adviser") as uow:
            withdraw_consent(uow, seeker_id=bridge.people[0], kind=ConsentKind.SHARING)

        with pytest.raises(RuleBroken, match="sharing-consent-missing"):
            answered(world, key)

    def test_is_recorded_once_and_not_after_the_end(self, world: World, bridge: Bridge) -> None:
        key = answered(world, reserved(world, bridge))
        with pytest.raises(AlreadyDone, match="reservation-accepted"):
            answered(world, key)
        answered(world, key, accepted=False)
        with pytest.raises(AlreadyDone, match="reservation-ended"):
            answered(world, key)


class TestSecondSeat:
    def test_is_refused_while_another_waits_for_her(self, world: World, bridge: Bridge) -> None:
        key, other = reserved(world, bridge), a_cohort(world, programme_id=a_programme(world, title_fr="Une autre"))

        def enrol() -> None:
            with world.acting("adviser") as uow:
                enrol_seeker(uow, cohort_id=other.id, seeker_id=bridge.people[0])

        with pytest.raises(RuleBroken, match="seat-reserved-elsewhere"):
            enrol()
        assert seats_taken(world, other.id) == 0
        by_adviser(world, bridge, key)
        enrol()
        assert (seats_taken(world, other.id), seats_taken(world, bridge.cohort.id)) == (1, 0)


def by_clock(world: World, bridge: Bridge, key: int) -> None:
    with world.platform(clock=later(11)) as uow:
        assert expire_reservations(uow) == (key,)
        assert expire_reservations(uow) == ()


def by_adviser(world: World, bridge: Bridge, key: int) -> None:
    with world.acting("adviser") as uow:
        release_reservation(uow, reservation_id=key, reason=EndReason.OTHER_PLAN)


def by_objection(world: World, bridge: Bridge, key: int) -> None:
    with world.acting("adviser") as uow:
        object_to_matching(uow, seeker_id=bridge.people[0], channel=Channel.COUNTER)


def by_cancelling(world: World, bridge: Bridge, key: int) -> None:
    with world.acting("centre_manager") as uow:
        cancel_cohort(uow, cohort_id=bridge.cohort.id, reason=CancelReason.TOO_FEW)


def by_beginning(world: World, bridge: Bridge, key: int) -> None:
    with world.acting("centre_manager") as uow:
        start_cohort(uow, cohort_id=bridge.cohort.id)


def by_slipping(world: World, bridge: Bridge, key: int) -> None:
    with world.acting("centre_manager") as uow:
        update_cohort(uow, cohort_id=bridge.cohort.id, version=None, plan=a_plan(expected_end_on=in_days(201)))


def by_an_earlier_start(world: World, bridge: Bridge, key: int) -> None:
    with world.as_owner() as session:
        session.execute(update(OpeningRevision).values(start_on=in_days(100)))
        session.commit()
    with world.acting("adviser") as uow:
        follow_start(uow, opening_id=bridge.opening_id)


def by_closing(world: World, bridge: Bridge, key: int) -> None:
    with world.acting("hr_manager") as uow:
        close_opening(uow, opening_id=bridge.opening_id, reason=CloseReason.EMPLOYER_WITHDREW)
    assert the(world, key).ended_at is None
    assert work_off(world, "reservations.release_posts", lambda uow, o: release_posts(uow, opening_id=o)) == 1


def by_closing_posts(world: World, bridge: Bridge, key: int) -> None:
    with world.acting("adviser") as uow:
        due_on = uow.session.scalars(select(Post.due_on).limit(1)).one()
        close_posts(uow, opening_id=bridge.opening_id, due_on=due_on, count=1, reason=CloseReason.FILLED_OUTSIDE)
    assert the(world, key).ended_at is None  # the post that waits for nobody goes first
    with world.acting("adviser") as uow:
        close_posts(uow, opening_id=bridge.opening_id, due_on=due_on, count=1, reason=CloseReason.FILLED_OUTSIDE)


def by_leaving(world: World, bridge: Bridge, key: int) -> None:
    answered(world, key)
    with world.acting("adviser") as uow:
        public_id = uow.session.scalars(select(Enrolment.public_id)).one()
        withdraw_enrolment(uow, public_id=public_id, reason=LeaveReason.PERSONAL)


ENDS = [
    (by_clock, EndReason.EXPIRED),
    (by_adviser, EndReason.OTHER_PLAN),
    (by_objection, EndReason.OBJECTION),
    (by_cancelling, EndReason.COHORT_CANCELLED),
    (by_beginning, EndReason.COHORT_BEGUN),
    (by_slipping, EndReason.ENDS_TOO_LATE),
    (by_an_earlier_start, EndReason.ENDS_TOO_LATE),
    (by_closing, EndReason.POST_CLOSED),
    (by_closing_posts, EndReason.POST_CLOSED),
    (by_leaving, EndReason.LEFT_TRAINING),
]


class TestEnd:
    @pytest.mark.parametrize(("act", "reason"), ENDS, ids=lambda part: getattr(part, "__name__", ""))
    def test_gives_the_seat_back_once_says_why_and_tells_all(
        self,
        world: World,
        tmp_path: Path,
        bridge: Bridge,
        act: Callable[[World, Bridge, int], None],
        reason: EndReason,
    ) -> None:
        key = reserved(world, bridge)

        act(world, bridge, key)

        assert the(world, key).end_reason is reason
        assert seats_taken(world, bridge.cohort.id) == 0
        assert told(world, tmp_path) == {
            ("seat_released", "centre"),
            ("post_released", "company"),
            ("post_released", "agency"),
        }

    def test_by_a_post_filled_with_somebody_else_happens_only_when_no_other_post_is_left(
        self, world: World, bridge: Bridge
    ) -> None:
        key = reserved(world, bridge)

        first, second = (selected_referral(world, bridge.opening_id, fitting_seeker(world)) for _ in range(2))
        recorded_placement(world, first, who="adviser")
        assert the(world, key).ended_at is None
        recorded_placement(world, second)
        work_off(world, "placements.settle_placement", settle)

        assert the(world, key).end_reason is EndReason.POST_FILLED
        assert seats_taken(world, bridge.cohort.id) == 0

    def test_comes_with_her_own_start_on_the_post_that_waited(self, world: World, bridge: Bridge) -> None:
        key = reserved(world, bridge)
        with world.acting("adviser") as uow:
            enrol_seeker(uow, cohort_id=bridge.cohort.id, seeker_id=bridge.people[0])
        post_id = the(world, key).post_id

        recorded_placement(world, selected_referral(world, bridge.opening_id, bridge.people[0]), who="adviser")

        assert the(world, key).end_reason is EndReason.PLACED
        with world.as_owner() as session:
            assert session.get_one(Post, post_id).placement_id is not None
        assert seats_taken(world, bridge.cohort.id) == 1

    def test_after_enrolment_leaves_the_seat_with_the_learner(self, world: World, bridge: Bridge) -> None:
        key = reserved(world, bridge)
        with world.acting("adviser") as uow:
            enrol_seeker(uow, cohort_id=bridge.cohort.id, seeker_id=bridge.people[0])

        by_adviser(world, bridge, key)

        assert learner(world) == (EnrolmentState.ENROLLED, None)
        assert seats_taken(world, bridge.cohort.id) == 1

    def test_by_hand_wants_one_of_its_reasons_and_a_live_reservation(self, world: World, bridge: Bridge) -> None:
        key = reserved(world, bridge)
        with pytest.raises(Invalid), world.acting("adviser") as uow:
            release_reservation(uow, reservation_id=key, reason=EndReason.EXPIRED)
        with pytest.raises(NotFound), world.acting("centre_manager") as uow:
            release_reservation(uow, reservation_id=0, reason=EndReason.OTHER_PLAN)
        with pytest.raises(NotPermitted), world.acting("centre_manager") as uow:
            release_reservation(uow, reservation_id=key, reason=EndReason.OTHER_PLAN)
        by_adviser(world, bridge, key)
        with pytest.raises(AlreadyDone):
            by_adviser(world, bridge, key)


def settle(uow: UnitOfWork, placement_id: int) -> None:
    settle_placement(uow, placement_id=placement_id)


def write_notice(kind: str, folder: Path, uow: UnitOfWork, object_id: int) -> None:
    tell(uow, kind=kind, object_id=object_id, mailer=SinkMailer(folder, "sender@example.invalid"), base_url="")


def told(world: World, folder: Path) -> set[tuple[str, str]]:
    """Write the notices of every end, and return kind and reader of each."""
    names = {key: name for name, key in world.ids.items()}
    kinds = ("seat_released", "post_released")
    for kind in kinds:
        work_off(world, f"notices.{kind}", partial(write_notice, kind, folder))
    with world.as_owner() as session:
        rows = session.execute(select(Notice.kind, Notice.organisation_id).where(Notice.kind.in_(kinds))).all()
        return {(kind, names[owner]) for kind, owner in rows}


class TestRights:
    @pytest.mark.parametrize(
        ("who", "sees"),
        [
            ("adviser", 1),
            ("hr_manager", 1),
            ("centre_manager", 1),
            ("other_hr_manager", 0),
            ("other_centre_manager", 0),
            ("analyst", 0),
            ("officer", 0),
        ],
    )
    def test_either_side_reads_its_own(self, world: World, bridge: Bridge, who: str, sees: int) -> None:
        reserved(world, bridge)

        with world.looking(who) as session:
            assert len(session.scalars(select(Reservation)).all()) == sees
            if who != "adviser":
                assert session.scalars(select(Proposal)).all() == []
                assert session.scalars(select(Seeker)).all() == []

    def test_the_web_proposes_no_ready_person_in_the_name_of_the_allocation(self, world: World, bridge: Bridge) -> None:
        reserved(world, bridge)
        with world.acting("adviser") as uow:
            known = uow.session.scalars(select(Proposal)).one()
            own = ("id", "public_id", "created_at")
            facts = {c.name: getattr(known, c.name) for c in Proposal.__table__.columns if c.name not in own}
            uow.session.add(Proposal(**facts | {"kind": ProposalKind.ALLOCATION}))
            with pytest.raises(ProgrammingError, match="row-level security"):
                uow.session.flush()
            uow.session.rollback()
