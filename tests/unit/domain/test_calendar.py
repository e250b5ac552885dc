"""Morocco's local time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills_bridge.domain.calendar import local_day, start_of, to_local


class TestToLocal:
    @pytest.mark.parametrize(
        ("day", "hours"),
        [(date(2026, 9, 19), 1), (date(2026, 9, 21), 0), (date(2026, 12, 1), 0), (date(2027, 3, 1), 0)],
    )
    def test_follows_the_return_to_utc_of_september_2026(self, day: date, hours: int) -> None:
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)

        assert to_local(noon).utcoffset() == timedelta(hours=hours)

    def test_refuses_an_instant_without_zone(self) -> None:
        with pytest.raises(ValueError, match="without zone"):
            to_local(datetime(2026, 12, 1, 12))  # noqa: DTZ001 - that is the fault under test


class TestLocalDay:
    def test_is_tomorrow_late_in_the_evening_while_clocks_are_ahead(self) -> None:
        assert local_day(datetime(2026, 9, 18, 23, 30, tzinfo=UTC)) == date(2026, 9, 19)


class TestStartOf:
    @given(st.dates(date(2012, 1, 1), date(2060, 1, 1)))
    def test_is_the_first_instant_of_its_day(self, day: date) -> None:
        start = start_of(day)

        assert (local_day(start), local_day(start - timedelta(microseconds=1))) == (day, day - timedelta(days=1))
