"""Figures of the open month, as the job wrote them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills_bridge.domain.accounts import Actor
from skills_bridge.models import FigureValue, JobProfile, Province, Region
from skills_bridge.policies.permissions import Permission, may
from skills_bridge.reporting.catalogue import CATALOGUE
from skills_bridge.reporting.figures import Breakdown


@dataclass(frozen=True)
class FigureCell:
    """One value as a screen shows it; ``value`` is an exact decimal as text, None when hidden or not measured."""

    kpi: str
    measure: str
    cell: str
    unit: str
    value: str | None
    numerator: int | None
    denominator: int | None
    n: int | None
    is_hidden: bool
    not_measured: str | None


@dataclass(frozen=True)
class FigureLine:
    """One line of a breakdown: its code, its names, its values by measure."""

    code: str
    label_fr: str
    label_ar: str
    label_en: str
    cells: tuple[FigureCell, ...]

    def label(self, language: str) -> str:
        """Return the line's name for a reader."""
        return {"fr": self.label_fr, "ar": self.label_ar, "en": self.label_en}[language]


@dataclass(frozen=True)
class OpenMonth:
    """The provisional figures of the open month; ``as_of`` is None until the first computation."""

    month_on: date | None
    as_of: datetime | None
    lines: tuple[FigureLine, ...]


def get_open_month(session: Session, *, actor: Actor, kpi: str, breakdown: Breakdown) -> OpenMonth:
    """Return one indicator of the open month by one catalogued breakdown, without empty lines."""
    if not may(actor, Permission.FIGURE_SEE) or kpi not in CATALOGUE:
        return OpenMonth(None, None, ())
    rows = session.scalars(
        select(FigureValue)
        .where(FigureValue.pack_id.is_(None), FigureValue.kpi == kpi, FigureValue.breakdown == breakdown.value)
        .order_by(FigureValue.id)
    ).all()
    names = _names(session, breakdown)
    lines: dict[str, list[FigureCell]] = {}
    for row in rows:
        lines.setdefault(row.cell, []).append(_cell(row))
    return OpenMonth(
        month_on=rows[0].month_on if rows else None,
        as_of=rows[0].as_of if rows else None,
        lines=tuple(
            FigureLine(code, *names.get(code, (code, code, code)), tuple(cells))
            for code, cells in lines.items()
            if breakdown is Breakdown.NATIONAL or any(says_something(cell) for cell in cells)
        ),
    )


def says_something(cell: FigureCell) -> bool:
    """Say whether a value is more than an empty place."""
    return cell.is_hidden or bool(cell.n) or cell.value not in (None, "0")


def _cell(row: FigureValue) -> FigureCell:
    """Return a row as a screen shows it."""
    return FigureCell(
        kpi=row.kpi,
        measure=row.measure,
        cell=row.cell,
        unit=row.unit,
        value=row.value,
        numerator=row.numerator,
        denominator=row.denominator,
        n=row.n,
        is_hidden=row.is_hidden,
        not_measured=row.not_measured,
    )


def _names(session: Session, breakdown: Breakdown) -> dict[str, tuple[str, str, str]]:
    """Return the names of a breakdown's lines in the three languages; French stands in for a missing one."""
    if breakdown is Breakdown.NATIONAL:
        return {}
    if breakdown is Breakdown.PROFILE:
        rows = session.execute(select(JobProfile).where(JobProfile.scheme == "LOCAL")).scalars()
        return {f"{p.scheme}:{p.code}": (p.label_fr, p.label_ar or p.label_fr, p.label_en or p.label_fr) for p in rows}
    place = Region if breakdown is Breakdown.REGION else Province
    found = session.execute(select(place.code, place.label_fr, place.label_ar, place.label_en))
    return {p.code: (p.label_fr, p.label_ar or p.label_fr, p.label_en or p.label_fr) for p in found}
