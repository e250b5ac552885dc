"""Requests of people in words: kinds, states, reasons, refusals of the desk."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from skills_bridge.blueprints.formats import StateLook, register_looks
from skills_bridge.blueprints.refusals import register_refusals
from skills_bridge.domain.privacy import HandOver, Refusal, RequestState, RightsKind

register_looks(
    {
        RequestState.RECEIVED: StateLook(_l("à décider"), "warning", "hourglass-split"),
        RequestState.ACCEPTED: StateLook(_l("acceptée, en cours"), "active", "arrow-repeat"),
        RequestState.READY: StateLook(_l("dossier prêt à remettre"), "warning", "file-earmark-zip"),
        RequestState.DONE: StateLook(_l("traitée"), "success", "check-circle"),
        RequestState.REFUSED: StateLook(_l("refusée"), "danger", "x-circle"),
        RequestState.CANCELLED: StateLook(_l("annulée"), "neutral", "slash-circle"),
    }
)

KINDS: Final[Mapping[RightsKind, LazyString]] = {
    RightsKind.ACCESS: _l("Accès aux données"),
    RightsKind.CORRECTION: _l("Rectification"),
    RightsKind.OBJECTION: _l("Opposition au rapprochement"),
    RightsKind.ERASURE: _l("Effacement"),
    RightsKind.WITHDRAWAL: _l("Retrait des accords"),
}

EFFECTS: Final[Mapping[RightsKind, LazyString]] = {
    RightsKind.ACCESS: _l("Le dossier d’accès est établi, chiffré, et remis une seule fois."),
    RightsKind.CORRECTION: _l("L’agence corrige le dossier, puis clôt la demande."),
    RightsKind.OBJECTION: _l("Le rapprochement s’arrête aussitôt et les mises en relation en cours sont closes."),
    RightsKind.ERASURE: _l(
        "L’identité, le profil et les textes libres sont effacés pour toujours ; les chiffres passés ne changent pas. "
        "Les entreprises et les centres qui connaissaient la personne sont prévenus."
    ),
    RightsKind.WITHDRAWAL: _l("Tous les accords en vigueur sont retirés."),
}

REFUSALS: Final[Mapping[Refusal, LazyString]] = {
    Refusal.IDENTITY_UNSURE: _l("L’identité du demandeur n’est pas établie"),
    Refusal.UNFOUNDED: _l("La demande n’est pas fondée"),
    Refusal.REPEATED: _l("La même demande vient d’être traitée"),
    Refusal.DUTY_TO_KEEP: _l("Une obligation impose de conserver ces données"),
}

HANDED: Final[Mapping[HandOver, LazyString]] = {
    HandOver.IN_PERSON: _l("En main propre, identité vérifiée"),
    HandOver.REPRESENTATIVE: _l("À un mandataire, mandat vérifié"),
    HandOver.REGISTERED_LETTER: _l("Par lettre recommandée"),
}

register_refusals(
    {
        "seeker-anonymised": _l("Ce dossier est anonymisé : il n’y a plus rien à en changer."),
        "correction-of-what": _l("Indiquez ce qui est à corriger : l’agence en a besoin pour le faire."),
        "request-waits": _l(
            "La même demande attend déjà sa réponse sous le numéro %(reference)s : complétez-la plutôt qu’en ouvrir "
            "une seconde."
        ),
        "no-correction-to-make": _l("Cette demande n’est pas une rectification acceptée : rechargez la page."),
        "request-decided": _l("Cette demande a déjà été décidée : rechargez la page."),
        "access-file-gone": _l(
            "Ce dossier a déjà été remis ou a expiré : faites-en établir un nouveau si la personne le demande."
        ),
    }
)


def words_of(value: StrEnum) -> str:
    """Return the words of a kind or of a reason to refuse."""
    return str(KINDS[value] if isinstance(value, RightsKind) else REFUSALS[Refusal(value)])


def reason_words(reason: str | None) -> str:
    """Return the words of a step's reason: the kind of the request, or why it was refused."""
    known: dict[str, LazyString] = {
        **{k.value: w for k, w in KINDS.items()},
        **{r.value: w for r, w in REFUSALS.items()},
    }
    return str(known[reason]) if reason in known else ""
