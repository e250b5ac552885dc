"""Tables as people send them: their encodings, delimiters, sheets and accidents."""

from __future__ import annotations

import io
from datetime import date

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from skills_bridge.adapters.spreadsheets import ROW_LIMIT, UnreadableFile, read_table

ARABIC = "cin;nom\nAB1;بنعلي الفاسي\n"
FRENCH = "cin;prénom\nAB1;Aïcha Éloïse\n"


def workbook(*rows: tuple[object, ...]) -> bytes:
    """Return a workbook with one sheet."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy"})
        for line, row in enumerate(rows):
            for place, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(line, place, value, day)
                else:
                    sheet.write(line, place, value)
    return out.getvalue()


class TestReadTable:
    @pytest.mark.parametrize(
        ("text", "encoding"),
        [
            (FRENCH, "utf-8"),
            (FRENCH, "utf-8-sig"),
            (FRENCH, "utf-16"),
            (FRENCH, "cp1252"),
            (ARABIC, "utf-8"),
            (ARABIC, "cp1256"),
        ],
    )
    def test_finds_the_encoding(self, text: str, encoding: str) -> None:
        table = read_table(text.encode(encoding))

        assert [table.header, *(row.cells for row in table.rows)] == [
            tuple(line.split(";")) for line in text.splitlines()
        ]

    @pytest.mark.parametrize("delimiter", [";", ",", "\t"])
    def test_finds_the_delimiter(self, delimiter: str) -> None:
        table = read_table(f"cin{delimiter}langues\nAB1{delimiter}fr:B1|en:A2\n".encode())

        assert (table.header, table.rows[0].cells) == (("cin", "langues"), ("AB1", "fr:B1|en:A2"))

    def test_counts_rows_as_spreadsheets_do(self) -> None:
        table = read_table(b'cin;nom\n\nAB1;"two\nlines"\nAB2;x\n')

        assert [(row.number, row.cells[0]) for row in table.rows] == [(3, "AB1"), (4, "AB2")]

    def test_reads_the_first_sheet_of_a_workbook(self) -> None:
        table = read_table(workbook(("cin", "né", "mois", "oui"), ("AB1", date(1999, 12, 31), 18, True)))

        assert table.rows[0].cells == ("AB1", "1999-12-31", "18", "oui")

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"", "file-empty"),
            (b"\n \n", "file-empty"),
            (b"\xef\xbb\xbf;;;\n", "file-empty"),
            (b"%PDF-1.4", "file-kind"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1", "file-kind"),
            (b"PK\x03\x04garbage", "file-kind"),
            (b"\xff\xd8\xff\xe0\x00\x10JFIF", "file-kind"),
            (b"a;b\n" + b"1;2\n" * (ROW_LIMIT + 1), "file-too-long"),
            (b"a;b\n1;" + b"x" * 200_000, "file-broken"),
            (b" " * (12 * 1024 * 1024 + 1), "file-too-big"),
        ],
    )
    def test_says_why_a_file_is_no_table(self, content: bytes, code: str) -> None:
        with pytest.raises(UnreadableFile) as refusal:
            read_table(content)

        assert refusal.value.code == code

    @given(st.binary(max_size=400))
    def test_gives_a_table_or_a_reason(self, content: bytes) -> None:
        try:
            table = read_table(content)
        except UnreadableFile:
            return
        assert any(table.header)
        assert all(any(row.cells) for row in table.rows)
