"""I2: whatever the text, no export holds a formula, and the value can be had back."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from skills_bridge.reporting.delimited import FULL_WIDTH, STARTS, mark_text, unmark_text
from skills_bridge.reporting.workbook import write_table_workbook
from tests.factories.turns import times

TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)
RISKY = st.builds(lambda start, rest: start + rest, st.sampled_from(STARTS), TEXTS)
WRITABLE = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"]), min_size=1, max_size=60)
COMPUTED = st.builds(lambda start, rest: start + rest, st.sampled_from(["=", "+", "-", "@"]), WRITABLE)


class TestMarkText:
    @settings(max_examples=times(2_000, 150))
    @given(TEXTS | RISKY)
    @example("=HYPERLINK(1)")
    @example("'")
    def test_leaves_no_formula_and_gives_the_value_back(self, text: str) -> None:
        cell = mark_text(text)

        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", *FULL_WIDTH))
        assert unmark_text(cell) == text

    @settings(max_examples=times(2_000, 100))
    @given(st.lists(TEXTS | RISKY, min_size=1, max_size=4))
    def test_survives_a_file_of_quoted_cells(self, cells: list[str]) -> None:
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL).writerow(map(mark_text, cells))
        (read,) = csv.reader(io.StringIO(out.getvalue(), newline=""), delimiter=";")

        assert [unmark_text(cell) for cell in read] == cells


class TestWorkbook:
    @pytest.mark.timeout(600)
    @settings(max_examples=times(2_000, 40))
    @given(st.lists(WRITABLE | COMPUTED, min_size=1, max_size=6))
    def test_holds_texts_as_texts(self, cells: list[str]) -> None:
        content = write_table_workbook("Liste", ["Colonne"] * len(cells), [cells], language="fr", demo=False)
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            page = parts.read("xl/worksheets/sheet1.xml")

        assert [*sheet.to_python()[2]] == cells
        assert b"<f>" not in page
        assert b"<hyperlink" not in page
