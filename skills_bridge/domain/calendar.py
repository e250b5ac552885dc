"""Morocco's local time, from the ``tzdata`` package alone.

The system's zone data may be years old, and ``zoneinfo`` would read it first: so the rules are read from the package,
whose version is locked. Every limit of a day or month is computed here and passed to SQL as instants.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from importlib.resources import files
from typing import Final
from zoneinfo import ZoneInfo

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
