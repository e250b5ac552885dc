"""The parts of the suggester one by one: postings, features, fusion, lexicon, meaning."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from skills_bridge.engine.suggest.catalogue import Catalogue, in_order
from skills_bridge.engine.suggest.features import letter_features
from skills_bridge.engine.suggest.fusion import fuse
from skills_bridge.engine.suggest.lexicon import acronyms_of
from skills_bridge.engine.suggest.meaning import Meaning, Vectors
from skills_bridge.engine.suggest.normalise import fold_words
from skills_bridge.engine.suggest.postings import WHOLE, Postings
from skills_bridge.engine.suggest.results import Label
from skills_bridge.engine.suggest.stems import Stems

LABELS = (
    Label(1, "fr", "Soudage manuel MIG-MAG"),
    Label(1, "ar", "اللحام اليدوي"),
    Label(1, "en", "Manual MIG-MAG welding"),
    Label(2, "fr", "Conduite de chariot élévateur"),
    Label(2, "ar", "قيادة الرافعة الشوكية"),
    Label(3, "fr", "Changement rapide de série (SMED)"),
    Label(4, "fr", "Chariot"),
    Label(5, "fr", "Go"),
)


def found(text: str) -> dict[int, list[str]]:
    catalogue = Catalogue(LABELS, Stems())
    causes = catalogue.lexicon.find(text, fold_words(text))
    assert all(text[one.start : one.end] == one.words for some in causes.values() for one in some)
    return {entry: [one.words for one in some] for entry, some in causes.items()}


class TestPostings:
    def test_give_equal_labels_the_whole_and_strange_ones_nothing(self) -> None:
        labels = ["soudage", "cablage", "chariot elevateur"]
        postings = Postings(*letter_features(labels), len(labels))

        likeness = postings.likeness(letter_features(["soudage"])[1])

        assert likeness[0] == WHOLE
        assert likeness[2] == 0

    def test_forgive_a_wrong_letter(self) -> None:
        labels = ["soudage a l arc", "cablage de faisceaux"]
        postings = Postings(*letter_features(labels), len(labels))

        likeness = postings.likeness(letter_features(["soudagge arc"])[1])

        assert likeness[0] > likeness[1]

    def test_of_nothing_are_empty(self) -> None:
        assert list(Postings(*letter_features([]), 0).likeness(letter_features(["soudage"])[1])) == []


class TestFuse:
    def test_prefers_what_several_agree_on(self) -> None:
        assert fuse([(1, [1, 2]), (1, [3, 2])])[0] == 2

    def test_gives_ties_to_the_smaller_id(self) -> None:
        assert fuse([(1, [7]), (1, [4])]) == [4, 7]

    @given(st.lists(st.lists(st.integers(0, 20), unique=True), max_size=4))
    def test_holds_every_entry_once(self, rankings: list[list[int]]) -> None:
        fused = fuse((1, ranking) for ranking in rankings)

        assert sorted(fused) == sorted({entry for ranking in rankings for entry in ranking})


class TestLexicon:
    def test_finds_labels_in_three_languages(self) -> None:
        assert found("Experience in manual MIG-MAG welding")[1] == ["manual MIG-MAG welding"]
        assert found("خبرة في اللِّحام اليدوي")[1] == ["اللِّحام اليدوي"]
        assert 1 in found("Soudages manuels mig mag")

    def test_takes_the_longest(self) -> None:
        assert found("conduite de chariots élévateurs") == {2: ["conduite de chariots élévateurs"]}

    def test_knows_acronyms_by_their_capitals(self) -> None:
        assert found("chantier SMED") == {3: ["SMED"]}
        assert found("smed") == {}

    def test_leaves_too_short_labels_aside(self) -> None:
        assert found("go, Go") == {}

    def test_keeps_acronyms_of_labels_in_capitals_out(self) -> None:
        assert acronyms_of("RESOLUTION DE PROBLEMES 8D") == ()
        assert acronyms_of("Dossier APQP et PPAP") == ("APQP", "PPAP")
        assert acronyms_of("Résolution de problèmes 8D") == ("8D",)


class TestCatalogue:
    def test_ranks_by_the_best_label(self) -> None:
        assert Catalogue(LABELS, Stems()).ranked("charriot élévateur")[:2] == [2, 4]

    def test_ranks_nothing_for_no_words(self) -> None:
        assert Catalogue(LABELS, Stems()).ranked(" … ") == []
        assert Catalogue((), Stems()).ranked("soudage") == []

    def test_says_how_much_of_a_label_a_text_holds(self) -> None:
        catalogue = Catalogue(LABELS, Stems())

        assert catalogue.covered(2, catalogue.stems_of(["conduite", "de", "chariot", "elevateur"])) == WHOLE
        assert catalogue.covered(2, catalogue.stems_of(["cuisine"])) == 0
        assert catalogue.covered(99, {"cuisine"}) == 0

    def test_joins_likeness_of_meaning(self) -> None:
        def encode(texts: Sequence[str]) -> Vectors:
            return np.array([[0.0, 1.0] if "lift" in text or "chariot" in text else [1.0, 0.0] for text in texts], "f4")

        meaning = Meaning.of([label.text for label in in_order(LABELS)], encode)

        assert Catalogue(LABELS, Stems()).ranked("forklift") == []
        assert Catalogue(LABELS, Stems(), meaning).ranked("forklift")[0] == 2

    def test_asks_no_meaning_of_what_its_letters_tell(self) -> None:
        def encode(texts: Sequence[str]) -> Vectors:
            assert "" not in texts
            asked.extend(texts)
            return np.ones((len(texts), 2), "f4")

        asked: list[str] = []
        catalogue = Catalogue(LABELS, Stems(), Meaning.of([label.text for label in in_order(LABELS)], encode))
        asked.clear()

        catalogue.ranked(LABELS[0].text)
        assert asked == []
        catalogue.ranked("zzz")
        assert asked == ["zzz"]
