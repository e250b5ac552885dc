"""Charts that look the same everywhere."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from skills_bridge.adapters.texts import texts_for
from skills_bridge.reporting.charts import SHADES, UNSHADED, draw_delays, draw_region_tiles, shade
from skills_bridge.reporting.compute import compute
from skills_bridge.reporting.facts import Facts
from skills_bridge.reporting.figures import Breakdown
from skills_bridge.reporting.wording import line_labels
from tests.unit.reporting.samples import OCTOBER, day, facts_of, placement, post


@pytest.fixture
def facts() -> Facts:
    rows = [post(day(9, 1), day(10, 5)) for _ in range(12)]
    return facts_of(*rows, *[placement(row, day(9, 30) + timedelta(days=n)) for n, row in enumerate(rows[:9])])


def tiles(facts: Facts, language: str) -> str:
    words = texts_for(language)
    figures = [one for one in compute("K3", facts, OCTOBER, Breakdown.REGION) if one.measure == "filled_share"]
    return draw_region_tiles(figures, line_labels(facts, Breakdown.REGION, words), words)


class TestShade:
    @pytest.mark.parametrize(
        ("value", "tint"), [(None, UNSHADED), ("0.0", SHADES[0]), ("20.0", SHADES[1]), ("100.0", SHADES[4])]
    )
    def test_steps_by_twenty_points(self, value: str | None, tint: str) -> None:
        assert shade(value) == tint


class TestDrawRegionTiles:
    def test_shows_every_region_with_its_value_and_n(self, facts: Facts) -> None:
        svg = tiles(facts, "fr")

        assert all(text in svg for text in ("Région A", "75,0", "n = 12", "Région B", "non mesuré", "n = 0"))

    def test_reads_from_the_right_in_arabic(self, facts: Facts) -> None:
        places = dict(re.findall(r'translate\(([\d.]+),[\d.]+\)"[^>]*>(الجهة [أب])<', tiles(facts, "ar")))

        x_by_name = {name: float(x) for x, name in places.items()}
        assert x_by_name["الجهة أ"] > x_by_name["الجهة ب"]

    def test_is_the_same_text_twice(self, facts: Facts) -> None:
        assert tiles(facts, "ar") == tiles(facts, "ar")


class TestDrawDelays:
    @pytest.mark.parametrize("language", ["fr", "ar", "en"])
    def test_labels_every_class(self, facts: Facts, language: str) -> None:
        svg = draw_delays(compute("K4", facts, OCTOBER), texts_for(language))

        assert all(text in svg for text in ("0–15", "16–30", "31–60", "61–90", "&gt; 90"))
        assert texts_for(language).gettext("Délai en jours") in svg
