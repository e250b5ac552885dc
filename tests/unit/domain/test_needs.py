"""The rules of needs that need no database."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills_bridge.domain.errors import Invalid
from skills_bridge.domain.needs import MOST_LINES, Forecast, check_lines, excess, remaining

QUARTER = date(2027, 1, 1)


def line(**changes: object) -> Forecast:
    facts: dict[str, object] = {"quarter_on": QUARTER, "province_code": "01.511", "posts": 5}
    return Forecast(**{**facts, **changes})  # type: ignore[arg-type]  # the test chooses the field


class TestCheckLines:
    @pytest.mark.parametrize(
        ("lines", "code"),
        [
            ([], "need-without-line"),
            ([line(), line(posts=2)], "line-twice"),
            ([line(quarter_on=date(2027, 2, 1))], "no-quarter"),
            ([line(posts=0)], "line-posts-out-of-range"),
            ([line(posts=5001)], "line-posts-out-of-range"),
            ([line(province_code=str(code)) for code in range(MOST_LINES + 1)], "too-many-lines"),
        ],
    )
    def test_refuses_and_names_the_rule(self, lines: list[Forecast], code: str) -> None:
        with pytest.raises(Invalid) as refusal:
            check_lines(lines)

        assert (refusal.value.code, refusal.value.field) == (code, "lines")

    def test_takes_the_same_quarter_in_two_provinces(self) -> None:
        lines = [line(), line(province_code="06.141")]

        check_lines(lines)

        assert len(lines) == 2


class TestRemaining:
    @given(st.integers(0, 5000), st.integers(0, 5000))
    def test_is_never_below_zero_and_shows_what_goes_beyond(self, posts: int, consumed: int) -> None:
        assert remaining(posts, consumed) >= 0
        assert excess(posts, consumed) >= 0
        assert remaining(posts, consumed) - excess(posts, consumed) == posts - consumed
