"""The least time that one core needs for the additions of a run, by a hand-written loop (``limit.c``)."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from skills_bridge.engine.columns import OpeningColumns
from skills_bridge.engine.national import NationalIndex
from skills_bridge.engine.national.conditions import answer, conditions_of
from skills_bridge.engine.national.lanes import LANE_WORDS
from skills_bridge.engine.national.signatures import needs_of

SOURCE: Final = Path(__file__).with_name("limit.c")
SAMPLED: Final = 16
"""One block in so many is asked how many openings find somebody in it."""


class Limit(NamedTuple):
    """Nanoseconds per row of 256 people, and the rows that a mean opening cannot do without."""

    nanoseconds: float
    rows: float

    @property
    def microseconds(self) -> float:
        """The limit for one opening."""
        return self.nanoseconds * self.rows / 1_000


def limit_of(index: NationalIndex, openings: OpeningColumns) -> Limit | None:
    """Return the limit for these openings; ``None`` where the machine has no C compiler.

    Blocks in which nobody passes the gates cost nothing; in each other one every requirement is a row.
    """
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "limit"
        subprocess.run([compiler, "-O3", "-march=native", SOURCE, "-o", program], check=True)
        told = subprocess.run([program], check=True, capture_output=True, text=True).stdout
    asked = np.diff(openings.requirements.start)
    return Limit(float(told.split()[0]), float(np.mean(asked * _blocks_with_people(index, openings))))


def _blocks_with_people(index: NationalIndex, openings: OpeningColumns) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return for each opening how many blocks hold somebody who fails no gate."""
    conditions, owner, number = conditions_of(needs_of(openings, index.layout), index.layout)
    found = np.zeros(len(openings), np.int64)
    answers = np.zeros((len(conditions.least), LANE_WORDS), np.uint64)
    for block in range(0, int(index.blocks.held_blocks[0]), SAMPLED):
        for condition in range(len(answers)):
            answer(index.blocks.maybe[block], conditions, condition, answers[condition])
        passed = np.full((len(openings), LANE_WORDS), 2**64 - 1, np.uint64)
        np.bitwise_and.at(passed, owner, answers[number])
        found += SAMPLED * passed.any(axis=1)
    return found
