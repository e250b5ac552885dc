"""Which labels stand in a text word for word, after stemming: an Aho-Corasick automaton for each language.

A distinct stem is one letter of a private alphabet, so that a text of *n* words is a string of *n* letters: matches
begin and end at words, and places count in words.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import ahocorasick  # type: ignore[import-not-found]  # a compiled module without types

from skills_bridge.engine.suggest.normalise import Word
from skills_bridge.engine.suggest.results import Cause, Label
from skills_bridge.engine.suggest.stems import LANGUAGES, Stems

SHORTEST: Final = 3
"""Letters of the shortest label of one word."""
STEMMED_FROM: Final = 6
"""A label of one word matches by its stem from this length on; a shorter one only as it is written."""
MOST_SHARED: Final = 3
"""Entries that may share an acronym; one that more share says too little."""
_FIRST_LETTER: Final = 0xF0000  # a private plane of Unicode: no such letter comes from a text
_STRANGE: Final = "\0"
_ACRONYM: Final = re.compile(r"\b(?:(?=[A-Z0-9-]{0,40}[A-Z][A-Z0-9-]{0,40}[A-Z])|\d(?=[A-Z]))[A-Z0-9][A-Z0-9-]*\b")

Entries = tuple[int, ...]


class Lexicon:
    """Finds labels in texts: exact after folding and stemming, longest first, without overlap within a language."""

    def __init__(self, labels: Iterable[tuple[Label, Sequence[str], Sequence[str]]], stems: Stems) -> None:
        """Take labels with their folded words and the stems of these."""
        self._stems = stems
        self._letters: dict[str, str] = {}
        spelt: dict[str, dict[str, set[tuple[int, str]]]] = {code: defaultdict(set) for code in LANGUAGES}
        acronyms: dict[str, set[int]] = defaultdict(set)
        for label, words, stemmed in labels:
            if not words or (len(words) == 1 and len(words[0]) < SHORTEST):
                continue
            key = "".join(self._letter(stem) for stem in stemmed)
            spelt[label.language][key].add((label.entry, words[0] if _needs_spelling(words) else ""))
            for acronym in acronyms_of(label.text):
                acronyms[acronym].add(label.entry)
        self._automata = {code: _automaton(keys) for code, keys in spelt.items() if keys}
        self._acronyms = {text: tuple(sorted(ids)) for text, ids in acronyms.items() if len(ids) <= MOST_SHARED}

    def find(self, text: str, words: Sequence[Word]) -> dict[int, list[Cause]]:
        """Return, for each entry whose label stands in the text, where; ``words`` are the text's folded words."""
        found: dict[int, set[Cause]] = defaultdict(set)
        for start, end, entries in (*self._labels(words), *self._named(text)):
            for entry in entries:
                found[entry].add(Cause(start, end, text[start:end]))
        return {entry: _outermost(causes) for entry, causes in found.items()}

    def _letter(self, stem: str) -> str:
        return self._letters.setdefault(stem, chr(_FIRST_LETTER + len(self._letters)))

    def _labels(self, words: Sequence[Word]) -> Iterator[tuple[int, int, Entries]]:
        for language, automaton in self._automata.items():
            stems = self._stems.of([word.folded for word in words], language)
            line = "".join(self._letters.get(stem, _STRANGE) for stem in stems)
            for last, (length, spellings) in automaton.iter_long(line):
                first, end = words[last - length + 1], words[last].end
                ids = tuple(entry for entry, spelling in spellings if spelling in {"", first.folded})
                yield first.start, end, ids

    def _named(self, text: str) -> Iterator[tuple[int, int, Entries]]:
        for found in _ACRONYM.finditer(text):
            yield found.start(), found.end(), self._acronyms.get(found.group(), ())


def acronyms_of(label: str) -> tuple[str, ...]:
    """Return the acronyms inside a label ("SMED", "8D", "APQP"); none if it is written in capitals throughout."""
    return () if label.isupper() and " " in label else tuple(_ACRONYM.findall(label))


def _needs_spelling(words: Sequence[str]) -> bool:
    return len(words) == 1 and len(words[0]) < STEMMED_FROM


def _automaton(keys: dict[str, set[tuple[int, str]]]) -> ahocorasick.Automaton:
    automaton = ahocorasick.Automaton()
    for key, spellings in keys.items():
        automaton.add_word(key, (len(key), tuple(sorted(spellings))))
    automaton.make_automaton()
    return automaton


def _outermost(causes: set[Cause]) -> list[Cause]:
    """Return causes in the order of the text, without those that lie inside another."""
    return sorted(
        one
        for one in causes
        if not any(other != one and other.start <= one.start and one.end <= other.end for other in causes)
    )
