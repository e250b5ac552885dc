"""The sentence and the link of each kind of notice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from flask import url_for
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from markupsafe import Markup

from skills_bridge.blueprints.formats import bdi, day
from skills_bridge.blueprints.reservations.words import end_words
from skills_bridge.domain.reservations import EndReason
from skills_bridge.queries.notices import NoticeLine

SENTENCES: Final[Mapping[str, LazyString]] = {
    "opening_submitted": _l("L’offre %(opening)s attend votre validation."),
    "opening_validated": _l("Votre offre %(opening)s est validée : la recherche de profils a commencé."),
    "opening_refused": _l(
        "Votre offre %(opening)s vous est renvoyée avec un motif : corrigez-la, puis soumettez-la de nouveau."
    ),
    "opening_closed": _l("L’offre %(opening)s est close."),
    "referral_sent": _l("Une candidature vous est transmise pour l’offre %(opening)s : votre réponse est attendue."),
    "referral_answered": _l("L’entreprise a répondu à une candidature pour l’offre %(opening)s."),
    "referrals_ended": _l("Des mises en relation de l’offre %(opening)s ont pris fin à la suite d’une insertion."),
    "referral_stopped": _l(
        "Une mise en relation de l’offre %(opening)s a pris fin : la personne ne souhaite pas continuer."
    ),
    "cohort_cancelled": _l(
        "La promotion %(cohort)s est annulée : proposez une autre formation aux personnes qui y avaient une place."
    ),
    "seat_reserved": _l("Une place de la promotion %(cohort)s est réservée jusqu’au %(until)s."),
    "post_reserved": _l(
        "Un poste de l’offre %(opening)s est réservé jusqu’au %(until)s à une personne qui doit d’abord se former."
    ),
    "learner_to_enrol": _l(
        "Une personne accepte sa place dans la promotion %(cohort)s : inscrivez-la au plus tard le %(until)s."
    ),
    "learner_enrolled": _l(
        "La personne à qui un poste de l’offre %(opening)s est réservé est inscrite en formation : "
        "le poste l’attend jusqu’au %(until)s."
    ),
    "seat_released": _l("Une place réservée de la promotion %(cohort)s ne l’est plus : %(reason)s."),
    "post_released": _l("Un poste réservé de l’offre %(opening)s ne l’est plus : %(reason)s."),
    "placement_recorded": _l("Un poste de l’offre %(opening)s est pourvu."),
    "placement_undone": _l(
        "Une insertion de l’offre %(opening)s est annulée avant son début : le poste est de nouveau libre."
    ),
    "person_forgotten": _l(
        "Le dossier %(pseudonym)s est effacé : supprimez aussi ce que vous conservez de cette personne hors de la "
        "plateforme."
    ),
    "person_to_tell": _l(
        "Le dossier %(under_notice)s sera bientôt anonymisé et aucun courriel n’atteint la personne : prévenez-la."
    ),
    "many_identities_here": _l(
        "%(member)s a affiché aujourd’hui bien plus d’identités que d’habitude : demandez-en la raison."
    ),
    "many_identities": _l(
        "%(member)s (%(organisation)s) a affiché aujourd’hui bien plus d’identités que d’habitude : "
        "voyez le journal d’audit."
    ),
    "pack_frozen": _l("Le rapport %(pack)s est arrêté : il attend les quatre visas."),
    "visa_sent_back": _l("Le rapport %(pack)s est renvoyé par une partie, avec un motif."),
    "pack_published": _l("Le rapport %(pack)s est publié avec les quatre visas."),
}


PAGES: Final[Mapping[str, Callable[[Any], str]]] = {
    "reservation": lambda key: url_for("reservations.detail", public_id=key),
    "referral": lambda key: url_for("referrals.detail", public_id=key),
    "opening": lambda key: url_for("openings.detail", reference=key),
    "cohort": lambda key: url_for("training.detail", reference=key),
    "under_notice": lambda key: url_for("rights.retention", q=key),
    "pack": lambda key: url_for("packs.detail", reference=key),
}
"""Fact → the page that it leads to, the nearest first."""


def _link(facts: Mapping[str, Any]) -> str | None:
    """Return the page a notice is about."""
    return next((page(facts[fact]) for fact, page in PAGES.items() if fact in facts), None)


def sentence_of(notice: NoticeLine) -> tuple[Markup, str | None]:
    """Return a notice's sentence in the reader's language, its references kept left to right, and its link."""
    facts = {**{name: bdi(fact) for name, fact in notice.facts.items()}, **_told(notice.facts)}
    return Markup(str(SENTENCES[notice.kind])) % facts, _link(notice.facts)  # noqa: S704 the sentence is ours


def _told(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a notice of a reservation keeps as a day or as the code of a reason, in words."""
    if "reservation" not in facts:
        return {}
    reason = EndReason(facts["reason"]) if facts["reason"] else None
    return {"until": bdi(day(date.fromisoformat(facts["until"]))), "reason": end_words(reason)}
