"""How the states of needs look, and how their refusals are said."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from skills_bridge.blueprints.formats import StateLook, register_looks
from skills_bridge.blueprints.framework.words import quarter_words
from skills_bridge.blueprints.refusals import register_refusals
from skills_bridge.domain.needs import NeedState


def period_words(first_on: date, last_on: date) -> str:
    """The quarters from one to another, each by its first day."""
    first, last = quarter_words(first_on), quarter_words(last_on)
    return first if first_on == last_on else str(_("%(first)s à %(last)s", first=first, last=last))


register_looks(
    {
        NeedState.OPEN: StateLook(_l("déclaré"), "active", "clipboard-data"),
        NeedState.WITHDRAWN: StateLook(_l("retiré"), "neutral", "slash-circle"),
    }
)
register_refusals(
    {
        "need-without-line": _l("Indiquez au moins un trimestre, une province et un nombre de postes."),
        "too-many-lines": _l("Un besoin compte au plus %(most)s lignes : déclarez les autres dans un second besoin."),
        "no-quarter": _l("Ligne %(row)s : choisissez un trimestre de la liste."),
        "line-posts-out-of-range": _l("Ligne %(row)s : indiquez un nombre de postes entre 1 et %(most)s."),
        "line-twice": _l(
            "Ligne %(row)s : ce trimestre et cette province figurent déjà plus haut. Additionnez les postes."
        ),
        "need-line-in-use": _l(
            "Une ligne retirée est reprise par une offre : gardez-la, et changez au besoin son nombre de postes."
        ),
        "need-profile-in-use": _l(
            "Une offre reprend déjà ce besoin : l’emploi-métier ne change plus. Déclarez un autre besoin."
        ),
        "need-already-withdrawn": _l("Ce besoin est retiré : copiez-le pour en déclarer un nouveau."),
    }
)
