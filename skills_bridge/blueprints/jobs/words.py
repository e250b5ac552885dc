"""Background work in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from skills_bridge.blueprints.formats import StateLook, register_looks
from skills_bridge.blueprints.refusals import register_refusals
from skills_bridge.domain.jobs import JobState

register_looks(
    {
        JobState.DUE: StateLook(_l("en attente"), "waiting", "hourglass-split"),
        JobState.SENT: StateLook(_l("transmise"), "waiting", "hourglass-split"),
        JobState.RUNNING: StateLook(_l("en cours"), "active", "hourglass-split"),
        JobState.DONE: StateLook(_l("terminée"), "success", "check-circle"),
        JobState.DEAD: StateLook(_l("en échec"), "danger", "x-circle"),
        JobState.CANCELLED: StateLook(_l("annulée"), "neutral", "x-circle"),
    }
)

register_refusals(
    {
        "job-not-dead": _l("Seule une tâche en échec ou annulée peut être relancée."),
        "job-ended": _l("Cette tâche est déjà terminée : il n’y a plus rien à annuler."),
    }
)

KINDS: Final[Mapping[str, LazyString]] = {
    "matching.match_opening": _l("Rapprochement d’une offre"),
    "matching.match_for_cohort": _l("Rapprochement après publication d’une promotion"),
    "matching.match_for_seeker": _l("Rapprochement après mise à jour d’un profil"),
    "matching.match_agency": _l("Rapprochement complet"),
    "matching.match_all": _l("Demande du rapprochement de la nuit"),
    "matching.allocate_places": _l("Répartition des places"),
    "matching.report_exposure": _l("Décompte des personnes jamais proposées"),
    "matching.forget_inputs": _l("Effacement des anciennes données de calcul"),
    "matching.pack_due": _l("Mise à jour des profils condensés"),
    "matching.check_packed": _l("Vérification des profils condensés"),
    "referrals.end_for_opening": _l("Clôture des mises en relation d’une offre close"),
    "referrals.expire_referrals": _l("Expiration des candidatures restées sans réponse"),
    "reservations.expire_reservations": _l("Expiration des réservations de formation et de poste"),
    "reservations.release_posts": _l("Fin des réservations de postes pourvus ou fermés"),
    "placements.settle_placement": _l("Mise à jour après une insertion"),
    "accounts.forget_visits": _l("Effacement des anciennes visites"),
    "privacy.hand_over": _l("Transmission d’une demande de droits à l’agence"),
    "privacy.carry_out": _l("Exécution d’une demande de droits"),
    "privacy.tell_person": _l("Courriel avant l’anonymisation d’un dossier"),
    "privacy.count_retention": _l("Décompte de la durée de conservation"),
    "privacy.count_agency": _l("Décompte de la durée de conservation d’une agence"),
    "audit.record_check": _l("Vérification du journal d’audit"),
    "accounts.mail_invitation": _l("Envoi d’une invitation"),
    "accounts.mail_link": _l("Envoi d’un lien de récupération"),
    "personal.mail_link": _l("Envoi d’un lien personnel"),
    "accounts.tell_change": _l("Avis de changement d’un compte"),
    "accounts.tell_reset": _l("Avis de réinitialisation demandée"),
    "accounts.end_second_factor": _l("Fin d’un second facteur perdu"),
    "organisations.end_sessions": _l("Fermeture des sessions d’un organisme suspendu"),
    "organisations.hand_over": _l("Clôture des dossiers d’un organisme parti"),
    "imports.check_batch": _l("Vérification d’un import"),
    "imports.apply_batch": _l("Application d’un import"),
    "packs.build_pack": _l("Préparation du rapport mensuel"),
    "packs.publish_pack": _l("Publication du rapport mensuel"),
    "figures.compute_open_month": _l("Calcul des indicateurs du mois en cours"),
}


def kind_label(kind: str) -> str:
    """Return the words of a kind of work."""
    if kind in KINDS:
        return str(KINDS[kind])
    return str(_l("Avis aux organismes")) if kind.startswith("notices.") else kind


ERRORS: Final[Mapping[str, LazyString]] = {
    "worker-lost": _l(
        "Le traitement s’est interrompu trois fois : relancez-le ; s’il échoue encore, "
        "prévenez l’administration de la plateforme."
    ),
}

UNFIT: Final[Mapping[str, LazyString]] = dict.fromkeys(
    ("ValueOutOfRange", "WrongShape", "RepeatedKey", "TooManyRequirements"),
    _l("Le rapprochement refuse ses données : prévenez l’administration de la plateforme."),
)
"""Refusals of the engine by their kind; the place and the value follow in brackets."""


def error_label(error: str | None) -> str:
    """Return the cause of a failure: a sentence where there is one, else the technical code."""
    if error is None:
        return ""
    kind, _colon, where = error.partition(": ")
    if kind in UNFIT:
        return f"{UNFIT[kind]} ({where})"
    return str(ERRORS[error]) if error in ERRORS else error
