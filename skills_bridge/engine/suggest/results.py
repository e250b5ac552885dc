"""What goes in and what comes out: labels of entries, suggestions with their causes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Route(StrEnum):
    """How a suggestion was reached: its very words stand in the text, words like its own do, or its profile's sheet."""

    WORDS = "words"
    LIKENESS = "likeness"
    SHEET = "sheet"


@dataclass(frozen=True, slots=True)
class Label:
    """One wording of an entry: its key, the language (``fr``, ``ar`` or ``en``) and the words; alternatives too."""

    entry: int
    language: str
    text: str


@dataclass(frozen=True, slots=True, order=True)
class Cause:
    """The words that caused a suggestion: ``text[start:end] == words``."""

    start: int
    end: int
    words: str


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A competency on a profile's sheet; ``weight`` (0..10,000) says how much it belongs to the job's core."""

    competency: int
    weight: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An entry that a text suggests: ``rank`` is 1 for the first, ``route`` says how it was reached.

    Causes of the route *sheet* are words of the title, and none if the profile was chosen; all others are of the text.
    """

    entry: int
    rank: int
    causes: tuple[Cause, ...]
    route: Route
