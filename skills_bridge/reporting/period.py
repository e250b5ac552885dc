"""The month of a figure, as plain days of Morocco's local calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from skills_bridge.domain.errors import Invalid

DECEMBER = 12


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month, [first_on, next_on) in local days."""

    year: int
    month: int

    @classmethod
    def parse(cls, code: str) -> Month:
        """Read ``2026-10``.

        :raises Invalid: this is no month.
        """
        try:
            day = date.fromisoformat(f"{code}-01")
        except ValueError:
            raise Invalid("month-unreadable", field="period", value=code) from None
        return cls(day.year, day.month)

    @property
    def code(self) -> str:
        """The month as ``2026-10``."""
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def first_on(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    @property
    def next_on(self) -> date:
        """The first day after it."""
        return self.back(-1).first_on

    @property
    def last_on(self) -> date:
        """Its last day."""
        return self.next_on - timedelta(days=1)

    def back(self, months: int) -> Month:
        """Return the month that lies so many months earlier (later if negative)."""
        years, month = divmod(self.year * DECEMBER + self.month - 1 - months, DECEMBER)
        return Month(years, month + 1)
