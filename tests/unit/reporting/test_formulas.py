"""The vector formulas against a plain reading of the definitions, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from math import ceil

from hypothesis import given
from hypothesis import strategies as st

from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.openings import CloseReason
from skills_bridge.domain.placements import PlacementKind
from skills_bridge.reporting.compute import compute
from skills_bridge.reporting.facts import PlacementRow, PostRow
from skills_bridge.reporting.figures import Breakdown, Figure
from tests.unit.reporting.samples import CUT_OFF, OCTOBER, PROFILES, PROVINCES, facts_of

DAYS = st.dates(date(2026, 7, 20), date(2026, 11, 20))
INSTANTS = st.datetimes(datetime(2026, 7, 1), datetime(2026, 11, 10), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
PROVINCE_CODES = st.sampled_from([label.code for label in PROVINCES])
PROFILE_CODES = st.sampled_from([label.code for label in PROFILES])


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[PostRow], list[PlacementRow]]:
    posts = [_post(draw, number) for number in range(draw(st.integers(0, 14)))]
    holders = draw(st.permutations(posts))[: draw(st.integers(0, len(posts)))]
    placements = [_placement(draw, number, holder) for number, holder in enumerate(holders)]
    extra = range(len(placements), len(placements) + draw(st.integers(0, 5)))
    return posts, placements + [_placement(draw, number, None) for number in extra]


def _post(draw: st.DrawFn, number: int) -> PostRow:
    validated, is_closed = draw(DAYS), draw(st.booleans())
    return PostRow(
        post_id=number,
        opening_id=number,
        profile_code=draw(PROFILE_CODES),
        province_code=draw(PROVINCE_CODES),
        opened_on=draw(st.none() | st.just(validated) | DAYS),
        validated_on=validated,
        due_on=draw(st.none() | DAYS),
        opened_at=draw(INSTANTS),
        closed_on=draw(DAYS) if is_closed else None,
        close_reason=draw(st.sampled_from(CloseReason)) if is_closed else None,
        closed_at=draw(INSTANTS) if is_closed else None,
    )


def _placement(draw: st.DrawFn, number: int, holder: PostRow | None) -> PlacementRow:
    is_cancelled = draw(st.booleans())
    return PlacementRow(
        placement_id=number,
        person_id=draw(st.integers(0, 3)),
        kind=draw(st.sampled_from(PlacementKind)),
        signed_on=draw(st.none() | DAYS),
        started_on=draw(st.none() | DAYS),
        recorded_at=draw(INSTANTS),
        profile_code=holder.profile_code if holder else draw(PROFILE_CODES),
        province_code=holder.province_code if holder else draw(PROVINCE_CODES),
        post_id=holder.post_id if holder else None,
        cancelled_on=draw(DAYS) if is_cancelled else None,
        cancelled_at=draw(INSTANTS) if is_cancelled else None,
    )


class Reader:
    """A slow reader of the definitions."""

    def __init__(self, posts: Sequence[PostRow], placements: Sequence[PlacementRow]) -> None:
        self.posts = [row for row in posts if row.opened_at <= CUT_OFF]
        self.placements = [row for row in placements if row.recorded_at <= CUT_OFF]

    @staticmethod
    def start(row: PostRow) -> date:
        return max(row.validated_on, row.opened_on or row.validated_on)

    @staticmethod
    def undone_on(row: PlacementRow) -> date | None:
        if row.cancelled_on is None or row.cancelled_at is None or row.cancelled_at > CUT_OFF:
            return None
        return row.cancelled_on if row.started_on is None or row.cancelled_on < row.started_on else None

    def fill(self, post: PostRow) -> PlacementRow | None:
        for row in self.placements:
            if row.post_id == post.post_id and self.undone_on(row) is None and (row.signed_on or row.started_on):
                return row
        return None

    def closed(self, post: PostRow) -> tuple[date, CloseReason] | None:
        if post.closed_on is None or post.closed_at is None or post.closed_at > CUT_OFF or post.close_reason is None:
            return None
        return post.closed_on, post.close_reason

    def is_open(self, post: PostRow, day: date) -> bool:
        closed = self.closed(post)
        if self.start(post) > day or (closed and closed[0] <= day):
            return False
        for row in self.placements:
            filled_on = row.signed_on or row.started_on
            if row.post_id == post.post_id and filled_on and filled_on <= day:
                undone = self.undone_on(row)
                if undone is None or undone > day:
                    return False
        return True

    def set_aside(self, post: PostRow, reason: CloseReason) -> bool:
        closed = self.closed(post)
        return self.fill(post) is None and closed is not None and closed[1] is reason


def in_october(day: date | None) -> bool:
    return day is not None and OCTOBER.first_on <= day < OCTOBER.next_on


def measures(figures: Sequence[Figure]) -> dict[str, Figure]:
    return {figure.measure: figure for figure in figures}


def figures_of(world: tuple[list[PostRow], list[PlacementRow]], kpi: str) -> dict[str, Figure]:
    return measures(compute(kpi, facts_of(*world[0], *world[1]), OCTOBER))


@given(worlds())
def test_k2_counts_open_posts(world: tuple[list[PostRow], list[PlacementRow]]) -> None:
    reader, figures = Reader(*world), figures_of(world, "K2")

    assert figures["open_on_last_day"].numerator == sum(reader.is_open(one, OCTOBER.last_on) for one in reader.posts)
    assert figures["opened_in_month"].numerator == sum(in_october(reader.start(one)) for one in reader.posts)


@given(worlds())
def test_k3_shares_filled_posts(world: tuple[list[PostRow], list[PlacementRow]]) -> None:
    reader, figures = Reader(*world), figures_of(world, "K3")

    due = [one for one in reader.posts if in_october(one.due_on)]
    outside = [one for one in due if reader.set_aside(one, CloseReason.FILLED_OUTSIDE)]
    withdrawn = [one for one in due if reader.set_aside(one, CloseReason.EMPLOYER_WITHDREW)]
    share = figures["filled_share"]
    assert share.denominator == len(due) - len(outside) - len(withdrawn)
    assert share.numerator == sum(reader.fill(one) is not None for one in due)
    assert (figures["filled_outside"].numerator, figures["withdrawn"].numerator) == (len(outside), len(withdrawn))


@given(worlds())
def test_k4_ranks_delays(world: tuple[list[PostRow], list[PlacementRow]]) -> None:
    reader, figures = Reader(*world), figures_of(world, "K4")

    delays = []
    for one in reader.posts:
        fill = reader.fill(one)
        if fill is not None and fill.signed_on is not None and in_october(fill.signed_on):
            delays.append((fill.signed_on - reader.start(one)).days)
    ordered = sorted(delay for delay in delays if delay >= 0)
    for measure, share in (("median_days", 0.5), ("ninth_decile_days", 0.9)):
        expected = str(ordered[ceil(round(share * len(ordered), 6)) - 1]) if ordered else None
        assert (figures[measure].value, figures[measure].n) == (expected, len(ordered))
    classes = [figure.numerator or 0 for code, figure in figures.items() if code.startswith("filled_from")]
    assert sum(classes) == len(ordered)


@given(worlds())
def test_k4_shares_posts_still_open(world: tuple[list[PostRow], list[PlacementRow]]) -> None:
    reader, figures = Reader(*world), figures_of(world, "K4")

    for age in (30, 60, 90):
        reached = [one for one in reader.posts if in_october(reader.start(one) + timedelta(days=age))]
        still = [one for one in reached if reader.is_open(one, reader.start(one) + timedelta(days=age))]
        figure = figures[f"still_open_at_{age}"]
        assert (figure.numerator, figure.denominator) == (len(still), len(reached))


@given(worlds())
def test_k8n_counts_people_by_kind(world: tuple[list[PostRow], list[PlacementRow]]) -> None:
    reader, figures = Reader(*world), figures_of(world, "K8n")

    for kind in PlacementKind:
        firsts: dict[int, date] = {}
        for row in reader.placements:
            counts = row.kind is kind and row.started_on is not None and reader.undone_on(row) is None
            if counts and row.started_on is not None and row.started_on <= local_day(CUT_OFF):
                firsts[row.person_id] = min(row.started_on, firsts.get(row.person_id, row.started_on))
        expected = sum(in_october(first) for first in firsts.values())
        shown = figures[str(kind)]
        assert shown.numerator == expected or (shown.suppressed and expected > 0)


@given(worlds())
def test_the_lines_of_posts_add_up(world: tuple[list[PostRow], list[PlacementRow]]) -> None:
    facts = facts_of(*world[0], *world[1])

    for kpi, measure in (("K2", "open_on_last_day"), ("K3", "filled_share"), ("K4", "still_open_at_30")):
        total = measures(compute(kpi, facts, OCTOBER))[measure].numerator
        for breakdown in (Breakdown.REGION, Breakdown.PROVINCE, Breakdown.PROFILE):
            lines = [one.numerator or 0 for one in compute(kpi, facts, OCTOBER, breakdown) if one.measure == measure]
            assert sum(lines) == total


@given(worlds())
def test_the_order_of_rows_changes_nothing(world: tuple[list[PostRow], list[PlacementRow]]) -> None:
    posts, placements = world

    backwards = facts_of(*placements[::-1], *posts[::-1])

    assert compute("K8n", backwards, OCTOBER) == compute("K8n", facts_of(*posts, *placements), OCTOBER)
