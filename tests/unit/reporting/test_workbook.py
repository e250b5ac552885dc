"""Lists as spreadsheets that are safe to open."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from skills_bridge.domain.errors import RuleBroken
from skills_bridge.reporting import workbook
from skills_bridge.reporting.wording import DEMO_MARK
from skills_bridge.reporting.workbook import Sheet, sheet_name, write_table_workbook, write_workbook


def read(content: bytes) -> list[list[object]]:
    return [list(row) for row in CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()]


def table(*values: object, demo: bool = False, language: str = "fr") -> bytes:
    return write_table_workbook("Liste", ["Colonne"] * len(values), [values], language=language, demo=demo)


class TestWriteTableWorkbook:
    def test_keeps_numbers_as_numbers_and_codes_as_text(self) -> None:
        row = read(table(12, Decimal("7.5"), 0.25, "007", date(2026, 10, 1), True))[2]

        assert row == [12, 7.5, 0.25, "007", date(2026, 10, 1), True]

    def test_writes_instants_in_local_time(self) -> None:
        assert read(table(datetime(2026, 9, 1, 12, 0, tzinfo=UTC)))[2] == [datetime.fromisoformat("2026-09-01T13:00")]

    def test_takes_a_local_time_as_it_is(self) -> None:
        assert read(table(datetime.fromisoformat("2026-09-01T12:00")))[2] == [
            datetime.fromisoformat("2026-09-01T12:00")
        ]

    @pytest.mark.parametrize("text", ["=1+1", "+A1", "-2", "@SUM(A1)", "{=A1}", "http://example.ma", "12", "\t=1"])
    def test_never_writes_a_formula_a_link_or_a_guess(self, text: str) -> None:
        content = table(text)

        assert read(content)[2] == [text]
        with ZipFile(BytesIO(content)) as archive:
            page = archive.read("xl/worksheets/sheet1.xml")
        assert b"<f>" not in page
        assert b"<hyperlink" not in page

    def test_leaves_an_empty_cell_for_nothing(self) -> None:
        assert read(table(None, "a"))[2] == ["", "a"]

    def test_carries_the_demo_mark(self) -> None:
        assert read(table(1, demo=True))[1] == [DEMO_MARK]

    def test_carries_no_mark_outside_a_demo(self) -> None:
        assert read(table(1)) == [["Liste"], ["Colonne"], [1]]

    @pytest.mark.parametrize(("language", "turned"), [("ar", 1), ("fr", 0)])
    def test_turns_the_sheet_for_arabic(self, language: str, turned: int) -> None:
        with ZipFile(BytesIO(table(1, language=language))) as archive:
            assert archive.read("xl/worksheets/sheet1.xml").count(b'rightToLeft="1"') == turned

    def test_is_the_same_bytes_twice(self) -> None:
        assert table("a", 1) == table("a", 1)

    def test_takes_an_empty_list(self) -> None:
        assert read(write_table_workbook("Liste", ["A"], [], language="fr", demo=False)) == [["Liste"], ["A"]]

    def test_refuses_more_rows_than_a_sheet_holds(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(workbook, "MAX_ROWS", 1)

        with pytest.raises(RuleBroken):
            write_table_workbook("Liste", ["A"], [["x"], ["y"]], language="fr", demo=False)


class TestWriteWorkbook:
    def test_wraps_long_texts_where_asked(self) -> None:
        sheet = Sheet("M", "Méthode", ["A"], [["long"]], subtitles=["sous-titre"], widths=[40], wrap=True)

        content = write_workbook([sheet], demo=False, title="T", created=datetime(2026, 11, 3, tzinfo=UTC))

        assert read(content) == [["Méthode"], ["sous-titre"], ["A"], ["long"]]


class TestSheetName:
    @pytest.mark.parametrize(
        ("title", "expected"),
        [("Offres [1/2] : liste", "Offres 1 2 liste"), ("x" * 40, "x" * 31), ("'", "Feuille"), ("History", "Feuille")],
    )
    def test_is_legal(self, title: str, expected: str) -> None:
        assert sheet_name(title) == expected
