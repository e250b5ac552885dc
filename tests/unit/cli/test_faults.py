"""Faults of files as sentences at the terminal."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from skills_bridge.adapters import opening_files, spreadsheets
from skills_bridge.adapters.framework_files import FileFault, reading
from skills_bridge.cli.faults import SENTENCES, tell_fault, tell_problem
from skills_bridge.domain.imports import Problem

PAGE = Path(__file__).resolve().parents[3] / "docs" / "imports.md"


class TestTellFault:
    def test_says_where_what_and_the_cure(self) -> None:
        fault = FileFault("cell-unknown", file="a.csv", row=7, column="relationType", allowed="essential, optional")

        assert tell_fault(fault) == (
            "a.csv, row 7, column relationType: The word is not known: write one of essential, optional."
        )

    def test_says_it_without_a_place_too(self) -> None:
        assert tell_fault(FileFault("file-kind")) == "This is no table: send a CSV, or an XLSX workbook."

    def test_shows_the_code_of_a_fault_without_sentence(self) -> None:
        assert tell_fault(FileFault("new-rule", file="a.csv")) == "a.csv: Refused (new-rule)."


class TestTellProblem:
    def test_says_row_and_column_of_the_cell(self) -> None:
        problem = Problem("reference_externe", "reference-twice", {"row": 2})

        assert tell_problem(9, problem) == (
            "row 9, column reference_externe: Row 2 has this reference already: give each opening its own."
        )


class TestSentences:
    @pytest.mark.parametrize("module", [opening_files, reading, spreadsheets])
    def test_stand_for_every_code_the_readers_give(self, module: object) -> None:
        source = Path(str(getattr(module, "__file__", ""))).read_text(encoding="utf-8")
        given = set(re.findall(r'(?:wrong\([^"]*|Fault\(|fault\(|File\(|Header\()"([a-z]+(?:-[a-z]+)+)"', source))

        assert given
        assert given <= SENTENCES.keys()

    @pytest.mark.parametrize("code", SENTENCES)
    def test_are_documented_with_their_facts(self, code: str) -> None:
        row = next((line for line in PAGE.read_text(encoding="utf-8").splitlines() if f"`{code}`" in line), "")
        facts = {name for _text, name, _form, _conversion in Formatter().parse(SENTENCES[code]) if name}

        assert row
        assert all(fact in row for fact in facts)
