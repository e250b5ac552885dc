"""The entries of one kind, competencies or profiles, by their labels: found by their words, ranked by likeness."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from rapidfuzz import fuzz

from skills_bridge.engine.arrays import Int64s
from skills_bridge.engine.suggest.features import letter_features, stem_features, stem_places
from skills_bridge.engine.suggest.fusion import fuse
from skills_bridge.engine.suggest.lexicon import Lexicon
from skills_bridge.engine.suggest.meaning import Meaning
from skills_bridge.engine.suggest.normalise import fold, one_side
from skills_bridge.engine.suggest.postings import WHOLE, Postings
from skills_bridge.engine.suggest.results import Label
from skills_bridge.engine.suggest.stems import LANGUAGES, Stems

LEAST_LETTERS: Final = 2_000
"""Likeness by letters (0..10,000) from which an entry may be what a title means."""
LEAST_MEANING: Final = 5_000
"""Likeness by meaning (0..10,000) from which it may, too."""
ASSURED: Final = 6_000
"""Likeness by letters from which a title is understood without its meaning: measured on French titles, where meaning
then misleads as often as it helps. Below it, as for titles in another language, meaning counts twice."""
DEPTH: Final = 100
"""Entries that each ranking gives to the fusion."""


class Catalogue:
    """The index of entries by all their labels, in every language; an entry is as like a text as its best label.

    ``meaning`` holds a vector for each label, sorted by entry, then language, then words (:func:`in_order`).
    """

    def __init__(self, labels: Sequence[Label], stems: Stems, meaning: Meaning | None = None) -> None:
        self._labels = in_order(labels)
        self._stems = stems
        self._meaning = meaning
        self._folded = [fold(label.text) for label in self._labels]
        entries = np.array([label.entry for label in self._labels], np.int64)
        self._first = np.flatnonzero(
            np.concatenate([np.ones(1, np.bool_), entries[1:] != entries[:-1]])[: len(entries)]
        )
        self.entries: Int64s = entries[self._first]
        self._letters = Postings(*letter_features(self._folded), len(self._folded))
        words = [folded.split() for folded in self._folded]
        self._stemmed = [stems.of(own, label.language) for own, label in zip(words, self._labels, strict=True)]
        self.lexicon = Lexicon(map(self._without_doublet, self._labels, words, self._stemmed), stems)
        self._words = Postings(*stem_features(self._stemmed), len(self._stemmed))

    def near(self, folded: str, *, least: int, most: int) -> list[tuple[int, int]]:
        """Return the entries whose words are most like a folded text's, with their likeness (``least``..10,000)."""
        likeness = self._best(self._words.likeness(stem_places(self.stems_of(folded.split()))))
        return [(int(self.entries[place]), int(likeness[place])) for place in _highest(likeness, least, most)]

    def covered(self, entry: int, stems: set[str]) -> int:
        """Return how much of an entry's best label stands in a text (0..10,000), rare words counting more."""
        best = 0
        for row in self._rows_of(entry):
            own = self._stemmed[row]
            weights = self._words.weights(stem_places(own))
            held = weights[[stem in stems for stem in own]].sum()
            best = max(best, round(WHOLE * float(held) / max(float(weights.sum()), 1e-9)))
        return best

    def stems_of(self, words: Sequence[str]) -> set[str]:
        """Return the stems of folded words in each of the three languages."""
        return {stem for language in LANGUAGES for stem in self._stems.of(words, language)}

    def ranked(self, text: str) -> list[int]:
        """Return the entries most like a short text (a title, the name of a skill), best first.

        Letters, stems and spelling each give a ranking, and so does meaning where an encoder is at hand and the letters
        leave doubt; ranks are fused. An entry that is like the text neither by letters nor by meaning is left out.
        """
        folded = fold(text)
        if not folded or not self._labels:
            return []
        letters = self._letters.likeness(letter_features([folded])[1])
        words = self._words.likeness(stem_places(self.stems_of(folded.split())))
        rankings = [(1, self._ranking(letters, LEAST_LETTERS)), (1, self._by_spelling(folded, letters))]
        if self._meaning is not None and letters.max(initial=0) < ASSURED:
            rankings.append((2, self._ranking(self._meaning.likeness(text), LEAST_MEANING)))
        kept = {entry for _, ranking in rankings for entry in ranking}
        rankings.append((1, [entry for entry in self._ranking(words, 1) if entry in kept]))
        return fuse(rankings)

    def wording(self, entry: int) -> list[str]:
        """Return the folded labels of an entry."""
        return [self._folded[row] for row in self._rows_of(entry)]

    def _without_doublet(
        self, label: Label, words: Sequence[str], stems: Sequence[str]
    ) -> tuple[Label, Sequence[str], Sequence[str]]:
        side = one_side(label.text)
        if side == label.text:
            return label, words, stems
        own = fold(side).split()
        return label, own, self._stems.of(own, label.language)

    def _rows_of(self, entry: int) -> range:
        place = int(np.searchsorted(self.entries, entry))
        if place == len(self.entries) or self.entries[place] != entry:
            return range(0)
        end = self._first[place + 1] if place + 1 < len(self._first) else len(self._folded)
        return range(int(self._first[place]), int(end))

    def _best(self, by_label: Int64s) -> Int64s:
        return np.maximum.reduceat(by_label, self._first) if len(self._first) else by_label

    def _ranking(self, by_label: Int64s, least: int) -> list[int]:
        likeness = self._best(by_label)
        return [int(self.entries[place]) for place in _highest(likeness, least, DEPTH)]

    def _by_spelling(self, folded: str, letters: Int64s) -> list[int]:
        """Rank the labels nearest by letters anew, by the words that two spellings share in any order."""
        best: dict[int, int] = {}
        for row in _highest(letters, LEAST_LETTERS, DEPTH):
            entry = self._labels[row].entry
            best[entry] = max(best.get(entry, 0), round(100 * fuzz.token_sort_ratio(folded, self._folded[row])))
        return sorted(best, key=lambda entry: (-best[entry], entry))


def _highest(values: Int64s, least: int, most: int) -> Int64s:
    """Return the places of the highest values from ``least`` on, highest first, of equal ones the first."""
    places = np.flatnonzero(values >= least)
    return places[np.argsort(-values[places], kind="stable")[:most]]


def in_order(labels: Sequence[Label]) -> list[Label]:
    """Return labels by entry, language and words, each once: the order of the rows, and of stored vectors."""
    return sorted(set(labels), key=lambda label: (label.entry, label.language, label.text))
