"""References of openings, needs, cohorts, packs and requests: what people say on the phone."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy.dialects.postgresql import insert

from skills_bridge.domain.calendar import local_day
from skills_bridge.models import ReferenceCounter
from skills_bridge.unit_of_work import UnitOfWork


class Series(StrEnum):
    """The kinds of objects that carry a reference."""

    OPENING = "OF"
    NEED = "BE"
    COHORT = "PR"
    PACK = "RA"
    RIGHTS_REQUEST = "DP"


def next_reference(uow: UnitOfWork, series: Series) -> str:
    """Return the next reference of a series, for instance ``OF-2026-00042``; the year is Morocco's.

    One row per series and year, raised by one statement: two at once never get the same number; a rolled back
    transaction leaves a gap at most.
    """
    year = local_day(uow.now).year
    first = insert(ReferenceCounter).values(series=series.value, year=year, last_number=1)
    raised = first.on_conflict_do_update(
        index_elements=["series", "year"], set_={"last_number": ReferenceCounter.last_number + 1}
    ).returning(ReferenceCounter.last_number)
    return f"{series.value}-{year}-{uow.session.execute(raised).scalar_one():05d}"
