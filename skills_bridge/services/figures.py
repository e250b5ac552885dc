"""Figures of the open month: computed by the one formula, written anew by a job, never under a party's session."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert

from skills_bridge.domain.calendar import Month, local_day
from skills_bridge.models import FigureValue
from skills_bridge.reporting.catalogue import CATALOGUE
from skills_bridge.reporting.compute import compute_all
from skills_bridge.reporting.facts import Facts
from skills_bridge.reporting.figures import Figure
from skills_bridge.unit_of_work import UnitOfWork


def compute_open_month(uow: UnitOfWork, *, facts: Facts) -> int:
    """Write the open month's figures anew and return how many; platform scope.

    The old values go and the new ones come in one transaction: a reader sees one set or the other.
    """
    today = local_day(uow.now)
    month = Month(today.year, today.month)
    figures = compute_all(tuple(CATALOGUE), facts, month)
    uow.session.execute(delete(FigureValue).where(FigureValue.pack_id.is_(None)))
    return write_figures(uow, figures, month_on=today.replace(day=1), as_of=facts.cut_off, pack_id=None)


def write_figures(
    uow: UnitOfWork, figures: Sequence[Figure], *, month_on: date, as_of: datetime, pack_id: int | None
) -> int:
    """Write computed figures as rows of the open month, or of a pack."""
    rows: list[dict[str, Any]] = [
        {
            "kpi": figure.kpi,
            "month_on": month_on,
            "breakdown": figure.breakdown.value,
            "cell": figure.key,
            "measure": figure.measure,
            "numerator": figure.numerator,
            "denominator": figure.denominator,
            "n": figure.n,
            "value": figure.value,
            "unit": figure.unit.value,
            "is_hidden": figure.suppressed,
            "not_measured": figure.not_measured_reason.value if figure.not_measured_reason else None,
            "pack_id": pack_id,
            "as_of": as_of,
        }
        for figure in figures
    ]
    if rows:
        uow.session.execute(insert(FigureValue), rows)
    return len(rows)
