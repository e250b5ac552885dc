"""Likeness of meaning: vectors of labels from a sentence encoder, which an outside model gives as a plain callable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from skills_bridge.engine.arrays import Int64s

Vectors = npt.NDArray[np.float32]
Encode = Callable[[Sequence[str]], Vectors]
"""Turns texts into one unit vector each (rows); the same text always gives the same vector."""
Packed = npt.NDArray[np.int8]
"""Vectors with one byte a number, as they are stored."""
SIZE: Final = 512
"""Numbers of a vector."""
WHOLE: Final = 10_000
_BYTE: Final = 127


def digest_of_label(text: str) -> bytes:
    """Return what a label's vector is kept under: the same words, the same vector, whatever they name."""
    return sha256(text.encode()).digest()


def packed_vectors(texts: Sequence[str], encode: Encode) -> Packed:
    """Encode texts, some milliseconds each; thousands of labels are therefore encoded beforehand and stored."""
    return np.rint(encode(texts) * _BYTE).astype(np.int8)


class Meaning:
    """Labels' vectors, and how to make that of a text; a label without one (all zeros) is like nothing."""

    def __init__(self, vectors: Packed, encode: Encode) -> None:
        self._vectors = vectors.astype(np.float32)  # once: the conversion costs more than the comparison
        self._encode = encode

    @classmethod
    def of(cls, texts: Sequence[str], encode: Encode) -> Self:
        """Encode the labels here and now."""
        return cls(packed_vectors(texts, encode), encode)

    def likeness(self, text: str) -> Int64s:
        """Return the cosine (-10,000..10,000) of a text to each label, by row."""
        vector = packed_vectors([text], self._encode)[0].astype(np.float32)
        cosines: Int64s = np.rint(self._vectors @ vector * (WHOLE / _BYTE**2)).astype(np.int64)
        return cosines
