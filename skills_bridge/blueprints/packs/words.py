"""Packs in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from skills_bridge.blueprints.formats import StateLook, register_looks
from skills_bridge.blueprints.refusals import register_refusals
from skills_bridge.domain.packs import PackState, Party, VisaState

register_looks(
    {
        PackState.BUILDING: StateLook(_l("en préparation"), "active", "hourglass-split"),
        PackState.FROZEN: StateLook(_l("arrêté, en cours de visa"), "waiting", "hourglass-split"),
        PackState.PUBLISHED: StateLook(_l("publié"), "success", "check-circle"),
    }
)
register_looks(
    {
        VisaState.WAITING: StateLook(_l("visa attendu"), "waiting", "hourglass-split"),
        VisaState.GIVEN: StateLook(_l("visa donné"), "success", "check-circle"),
        VisaState.SENT_BACK: StateLook(_l("renvoyé"), "danger", "x-circle"),
    }
)

PARTIES: Final[Mapping[Party, LazyString]] = {
    Party.INDUSTRY: _l("Ministère chargé de l’industrie"),
    Party.EMPLOYMENT: _l("Ministère chargé de l’emploi"),
    Party.AGENCY: _l("Agence de l’emploi"),
    Party.ASSOCIATION: _l("Association professionnelle"),
}

register_refusals(
    {
        "month-not-over": _l("Le mois %(month)s n’est pas terminé : choisissez un mois déjà écoulé."),
        "month-frozen": _l("Ce mois est déjà arrêté dans le rapport %(pack)s, qui attend ses visas."),
        "cause-missing": _l("Indiquez le motif de la rectification : il figurera dans le rapport."),
        "reason-missing": _l("Indiquez un motif : les autres parties le liront."),
        "pack-not-frozen": _l("Le rapport %(pack)s n’est pas au stade des visas."),
        "visa-decided": _l("Votre organisme s’est déjà prononcé sur le rapport %(pack)s."),
        "pack-built": _l("Le rapport %(pack)s est déjà préparé."),
        "parties-missing": _l("Les organismes des quatre parties ne sont pas tous désignés (manque : %(missing)s)."),
    }
)
