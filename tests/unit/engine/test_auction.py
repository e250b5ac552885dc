"""The auction against the flow: it chooses as well, or says that it does not choose."""

from __future__ import annotations

import numpy as np
import pytest

from skills_bridge.engine.allocate import solve
from skills_bridge.engine.allocation_problem import Problem
from skills_bridge.engine.auction import SCALE, choose_by_bids
from skills_bridge.engine.certificate import certify, is_feasible, verify_certificate


def drawn(seed: int, *, openings: int, people: int, length: int, values: int = 20_000) -> Problem:
    """Return a problem with reserves, people without a proposal left, full openings, and many equal values."""
    chance = np.random.default_rng(seed)
    keys = np.unique(chance.integers(0, openings * people, openings * length))
    places = chance.integers(0, 6, openings)
    value = chance.integers(1, values, len(keys))
    return Problem(
        opening_id=np.arange(openings),
        seeker_id=np.arange(people),
        opening=keys // people,
        seeker=keys % people,
        score=value,
        value=value,
        is_waiting=chance.random(people) < 0.3,
        places=places,
        open_to_all=chance.integers(0, places + 1),
        limit=chance.integers(0, 4, people),
    )


class TestChooseByBids:
    @pytest.mark.parametrize("values", [3, 20_000])
    def test_chooses_as_well_as_the_flow_and_proves_it(self, values: int) -> None:
        chosen_by_bids = 0
        for seed in range(60):
            problem = drawn(seed, openings=40, people=20 + 5 * seed, length=12, values=values)
            chosen = choose_by_bids(problem)
            if chosen is not None:
                chosen_by_bids += 1
                assert is_feasible(problem, chosen)
                assert problem.value[chosen].sum() == problem.value[solve(problem)].sum()
                assert verify_certificate(problem, chosen, certify(problem, chosen))

        assert chosen_by_bids > 30

    def test_leaves_scarce_people_to_the_flow(self) -> None:
        problem = drawn(1, openings=200, people=20, length=15)

        assert choose_by_bids(problem) is None
        assert solve(problem).any()

    @pytest.mark.parametrize(("rivals", "is_given_up"), [(2, False), (3, True)])
    def test_gives_up_where_openings_outbid_each_other_for_too_few(self, rivals: int, *, is_given_up: bool) -> None:
        """Openings of one place that list the same two people, beside one that lists two thousand of its own."""
        wanted, own = np.tile([0, 1], rivals), np.arange(2, 2_000)
        places = np.ones(rivals + 1, np.int64)
        value = np.full(len(wanted) + len(own), 9_000)
        problem = Problem(
            opening_id=np.arange(rivals + 1),
            seeker_id=np.arange(2_000),
            opening=np.concatenate([np.repeat(np.arange(rivals), 2), np.full(len(own), rivals)]),
            seeker=np.concatenate([wanted, own]),
            score=value,
            value=value,
            is_waiting=np.zeros(2_000, np.bool_),
            places=places,
            open_to_all=places,
            limit=np.ones(2_000, np.int64),
        )

        assert (choose_by_bids(problem) is None) == is_given_up
        assert problem.value[solve(problem)].sum() == 3 * 9_000

    def test_of_nothing_is_nothing(self) -> None:
        problem = drawn(1, openings=3, people=4, length=0)
        chosen = choose_by_bids(problem)

        assert chosen is not None
        assert not chosen.any()

    def test_does_not_take_more_places_than_its_amounts_can_tell(self) -> None:
        problem = drawn(1, openings=2, people=3, length=2)
        crowd = np.arange(SCALE)
        many = Problem(
            problem.opening_id[:1],
            crowd,
            np.zeros(SCALE, np.int64),
            crowd,
            crowd,
            crowd,
            np.zeros(SCALE, np.bool_),
            np.array([SCALE]),
            np.array([SCALE]),
            np.ones(SCALE, np.int64),
        )

        assert choose_by_bids(many) is None
