"""The report set in type: the same content gives the same bytes on any machine."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any, Final

import typst

from skills_bridge.reporting.fonts import FONT_FOLDERS

TEMPLATE: Final = "report.typ"
STANDARD: Final = "ua-1"
"""PDF/UA-1: tagged, with titles and alternative texts, readable by a screen reader."""


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(font_paths=[str(folder) for folder in FONT_FOLDERS], include_system_fonts=False)


def typeset(content: dict[str, Any], *, template: str = TEMPLATE) -> bytes:
    """Return the PDF of a document's content; no system font, no clock, no network."""
    source = files(__package__).joinpath(template).read_bytes()
    return bytes(
        typst.compile(
            source,
            format="pdf",
            font_paths=_fonts(),
            sys_inputs={"content": json.dumps(content, ensure_ascii=False)},
            pdf_standards=[STANDARD],
        )
    )
