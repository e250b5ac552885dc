"""What a text suggests: found with its causes, by its words and by the sheet of its job."""

from __future__ import annotations

import pytest

from skills_bridge.engine.suggest import Cause, Label, Route, SheetLine, Suggester, build_suggester
from skills_bridge.engine.suggest.suggester import pieces

WIRING, WELDING, FORKLIFT, SMED, PLANS = 11, 12, 13, 14, 15
WIRER, WELDER = 1, 2
COMPETENCIES = (
    Label(WIRING, "fr", "Cheminement et encliquetage de faisceaux"),
    Label(WIRING, "ar", "تمرير الضفائر الكهربائية"),
    Label(WELDING, "fr", "Soudage manuel MIG-MAG"),
    Label(WELDING, "ar", "اللحام اليدوي"),
    Label(WELDING, "en", "Manual MIG-MAG welding"),
    Label(FORKLIFT, "fr", "Conduite de chariot élévateur"),
    Label(SMED, "fr", "Changement rapide de série (SMED)"),
    Label(PLANS, "fr", "Lecture de plans et de gammes"),
)
PROFILES = (
    Label(WIRER, "fr", "Opérateur(trice) de câblage"),
    Label(WIRER, "ar", "عامل(ة) تجميع الضفائر الكهربائية"),
    Label(WELDER, "fr", "Soudeur(euse)"),
    Label(WELDER, "en", "Welder"),
)
SHEETS = {
    WIRER: (SheetLine(WIRING, 10_000), SheetLine(PLANS, 5_000)),
    WELDER: (SheetLine(WELDING, 10_000), SheetLine(PLANS, 5_000)),
}


@pytest.fixture(scope="module")
def suggester() -> Suggester:
    return build_suggester(COMPETENCIES, PROFILES, SHEETS)


class TestSuggestProfiles:
    @pytest.mark.parametrize(
        ("title", "profile", "words"),
        [
            ("URGENT opératrice de câblage (H/F) Kénitra", WIRER, "opératrice de câblage"),
            ("soudeuse", WELDER, "soudeuse"),
            ("MIG welder", WELDER, "welder"),
            ("عاملة تجميع الضفائر", WIRER, "عاملة تجميع الضفائر"),
        ],
    )
    def test_names_the_nearest_and_why(self, suggester: Suggester, title: str, profile: int, words: str) -> None:
        first = suggester.suggest_profiles(title)[0]

        assert (first.entry, first.rank) == (profile, 1)
        assert words in " ".join(cause.words for cause in first.causes)
        assert all(title[cause.start : cause.end] == cause.words for cause in first.causes)

    def test_says_nothing_of_nothing(self, suggester: Suggester) -> None:
        assert suggester.suggest_profiles(" … ") == ()
        assert suggester.suggest_profiles("zzz") == ()


class TestSuggestCompetencies:
    def test_finds_what_stands_in_the_text(self, suggester: Suggester) -> None:
        text = "Poste en 2x8.\nVous assurez la conduite de chariots élévateurs et les chantiers SMED."

        found = {one.entry: one for one in suggester.suggest_competencies(text)}

        assert [cause.words for cause in found[FORKLIFT].causes] == ["conduite de chariots élévateurs"]
        assert found[SMED].causes == (Cause(text.index("SMED"), text.index("SMED") + 4, "SMED"),)
        assert {found[FORKLIFT].route, found[SMED].route} == {Route.WORDS}

    def test_finds_words_alike(self, suggester: Suggester) -> None:
        text = "Missions :\n- conduire un chariot élévateur\n- ranger"

        found = {one.entry: one for one in suggester.suggest_competencies(text)}

        assert found[FORKLIFT].route is Route.LIKENESS
        assert [cause.words for cause in found[FORKLIFT].causes] == ["conduire un chariot élévateur"]

    def test_reads_the_sheet_of_the_job_that_the_first_line_names(self, suggester: Suggester) -> None:
        found = suggester.suggest_competencies("Opérateur de câblage\nSite de Kénitra, début en mars.")

        assert [one.entry for one in found if one.route is Route.SHEET][:2] == [WIRING, PLANS]
        assert found[0].causes[0].words == "Opérateur de câblage"

    def test_reads_the_sheet_of_a_chosen_profile_without_a_cause(self, suggester: Suggester) -> None:
        found = suggester.suggest_competencies("Débutants acceptés.", title="Poste à pourvoir", profile=WELDER)

        assert [(one.entry, one.rank, one.causes, one.route) for one in found] == [
            (WELDING, 1, (), Route.SHEET),
            (PLANS, 2, (), Route.SHEET),
        ]

    def test_puts_what_the_text_agrees_with_first_on_a_sheet(self, suggester: Suggester) -> None:
        sheets = {WIRER: (SheetLine(WIRING, 5_000), SheetLine(PLANS, 5_000))}
        plain = build_suggester(COMPETENCIES, PROFILES, sheets)

        assert plain.suggest_competencies("Vous lisez les plans.", profile=WIRER)[0].entry == PLANS

    def test_reads_arabic(self, suggester: Suggester) -> None:
        text = "خبرة سنتين في اللِّحام اليدويّ داخل مصنع"

        found = suggester.suggest_competencies(text)

        assert (found[0].entry, found[0].route) == (WELDING, Route.WORDS)
        assert found[0].causes[0].words == "اللِّحام اليدويّ"

    def test_forgives_the_spelling_of_a_single_skill(self, suggester: Suggester) -> None:
        assert suggester.suggest_competencies("charriot elevatteur")[0].entry == FORKLIFT

    def test_answers_alike_whatever_the_order_of_the_labels(self, suggester: Suggester) -> None:
        other = build_suggester(COMPETENCIES[::-1], PROFILES[::-1], SHEETS)
        text = "Soudeur\nSoudage MIG, lecture de plans, chariot."

        assert other.suggest_competencies(text) == suggester.suggest_competencies(text)

    def test_says_nothing_without_labels_or_words(self, suggester: Suggester) -> None:
        assert suggester.suggest_competencies("") == ()
        assert build_suggester((), (), {}).suggest_competencies("Soudage", title="Soudeur") == ()


class TestPieces:
    def test_parts_a_text_at_lines_and_marks(self) -> None:
        text = "- Souder ;\n• Lire des plans. Ok\nقراءة، لحام"

        assert [one.words for one in pieces(text)] == ["Souder", "Lire des plans", "قراءة", "لحام"]
        assert all(text[one.start : one.end] == one.words for one in pieces(text))
