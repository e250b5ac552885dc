from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from skills_bridge.domain.placements import PlacementKind, PlacementState, fits_contract, state_of

DAY = date(2026, 11, 3)
days = st.integers(-400, 400).map(lambda n: DAY + timedelta(days=n))


class TestFitsContract:
    def test_never_takes_an_insertion_contract_for_a_hire(self) -> None:
        hires = {kind for kind in PlacementKind if fits_contract(kind, is_employment_contract=True)}
        others = {kind for kind in PlacementKind if fits_contract(kind, is_employment_contract=False)}

        assert hires == {PlacementKind.EMPLOYMENT_CONTRACT}
        assert others == {PlacementKind.INSERTION_CONTRACT, PlacementKind.OTHER}


class TestStateOf:
    def test_lies_ahead_before_the_first_day(self) -> None:
        found = state_of(started_on=DAY + timedelta(days=1), ended_on=None, cancelled_on=None, today=DAY)
        assert found is PlacementState.AHEAD

    def test_runs_from_the_first_day_on(self) -> None:
        assert state_of(started_on=DAY, ended_on=None, cancelled_on=None, today=DAY) is PlacementState.RUNNING

    @given(days, days, days)
    def test_ends_with_the_last_day(self, started_on: date, ended_on: date, today: date) -> None:
        found = state_of(started_on=started_on, ended_on=ended_on, cancelled_on=None, today=today)
        assert found is PlacementState.ENDED

    @given(days, days, st.none() | days)
    def test_is_undone_whatever_else(self, started_on: date, today: date, ended_on: date | None) -> None:
        found = state_of(started_on=started_on, ended_on=ended_on, cancelled_on=today, today=today)
        assert found is PlacementState.UNDONE
