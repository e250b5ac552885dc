"""Referrals in words: states, reasons, channels, refusals."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from skills_bridge.blueprints.formats import StateLook, register_looks
from skills_bridge.blueprints.refusals import register_refusals
from skills_bridge.domain.placements import CancelReason
from skills_bridge.domain.referrals import (
    DeclineReason,
    EndReason,
    ReferralState,
    RejectReason,
    ReopenReason,
    WithdrawReason,
)
from skills_bridge.domain.seekers import Channel

register_looks(
    {
        ReferralState.PROPOSED: StateLook(_l("réponse de la personne attendue"), "waiting", "telephone"),
        ReferralState.ACCEPTED: StateLook(_l("acceptée, à transmettre"), "active", "hand-thumbs-up"),
        ReferralState.DECLINED: StateLook(_l("refusée par la personne"), "neutral", "hand-thumbs-down"),
        ReferralState.SENT: StateLook(_l("réponse de l’entreprise attendue"), "waiting", "send"),
        ReferralState.INVITED: StateLook(_l("entretien prévu"), "active", "calendar-event"),
        ReferralState.SELECTED: StateLook(_l("retenue"), "success", "star"),
        ReferralState.PLACED: StateLook(_l("insertion enregistrée"), "success", "check2-circle"),
        ReferralState.REJECTED: StateLook(_l("non retenue"), "danger", "x-circle"),
        ReferralState.NO_SHOW: StateLook(_l("absente à l’entretien"), "warning", "person-x"),
        ReferralState.WITHDRAWN: StateLook(_l("retirée par l’agence"), "neutral", "dash-circle"),
        ReferralState.EXPIRED: StateLook(_l("expirée sans réponse"), "warning", "hourglass"),
        ReferralState.ENDED: StateLook(_l("arrêtée"), "neutral", "slash-circle"),
    }
)

REASONS: Final[Mapping[StrEnum, LazyString]] = {
    DeclineReason.FOUND_WORK: _l("a trouvé un emploi"),
    DeclineReason.PAY: _l("rémunération"),
    DeclineReason.DISTANCE: _l("distance ou transport"),
    DeclineReason.SCHEDULE: _l("horaires"),
    DeclineReason.CONTRACT: _l("type de contrat proposé"),
    DeclineReason.TRAINING: _l("en formation"),
    DeclineReason.PERSONAL: _l("raison personnelle"),
    DeclineReason.NOT_INTERESTED: _l("ne souhaite pas ce poste"),
    RejectReason.LEVEL_TOO_LOW: _l("niveau de compétence trop juste"),
    RejectReason.EXPERIENCE: _l("expérience insuffisante"),
    RejectReason.LANGUAGE: _l("niveau de langue"),
    RejectReason.TEST_FAILED: _l("test non réussi"),
    RejectReason.AVAILABILITY: _l("disponibilité"),
    RejectReason.PAY_EXPECTED: _l("prétentions salariales"),
    RejectReason.OTHER_PERSON_CHOSEN: _l("une autre personne a été choisie"),
    RejectReason.POST_CLOSED: _l("poste fermé"),
    WithdrawReason.PERSON_ASKED: _l("à la demande de la personne"),
    WithdrawReason.NOT_REACHED: _l("personne injoignable"),
    WithdrawReason.OTHER_OPENING: _l("proposée à une autre offre"),
    WithdrawReason.RECORDED_BY_MISTAKE: _l("saisie par erreur"),
    ReopenReason.PERSON_CHANGED_MIND: _l("la personne a changé d’avis"),
    ReopenReason.COMPANY_CHANGED_MIND: _l("l’entreprise a changé d’avis"),
    ReopenReason.POST_FREE_AGAIN: _l("un poste est de nouveau libre"),
    ReopenReason.ANSWERED_LATE: _l("réponse arrivée après le délai"),
    ReopenReason.RECORDED_BY_MISTAKE: _l("saisie par erreur"),
    EndReason.OPENING_FILLED: _l("tous les postes de l’offre sont pourvus"),
    EndReason.OPENING_CLOSED: _l("l’offre est close"),
    EndReason.PERSON_PLACED: _l("la personne a une insertion ailleurs"),
    EndReason.OBJECTION: _l("la personne s’oppose au rapprochement"),
    EndReason.CONSENT_WITHDRAWN: _l("la personne a retiré son accord"),
    CancelReason.PERSON_WITHDREW: _l("la personne s’est désistée"),
    CancelReason.EMPLOYER_WITHDREW: _l("l’entreprise s’est désistée"),
    CancelReason.PAPERS_MISSING: _l("pièces manquantes"),
    CancelReason.RECORDED_BY_MISTAKE: _l("saisie par erreur"),
}

CHANNELS: Final[Mapping[Channel, LazyString]] = {
    Channel.PHONE: _l("par téléphone"),
    Channel.COUNTER: _l("au guichet"),
    Channel.EMAIL: _l("par courriel"),
    Channel.LETTER: _l("par courrier"),
}
"""How a person's word reaches an adviser, who writes it down."""

WAYS: Final[Mapping[Channel, LazyString]] = {**CHANNELS, Channel.PERSONAL_LINK: _l("par lien personnel")}
"""How a person's word came: by her own link, nobody wrote it down for her."""

STEPS: Final[Mapping[str, LazyString]] = {
    "call": _l("personnes à appeler"),
    "send": _l("accords à transmettre"),
    "company": _l("réponse de l’entreprise attendue"),
    "late": _l("entreprise en retard"),
    "place": _l("retenues, insertion à enregistrer"),
    "ended": _l("terminées sans insertion"),
}
"""Whose turn it is."""

register_refusals(
    {
        "already-referred": _l("%(pseudonym)s a déjà une mise en relation en cours pour l’offre %(opening)s."),
        "referred-before": _l(
            "%(pseudonym)s a déjà été mis(e) en relation avec l’offre %(opening)s : rouvrez cette mise en relation."
        ),
        "seeker-objected": _l("%(pseudonym)s s’oppose au rapprochement : aucune offre ne peut lui être proposée."),
        "seeker-not-active": _l("%(pseudonym)s n’est plus en recherche : vérifiez son dossier avant de proposer."),
        "seeker-without-consent": _l(
            "%(pseudonym)s n’a pas donné son accord au rapprochement : recueillez-le dans son dossier."
        ),
        "too-many-live-referrals": _l(
            "%(pseudonym)s a déjà %(most)s mises en relation en cours : attendez une réponse ou retirez-en une."
        ),
        "opening-not-live": _l(
            "L’offre %(opening)s n’est pas en cours de recrutement : rien ne peut y être proposé ni transmis."
        ),
        "no-open-post": _l("Tous les postes de l’offre %(opening)s sont pourvus ou fermés."),
        "sharing-consent-missing": _l(
            "La personne n’a pas accepté d’être nommée aux entreprises : recueillez cet accord dans son dossier."
        ),
        "person-must-decide": _l("Cette décision revient à une personne : elle ne peut pas être automatique."),
        "answer-day-out-of-range": _l("Indiquez un jour entre la proposition et aujourd’hui."),
        "decline-reason-missing": _l("Choisissez le motif du refus."),
        "meeting-in-the-past": _l("Indiquez une date et une heure à venir."),
        "meeting-without-place": _l("Indiquez le lieu de l’entretien."),
        "meeting-ahead": _l("L’entretien n’a pas encore eu lieu : attendez-en la date."),
    }
)


def word(reason: StrEnum) -> str:
    """Return the words of a reason."""
    return str(REASONS[reason])


def reason_words(code: str | None) -> str:
    """Return the words of a reason kept by its code; the same code means the same everywhere."""
    return next((str(words) for reason, words in REASONS.items() if reason.value == code), code or "")


def choices(kind: type[StrEnum]) -> list[tuple[str, str]]:
    """Return the reasons of a kind for a form."""
    return [(reason.value, word(reason)) for reason in kind]
