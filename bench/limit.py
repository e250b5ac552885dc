"""The least time that one core needs to match a country exhaustively, by hand-written loops (``limit.c``)."""

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
from skills_bridge.engine.national.demand import LEVELS
from skills_bridge.engine.national.lanes import LANE_WORDS
from skills_bridge.engine.national.signatures import needs_of

SOURCE: Final = Path(__file__).with_name("limit.c")
SAMPLED: Final = 16
"""One block in so many is asked how many openings it admits."""


class Limit(NamedTuple):
    """Nanoseconds to add and to write a row of 256 people, and how many of each a mean opening cannot do without.

    An opening is added up over each block that its gates admit one by one, a row for every requirement. A row is
    written once a block, for all openings that ask for the same competency at the same level.
    """

    add: float
    write: float
    added: float
    written: float

    @property
    def additions(self) -> float:
        """Microseconds an opening, the rows being there."""
        return self.add * self.added / 1_000

    @property
    def whole(self) -> float:
        """Microseconds an opening, the rows to be written first."""
        return self.additions + self.write * self.written / 1_000


def limit_of(index: NationalIndex, openings: OpeningColumns) -> Limit | None:
    """Return the limit for these openings; ``None`` where the machine has no C compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "limit"
        subprocess.run([compiler, "-O3", "-march=native", SOURCE, "-o", program], check=True)
        told = subprocess.run([program], check=True, capture_output=True, text=True).stdout
    add, write = map(float, told.split()[:2])
    return Limit(add, write, *_rows(index, openings))


def _rows(index: NationalIndex, openings: OpeningColumns) -> tuple[float, float]:
    """Return how many rows are added for a mean opening, and how many written."""
    conditions, owner, number = conditions_of(needs_of(openings, index.layout), index.layout)
    asked = openings.requirements
    count = np.diff(asked.start)
    lines, line = np.unique(asked.competency * LEVELS + asked.level - 1, return_inverse=True)
    answers = np.zeros((len(conditions.least), LANE_WORDS), np.uint64)
    added = written = 0
    for block in range(0, int(index.blocks.held_blocks[0]), SAMPLED):
        for condition in range(len(answers)):
            answer(index.blocks.maybe[block], conditions, condition, answers[condition])
        admits = np.ones(len(openings), np.bool_)
        np.logical_and.at(admits, owner, answers.any(axis=1)[number])
        added += int(count[admits].sum())
        wanted = np.unique(line[admits[asked.owners]])
        runs = index.blocks.run_competency[index.blocks.run_start[block] : index.blocks.run_start[block + 1]]
        written += int(np.isin(lines[wanted] // LEVELS, index.competencies[runs]).sum())
    return SAMPLED * added / len(openings), SAMPLED * written / len(openings)
