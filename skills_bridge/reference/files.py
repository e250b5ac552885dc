"""Reads the packaged files row by row; a wrong cell is told with its file, row and column."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Final

FOLDER: Final = files("skills_bridge.reference")
SEPARATOR: Final = "|"


class WrongList(ValueError):
    """A packaged file breaks a rule of its list; a fault of the product, never of its user."""

    def __init__(self, file: str, row: int, column: str, problem: str) -> None:
        """Remember the place (``row`` counted from 1, header included; 0 for the whole file) and the problem."""
        super().__init__(f"{file}, row {row}, column {column}: {problem}")


class Row:
    """One row of a packaged file, read cell by cell."""

    def __init__(self, file: str, number: int, cells: Mapping[str, str | None]) -> None:
        self._file = file
        self._number = number
        self._cells = cells

    def wrong(self, column: str, problem: str) -> WrongList:
        """Return the error that names this row."""
        return WrongList(self._file, self._number, column, problem)

    def optional(self, column: str) -> str:
        """Return a cell, possibly empty."""
        cell = self._cells.get(column)
        if cell is None:
            raise self.wrong(column, "the column is missing")
        if cell != cell.strip():
            raise self.wrong(column, "blanks around the text")
        return cell

    def text(self, column: str) -> str:
        """Return a cell that may not be empty."""
        cell = self.optional(column)
        if not cell:
            raise self.wrong(column, "empty")
        return cell

    def words(self, column: str) -> tuple[str, ...]:
        """Return the parts of a cell that holds a list; empty for none."""
        cell = self.optional(column)
        return tuple(cell.split(SEPARATOR)) if cell else ()

    def flag(self, column: str) -> bool:
        """Return a cell that says true or false."""
        return self.one_of(column, ("true", "false")) == "true"

    def number(self, column: str, low: int, high: int) -> int:
        """Return a whole number between two bounds, both included."""
        cell = self.text(column)
        if not cell.isdecimal() or not low <= int(cell) <= high:
            raise self.wrong(column, f"{cell} is no whole number from {low} to {high}")
        return int(cell)

    def one_of(self, column: str, allowed: tuple[str, ...]) -> str:
        """Return a cell that holds one of the allowed words."""
        cell = self.text(column)
        if cell not in allowed:
            raise self.wrong(column, f"{cell} is none of {', '.join(allowed)}")
        return cell


def read_rows(file: str) -> Iterator[Row]:
    """Yield the rows of a packaged CSV file in the order of the file."""
    with FOLDER.joinpath(file).open(encoding="utf-8") as lines:
        for number, cells in enumerate(csv.DictReader(lines), start=2):
            if None in cells:
                raise WrongList(file, number, "-", "more cells than columns")
            yield Row(file, number, cells)
