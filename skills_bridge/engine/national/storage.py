"""An index as files: written once into a folder of its own, mapped read-only by every worker of a machine.

A folder is never rewritten while it is mapped: write a new one, then rename. A folder is read only if all of it is
there and of this version: each array has the type and the shape that the others ask for, and the limits within it rise
to the length of what they divide. Compiled code checks no bounds; a wrong file must never come so far.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from skills_bridge.domain.matching import UnusableIndex
from skills_bridge.engine.arrays import Int64s
from skills_bridge.engine.national.index import Blocks, NationalIndex
from skills_bridge.engine.national.lanes import LANE_WORDS, LANES, WORD
from skills_bridge.engine.national.layout import CODED, GateLayout
from skills_bridge.engine.policy import CODES

FORMAT: Final = 3
"""The version of the files; raised with every change of an array, a layout or the order of lanes."""

PARTS: Final = ("competencies", "ids", "lane_of")
TYPES: Final[dict[str, type[np.generic]]] = {
    "seeker": np.int32,
    "maybe": np.uint64,
    "sure": np.uint64,
    "run_competency": np.int32,
    "lane": np.uint16,
    "code": np.uint8,
}
"""Types of the arrays; all others are ``int64``."""


def save_index(index: NationalIndex, folder: Path) -> None:
    """Write an index into a new folder; what says that it is whole is written last.

    :raises FileExistsError: the folder is there.
    """
    folder.mkdir(parents=True)
    arrays = index.blocks._asdict() | {name: getattr(index, name) for name in PARTS}
    arrays |= {f"layout-{column}": index.layout.codes[column] for column in CODED}
    arrays["about"] = np.array([FORMAT, index.as_of, index.layout.is_asked], np.int64)
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)


def load_index(folder: Path) -> NationalIndex:
    """Map an index; only what is read is brought into memory, and workers share it.

    :raises UnusableIndex: a file is missing, cut short, of another version, or does not fit the others.
    """
    about = _mapped(folder, "about")
    if about.shape != (3,) or about[0] != FORMAT:
        raise UnusableIndex(folder.name, "about", f"format {about[:1].tolist()}, not {FORMAT}")
    codes = {column: _mapped(folder, f"layout-{column}") for column in CODED}
    blocks = Blocks._make(_mapped(folder, name) for name in Blocks._fields)
    competencies, ids, lane_of = (_mapped(folder, name) for name in PARTS)
    layout = GateLayout(codes, is_asked=bool(about[2]))
    index = NationalIndex(blocks, layout, competencies, ids, lane_of, int(about[1]))
    _check(index, folder.name)
    return index


def _mapped(folder: Path, name: str) -> npt.NDArray[Any]:
    """Map one array.

    :raises UnusableIndex: there is no such file, it is cut short, or of another type.
    """
    path = folder / f"{name}.npy"
    try:
        found = np.load(path, mmap_mode="r")
        if not found.size:
            found = np.load(path)
            found.flags.writeable = False
    except (OSError, ValueError, EOFError) as error:
        raise UnusableIndex(folder.name, name, str(error)) from error
    if found.dtype != TYPES.get(name, np.int64) or not found.flags.c_contiguous:
        raise UnusableIndex(folder.name, name, f"type {found.dtype}")
    return np.asarray(found)


def _check(index: NationalIndex, folder: str) -> None:
    """Compare shapes and limits.

    :raises UnusableIndex: naming the first array that does not fit.
    """
    blocks, layout = index.blocks, index.layout
    count, people = len(blocks.people), len(index.ids)
    planes = WORD * (layout.field_words + layout.set_words)
    runs, holdings = len(blocks.run_competency), len(blocks.code)
    shapes = {
        "seeker": (count * LANES,),
        "key": (count * LANES,),
        "people": (count,),
        "maybe": (count, planes, LANE_WORDS),
        "sure": (count, planes, LANE_WORDS),
        "run_start": (count + 1,),
        "run_competency": (runs,),
        "run_end": (runs,),
        "lane": (holdings,),
        "code": (holdings,),
        "held_blocks": (1,),
    }
    arrays = blocks._asdict() | {"lane_of": index.lane_of}
    for name, shape in (shapes | {"lane_of": (people,)}).items():
        if arrays[name].shape != shape:
            raise UnusableIndex(folder, name, f"shape {arrays[name].shape}, not {shape}")
    within = {
        "people": (int(blocks.people.sum()) == people) and _lies_within(blocks.people, 0, LANES + 1),
        "held_blocks": _lies_within(blocks.held_blocks, 0, count + 1),
        "run_start": _divides(blocks.run_start, runs),
        "run_end": _divides(np.concatenate([np.zeros(1, np.int64), blocks.run_end]), holdings),
        "run_competency": _lies_within(blocks.run_competency, 0, len(index.competencies)),
        "code": _lies_within(blocks.code, 0, CODES),
        "seeker": _lies_within(blocks.seeker, -1, max(people, 1)),
        "lane_of": _lies_within(index.lane_of, 0, count * LANES),
    }
    for name, holds in within.items():
        if not holds:
            raise UnusableIndex(folder, name, "out of bounds")


def _divides(limits: Int64s, length: int) -> bool:
    """Say whether limits rise from 0 to a length."""
    return bool(limits[0] == 0 and limits[-1] == length and (np.diff(limits) >= 0).all())


def _lies_within(values: npt.NDArray[np.integer[Any]], low: int, end: int) -> bool:
    """Say whether all values lie from ``low`` to ``end`` (excluded)."""
    return not len(values) or bool(values.min() >= low and values.max() < end)
