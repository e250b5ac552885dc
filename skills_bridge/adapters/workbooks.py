"""Reads a workbook in a process of its own: whatever the file does to its reader, the site does not notice.

The child walks the archive before it reads a sheet: known parts only, none that is larger than it says, no document
type, no macro, no link to another file. It has little memory and little time; the system ends it beyond either.
"""

from __future__ import annotations

import io
import json
import re
import resource
import subprocess
import sys
import threading
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, Final

from python_calamine import CalamineError, CalamineWorkbook

from skills_bridge.domain.errors import RuleBroken

MEGABYTE: Final = 1024 * 1024
UNPACKED_LIMIT: Final = 60 * MEGABYTE
"""Bytes of all parts together: twenty thousand people fill a third."""
PARTS_LIMIT: Final = 200
RATIO_LIMIT: Final = 100
"""How often a part may be larger unpacked than packed, from ``RATIO_FROM`` bytes on."""
RATIO_FROM: Final = MEGABYTE
LINE_LIMIT: Final = 40_000
COLUMN_LIMIT: Final = 200
CELL_LIMIT: Final = 4000
"""Signs of one cell that are kept."""
TEXT_LIMIT: Final = UNPACKED_LIMIT
"""Signs of all cells together: a text may be stored once and shown a million times."""

MEMORY: Final = 512 * MEGABYTE
CPU_SECONDS: Final = 6
WALL_SECONDS: Final = 8
"""Less than the database lets a web transaction wait."""
CHILDREN: Final = 4
"""Workbooks that one process of the site reads at a time; the others wait."""

COMMAND: Final = (sys.executable, "-I", "-m", "skills_bridge.adapters.workbooks")
"""What starts a child."""

_KNOWN: Final = re.compile(
    r"\[Content_Types\]\.xml|(?:_rels|docProps|customXml|xl)/[A-Za-z0-9_.\-/]*\.(?:xml|rels|bin|png|jpe?g|gif|emf|wmf|vml)"
)
_MACROS: Final = re.compile(r"vbaProject|vbaData|macrosheets|activeX|/embeddings/", re.IGNORECASE)
_LINKS: Final = re.compile(r"externalLinks|/connections\.xml|/queryTables/", re.IGNORECASE)
_BOOK: Final = "xl/workbook.xml"
_ENCRYPTED: Final = 0x1
_DOCTYPES: Final = tuple(
    mark.encode(coding) for mark in ("<!DOCTYPE", "<!ENTITY") for coding in ("utf-8", "utf-16-le", "utf-16-be")
)
_STEP: Final = 64 * 1024

_places: Final = threading.BoundedSemaphore(CHILDREN)


class UnreadableFile(RuleBroken):
    """A file is no table that can be read; the code says why and the facts what was expected."""


def read_workbook(content: bytes) -> list[list[str]]:
    """Return the lines of the first sheet as text, read by a child process.

    :raises UnreadableFile: ``file-kind``, ``file-bomb``, ``file-macros``, ``file-links``, ``file-too-long`` (facts
        ``rows``, ``most``), ``file-too-wide`` (facts ``columns``, ``most``), ``file-unreadable`` for a file that asked
        its reader for more memory or time than a table needs.
    """
    with (
        _places,
        subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child,
    ):
        try:
            told, _ = child.communicate(content, timeout=WALL_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            raise UnreadableFile("file-unreadable") from None
    if child.returncode != 0:
        raise UnreadableFile("file-unreadable")
    answer: dict[str, Any] = json.loads(told)
    if "refused" in answer:
        raise UnreadableFile(answer["refused"], **answer["facts"])
    lines: list[list[str]] = answer["lines"]
    return lines


def check_archive(content: bytes) -> None:
    """Walk the parts of a workbook without reading what they mean.

    :raises UnreadableFile: the archive is none of a workbook, or holds what no table needs.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            _check_names(parts)
            for part in parts:
                _check_part(archive, part)
    # zipfile answers NotImplementedError to a compression that it does not know
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise UnreadableFile("file-kind") from error


def _check_names(parts: Sequence[zipfile.ZipInfo]) -> None:
    names = [part.filename for part in parts]
    if len(names) > PARTS_LIMIT or sum(part.file_size for part in parts) > UNPACKED_LIMIT:
        raise UnreadableFile("file-bomb")
    if any(_MACROS.search(name) for name in names):
        raise UnreadableFile("file-macros")
    if any(_LINKS.search(name) for name in names):
        raise UnreadableFile("file-links")
    files = [name for name in names if not name.endswith("/")]
    is_whole = _BOOK in files and len(set(names)) == len(names)
    if not is_whole or any(not _KNOWN.fullmatch(name) or ".." in name for name in files):
        raise UnreadableFile("file-kind")


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Unpack a part piece by piece: its head may lie about its size, and its text may define entities."""
    if part.flag_bits & _ENCRYPTED or part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise UnreadableFile("file-kind")
    if part.file_size > RATIO_FROM and part.file_size > RATIO_LIMIT * part.compress_size:
        raise UnreadableFile("file-bomb")
    size, tail = 0, b""
    with archive.open(part) as pieces:
        while piece := pieces.read(_STEP):
            size += len(piece)
            if size > part.file_size:
                raise UnreadableFile("file-bomb")
            if any(mark in tail + piece for mark in _DOCTYPES):
                raise UnreadableFile("file-bomb")
            tail = piece[-32:]


def read_lines(content: bytes) -> Iterator[list[str]]:
    """Yield the lines of the first sheet as text: what the child does.

    :raises UnreadableFile: as :func:`read_workbook`.
    """
    check_archive(content)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            sheet = book.get_sheet_by_index(0)
            rows, columns = sheet.total_height, sheet.total_width
            if rows > LINE_LIMIT:
                raise UnreadableFile("file-too-long", rows=rows, most=LINE_LIMIT // 2)
            if columns > COLUMN_LIMIT:
                raise UnreadableFile("file-too-wide", columns=columns, most=COLUMN_LIMIT)
            lines = sheet.to_python(skip_empty_area=False)
    except (CalamineError, IndexError, ValueError) as error:
        raise UnreadableFile("file-kind") from error
    kept = 0
    for line in lines:
        cells = [_text(cell)[:CELL_LIMIT] for cell in line]
        kept += sum(map(len, cells))
        if kept > TEXT_LIMIT:
            raise UnreadableFile("file-bomb")
        yield cells


def _text(cell: object) -> str:
    """Return a cell as a person would type it: whole numbers without a point, days as year-month-day."""
    if isinstance(cell, bool):
        return "oui" if cell else "non"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def answer_for(content: bytes) -> dict[str, Any]:
    """Return what the child tells its parent: the lines, or why there are none."""
    try:
        return {"lines": list(read_lines(content))}
    except UnreadableFile as refusal:
        return {"refused": refusal.code, "facts": refusal.facts}


def bound(*, memory: int = MEMORY, cpu_seconds: int = CPU_SECONDS) -> None:
    """Leave this process little memory and little time; the system ends it beyond either."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Read a workbook from the standard input, within bounds, and tell its lines on the standard output."""
    bound()
    json.dump(answer_for(sys.stdin.buffer.read()), sys.stdout)


if __name__ == "__main__":
    main()
