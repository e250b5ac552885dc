"""References: never twice the same, a series a year of Morocco."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from skills_bridge.services.references import Series, next_reference
from tests.factories.world import World


class TestNextReference:
    def test_counts_each_series_and_year_apart(self, world: World) -> None:
        given = []
        for at in (datetime(2026, 5, 1, tzinfo=UTC), datetime(2027, 5, 1, tzinfo=UTC)):
            with world.acting("hr_manager", clock=lambda at=at: at) as uow:  # type: ignore[misc]  # bound now
                given += [next_reference(uow, Series.OPENING), next_reference(uow, Series.NEED)]
                given += [next_reference(uow, Series.OPENING)]

        assert given == [
            "OF-2026-00001",
            "BE-2026-00001",
            "OF-2026-00002",
            "OF-2027-00001",
            "BE-2027-00001",
            "OF-2027-00002",
        ]

    def test_takes_moroccos_year(self, world: World) -> None:
        new_year_at_utc_plus_one = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)
        with world.acting("hr_manager", clock=lambda: new_year_at_utc_plus_one) as uow:
            assert next_reference(uow, Series.PACK) == "RA-2026-00001"

    def test_never_gives_the_same_to_two(self, world: World) -> None:
        def take(_: int) -> str:
            with world.acting("hr_manager") as uow:
                return next_reference(uow, Series.COHORT)

        with ThreadPoolExecutor(8) as pool:
            given = list(pool.map(take, range(40)))

        assert len(set(given)) == 40
