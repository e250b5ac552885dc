"""Small invented facts for the tests of the figures."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count

from skills_bridge.domain.calendar import Month
from skills_bridge.domain.openings import CloseReason
from skills_bridge.domain.placements import PlacementKind
from skills_bridge.reporting.facts import Facts, Label, PlacementRow, PostRow, build_facts

OCTOBER = Month(2026, 10)
CUT_OFF = datetime(2026, 11, 3, 18, 0, tzinfo=UTC)
EARLY = datetime(2026, 1, 1, tzinfo=UTC)

REGIONS = (Label("01", "Région A", "الجهة أ", "Region A"), Label("02", "Région B", "الجهة ب", "Region B"))
PROVINCES = (
    Label("01.001", "Province A1", "إقليم أ1", "Province A1", "01"),
    Label("01.002", "Province A2", "إقليم أ2", "Province A2", "01"),
    Label("02.001", "Province B1", "إقليم ب1", "Province B1", "02"),
)
PROFILES = (
    Label("P1", "Opératrice ou opérateur", "عامل(ة)", "Operator"),
    Label("P2", "Soudeur(euse)", "لحام(ة)", "Welder"),
)

_ids = count(1)


def post(
    validated: date,
    due: date | None = None,
    *,
    opened: date | None = None,
    closed: date | None = None,
    reason: CloseReason | None = None,
    province: str = "01.001",
    profile: str = "P1",
    opened_at: datetime = EARLY,
    closed_at: datetime | None = None,
) -> PostRow:
    return PostRow(
        post_id=next(_ids),
        opening_id=1,
        profile_code=profile,
        province_code=province,
        opened_on=opened or validated,
        validated_on=validated,
        due_on=due,
        opened_at=opened_at,
        closed_on=closed,
        close_reason=reason,
        closed_at=closed_at or (EARLY if closed else None),
    )


def placement(
    row: PostRow | None,
    signed: date | None,
    started: date | None = None,
    *,
    person: int | None = None,
    kind: PlacementKind = PlacementKind.EMPLOYMENT_CONTRACT,
    cancelled: date | None = None,
    recorded_at: datetime = EARLY,
    cancelled_at: datetime | None = None,
    province: str = "01.001",
    profile: str = "P1",
) -> PlacementRow:
    identity = next(_ids)
    return PlacementRow(
        placement_id=identity,
        person_id=person if person is not None else identity,
        kind=kind,
        signed_on=signed,
        started_on=started,
        recorded_at=recorded_at,
        profile_code=row.profile_code if row else profile,
        province_code=row.province_code if row else province,
        post_id=row.post_id if row else None,
        cancelled_on=cancelled,
        cancelled_at=cancelled_at or (EARLY if cancelled else None),
    )


def facts_of(*rows: PostRow | PlacementRow, cut_off: datetime = CUT_OFF) -> Facts:
    return build_facts(
        cut_off=cut_off,
        profiles=PROFILES,
        provinces=PROVINCES,
        regions=REGIONS,
        posts=[row for row in rows if isinstance(row, PostRow)],
        placements=[row for row in rows if isinstance(row, PlacementRow)],
    )


def day(month: int, number: int, year: int = 2026) -> date:
    return date(year, month, number)


def after(first: date, days: int) -> date:
    return first + timedelta(days=days)
