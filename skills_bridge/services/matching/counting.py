"""How many people were judged in which way for an opening, and what keeps people off its lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np

from skills_bridge.domain.matching import LISTED, ResultClass
from skills_bridge.engine.arrays import Int64s
from skills_bridge.engine.national.failing import failing_gates
from skills_bridge.engine.national.parts import Part
from skills_bridge.engine.results import RESULT_CLASSES, Shortlists
from skills_bridge.engine.shortlist import judge
from skills_bridge.services.matching.reading import Reading, Terms

LACKING: Final = tuple(RESULT_CLASSES.index(kind) for kind in (ResultClass.SHORT, ResultClass.NEAR))
MOST_PAIRS: Final = 5_000_000
"""Pairs of a person and an opening that a run over several openings counts: above, it would take longer than the lists.

Then only who is listed is known; an opening's own run always counts.
"""


def is_counted(reading: Reading) -> bool:
    """Whether everybody is counted, or only who is listed."""
    openings = len(reading.terms.openings)
    return openings == 1 or openings * reading.people <= MOST_PAIRS


def count_opening(reading: Reading, found: Shortlists, row: int) -> dict[str, Any]:
    """Return how everybody was judged, and what keeps people off the lists.

    ``gates``: how many fail each condition; ``alone``: how many fail that one only, and would be judged without it;
    ``missing``: how many of those who pass the conditions are short of each must, by competency. Where not everybody
    is counted these are left out, ``classes`` holds lists that have room, and ``at_least`` those that are full.
    """
    asked = reading.terms.openings.requirements.span(row)
    told: dict[str, Any] = {"pool": reading.people, "asked": asked.stop - asked.start}
    if not is_counted(reading):
        return told | _listed(reading.terms, found, row)
    counts: dict[str, Counter[str]] = {name: Counter() for name in ("classes", "gates", "alone", "missing")}
    counts["classes"].update({kind.value: 0 for kind in RESULT_CLASSES})
    for part in reading.parts:
        for name, counted in _count_part(part, reading.terms, row).items():
            counts[name].update(counted)
    return told | {name: dict(counted) for name, counted in counts.items()}


def _listed(terms: Terms, found: Shortlists, row: int) -> dict[str, dict[str, int]]:
    """Return how many are listed in each class, apart where the list is full: there may be more of them."""
    listed = found.result_class[found.start[row] : found.start[row + 1]].tolist()
    counts: dict[str, dict[str, int]] = {"classes": {}, "at_least": {}}
    for place, (kind, most) in enumerate(zip(LISTED, terms.lengths[row].tolist(), strict=True)):
        size = listed.count(place)
        counts["at_least" if 0 < most == size else "classes"][kind.value] = size
    return counts


def _count_part(part: Part, terms: Terms, row: int) -> dict[str, Mapping[str, int]]:
    stays = np.ones(len(part.seekers), np.bool_)
    stays[part.gone] = False
    failed = failing_gates(part.seekers, terms.openings, row)
    several = np.sum(list(failed.values()), axis=0) if failed else np.zeros(len(part.seekers), np.int64)
    passing = np.flatnonzero(stays & (several == 0))
    classes, missing = _judged(part, terms, row, passing)
    classes[ResultClass.GATE_FAILED.value] = int(stays.sum()) - len(passing)
    return {
        "classes": classes,
        "gates": {kind.value: int((fails & stays).sum()) for kind, fails in failed.items()},
        "alone": {kind.value: int((fails & stays & (several == 1)).sum()) for kind, fails in failed.items()},
        "missing": missing,
    }


def _judged(part: Part, terms: Terms, row: int, passing: Int64s) -> tuple[dict[str, int], dict[str, int]]:
    """Return how those who fail no condition were judged, and how many of them are short of each must."""
    pool = replace(terms.pool, seekers=part.seekers.take(passing))
    judged = judge(pool, terms.openings, terms.cohorts, terms.policies, row)
    classes = np.bincount(judged.result_class, minlength=len(RESULT_CLASSES)).tolist()
    short = np.isin(judged.result_class, LACKING)
    asked, span = terms.openings.requirements, terms.openings.requirements.span(row)
    missing = {
        str(competency): int(np.count_nonzero(short & ((judged.missing >> place) & 1 != 0)))
        for place, competency in enumerate(asked.competency[span].tolist())
        if asked.is_must[span.start + place]
    }
    counted = {kind.value: count for kind, count in zip(RESULT_CLASSES, classes, strict=True)}
    return counted, {competency: count for competency, count in missing.items() if count}
