"""How the states of openings look, and how their conditions, reasons and refusals are said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_babel.speaklater import LazyString

from skills_bridge.blueprints.formats import StateLook, day, register_looks
from skills_bridge.blueprints.framework.words import text_of
from skills_bridge.blueprints.refusals import register_refusals
from skills_bridge.domain.matching import GateKind
from skills_bridge.domain.openings import CloseReason, OpeningState
from skills_bridge.queries.openings import GateLine, Move

GATES: Final[Mapping[GateKind, LazyString]] = {
    GateKind.MOBILITY: _l("Mobilité"),
    GateKind.EDUCATION: _l("Niveau d’études, au moins"),
    GateKind.FIELD: _l("Domaine de diplôme, l’un de"),
    GateKind.PROFILE: _l("Emploi-métier recherché"),
    GateKind.EXPERIENCE: _l("Expérience, au moins"),
    GateKind.LANGUAGE: _l("Langues"),
    GateKind.LICENCE: _l("Permis et habilitations"),
    GateKind.CONTRACT: _l("Contrat accepté"),
    GateKind.SHIFT: _l("Horaires acceptés"),
    GateKind.AVAILABILITY: _l("Disponibilité, au plus tard le"),
    GateKind.ADULTHOOD: _l("Majorité (travail de nuit), au"),
}
CLOSE_REASONS: Final[Mapping[CloseReason, LazyString]] = {
    CloseReason.PROFILE_NOT_FOUND: _l("profil introuvable"),
    CloseReason.EMPLOYER_WITHDREW: _l("abandon par l’entreprise"),
    CloseReason.FILLED_OUTSIDE: _l("poste pourvu hors agence"),
    CloseReason.PAY_OR_CONDITIONS: _l("rémunération ou conditions"),
    CloseReason.TRANSPORT: _l("transport"),
    CloseReason.NO_EMPLOYER_FEEDBACK: _l("sans retour de l’entreprise"),
}
REVISION_MOVES: Final[Mapping[str, LazyString]] = {
    "submitted": _l("modification soumise à validation"),
    "validated": _l("modification validée"),
    "refused": _l("modification refusée"),
    "withdrawn": _l("modification retirée"),
}


@dataclass(frozen=True)
class HistoryItem:
    """A line of the history as the timeline draws it."""

    at: datetime
    state: OpeningState | None
    label: str
    by: str
    reason: str


def history(moves: Sequence[Move]) -> list[HistoryItem]:
    """The moves of an opening and of its revisions in words."""
    return [
        HistoryItem(
            at=move.at,
            state=OpeningState(move.to_state) if move.kind == "opening" else None,
            label="" if move.kind == "opening" else str(REVISION_MOVES[move.to_state]),
            by=move.by,
            reason=move.note or (str(CLOSE_REASONS[CloseReason(move.reason)]) if move.reason else ""),
        )
        for move in moves
    ]


def gate_words(gate: GateLine) -> str:
    """What a condition asks for."""
    if gate.months is not None:
        return str(ngettext("%(num)s mois", "%(num)s mois", gate.months))
    if gate.day is not None:
        return day(gate.day)
    names = [text_of(name) for name in gate.names]
    if gate.levels:
        names = [f"{name} ({level.value})" for name, level in zip(names, gate.levels, strict=True)]
    return " · ".join(names)


def gate_facts(gates: Sequence[GateLine]) -> list[tuple[str, str]]:
    """Conditions as label and value."""
    return [(str(GATES[gate.kind]), gate_words(gate)) for gate in gates]


def close_reason_choices() -> list[tuple[str, str]]:
    """The reasons for closing posts, for a select."""
    return [(reason.value, str(word)) for reason, word in CLOSE_REASONS.items()]


register_looks(
    {
        OpeningState.DRAFT: StateLook(_l("brouillon"), "neutral", "pencil"),
        OpeningState.SUBMITTED: StateLook(_l("à valider"), "waiting", "hourglass-split"),
        OpeningState.VALIDATED: StateLook(_l("validée"), "success", "check-circle"),
        OpeningState.PAUSED: StateLook(_l("suspendue"), "warning", "pause-circle"),
        OpeningState.CLOSED: StateLook(_l("close"), "neutral", "lock"),
    }
)
register_refusals(
    {
        "opening-being-judged": _l(
            "L’offre attend la validation de l’agence : reprenez-la en brouillon pour la modifier."
        ),
        "opening-closed": _l("L’offre est close. Dupliquez-la pour recruter de nouveau."),
        "opening-already-judged": _l(
            "Quelqu’un a déjà répondu à cette demande : rien n’a été changé une seconde fois."
        ),
        "no-change-waiting": _l("Aucune modification n’attend : l’agence a répondu, ou elle est déjà retirée."),
        "opening-not-paused": _l("L’offre n’est pas suspendue : il n’y a rien à reprendre."),
        "opening-not-live": _l("Seule une offre validée a des postes à fermer."),
        "posts-out-of-range": _l("Indiquez un nombre de postes entre 1 et %(most)s."),
        "posts-below-standing": _l(
            "L’offre compte %(standing)s postes ouverts ou pourvus, dont %(filled)s pourvus."
            " Indiquez au moins %(standing)s ; pour retirer un poste, fermez-le avec un motif."
        ),
        "experience-out-of-range": _l("Indiquez une expérience entre 1 et %(most)s mois, ou laissez vide."),
        "availability-without-start": _l("Indiquez la date de début, ou décochez la condition de disponibilité."),
        "start-in-the-past": _l("La date de début est passée : indiquez une date à venir, ou laissez vide."),
        "start-too-far": _l("La date de début est trop lointaine : indiquez une date dans les cinq ans."),
        "title-missing": _l("Donnez un intitulé à l’offre."),
        "answer-days-out-of-range": _l("Indiquez un délai de réponse entre 1 et %(most)s jours."),
        "site-unknown": _l("Ce site n’existe pas. Choisissez un site de la liste, ou ajoutez-en un."),
        "province-without-unit": _l(
            "Aucune agence ne suit encore la province de ce site : choisissez un autre site,"
            " ou prévenez l’administrateur(trice) de la plateforme."
        ),
        "fixed-after-validation": _l(
            "Une offre validée garde son site, son emploi-métier et son besoin. Dupliquez l’offre pour en changer."
        ),
        "need-of-another-profile": _l("Ce besoin porte sur un autre emploi-métier : choisissez-en un autre, ou aucun."),
        "need-withdrawn": _l("Le besoin %(value)s est retiré : choisissez-en un autre, ou aucun."),
        "no-site-in-province": _l("Vous n’avez pas de site dans cette province : ajoutez-en un, puis recommencez."),
        "reason-missing": _l("Indiquez le motif : l’entreprise doit savoir quoi corriger."),
        "not-so-many-free-posts": _l(
            "%(free)s postes libres à cette échéance : indiquez un nombre entre 1 et celui des postes libres."
        ),
        "name-missing": _l("Donnez un nom au site."),
        "site-name-taken": _l("Vous avez déjà un site « %(name)s » : choisissez-le, ou donnez un autre nom."),
    }
)
