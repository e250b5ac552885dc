"""Reads tables that people send: CSV in the encodings and delimiters of their machines, and XLSX."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from skills_bridge.adapters.workbooks import (
    CELL_LIMIT,
    COLUMN_LIMIT,
    LINE_LIMIT,
    MEGABYTE,
    UnreadableFile,
    read_workbook,
)

FILE_LIMIT: Final = 12 * MEGABYTE
"""Largest file that is read, in bytes."""
ROW_LIMIT: Final = 20_000
"""Most rows of one file, header not counted."""

DELIMITERS: Final = (";", ",", "\t")
_ZIP, _OLD_EXCEL, _PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF"
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_ARABIC: Final = frozenset(range(0xC1, 0xDF)) | {0xDF, 0xE1, 0xE3, 0xE4, 0xE5, 0xE6, 0xEC, 0xED}
"""Bytes that are Arabic letters on an Arabic Windows; in French text none stands beside another."""
_SAMPLE: Final = 200_000


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row with its number as spreadsheets show it (the header's is 1); blanks around cells are gone."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table as text: its header, and the rows that hold anything at all."""

    header: tuple[str, ...]
    rows: Sequence[TableRow]


def read_table(content: bytes) -> Table:
    """Read the first sheet of a workbook, or a CSV whose encoding and delimiter are found out.

    :raises UnreadableFile: ``file-empty``, ``file-too-big``, ``file-kind``, ``file-broken`` (fact ``row``),
        ``file-too-long`` (facts ``rows``, ``most``), ``file-too-wide`` (facts ``columns``, ``most``), or what
        :func:`~skills_bridge.adapters.workbooks.read_workbook` says of a workbook.
    """
    if len(content) > FILE_LIMIT:
        raise UnreadableFile("file-too-big", most=FILE_LIMIT // MEGABYTE)
    if not content.strip():
        raise UnreadableFile("file-empty")
    if content.startswith((_OLD_EXCEL, _PDF)):
        raise UnreadableFile("file-kind")
    lines = read_workbook(content) if content.startswith(_ZIP) else _csv_rows(_decode(content))
    return _table(lines)


def _table(lines: Iterable[Sequence[str]]) -> Table:
    header: tuple[str, ...] | None = None
    rows: list[TableRow] = []
    for number, cells in enumerate(lines, 1):
        if number > LINE_LIMIT:
            raise UnreadableFile("file-too-long", rows=number, most=ROW_LIMIT)
        if len(cells) > COLUMN_LIMIT:
            raise UnreadableFile("file-too-wide", columns=len(cells), most=COLUMN_LIMIT)
        kept = tuple(" ".join(cell.split())[:CELL_LIMIT] for cell in cells)
        if not any(kept):
            continue
        if header is None:
            header = kept
        else:
            rows.append(TableRow(number, kept))
    if header is None:
        raise UnreadableFile("file-empty")
    if len(rows) > ROW_LIMIT:
        raise UnreadableFile("file-too-long", rows=len(rows), most=ROW_LIMIT)
    return Table(header, rows)


def _decode(content: bytes) -> str:
    """Return the text of a CSV: UTF-8 or UTF-16 if it is, else what a French or Arabic Windows writes."""
    if content.startswith(_UTF16):
        encoding = "utf-16"
    else:
        encoding = "utf-8-sig" if _is_utf8(content) else "cp1256" if _looks_arabic(content) else "cp1252"
    text = content.decode(encoding, errors="replace")
    if any(sign < " " and sign not in "\r\n\t\v\f" for sign in text[:_SAMPLE]):
        raise UnreadableFile("file-kind")
    return text


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _looks_arabic(content: bytes) -> bool:
    """Whether letters beyond ASCII come in runs, as Arabic words do and French accents do not."""
    sample = content[:_SAMPLE]
    pairs = sum(1 for one, two in pairwise(sample) if one in _ARABIC and two in _ARABIC)
    high = sum(1 for byte in sample if byte in _ARABIC)
    return high > 0 and pairs * 2 > high


def _csv_rows(text: str) -> Iterator[Sequence[str]]:
    first = text.lstrip().split("\n", 1)[0]
    seen = Counter(sign for sign in first if sign in DELIMITERS)
    delimiter = max(DELIMITERS, key=lambda sign: seen[sign])
    number = 0
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1):  # noqa: B007  # told by the error below
            yield cells
    except csv.Error as error:
        raise UnreadableFile("file-broken", row=number + 1) from error


__all__ = ["FILE_LIMIT", "ROW_LIMIT", "Table", "TableRow", "UnreadableFile", "read_table"]
