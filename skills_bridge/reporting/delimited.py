"""Cells of text files that people open in a spreadsheet: never a formula, and the value can be had back."""

from __future__ import annotations

from typing import Final

MARK: Final = "'"
FULL_WIDTH: Final = (
    "\N{FULLWIDTH EQUALS SIGN}",
    "\N{FULLWIDTH PLUS SIGN}",
    "\N{FULLWIDTH HYPHEN-MINUS}",
    "\N{FULLWIDTH COMMERCIAL AT}",
)
STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", *FULL_WIDTH, MARK)
"""What a spreadsheet takes for the beginning of a formula; the mark too, so that one can be taken away."""


def mark_text(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return MARK + text if text.startswith(STARTS) else text


def unmark_text(text: str) -> str:
    """Return the text that was marked."""
    return text.removeprefix(MARK)
