"""What a reader sees where a figure is, or is not."""

from __future__ import annotations

from typing import Final

import pytest

from skills_bridge.adapters.texts import texts_for
from skills_bridge.reporting.figures import Breakdown, Figure, Reason, Unit
from skills_bridge.reporting.tables import Part, cell_of, notes_for
from skills_bridge.reporting.wording import display, explain_absence, line_labels
from tests.unit.reporting.samples import facts_of

FR: Final = texts_for("fr")
SHARE: Final = ("K3", "filled_share", "2026-10", Breakdown.NATIONAL, "total", Unit.PERCENT)
PEOPLE: Final = ("K8n", "other", "2026-10", Breakdown.NATIONAL, "total", Unit.PEOPLE)

MEASURED: Final = Figure(*SHARE, numerator=84, denominator=114, value="73.7", n=114)
UNDER_TEN: Final = Figure(*SHARE, numerator=7, denominator=9, n=9, not_measured_reason=Reason.UNDER_TEN)
UNMEASURED: Final = Figure(*SHARE, not_measured_reason=Reason.MONTH_NOT_BEGUN)
HIDDEN: Final = Figure(*PEOPLE, suppressed=True)
THOUSANDS: Final = Figure(*PEOPLE, numerator=12500, value="12500", n=12500)


class TestDisplay:
    @pytest.mark.parametrize(
        ("figure", "text"),
        [
            (MEASURED, "73,7\u00a0%"),
            (UNDER_TEN, "7 / 9"),
            (UNMEASURED, "non mesuré"),
            (HIDDEN, "masqué"),
            (THOUSANDS, "12\u202f500"),
        ],
    )
    def test_never_leaves_a_cell_empty(self, figure: Figure, text: str) -> None:
        assert display(figure, FR) == text


class TestExplainAbsence:
    @pytest.mark.parametrize(
        ("figure", "start"),
        [
            (MEASURED, ""),
            (UNDER_TEN, "Moins de 10"),
            (UNMEASURED, "Le mois n’a pas"),
            (HIDDEN, "Effectif de personnes"),
        ],
    )
    def test_says_why(self, figure: Figure, start: str) -> None:
        assert explain_absence(figure, FR)[: len(start) or None] == start


class TestCellOf:
    def test_sets_n_beside_a_share(self) -> None:
        assert (cell_of(MEASURED, Part.SHARE, FR).note, cell_of(UNDER_TEN, Part.SHARE, FR).note) == ("n = 114", "")

    def test_says_quietly_what_is_not_there(self) -> None:
        cells = [cell_of(UNMEASURED, part, FR) for part in (Part.VALUE, Part.N, Part.NUMERATOR)]

        assert all(cell.quiet and cell.text == "non mesuré" for cell in cells)


class TestNotesFor:
    def test_explains_each_absence_once(self) -> None:
        notes = notes_for([HIDDEN, HIDDEN, UNDER_TEN, UNMEASURED, MEASURED], FR)

        assert [note.split()[0] for note in notes] == ["masqué", "Moins", "non", "Les"]


class TestLineLabels:
    def test_names_the_national_line(self) -> None:
        assert line_labels(facts_of(), Breakdown.NATIONAL, FR) == {"total": "Ensemble"}

    def test_names_the_lines_in_the_readers_language(self) -> None:
        assert line_labels(facts_of(), Breakdown.REGION, texts_for("ar")) == {"01": "الجهة أ", "02": "الجهة ب"}
