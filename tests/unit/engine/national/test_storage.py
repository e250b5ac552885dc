from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from skills_bridge.domain.matching import UnusableIndex
from skills_bridge.engine.columns import RelationColumns
from skills_bridge.engine.national import build_index, load_index, save_index, shortlist_all
from skills_bridge.engine.national.index import Blocks
from skills_bridge.engine.national.storage import PARTS
from tests.unit.engine.national.crowds import crowd
from tests.unit.engine.worlds import TODAY, cohort_columns, opening_columns, seeker_columns

Change = Callable[[npt.NDArray[Any]], npt.NDArray[Any]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the files of an index of several blocks."""
    pool = crowd(random.Random(5), people=600, openings=1).pool()
    save_index(build_index(pool.seekers, pool.relations, as_of=TODAY), tmp_path / "one")
    return tmp_path / "one"


def change(folder: Path, name: str, how: Change) -> None:
    """Write an array of an index anew."""
    path = folder / f"{name}.npy"
    changed = how(np.load(path))
    path.unlink()
    np.save(path, changed)


class TestStorage:
    @pytest.mark.parametrize("people", [0, 600])
    def test_gives_back_an_index_that_answers_alike(self, tmp_path: Path, people: int) -> None:
        world = crowd(random.Random(5), people=people, openings=20)
        pool = world.pool()
        asked = opening_columns(world.openings), cohort_columns(world.cohorts), world.policies
        index = build_index(pool.seekers, pool.relations, as_of=TODAY)

        save_index(index, tmp_path / "one")
        mapped = load_index(tmp_path / "one")

        found, expected = shortlist_all(mapped, *asked), shortlist_all(index, *asked)
        assert mapped.as_of == TODAY
        assert found.order_key.tolist() == expected.order_key.tolist()
        assert found.cohort.tolist() == expected.cohort.tolist()

    def test_never_writes_over_a_folder(self, tmp_path: Path) -> None:
        index = build_index(seeker_columns([]), RelationColumns.of([]), as_of=TODAY)

        with pytest.raises(FileExistsError):
            save_index(index, tmp_path)

    @pytest.mark.parametrize("name", [*Blocks._fields, *PARTS, "layout-provinces", "about"])
    @pytest.mark.parametrize("share", [0.0, 0.5])
    def test_refuses_a_file_that_is_cut_short_or_empty(self, folder: Path, name: str, share: float) -> None:
        path = folder / f"{name}.npy"
        content = path.read_bytes()
        path.write_bytes(content[: int(share * len(content))])

        with pytest.raises(UnusableIndex, match=name):
            load_index(folder)

    @pytest.mark.parametrize("name", ["about", "code", "layout-shifts"])
    def test_refuses_a_folder_without_one_of_its_files(self, folder: Path, name: str) -> None:
        (folder / f"{name}.npy").unlink()

        with pytest.raises(UnusableIndex, match=name):
            load_index(folder)

    def test_refuses_another_version(self, folder: Path) -> None:
        change(folder, "about", lambda about: about + np.array([1, 0, 0]))

        with pytest.raises(UnusableIndex, match="format"):
            load_index(folder)

    @pytest.mark.parametrize("name", [*Blocks._fields, "ids", "lane_of"])
    def test_refuses_an_array_of_another_length(self, folder: Path, name: str) -> None:
        change(folder, name, lambda array: array[:-1])

        with pytest.raises(UnusableIndex):
            load_index(folder)

    @pytest.mark.parametrize("name", [*Blocks._fields, *PARTS])
    def test_refuses_an_array_of_another_type(self, folder: Path, name: str) -> None:
        change(folder, name, lambda array: array.astype(np.float32))

        with pytest.raises(UnusableIndex, match="type"):
            load_index(folder)

    @pytest.mark.parametrize(
        ("name", "wrong"),
        [
            ("people", 9_999),
            ("held_blocks", 99),
            ("run_start", 2**40),
            ("run_end", -1),
            ("run_competency", 10_000),
            ("code", 200),
            ("seeker", 600),
            ("lane_of", 2**31),
        ],
    )
    def test_refuses_limits_and_places_beyond_what_is_there(self, folder: Path, name: str, wrong: int) -> None:
        def spoil(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
            array[len(array) // 2] = wrong
            return array

        change(folder, name, spoil)

        with pytest.raises(UnusableIndex, match=name):
            load_index(folder)
