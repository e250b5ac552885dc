from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from skills_bridge.domain.errors import AlreadyDone, IllegalMove, Invalid, NotFound, NotPermitted, RuleBroken
from skills_bridge.domain.openings import CloseReason
from skills_bridge.domain.placements import CancelReason, PlacementKind
from skills_bridge.domain.referrals import EndReason, ReferralState, ReopenReason
from skills_bridge.domain.seekers import SeekerState
from skills_bridge.models import Job, Placement, Post, Referral, Seeker
from skills_bridge.services.openings import close_opening
from skills_bridge.services.placements import end_placement, record_placement, settle_placement, undo_placement
from skills_bridge.services.referrals import reopen
from tests.factories.openings import validated_opening
from tests.factories.referrals import (
    at_once,
    fitting_seeker,
    later,
    proposed_referral,
    recorded_placement,
    selected_referral,
    sent_referral,
    start_facts,
    stored,
    today,
)
from tests.factories.world import World


@pytest.fixture
def opening_id(world: World) -> int:
    return validated_opening(world)


def settled(world: World, placement_id: int) -> None:
    with world.platform() as uow:
        settle_placement(uow, placement_id=placement_id)


def referral_of(world: World, key: int) -> Referral:
    found: Referral = stored(world, Referral, key)
    return found


def seeker_of(world: World, key: int) -> Seeker:
    found: Seeker = stored(world, Seeker, key)
    return found


def open_posts(world: World, opening_id: int) -> int:
    with world.platform() as uow:
        free = (Post.opening_id == opening_id, Post.placement_id.is_(None), Post.closed_on.is_(None))
        return uow.session.scalar(select(func.count()).select_from(Post).where(*free)) or 0


class TestRecordPlacement:
    @pytest.mark.parametrize("who", ["hr_manager", "adviser"])
    def test_fills_one_post_by_either_side(self, world: World, opening_id: int, who: str) -> None:
        referral_id = selected_referral(world, opening_id, fitting_seeker(world))

        placement_id = recorded_placement(world, referral_id, who=who)

        placement = stored(world, Placement, placement_id)
        assert (placement.referral_id, placement.recorded_by) == (referral_id, world.actors[who].user_id)
        assert stored(world, Post, placement.post_id).placement_id == placement_id
        assert referral_of(world, referral_id).state is ReferralState.PLACED
        assert open_posts(world, opening_id) == 1

    def test_takes_the_open_post_that_is_due_first(self, world: World, opening_id: int) -> None:
        with world.platform() as uow:
            first, last = uow.session.scalars(
                select(Post.id).where(Post.opening_id == opening_id).order_by(Post.id)
            ).all()
            uow.session.execute(update(Post).where(Post.id == last).values(due_on=today() - timedelta(days=1)))

        placements = [
            recorded_placement(world, selected_referral(world, opening_id, fitting_seeker(world))) for _ in range(2)
        ]

        assert [stored(world, Placement, key).post_id for key in placements] == [last, first]

    def test_ends_the_persons_other_referrals_and_marks_the_file(self, world: World, opening_id: int) -> None:
        seeker_id, elsewhere = (
            fitting_seeker(world),
            validated_opening(world, company="other_company", who="other_hr_manager"),
        )
        chosen, other = selected_referral(world, opening_id, seeker_id), sent_referral(world, elsewhere, seeker_id)

        placement_id = recorded_placement(world, chosen)
        assert referral_of(world, other).state is ReferralState.SENT
        settled(world, placement_id)

        ended = referral_of(world, other)
        assert (ended.state, ended.reason) == (ReferralState.ENDED, EndReason.PERSON_PLACED.value)
        assert seeker_of(world, seeker_id).state is SeekerState.PLACED

    def test_does_so_at_once_where_the_agency_records(self, world: World, opening_id: int) -> None:
        seeker_id = fitting_seeker(world)
        other = proposed_referral(world, validated_opening(world), seeker_id)

        recorded_placement(world, selected_referral(world, opening_id, seeker_id), who="adviser")

        assert referral_of(world, other).state is ReferralState.ENDED
        assert seeker_of(world, seeker_id).state is SeekerState.PLACED

    def test_ends_the_openings_others_with_the_last_post(self, world: World, opening_id: int) -> None:
        others = [proposed_referral(world, opening_id, fitting_seeker(world)) for _ in range(2)]
        people = [selected_referral(world, opening_id, fitting_seeker(world)) for _ in range(2)]

        settled(world, recorded_placement(world, people[0]))
        assert {referral_of(world, key).state for key in others} == {ReferralState.PROPOSED}
        settled(world, recorded_placement(world, people[1]))

        found = [referral_of(world, key) for key in others]
        assert {(row.state, row.reason) for row in found} == {(ReferralState.ENDED, EndReason.OPENING_FILLED.value)}

    def test_asks_for_what_follows(self, world: World, opening_id: int) -> None:
        placement_id = recorded_placement(world, selected_referral(world, opening_id, fitting_seeker(world)))

        with world.platform() as uow:
            kinds = uow.session.scalars(
                select(Job.kind).where(Job.object_id == placement_id, Job.kind.like("%placement%")).order_by(Job.kind)
            ).all()
        assert kinds == ["notices.placement_recorded", "placements.settle_placement"]

    def test_places_selected_people_only(self, world: World, opening_id: int) -> None:
        with pytest.raises(IllegalMove):
            recorded_placement(world, sent_referral(world, opening_id, fitting_seeker(world)))

    def test_hides_a_referral_from_another_company(self, world: World, opening_id: int) -> None:
        with pytest.raises(NotFound):
            recorded_placement(
                world, selected_referral(world, opening_id, fitting_seeker(world)), who="other_hr_manager"
            )

    def test_is_no_report_officers_act(self, world: World, opening_id: int) -> None:
        with pytest.raises(NotPermitted):
            recorded_placement(world, selected_referral(world, opening_id, fitting_seeker(world)), who="report_officer")

    @pytest.mark.parametrize(
        ("changes", "code", "field"),
        [
            ({"kind": PlacementKind.INSERTION_CONTRACT}, "kind-and-contract-disagree", "kind"),
            ({"contract_code": "ci"}, "kind-and-contract-disagree", "kind"),
            ({"contract_code": "nothing"}, "contract-unknown", "contract_code"),
            ({"signed_on": today() + timedelta(days=1)}, "signed-in-the-future", "signed_on"),
            ({"started_on": today() - timedelta(days=1)}, "start-before-signature", "started_on"),
            ({"started_on": today() + timedelta(days=400)}, "start-too-far", "started_on"),
        ],
    )
    def test_refuses_facts_that_cannot_be(
        self, world: World, opening_id: int, changes: dict[str, Any], code: str, field: str
    ) -> None:
        referral_id = selected_referral(world, opening_id, fitting_seeker(world))

        with pytest.raises(Invalid, match=code) as refusal:
            recorded_placement(world, referral_id, **changes)

        assert refusal.value.field == field
        assert open_posts(world, opening_id) == 2
        assert referral_of(world, referral_id).state is ReferralState.SELECTED

    def test_keeps_the_kinds_apart(self, world: World, opening_id: int) -> None:
        placement_id = recorded_placement(
            world,
            selected_referral(world, opening_id, fitting_seeker(world)),
            kind=PlacementKind.INSERTION_CONTRACT,
            contract_code="ci",
        )

        assert stored(world, Placement, placement_id).kind is PlacementKind.INSERTION_CONTRACT

    def test_refuses_when_no_post_is_left(self, world: World) -> None:
        opening_id = validated_opening(world, terms={"posts": 1})
        first, second = (selected_referral(world, opening_id, fitting_seeker(world)) for _ in range(2))
        recorded_placement(world, first)

        with pytest.raises(RuleBroken, match="no-post-left"):
            recorded_placement(world, second)

    def test_fills_five_posts_exactly_when_twenty_people_come_at_once(self, world: World) -> None:
        opening_id = validated_opening(world, terms={"posts": 5})
        people = [selected_referral(world, opening_id, fitting_seeker(world)) for _ in range(20)]

        found = at_once([lambda r=r: recorded_placement(world, r) for r in people])  # type: ignore[misc]

        placed = [result for result in found if isinstance(result, int)]
        assert len(placed) == 5
        assert {str(result) for result in found if not isinstance(result, int)} == {"no-post-left"}
        assert open_posts(world, opening_id) == 0
        posts = {stored(world, Placement, key).post_id for key in placed}
        assert len(posts) == 5

    def test_starts_a_person_once_when_two_companies_record_at_once(self, world: World, opening_id: int) -> None:
        seeker_id = fitting_seeker(world)
        other_opening = validated_opening(world, company="other_company", who="other_hr_manager")
        mine = selected_referral(world, opening_id, seeker_id)
        theirs = selected_referral(world, other_opening, seeker_id, company="other_hr_manager")

        found = at_once(
            [
                lambda: recorded_placement(world, mine),
                lambda: recorded_placement(world, theirs, who="other_hr_manager"),
            ]
        )

        assert sum(isinstance(result, int) for result in found) == 1
        refusal = next(result for result in found if isinstance(result, RuleBroken))
        assert refusal.code == "person-placed-elsewhere"


class TestUndoPlacement:
    def test_frees_the_post_and_brings_everything_back(self, world: World, opening_id: int) -> None:
        seeker_id = fitting_seeker(world)
        referral_id = selected_referral(world, opening_id, seeker_id)
        placement_id = recorded_placement(world, referral_id)
        settled(world, placement_id)

        with world.acting("hr_manager") as uow:
            undo_placement(uow, placement_id=placement_id, reason=CancelReason.PAPERS_MISSING)
        settled(world, placement_id)

        undone = stored(world, Placement, placement_id)
        assert (undone.cancelled_on, undone.cancel_reason) == (today(), CancelReason.PAPERS_MISSING)
        assert open_posts(world, opening_id) == 2
        assert referral_of(world, referral_id).state is ReferralState.SELECTED
        assert seeker_of(world, seeker_id).state is SeekerState.ACTIVE

    def test_lets_the_post_be_filled_again(self, world: World) -> None:
        opening_id = validated_opening(world, terms={"posts": 1})
        first, second = (selected_referral(world, opening_id, fitting_seeker(world)) for _ in range(2))
        placement_id = recorded_placement(world, first)
        with world.acting("hr_manager") as uow:
            undo_placement(uow, placement_id=placement_id, reason=CancelReason.PERSON_WITHDREW)

        again = recorded_placement(world, second)

        assert stored(world, Placement, again).post_id == stored(world, Placement, placement_id).post_id

    def test_leaves_those_it_ended_to_be_reopened_by_hand(self, world: World) -> None:
        opening_id = validated_opening(world, terms={"posts": 1})
        waiting = proposed_referral(world, opening_id, fitting_seeker(world))
        placement_id = recorded_placement(
            world, selected_referral(world, opening_id, fitting_seeker(world)), who="adviser"
        )
        with world.acting("adviser") as uow:
            undo_placement(uow, placement_id=placement_id, reason=CancelReason.PERSON_WITHDREW)
        assert referral_of(world, waiting).state is ReferralState.ENDED

        with world.acting("adviser") as uow:
            reopen(uow, referral_id=waiting, reason=ReopenReason.POST_FREE_AGAIN)

        assert referral_of(world, waiting).state is ReferralState.PROPOSED

    def test_closes_the_post_of_an_opening_that_closed_meanwhile(self, world: World, opening_id: int) -> None:
        placement_id = recorded_placement(world, selected_referral(world, opening_id, fitting_seeker(world)))
        with world.acting("hr_manager") as uow:
            close_opening(uow, opening_id=opening_id, reason=CloseReason.PAY_OR_CONDITIONS)
            undo_placement(uow, placement_id=placement_id, reason=CancelReason.EMPLOYER_WITHDREW)

        post = stored(world, Post, stored(world, Placement, placement_id).post_id)
        assert (post.placement_id, post.close_reason) == (None, CloseReason.EMPLOYER_WITHDREW)

    def test_refuses_once_the_person_has_started(self, world: World, opening_id: int) -> None:
        placement_id = recorded_placement(world, selected_referral(world, opening_id, fitting_seeker(world)))

        with pytest.raises(RuleBroken, match="placement-started"), world.acting("hr_manager", clock=later(15)) as uow:
            undo_placement(uow, placement_id=placement_id, reason=CancelReason.PERSON_WITHDREW)

    def test_takes_a_mistake_back_on_the_day_it_was_made(self, world: World, opening_id: int) -> None:
        placement_id = recorded_placement(
            world, selected_referral(world, opening_id, fitting_seeker(world)), started_on=today()
        )

        with pytest.raises(RuleBroken, match="placement-started"), world.acting("hr_manager") as uow:
            undo_placement(uow, placement_id=placement_id, reason=CancelReason.PERSON_WITHDREW)
        with world.acting("hr_manager") as uow:
            undo_placement(uow, placement_id=placement_id, reason=CancelReason.RECORDED_BY_MISTAKE)

        assert open_posts(world, opening_id) == 2

    def test_is_done_once(self, world: World, opening_id: int) -> None:
        placement_id = recorded_placement(world, selected_referral(world, opening_id, fitting_seeker(world)))

        def undo() -> None:
            with world.acting("hr_manager") as uow:
                undo_placement(uow, placement_id=placement_id, reason=CancelReason.PERSON_WITHDREW)

        found = at_once([undo] * 3)

        assert sorted(type(result).__name__ for result in found) == ["AlreadyDone", "AlreadyDone", "NoneType"]


class TestEndPlacement:
    def test_keeps_the_fill_and_lets_the_person_be_looked_for(self, world: World, opening_id: int) -> None:
        seeker_id = fitting_seeker(world)
        placement_id = recorded_placement(world, selected_referral(world, opening_id, seeker_id), who="adviser")

        with world.acting("adviser", clock=later(40)) as uow:
            end_placement(uow, placement_id=placement_id, ended_on=today() + timedelta(days=30))

        placement = stored(world, Placement, placement_id)
        assert stored(world, Post, placement.post_id).placement_id == placement_id
        assert placement.ended_on == today() + timedelta(days=30)
        assert seeker_of(world, seeker_id).state is SeekerState.ACTIVE
        other = selected_referral(world, validated_opening(world), seeker_id)
        assert recorded_placement(world, other) != placement_id

    def test_refuses_a_day_outside_the_time_in_the_post(self, world: World, opening_id: int) -> None:
        placement_id = recorded_placement(world, selected_referral(world, opening_id, fitting_seeker(world)))

        for days in (1, 50):
            with pytest.raises(Invalid, match="end-day-out-of-range"), world.acting("hr_manager", clock=later(40)) as u:
                end_placement(u, placement_id=placement_id, ended_on=today() + timedelta(days=days))

    def test_ends_nothing_twice(self, world: World, opening_id: int) -> None:
        placement_id = recorded_placement(world, selected_referral(world, opening_id, fitting_seeker(world)))
        ended_on = today() + timedelta(days=20)
        with world.acting("hr_manager", clock=later(40)) as uow:
            end_placement(uow, placement_id=placement_id, ended_on=ended_on)

        with pytest.raises(AlreadyDone, match="placement-ended"), world.acting("hr_manager", clock=later(41)) as uow:
            end_placement(uow, placement_id=placement_id, ended_on=ended_on)


class TestSettlePlacement:
    def test_is_the_same_twice(self, world: World, opening_id: int) -> None:
        seeker_id = fitting_seeker(world)
        placement_id = recorded_placement(world, selected_referral(world, opening_id, seeker_id))

        settled(world, placement_id)
        version = seeker_of(world, seeker_id).version
        settled(world, placement_id)

        assert seeker_of(world, seeker_id).version == version

    def test_finds_no_placement_that_does_not_exist(self, world: World) -> None:
        with pytest.raises(NotFound):
            settled(world, 999)


class TestStartFacts:
    def test_are_taken_as_they_are(self, world: World, opening_id: int) -> None:
        referral_id = selected_referral(world, opening_id, fitting_seeker(world))
        facts = start_facts(contract_code="cdd")

        with world.acting("adviser") as uow:
            key = record_placement(uow, referral_id=referral_id, **facts).id

        placement = stored(world, Placement, key)
        assert {name: getattr(placement, name) for name in facts} == facts
