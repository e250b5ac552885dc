"""The catalogue of the figures: one entry per KPI, in wordings that admit one reading.

The texts are French, the source language; the catalogues of ``translations/`` hold the Arabic and the English.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from skills_bridge.domain.calendar import Month
from skills_bridge.domain.errors import Invalid
from skills_bridge.reporting import formulas
from skills_bridge.reporting.figures import Breakdown, Unit
from skills_bridge.reporting.formulas import Groups, Tally
from skills_bridge.reporting.standing import Standing

Formula = Callable[[Standing, Month, Groups], Mapping[str, Tally]]

NO_SUPPRESSION: Final = "Aucun masquage : les postes ne sont pas des personnes."
PEOPLE_SUPPRESSION: Final = (
    "Effectifs de personnes : de 1 à 4 masqués, 0 affiché ; d’autres cases sont masquées pour qu’aucune soustraction "
    "ne rende un effectif masqué."
)


@dataclass(frozen=True, slots=True)
class Measure:
    """One column of a KPI: its code, its name and what it counts over what."""

    code: str
    name: str
    unit: Unit
    numerator: str
    denominator: str = ""


@dataclass(frozen=True, slots=True)
class Kpi:
    """The definition of a KPI and the function that computes it."""

    code: str
    name: str
    measures: tuple[Measure, ...]
    population: str
    date_rule: str
    suppression: str
    version: str
    formula: Formula
    breakdowns: tuple[Breakdown, ...] = tuple(Breakdown)

    @property
    def counts_people(self) -> bool:
        """Whether small counts are hidden."""
        return any(measure.unit is Unit.PEOPLE for measure in self.measures)

    def measure(self, code: str) -> Measure:
        """Return a measure of this KPI.

        :raises Invalid: it has no such measure.
        """
        for measure in self.measures:
            if measure.code == code:
                return measure
        raise Invalid("measure-unknown", field="measure", value=code)


_COUNTED_POSTS: Final = "moins ceux pourvus hors du dispositif et ceux retirés par l’employeur"

K2: Final = Kpi(
    code="K2",
    name="Postes ouverts",
    measures=(
        Measure(
            "open_on_last_day", "Ouverts le dernier jour", Unit.POSTS, "Postes ouverts à la fin du dernier jour du mois"
        ),
        Measure("opened_in_month", "Ouverts dans le mois", Unit.POSTS, "Postes validés ou ajoutés dans le mois"),
    ),
    population="Postes des offres validées.",
    date_rule=(
        "Dernier jour du mois, ou jour de l’arrêté si le mois n’est pas terminé. Un poste est ouvert s’il est validé, "
        "non fermé et non pourvu ce jour-là."
    ),
    suppression=NO_SUPPRESSION,
    version="1.0",
    formula=formulas.count_open_posts,
)

K3: Final = Kpi(
    code="K3",
    name="Satisfaction des offres",
    measures=(
        Measure(
            "filled_share",
            "Taux de satisfaction",
            Unit.PERCENT,
            "Postes à échéance dans le mois, pourvus à la date d’arrêté",
            f"Postes à échéance dans le mois, {_COUNTED_POSTS}",
        ),
        Measure(
            "filled_outside",
            "Pourvus hors du dispositif",
            Unit.POSTS,
            "Postes à échéance dans le mois, pourvus hors du dispositif",
        ),
        Measure(
            "withdrawn",
            "Retirés par l’employeur",
            Unit.POSTS,
            "Postes à échéance dans le mois, retirés par l’employeur",
        ),
    ),
    population="Postes des offres validées.",
    date_rule=(
        "Mois de l’échéance du poste : début prévu à la validation, sinon validation + 60 jours ; une échéance "
        "ne change plus. Une insertion annulée avant son début libère le poste ; un départ après le début ne le "
        "libère pas."
    ),
    suppression=NO_SUPPRESSION,
    version="1.0",
    formula=formulas.measure_satisfaction,
)

K3C: Final = Kpi(
    code="K3c",
    name="Satisfaction par mois de validation",
    measures=tuple(
        Measure(
            f"filled_at_{age}",
            f"Pourvus à {age} jours",
            Unit.PERCENT,
            f"Postes validés dans le mois, pourvus en {age} jours au plus",
            f"Postes validés dans le mois, {_COUNTED_POSTS}",
        )
        for age in formulas.HORIZONS
    ),
    population="Postes des offres validées.",
    date_rule=(
        "Mois de la validation ; pour un poste ajouté ensuite, mois de son ouverture. Mesuré seulement quand tous les "
        "postes du mois ont atteint l’âge voulu à la date d’arrêté."
    ),
    suppression=NO_SUPPRESSION,
    version="1.0",
    formula=formulas.measure_cohort_satisfaction,
)

K4: Final = Kpi(
    code="K4",
    name="Délai pour pourvoir un poste",
    measures=(
        Measure(
            "median_days",
            "Délai médian",
            Unit.DAYS,
            "Médiane (rang le plus proche) des délais des postes pourvus dans le mois",
        ),
        Measure(
            "ninth_decile_days",
            "9ᵉ décile",
            Unit.DAYS,
            "9ᵉ décile (rang le plus proche) des délais des postes pourvus dans le mois",
        ),
        *(
            Measure(
                f"still_open_at_{age}",
                f"Encore ouverts à {age} jours",
                Unit.PERCENT,
                f"Postes encore ouverts à la fin de leur {age}ᵉ jour",
                f"Postes dont le {age}ᵉ jour tombe dans le mois",
            )
            for age in formulas.HORIZONS
        ),
        *(
            Measure(
                formulas.delay_class_code(low),
                f"Pourvus en {low} à {high} jours" if high else f"Pourvus en plus de {low - 1} jours",
                Unit.POSTS,
                "Postes pourvus dans le mois dont le délai tombe dans la classe",
            )
            for low, high in formulas.DELAY_CLASSES
        ),
    ),
    population="Postes pourvus dans le mois ; pour les parts, postes qui atteignent l’âge voulu dans le mois.",
    date_rule=(
        "Jours calendaires de la validation (poste ajouté ensuite : de son ouverture) à la signature ; mois de la "
        "signature. Un délai négatif n’est pas compté : il figure dans la liste de qualité des données."
    ),
    suppression=NO_SUPPRESSION,
    version="1.0",
    formula=formulas.measure_delays,
)

K8N: Final = Kpi(
    code="K8n",
    name="Personnes insérées",
    measures=(
        Measure(
            "employment_contract",
            "Contrat de travail",
            Unit.PEOPLE,
            "Personnes dont le premier contrat de travail a débuté dans le mois",
        ),
        Measure(
            "insertion_contract",
            "Contrat d’insertion",
            Unit.PEOPLE,
            "Personnes dont le premier contrat d’insertion a débuté dans le mois",
        ),
        Measure(
            "other",
            "Autre insertion",
            Unit.PEOPLE,
            "Personnes dont la première insertion d’un autre type a débuté dans le mois",
        ),
    ),
    population="Personnes ayant une insertion enregistrée, non annulée avant son début.",
    date_rule="Mois du début de la première insertion de ce type. Les trois types ne s’additionnent jamais.",
    suppression=PEOPLE_SUPPRESSION,
    version="1.0",
    formula=formulas.count_insertions,
)

CATALOGUE: Final[Mapping[str, Kpi]] = {kpi.code: kpi for kpi in (K2, K3, K3C, K4, K8N)}


def kpi_of(code: str) -> Kpi:
    """Return the entry of a KPI.

    :raises Invalid: the catalogue holds no such KPI.
    """
    if code not in CATALOGUE:
        raise Invalid("kpi-unknown", field="kpi", value=code)
    return CATALOGUE[code]
