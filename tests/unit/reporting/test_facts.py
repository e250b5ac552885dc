"""Facts without identity, kept and found again."""

from __future__ import annotations

import zlib
from datetime import UTC, date, datetime

import pytest

from skills_bridge.domain.errors import Invalid, RuleBroken
from skills_bridge.domain.openings import CloseReason
from skills_bridge.reporting.facts import Facts, Label
from skills_bridge.reporting.storage import canonical_facts, compress_facts, digest_facts, restore_facts
from tests.unit.reporting.samples import PROVINCES, day, facts_of, placement, post


@pytest.fixture
def facts() -> Facts:
    first, second = post(day(9, 1), day(10, 1)), post(day(9, 2), closed=day(9, 9), reason=CloseReason.TRANSPORT)
    return facts_of(first, second, placement(first, day(10, 2), day(10, 3)), placement(None, None, day(10, 4)))


class TestBuildFacts:
    def test_turns_keys_into_ordinals(self, facts: Facts) -> None:
        assert facts.posts.opening.tolist() == [0, 0]
        assert facts.placements.post.tolist() == [0, -1]
        assert facts.placements.person.tolist() == [0, 1]

    def test_knows_the_local_day_of_the_cut_off(self) -> None:
        late = facts_of(cut_off=datetime(2026, 8, 31, 23, 30, tzinfo=UTC))

        assert late.cut_off_on == date(2026, 9, 1)

    def test_refuses_a_code_that_is_in_no_list(self) -> None:
        with pytest.raises(Invalid, match="facts-unknown-code"):
            facts_of(post(day(9, 1), province="99.999"))

    def test_refuses_half_an_event(self) -> None:
        row = post(day(9, 1))._replace(closed_on=day(9, 2))

        with pytest.raises(Invalid, match="facts-half-an-event"):
            facts_of(row)


class TestLabel:
    def test_has_a_name_in_each_language(self) -> None:
        assert [PROVINCES[0].name(code) for code in ("fr", "ar", "en")] == ["Province A1", "إقليم أ1", "Province A1"]

    def test_is_equal_by_value(self) -> None:
        assert Label("a", "b", "c", "d") == Label("a", "b", "c", "d")


class TestStorage:
    def test_brings_back_the_same_facts(self, facts: Facts) -> None:
        restored = restore_facts(compress_facts(facts))

        assert canonical_facts(restored) == canonical_facts(facts)
        assert restored.cut_off_on == facts.cut_off_on

    def test_digests_the_canonical_form(self, facts: Facts) -> None:
        assert digest_facts(facts) == digest_facts(restore_facts(compress_facts(facts)))
        assert digest_facts(facts) != digest_facts(facts_of())

    def test_refuses_damage(self, facts: Facts) -> None:
        kept = bytearray(compress_facts(facts))
        kept[len(kept) // 2] ^= 1

        with pytest.raises(RuleBroken, match="facts-damaged"):
            restore_facts(bytes(kept))

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"no line",
            b"{}\n",
            b"[]\n",
            b'{"format":"other","rows":{"posts":0,"placements":0}}\n',
            b'{"format":"skills-bridge-facts-1","rows":{"posts":1,"placements":0}}\n',
        ],
    )
    def test_refuses_what_is_no_facts(self, content: bytes) -> None:
        with pytest.raises(RuleBroken, match="facts-damaged"):
            restore_facts(zlib.compress(content))
