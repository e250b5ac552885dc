"""Morocco's local time, from the ``tzdata`` package alone.

The system's zone data may be years old, and ``zoneinfo`` would read it first: so the rules are read from the package,
whose version is locked. Every limit of a day or month is computed here and passed to SQL as instants.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from typing import Final
from zoneinfo import ZoneInfo

from skills_bridge.domain.errors import Invalid

MONTHS: Final = 12
QUARTER_MONTHS: Final = 3
MAJORITY_YEARS: Final = 18
_MONTH_CODE: Final = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")

with files("tzdata.zoneinfo.Africa").joinpath("Casablanca").open("rb") as _rules:
    MOROCCO: Final = ZoneInfo.from_file(_rules, key="Africa/Casablanca")


def to_local(instant: datetime) -> datetime:
    """The same instant on Morocco's clocks; ``instant`` carries its zone.

    :raises ValueError: the instant carries no zone.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant without zone has no local time")
    return instant.astimezone(MOROCCO)


def local_day(instant: datetime) -> date:
    """Morocco's day at an instant."""
    return to_local(instant).date()


def start_of(day: date) -> datetime:
    """The instant, in UTC, at which a day of Morocco begins; a period ends where the day after it begins."""
    return datetime.combine(day, time.min, tzinfo=MOROCCO).astimezone(UTC)


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month of Morocco, [first_on, next_on) in days and [starts_at, ends_at) in instants."""

    year: int
    month: int

    def __post_init__(self) -> None:
        """Refuse what no calendar has.

        :raises Invalid: the month is not 1 to 12, or the year not 1 to 9998.
        """
        if not (date.min.year <= self.year < date.max.year and 1 <= self.month <= MONTHS):
            raise Invalid("month-unreadable", field="period", value=f"{self.year}-{self.month}")

    @classmethod
    def parse(cls, code: str) -> Month:
        """Read ``2026-11``.

        :raises Invalid: this is no month.
        """
        found = _MONTH_CODE.fullmatch(code)
        if found is None:
            raise Invalid("month-unreadable", field="period", value=code)
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> Month:
        """Return the month in which a day lies."""
        return cls(day.year, day.month)

    @property
    def code(self) -> str:
        """The month as ``2026-11``."""
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def first_on(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    @property
    def last_on(self) -> date:
        """Its last day."""
        return date(self.year, self.month, monthrange(self.year, self.month)[1])

    @property
    def next_on(self) -> date:
        """The first day after it."""
        return self.last_on + timedelta(days=1)

    @property
    def starts_at(self) -> datetime:
        """The instant, in UTC, at which it begins."""
        return start_of(self.first_on)

    @property
    def ends_at(self) -> datetime:
        """The instant, in UTC, at which it is over: the start of the next one."""
        return start_of(self.next_on)

    def next(self) -> Month:
        """Return the month after."""
        return self.back(-1)

    def previous(self) -> Month:
        """Return the month before."""
        return self.back(1)

    def back(self, months: int) -> Month:
        """Return the month that lies so many months earlier (later if negative).

        :raises Invalid: the calendar does not go that far.
        """
        years, month = divmod(self.year * MONTHS + self.month - 1 - months, MONTHS)
        return Month(years, month + 1)

    def contains(self, day: date) -> bool:
        """Whether a day of Morocco lies in it."""
        return self.first_on <= day <= self.last_on


def month_bounds(year: int, month: int) -> tuple[datetime, datetime]:
    """The two instants, in UTC, of a month of Morocco: the first belongs to it, the second no more.

    :raises Invalid: there is no such month.
    """
    whole = Month(year, month)
    return whole.starts_at, whole.ends_at


def quarter_of(day: date) -> int:
    """The quarter of the year, 1 to 4, in which a day lies."""
    return (day.month - 1) // QUARTER_MONTHS + 1


def quarter_start(day: date) -> date:
    """The first day of the quarter in which a day lies: the key of a need's line."""
    return date(day.year, (quarter_of(day) - 1) * QUARTER_MONTHS + 1, 1)


def add_months(day: date, months: int) -> date:
    """The same day so many calendar months later (earlier if negative); the month's last day if it has no such day.

    :raises Invalid: the calendar does not go that far.
    """
    target = Month.of(day).back(-months)
    return target.first_on.replace(day=min(day.day, target.last_on.day))


def birthday(born_on: date, years: int) -> date:
    """The day on which a person turns ``years``; born on 29 February, it is 1 March in a year without one.

    :raises Invalid: the calendar does not go that far.
    """
    same = add_months(born_on, years * MONTHS)
    return same if same.day == born_on.day else same + timedelta(days=1)


def adult_on(born_on: date) -> date:
    """The day of majority, the one legal fact of age that matching may read (night work).

    :raises Invalid: the calendar does not go that far.
    """
    return birthday(born_on, MAJORITY_YEARS)


def age_on(born_on: date, day: date) -> int:
    """Full years of a person on a day; negative before the birth."""
    years = day.year - born_on.year
    return years if birthday(born_on, years) <= day else years - 1
