"""Likeness of meaning: vectors of labels from a sentence encoder, which an outside model gives as a plain callable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from skills_bridge.engine.arrays import Int64s

Vectors = npt.NDArray[np.float32]
Encode = Callable[[Sequence[str]], Vectors]
"""Turns texts into one unit vector each (rows); the same text always gives the same vector."""
WHOLE: Final = 10_000
_BYTE: Final = 127


class Meaning:
    """Labels' vectors, kept as one byte a number; :attr:`vectors` may be stored and given back."""

    def __init__(self, vectors: npt.NDArray[np.int8], encode: Encode) -> None:
        self.vectors = vectors
        self._encode = encode

    @classmethod
    def of(cls, texts: Sequence[str], encode: Encode) -> Self:
        """Encode labels: some five milliseconds each, so thousands of labels are encoded beforehand and stored."""
        return cls(np.rint(encode(texts) * _BYTE).astype(np.int8), encode)

    def likeness(self, text: str) -> Int64s:
        """Return the cosine (-10,000..10,000) of a text to each label, by row."""
        vector = np.rint(self._encode([text])[0] * _BYTE)
        cosines: Int64s = np.rint(self.vectors.astype(np.float32) @ vector * (WHOLE / _BYTE**2)).astype(np.int64)
        return cosines
