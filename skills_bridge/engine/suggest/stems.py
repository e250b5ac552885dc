"""Stems of folded words, by language; a word of another script is left as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import Stemmer  # type: ignore[import-not-found]  # a compiled module without types

LANGUAGES: Final[Mapping[str, str]] = {"fr": "french", "ar": "arabic", "en": "english"}
"""The languages of labels, by the name of their stemmer."""


class Stems:
    """The stemmers of the three languages; deterministic, safe to share between threads that only read."""

    def __init__(self) -> None:
        self._stemmers = {code: Stemmer.Stemmer(name) for code, name in LANGUAGES.items()}

    def of(self, words: Sequence[str], language: str) -> list[str]:
        """Return the stem of each word.

        :raises KeyError: the language is none of the three.
        """
        stems: list[str] = self._stemmers[language].stemWords(list(words))
        return stems
