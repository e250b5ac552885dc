"""Organisations in words: kinds, states, refusals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from skills_bridge.blueprints.formats import StateLook, register_looks
from skills_bridge.blueprints.refusals import register_refusals
from skills_bridge.domain.organisations import OrganisationKind, OrganisationState

KINDS: Final[Mapping[OrganisationKind, LazyString]] = {
    OrganisationKind.COMPANY: _l("entreprise"),
    OrganisationKind.TRAINING_CENTRE: _l("centre de formation"),
    OrganisationKind.AGENCY: _l("agence nationale"),
    OrganisationKind.MINISTRY: _l("ministère"),
    OrganisationKind.ASSOCIATION: _l("association"),
    OrganisationKind.PLATFORM: _l("plateforme"),
}

register_looks(
    {
        OrganisationState.INVITED: StateLook(_l("à vérifier"), "waiting", "hourglass-split"),
        OrganisationState.VERIFIED: StateLook(_l("vérifié"), "success", "check-circle"),
        OrganisationState.SUSPENDED: StateLook(_l("suspendu"), "warning", "pause-circle"),
        OrganisationState.LEFT: StateLook(_l("parti"), "neutral", "box-arrow-right"),
    }
)

register_refusals(
    {
        "admission-decided": _l("Cette demande a déjà reçu sa réponse."),
        "organisation-name-missing": _l("Indiquez un nom de 2 à %(most)s caractères."),
        "organisation-without-administrator": _l(
            "Personne n’administre encore cet organisme : attendez qu’une personne invitée accepte, puis vérifiez-le."
        ),
        "organisation-not-suspended": _l("Cet organisme n’est pas suspendu."),
        "organisation-stays": _l(
            "La plateforme et les parties de la convention ne peuvent être ni suspendues ni sorties."
        ),
        "ice-taken": _l("Un autre organisme porte déjà cet ICE."),
        "kind-does-not-ask": _l("Seuls une entreprise ou un centre de formation peuvent demander leur accès ici."),
        "organisation-reason-missing": _l("Indiquez le motif, en %(most)s caractères au plus."),
    }
)


def handed_over(facts: Mapping[str, Any]) -> str:
    """Return in words what a hand-over closed."""
    if not facts:
        return ""
    counts = {name: facts.get(name, 0) for name in ("openings", "needs", "cohorts", "members")}
    return str(
        _(
            "Dossiers clos (offres %(openings)s, besoins %(needs)s, promotions %(cohorts)s), "
            "accès retirés %(members)s.",
            **counts,
        )
    )
