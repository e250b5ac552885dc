"""Small invented worlds in plain Python, their columns, and the strategies that draw them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar

import numpy as np
from hypothesis import strategies as st

from skills_bridge.domain.framework import RelationKind
from skills_bridge.engine.allocation_policy import FIRST_ALLOCATION
from skills_bridge.engine.arrays import NO_DAY, NO_VALUE, CodeSets, LevelSets
from skills_bridge.engine.columns import (
    Asked,
    AskedLists,
    CohortColumns,
    Held,
    HeldLists,
    OpeningColumns,
    RelationColumns,
    SeekerColumns,
)
from skills_bridge.engine.policy import POLICY_V1, Policy, PolicySet
from skills_bridge.engine.pool import Pool, build_pool

TODAY = 20_000
SETS = ("provinces", "fields", "profiles", "licences", "contracts", "shifts")


@dataclass(frozen=True)
class Person:
    """A person; ``None`` is unknown."""

    id: int = 1
    registered: int = 19_000
    education: int | None = 5
    months: int | None = 12
    available: int | None = TODAY
    adult: int | None = 15_000
    provinces: frozenset[int] | None = frozenset({1})
    fields: frozenset[int] | None = frozenset({1})
    profiles: frozenset[int] | None = frozenset({1})
    licences: frozenset[int] | None = frozenset({1})
    contracts: frozenset[int] | None = frozenset({1})
    shifts: frozenset[int] | None = frozenset({1})
    languages: dict[int, int] | None = field(default_factory=lambda: {1: 3})
    held: tuple[Held, ...] = (Held(1, 3, 2),)


@dataclass(frozen=True)
class Opening:
    """An opening; ``None`` and an empty set ask nothing."""

    id: int = 1
    scarce: bool = False
    posts: int = 1
    start: int | None = TODAY + 100
    available_by: int | None = None
    adult_by: int | None = None
    education: int | None = None
    months: int | None = None
    provinces: frozenset[int] = frozenset()
    fields: frozenset[int] = frozenset()
    profiles: frozenset[int] = frozenset()
    licences: frozenset[int] = frozenset()
    contracts: frozenset[int] = frozenset()
    shifts: frozenset[int] = frozenset()
    languages: dict[int, int] = field(default_factory=dict)
    asked: tuple[Asked, ...] = (Asked(1, 3),)


@dataclass(frozen=True)
class Cohort:
    """A cohort; teaches level by competency."""

    id: int = 1
    province: int = 1
    entry: int = 0
    opens: int | None = None
    closes: int | None = None
    ends: int = TODAY + 50
    seats: int = 1
    teaches: dict[int, int] = field(default_factory=lambda: {1: 3})


Thing = TypeVar("Thing", Person, Opening, Cohort)
Relation = tuple[int, int, RelationKind]


@dataclass(frozen=True)
class World:
    """Everything a run reads."""

    people: tuple[Person, ...] = (Person(),)
    openings: tuple[Opening, ...] = (Opening(),)
    cohorts: tuple[Cohort, ...] = ()
    relations: tuple[Relation, ...] = ()
    policies: PolicySet = POLICY_V1
    today: int = TODAY

    def pool(self) -> Pool:
        """Return the people as the engine reads them."""
        return build_pool(seeker_columns(self.people), RelationColumns.of(self.relations), as_of=self.today)


def seeker_columns(people: Sequence[Person]) -> SeekerColumns:
    """Return the columns of the people, in their order."""
    return SeekerColumns(
        seeker_id=np.array([p.id for p in people], np.int64),
        registered_day=np.array([p.registered for p in people], np.int64),
        education_rank=numbers([p.education for p in people], NO_VALUE),
        experience_months=numbers([p.months for p in people], NO_VALUE),
        available_day=numbers([p.available for p in people], NO_DAY),
        adult_day=numbers([p.adult for p in people], NO_DAY),
        languages=LevelSets.of([p.languages for p in people]),
        held=HeldLists.of([p.held for p in people]),
        **{name: CodeSets.of([getattr(p, name) for p in people]) for name in SETS},
    )


def opening_columns(openings: Sequence[Opening]) -> OpeningColumns:
    """Return the columns of the openings, in their order."""
    return OpeningColumns(
        opening_id=np.array([o.id for o in openings], np.int64),
        policy_profile=np.array([o.scarce for o in openings], np.int64),
        open_posts=np.array([o.posts for o in openings], np.int64),
        start_day=numbers([o.start for o in openings], NO_DAY),
        available_by_day=numbers([o.available_by for o in openings], NO_DAY),
        adult_by_day=numbers([o.adult_by for o in openings], NO_DAY),
        education_rank=numbers([o.education for o in openings], NO_VALUE),
        experience_months=numbers([o.months for o in openings], NO_VALUE),
        languages=LevelSets.of([o.languages for o in openings]),
        requirements=AskedLists.of([o.asked for o in openings]),
        **{name: CodeSets.of([getattr(o, name) for o in openings]) for name in SETS},
    )


def cohort_columns(cohorts: Sequence[Cohort]) -> CohortColumns:
    """Return the columns of the cohorts, in their order."""
    return CohortColumns(
        cohort_id=np.array([c.id for c in cohorts], np.int64),
        province=np.array([c.province for c in cohorts], np.int64),
        entry_rank=np.array([c.entry for c in cohorts], np.int64),
        enrolment_from_day=numbers([c.opens for c in cohorts], NO_DAY),
        enrolment_until_day=numbers([c.closes for c in cohorts], NO_DAY),
        expected_end_day=np.array([c.ends for c in cohorts], np.int64),
        free_seats=np.array([c.seats for c in cohorts], np.int64),
        teaches=LevelSets.of([c.teaches for c in cohorts]),
    )


def set_of(thing: Thing, name: str, codes: frozenset[int] | None) -> Thing:
    """Return the same thing with another set of codes."""
    changes: dict[str, Any] = {name: codes}
    return replace(thing, **changes)


def numbers(values: Sequence[int | None], absent: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return a column in which ``None`` has become the marker."""
    return np.array([absent if value is None else value for value in values], np.int64)


code_sets = st.frozensets(st.integers(0, 3), max_size=3)
unknown_or_sets = st.none() | code_sets
levels = st.integers(1, 4)
evidences = st.integers(0, 3)
days = st.none() | st.integers(TODAY - 2, TODAY + 2)
held = st.builds(Held, st.integers(0, 5), levels, evidences, st.just(NO_DAY) | st.integers(TODAY - 1, TODAY + 1))
asked = st.builds(Asked, st.integers(0, 5), levels, st.booleans(), st.integers(1, 5), evidences)
mostly_absent = st.sampled_from([True, True, True, False])


def rarely(strategy: st.SearchStrategy[frozenset[int]]) -> st.SearchStrategy[frozenset[int]]:
    """Return a strategy that mostly draws the empty set, so that not every gate is set at once."""
    return mostly_absent.flatmap(lambda absent: st.just(frozenset[int]()) if absent else strategy)


persons = st.builds(
    Person,
    id=st.integers(1, 2**32 - 1),
    registered=st.sampled_from([0, 18_000, 19_000, 65_535]),
    education=st.none() | st.integers(0, 3),
    months=st.none() | st.integers(0, 3),
    available=days,
    adult=days,
    languages=st.none() | st.dictionaries(st.integers(0, 2), st.integers(0, 6), max_size=3),
    held=st.lists(held, max_size=5).map(tuple),
    provinces=unknown_or_sets,
    fields=unknown_or_sets,
    profiles=unknown_or_sets,
    licences=unknown_or_sets,
    contracts=unknown_or_sets,
    shifts=unknown_or_sets,
)
openings = st.builds(
    Opening,
    id=st.integers(1, 2**62),
    scarce=st.booleans(),
    posts=st.integers(0, 4),
    start=st.none() | st.integers(TODAY, TODAY + 3),
    available_by=st.none() | days,
    adult_by=st.none() | days,
    education=st.none() | st.none() | st.integers(0, 2),
    months=st.none() | st.none() | st.integers(0, 2),
    languages=mostly_absent.flatmap(
        lambda absent: st.just({}) if absent else st.dictionaries(st.integers(0, 2), st.integers(1, 6), max_size=2)
    ),
    asked=st.lists(asked, max_size=5, unique_by=lambda requirement: requirement.competency).map(tuple),
    provinces=rarely(code_sets),
    fields=rarely(code_sets),
    profiles=rarely(code_sets),
    licences=rarely(code_sets),
    contracts=rarely(code_sets),
    shifts=rarely(code_sets),
)
cohorts = st.builds(
    Cohort,
    id=st.integers(1, 99),
    province=st.integers(0, 3),
    entry=st.integers(0, 3),
    opens=days,
    closes=days,
    ends=st.integers(TODAY - 1, TODAY + 4),
    seats=st.integers(0, 2),
    teaches=st.dictionaries(st.integers(0, 5), levels, max_size=6),
)
relations = st.tuples(st.integers(0, 5), st.integers(0, 5), st.sampled_from(RelationKind))
percents = st.lists(st.integers(0, 100), min_size=4, max_size=4).map(sorted)
ONE_EACH: Final = replace(FIRST_ALLOCATION, candidates_per_post=1)
"""An allocation that fits any list: it never proposes more people for a post than a list holds."""
policies = st.builds(
    lambda grades, near, tolerance, per_post, shortest, longest, shown, settle: Policy(
        tolerance,
        grades[0],
        grades[1],
        grades[2],
        grades[3],
        near[1],
        near[0],
        per_post,
        shortest,
        longest,
        shown,
        settle,
    ),
    percents,
    st.lists(st.integers(0, 100), min_size=2, max_size=2).map(sorted),
    st.integers(0, 3),
    st.integers(1, 3),
    st.integers(1, 6),
    st.integers(1, 6),
    st.integers(0, 4),
    st.integers(0, 2),
)


def many(strategy: st.SearchStrategy[Thing], most: int) -> st.SearchStrategy[tuple[Thing, ...]]:
    """Return tuples of things with different ids."""
    return st.lists(strategy, max_size=most, unique_by=lambda thing: thing.id).map(tuple)


worlds = st.builds(
    World,
    people=many(persons, 12),
    openings=many(openings, 3),
    cohorts=many(cohorts, 4),
    relations=st.lists(relations, max_size=6).map(tuple),
    policies=st.just(POLICY_V1) | st.builds(PolicySet, policies, policies, st.just(ONE_EACH)),
)
