"""One spelling for all: folding in three languages, and the way back to what was typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills_bridge.engine.suggest.normalise import fold, fold_words, one_side


class TestFold:
    @pytest.mark.parametrize(
        ("typed", "folded"),
        [
            ("Soudage à l’Arc", "soudage a l arc"),
            ("CŒUR de métier", "coeur de metier"),
            ("Opérateur(trice) de câblage", "operateur de cablage"),
            ("employé·e·s", "employe"),
            ("Technicien d'usinage (H/F)", "technicien d usinage"),
            ("Welder (m/w/d)", "welder"),
            ("اللِّحَامُ اليَدَوِيّ", "اللحام اليدوي"),
            ("إصلاح الأعطال", "اصلاح الاعطال"),
            ("صيانة", "صيانه"),
            ("مستشفى", "مستشفي"),
            ("عامل(ة) تجميع", "عامل تجميع"),
            ("كـبـس ٢٠", "كبس 20"),
            ("", ""),
        ],
    )
    def test_gives_one_spelling(self, typed: str, folded: str) -> None:
        assert fold(typed) == folded

    @given(st.text(max_size=60))
    def test_twice_is_like_once(self, typed: str) -> None:
        assert fold(fold(typed)) == fold(typed)


class TestFoldWords:
    def test_keeps_the_way_back(self) -> None:
        text = "Réglage d’œillets, اللِّحام"

        assert [(word.folded, text[word.start : word.end]) for word in fold_words(text)] == [
            ("reglage", "Réglage"),
            ("d", "d"),
            ("oeillets", "œillets"),
            ("اللحام", "اللِّحام"),
        ]

    @given(st.text(max_size=60))
    def test_finds_the_words_of_the_folded_text(self, typed: str) -> None:
        words = fold_words(typed)

        assert [word.folded for word in words] == fold(typed).split()
        assert all(0 <= word.start < word.end <= len(typed) for word in words)


class TestOneSide:
    @pytest.mark.parametrize(
        ("label", "kept"),
        [
            ("Abatteur / Abatteuse de carrière", "Abatteuse de carrière"),
            ("soudeur/soudeuse", "soudeuse"),
            ("Réception / expédition", "Réception / expédition"),
            ("Soudage", "Soudage"),
        ],
    )
    def test_drops_the_doublet_only(self, label: str, kept: str) -> None:
        assert one_side(label) == kept
