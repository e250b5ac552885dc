"""The account of a computation in plain words: conditions, competencies, what each brings."""

from __future__ import annotations

from typing import Any, Final

import pytest

from skills_bridge.adapters.texts import Texts
from skills_bridge.domain.matching import GateAnswer, GateKind
from skills_bridge.reporting.access_account import ANSWERS, CONDITIONS, account_section

ONE: Final[dict[str, Any]] = {
    "opening": "OF-2026-00042",
    "result_class": "ready",
    "score": 6250,
    "conditions": [
        {"kind": "mobility", "subject": None, "answer": "pass"},
        {"kind": "language", "subject": "Français", "answer": "unknown"},
    ],
    "competencies": [
        {"name": "Sertir", "asked": 3, "is_must": True, "held": 3, "evidence": "assessed", "share": 6250},
        {"name": "Lire un plan", "asked": 2, "is_must": False, "held": None, "evidence": None, "share": 0},
    ],
}


def test_tells_each_condition_and_competency_with_its_share() -> None:
    ((*told,),) = account_section([ONE], Texts("fr"))["rows"]

    assert [[part.replace("\u00a0", " ").replace("\u202f", " ") for part in pair] for pair in told] == [
        ["Offre d’emploi", "OF-2026-00042"],
        ["Classement", "prêt(e)"],
        ["Mobilité", "condition remplie"],
        ["Langue (Français)", "réponse inconnue : on vous la demandera"],
        [
            "Sertir",
            "indispensable, niveau demandé : 3 ; chez vous : niveau 3 (évaluée) ; part du score : 62,5 %",
        ],
        ["Lire un plan", "souhaitée, niveau demandé : 2 ; chez vous : non détenue ; part du score : 0,0 %"],
    ]


@pytest.mark.parametrize("language", ["ar", "en"])
def test_leaves_no_french(language: str) -> None:
    section = account_section([ONE], Texts(language))

    assert "condition remplie" not in str(section["rows"])
    assert "calculé" not in section["title"]


def test_has_words_for_every_condition_and_answer() -> None:
    assert set(CONDITIONS) == {kind.value for kind in GateKind}
    assert set(ANSWERS) == {answer.value for answer in GateAnswer}
