"""Proposals in words: states, reasons, and what a proposal costs the person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from skills_bridge.blueprints.formats import StateLook, number, register_looks
from skills_bridge.blueprints.refusals import register_refusals
from skills_bridge.domain.proposals import ProposalState, SetAsideReason
from skills_bridge.queries.matching.proposals import ProposalLine

register_looks(
    {
        ProposalState.OPEN: StateLook(_l("à décider"), "waiting", "hourglass-split"),
        ProposalState.ACCEPTED: StateLook(_l("suivie"), "success", "check-circle"),
        ProposalState.SET_ASIDE: StateLook(_l("écartée"), "neutral", "slash-circle"),
    }
)
register_refusals(
    {"set-aside-note-missing": _l("Précisez le motif en quelques mots : la prochaine répartition le respecte.")}
)

ASIDE: Final[Mapping[SetAsideReason, LazyString]] = {
    SetAsideReason.PERSON_DECLINES: _l("La personne ne le souhaite pas"),
    SetAsideReason.OTHER_PLAN: _l("Un autre projet est en cours (formation, autre offre)"),
    SetAsideReason.FILE_OUTDATED: _l("Le dossier n’est plus à jour"),
    SetAsideReason.NOT_SUITED: _l("Le poste ne convient pas à la personne"),
    SetAsideReason.COMPANY_KNOWS: _l("L’entreprise et la personne se connaissent déjà"),
    SetAsideReason.OTHER: _l("Autre motif"),
}


def cost_words(line: ProposalLine) -> str:
    """Return what the proposal costs the person, against the best of the openings that list her as ready."""
    if line.own_offers == 1:
        return str(_("sa seule offre"))
    if line.own_place == 1:
        return str(_("sa meilleure offre, sur %(count)s", count=number(line.own_offers)))
    return str(
        _(
            "n° %(place)s de ses %(count)s offres : %(points)s points de moins que la meilleure",
            place=number(line.own_place),
            count=number(line.own_offers),
            points=number(line.below_best / 100, 2),
        )
    )
