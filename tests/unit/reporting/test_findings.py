"""The data-quality list."""

from __future__ import annotations

from datetime import UTC, datetime

from skills_bridge.domain.openings import CloseReason
from skills_bridge.reporting.facts import Facts
from skills_bridge.reporting.findings import FindingKind, list_findings
from tests.unit.reporting.samples import OCTOBER, day, facts_of, placement, post


def found(facts: Facts) -> dict[FindingKind, tuple[int, ...]]:
    return {one.kind: one.ordinals for one in list_findings(facts, OCTOBER) if one.ordinals}


class TestListFindings:
    def test_has_an_entry_for_every_kind(self) -> None:
        assert [one.kind for one in list_findings(facts_of(), OCTOBER)] == list(FindingKind)

    def test_finds_nothing_in_sound_facts(self) -> None:
        row = post(day(10, 1), day(10, 20))

        assert found(facts_of(row, placement(row, day(10, 8), day(10, 9)))) == {}

    def test_lists_signatures_before_the_validation(self) -> None:
        row = post(day(10, 9), day(12, 1))

        assert found(facts_of(row, placement(row, day(10, 8)))) == {FindingKind.NEGATIVE_DELAY: (0,)}

    def test_lists_fills_without_a_signature(self) -> None:
        row = post(day(9, 9), day(12, 1))

        assert found(facts_of(row, placement(row, None, day(10, 8)))) == {FindingKind.SIGNATURE_MISSING: (0,)}

    def test_lists_posts_without_a_due_day(self) -> None:
        assert found(facts_of(post(day(10, 9)))) == {FindingKind.DUE_MISSING: (0,)}

    def test_lists_posts_held_twice(self) -> None:
        row = post(day(9, 9), day(12, 1))
        facts = facts_of(row, placement(row, day(10, 8)), placement(row, day(10, 7)))

        assert found(facts) == {FindingKind.SEVERAL_FILLS: (0,)}

    def test_lists_posts_both_filled_and_closed(self) -> None:
        row = post(day(9, 9), day(12, 1), closed=day(10, 10), reason=CloseReason.TRANSPORT)

        assert found(facts_of(row, placement(row, day(10, 8)))) == {FindingKind.FILLED_AND_CLOSED: (0,)}

    def test_lists_cancellations_after_the_start(self) -> None:
        late = placement(None, day(9, 1), day(9, 15), cancelled=day(10, 2))
        unknown_yet = placement(
            None, day(9, 1), day(9, 15), cancelled=day(10, 2), cancelled_at=datetime(2026, 12, 1, tzinfo=UTC)
        )

        assert found(facts_of(late, unknown_yet)) == {FindingKind.CANCELLED_AFTER_START: (0,)}
