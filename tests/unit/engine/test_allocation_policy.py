"""The allocation's part of the policy, and the reserve for people who have waited long."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills_bridge.domain.matching import ValueOutOfRange, WrongShape
from skills_bridge.engine.allocation_policy import AllocationPolicy
from skills_bridge.engine.allocation_problem import reserved_places
from skills_bridge.engine.policy import POLICY_V1, Policy, PolicySet


class TestPolicyDocument:
    def test_holds_the_allocation_and_reads_it_back(self) -> None:
        changed = PolicySet(Policy(1), Policy(0), AllocationPolicy(live_per_person=2, waiting_quota_percent=20))

        assert changed.parameters()["allocation"]["waiting_quota_percent"] == 20
        assert PolicySet.from_parameters(changed.parameters()) == changed

    @pytest.mark.parametrize("value", [None, "3", 3.0, True])
    def test_names_the_field_that_is_missing_or_no_whole_number(self, value: object) -> None:
        stored: dict[str, Any] = deepcopy(POLICY_V1.parameters())
        stored["allocation"]["keep_bonus"] = value

        with pytest.raises(WrongShape, match=r"allocation\.keep_bonus"):
            PolicySet.from_parameters(stored)

    def test_refuses_a_value_out_of_its_range(self) -> None:
        stored = deepcopy(POLICY_V1.parameters())
        stored["allocation"]["waiting_quota_percent"] = 101

        with pytest.raises(ValueOutOfRange, match="waiting_quota_percent"):
            PolicySet.from_parameters(stored)

    def test_proposes_no_more_people_for_a_post_than_a_list_holds(self) -> None:
        with pytest.raises(ValueOutOfRange, match="candidates_per_post"):
            PolicySet(Policy(1, candidates_per_post=3), Policy(0, candidates_per_post=2))


def reserved(*rows: tuple[int, int], quota: int = 10) -> list[int]:
    """Return the reserve of openings, each with its places and the people waiting in its list."""
    places, listed = np.array(rows, np.int64).reshape(-1, 2).T
    found: list[int] = reserved_places(places, listed, quota).tolist()
    return found


class TestReservedPlaces:
    def test_of_many_small_openings_are_those_of_one_large(self) -> None:
        assert sum(reserved(*[(3, 5)] * 100)) == sum(reserved((300, 500))) == 30

    def test_of_one_small_opening_is_one(self) -> None:
        assert reserved((3, 2)) == [1]

    def test_go_to_the_largest_remainder_then_to_more_listed_then_to_the_earlier(self) -> None:
        # shares 1.3, 1.6, 0.6, 0.6, 0.6: 4.7 in all
        assert reserved((13, 9), (16, 9), (6, 2), (6, 3), (6, 3)) == [1, 2, 0, 1, 1]

    def test_without_anybody_who_waits_is_none(self) -> None:
        assert reserved((30, 0), (9, 0)) == [0, 0]

    @given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 60)), max_size=20), st.integers(0, 100))
    def test_are_each_share_rounded_and_the_whole_quota_together(self, rows: list[tuple[int, int]], quota: int) -> None:
        found = reserved(*rows, quota=quota)
        shares = [min(places * quota, 100 * listed) for places, listed in rows]

        assert all(share // 100 <= kept <= -(-share // 100) for share, kept in zip(shares, found, strict=True))
        assert sum(found) == -(-sum(shares) // 100)
        assert all(kept <= min(row) for kept, row in zip(found, rows, strict=True))
