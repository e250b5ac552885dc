"""Competency framework: levels, evidence, relations, and the entries that a framework brings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from skills_bridge.domain.errors import Invalid

LEVELS: Final = (1, 2, 3, 4)
"""1 notions, 2 with help, 3 autonomous, 4 expert; *not held* is the absence of a row."""

MAX_REQUIREMENTS: Final = 16
"""Requirements an opening may carry at most (the score's field is sixteen bits wide)."""

WEIGHTS: Final = (1, 2, 3, 4, 5)
"""1 marginal to 5 decisive."""


class Evidence(StrEnum):
    """How a level is known, weakest first."""

    INFERRED = "inferred"
    DECLARED = "declared"
    ASSESSED = "assessed"
    CERTIFIED = "certified"

    @property
    def rank(self) -> int:
        """Position from 0 (inferred) to 3 (certified)."""
        return list(Evidence).index(self)


class RelationKind(StrEnum):
    """How near two competencies are."""

    CLOSE = "close"
    LOOSE = "loose"


class PolicyProfile(StrEnum):
    """Which matching profile a job takes: many operators, or scarce technicians and engineers."""

    MASS = "mass"
    SCARCE = "scarce"


class Cefr(StrEnum):
    """Language levels of the common European framework, weakest first."""

    A1 = "A1"
    A2 = "A2"
    B1 = "B1"
    B2 = "B2"
    C1 = "C1"
    C2 = "C2"

    @property
    def rank(self) -> int:
        """Position from 1 (A1) to 6 (C2)."""
        return list(Cefr).index(self) + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A competency asked for: level 1-4, must or nice, weight 1-5, evidence asked."""

    competency_id: int
    level: int
    is_must: bool
    weight: int
    evidence_asked: Evidence = Evidence.DECLARED


def check_requirements(requirements: Sequence[Asked]) -> None:
    """Check the lines that a need, an opening or a template asks for; none at all is allowed.

    :raises Invalid: too many lines, a competency twice, a level or a weight out of range; ``row`` counts from 1.
    """
    if len(requirements) > MAX_REQUIREMENTS:
        raise Invalid("too-many-requirements", field="requirements", most=MAX_REQUIREMENTS, count=len(requirements))
    seen: set[int] = set()
    for row, line in enumerate(requirements, 1):
        if line.competency_id in seen:
            raise Invalid("requirement-twice", field="requirements", row=row)
        if line.level not in LEVELS:
            raise Invalid("level-out-of-range", field="requirements", row=row, value=line.level)
        if line.weight not in WEIGHTS:
            raise Invalid("weight-out-of-range", field="requirements", row=row, value=line.weight)
        if line.evidence_asked is Evidence.INFERRED:
            raise Invalid("evidence-inferred", field="requirements", row=row)
        seen.add(line.competency_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompetencyEntry:
    """A competency as a framework brings it; without Arabic the screens show French, marked."""

    code: str
    label_fr: str
    label_ar: str | None = None
    label_en: str | None = None
    is_reviewed_ar: bool = False
    family: str | None = None
    definition_fr: str | None = None
    definition_ar: str | None = None
    definition_en: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationEntry:
    """Holding ``code`` counts for ``related_code``; both belong to the scheme."""

    code: str
    related_code: str
    kind: RelationKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileEntry:
    """An occupation as a framework brings it; ``codes`` maps other schemes to their codes."""

    code: str
    label_fr: str
    label_ar: str | None = None
    label_en: str | None = None
    is_reviewed_ar: bool = False
    family: str | None = None
    policy_profile: PolicyProfile = PolicyProfile.MASS
    diploma_fields: Sequence[str] = ()
    education_rank: int | None = None
    codes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateEntry:
    """A line of a profile's requirement template; both codes belong to the scheme."""

    profile_code: str
    competency_code: str
    level: int
    is_must: bool
    weight: int
    evidence_asked: Evidence = Evidence.DECLARED
