"""Whether a person is led back to her occupation: ESCO profiles, our score beside the plain weighted overlap.

For each occupation drawn, one opening asks its template and one invented person comes from it: she holds most of what
it asks, sometimes a related competency instead, and some competencies of other occupations. The answer is right if, of
all openings, that of her own occupation has her highest score. The overlap counts the weights of the competencies that
she holds by name; it knows no level, no evidence and no relation. Both see the same people.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from skills_bridge.adapters.framework_files import FrameworkContent, read_esco
from skills_bridge.domain.framework import TemplateEntry
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
from skills_bridge.engine.policy import POLICY_V1
from skills_bridge.engine.pool import build_pool
from skills_bridge.engine.shortlist import shortlist

OCCUPATIONS: Final = 400
SEED: Final = 20_250_423
TODAY: Final = 20_500
LEAST_LINES: Final = 6
KEPT, REPLACED = 0.6, 0.25
"""Shares of what a template asks that the person holds, and of which she holds a related competency instead."""
OTHERS: Final = 6
"""Competencies of other occupations that a person holds."""
EVERYBODY: Final = 2_000
"""Posts of an opening: so many that nobody falls off its list."""


@dataclass(frozen=True)
class Case:
    """The occupations drawn: what each asks, and the person who comes from it, by numbers of competencies."""

    asked: list[list[TemplateEntry]]
    held: list[dict[int, Held]]
    numbers: dict[str, int]
    relations: RelationColumns


def drawn_case(content: FrameworkContent) -> Case:
    """Draw occupations and people; the same seed draws the same."""
    chance = np.random.default_rng(SEED)
    numbers = {entry.code: number for number, entry in enumerate(content.competencies)}
    related: dict[str, list[str]] = defaultdict(list)
    for edge in content.relations:
        related[edge.related_code].append(edge.code)
    templates: dict[str, list[TemplateEntry]] = defaultdict(list)
    for line in content.requirements:
        templates[line.profile_code].append(line)
    codes = sorted(code for code, lines in templates.items() if len(lines) >= LEAST_LINES)
    chosen = [templates[codes[place]] for place in sorted(chance.choice(len(codes), OCCUPATIONS, replace=False))]
    held = [_person(chance, lines, related, chosen, numbers) for lines in chosen]
    edges = [(numbers[edge.code], numbers[edge.related_code], edge.kind) for edge in content.relations]
    return Case(chosen, held, numbers, RelationColumns.of(edges))


def _person(
    chance: np.random.Generator,
    lines: list[TemplateEntry],
    related: dict[str, list[str]],
    all_lines: list[list[TemplateEntry]],
    numbers: dict[str, int],
) -> dict[int, Held]:
    """Return what somebody of an occupation holds."""
    codes = []
    for line in lines:
        draw, instead = chance.random(), related.get(line.competency_code, [])
        if draw < KEPT:
            codes.append(line.competency_code)
        elif draw < KEPT + REPLACED and instead:
            codes.append(instead[int(chance.integers(len(instead)))])
    for _ in range(OTHERS):
        other = all_lines[int(chance.integers(len(all_lines)))]
        codes.append(other[int(chance.integers(len(other)))].competency_code)
    return {
        numbers[code]: Held(numbers[code], int(chance.integers(1, 5)), int(chance.integers(1, 4))) for code in codes
    }


def share_led_back(case: Case) -> tuple[float, float]:
    """Return the share of people whose first opening is their own, by our score and by the plain overlap."""
    ours = np.zeros((len(case.held), len(case.asked)))
    pool = build_pool(_seekers(case), case.relations, as_of=TODAY)
    found = shortlist(pool, _openings(case), _no_cohorts(), POLICY_V1)
    ours[found.seeker, found.opening] = np.maximum(found.score, 0)
    plain = np.array(
        [
            [
                sum(line.weight for line in lines if case.numbers[line.competency_code] in person)
                / sum(line.weight for line in lines)
                for lines in case.asked
            ]
            for person in case.held
        ]
    )
    own = np.arange(len(case.held))
    return float((ours.argmax(axis=1) == own).mean()), float((plain.argmax(axis=1) == own).mean())


def _seekers(case: Case) -> SeekerColumns:
    size = len(case.held)
    unknown = CodeSets.of([None] * size)
    return SeekerColumns(
        seeker_id=np.arange(1, size + 1),
        registered_day=np.full(size, TODAY - 100),
        education_rank=np.full(size, NO_VALUE),
        experience_months=np.full(size, NO_VALUE),
        available_day=np.full(size, NO_DAY),
        adult_day=np.full(size, NO_DAY),
        provinces=unknown,
        fields=unknown,
        profiles=unknown,
        licences=unknown,
        contracts=unknown,
        shifts=unknown,
        languages=LevelSets.of([None] * size),
        held=HeldLists.of([list(person.values()) for person in case.held]),
    )


def _openings(case: Case) -> OpeningColumns:
    size = len(case.asked)
    empty = CodeSets.of([()] * size)
    return OpeningColumns(
        opening_id=np.arange(1, size + 1),
        policy_profile=np.zeros(size, np.int64),
        open_posts=np.full(size, EVERYBODY),
        start_day=np.full(size, NO_DAY),
        available_by_day=np.full(size, NO_DAY),
        adult_by_day=np.full(size, NO_DAY),
        education_rank=np.full(size, NO_VALUE),
        experience_months=np.full(size, NO_VALUE),
        provinces=empty,
        fields=empty,
        profiles=empty,
        licences=empty,
        contracts=empty,
        shifts=empty,
        languages=LevelSets.of([{}] * size),
        requirements=AskedLists.of(
            [
                [Asked(case.numbers[one.competency_code], one.level, is_must=False, weight=one.weight) for one in lines]
                for lines in case.asked
            ]
        ),
    )


def _no_cohorts() -> CohortColumns:
    none = np.zeros(0, np.int64)
    return CohortColumns(none, none, none, none, none, none, none, LevelSets.of([]))


def measure(folder: Path) -> tuple[float, float]:
    """Return both shares on the ESCO files of a folder of data."""
    return share_led_back(drawn_case(read_esco(folder / "esco")))
