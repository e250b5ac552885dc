"""Forecast demand of a company."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from skills_bridge.domain.calendar import quarter_start
from skills_bridge.domain.errors import Invalid


class NeedState(StrEnum):
    """A need is open until it is withdrawn; what remains of it is computed."""

    OPEN = "open"
    WITHDRAWN = "withdrawn"


class NeedOrigin(StrEnum):
    """Where a need comes from."""

    COMPANY = "company"
    SHEET = "sheet"


MOST_POSTS: Final = 5_000
"""Posts of one line at most."""

MOST_LINES: Final = 40
"""Lines of one need at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Posts needed in one quarter (its first day) and province."""

    quarter_on: date
    province_code: str
    posts: int


def check_lines(lines: Sequence[Forecast]) -> None:
    """Check the lines of a need: at least one, each quarter and province once.

    :raises Invalid: no line, too many, one twice, a day that starts no quarter, or a number of posts out of range;
        ``row`` counts from 1.
    """
    if not lines:
        raise Invalid("need-without-line", field="lines")
    if len(lines) > MOST_LINES:
        raise Invalid("too-many-lines", field="lines", most=MOST_LINES)
    seen: set[tuple[date, str]] = set()
    for row, line in enumerate(lines, 1):
        if line.quarter_on != quarter_start(line.quarter_on):
            raise Invalid("no-quarter", field="lines", row=row, value=line.quarter_on)
        if not 1 <= line.posts <= MOST_POSTS:
            raise Invalid("line-posts-out-of-range", field="lines", row=row, most=MOST_POSTS, value=line.posts)
        if (line.quarter_on, line.province_code) in seen:
            raise Invalid("line-twice", field="lines", row=row)
        seen.add((line.quarter_on, line.province_code))


def remaining(posts: int, consumed: int) -> int:
    """What is left of a line once the posts of its openings are taken off; never below 0."""
    return max(0, posts - consumed)


def excess(posts: int, consumed: int) -> int:
    """By how many posts the openings go beyond the line: allowed, and shown."""
    return max(0, consumed - posts)
