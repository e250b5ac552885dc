"""Placements in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from skills_bridge.blueprints.formats import StateLook, register_looks
from skills_bridge.blueprints.refusals import register_refusals
from skills_bridge.domain.placements import PlacementKind, PlacementState

register_looks(
    {
        PlacementState.AHEAD: StateLook(_l("début à venir"), "active", "calendar-event"),
        PlacementState.RUNNING: StateLook(_l("en cours"), "success", "check2-circle"),
        PlacementState.ENDED: StateLook(_l("terminée"), "neutral", "flag"),
        PlacementState.UNDONE: StateLook(_l("annulée avant le début"), "warning", "x-circle"),
    }
)
register_looks(
    {
        PlacementKind.EMPLOYMENT_CONTRACT: StateLook(_l("embauche (contrat de travail)"), "success", "briefcase"),
        PlacementKind.INSERTION_CONTRACT: StateLook(_l("contrat d’insertion"), "active", "person-workspace"),
        PlacementKind.OTHER: StateLook(_l("autre"), "neutral", "circle"),
    }
)

MOVES: Final[Mapping[str, LazyString]] = {
    "recorded": _l("Insertion enregistrée"),
    "undone": _l("Insertion annulée avant le début"),
    "ended": _l("Fin de l’insertion"),
}

register_refusals(
    {
        "kind-and-contract-disagree": _l(
            "La nature de l’insertion ne correspond pas au contrat : un contrat d’insertion n’est pas une embauche."
        ),
        "contract-unknown": _l("Ce contrat n’est plus dans la liste : choisissez-le de nouveau."),
        "signed-in-the-future": _l("La signature ne peut pas être à venir : indiquez le jour où elle a eu lieu."),
        "start-before-signature": _l("Le début ne peut pas précéder la signature."),
        "start-too-far": _l("Le début est à plus d’un an : vérifiez l’année."),
        "no-post-left": _l("Tous les postes de l’offre viennent d’être pourvus ou fermés : rien n’a été enregistré."),
        "person-placed-elsewhere": _l(
            "Cette personne vient d’être recrutée ailleurs : rien n’a été enregistré. L’agence peut vous en dire plus."
        ),
        "placement-undone": _l("Cette insertion a déjà été annulée."),
        "placement-ended": _l("La fin de cette insertion est déjà enregistrée."),
        "placement-started": _l(
            "La personne a commencé : l’insertion ne s’annule plus. Enregistrez sa fin s’il y a lieu."
        ),
        "end-day-out-of-range": _l("Indiquez un jour entre le début et aujourd’hui."),
    }
)
