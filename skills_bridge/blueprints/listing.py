"""List pages: read a request from the address, write addresses that keep the rest, show or export the same columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, Generic, Literal, TypeVar
from urllib.parse import urlencode

from flask import Flask, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from skills_bridge.blueprints.formats import locale, look, number
from skills_bridge.blueprints.web import installation
from skills_bridge.domain.calendar import local_day
from skills_bridge.queries.listing import PAGE_SIZE, PAGE_SIZE_LIMIT, ROW_LIMIT, ListRequest, Page
from skills_bridge.reporting.workbook import write_table_workbook

T = TypeVar("T")
Kind = Literal["text", "reference", "number", "day", "instant", "since", "percent", "score", "money", "state", "flag"]

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SEARCH_LIMIT: Final = 100
"""Characters of a search that are read."""
PER_CENT: Final[Mapping[str, float]] = {"percent": 100, "score": 0.01}
"""What makes per cent of the kinds that are stored as a share or in hundredths of a per cent."""
RESERVED: Final = frozenset({"q", "sort", "page", "size", "export", "lang"})
"""Names in the address that no filter may take."""


@dataclass(frozen=True, slots=True)
class Filter:
    """One choice that narrows a list; ``choices`` are (value in the address, words)."""

    name: str
    label: str
    choices: Sequence[tuple[str, str]]


@dataclass(frozen=True)  # no slots: a frozen generic with slots cannot be written as Column[...](...)
class Column(Generic[T]):
    """One column, the same in the table, on the small-screen card and in the export.

    ``name`` is also its name in the query's whitelist if it is ``sortable``; ``link`` gives the address of the row's
    page; ``detail`` columns are left out of the narrow card.
    """

    name: str
    label: str
    value: Callable[[T], Any]
    kind: Kind = "text"
    link: Callable[[T], str] | None = None
    sortable: bool = False
    detail: bool = False

    @property
    def heading(self) -> str:
        """The head of the exported column, with its unit."""
        return f"{self.label} (%)" if self.kind in PER_CENT else str(self.label)

    def exported(self, item: T) -> object:
        """The value of a spreadsheet cell: numbers and days as such, states as words, the rest as text."""
        value = self.value(item)
        if isinstance(value, StrEnum) and self.kind == "state":
            return str(look(value).label)
        if value is not None and self.kind in PER_CENT:
            return round(float(value) * PER_CENT[self.kind], 2)
        if isinstance(value, bool):
            return _("oui") if value else _("non")
        if isinstance(value, datetime):  # the workbook turns instants into Morocco's time
            return local_day(value) if self.kind == "day" else value
        if value is None or isinstance(value, int | float | Decimal | date):
            return value
        return str(value)


@dataclass(frozen=True, slots=True)
class Header:
    """A column's head: its address for sorting and how it is sorted now (the words of ``aria-sort``)."""

    label: str
    kind: Kind
    url: str | None
    sorted: Literal["ascending", "descending", "none"]


@dataclass(frozen=True)
class Listing(Generic[T]):
    """What a list offers; made anew for each request, since labels and choices depend on the reader.

    ``default_sort`` is a sortable column's name, with a minus sign in front for the greatest first;
    ``search_hint`` says what can be searched and is empty if nothing can.
    """

    title: str
    columns: Sequence[Column[T]]
    filters: Sequence[Filter] = ()
    default_sort: str = ""
    search_hint: str = ""
    page: Page[T] = field(default_factory=lambda: Page(items=(), total=0, request=ListRequest()))

    def read(self, args: MultiDict[str, str]) -> ListRequest:
        """Read the reader's question from the address; what is unknown is dropped, never an error."""
        sort = args.get("sort", "")
        sortable = {column.name for column in self.columns if column.sortable}
        if sort.removeprefix("-") not in sortable:
            sort = self.default_sort
        asked = ListRequest(
            search=" ".join(args.get("q", "")[:SEARCH_LIMIT].replace("\0", "").split()) if self.search_hint else "",
            filters={rule.name: args[rule.name] for rule in self.filters if _is_choice(rule, args.get(rule.name))},
            sort=sort.removeprefix("-"),
            descending=sort.startswith("-"),
            page=_whole(args.get("page"), 1, ROW_LIMIT),
            page_size=_whole(args.get("size"), PAGE_SIZE, PAGE_SIZE_LIMIT),
        )
        return asked.for_export() if args.get("export") == "xlsx" else asked

    def respond(self, template: str, page: Page[T], **context: object) -> ResponseReturnValue:
        """The page, or its export if the address asks for it: the same scoped rows and the same columns."""
        if page.request.all_rows:
            return export_response(self.title, self.columns, page)
        return render_template(template, listing=replace(self, page=page), page=page, **context)

    @property
    def headers(self) -> Sequence[Header]:
        """The heads of the columns, in order."""
        return tuple(self._header(column) for column in self.columns)

    @property
    def hidden(self) -> Mapping[str, str]:
        """Parts of the address that the filter form must carry along."""
        return {name: request.args[name] for name in ("sort", "size") if name in request.args}

    @property
    def export_url(self) -> str:
        """Address of the export of exactly these rows."""
        return url_with(export="xlsx", page=None)

    @property
    def reset_url(self) -> str:
        """Address of the list without search and filters."""
        return url_with(q=None, page=None, **dict.fromkeys((rule.name for rule in self.filters), None))

    @property
    def page_numbers(self) -> Sequence[int | None]:
        """Pages to offer: the first, the last and those around the current one; ``None`` is a gap."""
        return tuple(_page_numbers(self.page.request.page, self.page.pages))

    def _header(self, column: Column[T]) -> Header:
        if not column.sortable:
            return Header(column.label, column.kind, None, "none")
        asked = self.page.request
        if asked.sort != column.name:
            return Header(column.label, column.kind, url_with(sort=column.name, page=None), "none")
        sort = column.name if asked.descending else f"-{column.name}"
        now: Literal["ascending", "descending"] = "descending" if asked.descending else "ascending"
        return Header(column.label, column.kind, url_with(sort=sort, page=None), now)


def url_with(**changes: str | int | None) -> str:
    """The current address with parts of its query changed; ``None`` takes a part away. Relative, path untouched."""
    query = request.args.to_dict() | {name: str(value) for name, value in changes.items() if value is not None}
    return "?" + urlencode({name: value for name, value in query.items() if changes.get(name, value) is not None})


def export_response(title: str, columns: Sequence[Column[T]], page: Page[T]) -> Response:
    """An XLSX attachment of a list's rows; its last line says so if ``ROW_LIMIT`` cut it."""
    rows: list[list[object]] = [[column.exported(item) for column in columns] for item in page.items]
    if page.is_cut:
        shown, total = number(ROW_LIMIT), number(page.total)
        note = _("Export limité à %(shown)s lignes sur %(total)s : affinez la recherche.", shown=shown, total=total)
        rows.append([note, *[None] * (len(columns) - 1)])
    heads = [column.heading for column in columns]
    body = write_table_workbook(title, heads, rows, language=locale().language, demo=installation().is_demo)
    response = Response(body, mimetype=XLSX)
    response.headers.set("Content-Disposition", "attachment", filename=f"{request.endpoint or 'list'}.xlsx")
    return response


def add_listing(app: Flask) -> None:
    """Give the templates ``url_with``."""
    app.jinja_env.globals["url_with"] = url_with


def _is_choice(rule: Filter, value: str | None) -> bool:
    return value is not None and value in {choice for choice, _label in rule.choices} and rule.name not in RESERVED


def _whole(text: str | None, default: int, limit: int) -> int:
    """A whole number from 1 to ``limit``; anything else is the default or the nearer end."""
    if text is None or not text.isascii() or not text.isdigit():
        return default
    return min(max(int(text[:9]), 1), limit)


def _page_numbers(current: int, pages: int) -> Iterator[int | None]:
    before = 0
    for page in sorted({1, pages, *range(max(1, current - 1), min(pages, current + 1) + 1)}):
        if page - 2 == before:  # a gap of one page is that page
            yield page - 1
        elif page - 1 > before:
            yield None
        yield page
        before = page
