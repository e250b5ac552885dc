"""An index as files: written once into a folder of its own, mapped read-only by every worker of a machine.

A folder is never rewritten while it is mapped: write a new one, then rename.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from skills_bridge.engine.arrays import Int64s
from skills_bridge.engine.national.index import Blocks, NationalIndex
from skills_bridge.engine.national.layout import CODED, GateLayout

PARTS: Final = ("competencies", "ids", "lane_of")


def save_index(index: NationalIndex, folder: Path) -> None:
    """Write an index into a new folder.

    :raises FileExistsError: the folder is there.
    """
    folder.mkdir(parents=True)
    arrays = index.blocks._asdict() | {name: getattr(index, name) for name in PARTS}
    arrays |= {f"layout-{column}": index.layout.codes[column] for column in CODED}
    arrays["about"] = np.array([index.as_of, index.layout.is_asked], np.int64)
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)


def load_index(folder: Path) -> NationalIndex:
    """Map an index; only what is read is brought into memory, and workers share it."""
    as_of, is_asked = _mapped(folder, "about").tolist()
    codes = {column: _mapped(folder, f"layout-{column}") for column in CODED}
    blocks = Blocks._make(_mapped(folder, name) for name in Blocks._fields)
    competencies, ids, lane_of = (_mapped(folder, name) for name in PARTS)
    return NationalIndex(blocks, GateLayout(codes, is_asked=bool(is_asked)), competencies, ids, lane_of, as_of)


def _mapped(folder: Path, name: str) -> Int64s:
    path = folder / f"{name}.npy"
    if np.load(path, mmap_mode="r").size:
        return np.asarray(np.load(path, mmap_mode="r"))
    empty = np.load(path)
    empty.flags.writeable = False
    return np.asarray(empty)
