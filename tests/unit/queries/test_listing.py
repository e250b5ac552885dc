"""What a page of a list says of itself."""

from hypothesis import given
from hypothesis import strategies as st

from skills_bridge.queries.listing import ROW_LIMIT, ListRequest, Page


class TestPage:
    @given(st.integers(0, 3 * ROW_LIMIT), st.integers(1, 100))
    def test_reaches_every_row_up_to_the_limit(self, total: int, size: int) -> None:
        page = Page[int]((), total, ListRequest(page_size=size))

        assert (page.pages - 1) * size < max(1, min(total, ROW_LIMIT)) <= page.pages * size
        assert page.is_cut == (total > ROW_LIMIT)

    def test_counts_its_rows_from_one(self) -> None:
        page = Page((7, 8), 52, ListRequest(page=3))

        assert (page.first, page.last) == (51, 52)

    def test_has_no_ranks_when_empty(self) -> None:
        page = Page[int]((), 0, ListRequest(search="x"))

        assert (page.first, page.last, page.pages, page.is_narrowed) == (0, 0, 1, True)
