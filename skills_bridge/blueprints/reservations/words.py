"""Reservations in words: steps, reasons, refusals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from skills_bridge.blueprints.formats import StateLook, register_looks
from skills_bridge.blueprints.refusals import register_refusals
from skills_bridge.domain.reservations import EndReason, ReservationStep

register_looks(
    {
        ReservationStep.ASKED: StateLook(_l("réponse de la personne attendue"), "waiting", "telephone"),
        ReservationStep.ACCEPTED: StateLook(_l("acceptée, à inscrire"), "active", "hand-thumbs-up"),
        ReservationStep.ENROLLED: StateLook(_l("inscrite, poste réservé"), "success", "mortarboard"),
        ReservationStep.ENDED: StateLook(_l("réservation terminée"), "neutral", "slash-circle"),
    }
)

ENDS: Final[Mapping[EndReason, LazyString]] = {
    EndReason.EXPIRED: _l("le délai est passé"),
    EndReason.DECLINED: _l("la personne a refusé"),
    EndReason.PLACED: _l("la personne occupe le poste"),
    EndReason.PLACED_ELSEWHERE: _l("la personne a commencé ailleurs"),
    EndReason.POST_FILLED: _l("le poste est pourvu par une autre personne"),
    EndReason.POST_CLOSED: _l("le poste est fermé"),
    EndReason.COHORT_CANCELLED: _l("la promotion est annulée"),
    EndReason.COHORT_BEGUN: _l("la formation a commencé sans inscription"),
    EndReason.ENDS_TOO_LATE: _l("la formation finirait après le début du poste"),
    EndReason.LEFT_TRAINING: _l("la personne a quitté la formation"),
    EndReason.OBJECTION: _l("la personne s’oppose au rapprochement"),
    EndReason.CONSENT_WITHDRAWN: _l("la personne a retiré son accord"),
    EndReason.NOT_REACHED: _l("la personne est injoignable"),
    EndReason.OTHER_PLAN: _l("un autre projet est en cours"),
    EndReason.MADE_BY_MISTAKE: _l("réservation faite par erreur"),
}

register_refusals(
    {
        "not-near": _l(
            "%(pseudonym)s n’est plus un profil proche que la promotion %(reference)s compléterait : "
            "rechargez la présélection."
        ),
        "already-reserved": _l(
            "%(pseudonym)s a déjà une place et un poste réservés jusqu’au %(until)s : mettez-y d’abord fin."
        ),
        "cohort-ends-too-late": _l(
            "La promotion %(reference)s finit après le début du poste : choisissez-en une qui finit plus tôt."
        ),
        "no-post-to-reserve": _l(
            "Tous les postes libres de l’offre %(opening)s sont déjà réservés : aucune place n’a été prise."
        ),
        "reservation-ended": _l("Cette réservation a pris fin : la place et le poste ne sont plus réservés."),
        "reservation-accepted": _l("L’accord de la personne est déjà enregistré : le centre peut l’inscrire."),
        "reservation-expired": _l("Le dernier jour de la réservation est passé : réservez de nouveau."),
        "release-reason-unknown": _l("Choisissez le motif dans la liste."),
    }
)


def end_words(reason: EndReason | None) -> str:
    """Return why a reservation ended; without a reason it is the person's business, and the agency's."""
    return str(_l("la personne ne poursuit pas ce projet") if reason is None else ENDS[reason])
