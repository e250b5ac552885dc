from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select, text, update

from skills_bridge.domain.errors import IllegalMove, NotFound, RuleBroken
from skills_bridge.domain.referrals import (
    LIVE,
    MOVES,
    REOPENED,
    DeclineReason,
    ReferralState,
    RejectReason,
    WithdrawReason,
)
from skills_bridge.domain.seekers import Channel
from skills_bridge.models import Referral, StateChange
from skills_bridge.services import referrals
from skills_bridge.unit_of_work import UnitOfWork
from tests.factories.openings import validated_opening
from tests.factories.referrals import (
    fitting_seeker,
    later,
    proposed_referral,
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


class TestStateTable:
    """Every act from every state: allowed exactly where the table says so."""

    ACTS: tuple[tuple[str, ReferralState, Callable[[UnitOfWork, int], object]], ...] = (
        (
            "adviser",
            _S.ACCEPTED,
            lambda u, k: referrals.record_answer(
                u, referral_id=k, accepted=True, channel=Channel.PHONE, answered_on=today()
            ),
        ),
        (
            "adviser",
            _S.DECLINED,
            lambda u, k: referrals.record_answer(
                u,
                referral_id=k,
                accepted=False,
                channel=Channel.PHONE,
                answered_on=today(),
                reason=DeclineReason.PAY,
            ),
        ),
        ("hr_manager", _S.SELECTED, lambda u, k: referrals.select(u, referral_id=k)),
        ("hr_manager", _S.REJECTED, lambda u, k: referrals.reject(u, referral_id=k, reason=RejectReason.LANGUAGE)),
        (
            "hr_manager",
            _S.INVITED,
            lambda u, k: referrals.invite(u, referral_id=k, at=later(3)(), place="Accueil", contact=""),
        ),
        ("hr_manager", _S.NO_SHOW, lambda u, k: referrals.record_no_show(u, referral_id=k)),
        (
            "adviser",
            _S.WITHDRAWN,
            lambda u, k: referrals.withdraw(u, referral_id=k, reason=WithdrawReason.OTHER_OPENING),
        ),
    )

    def put(self, world: World, referral_id: int, state: ReferralState) -> None:
        """Bring the row into a state, whatever led there."""
        with world.platform() as uow:
            uow.session.execute(
                update(Referral)
                .where(Referral.id == referral_id)
                .values(
                    state=state,
                    decided_by=world.actors["adviser"].user_id,
                    answered_on=None,
                    answered_channel=None,
                    invited_at=None,
                )
            )

    def test_is_the_only_way_to_move(self, world: World, opening_id: int, seeker_id: int) -> None:
        referral_id = sent_referral(world, opening_id, seeker_id)
        walked = 0
        for state in ReferralState:
            for who, target, act in self.ACTS:
                self.put(world, referral_id, state)
                is_back = state in REOPENED and REOPENED[state] is target
                try:
                    with world.acting(who) as uow:
                        act(uow, referral_id)
                except (IllegalMove, NotFound):
                    hidden = who == "hr_manager" and state in (_S.PROPOSED, _S.DECLINED)
                    assert hidden or target not in MOVES[state], (state, target)
                else:
                    assert target in MOVES[state], (state, target)
                    assert state_of(world, referral_id) is target
                    walked += not is_back
        assert walked >= 2 + len(LIVE) + 5

    def test_leaves_a_line_for_each_step(self, world: World, opening_id: int, seeker_id: int) -> None:
        referral_id = selected_referral(world, opening_id, seeker_id)

        with world.platform() as uow:
            rows = uow.session.scalars(
                select(StateChange)
                .where(StateChange.object_kind == "referral", StateChange.object_id == referral_id)
                .order_by(StateChange.id)
            )
            told = [(row.from_state, row.to_state, row.actor_name) for row in rows]
        assert told == [
            (None, "proposed", "adviser"),
            ("proposed", "accepted", "adviser"),
            ("accepted", "sent", "adviser"),
            ("sent", "selected", "hr_manager"),
        ]

    def test_lets_no_clock_decide_for_people(self, world: World, opening_id: int, seeker_id: int) -> None:
        referral_id = sent_referral(world, opening_id, seeker_id)

        with pytest.raises(RuleBroken, match="person-must-decide"), world.platform() as uow:
            referrals.select(uow, referral_id=referral_id)

    def test_is_guarded_by_the_database_too(self, world: World, opening_id: int, seeker_id: int) -> None:
        referral_id = proposed_referral(world, opening_id, seeker_id)

        with pytest.raises(Exception, match="a_person_decides"), world.platform() as uow:
            uow.session.execute(text("UPDATE referral SET state = 'selected' WHERE id = :id"), {"id": referral_id})
