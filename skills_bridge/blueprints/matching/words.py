"""Matching in words: classes, conditions, verdicts, questions, obstacles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from skills_bridge.blueprints.formats import StateLook, register_looks
from skills_bridge.domain.framework import Evidence, RelationKind
from skills_bridge.domain.matching import GateAnswer, GateKind, Question, RequirementVerdict, ResultClass

register_looks(
    {
        ResultClass.READY: StateLook(_l("profil prêt"), "success", "check-circle"),
        ResultClass.TO_CONFIRM: StateLook(_l("à confirmer"), "waiting", "question-circle"),
        ResultClass.NEAR: StateLook(_l("profil proche"), "active", "mortarboard"),
        ResultClass.NOT_ENOUGH: StateLook(_l("données insuffisantes"), "neutral", "chat-dots"),
        ResultClass.SHORT: StateLook(_l("niveau insuffisant"), "danger", "x-circle"),
        ResultClass.NO_POINTS: StateLook(_l("aucun point commun"), "neutral", "slash-circle"),
        ResultClass.GATE_FAILED: StateLook(_l("condition non remplie"), "danger", "ban"),
    }
)
register_looks(
    {
        GateAnswer.PASS: StateLook(_l("remplie"), "success", "check-circle"),
        GateAnswer.UNKNOWN: StateLook(_l("inconnue"), "waiting", "question-circle"),
        GateAnswer.FAIL: StateLook(_l("non remplie"), "danger", "x-circle"),
    }
)
register_looks(
    {
        RequirementVerdict.MET: StateLook(_l("acquise"), "success", "check-circle"),
        RequirementVerdict.TO_ASSESS: StateLook(_l("à confirmer"), "waiting", "question-circle"),
        RequirementVerdict.SHORT: StateLook(_l("niveau insuffisant"), "danger", "x-circle"),
        RequirementVerdict.PLUS: StateLook(_l("atout"), "active", "plus-circle"),
        RequirementVerdict.ABSENT: StateLook(_l("absente"), "neutral", "dash-circle"),
    }
)

TABS: Final[Mapping[ResultClass, LazyString]] = {
    ResultClass.READY: _l("Prêts"),
    ResultClass.TO_CONFIRM: _l("À confirmer"),
    ResultClass.NEAR: _l("Profils proches"),
    ResultClass.NOT_ENOUGH: _l("Données insuffisantes"),
}

LEADS: Final[Mapping[ResultClass, LazyString]] = {
    ResultClass.READY: _l(
        "Toutes les conditions sont remplies ; chaque compétence indispensable est au niveau et prouvée."
    ),
    ResultClass.TO_CONFIRM: _l(
        "Rien ne s’y oppose, mais une réponse ou une preuve manque : posez la question, et la personne devient prête."
    ),
    ResultClass.NEAR: _l("Il manque un niveau qu’une promotion ouverte enseigne avant le début du poste."),
    ResultClass.NOT_ENOUGH: _l(
        "Aucune compétence n’est connue : ces personnes ne sont pas classées, la plus ancienne inscription d’abord."
    ),
}

EMPTY: Final[Mapping[ResultClass, LazyString]] = {
    ResultClass.READY: _l("Personne n’est prêt aujourd’hui pour cette offre"),
    ResultClass.TO_CONFIRM: _l("Personne n’est à confirmer"),
    ResultClass.NEAR: _l("Aucun profil proche avec une promotion ouverte"),
    ResultClass.NOT_ENOUGH: _l("Tous les dossiers ont des compétences connues"),
}

GATES: Final[Mapping[GateKind, LazyString]] = {
    GateKind.MOBILITY: _l("Mobilité"),
    GateKind.EDUCATION: _l("Niveau d’études"),
    GateKind.FIELD: _l("Domaine du diplôme"),
    GateKind.PROFILE: _l("Emploi recherché"),
    GateKind.EXPERIENCE: _l("Expérience"),
    GateKind.LANGUAGE: _l("Langue"),
    GateKind.LICENCE: _l("Permis et habilitations"),
    GateKind.CONTRACT: _l("Type de contrat"),
    GateKind.SHIFT: _l("Rythme de travail"),
    GateKind.AVAILABILITY: _l("Disponibilité"),
    GateKind.ADULTHOOD: _l("Majorité (travail de nuit)"),
}

QUESTIONS: Final[Mapping[Question, LazyString]] = {
    Question.MOBILITY: _l("Accepte-t-elle de travailler dans cette province : %(asked)s ?"),
    Question.EDUCATION: _l("Quel est son niveau d’études ? Demandé : %(asked)s."),
    Question.FIELD: _l("Dans quel domaine est son diplôme ? Demandé : %(asked)s."),
    Question.PROFILE: _l("Recherche-t-elle cet emploi : %(asked)s ?"),
    Question.EXPERIENCE: _l("Quelle est la durée de son expérience ? Demandé : %(asked)s."),
    Question.LANGUAGE: _l("Quel est son niveau en %(subject)s ? Demandé : %(asked)s."),
    Question.LICENCE: _l("Détient-elle ce permis ou cette habilitation : %(asked)s ?"),
    Question.CONTRACT: _l("Accepte-t-elle ce contrat : %(asked)s ?"),
    Question.SHIFT: _l("Accepte-t-elle ce rythme de travail : %(asked)s ?"),
    Question.AVAILABILITY: _l("Est-elle disponible au plus tard le %(asked)s ?"),
    Question.ADULTHOOD: _l("Quelle est sa date de naissance ? Elle doit être majeure le %(asked)s."),
    Question.INTERVIEW: _l("Mener l’entretien de compétences : trois minutes suffisent."),
}
"""What the adviser asks about the person; her name never stands in it."""

PROOFS: Final[Mapping[Evidence, LazyString]] = {
    Evidence.DECLARED: _l("Confirme-t-elle « %(subject)s » au niveau %(level)s ? Ce niveau est déduit du parcours."),
    Evidence.ASSESSED: _l("Faire évaluer « %(subject)s » au niveau %(level)s : le niveau suffit, l’évaluation manque."),
    Evidence.CERTIFIED: _l("Demander le certificat de « %(subject)s » au niveau %(level)s : le niveau suffit."),
}
"""What ``Question.ASSESS`` comes to, by the proof that the opening asks for; what is inferred proves nothing."""

RELATIONS: Final[Mapping[RelationKind, LazyString]] = {
    RelationKind.CLOSE: _l("compétence proche"),
    RelationKind.LOOSE: _l("compétence apparentée"),
}

OBSTACLES: Final[Mapping[str, LazyString]] = {
    "objected": _l("La personne s’oppose au rapprochement : rien ne peut lui être proposé."),
    "placed": _l("La personne a une insertion en cours."),
    "paused": _l("La recherche de la personne est suspendue."),
    "anonymised": _l("Le dossier est anonymisé."),
    "without-consent": _l("La personne n’a pas donné son accord au rapprochement."),
}

EMPTY_RUNS: Final[Mapping[str, LazyString]] = {
    "opening-not-live": _l("L’offre n’est pas en cours de recrutement : personne n’est recherché pour le moment."),
    "no-open-post": _l("Tous les postes de l’offre sont pourvus ou fermés : personne n’est recherché."),
}

OPEN: Final = _l("Cette offre correspond à votre dossier ; elle ne demande aucune compétence particulière.")
"""What a ready person is told where nothing is asked."""
