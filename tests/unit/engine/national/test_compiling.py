"""How compiled loops count, and what the compiler makes of them."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from numba import njit, types

from skills_bridge.engine.national.compiling import counting_from_front
from skills_bridge.engine.national.lanes import Words, find_at_least, keep_common


def third_of(rows: npt.NDArray[np.int64], place: int) -> int:
    return int(rows[place + 1, 2] + rows[0, place])


def last_of(row: npt.NDArray[np.int64]) -> int:
    return int(row[-1])


class TestCountingFromFront:
    def test_takes_each_index_as_it_is(self) -> None:
        rows = np.arange(12).reshape(3, 4)

        assert counting_from_front(third_of)(rows, 1) == rows[2, 2] + rows[0, 1]

    def test_does_not_take_one_below_zero_for_one_from_the_end(self) -> None:
        with pytest.raises(OverflowError):
            counting_from_front(third_of)(np.arange(12).reshape(3, 4), -1)

    def test_refuses_one_that_is_written_below_zero(self) -> None:
        with pytest.raises(TypeError, match="count from the front"):
            counting_from_front(last_of)


def common_of(found: Words, left: Words, right: Words) -> bool:
    return keep_common(found, left, right)


def reached(planes: Words, found: Words) -> None:
    find_at_least(planes, 0, 22, 7, found)


class TestVectors:
    """A loop over the words of a lane set works on several at once: on one after the other it takes thrice as long."""

    @pytest.mark.parametrize(
        ("loop", "taken"),
        [(common_of, (types.uint64[::1],) * 3), (reached, (types.uint64[:, ::1], types.uint64[::1]))],
    )
    def test_lane_sets_are_taken_by_several_words(
        self, loop: Callable[..., object], taken: tuple[types.Type, ...]
    ) -> None:
        compiled = njit(taken)(loop)

        assert re.search(r"and <\d+ x i64>", compiled.inspect_llvm(taken))
