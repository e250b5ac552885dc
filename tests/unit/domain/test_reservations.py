"""The pure rules of reservations: steps, and the days that are told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.proposals import MOVES, ProposalState
from skills_bridge.domain.reservations import (
    PERSONAL,
    RELEASED,
    ReservationStep,
    enrolment_closes,
    last_day,
    post_kept_until,
    seat_kept_until,
    step_of,
)

NOW = datetime(2026, 11, 27, 23, 30, tzinfo=UTC)
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 the strategy adds it


class TestStepOf:
    @pytest.mark.parametrize(
        ("accepted", "enrolled", "ended", "step"),
        [
            (None, None, None, ReservationStep.ASKED),
            (NOW, None, None, ReservationStep.ACCEPTED),
            (NOW, NOW, None, ReservationStep.ENROLLED),
            (None, None, NOW, ReservationStep.ENDED),
            (NOW, NOW, NOW, ReservationStep.ENDED),
        ],
    )
    def test_reads_the_instants(
        self, accepted: datetime | None, enrolled: datetime | None, ended: datetime | None, step: ReservationStep
    ) -> None:
        assert step_of(accepted_at=accepted, enrolled_at=enrolled, ended_at=ended) is step


class TestDays:
    @given(now=INSTANTS, days=st.integers(1, 60), open_for=st.integers(0, 90))
    def test_a_seat_is_kept_whole_days_and_never_beyond_enrolment(
        self, now: datetime, days: int, open_for: int
    ) -> None:
        closes = local_day(now) + timedelta(days=open_for)

        told = last_day(seat_kept_until(now, days=days, enrolment_until=closes))

        assert told == min(local_day(now) + timedelta(days=days), closes)

    def test_a_post_is_kept_some_days_beyond_the_day_on_which_she_is_needed(self) -> None:
        assert last_day(post_kept_until(date(2027, 3, 1), days=10)) == date(2027, 3, 11)

    def test_the_last_day_of_enrolment_counts_whole(self) -> None:
        assert last_day(enrolment_closes(date(2026, 12, 31))) == date(2026, 12, 31)


class TestReasons:
    def test_an_advisers_own_are_told_to_nobody_outside(self) -> None:
        assert set(RELEASED) <= PERSONAL


class TestMoves:
    def test_lead_back_to_open_from_every_decision_about_a_course_and_a_post(self) -> None:
        for moves in MOVES.values():
            assert set(moves) == set(ProposalState)
        bridge = MOVES[next(kind for kind in MOVES if kind == "bridge")]
        assert all(ProposalState.OPEN in bridge[state] for state in ProposalState if state is not ProposalState.OPEN)
