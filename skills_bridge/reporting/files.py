"""A file of a pack, whatever made it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PDF: Final = "application/pdf"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JSON: Final = "application/json"
CSV: Final = "text/csv; charset=utf-8"


@dataclass(frozen=True, slots=True)
class PackFile:
    """A file of a pack: its name (ASCII, without folder), its media type and its bytes."""

    name: str
    media_type: str
    content: bytes
