"""A country's worth of people, openings and cohorts, drawn with a fixed seed; no real person, no real company.

| drawn | distribution |
| --- | --- |
| home province | one of 75, falling like ``1 / rank`` ** 0.9; openings fall like ``1 / rank`` ** 1.1 |
| mobility | home, each of four neighbours with 22 %, the whole country with 6 %; 3 % unknown |
| occupation | 60 % of the people in one of 80, falling like ``1 / rank`` ** 0.7; an occupation is 45 competencies |
| competencies | Poisson(15) within 3 and 40; two thirds of the occupation, the rest of all 14,000 |
| levels | 1 to 4, more low than high; evidence 60, 20, 15, 5 % of the ranks 0 to 3 |
| relations | one or two per competency of the sector, close or loose, mostly within an occupation |
| education, experience | ranks 0 to 8, 5 % unknown; geometric years, 10 % unknown |
| contracts | four kinds with 90, 70, 50, 60 %; 10 % unknown |
| shifts, licences | three kinds with 80, 60, 40 %, 15 % unknown; five kinds, few, 10 % unknown |
| languages | four with a level each, 5 % unknown |
| availability | 70 % at once, else within 180 days; 5 % unknown |
| requirements | 6 to 16, of one occupation to 85 %; a quarter are musts; weights 1 to 5; one in ten asks for proof |
| posts | 1 + geometric, mean 5; a share of openings may be given 100 to 500 |
| cohorts | 3 to 8 competencies of one occupation, ends within 140 days, 0 to 19 free seats |
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from skills_bridge.domain.framework import RelationKind
from skills_bridge.engine.arrays import NO_DAY, NO_VALUE, CodeSets, Int64s, LevelSets
from skills_bridge.engine.columns import (
    AskedLists,
    CohortColumns,
    HeldLists,
    OpeningColumns,
    RelationColumns,
    SeekerColumns,
)

SEED: Final = 20_250_423
TODAY: Final = 20_500
SECTOR: Final = 1_500
COMPETENCIES: Final = 14_000
OCCUPATIONS: Final = 80
SHEET: Final = 45
PROVINCES: Final = 75
LONGEST: Final = 40
DRAWS: Final = 56
"""Competencies drawn for a person before repetitions are left out."""

Floats = npt.NDArray[np.float64]


class Sector(NamedTuple):
    """What all share: the sheet of each occupation (occupations, 45) and how the competencies are related."""

    sheets: Int64s
    relations: RelationColumns


class Population(NamedTuple):
    """One drawn country on the day ``TODAY``."""

    seekers: SeekerColumns
    openings: OpeningColumns
    cohorts: CohortColumns
    relations: RelationColumns


def drawn_population(
    people: int, openings: int, *, cohorts: int = 400, large: int = 0, musts: bool = True
) -> Population:
    """Draw a country; ``large`` openings of them have 100 to 500 posts; without ``musts`` nothing is indispensable."""
    chance = np.random.default_rng(SEED)
    sector = drawn_sector(chance)
    return Population(
        drawn_seekers(np.random.default_rng(SEED + 1), sector, people),
        drawn_openings(np.random.default_rng(SEED + 2), sector, openings, large=large, musts=musts),
        drawn_cohorts(np.random.default_rng(SEED + 3), sector, cohorts),
        sector.relations,
    )


def falling(size: int, power: float) -> Floats:
    """Return shares that fall like ``1 / rank ** power``."""
    shares = 1.0 / np.arange(1, size + 1) ** power
    return np.asarray(shares / shares.sum(), np.float64)


def drawn_sector(chance: np.random.Generator) -> Sector:
    """Draw the occupations and the relations."""
    sheets = np.empty((OCCUPATIONS, SHEET), np.int64)
    for sheet in sheets:
        common = chance.choice(40, 9, replace=False)
        sheet[:] = chance.permutation(
            np.concatenate([common, 40 + chance.choice(SECTOR - 40, SHEET - 9, replace=False)])
        )
    pairs = []
    for competency in range(SECTOR):
        near = sheets[chance.integers(OCCUPATIONS)]
        others = chance.choice(near, 2) if chance.random() < 0.5 else chance.integers(0, SECTOR, 2)
        kinds = chance.choice(2, 2)
        count = chance.integers(0, 3)
        pairs += [
            (competency, int(other), (RelationKind.CLOSE, RelationKind.LOOSE)[kind])
            for other, kind in zip(others[:count], kinds[:count], strict=True)
            if other != competency
        ]
    return Sector(sheets, RelationColumns.of(list({pair[:2]: pair for pair in pairs}.values())))


def drawn_seekers(chance: np.random.Generator, sector: Sector, size: int) -> SeekerColumns:
    """Draw the people."""
    years = np.minimum(30, chance.geometric(0.22, size) - 1)
    available = np.where(chance.random(size) < 0.7, TODAY, TODAY + chance.integers(1, 181, size))
    spoken = np.stack([chance.choice(7, size, p=shares) for shares in SPOKEN], axis=1)
    return SeekerColumns(
        seeker_id=np.arange(1, size + 1),
        registered_day=chance.integers(19_000, TODAY, size),
        education_rank=unstated(chance, chance.choice(9, size, p=EDUCATION), 0.05),
        experience_months=unstated(chance, 12 * years, 0.10),
        available_day=np.where(chance.random(size) < 0.05, NO_DAY, available),
        adult_day=np.where(chance.random(size) < 0.05, TODAY + chance.integers(1, 400, size), TODAY - 2_000),
        provinces=_mobility(chance, size),
        fields=_sets(np.zeros((size, 1), np.bool_), chance, 0.2),
        profiles=_sets(chance.random((size, 40)) < 0.05, chance, 0.1),
        licences=_sets(chance.random((size, 5)) < np.array([0.3, 0.1, 0.05, 0.05, 0.02]), chance, 0.1),
        contracts=_sets(chance.random((size, 4)) < np.array([0.9, 0.7, 0.5, 0.6]), chance, 0.1),
        shifts=_sets(chance.random((size, 3)) < np.array([0.8, 0.6, 0.4]), chance, 0.15),
        languages=_levels(spoken, chance.random(size) >= 0.05),
        held=_held(chance, sector, years),
    )


SPOKEN: Final = (
    (0.02, 0.03, 0.05, 0.10, 0.20, 0.30, 0.30),
    (0.10, 0.15, 0.22, 0.23, 0.17, 0.09, 0.04),
    (0.40, 0.20, 0.15, 0.12, 0.08, 0.04, 0.01),
    (0.85, 0.05, 0.04, 0.03, 0.02, 0.005, 0.005),
)
EDUCATION: Final = (0.05, 0.10, 0.15, 0.20, 0.20, 0.14, 0.10, 0.05, 0.01)


def unstated(chance: np.random.Generator, values: Int64s, share: float) -> Int64s:
    """Return the values, a share of them not stated."""
    return np.where(chance.random(len(values)) < share, NO_VALUE, values)


def _sets(holds: npt.NDArray[np.bool_], chance: np.random.Generator, unknown: float) -> CodeSets:
    known = chance.random(len(holds)) >= unknown
    holds &= known[:, None]
    return CodeSets(_starts(holds.sum(axis=1)), np.nonzero(holds)[1], known)


def _levels(level: Int64s, known: npt.NDArray[np.bool_]) -> LevelSets:
    spoken = (level > 0) & known[:, None]
    return LevelSets(_starts(spoken.sum(axis=1)), np.nonzero(spoken)[1], level[spoken], known)


def _starts(lengths: npt.NDArray[Any]) -> Int64s:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])


def _mobility(chance: np.random.Generator, size: int) -> CodeSets:
    """Draw where people would work: neighbours are provinces of near rank, so that the large ones have crowds."""
    home = chance.choice(PROVINCES, size, p=falling(PROVINCES, 0.9))
    holds = np.zeros((size, PROVINCES), np.bool_)
    holds[np.arange(size), home] = True
    for step in (-2, -1, 1, 2):
        moves = chance.random(size) < 0.22
        holds[np.flatnonzero(moves), np.clip(home[moves] + step, 0, PROVINCES - 1)] = True
    holds[chance.random(size) < 0.06] = True
    return _sets(holds, chance, 0.03)


def _held(chance: np.random.Generator, sector: Sector, years: Int64s) -> HeldLists:
    """Draw the competencies, chunk by chunk: a million people are fifteen million rows."""
    parts = [_held_part(chance, sector, years[first : first + 100_000]) for first in range(0, len(years), 100_000)]
    lengths, codes, levels, grades = (np.concatenate(column) for column in zip(*parts, strict=True))
    return HeldLists(_starts(lengths), codes, levels, grades, np.full(len(codes), NO_DAY))


def _held_part(chance: np.random.Generator, sector: Sector, years: Int64s) -> tuple[Any, Any, Any, Any]:
    size = len(years)
    shape = (size, DRAWS)
    occupation = chance.choice(OCCUPATIONS, size, p=falling(OCCUPATIONS, 0.7))
    place = chance.choice(SHEET, shape, p=falling(SHEET, 0.6))
    own = sector.sheets[occupation[:, None], place]
    of_sector = chance.choice(SECTOR, shape, p=falling(SECTOR, 0.9))
    other = SECTOR + chance.choice(COMPETENCIES - SECTOR, shape, p=falling(COMPETENCIES - SECTOR, 0.9))
    luck = chance.random(shape)
    insider = chance.random((size, 1)) < 0.6
    drawn = np.where(insider & (luck < 0.65), own, np.where(luck < np.where(insider, 0.82, 0.25), of_sector, other))
    taken = np.arange(DRAWS) < np.clip(chance.poisson(15.0, (size, 1)), 3, LONGEST)
    drawn = np.where(taken, drawn, -1)
    drawn.sort(axis=1)
    taken = (drawn >= 0) & (np.diff(drawn, axis=1, prepend=-1) != 0)
    codes = drawn[taken]
    tenure = np.broadcast_to(years[:, None], shape)[taken]
    levels = 1 + (3.999 * np.minimum(1.0, chance.random(len(codes)) ** 1.6 * 0.8 + 0.02 * tenure)).astype(np.int64)
    grades = chance.choice(4, len(codes), p=[0.6, 0.2, 0.15, 0.05])
    return taken.sum(axis=1), codes.astype(np.int32), levels.astype(np.uint8), grades.astype(np.uint8)


def drawn_openings(
    chance: np.random.Generator, sector: Sector, size: int, *, large: int = 0, musts: bool = True
) -> OpeningColumns:
    """Draw the openings."""
    rows = [_requirements(chance, sector) for _ in range(size)]
    codes = np.concatenate(rows) if rows else np.zeros(0, np.int64)
    items = len(codes)
    start = TODAY + 30 + chance.integers(0, 151, size)
    posts = 1 + np.minimum(29, chance.geometric(0.18, size) - 1)
    posts[chance.permutation(size)[:large]] = chance.integers(100, 501, large)
    level = np.stack([np.zeros(size, np.int64), *(chance.choice(7, size, p=shares) for shares in ASKED_LEVELS)], axis=1)
    everything = np.ones(size, np.bool_)
    return OpeningColumns(
        opening_id=np.arange(1, size + 1),
        policy_profile=(chance.random(size) < 0.2).astype(np.int64),
        open_posts=posts,
        start_day=start,
        available_by_day=start,
        adult_by_day=np.where(chance.random(size) < 0.3, start, NO_DAY),
        education_rank=unstated(chance, chance.choice(7, size, p=[0.15, 0.2, 0.25, 0.2, 0.1, 0.07, 0.03]), 0.1),
        experience_months=chance.choice(np.array([NO_VALUE, 12, 24, 36, 60]), size, p=[0.45, 0.2, 0.15, 0.12, 0.08]),
        provinces=_one_each(chance.choice(PROVINCES, size, p=falling(PROVINCES, 1.1)), everything),
        fields=_one_each(np.zeros(size, np.int64), ~everything),
        profiles=_one_each(np.zeros(size, np.int64), ~everything),
        licences=_one_each(chance.choice(5, size), chance.random(size) < 0.08),
        contracts=_one_each(chance.choice(4, size, p=[0.35, 0.25, 0.2, 0.2]), everything),
        shifts=_one_each(chance.choice(3, size), chance.random(size) < 0.4),
        languages=_levels(level, everything),
        requirements=AskedLists(
            _starts([len(row) for row in rows]),
            codes,
            chance.choice(4, items, p=[0.2, 0.4, 0.3, 0.1]) + 1,
            (chance.random(items) < 0.25) & musts,
            chance.choice(5, items, p=[0.1, 0.25, 0.3, 0.2, 0.15]) + 1,
            chance.choice(3, items, p=[0.9, 0.08, 0.02]),
        ),
    )


ASKED_LEVELS: Final = (
    (0.45, 0.0, 0.25, 0.2, 0.1, 0.0, 0.0),
    (0.85, 0.0, 0.06, 0.05, 0.04, 0.0, 0.0),
    (0.97, 0.0, 0.03, 0.0, 0.0, 0.0, 0.0),
)


def _requirements(chance: np.random.Generator, sector: Sector) -> Int64s:
    sheet = sector.sheets[chance.choice(OCCUPATIONS, p=falling(OCCUPATIONS, 0.7))]
    own = sheet[chance.choice(SHEET, LONGEST, p=falling(SHEET, 0.6))]
    other = chance.choice(SECTOR, LONGEST, p=falling(SECTOR, 0.9))
    drawn = np.where(chance.random(LONGEST) < 0.85, own, other)
    wanted = chance.integers(6, 17) if chance.random() < 0.4 else np.clip(chance.poisson(9.5), 6, 14)
    return np.array(list(dict.fromkeys(drawn.tolist()))[:wanted], np.int64)


def _one_each(codes: Int64s, is_set: npt.NDArray[np.bool_]) -> CodeSets:
    return CodeSets(_starts(is_set), codes[is_set], np.ones(len(codes), np.bool_))


def drawn_cohorts(chance: np.random.Generator, sector: Sector, size: int) -> CohortColumns:
    """Draw the cohorts."""
    taught = [
        {
            int(code): int(chance.integers(2, 5))
            for code in chance.choice(sector.sheets[chance.integers(OCCUPATIONS)], chance.integers(3, 9), replace=False)
        }
        for _ in range(size)
    ]
    return CohortColumns(
        cohort_id=np.arange(1, size + 1),
        province=chance.choice(PROVINCES, size, p=falling(PROVINCES, 1.0)),
        entry_rank=chance.integers(0, 4, size),
        enrolment_from_day=np.full(size, NO_DAY),
        enrolment_until_day=np.full(size, TODAY + 30),
        expected_end_day=TODAY + chance.integers(5, 140, size),
        free_seats=chance.integers(0, 20, size),
        teaches=LevelSets.of(taught),
    )
