import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills_bridge.domain.errors import IllegalMove
from skills_bridge.domain.referrals import HUMAN_ONLY, LIVE, MOVES, NAMED_TO_COMPANY, REOPENED, ReferralState
from skills_bridge.domain.states import check_move

_S = ReferralState


class TestMoves:
    def test_know_every_state(self) -> None:
        assert set(MOVES) == set(ReferralState)

    @given(st.sampled_from(sorted(LIVE)))
    def test_let_a_live_referral_end(self, state: ReferralState) -> None:
        check_move(MOVES, state, _S.ENDED)
        check_move(MOVES, state, _S.WITHDRAWN)

    @given(st.sampled_from(list(_S)), st.sampled_from(list(_S)))
    def test_reach_the_company_only_through_the_persons_yes(self, state: ReferralState, target: ReferralState) -> None:
        if target is _S.SENT and target in MOVES[state]:
            assert state in (_S.ACCEPTED, _S.REJECTED, _S.EXPIRED)

    @given(st.sampled_from(sorted(set(_S) - {_S.SELECTED})))
    def test_place_selected_people_only(self, state: ReferralState) -> None:
        with pytest.raises(IllegalMove):
            check_move(MOVES, state, _S.PLACED)


class TestReopened:
    def test_gives_every_end_its_one_way_back(self) -> None:
        assert set(REOPENED) == set(_S) - LIVE - {_S.PLACED}
        assert all(MOVES[state] == {target} for state, target in REOPENED.items())

    def test_asks_the_person_again_unless_she_had_accepted_for_sure(self) -> None:
        assert {state for state, target in REOPENED.items() if target is not _S.PROPOSED} == {
            _S.REJECTED,
            _S.NO_SHOW,
            _S.EXPIRED,
        }


class TestGroups:
    def test_name_nobody_before_her_yes(self) -> None:
        assert {_S.PROPOSED, _S.DECLINED} & NAMED_TO_COMPANY == set()

    def test_leave_the_outcomes_for_people_to_people(self) -> None:
        assert {_S.EXPIRED, _S.ENDED, _S.SENT} & HUMAN_ONLY == set()
