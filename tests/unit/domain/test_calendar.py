"""Morocco's local time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills_bridge.domain.calendar import (
    MOROCCO,
    Month,
    add_months,
    adult_on,
    age_on,
    birthday,
    local_day,
    month_bounds,
    quarter_of,
    quarter_start,
    start_of,
    to_local,
)
from skills_bridge.domain.errors import Invalid

DAYS = st.dates(date(1930, 1, 1), date(2100, 12, 31))
MONTHS = st.builds(Month, st.integers(1990, 2100), st.integers(1, 12))


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

    def test_reads_the_locked_package_and_never_the_system(self) -> None:
        winter, ramadan = datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)

        assert MOROCCO.key == "Africa/Casablanca"
        assert (to_local(winter).hour, to_local(ramadan).hour) == (1, 0)


class TestLocalDay:
    def test_is_tomorrow_late_in_the_evening_while_clocks_are_ahead(self) -> None:
        assert local_day(datetime(2026, 9, 18, 23, 30, tzinfo=UTC)) == date(2026, 9, 19)


class TestStartOf:
    @given(st.dates(date(2012, 1, 1), date(2060, 1, 1)))
    def test_is_the_first_instant_of_its_day(self, day: date) -> None:
        start = start_of(day)

        assert (local_day(start), local_day(start - timedelta(microseconds=1))) == (day, day - timedelta(days=1))


class TestMonthBounds:
    def test_follow_the_clock_of_morocco(self) -> None:
        assert month_bounds(2026, 9) == (
            datetime(2026, 8, 31, 23, tzinfo=UTC),
            datetime(2026, 10, 1, tzinfo=UTC),
        )

    def test_end_a_leap_february_after_its_29th_day(self) -> None:
        start, end = month_bounds(2028, 2)

        assert (local_day(start), local_day(end - timedelta(microseconds=1))) == (date(2028, 2, 1), date(2028, 2, 29))

    def test_close_the_year(self) -> None:
        assert month_bounds(2026, 12) == (datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))

    @given(MONTHS)
    def test_leave_no_instant_between_two_months(self, month: Month) -> None:
        following = month.next()

        assert month_bounds(month.year, month.month)[1] == month_bounds(following.year, following.month)[0]

    @given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - bounds without zone, as hypothesis asks
    def test_hold_every_instant_of_their_days(self, instant: datetime) -> None:
        month = Month.of(local_day(instant))

        assert month.starts_at <= instant < month.ends_at

    @pytest.mark.parametrize(("year", "month"), [(2026, 0), (2026, 13), (0, 1), (9999, 12)])
    def test_refuse_what_no_calendar_has(self, year: int, month: int) -> None:
        with pytest.raises(Invalid):
            month_bounds(year, month)


class TestMonth:
    @given(MONTHS)
    def test_is_read_back_from_its_code(self, month: Month) -> None:
        assert Month.parse(month.code) == month

    @pytest.mark.parametrize(
        "code", ["2026-13", "2026-1", "2026", "26-11", "2026-11-01", "٢٠٢٦-١١", " 2026-11", "", "0000-01"]
    )
    def test_refuses_another_writing(self, code: str) -> None:
        with pytest.raises(Invalid) as refusal:
            Month.parse(code)

        assert refusal.value.code == "month-unreadable"

    @given(MONTHS)
    def test_comes_back_after_next_and_previous(self, month: Month) -> None:
        assert month.next().previous() == month.previous().next() == month

    @given(MONTHS, st.integers(-200, 200))
    def test_moves_by_months_in_order(self, month: Month, months: int) -> None:
        assert (month.back(months) < month) == (months > 0)

    @given(DAYS)
    def test_contains_its_days_alone(self, day: date) -> None:
        month = Month.of(day)

        assert month.contains(day)
        assert not month.next().contains(day)
        assert not month.previous().contains(day)
        assert not month.contains(month.next_on)


class TestQuarter:
    @pytest.mark.parametrize(
        ("day", "quarter", "start"),
        [
            (date(2026, 1, 1), 1, date(2026, 1, 1)),
            (date(2028, 2, 29), 1, date(2028, 1, 1)),
            (date(2026, 3, 31), 1, date(2026, 1, 1)),
            (date(2026, 11, 23), 4, date(2026, 10, 1)),
            (date(2026, 12, 31), 4, date(2026, 10, 1)),
        ],
    )
    def test_begins_in_january_april_july_or_october(self, day: date, quarter: int, start: date) -> None:
        assert (quarter_of(day), quarter_start(day)) == (quarter, start)

    @given(DAYS)
    def test_starts_at_most_92_days_before_its_days(self, day: date) -> None:
        assert 0 <= (day - quarter_start(day)).days < 92
        assert quarter_start(quarter_start(day)) == quarter_start(day)


class TestAddMonths:
    @pytest.mark.parametrize(
        ("day", "months", "expected"),
        [
            (date(2026, 8, 31), 6, date(2027, 2, 28)),
            (date(2027, 8, 31), 6, date(2028, 2, 29)),
            (date(2026, 11, 30), 3, date(2027, 2, 28)),
            (date(2026, 3, 31), -1, date(2026, 2, 28)),
            (date(2026, 12, 15), 1, date(2027, 1, 15)),
        ],
    )
    def test_takes_the_last_day_if_the_day_is_missing(self, day: date, months: int, expected: date) -> None:
        assert add_months(day, months) == expected

    @given(DAYS, st.integers(-120, 120))
    def test_lands_in_the_month_counted(self, day: date, months: int) -> None:
        later = add_months(day, months)

        assert (later.year - day.year) * 12 + later.month - day.month == months
        assert later.day <= day.day

    def test_refuses_to_leave_the_calendar(self) -> None:
        with pytest.raises(Invalid):
            add_months(date(2026, 1, 1), 12 * 9000)


class TestAge:
    def test_turns_adult_on_the_eighteenth_birthday(self) -> None:
        assert adult_on(date(2008, 11, 23)) == date(2026, 11, 23)

    def test_waits_for_1_march_if_born_on_29_february(self) -> None:
        assert (adult_on(date(2008, 2, 29)), birthday(date(2008, 2, 29), 20)) == (date(2026, 3, 1), date(2028, 2, 29))

    @given(DAYS, DAYS)
    def test_is_18_from_the_day_of_majority_on(self, born_on: date, day: date) -> None:
        assert (age_on(born_on, day) >= 18) == (day >= adult_on(born_on))

    def test_counts_full_years(self) -> None:
        born_on = date(2000, 6, 15)

        assert [age_on(born_on, date(2026, 6, day)) for day in (14, 15)] == [25, 26]
