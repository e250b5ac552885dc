"""The allocation after a full run, and what advisers make of its proposals."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import ProgrammingError

from skills_bridge.domain.errors import IllegalMove, Invalid, NotFound, NotPermitted, RuleBroken
from skills_bridge.domain.proposals import ProposalState, SetAsideReason
from skills_bridge.domain.referrals import ReferralState, WithdrawReason
from skills_bridge.domain.seekers import Channel
from skills_bridge.models import AllocationRun, Job, MatchPolicy, Proposal, Referral, StateChange
from skills_bridge.services.matching import accept_proposal, accept_several, allocate_places, set_aside, take_up
from skills_bridge.services.referrals import refer, withdraw
from skills_bridge.services.seekers import object_to_matching
from tests.factories.allocations import agency_worker, allocated, proposals
from tests.factories.openings import validated_opening
from tests.factories.referrals import (
    at_once,
    computed_run,
    fitting_seeker,
    full_run,
    proposed_referral,
    silent,
    stored,
    today,
)
from tests.factories.world import World


def one(world: World) -> Proposal:
    """Return the only proposal there is."""
    (found,) = proposals(world).values()
    return found


def with_policy(world: World, **changes: int) -> None:
    """Change parameters of the allocation."""
    with world.platform() as uow:
        policy = uow.session.scalars(select(MatchPolicy)).one()
        whole = {**policy.parameters, "allocation": {**policy.parameters["allocation"], **changes}}
        uow.session.execute(update(MatchPolicy).values(parameters=whole))


class TestAllocatePlaces:
    def test_proposes_ready_people_with_proof_and_cost(self, world: World) -> None:
        opening_id, seeker_id = validated_opening(world), fitting_seeker(world)

        run = allocated(world)

        proposal = one(world)
        assert (proposal.opening_id, proposal.seeker_id, proposal.state) == (opening_id, seeker_id, ProposalState.OPEN)
        assert (proposal.score, proposal.below_best, proposal.own_place, proposal.own_offers) == (9_000, 0, 1, 1)
        assert (run.gap, run.is_proven, run.worth) == (0, True, 19_000)
        assert {name: run.counts[name] for name in ("places", "proposed", "kept", "new", "dropped")} == {
            "places": 6,
            "proposed": 1,
            "kept": 0,
            "new": 1,
            "dropped": 0,
        }
        assert set(run.times) == {"read", "allocate"}

    def test_keeps_what_stands_and_says_so(self, world: World) -> None:
        validated_opening(world)
        fitting_seeker(world)
        first = allocated(world)
        before = one(world)
        fitting_seeker(world)

        second = allocated(world)

        assert second.id != first.id
        assert (second.counts["kept"], second.counts["new"]) == (1, 1)
        kept = [row for row in proposals(world).values() if row.is_kept]
        assert [(row.id, row.allocation_id) for row in kept] == [(before.id, second.id)]

    def test_withdraws_what_no_longer_holds(self, world: World) -> None:
        validated_opening(world)
        seeker_id = fitting_seeker(world)
        allocated(world)
        with world.acting("adviser") as uow:
            object_to_matching(uow, seeker_id=seeker_id, channel=Channel.COUNTER)

        run = allocated(world)

        assert proposals(world) == {}
        assert run.counts["dropped"] == 1

    def test_leaves_live_and_ended_referrals_alone(self, world: World) -> None:
        opening_id = validated_opening(world)
        people = [fitting_seeker(world) for _ in range(3)]
        computed_run(world, opening_id)
        proposed_referral(world, opening_id, people[0])
        ended = proposed_referral(world, opening_id, people[1])
        with world.acting("adviser") as uow:
            withdraw(uow, referral_id=ended, reason=WithdrawReason.NOT_REACHED)

        run = allocated(world)

        assert set(proposals(world)) == {(opening_id, people[2])}
        assert run.counts["places"] == 5

    def test_counts_what_a_person_gives_up_for_the_others(self, world: World) -> None:
        first = validated_opening(world, terms={"posts": 1})
        second = validated_opening(world, terms={"posts": 1})
        fitting_seeker(world)
        with_policy(world, candidates_per_post=1, live_per_person=1)

        allocated(world)

        assert one(world).opening_id in {first, second}
        assert (one(world).own_place, one(world).own_offers) == (1, 2)

    def test_reserves_a_place_for_who_has_waited_a_year(self, world: World) -> None:
        validated_opening(world, terms={"posts": 1})
        people = [fitting_seeker(world, levels={"AUTO-001": 4, "AUTO-002": 4}) for _ in range(3)]
        waiting = fitting_seeker(
            world, levels={"AUTO-001": 1, "AUTO-002": 1}, registered_on=today() - timedelta(days=400)
        )

        run = allocated(world)

        chosen = {seeker for _opening, seeker in proposals(world)}
        assert waiting in chosen
        assert len(chosen & set(people)) == 2
        assert (run.counts["reserved"], run.counts["waiting_proposed"]) == (1, 1)

    def test_of_one_full_run_is_made_once(self, world: World) -> None:
        validated_opening(world)
        fitting_seeker(world)
        run_id = full_run(world)

        def again() -> int:
            with agency_worker(world) as uow:
                return allocate_places(uow, run_id=run_id, progress=silent).id

        assert len(set(at_once([again] * 3))) == 1
        assert len(proposals(world)) == 1

    def test_follows_each_full_run_in_the_agencys_scope(self, world: World) -> None:
        run_id = full_run(world)

        with world.as_owner() as session:
            job = session.scalars(select(Job).where(Job.kind == "matching.allocate_places")).one()
        assert (job.object_id, job.organisation_id) == (run_id, world.ids["agency"])

    def test_of_nothing_stands_with_its_proof(self, world: World) -> None:
        run = allocated(world)

        assert (run.counts["proposed"], run.gap, run.is_proven) == (0, 0, True)

    def test_knows_no_run_of_one_opening(self, world: World) -> None:
        run_id = computed_run(world, validated_opening(world))
        with pytest.raises(NotFound), agency_worker(world) as uow:
            allocate_places(uow, run_id=run_id, progress=silent)

    def test_leaves_nothing_where_it_fails(self, world: World) -> None:
        validated_opening(world)
        fitting_seeker(world)
        run_id = full_run(world)

        def stop(done: int, _total: int) -> None:
            if done == 3:
                raise ValueError("killed")

        with pytest.raises(ValueError, match="killed"), agency_worker(world) as uow:
            allocate_places(uow, run_id=run_id, progress=stop)

        assert proposals(world) == {}
        with agency_worker(world) as uow:
            allocate_places(uow, run_id=run_id, progress=silent)
        assert len(proposals(world)) == 1


class TestRights:
    def test_let_the_web_decide_and_never_propose(self, world: World) -> None:
        validated_opening(world)
        fitting_seeker(world)
        allocated(world)
        with pytest.raises(ProgrammingError, match="permission denied"), world.acting("adviser") as uow:
            uow.session.execute(delete(Proposal))

    @pytest.mark.parametrize("who", ["hr_manager", "centre_manager", "analyst", "administrator"])
    def test_hide_proposals_from_all_but_the_agency(self, world: World, who: str) -> None:
        validated_opening(world)
        fitting_seeker(world)
        allocated(world)

        with world.looking(who) as session:
            assert session.scalar(select(func.count()).select_from(Proposal)) == 0
            assert session.scalar(select(func.count()).select_from(AllocationRun)) == 0


@pytest.fixture
def proposal(world: World) -> Proposal:
    validated_opening(world)
    fitting_seeker(world)
    allocated(world)
    return one(world)


class TestAcceptProposal:
    def test_makes_the_referral(self, world: World, proposal: Proposal) -> None:
        with world.acting("adviser") as uow:
            referral_id = accept_proposal(uow, proposal_id=proposal.id).id

        referral = stored(world, Referral, referral_id)
        assert (referral.state, referral.score, referral.seeker_id) == (
            ReferralState.PROPOSED,
            9_000,
            proposal.seeker_id,
        )
        assert one(world).state is ProposalState.ACCEPTED
        with world.as_owner() as session:
            moved = session.scalars(select(StateChange).where(StateChange.object_kind == "proposal")).one()
        assert (moved.from_state, moved.to_state, moved.company_id) == ("open", "accepted", None)

    def test_of_two_at_once_is_done_by_one(self, world: World, proposal: Proposal) -> None:
        def accept() -> str:
            with world.acting("adviser") as uow:
                accept_proposal(uow, proposal_id=proposal.id)
            return "done"

        found = at_once([accept] * 4)

        assert found.count("done") == 1
        assert all(isinstance(other, IllegalMove) for other in found if other != "done")

    def test_beside_an_allocation_stands(self, world: World, proposal: Proposal) -> None:
        fitting_seeker(world)

        def accept() -> str:
            with world.acting("adviser") as uow:
                accept_proposal(uow, proposal_id=proposal.id)
            return "done"

        found = at_once([accept, lambda: allocated(world)])

        assert "done" in found
        assert proposals(world)[proposal.opening_id, proposal.seeker_id].state is ProposalState.ACCEPTED

    def test_after_a_referral_by_hand_says_so(self, world: World, proposal: Proposal) -> None:
        proposed_referral(world, proposal.opening_id, proposal.seeker_id)

        with pytest.raises(RuleBroken) as refused, world.acting("adviser") as uow:
            accept_proposal(uow, proposal_id=proposal.id)
        assert refused.value.code == "already-referred"

    def test_is_not_for_another_unit(self, world: World, proposal: Proposal) -> None:
        with pytest.raises(NotPermitted), world.acting("other_adviser") as uow:
            accept_proposal(uow, proposal_id=proposal.id)

    def test_of_several_reports_who_was_refused(self, world: World, proposal: Proposal) -> None:
        other = fitting_seeker(world)
        allocated(world)
        refer_id = proposals(world)[proposal.opening_id, other].id
        with world.acting("adviser") as uow:
            refer(uow, opening_id=proposal.opening_id, seeker_id=other)

        with world.acting("adviser") as uow:
            outcome = accept_several(uow, proposal_ids=[proposal.id, refer_id])

        assert outcome.done == (proposal.id,)
        assert [(key, refusal.code) for key, refusal in outcome.refused] == [(refer_id, "already-referred")]


class TestSetAside:
    def test_is_respected_by_the_next_allocation_until_taken_up(self, world: World, proposal: Proposal) -> None:
        with world.acting("adviser") as uow:
            set_aside(uow, proposal_id=proposal.id, reason=SetAsideReason.OTHER_PLAN, note=" Formation en cours. ")

        assert allocated(world).counts["proposed"] == 0
        kept = one(world)
        assert (kept.state, kept.reason, kept.note) == (
            ProposalState.SET_ASIDE,
            SetAsideReason.OTHER_PLAN,
            "Formation en cours.",
        )
        with world.acting("adviser") as uow:
            take_up(uow, proposal_id=proposal.id)
        assert one(world).reason is None
        assert allocated(world).counts["kept"] == 1

    def test_for_another_reason_wants_words(self, world: World, proposal: Proposal) -> None:
        with pytest.raises(Invalid) as refused, world.acting("adviser") as uow:
            set_aside(uow, proposal_id=proposal.id, reason=SetAsideReason.OTHER, note="  ")
        assert refused.value.field == "note"

    def test_of_an_accepted_one_is_no_way_back(self, world: World, proposal: Proposal) -> None:
        with world.acting("adviser") as uow:
            accept_proposal(uow, proposal_id=proposal.id)
        with pytest.raises(IllegalMove), world.acting("adviser") as uow:
            set_aside(uow, proposal_id=proposal.id, reason=SetAsideReason.OTHER_PLAN)
        with pytest.raises(IllegalMove), world.acting("adviser") as uow:
            take_up(uow, proposal_id=proposal.id)

    def test_is_not_for_another_unit(self, world: World, proposal: Proposal) -> None:
        with pytest.raises(NotPermitted), world.acting("other_adviser") as uow:
            set_aside(uow, proposal_id=proposal.id, reason=SetAsideReason.OTHER_PLAN)

    def test_of_nothing_is_not_found(self, world: World) -> None:
        with pytest.raises(NotFound), world.acting("adviser") as uow:
            take_up(uow, proposal_id=999)
