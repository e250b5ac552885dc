from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.errors import (
    AlreadyDone,
    IllegalMove,
    Invalid,
    NotFound,
    NotPermitted,
    RuleBroken,
)
from skills_bridge.domain.openings import CloseReason
from skills_bridge.domain.referrals import (
    DeclineReason,
    EndReason,
    ReferralState,
    RejectReason,
    ReopenReason,
    WithdrawReason,
)
from skills_bridge.domain.seekers import Channel, ConsentKind
from skills_bridge.models import Job, Opening, Referral
from skills_bridge.services import referrals
from skills_bridge.services.openings import close_opening, pause_opening
from skills_bridge.services.seekers import object_to_matching, pause_seeker
from skills_bridge.unit_of_work import UnitOfWork
from tests.factories.openings import validated_opening
from tests.factories.referrals import (
    accepted_referral,
    at_once,
    computed_run,
    fitting_seeker,
    invited_referral,
    later,
    proposed_referral,
    recorded_placement,
    registered_seeker,
    selected_referral,
    sent_referral,
    stored,
    today,
)
from tests.factories.world import World

_S = ReferralState


@pytest.fixture
def opening_id(world: World) -> int:
    return validated_opening(world)


@pytest.fixture
def seeker_id(world: World) -> int:
    return fitting_seeker(world)


def state_of(world: World, referral_id: int) -> ReferralState:
    found: Referral = stored(world, Referral, referral_id)
    return found.state


def jobs_of(world: World, kind: str) -> list[int | None]:
    with world.platform() as uow:
        return list(uow.session.scalars(select(Job.object_id).where(Job.kind == kind).order_by(Job.id)))


class TestRefer:
    def test_proposes_with_the_standing_of_the_list(self, world: World, opening_id: int, seeker_id: int) -> None:
        run_id = computed_run(world, opening_id)

        referral = stored(world, Referral, proposed_referral(world, opening_id, seeker_id))

        assert (referral.state, referral.result_class, referral.score, referral.run_id) == (
            _S.PROPOSED,
            "ready",
            9000,
            run_id,
        )
        assert referral.proposed_by == world.actors["adviser"].user_id
        assert referral.unit_id == world.units["north"]

    def test_proposes_a_person_whom_no_list_holds(self, world: World, opening_id: int, seeker_id: int) -> None:
        assert stored(world, Referral, proposed_referral(world, opening_id, seeker_id)).score is None

    def test_shows_the_company_nothing(self, world: World, opening_id: int, seeker_id: int) -> None:
        proposed_referral(world, opening_id, seeker_id)

        with world.looking("hr_manager") as session:
            assert session.scalars(select(Referral.id)).all() == []

    def test_refuses_an_adviser_of_another_unit(self, world: World, opening_id: int, seeker_id: int) -> None:
        with pytest.raises(NotPermitted):
            proposed_referral(world, opening_id, seeker_id, who="other_adviser")

    def test_refuses_the_same_pair_twice(self, world: World, opening_id: int, seeker_id: int) -> None:
        proposed_referral(world, opening_id, seeker_id)

        with pytest.raises(AlreadyDone, match="already-referred"):
            proposed_referral(world, opening_id, seeker_id)

    def test_asks_to_reopen_one_that_ended(self, world: World, opening_id: int, seeker_id: int) -> None:
        referral_id = proposed_referral(world, opening_id, seeker_id)
        with world.acting("adviser") as uow:
            referrals.withdraw(uow, referral_id=referral_id, reason=WithdrawReason.NOT_REACHED)

        with pytest.raises(AlreadyDone, match="referred-before"):
            proposed_referral(world, opening_id, seeker_id)

    def test_refuses_a_fourth_live_proposal(self, world: World, seeker_id: int) -> None:
        for _ in range(3):
            proposed_referral(world, validated_opening(world), seeker_id)

        with pytest.raises(RuleBroken, match="too-many-live-referrals") as refusal:
            proposed_referral(world, validated_opening(world), seeker_id)
        assert refusal.value.facts["most"] == 3

    def test_refuses_whoever_may_not_be_looked_for(self, world: World, opening_id: int) -> None:
        objecting, paused = fitting_seeker(world), fitting_seeker(world)
        without = fitting_seeker(world, consents=frozenset({ConsentKind.SHARING}))
        with world.acting("adviser") as uow:
            object_to_matching(uow, seeker_id=objecting, channel=Channel.COUNTER)
            pause_seeker(uow, seeker_id=paused)

        for seeker_id, code in (
            (objecting, "seeker-objected"),
            (paused, "seeker-not-active"),
            (without, "seeker-without-consent"),
        ):
            with pytest.raises(RuleBroken, match=code):
                proposed_referral(world, opening_id, seeker_id)

    def test_refuses_an_opening_that_takes_nobody(self, world: World, opening_id: int, seeker_id: int) -> None:
        with world.acting("hr_manager") as uow:
            pause_opening(uow, opening_id=opening_id)

        with pytest.raises(RuleBroken, match="opening-not-live"):
            proposed_referral(world, opening_id, seeker_id)

    def test_refuses_an_opening_whose_posts_are_taken(self, world: World, seeker_id: int) -> None:
        opening_id = validated_opening(world, terms={"posts": 1})
        recorded_placement(world, selected_referral(world, opening_id, fitting_seeker(world)))

        with pytest.raises(RuleBroken, match="no-open-post"):
            proposed_referral(world, opening_id, seeker_id)

    def test_proposes_a_person_about_whom_nothing_is_known(self, world: World, opening_id: int) -> None:
        seeker_id = registered_seeker(world)

        assert state_of(world, proposed_referral(world, opening_id, seeker_id)) is _S.PROPOSED

    def test_finds_nobody_that_does_not_exist(self, world: World, opening_id: int) -> None:
        with pytest.raises(NotFound):
            proposed_referral(world, opening_id, 999)

    def test_lets_one_of_two_advisers_win(self, world: World, opening_id: int, seeker_id: int) -> None:
        found = at_once([lambda: proposed_referral(world, opening_id, seeker_id) for _ in range(4)])

        assert sorted(type(result).__name__ for result in found) == ["AlreadyDone"] * 3 + ["int"]

    def test_keeps_the_limit_when_many_propose_at_once(self, world: World, seeker_id: int) -> None:
        openings = [validated_opening(world) for _ in range(6)]

        found = at_once([lambda o=o: proposed_referral(world, o, seeker_id) for o in openings])  # type: ignore[misc]

        assert sum(isinstance(result, int) for result in found) == 3
        assert {str(result) for result in found if not isinstance(result, int)} == {"too-many-live-referrals"}


class TestReferSeveral:
    def test_reports_those_whose_rules_say_no(self, world: World, opening_id: int) -> None:
        good, known = fitting_seeker(world), fitting_seeker(world)
        proposed_referral(world, opening_id, known)

        with world.acting("adviser") as uow:
            outcome = referrals.refer_several(uow, opening_id=opening_id, seeker_ids=(known, good, good))

        assert outcome.done == (good,)
        assert [(key, refusal.code) for key, refusal in outcome.refused] == [(known, "already-referred")]


class TestRecordAnswer:
    def test_keeps_how_and_when_the_word_came(self, world: World, opening_id: int, seeker_id: int) -> None:
        referral = stored(world, Referral, accepted_referral(world, opening_id, seeker_id))

        assert (referral.state, referral.answered_channel, referral.answered_on, referral.decided_by) == (
            _S.ACCEPTED,
            Channel.PHONE,
            today(),
            world.actors["adviser"].user_id,
        )

    def test_asks_why_a_person_declines(self, world: World, opening_id: int, seeker_id: int) -> None:
        referral_id = proposed_referral(world, opening_id, seeker_id)

        with pytest.raises(Invalid, match="decline-reason-missing"), world.acting("adviser") as uow:
            referrals.record_answer(
                uow, referral_id=referral_id, accepted=False, channel=Channel.PHONE, answered_on=today()
            )
        with world.acting("adviser") as uow:
            referrals.record_answer(
                uow,
                referral_id=referral_id,
                accepted=False,
                channel=Channel.PHONE,
                answered_on=today(),
                reason=DeclineReason.DISTANCE,
            )

        declined = stored(world, Referral, referral_id)
        assert (declined.state, declined.reason) == (_S.DECLINED, "distance")

    @pytest.mark.parametrize("days", [-1, 1])
    def test_refuses_a_day_before_the_proposal_or_to_come(
        self, world: World, opening_id: int, seeker_id: int, days: int
    ) -> None:
        referral_id = proposed_referral(world, opening_id, seeker_id)

        with pytest.raises(Invalid, match="answer-day-out-of-range"), world.acting("adviser") as uow:
            referrals.record_answer(
                uow,
                referral_id=referral_id,
                accepted=True,
                channel=Channel.PHONE,
                answered_on=today() + timedelta(days=days),
            )

    def test_names_nobody_who_has_not_agreed_to_be_named(self, world: World, opening_id: int) -> None:
        seeker_id = fitting_seeker(world, consents=frozenset({ConsentKind.MATCHING}))
        referral_id = proposed_referral(world, opening_id, seeker_id)

        with pytest.raises(RuleBroken, match="sharing-consent-missing"), world.acting("adviser") as uow:
            referrals.record_answer(
                uow, referral_id=referral_id, accepted=True, channel=Channel.PHONE, answered_on=today()
            )


class TestSendReferral:
    def test_starts_the_companys_time_to_answer(self, world: World, opening_id: int, seeker_id: int) -> None:
        referral_id = sent_referral(world, opening_id, seeker_id)

        referral = stored(world, Referral, referral_id)
        days = stored(world, Opening, opening_id).answer_days
        assert (referral.state, referral.answer_due_on) == (_S.SENT, today() + timedelta(days=days))
        assert local_day(referral.sent_at) == today()
        assert jobs_of(world, "notices.referral_sent") == [referral_id]
        with world.looking("hr_manager") as session:
            assert session.scalars(select(Referral.id)).all() == [referral_id]

    def test_sends_nobody_who_has_not_accepted(self, world: World, opening_id: int, seeker_id: int) -> None:
        referral_id = proposed_referral(world, opening_id, seeker_id)

        with pytest.raises(IllegalMove), world.acting("adviser") as uow:
            referrals.send_referral(uow, referral_id=referral_id)

    def test_sends_nothing_to_a_paused_opening(self, world: World, opening_id: int, seeker_id: int) -> None:
        referral_id = accepted_referral(world, opening_id, seeker_id)
        with world.acting("hr_manager") as uow:
            pause_opening(uow, opening_id=opening_id)

        with pytest.raises(RuleBroken, match="opening-not-live"), world.acting("adviser") as uow:
            referrals.send_referral(uow, referral_id=referral_id)
        assert state_of(world, referral_id) is _S.ACCEPTED

    def test_leaves_as_it_is_what_cannot_be_sent(self, world: World, opening_id: int) -> None:
        ready = accepted_referral(world, opening_id, fitting_seeker(world))
        waiting = proposed_referral(world, opening_id, fitting_seeker(world))

        with world.acting("adviser") as uow:
            outcome = referrals.send_several(uow, referral_ids=(ready, waiting))

        assert (outcome.done, [key for key, _ in outcome.refused]) == ((ready,), [waiting])
        assert state_of(world, waiting) is _S.PROPOSED


class TestCompanyAnswers:
    def test_invite_select_reject_and_note_absence(self, world: World, opening_id: int) -> None:
        invited = invited_referral(world, opening_id, fitting_seeker(world))
        selected = selected_referral(world, opening_id, fitting_seeker(world))
        rejected = sent_referral(world, opening_id, fitting_seeker(world))
        with world.acting("hr_manager") as uow:
            referrals.reject(uow, referral_id=rejected, reason=RejectReason.TEST_FAILED)
        with world.acting("hr_manager", clock=later(2)) as uow:
            referrals.record_no_show(uow, referral_id=invited)

        rows = [stored(world, Referral, key) for key in (invited, selected, rejected)]
        assert [row.state for row in rows] == [_S.NO_SHOW, _S.SELECTED, _S.REJECTED]
        assert {row.decided_by for row in rows} == {world.actors["hr_manager"].user_id}
        assert rows[0].invited_place == "Accueil"
        assert rows[2].reason == "test_failed"
        assert len(jobs_of(world, "notices.referral_answered")) == 4

    def test_refuse_an_interview_in_the_past_or_nowhere(self, world: World, opening_id: int, seeker_id: int) -> None:
        referral_id = sent_referral(world, opening_id, seeker_id)

        for at, place, code in (
            (later(-1)(), "Accueil", "meeting-in-the-past"),
            (later(1)(), "  ", "meeting-without-place"),
        ):
            with pytest.raises(Invalid, match=code), world.acting("hr_manager") as uow:
                referrals.invite(uow, referral_id=referral_id, at=at, place=place, contact="")

    def test_refuse_an_absence_from_an_interview_to_come(self, world: World, opening_id: int, seeker_id: int) -> None:
        referral_id = invited_referral(world, opening_id, seeker_id)

        with pytest.raises(Invalid, match="meeting-ahead"), world.acting("hr_manager") as uow:
            referrals.record_no_show(uow, referral_id=referral_id)

    def test_hide_a_referral_from_another_company(self, world: World, opening_id: int, seeker_id: int) -> None:
        referral_id = sent_referral(world, opening_id, seeker_id)

        with pytest.raises(NotFound), world.acting("other_hr_manager") as uow:
            referrals.select(uow, referral_id=referral_id)

    def test_are_not_the_advisers(self, world: World, opening_id: int, seeker_id: int) -> None:
        referral_id = sent_referral(world, opening_id, seeker_id)

        with pytest.raises(NotPermitted), world.acting("adviser") as uow:
            referrals.select(uow, referral_id=referral_id)

    def test_hold_for_several_and_leave_what_moved_on(self, world: World, opening_id: int) -> None:
        first, second = (sent_referral(world, opening_id, fitting_seeker(world)) for _ in range(2))
        with world.acting("adviser") as uow:
            referrals.withdraw(uow, referral_id=second, reason=WithdrawReason.PERSON_ASKED)

        with world.acting("hr_manager") as uow:
            outcome = referrals.answer_several(
                uow, referral_ids=(first, second), answer=lambda own, key: referrals.select(own, referral_id=key)
            )

        assert (outcome.done, [key for key, _ in outcome.refused]) == ((first,), [second])

    def test_let_one_of_two_colleagues_win(self, world: World, opening_id: int, seeker_id: int) -> None:
        referral_id = sent_referral(world, opening_id, seeker_id)

        def reject() -> None:
            with world.acting("company_admin") as uow:
                referrals.reject(uow, referral_id=referral_id, reason=RejectReason.LANGUAGE)

        found = at_once([reject] * 3)

        assert sorted(type(result).__name__ for result in found) == ["IllegalMove", "IllegalMove", "NoneType"]


class TestReopen:
    def ended(self, world: World, opening_id: int) -> Iterator[tuple[int, ReferralState]]:
        """Yield a referral in each state that can be reopened."""

        def new() -> int:
            return fitting_seeker(world)

        def act(who: str, step: Callable[[UnitOfWork], object]) -> None:
            with world.acting(who, clock=later(2)) as uow:
                step(uow)

        declined = proposed_referral(world, opening_id, new())
        with world.acting("adviser") as uow:
            referrals.record_answer(
                uow,
                referral_id=declined,
                accepted=False,
                channel=Channel.PHONE,
                answered_on=today(),
                reason=DeclineReason.PAY,
            )
        yield declined, _S.PROPOSED
        rejected = sent_referral(world, opening_id, new())
        act("hr_manager", lambda u: referrals.reject(u, referral_id=rejected, reason=RejectReason.LANGUAGE))
        yield rejected, _S.SENT
        absent = invited_referral(world, opening_id, new())
        act("hr_manager", lambda u: referrals.record_no_show(u, referral_id=absent))
        yield absent, _S.INVITED
        withdrawn = accepted_referral(world, opening_id, new())
        act("adviser", lambda u: referrals.withdraw(u, referral_id=withdrawn, reason=WithdrawReason.NOT_REACHED))
        yield withdrawn, _S.PROPOSED
        expired = sent_referral(world, opening_id, new())
        with world.platform(clock=later(60)) as uow:
            referrals.expire_referrals(uow)
        yield expired, _S.SENT

    def test_goes_on_from_every_end(self, world: World, opening_id: int) -> None:
        for referral_id, target in self.ended(world, opening_id):
            with world.acting("adviser") as uow:
                referrals.reopen(uow, referral_id=referral_id, reason=ReopenReason.ANSWERED_LATE)
            reopened = stored(world, Referral, referral_id)
            assert reopened.state is target
            if target is _S.PROPOSED:
                assert (reopened.answered_on, reopened.answered_channel) == (None, None)
            if target is _S.SENT:
                assert reopened.answer_due_on > today()

    def test_refuses_what_is_live(self, world: World, opening_id: int, seeker_id: int) -> None:
        referral_id = sent_referral(world, opening_id, seeker_id)

        with pytest.raises(IllegalMove), world.acting("adviser") as uow:
            referrals.reopen(uow, referral_id=referral_id, reason=ReopenReason.ANSWERED_LATE)

    def test_keeps_to_the_rules_of_a_new_proposal(self, world: World, opening_id: int, seeker_id: int) -> None:
        referral_id = proposed_referral(world, opening_id, seeker_id)
        with world.acting("adviser") as uow:
            referrals.withdraw(uow, referral_id=referral_id, reason=WithdrawReason.PERSON_ASKED)
            object_to_matching(uow, seeker_id=seeker_id, channel=Channel.LETTER)

        with pytest.raises(RuleBroken, match="seeker-objected"), world.acting("adviser") as uow:
            referrals.reopen(uow, referral_id=referral_id, reason=ReopenReason.PERSON_CHANGED_MIND)


class TestEndReferrals:
    def test_ends_what_waits_for_a_person_who_objects(self, world: World, opening_id: int, seeker_id: int) -> None:
        live, other = (
            sent_referral(world, opening_id, seeker_id),
            sent_referral(world, opening_id, fitting_seeker(world)),
        )

        with world.acting("adviser") as uow:
            object_to_matching(uow, seeker_id=seeker_id, channel=Channel.PHONE)

        ended = stored(world, Referral, live)
        assert (ended.state, ended.reason) == (_S.ENDED, EndReason.OBJECTION.value)
        assert state_of(world, other) is _S.SENT

    def test_ends_at_closing_also_what_the_company_cannot_see(self, world: World, opening_id: int) -> None:
        hidden = proposed_referral(world, opening_id, fitting_seeker(world))
        seen = sent_referral(world, opening_id, fitting_seeker(world))
        with world.acting("hr_manager") as uow:
            close_opening(uow, opening_id=opening_id, reason=CloseReason.FILLED_OUTSIDE)
        assert (state_of(world, seen), state_of(world, hidden)) == (_S.ENDED, _S.PROPOSED)
        assert jobs_of(world, "referrals.end_for_opening") == [opening_id]

        with world.platform() as uow:
            ended = referrals.end_referrals(uow, opening_id=opening_id, reason=EndReason.OPENING_CLOSED)

        assert ended == (hidden,)
        assert state_of(world, hidden) is _S.ENDED

    def test_spares_the_one_named(self, world: World, opening_id: int) -> None:
        spared, other = (proposed_referral(world, opening_id, fitting_seeker(world)) for _ in range(2))

        with world.platform() as uow:
            ended = referrals.end_referrals(
                uow, opening_id=opening_id, reason=EndReason.OPENING_FILLED, except_id=spared
            )

        assert ended == (other,)

    def test_ends_nothing_without_an_object(self, world: World, opening_id: int, seeker_id: int) -> None:
        proposed_referral(world, opening_id, seeker_id)

        with world.platform() as uow:
            assert referrals.end_referrals(uow, reason=EndReason.OBJECTION) == ()


class TestExpireReferrals:
    def test_ends_the_day_after_the_deadline(self, world: World, opening_id: int, seeker_id: int) -> None:
        referral_id = sent_referral(world, opening_id, seeker_id)
        days = stored(world, Opening, opening_id).answer_days

        with world.platform(clock=later(days)) as uow:
            assert referrals.expire_referrals(uow) == ()
        with world.platform(clock=later(days + 1)) as uow:
            assert referrals.expire_referrals(uow) == (referral_id,)
        assert state_of(world, referral_id) is _S.EXPIRED

    def test_leaves_an_invitation_alone(self, world: World, opening_id: int, seeker_id: int) -> None:
        invited_referral(world, opening_id, seeker_id)

        with world.platform(clock=later(90)) as uow:
            assert referrals.expire_referrals(uow) == ()
