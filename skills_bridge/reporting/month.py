"""The figures of one month's pack, computed once and shown in every file of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from skills_bridge.domain.calendar import Month
from skills_bridge.reporting.catalogue import CATALOGUE
from skills_bridge.reporting.compute import compute, compute_all
from skills_bridge.reporting.facts import Facts
from skills_bridge.reporting.figures import Breakdown, Figure, FigureId
from skills_bridge.reporting.findings import Finding, list_findings

VALIDATION_MONTHS: Final = 6
"""How many months of validation K3c looks back on, the month itself included."""


@dataclass(frozen=True, slots=True)
class PartyName:
    """A party of the convention, in both official languages; ``confirmed`` once the party validated its name."""

    code: str
    fr: str
    ar: str
    confirmed: bool = False

    def name(self, language: str) -> str:
        """Return the Arabic name to Arabic readers, the French one to the others."""
        return self.ar if language == "ar" else self.fr


@dataclass(frozen=True, slots=True)
class AuditHead:
    """The last link of one audit stream at the freeze: its name, sequence number and hash (hexadecimal)."""

    stream: str
    number: int
    digest: str


@dataclass(frozen=True, slots=True)
class PackContext:
    """What a pack says of itself beside its figures.

    ``previous_digest`` is the SHA-256 of the last published pack's manifest A, None for the first pack; ``cause``
    says why a version after the first corrects the one before.
    """

    period: Month
    version: int
    demo: bool
    parties: tuple[PartyName, ...]
    code_version: str
    tzdata_version: str
    previous_digest: str | None = None
    audit_heads: tuple[AuditHead, ...] = ()
    hidden_before: Collection[FigureId] = ()
    cause: str = ""


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """The month's figures by every breakdown, the month before and the months of validation nationally.

    All are computed at the same cut-off, the month before too.
    """

    current: tuple[Figure, ...]
    previous: tuple[Figure, ...]
    validation_months: tuple[Figure, ...]
    findings: tuple[Finding, ...]


def validation_months(period: Month) -> tuple[Month, ...]:
    """Return the months that K3c looks at, the latest first."""
    return tuple(period.back(step) for step in range(VALIDATION_MONTHS))


def compute_month(facts: Facts, period: Month, hidden_before: Collection[FigureId] = ()) -> MonthFigures:
    """Compute everything a pack shows."""
    codes = tuple(CATALOGUE)
    cohorts = [compute("K3c", facts, month) for month in validation_months(period)]
    return MonthFigures(
        current=compute_all(codes, facts, period, hidden_before=hidden_before),
        previous=compute_all(codes, facts, period.back(1), (Breakdown.NATIONAL,), hidden_before=hidden_before),
        validation_months=tuple(figure for cohort in cohorts for figure in cohort),
        findings=list_findings(facts, period),
    )
