"""Hidden counts stay hidden, even from a reader who subtracts."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skills_bridge.reporting.suppression import SMALLEST_SHOWN, Cell, Sum, cells_to_hide, possible_values

NATION = Cell("national", "total")
SMALL_COUNTS = st.integers(min_value=0, max_value=9)


def region(key: int) -> Cell:
    return Cell("region", str(key))


def tables(provinces: list[list[int]], profiles: list[int]) -> tuple[dict[Cell, int], list[Sum]]:
    """Lay out the catalogued tables; the last profile takes what makes both breakdowns add up."""
    total = sum(map(sum, provinces))
    profiles = [*profiles, total - sum(profiles)] if sum(profiles) <= total else [total]
    counts = {NATION: total}
    sums = [Sum(NATION, tuple(region(place) for place in range(len(provinces))))]
    for place, line in enumerate(provinces):
        cells = tuple(Cell("province", f"{place}.{number}") for number in range(len(line)))
        counts |= dict(zip(cells, line, strict=True)) | {region(place): sum(line)}
        sums.append(Sum(region(place), cells))
    by_profile = {Cell("profile", str(place)): count for place, count in enumerate(profiles)}
    return counts | by_profile, [*sums, Sum(NATION, tuple(by_profile))]


@st.composite
def layouts(draw: st.DrawFn, size: int = 4) -> tuple[dict[Cell, int], list[Sum]]:
    lines = draw(st.lists(st.lists(SMALL_COUNTS, min_size=1, max_size=size), min_size=1, max_size=size))
    return tables(lines, draw(st.lists(SMALL_COUNTS, max_size=size)))


class TestCellsToHide:
    @given(layouts())
    def test_hides_every_small_count_and_no_zero(self, layout: tuple[dict[Cell, int], list[Sum]]) -> None:
        counts, sums = layout

        hidden = cells_to_hide(counts, sums)

        assert {cell for cell, count in counts.items() if 0 < count < SMALLEST_SHOWN} <= hidden
        assert not any(counts[cell] == 0 for cell in hidden)

    @given(layouts())
    def test_leaves_at_least_two_values_for_each_hidden_cell(self, layout: tuple[dict[Cell, int], list[Sum]]) -> None:
        counts, sums = layout

        hidden = cells_to_hide(counts, sums)

        bounds = possible_values(counts, sums, hidden)
        assert all(bounds[cell][0] < bounds[cell][1] for cell in hidden)
        assert all(low <= counts[cell] <= high for cell, (low, high) in bounds.items())

    @settings(max_examples=60)
    @given(st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=2), min_size=2, max_size=2))
    def test_withstands_a_reader_who_tries_every_table(self, provinces: list[list[int]]) -> None:
        counts, sums = tables(provinces, [])

        hidden = cells_to_hide(counts, sums)

        leaves = [cell for cell in counts if cell.breakdown == "province"]
        agreeing = [guess for guess in _guesses(leaves, counts, hidden) if _agrees(guess, provinces, counts, hidden)]
        for place, leaf in enumerate(leaves):
            values = {guess[place] for guess in agreeing}
            assert (len(values) > 1) is (leaf in hidden)

    @given(layouts(), st.data())
    def test_keeps_hidden_what_was_hidden_before(
        self, layout: tuple[dict[Cell, int], list[Sum]], data: st.DataObject
    ) -> None:
        counts, sums = layout
        before = data.draw(st.sets(st.sampled_from(sorted(counts)), min_size=1))

        hidden = cells_to_hide(counts, sums, before)

        bounds = possible_values(counts, sums, hidden, floor=0)
        assert before <= hidden
        assert all(bounds[cell][0] < bounds[cell][1] for cell in hidden)

    def test_hides_nothing_where_all_is_large_or_zero(self) -> None:
        counts, sums = tables([[5, 0], [12]], [17])

        assert cells_to_hide(counts, sums) == frozenset()

    def test_hides_two_ones_with_a_third(self) -> None:
        counts, sums = tables([[1, 1, 7]], [9])

        assert Cell("province", "0.2") in cells_to_hide(counts, sums)

    @pytest.mark.parametrize("total", [1, 4])
    def test_hides_the_whole_where_the_part_is_all(self, total: int) -> None:
        counts, sums = tables([[total]], [])

        assert cells_to_hide(counts, sums) == frozenset(counts)


def _guesses(leaves: list[Cell], counts: dict[Cell, int], hidden: frozenset[Cell]) -> list[tuple[int, ...]]:
    return list(product(*[range(1, 9) if leaf in hidden else [counts[leaf]] for leaf in leaves]))


def _agrees(
    guess: tuple[int, ...], provinces: list[list[int]], counts: dict[Cell, int], hidden: frozenset[Cell]
) -> bool:
    start = 0
    for place, line in enumerate(provinces):
        part = sum(guess[start : start + len(line)])
        start += len(line)
        if region(place) not in hidden and part != counts[region(place)]:
            return False
    return (NATION in hidden and Cell("profile", "0") in hidden) or sum(guess) == counts[NATION]
