"""What any list may be asked, and its answer: search, filters, order, page, export; one way for every area."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import ColumnElement, Row, Select, SQLColumnExpression, and_, func, or_, select
from sqlalchemy.orm import Session

PAGE_SIZE: Final = 25
"""Rows of a page unless asked otherwise."""
PAGE_SIZE_LIMIT: Final = 100
"""Most rows of one page."""
ROW_LIMIT: Final = 10_000
"""Most rows a list shows over all its pages, and an export holds; beyond it, the reader narrows the search."""
WORD_LIMIT: Final = 6
"""Words of a search that are looked at."""

T = TypeVar("T")
NO_FILTERS: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ListRequest:
    """What the reader asks of a list; ``page`` counts from 1, ``sort`` is a name of the list's whitelist or empty."""

    search: str = ""
    filters: Mapping[str, str] = field(default_factory=lambda: NO_FILTERS)
    sort: str = ""
    descending: bool = False
    page: int = 1
    page_size: int = PAGE_SIZE
    all_rows: bool = False

    def for_export(self) -> ListRequest:
        """The same question, for every row up to ``ROW_LIMIT``."""
        return replace(self, page=1, all_rows=True)


@dataclass(frozen=True)  # no slots: a frozen generic with slots cannot be written as Page[...](...)
class Page(Generic[T]):
    """The rows of one page; ``total`` counts all rows that answer, ``request.page`` is the page really shown."""

    items: Sequence[T]
    total: int
    request: ListRequest

    @property
    def pages(self) -> int:
        """Number of pages that can be opened, at least 1."""
        return max(1, -(-min(self.total, ROW_LIMIT) // self.request.page_size))

    @property
    def first(self) -> int:
        """Rank of the first row shown; 0 if there is none."""
        return (self.request.page - 1) * self.request.page_size + 1 if self.items else 0

    @property
    def last(self) -> int:
        """Rank of the last row shown; 0 if there is none."""
        return self.first + len(self.items) - 1 if self.items else 0

    @property
    def is_cut(self) -> bool:
        """Whether rows beyond ``ROW_LIMIT`` stay out of reach until the search is narrowed."""
        return self.total > ROW_LIMIT

    @property
    def is_narrowed(self) -> bool:
        """Whether a search or a filter hides rows: an empty list then says so."""
        return bool(self.request.search or self.request.filters)


def matches(search: str, columns: Sequence[SQLColumnExpression[Any]]) -> ColumnElement[bool]:
    """Whether every word of the search stands in one of the columns, whatever the case and accents.

    Both sides go through the database's ``search_text``, so that they can never be normalised differently.
    """
    words = search.split()[:WORD_LIMIT]
    return and_(True, *(or_(*(_contains(column, word) for column in columns)) for word in words))


def fetch_page(  # a list is its statement, its order and its way from row to line
    session: Session,
    query: Select[Any],
    request: ListRequest,
    *,
    sorts: Mapping[str, SQLColumnExpression[Any]],
    tie_break: SQLColumnExpression[Any],
    build: Callable[[Row[Any]], T],
    searched: Sequence[SQLColumnExpression[Any]] = (),
) -> Page[T]:
    """Answer a list request with two statements: one count, one page.

    ``query`` already holds the actor's scope and the filters; ``sorts`` is the whitelist (an unknown name falls back
    on ``tie_break``, which must be unique); ``build`` makes a frozen dataclass of a row. A page beyond the end
    becomes the last one.
    """
    if request.search and searched:
        query = query.where(matches(request.search, searched))
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    request = _within(request, total)
    rows = session.execute(_ordered(query, request, sorts, tie_break).limit(_limit(request)).offset(_offset(request)))
    return Page(items=tuple(build(row) for row in rows), total=total, request=request)


def _contains(column: SQLColumnExpression[Any], word: str) -> ColumnElement[bool]:
    # escaped after search_text: it may turn other signs (a full-width per cent) into a wildcard
    pattern = func.search_text(word)
    for sign in ("\\", "%", "_"):
        pattern = func.replace(pattern, sign, f"\\{sign}")
    return func.search_text(column).like(func.concat("%", pattern, "%"))


def _within(request: ListRequest, total: int) -> ListRequest:
    page_size = min(max(request.page_size, 1), PAGE_SIZE_LIMIT)
    last = max(1, -(-min(total, ROW_LIMIT) // page_size))
    return replace(request, page=min(max(request.page, 1), last), page_size=page_size)


def _limit(request: ListRequest) -> int:
    return ROW_LIMIT if request.all_rows else min(request.page_size, ROW_LIMIT - _offset(request))


def _offset(request: ListRequest) -> int:
    return 0 if request.all_rows else (request.page - 1) * request.page_size


def _ordered(
    query: Select[Any],
    request: ListRequest,
    sorts: Mapping[str, SQLColumnExpression[Any]],
    tie_break: SQLColumnExpression[Any],
) -> Select[Any]:
    column = sorts.get(request.sort)
    if column is None:
        return query.order_by(None).order_by(tie_break.desc() if request.descending else tie_break.asc())
    if request.descending:
        return query.order_by(None).order_by(column.desc().nulls_last(), tie_break.desc())
    return query.order_by(None).order_by(column.asc().nulls_last(), tie_break.asc())
