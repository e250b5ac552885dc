"""Reasons to know who a person is, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from skills_bridge.blueprints.refusals import register_refusals
from skills_bridge.domain.privacy import RevealReason

REASONS: Final[Mapping[RevealReason, LazyString]] = {
    RevealReason.CONTACT: _l("Joindre la personne"),
    RevealReason.INTERVIEW: _l("Mener un entretien"),
    RevealReason.CONTRACT: _l("Préparer un contrat"),
    RevealReason.CORRECTION: _l("Corriger le dossier"),
    RevealReason.RIGHTS: _l("Répondre à une demande de la personne"),
}

register_refusals(
    {
        "reveal-of-whom": _l("Choisissez la personne et le motif, puis recommencez."),
        "too-many-identities-today": _l(
            "Vous avez affiché %(seen)s identités aujourd’hui, sur %(most)s au plus par jour : reprenez demain, ou "
            "confiez la suite à un(e) collègue."
        ),
    }
)
