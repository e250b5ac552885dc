"""The one way from facts to figures; screen, PDF, XLSX, JSON and CSV all show what this returns."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from skills_bridge.domain.calendar import Month
from skills_bridge.domain.errors import Invalid
from skills_bridge.reporting.catalogue import Kpi, Measure, kpi_of
from skills_bridge.reporting.facts import Facts, Label
from skills_bridge.reporting.figures import MINIMUM_FOR_PERCENT, TOTAL, Breakdown, Figure, FigureId, Reason, Unit
from skills_bridge.reporting.formulas import Count, Groups, Share, Tally, Unmeasured
from skills_bridge.reporting.standing import Standing, stand_at_cut_off
from skills_bridge.reporting.suppression import Cell, Sum, cells_to_hide


def compute(
    kpi: str,
    facts: Facts,
    period: Month,
    breakdown: Breakdown = Breakdown.NATIONAL,
    *,
    hidden_before: Collection[FigureId] = (),
) -> tuple[Figure, ...]:
    """Compute every measure of a KPI for every line of a breakdown, in the order of the codes.

    ``hidden_before`` names the figures an earlier version of the month's pack hid: they stay hidden.

    :raises Invalid: the catalogue holds no such KPI, or does not offer that breakdown for it.
    """
    return compute_all((kpi,), facts, period, (breakdown,), hidden_before=hidden_before)


def compute_all(
    kpis: Sequence[str],
    facts: Facts,
    period: Month,
    breakdowns: Sequence[Breakdown] = tuple(Breakdown),
    *,
    hidden_before: Collection[FigureId] = (),
) -> tuple[Figure, ...]:
    """Compute several KPIs and breakdowns at once: the same figures as :func:`compute`, one look at the facts.

    :raises Invalid: the catalogue holds no such KPI, or does not offer that breakdown for it.
    """
    entries = [kpi_of(code) for code in kpis]
    for entry in entries:
        for breakdown in breakdowns:
            if breakdown not in entry.breakdowns:
                raise Invalid("breakdown-not-offered", field="breakdown", value=str(breakdown))
    standing = stand_at_cut_off(facts)
    figures: list[Figure] = []
    for entry in entries:
        figures += _figures_of(entry, standing, period, breakdowns, hidden_before)
    return tuple(figures)


class _Table(NamedTuple):
    keys: tuple[str, ...]
    tallies: Mapping[str, Tally]


def _figures_of(
    kpi: Kpi,
    standing: Standing,
    period: Month,
    breakdowns: Sequence[Breakdown],
    hidden_before: Collection[FigureId],
) -> list[Figure]:
    needed = kpi.breakdowns if kpi.counts_people else breakdowns
    tables = {breakdown: _table(kpi, standing, period, breakdown) for breakdown in needed}
    figures: list[Figure] = []
    for measure in kpi.measures:
        before = {Cell(*one[3:]) for one in hidden_before if one[:3] == (kpi.code, measure.code, period.code)}
        hidden = _hidden_cells(measure, tables, standing.facts, before)
        for breakdown in breakdowns:
            tally = tables[breakdown].tallies[measure.code]
            for line, key in enumerate(tables[breakdown].keys):
                bare = Figure(kpi.code, measure.code, period.code, breakdown, key, measure.unit)
                is_hidden = Cell(breakdown, key) in hidden
                figures.append(replace(bare, suppressed=True) if is_hidden else _figure(bare, tally, line))
    return figures


def _table(kpi: Kpi, standing: Standing, period: Month, breakdown: Breakdown) -> _Table:
    groups = lines_of(standing.facts, breakdown)
    if period.first_on > standing.facts.cut_off_on:
        return _Table(groups.keys, {one.code: Unmeasured(Reason.MONTH_NOT_BEGUN) for one in kpi.measures})
    return _Table(groups.keys, kpi.formula(standing, period, groups))


def lines_of(facts: Facts, breakdown: Breakdown) -> Groups:
    """Return the lines of a breakdown, and on which of them each post and placement stands."""
    posts, placements = facts.posts, facts.placements
    if breakdown is Breakdown.PROFILE:
        return Groups(_codes(facts.profiles), posts.profile, placements.profile)
    if breakdown is Breakdown.PROVINCE:
        return Groups(_codes(facts.provinces), posts.province, placements.province)
    if breakdown is Breakdown.REGION:
        region = facts.region_of_province()
        return Groups(_codes(facts.regions), region[posts.province], region[placements.province])
    return Groups((TOTAL,), np.zeros_like(posts.province), np.zeros_like(placements.province))


def _codes(labels: Sequence[Label]) -> tuple[str, ...]:
    return tuple(label.code for label in labels)


def sums_of(facts: Facts) -> tuple[Sum, ...]:
    """Return the sums a reader of the catalogued tables knows: nation by region, by profile, region by province."""
    nation = Cell(Breakdown.NATIONAL, TOTAL)
    regions = tuple(Cell(Breakdown.REGION, label.code) for label in facts.regions)
    profiles = tuple(Cell(Breakdown.PROFILE, label.code) for label in facts.profiles)
    provinces = (
        Sum(region, tuple(Cell(Breakdown.PROVINCE, one.code) for one in facts.provinces if one.parent == region.key))
        for region in regions
    )
    return (Sum(nation, regions), Sum(nation, profiles), *provinces)


def _hidden_cells(
    measure: Measure, tables: Mapping[Breakdown, _Table], facts: Facts, before: Collection[Cell]
) -> frozenset[Cell]:
    if measure.unit is not Unit.PEOPLE:
        return frozenset()
    counts: dict[Cell, int] = {}
    for breakdown, table in tables.items():
        tally = table.tallies[measure.code]
        if isinstance(tally, Count):
            counts |= {Cell(breakdown, key): int(n) for key, n in zip(table.keys, tally.counts, strict=True)}
    return cells_to_hide(counts, sums_of(facts), before) if counts else frozenset()


def _figure(bare: Figure, tally: Tally, line: int) -> Figure:
    if isinstance(tally, Unmeasured):
        return replace(bare, not_measured_reason=tally.reason)
    if isinstance(tally, Count):
        count = int(tally.counts[line])
        return replace(bare, numerator=count, value=str(count), n=count)
    if isinstance(tally, Share):
        return _share(bare, int(tally.numerators[line]), int(tally.denominators[line]), tally.if_none)
    size = int(tally.sizes[line])
    if size == 0:
        return replace(bare, n=0, not_measured_reason=tally.if_none)
    return replace(bare, value=str(tally.values[line]), n=size)


def _share(bare: Figure, part: int, whole: int, if_none: Reason) -> Figure:
    counted = replace(bare, numerator=part, denominator=whole, n=whole)
    if whole < MINIMUM_FOR_PERCENT:
        return replace(counted, not_measured_reason=Reason.UNDER_TEN if whole else if_none)
    return replace(counted, value=percentage(part, whole))


def percentage(part: int, whole: int) -> str:
    """Return part in whole as per cent to one place, halves up: 2 of 3 is ``66.7``."""
    tenths = int(Fraction(1000 * part, whole) + Fraction(1, 2))
    return f"{tenths // 10}.{tenths % 10}"
