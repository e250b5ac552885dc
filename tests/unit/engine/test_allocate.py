from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skills_bridge.domain.matching import NotInInput, RepeatedKey, ValueOutOfRange
from skills_bridge.engine.allocate import Allocation, allocate, churn, greedy
from skills_bridge.engine.allocation_policy import AllocationPolicy
from skills_bridge.engine.allocation_problem import Candidates, OpenPosts, Pairs, Problem, Waiting
from skills_bridge.engine.arrays import Bools
from skills_bridge.engine.certificate import bound_of, is_feasible, verify_certificate

SMALL = AllocationPolicy(candidates_per_post=1, live_per_person=2, waiting_quota_percent=50)
Pair = tuple[int, int]


@dataclass(frozen=True)
class Case:
    """Scores by pair, posts by opening, waiting by person, and the sets of pairs."""

    scores: dict[Pair, int]
    posts: dict[int, int]
    waiting: dict[int, bool]
    live: frozenset[Pair] = frozenset()
    unsent: frozenset[Pair] = frozenset()
    forbidden: frozenset[Pair] = frozenset()

    def run(self, policy: AllocationPolicy = SMALL, *, turned: bool = False) -> Allocation:
        """Allocate, on request with every table turned upside down."""
        step = -1 if turned else 1
        return allocate(
            candidates_of(self, step),
            OpenPosts(*np.array(list(self.posts.items()), np.int64).reshape(-1, 2)[::step].T),
            Waiting(*np.array(list(self.waiting.items()), np.int64).reshape(-1, 2)[::step].T),
            policy,
            live=pairs(self.live),
            unsent=pairs(self.unsent),
            forbidden=pairs(self.forbidden),
        )


def pairs(of: frozenset[Pair]) -> Pairs:
    """Return the table of the pairs."""
    return Pairs(*np.array(sorted(of), np.int64).reshape(-1, 2).T)


def candidates_of(case: Case, step: int = 1) -> Candidates:
    """Return the table of the candidate pairs; a step of -1 turns it upside down."""
    return Candidates(*np.array([(*k, v) for k, v in case.scores.items()], np.int64).reshape(-1, 3)[::step].T)


def chosen_pairs(found: Allocation) -> list[Pair]:
    """Return the proposals as pairs."""
    return list(zip(found.opening_id.tolist(), found.seeker_id.tolist(), strict=True))


def is_allowed(case: Case, taken: list[Pair], policy: AllocationPolicy) -> bool:
    """Judge a choice of pairs by the words of the rule alone, apart from the engine's arrays."""
    spent = {who: sum(s == who for _, s in case.live) for who in case.waiting}
    if set(taken) & (case.live | case.forbidden):
        return False
    if any(sum(s == who for _, s in taken) > max(0, policy.live_per_person - n) for who, n in spent.items()):
        return False
    places, reserves = reserves_by_rule(case, spent, policy)
    for opening in case.posts:
        mine = [s for o, s in taken if o == opening]
        free = places[opening] - reserves[opening]
        if len(mine) > places[opening] or sum(not case.waiting[s] for s in mine) > free:
            return False
    return True


def reserves_by_rule(
    case: Case, spent: dict[int, int], policy: AllocationPolicy
) -> tuple[dict[int, int], dict[int, int]]:
    """Return places and reserved places of each opening, by largest remainder in fractions."""
    places, shares, listed = {}, {}, {}
    for opening, posts in case.posts.items():
        places[opening] = max(0, posts * policy.candidates_per_post - sum(o == opening for o, _ in case.live))
        open_pairs = [p for p in case.scores if p[0] == opening and p not in case.live | case.forbidden]
        listed[opening] = sum(case.waiting[s] and spent[s] < policy.live_per_person for _, s in open_pairs)
        quota = Fraction(places[opening] * policy.waiting_quota_percent, 100)
        shares[opening] = min(quota, Fraction(listed[opening]))
    reserves = {opening: math.floor(share) for opening, share in shares.items()}
    while sum(reserves.values()) < sum(shares.values()):
        left = {opening: shares[opening] - reserves[opening] for opening in shares}
        reserves[max(left, key=lambda opening: (left[opening], listed[opening], -opening))] += 1
    return places, reserves


def best_worth(case: Case, policy: AllocationPolicy) -> int:
    """Return the highest worth over every subset of the candidates."""
    items, best = list(case.scores), 0
    for bits in product((False, True), repeat=len(items)):
        taken = [pair for pair, bit in zip(items, bits, strict=True) if bit]
        if is_allowed(case, taken, policy):
            bonus = policy.keep_bonus * len(case.unsent & set(taken))
            best = max(best, bonus + sum(case.scores[p] + policy.place_value for p in taken))
    return best


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw at most three openings and four people, with at most nine candidate pairs."""
    cells = st.tuples(st.integers(1, 3), st.integers(1, 4))
    few = st.frozensets(cells, max_size=3)
    return Case(
        draw(st.dictionaries(cells, st.integers(0, 10_000) | st.sampled_from([0, 5_000]), max_size=9)),
        {opening: draw(st.integers(0, 4)) for opening in (1, 2, 3)},
        {who: draw(st.booleans()) for who in (1, 2, 3, 4)},
        draw(few),
        draw(few),
        draw(few),
    )


def crowd(seed: int, openings: int = 60, people: int = 400, length: int = 40, most_posts: int = 29) -> Case:
    """Return a crowded case: many openings want the same people."""
    chance = np.random.default_rng(seed)
    wanted = [(o, int(s)) for o in range(1, openings + 1) for s in chance.choice(people, length, replace=False) + 1]
    return Case(
        {pair: int(chance.integers(3_000, 10_001)) for pair in wanted},
        {o: int(chance.integers(1, most_posts + 1)) for o in range(1, openings + 1)},
        {s: bool(chance.random() < 0.2) for s in range(1, people + 1)},
        unsent=frozenset(wanted[::7]),
        forbidden=frozenset(wanted[::11]),
        live=frozenset(wanted[::13]),
    )


class TestAllocate:
    @settings(max_examples=80, deadline=None)
    @given(case=cases())
    def test_reaches_the_best_of_all_choices_and_proves_it(self, case: Case) -> None:
        found = case.run()

        assert found.worth == best_worth(case, SMALL)
        assert is_allowed(case, chosen_pairs(found), SMALL)
        assert found.gap == 0
        assert verify_certificate(found.problem, found.chosen, found.certificate)

    @settings(max_examples=40, deadline=None)
    @given(case=cases())
    def test_gives_the_same_proposals_for_rows_in_any_order(self, case: Case) -> None:
        assert chosen_pairs(case.run()) == chosen_pairs(case.run(turned=True))

    @pytest.mark.parametrize("seed", range(3))
    def test_is_never_below_greedy_and_never_over_capacity(self, seed: int) -> None:
        found = crowd(seed).run(AllocationPolicy())

        assert is_feasible(found.problem, found.chosen)
        assert is_feasible(found.problem, greedy(found.problem))
        assert found.worth > int(found.problem.value[greedy(found.problem)].sum())
        assert (found.filled <= found.problem.places).all()
        assert found.gap == 0

    def test_fills_places_before_it_looks_at_fit(self) -> None:
        case = Case({(1, 1): 9_000, (1, 2): 8_000, (2, 1): 100}, {1: 1, 2: 1}, {1: False, 2: False})

        assert chosen_pairs(case.run(replace(SMALL, live_per_person=1))) == [(1, 2), (2, 1)]

    def test_reserves_places_for_those_who_wait(self) -> None:
        case = Case({(1, 1): 9_000, (1, 2): 8_000, (1, 3): 100}, {1: 2}, {1: False, 2: False, 3: True})
        nobody = replace(case, waiting={1: False, 2: False, 3: False})

        assert chosen_pairs(case.run()) == [(1, 1), (1, 3)]
        assert chosen_pairs(nobody.run()) == [(1, 1), (1, 2)]

    @pytest.mark.parametrize(("better", "kept"), [(5_199, 1), (5_201, 2)])
    def test_keeps_an_unsent_proposal_until_another_is_clearly_better(self, better: int, kept: int) -> None:
        case = Case({(1, 1): 5_000, (1, 2): better}, {1: 1}, {1: False, 2: False}, unsent=frozenset({(1, 1)}))

        found = case.run()

        assert chosen_pairs(found) == [(1, kept)]
        told = churn(found, pairs(case.unsent))
        assert (told.kept, told.new, told.dropped) == ((((1, 1),), (), ()) if kept == 1 else ((), ((1, 2),), ((1, 1),)))

    def test_tells_what_a_person_gives_up(self) -> None:
        case = Case({(1, 1): 9_000, (1, 2): 8_900, (2, 1): 7_000}, {1: 1, 2: 1}, {1: False, 2: False})

        found = case.run(replace(SMALL, live_per_person=1))

        assert dict(zip(found.seeker_id.tolist(), found.below_best.tolist(), strict=True)) == {1: 2_000, 2: 0}

    def test_of_nothing_is_nothing(self) -> None:
        found = Case({}, {}, {}).run()

        assert (chosen_pairs(found), found.worth, found.gap) == ([], 0, 0)


class TestCertificate:
    @pytest.mark.parametrize("column", ["place", "place_open_to_all", "person"])
    @pytest.mark.parametrize("step", [1, -1])
    def test_does_not_hold_for_tampered_prices(self, column: str, step: int) -> None:
        found = crowd(5, most_posts=5).run(AllocationPolicy(waiting_quota_percent=50))
        prices = getattr(found.certificate, column)
        assert (prices > 0).any()

        tampered = replace(found.certificate, **{column: prices + step * (prices > 0)})

        assert not verify_certificate(found.problem, found.chosen, tampered)

    def test_does_not_hold_for_a_lesser_choice(self) -> None:
        found = crowd(5).run(AllocationPolicy())

        assert not verify_certificate(found.problem, greedy(found.problem), found.certificate)

    def test_refuses_negative_prices_and_overfull_choices(self) -> None:
        found = crowd(5).run(AllocationPolicy())
        below = replace(found.certificate, person=found.certificate.person - 1)
        everybody: Bools = np.ones(len(found.chosen), np.bool_)

        assert not verify_certificate(found.problem, found.chosen, below)
        assert not verify_certificate(found.problem, everybody, found.certificate)

    @settings(max_examples=30, deadline=None)
    @given(case=cases(), seed=st.integers(0, 99))
    def test_bounds_every_allocation_whatever_the_prices(self, case: Case, seed: int) -> None:
        found = case.run()
        chance = np.random.default_rng(seed)

        drawn = replace(
            found.certificate,
            place=chance.integers(0, 20_000, len(found.problem.places)),
            place_open_to_all=chance.integers(0, 20_000, len(found.problem.places)),
            person=chance.integers(0, 20_000, len(found.problem.limit)),
        )

        assert bound_of(found.problem, drawn) >= found.worth


class TestProblem:
    def test_refuses_what_takes_no_part_and_what_stands_twice(self) -> None:
        with pytest.raises(NotInInput):
            Case({(2, 1): 1}, {1: 1}, {1: False}).run()
        with pytest.raises(NotInInput):
            Case({(1, 2): 1}, {1: 1}, {1: False}).run()
        with pytest.raises(RepeatedKey):
            allocate(
                Candidates(np.array([1, 1]), np.array([1, 1]), np.array([5, 6])),
                OpenPosts(np.array([1]), np.array([1])),
                Waiting(np.array([1]), np.array([False])),
                SMALL,
            )

    def test_refuses_scores_and_parameters_out_of_range(self) -> None:
        with pytest.raises(ValueOutOfRange):
            Case({(1, 1): 10_001}, {1: 1}, {1: False}).run()
        with pytest.raises(ValueOutOfRange):
            AllocationPolicy(waiting_quota_percent=101)

    def test_counts_live_proposals_of_openings_that_take_no_part(self) -> None:
        case = Case({(1, 1): 5_000}, {1: 1}, {1: False}, live=frozenset({(8, 1), (9, 1)}))

        found: Problem = case.run().problem

        assert found.limit.tolist() == [0]
        assert found.places.tolist() == [1]
