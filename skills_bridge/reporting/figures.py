"""What a figure is: a value that never travels without its numerator, denominator and n."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

TOTAL: Final = "total"
"""The key of the national line."""

MINIMUM_FOR_PERCENT: Final = 10
"""Under this denominator no percentage is printed."""


class Breakdown(StrEnum):
    """What a table's lines are."""

    NATIONAL = "national"
    REGION = "region"
    PROVINCE = "province"
    PROFILE = "profile"


class Unit(StrEnum):
    """What a value counts."""

    POSTS = "posts"
    PEOPLE = "people"
    PERCENT = "percent"
    DAYS = "days"


class Reason(StrEnum):
    """Why a figure is not measured."""

    NO_POST_DUE = "no_post_due"
    NO_POST_VALIDATED = "no_post_validated"
    NO_POST_FILLED = "no_post_filled"
    NO_POST_OF_THAT_AGE = "no_post_of_that_age"
    UNDER_TEN = "under_ten"
    MONTH_TOO_RECENT = "month_too_recent"
    MONTH_NOT_BEGUN = "month_not_begun"


class FigureId(NamedTuple):
    """The address of a figure among all packs."""

    kpi: str
    measure: str
    period: str
    breakdown: str
    key: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One value of one measure, for one line of one breakdown and one month.

    ``value`` is an exact decimal string (whole posts, people or days; per cent to one place, halves up), None when
    ``suppressed`` or not measured. ``numerator`` and ``denominator`` make the exact fraction; ``n`` is the number of
    posts or people behind the value. A suppressed figure carries none of them.
    """

    kpi: str
    measure: str
    period: str
    breakdown: Breakdown
    key: str
    unit: Unit
    numerator: int | None = None
    denominator: int | None = None
    value: str | None = None
    n: int | None = None
    suppressed: bool = False
    not_measured_reason: Reason | None = None

    @property
    def identity(self) -> FigureId:
        """Its address."""
        return FigureId(self.kpi, self.measure, self.period, str(self.breakdown), self.key)
