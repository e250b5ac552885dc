"""The words around the figures: names, units, reasons; in the language of a reader.

Reporting knows no catalogue of translations: it is handed :class:`Words`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final, Protocol

from skills_bridge.reporting.facts import Facts, Label
from skills_bridge.reporting.figures import Breakdown, Figure, Reason, Unit
from skills_bridge.reporting.findings import FindingKind

DEMO_MARK: Final = "DÉMONSTRATION : données fictives / بيانات وهمية لأغراض العرض"
"""Stands in both languages on every page and sheet made from a demonstration database."""

SEAL_SENTENCE: Final = (
    "Le sceau prouve que le fichier n’a pas changé ; il ne remplace pas une signature électronique qualifiée."
)


class Words(Protocol):
    """Sentences, figures and days of one language."""

    language: str

    @property
    def direction(self) -> str:
        """``ltr`` or ``rtl``."""

    def gettext(self, message: str, **values: object) -> str:
        """Translate a French sentence."""

    def ngettext(self, singular: str, plural: str, num: int, **values: object) -> str:
        """Translate a French sentence that counts."""

    def number(self, value: Decimal | int, decimals: int | None = None) -> str:
        """Write a figure."""

    def percent(self, value: Decimal, decimals: int = 1) -> str:
        """Write a percentage."""

    def day(self, value: date, style: str = "long") -> str:
        """Write a day."""

    def month(self, value: date) -> str:
        """Write a month."""

    def instant(self, local: datetime, style: str = "long") -> str:
        """Write a local instant to the minute."""


BREAKDOWN_NAMES: Final[Mapping[Breakdown, str]] = {
    Breakdown.NATIONAL: "Ensemble",
    Breakdown.REGION: "Région",
    Breakdown.PROVINCE: "Province ou préfecture",
    Breakdown.PROFILE: "Emploi-métier",
}

UNIT_NAMES: Final[Mapping[Unit, str]] = {
    Unit.POSTS: "postes",
    Unit.PEOPLE: "personnes",
    Unit.PERCENT: "pour cent",
    Unit.DAYS: "jours calendaires",
}

REASON_SENTENCES: Final[Mapping[Reason, str]] = {
    Reason.NO_POST_DUE: "Aucun poste n’est à échéance dans ce mois.",
    Reason.NO_POST_VALIDATED: "Aucun poste n’a été validé dans ce mois.",
    Reason.NO_POST_FILLED: "Aucun poste n’a été pourvu dans ce mois.",
    Reason.NO_POST_OF_THAT_AGE: "Aucun poste n’atteint cet âge dans ce mois.",
    Reason.UNDER_TEN: "Moins de 10 postes : les deux effectifs (a / b) sont donnés sans pourcentage.",
    Reason.MONTH_TOO_RECENT: "Le mois est trop récent pour être mesuré à cet âge.",
    Reason.MONTH_NOT_BEGUN: "Le mois n’a pas commencé à la date d’arrêté.",
}

FINDING_SENTENCES: Final[Mapping[FindingKind, tuple[str, str]]] = {
    FindingKind.NEGATIVE_DELAY: ("Signature antérieure à la validation", "Poste pourvu ; délai non compté."),
    FindingKind.SIGNATURE_MISSING: ("Jour de signature manquant", "Poste pourvu le jour du début ; délai non compté."),
    FindingKind.DUE_MISSING: ("Échéance manquante", "Poste absent du taux de satisfaction."),
    FindingKind.SEVERAL_FILLS: ("Plusieurs insertions pour un même poste", "La plus ancienne est retenue."),
    FindingKind.FILLED_AND_CLOSED: ("Poste à la fois pourvu et fermé", "Poste compté comme pourvu."),
    FindingKind.CANCELLED_AFTER_START: (
        "Annulation enregistrée après le début",
        "Comptée comme un départ : le poste reste pourvu.",
    ),
}


def line_labels(facts: Facts, breakdown: Breakdown, words: Words) -> Mapping[str, str]:
    """Return the name of every line of a breakdown, by key."""
    lists: Mapping[Breakdown, tuple[Label, ...]] = {
        Breakdown.REGION: facts.regions,
        Breakdown.PROVINCE: facts.provinces,
        Breakdown.PROFILE: facts.profiles,
    }
    if breakdown not in lists:
        return {"total": words.gettext(BREAKDOWN_NAMES[Breakdown.NATIONAL])}
    return {label.code: label.name(words.language) for label in lists[breakdown]}


def display(figure: Figure, words: Words) -> str:
    """Write a figure's value for a table or a screen, never an empty cell.

    Hidden and unmeasured figures say so; under ten posts a share shows its two counts instead of a percentage.
    """
    if figure.suppressed:
        return words.gettext("masqué")
    if figure.not_measured_reason is Reason.UNDER_TEN and figure.numerator is not None:
        return f"{words.number(figure.numerator)} / {words.number(figure.denominator or 0)}"
    if figure.value is None:
        return words.gettext("non mesuré")
    if figure.unit is Unit.PERCENT:
        return words.percent(Decimal(figure.value))
    return words.number(Decimal(figure.value))


def explain_absence(figure: Figure, words: Words) -> str:
    """Say why a figure has no value; an empty text if it has one."""
    if figure.suppressed:
        return words.gettext("Effectif de personnes inférieur à 5, ou masqué pour protéger un tel effectif.")
    if figure.not_measured_reason is None:
        return ""
    return words.gettext(REASON_SENTENCES[figure.not_measured_reason])
