"""The answers of matching: ranked lists with counts, and the account of one pair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from skills_bridge.domain.framework import Evidence, RelationKind
from skills_bridge.domain.matching import GateAnswer, GateKind, Question, RequirementVerdict, ResultClass
from skills_bridge.engine.arrays import Bits, Int64s

RESULT_CLASSES: Final = tuple(ResultClass)
"""Class by its number in ``Shortlists.result_class`` and ``Shortlists.counts``."""

GATE_KINDS: Final = tuple(GateKind)
"""Gate by its bit in ``Shortlists.unknown_gates``."""


@dataclass(frozen=True, eq=False)
class Shortlists:
    """The lists of all openings handed in, one row per listed pair, sorted by opening, class and rank.

    ``start`` (openings + 1) says where each opening's rows begin. ``opening``, ``seeker`` and ``cohort`` are places
    in the input (cohort -1: none). ``result_class`` is the place in ``RESULT_CLASSES``; ``rank`` starts at 1 in each
    class. ``score`` is 0 to 10,000 hundredths of a per cent, or -1 where there is none. A set bit of
    ``unknown_gates`` is a gate without answer (place in ``GATE_KINDS``); of ``unproven`` and ``missing`` a must of
    that place in the opening's requirements that lacks proof, or level.
    ``counts[opening, class]`` counts everybody judged, listed or not.
    """

    start: Int64s
    opening: Int64s
    seeker: Int64s
    result_class: npt.NDArray[np.int8]
    rank: npt.NDArray[np.int32]
    points: npt.NDArray[np.int32]
    score: npt.NDArray[np.int32]
    order_key: Int64s
    cohort: Int64s
    unknown_gates: Bits
    unproven: Bits
    missing: Bits
    counts: Int64s

    def people(self, opening: int) -> list[int]:
        """Return the places of the people listed for one opening, in the order of its rows."""
        listed: list[int] = self.seeker[self.start[opening] : self.start[opening + 1]].tolist()
        return listed

    def counts_of(self, opening: int) -> dict[ResultClass, int]:
        """Return how many people were judged in each way for one opening."""
        return {kind: int(n) for kind, n in zip(RESULT_CLASSES, self.counts[opening], strict=True)}


@dataclass(frozen=True)
class GateFinding:
    """One gate, or one language of the gate of languages (``subject``: its code).

    ``asked`` and ``held`` are codes, or one rank, number of months or day; ``held`` is ``None`` where nobody knows.
    """

    kind: GateKind
    answer: GateAnswer
    asked: tuple[int, ...]
    held: tuple[int, ...] | None
    subject: int | None = None


@dataclass(frozen=True)
class Holding:
    """A held competency as it counts for a requirement; ``relation`` is ``None`` for the competency itself.

    ``level`` is the level held; ``evidence`` is declared where a validity has passed (``is_expired``).
    """

    competency: int
    relation: RelationKind | None
    level: int
    evidence: Evidence
    is_expired: bool


@dataclass(frozen=True)
class RequirementFinding:
    """One requirement: what it brings to the score and, for a must, how it is judged.

    ``part`` is weight x credit; ``share`` the part in hundredths of a per cent, apportioned so that the shares sum to
    the score. ``credited`` is the holding that brings the credit, ``judged`` the one on which the verdict rests; they
    may differ. ``threshold`` is the level from which the must passes, ``effective_level`` the best one that counts
    for it, ``missing_levels`` what lies between.
    """

    competency: int
    level: int
    is_must: bool
    weight: int
    evidence_asked: Evidence
    credited: Holding | None
    credit: int
    part: int
    share: int
    judged: Holding | None
    threshold: int
    effective_level: int
    missing_levels: int
    verdict: RequirementVerdict


@dataclass(frozen=True)
class OpenQuestion:
    """What to ask or do; ``subject`` is a language, or the competency to assess."""

    question: Question
    subject: int | None = None


@dataclass(frozen=True)
class Trace:
    """The whole account of a pair; agrees with the lists, parts sum to the points, shares to the score.

    ``score`` is ``None`` without requirements and for a person without any competency. ``cohort_id`` is the cohort
    that closes the gap of a near profile. Gates that the opening does not set are left out.
    """

    seeker_id: int
    opening_id: int
    result_class: ResultClass
    points: int
    score: int | None
    order_key: int
    cohort_id: int | None
    gates: tuple[GateFinding, ...]
    requirements: tuple[RequirementFinding, ...]
    questions: tuple[OpenQuestion, ...]
