"""Runs in words: the steps that are measured, and the groups of the exposure report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from skills_bridge.queries.matching.runs import GroupLine, RunPage

STEPS: Final[Mapping[str, LazyString]] = {
    "read": _l("Lecture"),
    "index": _l("Indexation des personnes"),
    "save": _l("Enregistrement de l’index"),
    "match": _l("Rapprochement"),
    "count": _l("Décompte"),
    "write": _l("Écriture des listes"),
    "keep": _l("Conservation des données d’entrée"),
    "show": _l("Mise à disposition"),
}

GROUPINGS: Final[Mapping[str, LazyString]] = {
    "province": _l("Par province de résidence"),
    "education": _l("Par niveau d’études"),
    "waiting": _l("Par durée d’attente"),
    "sex": _l("Par sexe"),
    "age": _l("Par tranche d’âge"),
}

BANDS: Final[Mapping[str, Mapping[str, LazyString]]] = {
    "waiting": {
        "0": _l("moins de 6 mois"),
        "6": _l("de 6 à 12 mois"),
        "12": _l("de 12 à 24 mois"),
        "24": _l("24 mois et plus"),
    },
    "age": {
        "0": _l("moins de 25 ans"),
        "25": _l("de 25 à 34 ans"),
        "35": _l("de 35 à 44 ans"),
        "45": _l("45 ans et plus"),
    },
    "sex": {"female": _l("femmes"), "male": _l("hommes")},
}


def in_order(grouping: str, lines: Iterable[GroupLine]) -> list[GroupLine]:
    """Return the groups of bands from the lowest up, the unknown last; others as they come."""
    places = {key: place for place, key in enumerate(BANDS.get(grouping, {}))}
    return sorted(lines, key=lambda line: places.get(line.key, len(places)))


def group_label(page: RunPage, grouping: str, key: str, language: str) -> str:
    """Return the words of a group."""
    if key == "unknown":
        return str(_("inconnu"))
    band = BANDS.get(grouping, {}).get(key)
    return str(band) if band is not None else page.label(grouping, key, language) or key
