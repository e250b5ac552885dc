"""Months as plain local days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills_bridge.domain.errors import Invalid
from skills_bridge.reporting.period import Month

MONTHS = st.builds(Month, st.integers(2000, 2100), st.integers(1, 12))


class TestMonth:
    @given(MONTHS)
    def test_is_read_back_from_its_code(self, month: Month) -> None:
        assert Month.parse(month.code) == month

    @given(MONTHS)
    def test_is_followed_by_the_next_without_a_gap(self, month: Month) -> None:
        assert month.last_on + timedelta(days=1) == month.next_on == month.back(-1).first_on

    @given(MONTHS, st.integers(-30, 30))
    def test_goes_back_and_forth(self, month: Month, steps: int) -> None:
        assert month.back(steps).back(-steps) == month

    def test_ends_with_its_last_day(self) -> None:
        assert Month(2028, 2).last_on == date(2028, 2, 29)

    @pytest.mark.parametrize("code", ["2026-13", "2026", "octobre", "2026-1", ""])
    def test_refuses_what_is_no_month(self, code: str) -> None:
        with pytest.raises(Invalid, match="month-unreadable"):
            Month.parse(code)
