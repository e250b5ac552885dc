"""Refusals in words: each rule's code has one sentence that says what is wrong and what to do.

Areas add theirs with ``register_refusals`` when their blueprint is imported.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from skills_bridge.domain.errors import DomainError, RuleBroken
from skills_bridge.domain.matching import BadMatchingInput

UNFIT: Final = _l(
    "Le rapprochement refuse ses données : %(place)s vaut %(value)s, hors de ses limites. "
    "Prévenez l’administration de la plateforme."
)
"""What is said of input that the engine refuses: a policy out of its ranges, for instance."""

SENTENCES: Final[dict[str, str | LazyString]] = {}


def register_refusals(sentences: Mapping[str, str | LazyString]) -> None:
    """Give sentences to rules: code → sentence with ``%(fact)s`` places for the error's facts."""
    SENTENCES.update(sentences)


def explain(refusal: DomainError) -> str:
    """Return the sentence of a refusal in the reader's language."""
    if isinstance(refusal, RuleBroken) and refusal.code in SENTENCES:
        sentence = str(SENTENCES[refusal.code])
        return str(sentence % refusal.facts)
    if isinstance(refusal, BadMatchingInput):
        place = f"{refusal.table}.{refusal.column}"
        return str(str(UNFIT) % {"place": place, "value": refusal.value})
    return str(_("Cette action n’est pas possible dans l’état actuel du dossier."))


register_refusals(
    {
        "illegal-move": _l(
            "Cette étape n’est plus possible : le dossier a changé d’état entre-temps. Rechargez la page."
        ),
        "stale": _l(
            "Quelqu’un d’autre a modifié ce dossier pendant votre saisie. "
            "Rechargez la page, puis refaites votre modification."
        ),
        "too-many-tries": _l("Trop d’essais. Patientez %(minutes)s minutes, puis recommencez."),
        "too-many-tries-today": _l("Trop d’essais pour aujourd’hui. Recommencez demain."),
    }
)
