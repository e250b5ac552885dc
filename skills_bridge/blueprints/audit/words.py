"""Acts of the journal in words: an act by its own sentence, a change of state by its object and its state."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from skills_bridge.blueprints.formats import StateLook, look, register_looks
from skills_bridge.domain.audit import Fault, Outcome
from skills_bridge.domain.imports import BatchState
from skills_bridge.domain.needs import NeedState
from skills_bridge.domain.openings import OpeningState
from skills_bridge.domain.packs import PackState
from skills_bridge.domain.privacy import RequestState
from skills_bridge.domain.proposals import ProposalState
from skills_bridge.domain.referrals import ReferralState
from skills_bridge.domain.seekers import SeekerState
from skills_bridge.domain.training import CohortState, EnrolmentState

OBJECTS: Final[Mapping[str, LazyString]] = {
    "allocation_run": _l("Répartition des places"),
    "audit": _l("Journal d’audit"),
    "cohort": _l("Promotion"),
    "enrolment": _l("Inscription"),
    "framework": _l("Référentiel"),
    "import": _l("Import"),
    "invitation": _l("Invitation"),
    "job": _l("Tâche"),
    "key": _l("Clé de chiffrement"),
    "match_run": _l("Rapprochement"),
    "membership": _l("Habilitation"),
    "need": _l("Besoin en compétences"),
    "opening": _l("Offre d’emploi"),
    "opening_revision": _l("Version de l’offre"),
    "organisation": _l("Organisme"),
    "organisation_request": _l("Demande d’un organisme"),
    "pack": _l("Rapport mensuel"),
    "personal_link": _l("Lien personnel"),
    "placement": _l("Insertion"),
    "programme": _l("Filière"),
    "proposal": _l("Proposition"),
    "reference": _l("Listes de référence"),
    "referral": _l("Mise en relation"),
    "reservation": _l("Réservation"),
    "retention": _l("Durée de conservation"),
    "rights_request": _l("Demande de droits"),
    "second_factor_reset": _l("Second facteur à supprimer"),
    "seeker": _l("Dossier de la personne"),
    "user_account": _l("Compte"),
    "web_session": _l("Session"),
}
"""Kinds of objects that an act may be about."""

STATES: Final[Mapping[str, type[StrEnum]]] = {
    "cohort": CohortState,
    "enrolment": EnrolmentState,
    "import": BatchState,
    "need": NeedState,
    "opening": OpeningState,
    "pack": PackState,
    "proposal": ProposalState,
    "referral": ReferralState,
    "rights_request": RequestState,
    "seeker": SeekerState,
}
"""Objects whose changes of state are acts; the words of a state are those of its badge."""

ACTS: Final[Mapping[str, LazyString]] = {
    "access-file.built": _l("Dossier d’accès établi"),
    "access-file.taken": _l("Dossier d’accès remis"),
    "account.language": _l("Langue des écrans changée"),
    "allocation_run.computed": _l("Places réparties"),
    "audit.verified": _l("Journal d’audit vérifié"),
    "cohort.changed": _l("Promotion modifiée"),
    "consent.given": _l("Accord enregistré"),
    "consent.withdrawn": _l("Accord retiré"),
    "framework.imported": _l("Référentiel importé"),
    "identity.revealed": _l("Identité affichée"),
    "identity.unusual": _l("Bien plus d’identités affichées que d’habitude"),
    "import.applied": _l("Lignes d’un import appliquées"),
    "import.rejected-exported": _l("Lignes refusées d’un import exportées"),
    "invitation.accepted": _l("Invitation acceptée"),
    "invitation.revoked": _l("Invitation annulée"),
    "invitation.sent": _l("Invitation envoyée"),
    "job.cancelled": _l("Tâche annulée"),
    "job.refused": _l("Tâche refusée"),
    "job.retried": _l("Tâche relancée"),
    "key.rotated": _l("Clé de chiffrement changée"),
    "match_run.computed": _l("Rapprochement calculé"),
    "membership.added": _l("Habilitation accordée"),
    "membership.ended": _l("Habilitation retirée"),
    "membership.role_changed": _l("Rôle changé"),
    "need.changed": _l("Besoin modifié"),
    "opening.posts_closed": _l("Postes d’une offre fermés"),
    "opening_revision.refused": _l("Version de l’offre refusée"),
    "opening_revision.submitted": _l("Version de l’offre soumise"),
    "opening_revision.validated": _l("Version de l’offre validée"),
    "opening_revision.withdrawn": _l("Version de l’offre retirée"),
    "organisation.created": _l("Organisme créé"),
    "organisation.handed_over": _l("Dossiers en cours d’un organisme transmis"),
    "organisation.invited": _l("Organisme invité"),
    "organisation.left": _l("Organisme parti"),
    "organisation.sessions_ended": _l("Sessions d’un organisme fermées"),
    "organisation.suspended": _l("Organisme suspendu"),
    "organisation.verified": _l("Organisme vérifié"),
    "organisation_request.refused": _l("Demande d’un organisme refusée"),
    "password.changed": _l("Mot de passe changé"),
    "personal_link.ended": _l("Lien personnel terminé"),
    "personal_link.given": _l("Lien personnel remis"),
    "personal_link.used": _l("Lien personnel ouvert"),
    "placement.ended": _l("Fin d’insertion enregistrée"),
    "placement.recorded": _l("Insertion enregistrée"),
    "placement.undone": _l("Insertion annulée"),
    "programme.changed": _l("Filière modifiée"),
    "programme.created": _l("Filière créée"),
    "recovery.renewed": _l("Codes de secours renouvelés"),
    "recovery.used": _l("Code de secours utilisé"),
    "reference.loaded": _l("Listes de référence chargées"),
    "reservation.accepted": _l("Réservation acceptée"),
    "reservation.asked": _l("Place et poste réservés ensemble"),
    "reservation.ended": _l("Fin d’une réservation"),
    "reservation.enrolled": _l("Inscription sur une place réservée"),
    "retention.applied": _l("Durée de conservation appliquée"),
    "retention.told": _l("Personne prévenue par courriel avant l’anonymisation"),
    "second_factor.ended": _l("Second facteur supprimé"),
    "second_factor.enrolled": _l("Second facteur enregistré"),
    "second_factor_reset.asked": _l("Suppression d’un second facteur demandée"),
    "second_factor_reset.granted": _l("Suppression d’un second facteur accordée"),
    "second_factor_reset.refused": _l("Suppression d’un second facteur refusée"),
    "seeker.competency-recorded": _l("Compétence enregistrée"),
    "seeker.identity-corrected": _l("Identité corrigée"),
    "seeker.interviewed": _l("Entretien de compétences mené"),
    "seeker.objected": _l("Opposition enregistrée"),
    "seeker.objection-lifted": _l("Opposition levée"),
    "seeker.searched": _l("Recherche par numéro d’identité"),
    "seeker.updated": _l("Dossier mis à jour"),
    "session.ended": _l("Session fermée"),
    "session.ended_all": _l("Autres sessions fermées"),
    "session.proved": _l("Mot de passe et code redonnés"),
    "session.switched": _l("Changement d’organisme"),
    "visa.given": _l("Visa donné"),
    "visa.sent_back": _l("Rapport renvoyé par une partie"),
}
"""Acts that are no plain change of state, and states whose badge would say it otherwise."""

register_looks(
    {
        Outcome.SOUND: StateLook(_l("journal intact"), "success", "check-circle"),
        Outcome.FAULTS: StateLook(_l("anomalies"), "danger", "exclamation-triangle"),
    }
)

FAULTS: Final[Mapping[Fault, LazyString]] = {
    Fault.CHANGED: _l("contenu modifié"),
    Fault.BROKEN: _l("n’est pas la suite de l’entrée précédente"),
    Fault.MISSING: _l("supprimé"),
    Fault.REPEATED: _l("numéro en double"),
    Fault.CUT: _l("fin du journal supprimée"),
    Fault.REWRITTEN: _l("journal réécrit"),
    Fault.UNSEALED: _l("sceau rompu"),
}


def act_label(act: str) -> str:
    """Return the words of an act.

    :raises KeyError: nobody gave it any.
    """
    if act in ACTS:
        return str(ACTS[act])
    kind, _dot, state = act.partition(".")
    return str(_("%(object)s : %(state)s", object=OBJECTS[kind], state=look(STATES[kind](state)).label))


def shown_act(act: str) -> str:
    """Return the words of an act, or its code if a later version of the product wrote it."""
    try:
        return act_label(act)
    except (KeyError, ValueError):
        return act


def all_acts() -> tuple[str, ...]:
    """Return every act that has words."""
    moved = (f"{kind}.{state.value}" for kind, states in STATES.items() for state in states)
    return tuple(dict.fromkeys((*ACTS, *moved)))


def object_label(kind: str, key: int | None) -> str:
    """Return an object with its number."""
    words = str(OBJECTS.get(kind, kind))
    return words if key is None else str(_("%(object)s n° %(number)s", object=words, number=key))
