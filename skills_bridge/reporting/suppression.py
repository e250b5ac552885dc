"""Counts of people under five are hidden, and so that no subtraction brings them back.

The cells of one measure and month form a small net: the nation is the sum of its regions and also of its profiles, a
region the sum of its provinces. A reader knows these sums and every printed cell, and that a hidden cell is no zero
(zeros are printed). A hidden cell is *safe* when at least two values agree with all that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from math import inf
from typing import Final, NamedTuple

SMALLEST_SHOWN: Final = 5
"""Counts from 1 to one less are hidden."""


class Cell(NamedTuple):
    """A place in the tables: breakdown and key."""

    breakdown: str
    key: str


class Sum(NamedTuple):
    """A relation that every reader knows: ``whole`` is the sum of ``parts``."""

    whole: Cell
    parts: tuple[Cell, ...]


class _Choice(NamedTuple):
    """A cell that could be hidden, in order of preference: no zero, a part, small."""

    is_zero: bool
    is_whole: bool
    size: int
    cell: Cell


Bounds = dict[Cell, tuple[float, float]]


def cells_to_hide(
    counts: Mapping[Cell, int], sums: Sequence[Sum], hidden_before: Collection[Cell] = ()
) -> frozenset[Cell]:
    """Choose the cells to hide: small ones, those hidden in an earlier version, and few others to protect them.

    The sums must form a tree (no cell is reached twice), as those of the catalogued tables do. A zero is hidden only
    if an earlier version hid the cell, or to protect such a one.
    """
    hidden = {cell for cell, count in counts.items() if 0 < count < SMALLEST_SHOWN}
    hidden |= {cell for cell in hidden_before if cell in counts}
    floor = 0 if hidden_before else 1
    while True:
        bounds = possible_values(counts, sums, hidden, floor)
        exposed = {cell for cell in hidden if bounds[cell][0] == bounds[cell][1]}
        if not exposed:
            return frozenset(hidden)
        hidden.add(min(_protectors(counts, sums, hidden, exposed)).cell)


def _protectors(
    counts: Mapping[Cell, int], sums: Sequence[Sum], hidden: Collection[Cell], exposed: Collection[Cell]
) -> Iterator[_Choice]:
    """List the printed cells that stand in a sum with an exposed one; a pinned chain always ends in such a cell."""
    for whole, parts in sums:
        cells = (whole, *parts)
        if any(cell in exposed for cell in cells):
            for cell in cells:
                if cell not in hidden:
                    yield _Choice(counts[cell] == 0, cell == whole, counts[cell], cell)


def possible_values(
    counts: Mapping[Cell, int], sums: Sequence[Sum], hidden: Collection[Cell], floor: int = 1
) -> Bounds:
    """Return the least and greatest value of each cell that agree with all a reader knows.

    Bounds are passed along the sums until nothing narrows; on a tree that is exact, every value between is possible.
    """
    bounds: Bounds = {
        cell: (float(floor), inf) if cell in hidden else (float(count), float(count)) for cell, count in counts.items()
    }
    while sum(_narrow(bounds, relation) for relation in sums):
        continue
    return bounds


def _narrow(bounds: Bounds, relation: Sum) -> bool:
    """Tighten whole and parts of one sum; say whether anything changed."""
    whole, parts = relation
    least = sum(bounds[part][0] for part in parts)
    greatest = sum(bounds[part][1] for part in parts)
    changed = _tighten(bounds, whole, least, greatest)
    endless = sum(bounds[part][1] == inf for part in parts)
    finite = sum(bounds[part][1] for part in parts if bounds[part][1] != inf)
    low, high = bounds[whole]
    for part, (least_here, greatest_here) in [(part, bounds[part]) for part in parts]:
        others_endless = endless - (greatest_here == inf) > 0
        others = inf if others_endless else finite - (0 if greatest_here == inf else greatest_here)
        changed |= _tighten(bounds, part, low - others, high - (least - least_here))
    return changed


def _tighten(bounds: Bounds, cell: Cell, low: float, high: float) -> bool:
    known = bounds[cell]
    bounds[cell] = (max(known[0], low), min(known[1], high))
    return bounds[cell] != known
