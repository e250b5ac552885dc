"""Sets of people of one block: 1,024 bits in sixteen words, one bit a *lane*.

Most questions of matching have a yes or a no for each person of a block: does she pass this gate, does her level
suffice for that must? Each answer for a whole block is one *lane set*, and a conjunction of gates and musts is a few
``and`` of sixteen words, whoever asks. Numbers are held as *planes*: plane ``i`` of a field is the lane set of those
whose value has bit ``i``, so that "at least" is one pass over the planes of the field.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from skills_bridge.engine.national.compiling import compiled, inner

Words = npt.NDArray[np.uint64]
WORD: Final = 64
LANES: Final = 1_024
"""People of a block. Fewer make more blocks to ask, more make rows that the second cache does not hold (ADR 0012)."""

LANE_WORDS: Final = LANES // WORD

ONE, NOTHING, EVERYTHING = np.uint64(1), np.uint64(0), np.uint64(2**64 - 1)


DE_BRUIJN: Final = np.uint64(0x03F79D71B4CB0A89)
"""Multiplied by a single bit, it has another pattern in its six highest bits for each place of that bit."""

PLACES: Final = np.zeros(WORD, np.int64)
PLACES[[(DE_BRUIJN.item() << place) % 2**WORD >> 58 for place in range(WORD)]] = np.arange(WORD)


@inner
def lowest_bit(word: np.uint64) -> int:
    """Return the place of the lowest bit of a word that is not 0."""
    return int(PLACES[(word & (~word + ONE)) * DE_BRUIJN >> np.uint64(58)])


@inner
def first_lanes(count: int, found: Words) -> None:
    """Write the set of the first ``count`` lanes."""
    for word in range(LANE_WORDS):
        left = count - word * WORD
        found[word] = EVERYTHING if left >= WORD else ((ONE << np.uint64(max(left, 0))) - ONE)


@inner
def holds(lanes: Words, lane: int) -> bool:
    """Say whether a lane stands in a set."""
    return bool((lanes[lane >> 6] >> np.uint64(lane & 63)) & ONE)


@inner
def add_lane(lanes: Words, lane: int, belongs: bool) -> None:  # noqa: FBT001  # compiled
    """Add a lane to a set if it belongs there: without a branch, since nobody could foretell which way it goes."""
    lanes[lane >> 6] |= np.uint64(belongs) << np.uint64(lane & 63)


@inner
def is_empty(lanes: Words) -> bool:
    """Say whether nobody stands in a set."""
    rest = NOTHING
    for word in range(LANE_WORDS):
        rest |= lanes[word]
    return bool(rest == NOTHING)


@inner
def copy_lanes(found: Words, lanes: Words) -> None:
    """Write a copy of a set."""
    for word in range(LANE_WORDS):
        found[word] = lanes[word]


@inner
def keep_common(found: Words, left: Words, right: Words) -> bool:
    """Write who stands in both sets; say whether there is anybody."""
    rest = NOTHING
    for word in range(LANE_WORDS):
        common = left[word] & right[word]
        found[word] = common
        rest |= common
    return bool(rest != NOTHING)


@inner
def find_at_least(planes: Words, first: int, width: int, least: int, found: Words) -> None:
    """Write who has at least ``least`` in the field of ``width`` planes that begins with plane ``first``.

    From the lowest bit up: what is reached in the bits so far still is if the next one is in both numbers or in
    neither; it is if the next one is in hers alone, and is not if it is in ``least`` alone.
    """
    for word in range(LANE_WORDS):
        found[word] = EVERYTHING
    for bit in range(width):
        plane = planes[first + bit]
        if least >> bit & 1:
            for word in range(LANE_WORDS):
                found[word] &= plane[word]
        else:
            for word in range(LANE_WORDS):
                found[word] |= plane[word]


@compiled
def planes_of(signatures: Words) -> Words:
    """Return the planes (blocks, bits, words) of signatures (lanes, words): plane ``64 * word + bit`` of each block."""
    words = signatures.shape[1]
    blocks = len(signatures) // LANES
    found = np.empty((blocks, words * WORD, LANE_WORDS), np.uint64)
    square = np.empty(WORD, np.uint64)
    for block in range(blocks):
        for part in range(LANE_WORDS):
            first = block * LANES + part * WORD
            for word in range(words):
                for row in range(WORD):
                    square[row] = signatures[first + row, word]
                _transpose(square)
                for row in range(WORD):
                    found[block, word * WORD + row, part] = square[row]
    return found


@inner
def _transpose(square: Words) -> None:
    """Transpose 64 x 64 bits in place: swap ever smaller quarters."""
    step, mask = 32, np.uint64(0xFFFFFFFF)
    while step:
        shift = np.uint64(step)
        row = 0
        while row < WORD:
            swapped = ((square[row] >> shift) ^ square[row + step]) & mask
            square[row] ^= swapped << shift
            square[row + step] ^= swapped
            row = (row + step + 1) & ~step
        step >>= 1
        mask ^= mask << np.uint64(step)
