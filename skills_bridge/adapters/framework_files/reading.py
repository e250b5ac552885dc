"""Finds official files in a folder and reads them row by row; a fault names file, row and column."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from skills_bridge.domain.errors import RuleBroken

ENDINGS: Final = (".csv", ".csv.gz")


class FileFault(RuleBroken):
    """An official file cannot be taken in; nothing of its folder is.

    Codes and facts: ``folder-missing`` (folder), ``file-missing`` (folder, expected), ``file-broken`` (file, row),
    ``column-missing`` (file, column, found), ``row-too-long`` (file, row), ``cell-empty`` and ``cell-unknown``
    (file, row, column; the latter also allowed). Rows are counted as spreadsheets do: the header is row 1.
    """


class FileRow:
    """One row of an official file, its cells without blanks around them."""

    __slots__ = ("_cells", "_file", "number")

    def __init__(self, file: str, number: int, cells: Mapping[str, str]) -> None:
        self._file = file
        self.number = number
        self._cells = cells

    def fault(self, code: str, column: str, **facts: object) -> FileFault:
        """Return the fault of one cell of this row."""
        return FileFault(code, file=self._file, row=self.number, column=column, **facts)

    def optional(self, column: str) -> str:
        """Return a cell on one line, empty if it is or if the file has no such column."""
        return " ".join((self._cells.get(column) or "").split())

    def text(self, column: str) -> str:
        """Return a cell that may not be empty.

        :raises FileFault: it is empty.
        """
        cell = self.optional(column)
        if not cell:
            raise self.fault("cell-empty", column)
        return cell

    def one_of(self, column: str, allowed: Sequence[str]) -> str:
        """Return a cell that holds one of the allowed words.

        :raises FileFault: it holds another.
        """
        cell = self.optional(column)
        if cell not in allowed:
            raise self.fault("cell-unknown", column, allowed=", ".join(word for word in allowed if word))
        return cell


def find_files(folder: Path, *stems: str) -> list[Path]:
    """Return the CSV files, packed or not, at any depth, whose name is one of the stems (``*`` stands for anything).

    In order of their paths, so that of two versions the later one is read last.

    :raises FileFault: there is no such folder.
    """
    if not folder.is_dir():
        raise FileFault("folder-missing", folder=str(folder))
    found = {path for stem in stems for ending in ENDINGS for path in folder.rglob(stem + ending)}
    return sorted(path for path in found if path.is_file())


def need_files(folder: Path, *stems: str) -> list[Path]:
    """Return the files of :func:`find_files`, at least one.

    :raises FileFault: the folder holds none of them.
    """
    found = find_files(folder, *stems)
    if not found:
        raise FileFault("file-missing", folder=str(folder), expected=", ".join(f"{stem}.csv" for stem in stems))
    return found


def rows_of(path: Path, *needed: str) -> Iterator[FileRow]:
    """Yield the rows of one file that has the needed columns; UTF-8, with or without a byte order mark.

    :raises FileFault: the file is no such table.
    """
    number = 1
    try:
        with _opened(path) as lines:
            reader = csv.DictReader(lines, strict=True)
            header = reader.fieldnames or ()
            for column in needed:
                if column not in header:
                    raise FileFault("column-missing", file=path.name, column=column, found=", ".join(header))
            for number, cells in enumerate(reader, 2):
                if None in cells:
                    raise FileFault("row-too-long", file=path.name, row=number)
                yield FileRow(path.name, number, cells)
    except (csv.Error, UnicodeDecodeError, gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise FileFault("file-broken", file=path.name, row=number + 1) from error


def _opened(path: Path) -> io.TextIOBase:
    if path.suffix == ".gz":
        return io.TextIOWrapper(gzip.open(path), encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")
