"""What a folded text is compared by: the n-grams of its letters, and the stems of its words, as hashed places."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final
from zlib import crc32

import numpy as np

from skills_bridge.engine.arrays import Int64s
from skills_bridge.engine.suggest.postings import PLACES

SIZES: Final = (3, 4)
"""Letters of an n-gram; a label's ends count as a space."""
_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)
_SHIFT: Final = np.uint64(44)  # 64 - 20 bits: the upper bits of the product are the well mixed ones
_BREAK: Final = "\n"


def letter_features(texts: Sequence[str]) -> tuple[Int64s, Int64s]:
    """Return the row and the place of every n-gram of every folded text; repeated ones are repeated."""
    line = _BREAK + _BREAK.join(f" {text} " for text in texts) + _BREAK
    codes = np.frombuffer(line.encode("utf-32-le"), np.uint32).astype(np.uint64)
    is_break = codes == ord(_BREAK)
    row_of = np.cumsum(is_break) - 1
    breaks = np.concatenate([np.zeros(1, np.int64), np.cumsum(is_break)])
    rows: list[Int64s] = [np.zeros(0, np.int64)]
    places: list[Int64s] = [np.zeros(0, np.int64)]
    for size in SIZES:
        last = max(len(codes) - size + 1, 0)
        mixed = np.zeros(last, np.uint64)
        for step in range(size):
            mixed = (mixed + codes[step : step + last] + np.uint64(size)) * _SPREAD
        is_whole = breaks[size : size + last] == breaks[:last]  # no break inside
        rows.append(row_of[:last][is_whole])
        places.append((mixed[is_whole] >> _SHIFT).astype(np.int64))
    return np.concatenate(rows), np.concatenate(places)


def stem_places(stems: Iterable[str]) -> Int64s:
    """Return the place of each stem."""
    return np.fromiter((crc32(stem.encode()) % PLACES for stem in stems), np.int64)


def stem_features(texts: Sequence[Sequence[str]]) -> tuple[Int64s, Int64s]:
    """Return the row and the place of every stem of every text."""
    rows = np.repeat(np.arange(len(texts)), [len(stems) for stems in texts])
    return rows, stem_places(stem for stems in texts for stem in stems)
