"""Suggestions on real advertisements and titles: not worse than measured, less a margin (speed is the bench's)."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import occupations
from bench.quality import measure_advertisements, measure_titles

pytestmark = [pytest.mark.timeout(120), pytest.mark.real_data]


class TestSuggestCompetencies:
    def test_finds_ticked_competences_by_the_sheet_of_the_job(self, real_data: Path) -> None:
        share = {measure.name.split(":")[0]: measure.share for measure in measure_advertisements(real_data)}

        assert share["ads, chosen job, sheet"] > 0.45
        assert share["ads, exact job name, sheet"] > 0.40
        assert share["ads, title as typed, sheet"] > 0.28
        assert share["ads, title as typed, sheet"] > 3 * share["ads, text only"]


class TestSuggestProfiles:
    def test_names_the_occupation_of_a_title(self, real_data: Path) -> None:
        share = {measure.name: measure.share for measure in measure_titles(real_data)}

        assert share["titles fra: top-1"] > 0.75
        assert share["titles fra: MRR"] > 0.80
        assert share["titles bel: top-1"] > 0.37
        assert share["titles bel: MRR"] > 0.46


class TestScore:
    def test_leads_people_back_to_their_occupation_rather_than_the_overlap(self, real_data: Path) -> None:
        ours, plain = occupations.measure(real_data)

        assert ours > 0.95
        assert ours >= plain
