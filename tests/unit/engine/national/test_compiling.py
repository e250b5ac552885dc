"""How compiled loops count."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from skills_bridge.engine.national.compiling import counting_from_front


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
