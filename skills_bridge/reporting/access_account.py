"""On what a person's place in the lists of openings was computed, in plain words, for her access file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from skills_bridge.reporting.access_words import N_, VALUES
from skills_bridge.reporting.wording import Words

CONDITIONS: Final[Mapping[str, str]] = {
    "mobility": N_("Mobilité"),
    "education": N_("Niveau d’études"),
    "field": N_("Domaine du diplôme"),
    "profile": N_("Emploi recherché"),
    "experience": N_("Expérience"),
    "language": N_("Langue"),
    "licence": N_("Permis et habilitations"),
    "contract": N_("Type de contrat"),
    "shift": N_("Rythme de travail"),
    "availability": N_("Disponibilité"),
    "adulthood": N_("Majorité (travail de nuit)"),
}
"""Kind of condition → what it is about."""
ANSWERS: Final[Mapping[str, str]] = {
    "pass": N_("condition remplie"),
    "unknown": N_("réponse inconnue : on vous la demandera"),
    "fail": N_("condition non remplie"),
}
"""Answer to a condition → its words."""


def account_section(computed: Sequence[Mapping[str, Any]], words: Words) -> dict[str, Any]:
    """Return the part of the file that tells each computation; ``computed`` as ``queries.privacy.computed`` has it."""
    return {
        "title": words.gettext("Sur quoi chaque rapprochement en vigueur a été calculé"),
        "rows": [_pairs(one, words) for one in computed],
        "note": words.gettext(
            "Le sexe, la nationalité et le numéro d’identité n’entrent dans aucun calcul ; de l’âge, seule la majorité "
            "compte, pour le travail de nuit. Une personne décide toujours de la suite."
        ),
    }


def _pairs(one: Mapping[str, Any], words: Words) -> list[list[str]]:
    """Return what is told of one opening, each with its label."""
    _ = words.gettext
    judged = VALUES[one["result_class"]]
    head = [[_("Offre d’emploi"), one["opening"]], [_("Classement"), _(judged)]]
    answers = [ANSWERS[found["answer"]] for found in one["conditions"]]
    conditions = [[_named(found, words), _(answer)] for found, answer in zip(one["conditions"], answers, strict=True)]
    return [*head, *conditions, *([found["name"], _competency(found, words)] for found in one["competencies"])]


def _named(found: Mapping[str, Any], words: Words) -> str:
    kind = CONDITIONS[found["kind"]]
    label = words.gettext(kind)
    return f"{label} ({found['subject']})" if found["subject"] else label


def _competency(found: Mapping[str, Any], words: Words) -> str:
    """Return what is asked of a competency, what is held, and what it brings."""
    _ = words.gettext
    held = _("non détenue")
    if found["held"] is not None:
        proof = VALUES[found["evidence"]]
        held = _("niveau %(level)s (%(evidence)s)", level=found["held"], evidence=_(proof))
    facts = {"asked": found["asked"], "held": held, "share": words.percent(Decimal(found["share"]) / 100)}
    if found["is_must"]:
        return _(
            "indispensable, niveau demandé : %(asked)s ; chez vous : %(held)s ; part du score : %(share)s", **facts
        )
    return _("souhaitée, niveau demandé : %(asked)s ; chez vous : %(held)s ; part du score : %(share)s", **facts)
