"""The days of the story: the month that is frozen is the last one that is over, whatever today is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from skills_bridge.domain.calendar import Month, local_day, start_of


@dataclass(frozen=True, slots=True)
class Days:
    """Instants of the story, counted from the present one."""

    now: datetime

    @property
    def today(self) -> date:
        """Morocco's day now."""
        return local_day(self.now)

    @property
    def month(self) -> Month:
        """The last month that is over."""
        return Month.of(self.today).previous()

    def before(self, day: int, hour: int = 9) -> datetime:
        """An instant of the month before the frozen one."""
        return _at(self.month.previous(), day, hour)

    def within(self, day: int, hour: int = 9) -> datetime:
        """An instant of the frozen month."""
        return _at(self.month, day, hour)


def _at(month: Month, day: int, hour: int) -> datetime:
    return start_of(month.first_on + timedelta(days=day - 1)) + timedelta(hours=hour)
