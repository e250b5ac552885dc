"""List pages: the question in the address, the addresses that keep it, the export."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from flask import Flask, request
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from werkzeug.datastructures import MultiDict

from skills_bridge.blueprints.listing import Column, Filter, Listing, url_with
from skills_bridge.queries.listing import PAGE_SIZE_LIMIT, ROW_LIMIT, ListRequest, Page


@dataclass(frozen=True)
class Line:
    reference: str
    posts: int
    on: date


LISTING = Listing[Line](
    title="Offres",
    columns=(
        Column("reference", "Référence", lambda line: line.reference, "reference", sortable=True),
        Column("posts", "Postes", lambda line: line.posts, "number", sortable=True),
        Column("day", "Jour", lambda line: line.on, "day"),
    ),
    filters=(Filter("state", "État", [("open", "ouverte"), ("closed", "close")]),),
    default_sort="-reference",
    search_hint="Référence",
)
LINE = Line("OF-2026-00001", 3, date(2026, 11, 3))


class TestRead:
    def test_takes_what_the_list_offers(self) -> None:
        asked = LISTING.read(
            MultiDict({"q": " câblage  Tanger ", "state": "open", "sort": "-posts", "page": "3", "size": "50"})
        )

        assert asked == ListRequest("câblage Tanger", {"state": "open"}, "posts", descending=True, page=3, page_size=50)

    def test_drops_what_it_does_not_know(self) -> None:
        asked = LISTING.read(
            MultiDict({"state": "burnt", "colour": "red", "sort": "salary", "page": "-1", "size": "x"})
        )

        assert asked == ListRequest(sort="reference", descending=True)

    def test_does_not_sort_by_a_column_that_may_not(self) -> None:
        assert LISTING.read(MultiDict({"sort": "day"})).sort == "reference"

    def test_asks_for_every_row_of_an_export(self) -> None:
        asked = LISTING.read(MultiDict({"export": "xlsx", "page": "7"}))

        assert (asked.all_rows, asked.page) == (True, 1)

    def test_does_not_search_where_nothing_can_be_searched(self) -> None:
        assert replace(LISTING, search_hint="").read(MultiDict({"q": "x"})).search == ""

    @given(st.dictionaries(st.sampled_from(["q", "sort", "page", "size", "state", "export"]), st.text()))
    def test_never_fails_and_stays_within_limits(self, args: dict[str, str]) -> None:
        asked = LISTING.read(MultiDict(args))

        assert 1 <= asked.page <= ROW_LIMIT
        assert 1 <= asked.page_size <= PAGE_SIZE_LIMIT
        assert asked.sort in {"reference", "posts"}
        assert "\0" not in asked.search


class TestUrlWith:
    def test_keeps_the_rest(self, app: Flask) -> None:
        with app.test_request_context("/openings/?q=a%26b&page=2&lang=ar"):
            assert url_with(page=3) == "?q=a%26b&page=3&lang=ar"
            assert url_with(page=None) == "?q=a%26b&lang=ar"

    def test_never_leaves_the_site(self, app: Flask) -> None:
        with app.test_request_context("//evil.invalid/x"):
            assert url_with(lang="en") == "?lang=en"


class TestListing:
    def test_turns_the_order_of_the_sorted_column(self, app: Flask) -> None:
        with app.test_request_context("/?sort=posts&page=2&q=x"):
            shown = replace(LISTING, page=Page((LINE,), 60, LISTING.read(request.args)))

            assert [(head.sorted, head.url) for head in shown.headers] == [
                ("none", "?sort=reference&q=x"),
                ("ascending", "?sort=-posts&q=x"),
                ("none", None),
            ]

    def test_clears_search_and_filters_alone(self, app: Flask) -> None:
        with app.test_request_context("/?q=x&state=open&page=2&sort=posts"):
            assert LISTING.reset_url == "?sort=posts"

    @pytest.mark.parametrize(
        ("current", "total", "numbers"),
        [
            (1, 0, (1,)),
            (1, 70, (1, 2, 3)),
            (5, 250, (1, None, 4, 5, 6, None, 10)),
            (3, 250, (1, 2, 3, 4, None, 10)),
            (4, 250, (1, 2, 3, 4, 5, None, 10)),
        ],
    )
    def test_offers_the_pages_around(self, current: int, total: int, numbers: tuple[int | None, ...]) -> None:
        shown = replace(LISTING, page=Page((LINE,), total, ListRequest(page=current)))

        assert shown.page_numbers == numbers


@pytest.mark.usefixtures("french")
class TestRespond:
    def test_exports_the_columns_of_the_screen(self, app: Flask) -> None:
        page = Page((LINE,), 1, ListRequest(all_rows=True))

        response = app.make_response(LISTING.respond("unused.html", page))

        rows = CalamineWorkbook.from_filelike(BytesIO(response.data)).get_sheet_by_index(0).to_python()
        assert response.headers["Content-Disposition"].startswith("attachment")
        assert ["Référence", "Postes", "Jour"] in [row[:3] for row in rows]
        assert any("OF-2026-00001" in row for row in rows)

    def test_says_where_an_export_was_cut(self, app: Flask) -> None:
        page = Page((LINE,), ROW_LIMIT + 1, ListRequest(all_rows=True))

        response = app.make_response(LISTING.respond("unused.html", page))

        rows = CalamineWorkbook.from_filelike(BytesIO(response.data)).get_sheet_by_index(0).to_python()
        assert any("Export limité" in str(cell) for row in rows for cell in row)


@pytest.mark.usefixtures("french")
class TestExported:
    def test_gives_the_local_day_of_an_instant(self) -> None:
        column = Column[datetime]("at", "Jour", lambda at: at, "day")

        assert column.exported(datetime(2026, 9, 18, 23, 30, tzinfo=UTC)) == date(2026, 9, 19)

    def test_gives_scores_in_per_cent(self) -> None:
        column = Column[int]("score", "Score", lambda score: score, "score")

        assert (column.heading, column.exported(8755)) == ("Score (%)", 87.55)

    def test_writes_flags_as_words(self) -> None:
        assert Column[bool]("ok", "Prêt", lambda flag: flag, "flag").exported(True) == "oui"
