"""A file of people brought in row by row: states, columns, and how a row is read."""

from skills_bridge.domain.imports.columns import (
    IDENTITY,
    NOTES,
    REQUIRED,
    Column,
    Problem,
    WrongHeader,
    plain,
    read_header,
)
from skills_bridge.domain.imports.rows import RowReading, Words, read_row
from skills_bridge.domain.imports.states import BYTES_WAITING, FILES_WAITING, MOVES, BatchState, RowVerdict

__all__ = [
    "BYTES_WAITING",
    "FILES_WAITING",
    "IDENTITY",
    "MOVES",
    "NOTES",
    "REQUIRED",
    "BatchState",
    "Column",
    "Problem",
    "RowReading",
    "RowVerdict",
    "Words",
    "WrongHeader",
    "plain",
    "read_header",
    "read_row",
]
