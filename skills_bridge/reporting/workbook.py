"""Spreadsheets that are safe to open: numbers as numbers, everything else as text, never a formula."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any, Final

import xlsxwriter

from skills_bridge.domain.calendar import to_local
from skills_bridge.domain.errors import RuleBroken
from skills_bridge.reporting.wording import DEMO_MARK

MAX_ROWS: Final = 1_048_000
"""What a sheet holds, less room for title and headings."""
MAX_TEXT: Final = 32_767
MAX_NAME: Final = 31
FIXED_DATE: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""Stands as the date of creation of lists, so that the same list is the same bytes."""

_FORBIDDEN: Final = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
_LEAST_WIDTH, _GREATEST_WIDTH = 9, 60


@dataclass(slots=True)
class Sheet:
    """One table of a workbook: title, sentences under it, headings and rows of plain values.

    A string is always written as text (codes keep their zeros), int, float and Decimal as numbers, days and instants
    as dates in Morocco's local time; None leaves the cell empty.
    """

    name: str
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[object]]
    subtitles: Sequence[str] = ()
    right_to_left: bool = False
    widths: Sequence[float] = field(default_factory=tuple)
    wrap: bool = False


def write_table_workbook(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], *, language: str, demo: bool
) -> bytes:
    """Return a workbook with one table, as every list of the product exports it.

    :raises RuleBroken: there are more rows than a sheet holds.
    """
    sheet = Sheet(title, title, columns, rows, right_to_left=language == "ar")
    return write_workbook([sheet], demo=demo, title=title, created=FIXED_DATE)


def write_workbook(sheets: Sequence[Sheet], *, demo: bool, title: str, created: datetime) -> bytes:
    """Return a workbook; the same sheets and creation date give the same bytes.

    :raises RuleBroken: a sheet has more rows than a workbook can hold.
    """
    out = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"title": title, "comments": DEMO_MARK if demo else "", "created": created})
    formats = _formats(book)
    for sheet in sheets:
        if len(sheet.rows) > MAX_ROWS:
            raise RuleBroken("too-many-rows", rows=len(sheet.rows), limit=MAX_ROWS)
        _write_sheet(book.add_worksheet(sheet_name(sheet.name)), sheet, formats, demo=demo)
    book.close()
    return out.getvalue()


def sheet_name(title: str) -> str:
    """Make a title a legal name of a sheet: no forbidden signs, 31 at most, no apostrophe at an end."""
    name = " ".join(title.translate(_FORBIDDEN).split())[:MAX_NAME].strip("' ")
    return name if name and name.lower() != "history" else "Feuille"


def _formats(book: Any) -> dict[str, Any]:
    font = {"font_name": "Arial", "font_size": 10, "valign": "top"}
    return {
        "title": book.add_format({**font, "bold": True, "font_size": 14, "font_color": "#14324A"}),
        "subtitle": book.add_format({**font, "font_color": "#5B6B78"}),
        "demo": book.add_format({**font, "bold": True, "font_color": "#7A4B00", "bg_color": "#FFF4D6"}),
        "heading": book.add_format(
            {**font, "bold": True, "font_color": "#FFFFFF", "bg_color": "#14324A", "text_wrap": True}
        ),
        "text": book.add_format({**font, "num_format": "@"}),
        "wrapped": book.add_format({**font, "num_format": "@", "text_wrap": True}),
        "number": book.add_format({**font, "num_format": "#,##0.###;-#,##0.###"}),
        "whole": book.add_format({**font, "num_format": "#,##0"}),
        "day": book.add_format({**font, "num_format": "dd/mm/yyyy", "align": "left"}),
        "instant": book.add_format({**font, "num_format": "dd/mm/yyyy hh:mm", "align": "left"}),
    }


def _write_sheet(page: Any, sheet: Sheet, formats: dict[str, Any], *, demo: bool) -> None:
    if sheet.right_to_left:
        page.right_to_left()
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_header(f"&L{_plain(sheet.title)}" + (f"&R{_plain(DEMO_MARK)}" if demo else ""))
    page.set_footer("&C&P / &N")
    top = 0
    above = [(sheet.title, "title"), *((text, "subtitle") for text in sheet.subtitles)]
    for text, style in [*above, *([(DEMO_MARK, "demo")] if demo else [])]:
        page.write_string(top, 0, text, formats[style])
        top += 1
    for column, heading in enumerate(sheet.columns):
        page.write_string(top, column, heading, formats["heading"])
    for line, row in enumerate(sheet.rows, top + 1):
        for column, value in enumerate(row):
            _write_value(page, (line, column), value, formats, wrap=sheet.wrap)
    page.freeze_panes(top + 1, 0)
    page.repeat_rows(top)
    if sheet.rows and sheet.columns:
        page.autofilter(top, 0, top + len(sheet.rows), len(sheet.columns) - 1)
    for column, width in enumerate(sheet.widths or _widths(sheet)):
        page.set_column(column, column, width)


def _plain(text: str) -> str:
    """Keep an ampersand from being read as a command of the page header."""
    return text.replace("&", "&&")


def _write_value(page: Any, place: tuple[int, int], value: object, formats: dict[str, Any], *, wrap: bool) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        page.write_boolean(*place, value)
    elif isinstance(value, int):
        page.write_number(*place, value, formats["whole"])
    elif isinstance(value, float | Decimal):
        page.write_number(*place, float(value), formats["number"])
    elif isinstance(value, datetime):
        local = to_local(value).replace(tzinfo=None) if value.tzinfo else value
        page.write_datetime(*place, local, formats["instant"])
    elif isinstance(value, date):
        page.write_datetime(*place, value, formats["day"])
    else:
        page.write_string(*place, str(value)[:MAX_TEXT], formats["wrapped" if wrap else "text"])


def _widths(sheet: Sheet) -> list[float]:
    """Give each column the width of its longest value among the first rows, within reason."""
    widths = []
    for column, heading in enumerate(sheet.columns):
        longest = max([len(str(row[column])) for row in sheet.rows[:200]] + [min(len(heading), 24)])
        widths.append(float(min(max(longest + 2, _LEAST_WIDTH), _GREATEST_WIDTH)))
    return widths
