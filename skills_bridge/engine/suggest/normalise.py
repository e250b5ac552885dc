"""One spelling for all: case, accents, Arabic letter variants and vowel marks, feminine doublets.

A folded text keeps the way back, so that a match is shown in the words that were typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_ARABIC: Final = {
    "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه", "ک": "ك", "گ": "ك", "ڤ": "ف",
    "پ": "ب", "ـ": "", "ء": "",
}  # fmt: skip
_LIGATURES: Final = {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss"}
_SILENT: Final = frozenset({"Mn", "Me", "Cf"})
_NOTHING: Final = "\u200d"
"""Folds to nothing: holds the place of what is left out, so that positions stay."""
_ENDINGS: Final = (
    "e|es|s|ne|nes|ère|ere|re|trice|rice|ice|trices|euse|euses|se|ses|ve|fe|esse|che|ière|iere|onne|enne|ienne|ale|le|te"
    "|ée|ées|ة|ات"
)
_DOUBLET: Final = re.compile(rf"(?<=\w)(?:\((?:{_ENDINGS})\)|[·•](?:{_ENDINGS})(?:[·•]s)?\b)")
"""A feminine ending beside the masculine: "(ère)", "(trice)", "·e·s", "(ة)"."""
_MARK: Final = re.compile(r"[(\[]?\b[hHfFmM]\s?[/\-]\s?[fFhHwW](?:\s?/\s?[xXdDnN])?\b[)\]]?")
"""The mark that a post is open to all: "H/F", "(h/f/x)", "(m/w/d)"."""
_WORD: Final = re.compile(r"\S+")
_SIDES: Final = re.compile(r"^(\w[\w’' -]*?)\s?/\s?(\w.*)$")
SAME_START: Final = 3
"""Letters that the two sides of a doublet share at least: "abatteur / abatteuse"."""


class _Folding(dict[int, str]):
    """What each character folds to; found once, then looked up."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _fold_character(chr(code))
        return folded


def _fold_character(character: str) -> str:
    for table in (_ARABIC, _LIGATURES):
        if character in table:
            return table[character]
    if unicodedata.category(character) in _SILENT:
        return ""
    parts = unicodedata.normalize("NFKD", character).lower()
    kept = "".join(_ARABIC.get(part, part) for part in parts if unicodedata.category(part) not in _SILENT)
    if not kept.isalnum():
        return " "
    return str(unicodedata.decimal(kept)) if len(kept) == 1 and kept.isdecimal() else kept


_FOLDING: Final = _Folding()


@dataclass(frozen=True, slots=True)
class Word:
    """A folded word and where it stands in the text: ``text[start:end]`` is what was typed."""

    folded: str
    start: int
    end: int


def fold(text: str) -> str:
    """Return a label or title in the one spelling, words parted by one space; twice is like once."""
    return " ".join(_without_marks(text).translate(_FOLDING).split())


def fold_words(text: str) -> list[Word]:
    """Return the folded words of a text, in order, each with its place in the text as typed."""
    pieces = [_FOLDING[ord(character)] for character in _without_marks(text)]
    places = [place for place, piece in enumerate(pieces) for _ in piece]
    return [
        Word(found.group(), places[found.start()], _end(pieces, places[found.end() - 1] + 1))
        for found in _WORD.finditer("".join(pieces))
    ]


def _end(pieces: Sequence[str], end: int) -> int:
    """Return the end of a word with the vowel marks that follow its last letter."""
    while end < len(pieces) and not pieces[end]:
        end += 1
    return end


def one_side(label: str) -> str:
    """Return a label without its doublet: "Abatteur / Abatteuse de carrière" gives "Abatteuse de carrière".

    The second side is kept, as it carries the complement; a label of two different jobs stays whole.
    """
    found = _SIDES.match(label) if "/" in label else None
    if found is None:
        return label
    first, second = found.groups()
    return second if fold(first)[:SAME_START] == fold(second)[:SAME_START] else label


def _without_marks(text: str) -> str:
    if not any(sign in text for sign in "(/-·•"):
        return text
    return _MARK.sub(_blank, _DOUBLET.sub(_silence, text))


def _silence(found: re.Match[str]) -> str:
    return _NOTHING * len(found.group())


def _blank(found: re.Match[str]) -> str:
    return " " * len(found.group())
