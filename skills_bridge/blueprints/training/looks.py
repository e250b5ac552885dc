"""How states, reasons and refusals of training read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from skills_bridge.blueprints.formats import StateLook, register_looks
from skills_bridge.blueprints.refusals import register_refusals
from skills_bridge.domain.training import CancelReason, CohortState, EnrolmentState, EntryAnswer, LeaveReason

register_looks(
    {
        CohortState.DRAFT: StateLook(_l("brouillon"), "neutral", "pencil"),
        CohortState.PUBLISHED: StateLook(_l("publiée"), "active", "megaphone"),
        CohortState.RUNNING: StateLook(_l("en cours"), "success", "play-circle"),
        CohortState.ENDED: StateLook(_l("terminée"), "neutral", "flag"),
        CohortState.CANCELLED: StateLook(_l("annulée"), "danger", "x-circle"),
    }
)
register_looks(
    {
        EnrolmentState.WAITING: StateLook(_l("en attente"), "waiting", "hourglass-split"),
        EnrolmentState.ENROLLED: StateLook(_l("inscrit(e)"), "active", "person-check"),
        EnrolmentState.COMPLETED: StateLook(_l("parcours achevé"), "waiting", "check2-circle"),
        EnrolmentState.CERTIFIED: StateLook(_l("certifié(e)"), "success", "patch-check"),
        EnrolmentState.DROPPED: StateLook(_l("abandon"), "warning", "person-x"),
        EnrolmentState.WITHDRAWN: StateLook(_l("retiré(e)"), "neutral", "dash-circle"),
    }
)
register_looks(
    {
        EntryAnswer.MET: StateLook(_l("niveau d’entrée atteint"), "success", "check-circle"),
        EntryAnswer.FAIL: StateLook(_l("niveau d’entrée non atteint"), "danger", "x-circle"),
        EntryAnswer.UNKNOWN: StateLook(_l("niveau d’études inconnu"), "warning", "question-circle"),
    }
)

CANCEL_REASONS: Final[Mapping[CancelReason, LazyString]] = {
    CancelReason.TOO_FEW: _l("Pas assez de personnes inscrites"),
    CancelReason.NO_TRAINER: _l("Pas de formateur(trice) disponible"),
    CancelReason.NO_MEANS: _l("Locaux, équipement ou financement indisponibles"),
    CancelReason.POSTPONED: _l("Promotion reportée à une autre date"),
    CancelReason.OTHER: _l("Autre motif"),
}
LEAVE_REASONS: Final[Mapping[LeaveReason, LazyString]] = {
    LeaveReason.JOB_FOUND: _l("A trouvé un emploi"),
    LeaveReason.OTHER_TRAINING: _l("Suit une autre formation"),
    LeaveReason.TRANSPORT: _l("Transport ou éloignement"),
    LeaveReason.ABSENT: _l("Ne vient plus"),
    LeaveReason.PERSONAL: _l("Raison personnelle"),
    LeaveReason.MISTAKE: _l("Inscription faite par erreur"),
    LeaveReason.COHORT_CANCELLED: _l("Promotion annulée"),
    LeaveReason.RESERVATION_ENDED: _l("La place n’est plus réservée"),
}
FOLLOWING: Final = frozenset({LeaveReason.COHORT_CANCELLED, LeaveReason.RESERVATION_ENDED})
CHOSEN_REASONS: Final = {code: words for code, words in LEAVE_REASONS.items() if code not in FOLLOWING}
"""Reasons that a person may choose; the others follow from what happened to the cohort or to a reservation."""
LEVELS: Final[Mapping[int, LazyString]] = {
    1: _l("1 – notions"),
    2: _l("2 – avec aide"),
    3: _l("3 – autonome"),
    4: _l("4 – expert(e)"),
}


def reason_label(code: str | None) -> LazyString | None:
    """Return the words of a reason that a cohort or an enrolment carries."""
    words: dict[str, LazyString] = {str(key): words for key, words in (*CANCEL_REASONS.items(), *LEAVE_REASONS.items())}
    return words.get(code) if code else None


register_refusals(
    {
        "seats-out-of-range": _l("Indiquez un nombre de places entre 1 et %(most)s."),
        "seats-below-taken": _l("%(taken)s places sont déjà prises ou réservées : indiquez au moins autant de places."),
        "cohort-ends-before-start": _l(
            "La fin prévue précède le début : choisissez une fin égale ou postérieure au début."
        ),
        "enrolment-after-end": _l(
            "Les inscriptions ne peuvent pas rester ouvertes après la fin prévue : avancez la date limite."
        ),
        "cohort-province-unknown": _l(
            "Cette province ou préfecture ne figure pas dans la liste : choisissez-en une dans la liste."
        ),
        "cohort-fixed": _l(
            "La formation a commencé, est terminée ou annulée : lieu, dates et places ne changent plus."
        ),
        "enrolment-over-before-start": _l(
            "La date limite d’inscription est passée : modifiez-la avant de publier la promotion."
        ),
        "programme-teaches-nothing": _l(
            "La filière n’enseigne encore aucune compétence : ajoutez-en une avant de publier."
        ),
        "programme-announced": _l(
            "Une promotion est déjà annoncée : compétences et niveau d’entrée sont fixés. Créez une autre filière."
        ),
        "programme-title-missing": _l("Indiquez un intitulé de %(most)s caractères au plus."),
        "programme-title-taken": _l("Une filière de votre centre porte déjà cet intitulé : choisissez-en un autre."),
        "programme-profile-unknown": _l("Cet emploi-métier ne figure pas dans la liste : choisissez-en un autre."),
        "hours-out-of-range": _l("Indiquez une durée entre 1 et %(most)s heures."),
        "entry-rank-unknown": _l("Ce niveau d’entrée ne figure pas dans la liste : choisissez-en un autre."),
        "outcomes-missing": _l("Indiquez au moins une compétence enseignée, avec son niveau."),
        "too-many-outcomes": _l("Une filière enseigne au plus %(most)s compétences : retirez-en."),
        "outcome-twice": _l(
            "La compétence de la ligne %(row)s figure deux fois : gardez une seule ligne par compétence."
        ),
        "outcome-level-unknown": _l("Choisissez à la ligne %(row)s un niveau de 1 à 4."),
        "outcome-unknown": _l("Une compétence ne figure plus dans le référentiel : choisissez-en une autre."),
        "seat-not-reserved": _l(
            "La place d’une personne cochée n’est plus réservée, ou elle est déjà inscrite : rechargez la page."
        ),
        "seat-reserved-elsewhere": _l(
            "Une place de la promotion %(reference)s est réservée pour %(pseudonym)s : inscrivez la personne dans "
            "cette promotion, ou mettez d’abord fin à la réservation."
        ),
        "already-enrolled": _l("%(pseudonym)s est déjà dans cette promotion."),
        "cohort-full": _l(
            "La dernière place de la promotion %(reference)s vient d’être prise. Choisissez-en une autre."
        ),
        "cohort-not-open": _l("La promotion %(reference)s n’est pas ouverte aux inscriptions."),
        "enrolment-over": _l(
            "Les inscriptions à la promotion %(reference)s sont closes. Demandez au centre de repousser la date limite."
        ),
        "cohort-not-begun": _l(
            "La promotion %(reference)s n’a pas commencé : déclarez d’abord le début de la formation."
        ),
        "entry-fail": _l(
            "Le niveau d’études de %(pseudonym)s est inférieur à celui de la filière. Choisissez-en une autre."
        ),
        "entry-unknown": _l("Le niveau d’études de %(pseudonym)s est inconnu : demandez-le et complétez son dossier."),
        "person-not-active": _l(
            "%(pseudonym)s n’est pas en recherche active : réactivez d’abord son dossier si la personne le souhaite."
        ),
        "person-objected": _l(
            "%(pseudonym)s s’oppose au partage de son dossier : il ne peut pas être transmis au centre."
        ),
        "nobody-chosen": _l("Cochez au moins une personne."),
    }
)
