"""The one formula of each KPI, case by case."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from skills_bridge.domain.calendar import Month
from skills_bridge.domain.errors import Invalid
from skills_bridge.domain.openings import CloseReason
from skills_bridge.domain.placements import PlacementKind
from skills_bridge.reporting.compute import compute, compute_all, percentage
from skills_bridge.reporting.facts import Facts, PlacementRow, PostRow
from skills_bridge.reporting.figures import Breakdown, Figure, Reason
from tests.unit.reporting.samples import CUT_OFF, OCTOBER, after, day, facts_of, placement, post

LATE = datetime(2026, 11, 4, tzinfo=UTC)


def one(facts: Facts, kpi: str, measure: str, month: Month = OCTOBER) -> Figure:
    return next(figure for figure in compute(kpi, facts, month) if figure.measure == measure)


def counts(figure: Figure) -> tuple[int | None, int | None]:
    return figure.numerator, figure.denominator


class TestK2:
    def test_counts_posts_open_at_the_end_of_the_last_day(self) -> None:
        facts = facts_of(
            post(day(10, 31)),
            post(day(11, 1)),
            post(day(9, 1), closed=day(10, 31), reason=CloseReason.TRANSPORT),
            post(day(9, 1), closed=day(11, 1), reason=CloseReason.TRANSPORT),
        )

        assert one(facts, "K2", "open_on_last_day").value == "2"

    def test_holds_no_post_that_was_filled_on_that_day_even_if_undone_later(self) -> None:
        held = post(day(9, 1))
        freed = post(day(9, 1))
        facts = facts_of(
            held,
            freed,
            placement(held, day(10, 10), day(11, 10), cancelled=day(11, 2)),
            placement(freed, day(10, 10), day(11, 10), cancelled=day(10, 31)),
        )

        assert one(facts, "K2", "open_on_last_day").value == "1"

    def test_counts_a_post_added_later_in_the_month_it_was_opened(self) -> None:
        facts = facts_of(post(day(9, 1), opened=day(10, 5)), post(day(9, 1)))

        assert one(facts, "K2", "opened_in_month").value == "1"

    def test_looks_at_the_day_of_the_cut_off_in_an_unfinished_month(self) -> None:
        facts = facts_of(post(day(11, 3)), post(day(11, 4)))

        assert one(facts, "K2", "open_on_last_day", Month(2026, 11)).value == "1"


class TestK3:
    def test_is_filled_over_due_less_filled_outside_and_withdrawn(self) -> None:
        rows: list[PostRow | PlacementRow] = [post(day(8, 1), day(10, 1)) for _ in range(9)]
        filled = post(day(8, 1), day(10, 31))
        outside = post(day(8, 1), day(10, 2), closed=day(9, 1), reason=CloseReason.FILLED_OUTSIDE)
        withdrawn = post(day(8, 1), day(10, 2), closed=day(9, 1), reason=CloseReason.EMPLOYER_WITHDREW)
        other_month = post(day(8, 1), day(11, 1))
        facts = facts_of(*rows, filled, outside, withdrawn, other_month, placement(filled, day(11, 3)))

        share = one(facts, "K3", "filled_share")

        assert (*counts(share), share.value, share.n) == (1, 10, "10.0", 10)
        assert one(facts, "K3", "filled_outside").value == "1"
        assert one(facts, "K3", "withdrawn").value == "1"

    def test_keeps_posts_closed_for_other_reasons_below(self) -> None:
        facts = facts_of(post(day(8, 1), day(10, 1), closed=day(9, 1), reason=CloseReason.TRANSPORT))

        assert counts(one(facts, "K3", "filled_share")) == (0, 1)

    def test_a_fill_undone_before_the_start_frees_the_post(self) -> None:
        row = post(day(8, 1), day(10, 1))
        facts = facts_of(row, placement(row, day(9, 1), day(9, 15), cancelled=day(9, 14)))

        assert counts(one(facts, "K3", "filled_share")) == (0, 1)

    def test_a_leaver_after_the_start_does_not(self) -> None:
        row = post(day(8, 1), day(10, 1))
        facts = facts_of(row, placement(row, day(9, 1), day(9, 15), cancelled=day(9, 15)))

        assert counts(one(facts, "K3", "filled_share")) == (1, 1)

    @pytest.mark.parametrize(("recorded_at", "filled"), [(CUT_OFF, 1), (LATE, 0)])
    def test_counts_what_was_recorded_up_to_the_cut_off(self, recorded_at: datetime, filled: int) -> None:
        row = post(day(8, 1), day(10, 1))
        facts = facts_of(row, placement(row, day(9, 1), recorded_at=recorded_at))

        assert counts(one(facts, "K3", "filled_share")) == (filled, 1)

    def test_knows_no_post_closing_or_cancellation_recorded_later(self) -> None:
        row = post(day(8, 1), day(10, 1))
        closed = post(day(8, 1), day(10, 1), closed=day(9, 1), reason=CloseReason.EMPLOYER_WITHDREW, closed_at=LATE)
        facts = facts_of(
            row,
            closed,
            post(day(8, 1), day(10, 1), opened_at=LATE),
            placement(row, day(9, 1), day(12, 1), cancelled=day(11, 3), cancelled_at=LATE),
        )

        assert counts(one(facts, "K3", "filled_share")) == (1, 2)

    def test_prints_no_percentage_under_ten(self) -> None:
        facts = facts_of(*[post(day(8, 1), day(10, 1)) for _ in range(9)])

        share = one(facts, "K3", "filled_share")

        assert (*counts(share), share.value, share.not_measured_reason) == (0, 9, None, Reason.UNDER_TEN)

    def test_says_that_no_post_is_due(self) -> None:
        assert one(facts_of(), "K3", "filled_share").not_measured_reason is Reason.NO_POST_DUE


class TestK3c:
    def test_measures_only_months_old_enough(self) -> None:
        facts = facts_of(*[post(day(9, 1), day(12, 1)) for _ in range(10)])

        figures = compute("K3c", facts, Month(2026, 9))

        assert [figure.not_measured_reason for figure in figures] == [
            None,
            Reason.MONTH_TOO_RECENT,
            Reason.MONTH_TOO_RECENT,
        ]

    def test_counts_fills_up_to_the_age(self) -> None:
        first, second = post(day(7, 1), day(9, 1)), post(day(7, 1), day(9, 1))
        facts = facts_of(first, second, placement(first, after(day(7, 1), 30)), placement(second, after(day(7, 1), 31)))

        figures = compute("K3c", facts, Month(2026, 7))

        assert [counts(figure) for figure in figures] == [(1, 2), (2, 2), (2, 2)]

    def test_says_that_no_post_was_validated(self) -> None:
        assert one(facts_of(), "K3c", "filled_at_90", Month(2026, 1)).not_measured_reason is Reason.NO_POST_VALIDATED


class TestK4:
    def test_takes_the_nearest_rank(self) -> None:
        rows = [post(day(9, 1)) for _ in range(4)]
        fills = [placement(row, after(day(9, 1), delay)) for row, delay in zip(rows, (30, 40, 50, 58), strict=True)]
        facts = facts_of(*rows, *fills)

        values = {figure.measure: (figure.value, figure.n) for figure in compute("K4", facts, OCTOBER)[:2]}

        assert values == {"median_days": ("40", 4), "ninth_decile_days": ("58", 4)}

    def test_counts_a_post_added_later_from_its_own_opening(self) -> None:
        row = post(day(9, 1), opened=day(10, 5))

        assert one(facts_of(row, placement(row, day(10, 8))), "K4", "median_days").value == "3"

    def test_leaves_negative_delays_out(self) -> None:
        row = post(day(10, 5))

        figure = one(facts_of(row, placement(row, day(10, 4))), "K4", "median_days")

        assert (figure.value, figure.n, figure.not_measured_reason) == (None, 0, Reason.NO_POST_FILLED)

    def test_shares_the_posts_still_open_at_each_age(self) -> None:
        rows = [post(day(9, 10)) for _ in range(9)]
        filled = post(day(9, 10))
        facts = facts_of(*rows, filled, placement(filled, day(10, 10)))

        shares = [figure for figure in compute("K4", facts, OCTOBER) if figure.measure.startswith("still")]

        assert [(*counts(share), share.value) for share in shares] == [(9, 10, "90.0"), (0, 0, None), (0, 0, None)]
        assert shares[1].not_measured_reason is Reason.NO_POST_OF_THAT_AGE


class TestK8n:
    def test_counts_a_person_once_per_kind_on_the_first_start(self) -> None:
        rows = [placement(None, day(9, 1), day(10, number), person=number) for number in range(1, 6)]
        again = placement(None, day(9, 1), day(10, 20), person=1)
        earlier = placement(None, day(8, 1), day(9, 1), person=2)
        other_kind = placement(None, day(9, 1), day(10, 9), person=1, kind=PlacementKind.INSERTION_CONTRACT)
        more = [placement(None, day(9, 1), day(10, 2), person=10 + extra) for extra in range(2)]
        facts = facts_of(*rows, again, earlier, other_kind, *more)

        figures = {figure.measure: (figure.value, figure.suppressed) for figure in compute("K8n", facts, OCTOBER)}

        assert figures == {
            "employment_contract": ("6", False),
            "insertion_contract": (None, True),
            "other": ("0", False),
        }

    def test_counts_no_start_that_was_undone_or_lies_ahead(self) -> None:
        facts = facts_of(
            placement(None, day(9, 1), day(10, 10), cancelled=day(10, 9)),
            placement(None, day(9, 1), None),
            placement(None, day(11, 1), day(11, 20)),
        )

        assert one(facts, "K8n", "employment_contract").value == "0"
        assert one(facts, "K8n", "employment_contract", Month(2026, 11)).value == "0"

    def test_hides_a_second_cell_beside_a_hidden_one(self) -> None:
        people = [placement(None, day(10, 1), day(10, 2), province="01.001") for _ in range(3)]
        people += [placement(None, day(10, 1), day(10, 2), province="02.001", profile="P2") for _ in range(6)]

        regions = compute("K8n", facts_of(*people), OCTOBER, Breakdown.REGION)

        assert [figure.suppressed for figure in regions[:2]] == [True, True]

    def test_keeps_hidden_what_an_earlier_version_hid(self) -> None:
        people = [placement(None, day(10, 1), day(10, 2)) for _ in range(7)]
        first = one(facts_of(*people[:4]), "K8n", "employment_contract")

        again = compute("K8n", facts_of(*people), OCTOBER, hidden_before=[first.identity])

        assert (first.suppressed, again[0].suppressed) == (True, True)


class TestCompute:
    def test_measures_nothing_of_a_month_to_come(self) -> None:
        figures = compute_all(("K2", "K3", "K3c", "K4", "K8n"), facts_of(post(day(12, 1))), Month(2026, 12))

        assert {figure.not_measured_reason for figure in figures} == {Reason.MONTH_NOT_BEGUN}

    def test_gives_a_line_to_every_code(self) -> None:
        keys = [figure.key for figure in compute("K2", facts_of(), OCTOBER, Breakdown.PROVINCE)]

        assert keys == ["01.001", "01.002", "02.001"] * 2

    def test_refuses_an_unknown_kpi(self) -> None:
        with pytest.raises(Invalid):
            compute("K99", facts_of(), OCTOBER)


class TestPercentage:
    @pytest.mark.parametrize(
        ("part", "whole", "expected"),
        [(2, 3, "66.7"), (1, 2000, "0.1"), (1, 2001, "0.0"), (0, 7, "0.0"), (7, 7, "100.0")],
    )
    def test_rounds_halves_up_to_one_place(self, part: int, whole: int, expected: str) -> None:
        assert percentage(part, whole) == expected
