"""Competency framework: levels, evidence, relations."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

LEVELS: Final = (1, 2, 3, 4)
"""1 notions, 2 with help, 3 autonomous, 4 expert; *not held* is the absence of a row."""

MAX_REQUIREMENTS: Final = 16
"""Requirements an opening may carry at most (the score's field is sixteen bits wide)."""


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
