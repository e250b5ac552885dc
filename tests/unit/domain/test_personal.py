"""Where a personal link stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from skills_bridge.domain.personal import LinkState, state_of_link

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("until", "ended", "state"),
    [
        (timedelta(days=1), None, LinkState.LIVE),
        (timedelta(0), None, LinkState.EXPIRED),
        (timedelta(days=-1), None, LinkState.EXPIRED),
        (timedelta(days=1), timedelta(hours=-1), LinkState.ENDED),
        (timedelta(days=-1), timedelta(days=-2), LinkState.ENDED),
    ],
)
def test_ends_by_word_or_by_its_day(until: timedelta, ended: timedelta | None, state: LinkState) -> None:
    ended_at = None if ended is None else NOW + ended

    assert state_of_link(opens_until=NOW + until, ended_at=ended_at, now=NOW) is state
