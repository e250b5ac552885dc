"""A person's own pages in words: states and refusals as they are told to her, not as staff read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from skills_bridge.blueprints.formats import StateLook
from skills_bridge.blueprints.refusals import explain
from skills_bridge.domain.errors import DomainError, RuleBroken
from skills_bridge.domain.privacy import RequestState
from skills_bridge.domain.referrals import DeclineReason, ReferralState
from skills_bridge.domain.reservations import ReservationStep

OWN_STATES: Final[Mapping[ReferralState, StateLook]] = {
    ReferralState.PROPOSED: StateLook(_l("votre réponse est attendue"), "waiting", "chat-left-text"),
    ReferralState.ACCEPTED: StateLook(_l("vous avez accepté"), "active", "hand-thumbs-up"),
    ReferralState.DECLINED: StateLook(_l("vous avez refusé"), "neutral", "hand-thumbs-down"),
    ReferralState.SENT: StateLook(_l("transmise à l’entreprise"), "active", "send"),
    ReferralState.INVITED: StateLook(_l("entretien prévu"), "active", "calendar-event"),
    ReferralState.SELECTED: StateLook(_l("vous êtes retenu(e)"), "success", "star"),
    ReferralState.PLACED: StateLook(_l("embauche enregistrée"), "success", "check2-circle"),
    ReferralState.REJECTED: StateLook(_l("l’entreprise n’a pas donné suite"), "neutral", "x-circle"),
    ReferralState.NO_SHOW: StateLook(_l("vous n’êtes pas venu(e) à l’entretien"), "neutral", "person-x"),
    ReferralState.WITHDRAWN: StateLook(_l("retirée par votre agence"), "neutral", "dash-circle"),
    ReferralState.EXPIRED: StateLook(_l("l’entreprise n’a pas répondu"), "neutral", "hourglass"),
    ReferralState.ENDED: StateLook(_l("arrêtée"), "neutral", "slash-circle"),
}
"""Where a proposal stands, said to the person."""

OWN_STEPS: Final[Mapping[ReservationStep, StateLook]] = {
    ReservationStep.ASKED: StateLook(_l("votre réponse est attendue"), "waiting", "chat-left-text"),
    ReservationStep.ACCEPTED: StateLook(_l("vous avez accepté"), "active", "hand-thumbs-up"),
    ReservationStep.ENROLLED: StateLook(_l("vous êtes inscrit(e)"), "success", "check2-circle"),
    ReservationStep.ENDED: StateLook(_l("arrêtée"), "neutral", "slash-circle"),
}

OWN_REQUESTS: Final[Mapping[RequestState, StateLook]] = {
    RequestState.RECEIVED: StateLook(_l("reçue"), "waiting", "hourglass-split"),
    RequestState.ACCEPTED: StateLook(_l("en cours"), "active", "arrow-repeat"),
    RequestState.READY: StateLook(_l("dossier prêt"), "success", "file-earmark-zip"),
    RequestState.DONE: StateLook(_l("traitée"), "success", "check-circle"),
    RequestState.REFUSED: StateLook(_l("refusée"), "neutral", "x-circle"),
    RequestState.CANCELLED: StateLook(_l("annulée"), "neutral", "slash-circle"),
}

OWN_REASONS: Final[Mapping[DeclineReason, LazyString]] = {
    DeclineReason.FOUND_WORK: _l("J’ai trouvé un emploi"),
    DeclineReason.PAY: _l("Le salaire"),
    DeclineReason.DISTANCE: _l("La distance ou le transport"),
    DeclineReason.SCHEDULE: _l("Les horaires"),
    DeclineReason.CONTRACT: _l("Le type de contrat"),
    DeclineReason.TRAINING: _l("Je suis en formation"),
    DeclineReason.PERSONAL: _l("Une raison personnelle"),
    DeclineReason.NOT_INTERESTED: _l("Ce poste ne m’intéresse pas"),
}

OWN_REFUSALS: Final[Mapping[str, LazyString]] = {
    "illegal-move": _l("Cette proposition a déjà une réponse, de vous ou de votre agence. Voici où elle en est."),
    "sharing-consent-missing": _l(
        "Pour accepter, cochez que votre nom peut être montré à l’entreprise : sans cela elle ne pourrait pas vous "
        "appeler."
    ),
    "decline-reason-missing": _l("Choisissez une raison dans la liste : toutes se valent."),
    "reservation-ended": _l("Cette place n’est plus gardée pour vous. Voyez avec votre agence."),
    "reservation-accepted": _l("Votre accord est déjà enregistré."),
    "reservation-expired": _l("Le dernier jour pour répondre est passé. Voyez avec votre agence."),
    "already-objected": _l("Votre opposition est déjà enregistrée : plus rien ne vous est proposé."),
    "consent-not-given": _l("Cet accord est déjà retiré."),
    "request-waits": _l("Votre demande %(reference)s attend déjà sa réponse : inutile d’en envoyer une autre."),
    "access-file-gone": _l("Ce dossier a déjà été remis, ou il est trop ancien : demandez-le de nouveau."),
    "too-many-tries": _l("Trop d’essais. Patientez %(minutes)s minutes, puis recommencez."),
}
"""Refusals whose usual sentence speaks to staff: code → the sentence for the person."""


def tell(refusal: DomainError) -> str:
    """Return a refusal as it is said to the person."""
    if isinstance(refusal, RuleBroken) and refusal.code in OWN_REFUSALS:
        return str(str(OWN_REFUSALS[refusal.code]) % refusal.facts)
    return explain(refusal)
