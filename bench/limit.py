"""The least time that one core needs to match a country exhaustively, by hand-written loops (``limit.c``)."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from bench.population import Population
from skills_bridge.engine.arrays import Int64s
from skills_bridge.engine.columns import SeekerColumns
from skills_bridge.engine.national import NationalIndex
from skills_bridge.engine.national.conditions import answer, conditions_of
from skills_bridge.engine.national.demand import LEVELS
from skills_bridge.engine.national.index import brought_together
from skills_bridge.engine.national.lanes import LANE_WORDS, LANES
from skills_bridge.engine.national.signatures import needs_of, signatures_of
from skills_bridge.engine.score import order_keys

Codes = npt.NDArray[np.uint16]
SOURCE: Final = Path(__file__).with_name("limit.c")
SAMPLED: Final = 8
"""One block in so many is asked how many openings it admits."""

ROW: Final = 256
"""People of a row, whatever the size of our blocks: larger rows would make the limit more generous."""


class Limit(NamedTuple):
    """Nanoseconds to add and to write a row of 256 people, and how many of each a mean opening cannot do without.

    An opening is added up over each 256 people whom its gates admit one by one, a row for every requirement. A row is
    written once, for all openings that ask for the same competency at the same level.
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


def limit_of(index: NationalIndex, population: Population) -> Limit | None:
    """Return the limit for these people and openings; ``None`` where the machine has no C compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "limit"
        subprocess.run([compiler, "-O3", "-march=native", SOURCE, "-o", program], check=True)
        told = subprocess.run([program], check=True, capture_output=True, text=True).stdout
    add, write = map(float, told.split()[:2])
    return Limit(add, write, *_rows(index, population))


def _rows(index: NationalIndex, population: Population) -> tuple[float, float]:
    """Return how many rows of 256 are added for a mean opening, and how many written."""
    seekers, openings = population.seekers, population.openings
    conditions, owner, number = conditions_of(needs_of(openings, index.layout), index.layout)
    asked, rank = openings.requirements, _rank_of(index, seekers)
    count = np.diff(asked.start)
    lines, line = np.unique(asked.competency * LEVELS + asked.level - 1, return_inverse=True)
    answers = np.zeros((len(conditions.least), LANE_WORDS), np.uint64)
    added = written = 0
    for block in range(0, int(index.blocks.held_blocks[0]), SAMPLED):
        for condition in range(len(answers)):
            answer(index.blocks.maybe[block], conditions, condition, answers[condition])
        place = index.blocks.seeker[block * LANES : (block + 1) * LANES]
        alike = np.argsort(np.where(place < 0, len(seekers), rank[place]), kind="stable").reshape(-1, ROW)
        passes = np.unpackbits(answers.view(np.uint8), axis=1, bitorder="little")
        competency, lane = _held(index, block)
        for lanes in alike:
            admits = np.ones(len(openings), np.bool_)
            np.logical_and.at(admits, owner, passes[:, lanes].any(axis=1)[number])
            added += int(count[admits].sum())
            wanted = np.unique(line[admits[asked.owners]])
            written += int(np.isin(lines[wanted] // LEVELS, competency[np.isin(lane, lanes)]).sum())
    return SAMPLED * added / len(openings), SAMPLED * written / len(openings)


def _rank_of(index: NationalIndex, seekers: SeekerColumns) -> Int64s:
    """Return the place of each person in the order that puts alike people side by side: blocks are by waiting."""
    _sure, maybe = signatures_of(seekers, index.layout)
    key = order_keys(np.zeros(len(seekers), np.int64), seekers.registered_day, seekers.seeker_id)
    return np.argsort(brought_together(maybe, index.layout, key))


def _held(index: NationalIndex, block: int) -> tuple[Int64s, Codes]:
    """Return the competency and the lane of each holding of a block."""
    blocks = index.blocks
    first, end = int(blocks.run_start[block]), int(blocks.run_start[block + 1])
    begin = np.concatenate([blocks.run_end[first - 1 : first] if first else [0], blocks.run_end[first:end]])
    competency = np.repeat(index.competencies[blocks.run_competency[first:end]], np.diff(begin))
    return competency, blocks.lane[begin[0] : begin[-1]]
