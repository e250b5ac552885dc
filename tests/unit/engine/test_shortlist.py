from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from skills_bridge.domain.framework import RelationKind
from skills_bridge.domain.matching import LISTED, ResultClass
from skills_bridge.engine.columns import Asked, Held
from skills_bridge.engine.policy import POLICY_V1, Policy, PolicySet
from skills_bridge.engine.results import GATE_KINDS, RESULT_CLASSES, Shortlists
from skills_bridge.engine.shortlist import judge, shortlist
from tests.unit.engine import oracle
from tests.unit.engine.worlds import (
    ONE_EACH,
    SETS,
    TODAY,
    Cohort,
    Opening,
    Person,
    World,
    cohort_columns,
    evidences,
    held,
    levels,
    opening_columns,
    persons,
    policies,
    set_of,
    worlds,
)

SCARCE = PolicySet(mass=POLICY_V1.scarce, scarce=POLICY_V1.scarce)


def run(world: World) -> Shortlists:
    """Return the lists of a world."""
    return shortlist(world.pool(), opening_columns(world.openings), cohort_columns(world.cohorts), world.policies)


def class_of(world: World) -> ResultClass:
    """Return the class of the world's first pair."""
    columns = opening_columns(world.openings), cohort_columns(world.cohorts)
    number = int(judge(world.pool(), *columns, world.policies, 0).result_class[0])
    return RESULT_CLASSES[number]


def told(world: World, found: Shortlists) -> list[list[oracle.Answer]]:
    """Return the rows in the oracle's words, opening by opening."""
    return [[answer(world, found, row) for row in range(*found.start[i : i + 2])] for i in range(len(world.openings))]


def answer(world: World, found: Shortlists, row: int) -> oracle.Answer:
    """Return one row in the oracle's words."""
    person = world.people[found.seeker[row]]
    places = [frozenset(i for i in range(16) if bits[row] >> i & 1) for bits in (found.unproven, found.missing)]
    return oracle.Answer(
        person=person.id,
        kind=RESULT_CLASSES[found.result_class[row]],
        points=int(found.points[row]),
        score=None if found.score[row] == -1 else int(found.score[row]),
        cohort=None if found.cohort[row] == -1 else world.cohorts[found.cohort[row]].id,
        unknown=frozenset(str(kind) for i, kind in enumerate(GATE_KINDS) if found.unknown_gates[row] >> i & 1),
        unproven=places[0],
        missing=places[1],
        sort=(-int(found.points[row]), person.registered, person.id),
    )


class TestShortlist:
    @settings(max_examples=200, deadline=None)
    @given(worlds)
    def test_agrees_with_the_rules_applied_pair_by_pair(self, world: World) -> None:
        found = run(world)

        for i, opening in enumerate(world.openings):
            expected = [answer for lists in oracle.lists(world, opening).values() for answer in lists]
            judged = Counter(oracle.judge(world, person, opening).kind for person in world.people)
            assert told(world, found)[i] == expected
            assert {str(kind): n for kind, n in found.counts_of(i).items() if n} == judged

    def test_agrees_with_the_rules_on_crowded_worlds(self) -> None:
        chance = random.Random(20_250_423)

        for _ in range(80):
            world = crowded(chance)
            for answers, opening in zip(told(world, run(world)), world.openings, strict=True):
                assert answers == [a for lists in oracle.lists(world, opening).values() for a in lists]

    @settings(max_examples=60, deadline=None)
    @given(worlds, st.randoms(use_true_random=False))
    def test_does_not_depend_on_the_order_of_people_cohorts_and_relations(
        self, world: World, chance: random.Random
    ) -> None:
        shuffled = replace(
            world,
            people=tuple(chance.sample(world.people, len(world.people))),
            cohorts=tuple(chance.sample(world.cohorts, len(world.cohorts))),
            relations=tuple(chance.sample(world.relations, len(world.relations))),
        )

        assert told(shuffled, run(shuffled)) == told(world, run(world))

    @settings(max_examples=60, deadline=None)
    @given(worlds)
    def test_gives_the_same_rows_for_any_cut_of_the_openings(self, world: World) -> None:
        pool, openings, cohorts = world.pool(), opening_columns(world.openings), cohort_columns(world.cohorts)

        whole = shortlist(pool, openings, cohorts, world.policies)
        cut = [shortlist(pool, openings.take([i]), cohorts, world.policies) for i in range(len(openings))]

        for name in ("seeker", "result_class", "rank", "score", "order_key", "cohort", "counts"):
            parts = [getattr(part, name) for part in cut]
            assert not parts or np.concatenate(parts).tolist() == getattr(whole, name).tolist()

    @settings(max_examples=60, deadline=None)
    @given(worlds)
    def test_stays_within_its_bounds(self, world: World) -> None:
        found = run(world)

        assert ((found.score >= -1) & (found.score <= 10_000)).all()
        assert ((found.points >= 0) & (found.points <= 20_000) & (found.order_key >= 0)).all()
        assert (found.counts.sum(axis=1) == len(world.people)).all()
        assert {RESULT_CLASSES[number] for number in found.result_class} <= set(LISTED)

    def test_returns_empty_tables_without_openings(self) -> None:
        found = run(World(openings=()))

        assert (found.start.tolist(), found.seeker.tolist(), found.counts.shape) == ([0], [], (0, len(RESULT_CLASSES)))

    def test_returns_counts_of_nobody_without_people(self) -> None:
        found = run(World(people=()))

        assert (found.start.tolist(), found.counts.sum()) == ([0, 0], 0)

    def test_fills_a_batch_of_three_hundred_posts(self) -> None:
        people = tuple(Person(id=i) for i in range(1, 2_502))

        sizes = [np.diff(run(World(people, (Opening(posts=n),))).start).tolist() for n in (0, 17, 300, 900)]

        assert sizes == [[50], [51], [900], [2_000]]

    def test_orders_equals_by_registration_then_by_id(self) -> None:
        people = (Person(id=3), Person(id=2, registered=18_000), Person(id=1), Person(id=9, held=(Held(1, 3, 3),)))

        found = run(World(people))

        assert [people[i].id for i in found.seeker] == [9, 2, 1, 3]
        assert found.rank.tolist() == [1, 2, 3, 4]

    def test_gives_no_score_where_nothing_is_asked(self) -> None:
        people = (Person(id=1, registered=19_500), Person(id=2, registered=19_000, held=()))

        found = run(World(people, (Opening(asked=()),)))

        assert [people[i].id for i in found.seeker] == [2, 1]
        assert (found.score.tolist(), found.result_class.tolist()) == ([-1, -1], [0, 0])

    def test_shows_the_first_fifty_people_without_any_competency_in_waiting_order(self) -> None:
        people = tuple(Person(id=i, registered=20_000 - i, held=()) for i in range(1, 61))

        found = run(World(people))

        assert [people[i].id for i in found.seeker] == list(range(60, 10, -1))
        assert (set(found.score.tolist()), found.counts_of(0)[ResultClass.NOT_ENOUGH]) == ({-1}, 60)


def crowded(chance: random.Random) -> World:
    """Return a world with many ties, long lists and all kinds of gaps."""
    people = tuple(
        Person(
            id=1 + 7 * i,
            registered=chance.choice([18_000, 19_000]),
            education=chance.choice([None, 1, 2]),
            provinces=chance.choice([None, frozenset({1}), frozenset({1, 2})]),
            shifts=chance.choice([None, frozenset({1}), frozenset({1, 2})]),
            held=tuple(
                Held(c, chance.randint(1, 4), chance.randint(0, 3), chance.choice([TODAY - 1, TODAY, TODAY + 1]))
                for c in chance.sample(range(8), chance.randint(0, 6))
            ),
        )
        for i in range(150)
    )
    openings = tuple(
        Opening(
            id=i,
            scarce=chance.random() < 0.5,
            posts=chance.choice([1, 20]),
            provinces=frozenset({chance.choice([1, 2])}),
            shifts=frozenset(chance.sample([1, 2], chance.randint(0, 2))),
            asked=tuple(
                Asked(c, chance.randint(1, 4), chance.random() < 0.4, chance.randint(1, 5), chance.randint(0, 3))
                for c in chance.sample(range(8), chance.randint(0, 8))
            ),
        )
        for i in range(1, 3)
    )
    cohorts = tuple(
        Cohort(
            i, chance.choice([1, 2]), chance.randint(0, 2), ends=TODAY + chance.choice([1, 2]), teaches={i: 4, i + 1: 4}
        )
        for i in range(6)
        if i
    )
    edges = tuple((chance.randrange(8), chance.randrange(8), chance.choice(list(RelationKind))) for _ in range(6))
    return World(people, openings, cohorts, edges)


class TestJudge:
    def test_calls_ready_who_meets_all(self) -> None:
        assert class_of(World()) is ResultClass.READY

    def test_asks_to_confirm_where_a_gate_has_no_answer(self) -> None:
        world = World((Person(contracts=None),), (Opening(contracts=frozenset({1})),))

        assert class_of(world) is ResultClass.TO_CONFIRM

    def test_asks_to_confirm_a_level_that_is_only_inferred(self) -> None:
        world = World((Person(held=(Held(1, 4, 0),)),), (Opening(asked=(Asked(1, 3, evidence=0),)),))

        assert class_of(world) is ResultClass.TO_CONFIRM

    def test_asks_to_confirm_a_level_with_less_proof_than_asked(self) -> None:
        world = World((Person(held=(Held(1, 4, 2),)),), (Opening(asked=(Asked(1, 3, evidence=3),)),))

        assert class_of(world) is ResultClass.TO_CONFIRM

    def test_never_lends_the_proof_of_one_holding_to_the_level_of_another(self) -> None:
        person = Person(held=(Held(1, 4, 1), Held(1, 1, 3)))
        world = World((person,), (Opening(asked=(Asked(1, 4, evidence=3),)),), policies=SCARCE)

        assert class_of(world) is ResultClass.TO_CONFIRM

    def test_counts_an_assessment_through_its_last_day_only(self) -> None:
        opening = Opening(asked=(Asked(1, 3, evidence=2),))
        last = [Person(held=(Held(1, 3, 2, day),)) for day in (TODAY, TODAY - 1)]

        assert [class_of(World((p,), (opening,))) for p in last] == [ResultClass.READY, ResultClass.TO_CONFIRM]

    def test_grants_one_level_of_tolerance_to_mass_profiles_only(self) -> None:
        person = Person(held=(Held(1, 2, 2),))

        found = [class_of(World((person,), (Opening(scarce=scarce),))) for scarce in (False, True)]

        assert found == [ResultClass.READY, ResultClass.SHORT]

    def test_counts_a_close_competency_one_level_less_and_a_loose_one_never(self) -> None:
        person = Person(held=(Held(2, 4, 2),))
        opening = Opening(scarce=True)

        found = [class_of(World((person,), (opening,), relations=((2, 1, kind),))) for kind in RelationKind]

        assert found == [ResultClass.READY, ResultClass.SHORT]

    def test_never_reads_a_relation_backwards(self) -> None:
        world = World((Person(held=(Held(2, 4, 2),)),), relations=((1, 2, RelationKind.CLOSE),))

        assert class_of(world) is ResultClass.SHORT

    def test_lists_nobody_without_points(self) -> None:
        world = World((Person(held=(Held(9, 4, 3),)),), (Opening(asked=(Asked(1, 3, is_must=False),)),))

        assert class_of(world) is ResultClass.NO_POINTS
        assert run(world).seeker.tolist() == []

    def test_puts_a_failed_gate_before_everything_else(self) -> None:
        world = World((Person(held=(), provinces=frozenset()),), (Opening(provinces=frozenset({1})),))

        assert class_of(world) is ResultClass.GATE_FAILED

    def test_never_lets_a_surplus_pay_for_a_lack(self) -> None:
        opening = Opening(scarce=True, asked=(Asked(1, 3), Asked(2, 2)))
        exact, surplus = ((Held(1, level, 2), Held(2, 1, 2)) for level in (3, 4))

        found = [class_of(World((Person(held=held),), (opening,))) for held in (exact, surplus)]

        assert found == [ResultClass.SHORT, ResultClass.SHORT]

    @settings(max_examples=60, deadline=None)
    @given(worlds, persons, held)
    def test_never_lowers_the_points_of_who_holds_more(self, world: World, person: Person, more: Held) -> None:
        before = replace(world, people=(person,))
        after = replace(world, people=(replace(person, held=(*person.held, more)),))

        for row in range(len(world.openings)):
            assert points(after, row) >= points(before, row)

    @settings(max_examples=60, deadline=None)
    @given(worlds, persons, st.sampled_from(SETS), st.integers(0, 3))
    def test_never_lets_a_new_gate_add_a_person(self, world: World, person: Person, name: str, code: int) -> None:
        for opening in world.openings:
            before, after = set_of(opening, name, frozenset()), set_of(opening, name, frozenset({code}))
            was, now = (class_of(replace(world, people=(person,), openings=(o,))) for o in (before, after))
            allowed = {was, ResultClass.GATE_FAILED} | ({ResultClass.TO_CONFIRM} if was is ResultClass.READY else set())
            assert now in allowed

    @settings(max_examples=60, deadline=None)
    @given(policies, levels, levels, evidences)
    def test_pays_nothing_for_a_level_above_the_one_required(
        self, policy: Policy, required: int, above: int, evidence: int
    ) -> None:
        opening = Opening(asked=(Asked(1, required),))
        exact, surplus = (Person(held=(Held(1, level, evidence),)) for level in (required, max(required, above)))
        both = PolicySet(policy, policy, ONE_EACH)

        found = [points(World((p,), (opening,), policies=both), 0) for p in (exact, surplus)]

        assert found[0] == found[1]


def points(world: World, row: int) -> int:
    """Return the points of the world's first person for one opening."""
    columns = opening_columns(world.openings), cohort_columns(world.cohorts)
    return int(judge(world.pool(), *columns, world.policies, row).points[0])


class TestPolicyOf:
    def test_serves_each_opening_under_its_own_profile(self) -> None:
        policies = PolicySet(mass=Policy(tolerance=1, shortest_list=1), scarce=Policy(tolerance=0, shortest_list=2))
        people = tuple(Person(id=i) for i in range(1, 5))
        world = World(people, (Opening(1, posts=0), Opening(2, scarce=True, posts=0)), policies=policies)

        assert np.diff(run(world).start).tolist() == [1, 2]
