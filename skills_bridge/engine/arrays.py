"""Immutable columns: each one says its type and bounds, and is checked once, on entry."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import Enum
from functools import cache, cached_property
from itertools import accumulate, chain
from typing import Annotated, Any, Final, Self, cast, get_type_hints

import numpy as np
import numpy.typing as npt

from skills_bridge.domain.matching import RepeatedKey, ValueOutOfRange, WrongShape

Ints = npt.NDArray[np.integer[Any]]
Int64s = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Bits = npt.NDArray[np.uint16]
"""A set of at most sixteen places per row: gates by kind, requirements by place in their opening."""

NO_DAY: Final = -(2**31)
"""Marks a day nobody has stated."""

NO_VALUE: Final = -1
"""Marks a rank, a number of months, a score or a place that does not exist or that nobody has stated."""

EPOCH: Final = dt.date(1970, 1, 1)
FIRST_DAY: Final = -60_000
LAST_DAY: Final = 3_000_000
LAST_CODE: Final = 2**31 - 1
CEFR_LEVELS: Final = 6


def day_number(day: dt.date | None) -> int:
    """Return the days from 1970-01-01 to ``day``; an unstated day is ``NO_DAY``."""
    return NO_DAY if day is None else (day - EPOCH).days


class Axis(Enum):
    """What a column has one value for: each row, each item of the rows' lists, each limit between the lists."""

    ROW = "row"
    ITEM = "item"
    LIMIT = "limit"


@dataclass(frozen=True)
class Bounds:
    """Type and limits (both included) of a column; ``absent`` is the one value allowed outside them."""

    dtype: type[np.integer[Any] | np.bool_]
    low: int
    high: int
    absent: int | None = None
    axis: Axis = Axis.ROW

    def freeze(self, table: str, column: str, values: npt.ArrayLike) -> npt.NDArray[Any]:
        """Return the values as a checked column that nobody can change.

        :raises WrongShape: they are no flat list of whole numbers.
        :raises ValueOutOfRange: one lies outside the bounds.
        """
        found = np.asarray(values)
        if found.ndim != 1 or (found.size and found.dtype.kind not in "iub"):
            raise WrongShape(table, column, -1, str(found.dtype))
        outside = (found < self.low) | (found > self.high)
        if self.absent is not None:
            outside &= found != self.absent
        if outside.any():
            row = int(outside.argmax())
            raise ValueOutOfRange(table, column, row, int(found[row]), low=self.low, high=self.high)
        if found.flags.writeable or found.dtype != self.dtype or not found.flags.c_contiguous:
            found = np.array(found, dtype=self.dtype, order="C")
            found.flags.writeable = False
        return found


Day = Annotated[Ints, Bounds(np.int32, FIRST_DAY, LAST_DAY, absent=NO_DAY)]
Rank = Annotated[Ints, Bounds(np.int16, 0, 99, absent=NO_VALUE)]
Limits = Annotated[Ints, Bounds(np.int64, 0, 2**62, axis=Axis.LIMIT)]
Codes = Annotated[Ints, Bounds(np.int32, 0, LAST_CODE, axis=Axis.ITEM)]
Flags = Annotated[Bools, Bounds(np.bool_, 0, 1)]


@cache
def bounds_of(table: type) -> tuple[tuple[str, Bounds], ...]:
    """Return name and bounds of a table's columns, in the order of their declaration."""
    hints = get_type_hints(table, include_extras=True)
    found = ((name, getattr(hint, "__metadata__", (None,))[0]) for name, hint in hints.items())
    return tuple((name, bounds) for name, bounds in found if isinstance(bounds, Bounds))


class Columns:
    """A table held as columns of equal length; parents of the frozen dataclasses of the input."""

    def __post_init__(self) -> None:
        """Check and freeze every column.

        :raises WrongShape: a column has another length than its table.
        :raises ValueOutOfRange: a value lies outside its bounds.
        """
        table = type(self).__name__
        for name, bounds in self.bounds():
            object.__setattr__(self, name, bounds.freeze(table, name, getattr(self, name)))
        self._check_lengths(table)

    def _check_lengths(self, table: str) -> None:
        for name, part in self.parts():
            if len(part) != len(self):
                raise WrongShape(table, name, -1, len(part))

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(getattr(self, self.bounds()[0][0]))

    def bounds(self) -> tuple[tuple[str, Bounds], ...]:
        """Return name and bounds of the columns, in the order of their declaration."""
        return bounds_of(cast("Hashable", type(self)))

    def parts(self) -> Iterator[tuple[str, Any]]:
        """Yield name and content of columns and lists, in the order of their declaration."""
        for part in fields(self):  # type: ignore[arg-type]  # every child is a dataclass
            yield part.name, getattr(self, part.name)

    def take(self, rows: npt.ArrayLike) -> Self:
        """Return the table of these rows alone, in this order."""
        places = np.asarray(rows, dtype=np.int64)
        taken = {n: part.take(places) if isinstance(part, Columns) else part[places] for n, part in self.parts()}
        return replace(self, **taken)  # type: ignore[type-var]  # every child is a dataclass

    def check_unique(self, column: str) -> None:
        """Refuse a key that stands twice.

        :raises RepeatedKey: naming the second row of the key.
        """
        keys = getattr(self, column)
        first = np.unique(keys, return_index=True)[1]
        if len(first) != len(keys):
            again = int(np.setdiff1d(np.arange(len(keys)), first)[0])
            raise RepeatedKey(type(self).__name__, column, again, int(keys[again]))


class Lists(Columns):
    """A list per row: the items of row ``i`` stand from ``start[i]`` to ``start[i + 1]`` (excluded)."""

    start: Limits

    def _check_lengths(self, table: str) -> None:
        start = self.start
        if len(start) == 0 or start[0] != 0 or (np.diff(start) < 0).any():
            raise WrongShape(table, "start", -1, len(start))
        items = int(start[-1])
        sizes = {Axis.LIMIT: len(start), Axis.ROW: len(start) - 1, Axis.ITEM: items}
        for name, bounds in self.bounds():
            if len(getattr(self, name)) != sizes[bounds.axis]:
                raise WrongShape(table, name, -1, len(getattr(self, name)))

    def __len__(self) -> int:
        """Return the number of rows, not of items."""
        return len(self.start) - 1

    @cached_property
    def owners(self) -> Int64s:
        """The row to which each item belongs."""
        return np.repeat(np.arange(len(self), dtype=np.int64), np.diff(self.start))

    def span(self, row: int) -> slice:
        """Return where the items of a row stand."""
        return slice(int(self.start[row]), int(self.start[row + 1]))

    def take(self, rows: npt.ArrayLike) -> Self:
        """Return the lists of these rows alone, in this order."""
        places = np.asarray(rows, dtype=np.int64)
        lengths = np.diff(self.start)[places]
        start = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
        items = np.arange(start[-1]) + np.repeat(self.start[places] - start[:-1], lengths)
        pick = {Axis.ROW: places, Axis.ITEM: items}
        columns = {n: getattr(self, n)[pick[b.axis]] for n, b in self.bounds() if b.axis is not Axis.LIMIT}
        return replace(self, start=start, **columns)  # type: ignore[type-var]  # every child is a dataclass


def starts_of(rows: Sequence[Collection[Any] | None]) -> Int64s:
    """Return the limits between the lists of the rows; an unstated list is empty."""
    return np.array([0, *accumulate(len(row or ()) for row in rows)], np.int64)


def known_of(rows: Sequence[Collection[Any] | None]) -> Bools:
    """Return which rows state a list, be it empty."""
    return np.array([row is not None for row in rows], np.bool_)


@dataclass(frozen=True, eq=False)
class CodeSets(Lists):
    """A set of codes per row. ``known`` is false where nobody has asked, or the list may be incomplete."""

    start: Limits
    codes: Codes
    known: Flags

    @classmethod
    def of(cls, rows: Sequence[Collection[int] | None]) -> Self:
        """Build the sets from Python collections; ``None`` means unknown, an empty one a known *none*."""
        codes = list(chain.from_iterable(sorted(row) for row in rows if row))
        return cls(starts_of(rows), np.array(codes, np.int64), known_of(rows))

    def has_any(self, codes: Ints) -> Bools:
        """Return which rows hold at least one of the codes."""
        found = np.zeros(len(self), np.bool_)
        found[self.owners[np.isin(self.codes, codes)]] = True
        return found

    def has_all(self, codes: Ints) -> Bools:
        """Return which rows hold every one of the codes."""
        found = np.ones(len(self), np.bool_)
        for code in np.unique(codes):
            found &= self.has_any(code)
        return found


@dataclass(frozen=True, eq=False)
class LevelSets(Lists):
    """A level per code and row, 1 to 6 (CEFR) or 1 to 4 (competencies); 0: held, at a level nobody has stated."""

    start: Limits
    codes: Codes
    level: Annotated[Ints, Bounds(np.uint8, 0, CEFR_LEVELS, axis=Axis.ITEM)]
    known: Flags

    @classmethod
    def of(cls, rows: Sequence[Mapping[int, int] | None]) -> Self:
        """Build the sets from mappings of code to level; ``None`` means unknown."""
        items = list(chain.from_iterable(sorted(row.items()) for row in rows if row))
        codes, levels = np.array(items, np.int64).reshape(-1, 2).T
        return cls(starts_of(rows), codes, levels, known_of(rows))
