"""The input of matching: people, relations of competencies, openings, cohorts.

Days are whole numbers since 1970-01-01 (``NO_DAY``: not stated). Codes of reference lists are whole numbers that the
caller gives out; the engine only compares them for equality. Ranks rise with the level of education.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Annotated, Final, NamedTuple, Self

import numpy as np

from skills_bridge.domain.framework import MAX_REQUIREMENTS, Evidence, PolicyProfile, RelationKind
from skills_bridge.domain.matching import RepeatedKey, TooManyRequirements, ValueOutOfRange
from skills_bridge.engine.arrays import (
    LAST_CODE,
    LAST_DAY,
    NO_DAY,
    NO_VALUE,
    Axis,
    Bools,
    Bounds,
    Codes,
    CodeSets,
    Columns,
    Day,
    Int64s,
    Ints,
    LevelSets,
    Limits,
    Lists,
    Rank,
    starts_of,
)

LEVEL_MOST: Final = 4
EVIDENCES: Final = tuple(Evidence)
RELATIONS: Final = (None, RelationKind.CLOSE, RelationKind.LOOSE)
"""Relation by its number: 0 the competency itself, 1 close, 2 loose."""

POLICY_PROFILES: Final = tuple(PolicyProfile)

Key = Annotated[Ints, Bounds(np.int64, 1, 2**63 - 1)]
Level = Annotated[Ints, Bounds(np.uint8, 1, LEVEL_MOST, axis=Axis.ITEM)]
Grade = Annotated[Ints, Bounds(np.uint8, 0, len(EVIDENCES) - 1, axis=Axis.ITEM)]
Months = Annotated[Ints, Bounds(np.int16, 0, 1_200, absent=NO_VALUE)]
Code = Annotated[Ints, Bounds(np.int32, 0, LAST_CODE)]


class Held(NamedTuple):
    """A competency a person holds: level 1-4, evidence by its rank 0-3, last day of validity or ``NO_DAY``."""

    competency: int
    level: int
    evidence: int
    valid_until_day: int = NO_DAY


class Asked(NamedTuple):
    """A competency an opening asks for: level 1-4, must or nice, weight 1-5, rank 0-3 of the evidence asked."""

    competency: int
    level: int
    is_must: bool = True
    weight: int = 1
    evidence: int = Evidence.DECLARED.rank


@dataclass(frozen=True, eq=False)
class HeldLists(Lists):
    """The competencies of each person. A validity counts through its last day; then the level is only declared."""

    start: Limits
    competency: Codes
    level: Level
    evidence: Grade
    valid_until_day: Annotated[Ints, Bounds(np.int32, -60_000, LAST_DAY, NO_DAY, Axis.ITEM)]

    @classmethod
    def of(cls, rows: Sequence[Collection[Held]]) -> Self:
        """Build the lists from Python rows."""
        return cls(starts_of(rows), *_items(rows, 4))


@dataclass(frozen=True, eq=False)
class AskedLists(Lists):
    """The requirements of each opening, each competency once, at most sixteen."""

    start: Limits
    competency: Codes
    level: Level
    is_must: Annotated[Bools, Bounds(np.bool_, 0, 1, axis=Axis.ITEM)]
    weight: Annotated[Ints, Bounds(np.uint8, 1, 5, axis=Axis.ITEM)]
    evidence: Grade

    @classmethod
    def of(cls, rows: Sequence[Collection[Asked]]) -> Self:
        """Build the lists from Python rows."""
        return cls(starts_of(rows), *_items(rows, 5))


@dataclass(frozen=True, eq=False)
class SeekerColumns(Columns):
    """The people to be matched: active, consenting, not placed. Order does not matter.

    ``provinces`` where the person would work; ``fields`` of the diplomas; ``profiles`` wanted; ``licences`` held;
    ``contracts`` and ``shifts`` accepted; ``languages`` with CEFR rank 1-6; ``adult_day`` the day of majority.
    """

    seeker_id: Annotated[Ints, Bounds(np.int64, 1, 2**32 - 1)]
    registered_day: Annotated[Ints, Bounds(np.int32, 0, 65_535)]
    education_rank: Rank
    experience_months: Months
    available_day: Day
    adult_day: Day
    provinces: CodeSets
    fields: CodeSets
    profiles: CodeSets
    licences: CodeSets
    contracts: CodeSets
    shifts: CodeSets
    languages: LevelSets
    held: HeldLists

    def __post_init__(self) -> None:
        """Check every column, and that each person stands once.

        :raises RepeatedKey: a person stands twice.
        """
        super().__post_init__()
        self.check_unique("seeker_id")

    @classmethod
    def nobody(cls) -> Self:
        """Return the table without rows."""
        none, sets = np.zeros(0, np.int64), CodeSets.of(())
        six = sets, sets, sets, sets, sets, sets
        return cls(none, none, none, none, none, none, *six, LevelSets.of(()), HeldLists.of(()))


@dataclass(frozen=True, eq=False)
class RelationColumns(Columns):
    """Holding ``competency`` counts, at a distance, for ``related``; kind 1 close, 2 loose. One step, one direction."""

    competency: Code
    related: Code
    kind: Annotated[Ints, Bounds(np.uint8, 1, len(RELATIONS) - 1)]

    @classmethod
    def of(cls, edges: Sequence[tuple[int, int, RelationKind]]) -> Self:
        """Build the relations from rows of competency, related competency and kind."""
        rows = [(held, related, RELATIONS.index(kind)) for held, related, kind in edges]
        return cls(*np.array(rows, np.int64).reshape(-1, 3).T)


@dataclass(frozen=True, eq=False)
class OpeningColumns(Columns):
    """The openings to be served. A gate is set where its operand is: a set that is not empty, a day, a rank, months.

    ``provinces`` of the site; ``fields`` and ``profiles`` that suit; all of ``licences``, ``shifts`` and ``languages``
    are asked; ``contracts`` offered. ``start_day`` is when work begins (for the bridge); the gates of availability and
    adulthood have days of their own. ``policy_profile`` 0 mass, 1 scarce; ``open_posts`` decides the list's length.
    """

    opening_id: Key
    policy_profile: Annotated[Ints, Bounds(np.uint8, 0, len(POLICY_PROFILES) - 1)]
    open_posts: Annotated[Ints, Bounds(np.int32, 0, 100_000)]
    start_day: Day
    available_by_day: Day
    adult_by_day: Day
    education_rank: Rank
    experience_months: Months
    provinces: CodeSets
    fields: CodeSets
    profiles: CodeSets
    licences: CodeSets
    contracts: CodeSets
    shifts: CodeSets
    languages: LevelSets
    requirements: AskedLists

    def __post_init__(self) -> None:
        """Check every column, that each opening stands once, and its requirements.

        :raises RepeatedKey: an opening stands twice, or one asks twice for a competency.
        :raises TooManyRequirements: an opening asks for more than sixteen.
        """
        super().__post_init__()
        self.check_unique("opening_id")
        counts = np.diff(self.requirements.start)
        if (counts > MAX_REQUIREMENTS).any():
            row = int((counts > MAX_REQUIREMENTS).argmax())
            raise TooManyRequirements(int(self.opening_id[row]), row, int(counts[row]), most=MAX_REQUIREMENTS)
        pairs = self.requirements.owners * (LAST_CODE + 1) + self.requirements.competency
        first = np.unique(pairs, return_index=True)[1]
        if len(first) != len(pairs):
            item = int(np.setdiff1d(np.arange(len(pairs)), first)[0])
            row, competency = int(self.requirements.owners[item]), int(self.requirements.competency[item])
            raise RepeatedKey("OpeningColumns", "requirements", row, competency)


@dataclass(frozen=True, eq=False)
class CohortColumns(Columns):
    """Published runs of training. ``entry_rank`` 0 is open to all; enrolment is open on both days named.

    ``teaches`` maps a competency to the level 1-4 that the certificate grants; ``free_seats`` after reservations.
    """

    cohort_id: Key
    province: Code
    entry_rank: Annotated[Ints, Bounds(np.int16, 0, 99)]
    enrolment_from_day: Day
    enrolment_until_day: Day
    expected_end_day: Annotated[Ints, Bounds(np.int32, -60_000, LAST_DAY)]
    free_seats: Annotated[Ints, Bounds(np.int32, 0, 100_000)]
    teaches: LevelSets

    def __post_init__(self) -> None:
        """Check every column, that each cohort stands once, and the levels taught.

        :raises RepeatedKey: a cohort stands twice.
        :raises ValueOutOfRange: a level taught is not 1 to 4.
        """
        super().__post_init__()
        self.check_unique("cohort_id")
        wrong = (self.teaches.level < 1) | (self.teaches.level > LEVEL_MOST)
        if wrong.any():
            item = int(wrong.argmax())
            level, row = int(self.teaches.level[item]), int(self.teaches.owners[item])
            raise ValueOutOfRange("CohortColumns", "teaches", row, level, low=1, high=LEVEL_MOST)


def _items(rows: Sequence[Collection[Held]] | Sequence[Collection[Asked]], width: int) -> Int64s:
    flat = np.array(list(chain.from_iterable(chain.from_iterable(rows))), dtype=np.int64)
    return flat.reshape(-1, width).T
