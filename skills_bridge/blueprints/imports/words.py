"""Imports in words: states, verdicts, what is wrong and how to put it right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from skills_bridge.blueprints.formats import StateLook, register_looks
from skills_bridge.blueprints.refusals import SENTENCES, register_refusals
from skills_bridge.domain.imports import BatchState, Column, Problem, RowVerdict

register_looks(
    {
        BatchState.RECEIVED: StateLook(_l("en vérification"), "waiting", "hourglass-split"),
        BatchState.CHECKED: StateLook(_l("vérifié, à appliquer"), "warning", "clipboard-check"),
        BatchState.APPLYING: StateLook(_l("en cours d’application"), "active", "hourglass-split"),
        BatchState.APPLIED: StateLook(_l("appliqué"), "success", "check-circle"),
        BatchState.REFUSED: StateLook(_l("refusé"), "danger", "x-circle"),
        BatchState.CANCELLED: StateLook(_l("abandonné"), "neutral", "slash-circle"),
    }
)
register_looks(
    {
        RowVerdict.GOOD: StateLook(_l("bonne"), "success", "check-circle"),
        RowVerdict.BAD: StateLook(_l("à corriger"), "danger", "x-circle"),
        RowVerdict.DUPLICATE: StateLook(_l("en double"), "warning", "people"),
        RowVerdict.APPLIED: StateLook(_l("appliquée"), "success", "check-circle"),
    }
)

register_refusals(
    {
        "files-waiting": _l(
            "%(files)s fichiers de votre organisme attendent leur vérification ; la limite est de %(most)s fichiers et "
            "de %(megabytes)s Mo. Attendez qu’ils soient vérifiés, ou abandonnez ceux qui ne servent plus."
        ),
        "file-missing": _l("Choisissez un fichier CSV ou XLSX."),
        "file-empty": _l("Le fichier est vide : il faut une ligne d’en-tête et au moins une personne."),
        "file-too-big": _l("Le fichier dépasse %(most)s Mo. Partagez-le en plusieurs fichiers."),
        "file-too-long": _l("Le fichier compte %(rows)s lignes ; la limite est de %(most)s. Partagez-le."),
        "file-kind": _l("Ce fichier n’est ni un CSV ni un classeur XLSX. Enregistrez-le ainsi depuis votre tableur."),
        "file-broken": _l(
            "La ligne %(row)s est illisible, sans doute un guillemet non fermé. Corrigez-la, puis renvoyez le fichier."
        ),
        "file-too-wide": _l("Le fichier compte %(columns)s colonnes ; la limite est de %(most)s. Partez du modèle."),
        "file-bomb": _l(
            "Ce classeur contient bien plus qu’une liste de personnes. Copiez les lignes dans un classeur neuf."
        ),
        "file-macros": _l(
            "Ce classeur contient des macros ou des objets. Enregistrez la feuille seule, en XLSX sans macro ou en CSV."
        ),
        "file-links": _l(
            "Ce classeur renvoie à d’autres fichiers. Copiez les valeurs, sans liaison, dans un classeur neuf."
        ),
        "file-unreadable": _l(
            "La lecture de ce classeur a été arrêtée : elle demandait trop de mémoire ou de temps."
            " Copiez les lignes dans un classeur neuf."
        ),
        "header-missing": _l(
            "La première ligne doit nommer les colonnes. Manque : %(missing)s. Trouvé : %(found)s. Partez du modèle."
        ),
        "header-twice": _l("La colonne « %(column)s » apparaît deux fois. Gardez-en une seule."),
        "import-nothing-good": _l("Aucune ligne n’est bonne : corrigez le fichier, puis renvoyez-le."),
    }
)

PROBLEMS: Final[Mapping[str, LazyString]] = {
    "cell-empty": _l("La case est vide : elle est obligatoire."),
    "text-too-long": _l("Le texte est trop long : %(most)s caractères au plus."),
    "word-near": _l("Valeur inconnue. Vouliez-vous dire « %(near)s » ?"),
    "word-unknown": _l("Valeur inconnue : écrivez un code ou un libellé de la liste, par exemple « %(example)s »."),
    "flag-unreadable": _l("Écrivez « oui » ou « non »."),
    "day-unreadable": _l("Date illisible : écrivez-la sous la forme 31/12/1999."),
    "day-ahead": _l("Cette date est à venir : indiquez un jour passé."),
    "months-unreadable": _l("Durée illisible : écrivez un nombre de mois, par exemple 18."),
    "pair-unreadable": _l("Écriture attendue : %(example)s."),
    "level-unknown": _l("Niveau de langue inconnu : choisissez parmi %(levels)s."),
    "too-many-cells": _l(
        "La ligne a plus de cases que l’en-tête (%(most)s). Mettez entre guillemets un texte contenant le séparateur."
    ),
    "duplicate-in-file": _l("Ce numéro figure déjà à la ligne %(row)s du fichier."),
    "duplicate-in-register": _l("Cette personne est déjà au registre, sous le pseudonyme %(pseudonym)s."),
}

TITLES: Final[Mapping[Column, LazyString]] = {
    Column.NUMBER: _l("Numéro de CNIE (CIN), de passeport ou de carte de séjour"),
    Column.KIND: _l("cin (par défaut), passeport ou carte de séjour"),
    Column.LAST_NAME: _l("Nom en lettres latines"),
    Column.FIRST_NAME: _l("Prénom en lettres latines"),
    Column.LAST_NAME_AR: _l("Nom en arabe"),
    Column.FIRST_NAME_AR: _l("Prénom en arabe"),
    Column.SEX: _l("F ou M"),
    Column.BORN_ON: _l("31/12/1999 ou 1999-12-31"),
    Column.NATIONALITY: _l("marocaine (par défaut) ou autre"),
    Column.PHONE: _l("Numéro marocain, 06… ou +212…"),
    Column.EMAIL: _l("Adresse électronique"),
    Column.ADDRESS: _l("Adresse postale"),
    Column.PROVINCE: _l("Nom ou code de la province de résidence"),
    Column.EDUCATION: _l("Niveau d’études : libellé ou code du référentiel"),
    Column.FIELD: _l("Domaine d’études : libellé ou code du référentiel"),
    Column.MONTHS: _l("Expérience totale en mois"),
    Column.PAST_JOBS: _l("Emplois occupés et mois : EM-1107:18|EM-1112:6"),
    Column.LANGUAGES: _l("Langues et niveaux : fr:B1|en:A2"),
    Column.LICENCES: _l("Permis et habilitations, séparés par | ; « aucun » si la personne n’en a pas"),
    Column.MOBILITY: _l("Provinces acceptées, séparées par |"),
    Column.CONTRACTS: _l("Contrats acceptés, séparés par |"),
    Column.SHIFTS: _l("Horaires acceptés, séparés par |"),
    Column.WANTED: _l("Emplois-métiers souhaités, séparés par |"),
    Column.AVAILABLE_ON: _l("Disponible à partir du (date)"),
    Column.REGISTERED_ON: _l("Date d’inscription ; à défaut, le jour de l’import"),
    Column.CONSENT_MATCHING: _l("oui si la personne accepte le rapprochement avec les offres"),
    Column.CONSENT_SHARING: _l("oui si elle accepte la transmission aux entreprises"),
    Column.CONSENT_LANGUAGE: _l("Langue du texte lu : fr, ar ou en"),
    Column.CONSENT_CHANNEL: _l("guichet (par défaut), téléphone, courriel ou courrier"),
}
"""What each column holds, for the template's page."""


def explain_problem(problem: Problem) -> str:
    """Return what is wrong with a cell and how to put it right."""
    sentence = PROBLEMS.get(problem.code) or SENTENCES[problem.code]
    return str(str(sentence) % problem.facts)


def explain_refusal(code: str, facts: Mapping[str, object]) -> str:
    """Return why a whole file was refused."""
    return str(str(SENTENCES[code]) % facts)
