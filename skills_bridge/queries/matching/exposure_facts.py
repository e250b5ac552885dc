"""What people are counted under once a run stands: facts that no run reads, for counts only; the agency's scope."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills_bridge.domain.matching import ResultClass
from skills_bridge.models import MatchResult, Seeker, SeekerEquity


@dataclass(frozen=True)
class ExposureFacts:
    """What one person is counted under."""

    province: str | None
    education: str | None
    registered_on: date
    sex: str | None
    birth_year: int | None


def count_lists(session: Session, *, run_id: int) -> dict[int, int]:
    """Return in how many lists of a run, as *ready* or *to confirm*, each person stands; nobody with none."""
    rows = session.execute(
        select(MatchResult.seeker_id, func.count())
        .where(
            MatchResult.run_id == run_id,
            MatchResult.result_class.in_([ResultClass.READY.value, ResultClass.TO_CONFIRM.value]),
        )
        .group_by(MatchResult.seeker_id)
    )
    return {key: count for key, count in rows}  # noqa: C416  # rows are no pairs for the type checker


def get_exposure_facts(session: Session, people: Collection[int]) -> dict[int, ExposureFacts]:
    """Return what these people are counted under; who has left the base since is left out."""
    wanted = frozenset(people)
    rows = session.execute(
        select(
            Seeker.id,
            Seeker.province_code,
            Seeker.education_code,
            Seeker.registered_on,
            SeekerEquity.sex,
            SeekerEquity.birth_year,
        ).outerjoin(SeekerEquity, SeekerEquity.seeker_id == Seeker.id)
    )
    return {
        row.id: ExposureFacts(
            row.province_code, row.education_code, row.registered_on, row.sex.value if row.sex else None, row.birth_year
        )
        for row in rows
        if row.id in wanted
    }
