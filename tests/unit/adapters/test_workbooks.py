"""I1: the corpus of spreadsheets, good ones and hostile ones, read as the site reads them: four at a time."""

from __future__ import annotations

import io
import resource
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Final

import pytest
import xlsxwriter

from skills_bridge.adapters import workbooks
from skills_bridge.adapters.spreadsheets import ROW_LIMIT, UnreadableFile, read_table
from tests.factories.sheets import HEADER, LIST, bad, book, good
from tests.factories.turns import part, times

SLOWEST: Final = 2.0
"""Seconds that a refusal may take on a machine at rest."""
GROWTH: Final = 150 * 1024
"""Kilobytes by which the site's process may grow over the whole corpus."""


@cache
def hostile() -> tuple[tuple[str, bytes, frozenset[str]], ...]:
    """Return every file to refuse, built once."""
    return tuple(bad())


def verdict(content: bytes) -> tuple[str, float]:
    """Return what becomes of a file: ``read`` if it holds the list, else why not; and the seconds it took."""
    began = time.monotonic()
    try:
        table = read_table(content)
    except UnreadableFile as refusal:
        return refusal.code, time.monotonic() - began
    is_whole = [table.header, *(row.cells for row in table.rows)] == [*LIST]
    return "read" if is_whole else "misread", time.monotonic() - began


def verdicts(files: list[bytes]) -> list[tuple[str, float]]:
    """Read several files, four at a time."""
    with ThreadPoolExecutor(workbooks.CHILDREN) as readers:
        return list(readers.map(verdict, files))


class TestCorpus:
    def test_is_large_enough(self) -> None:
        assert (len(list(good())) >= 20, len(hostile()) >= 60) == (True, True)

    def test_reads_every_good_file_to_the_same_rows(self) -> None:
        files = dict(good())
        told = {name: said for name, (said, _) in zip(files, verdicts(list(files.values())), strict=True)}

        assert {name: said for name, said in told.items() if said != "read"} == {}

    def test_refuses_every_bad_file_in_time_and_the_site_does_not_grow(self) -> None:
        files = part(hostile(), 30)
        (_, usual), *_ = verdicts([book()])
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        told = verdicts([content for _, content, _ in files])
        wrong = {
            name: said
            for (name, _, codes), (said, seconds) in zip(files, told, strict=True)
            if said not in codes or seconds > max(SLOWEST, 20 * usual)
        }

        assert wrong == {}
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < GROWTH

    def test_reads_the_largest_list_in_time(self) -> None:
        rows = times(ROW_LIMIT, 2_000)
        content = "".join(f"{';'.join(cells)}\n" for cells in [HEADER, *[LIST[1]] * rows]).encode()
        whole = large(rows)
        began = time.monotonic()

        assert len(read_table(content).rows) == rows
        assert len(workbooks.read_workbook(whole)) == rows + 1
        assert time.monotonic() - began < 30


def large(rows: int) -> bytes:
    """Return a workbook of so many people with thirty columns."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True, "in_memory": True}) as made:
        sheet = made.add_worksheet()
        for line in range(rows + 1):
            sheet.write_row(line, 0, [f"{line}-{column}" for column in range(30)])
    return out.getvalue()


class TestChild:
    @pytest.mark.parametrize(
        ("bound", "value"), [("WALL_SECONDS", 0.001), ("COMMAND", [sys.executable, "-c", "import os; os.abort()"])]
    )
    def test_that_is_ended_leaves_a_sentence(self, monkeypatch: pytest.MonkeyPatch, bound: str, value: object) -> None:
        monkeypatch.setattr(workbooks, bound, value)

        with pytest.raises(UnreadableFile) as refusal:
            workbooks.read_workbook(book())
        assert refusal.value.code == "file-unreadable"

    def test_has_little_memory_and_little_time(self) -> None:
        for act in ("x = bytearray(2**30)", "while 1: pass"):
            code = f"from skills_bridge.adapters import workbooks; workbooks.bound(cpu_seconds=1)\n{act}"
            ended = subprocess.run([sys.executable, "-I", "-c", code], check=False, stderr=subprocess.DEVNULL)

            assert ended.returncode != 0
