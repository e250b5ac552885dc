"""People in words: states, levels and proofs, facts and the questions that fill them, refusals."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_babel.speaklater import LazyString

from skills_bridge.blueprints.formats import StateLook, form_choices, register_looks
from skills_bridge.blueprints.refusals import register_refusals
from skills_bridge.domain.framework import Evidence
from skills_bridge.domain.seekers import (
    Channel,
    CinKind,
    Completeness,
    ConsentKind,
    Fact,
    Nationality,
    SeekerState,
    Sex,
)

register_looks(
    {
        SeekerState.ACTIVE: StateLook(_l("en recherche"), "success", "search"),
        SeekerState.PAUSED: StateLook(_l("en pause"), "warning", "pause-circle"),
        SeekerState.PLACED: StateLook(_l("en poste"), "active", "briefcase"),
        SeekerState.ANONYMISED: StateLook(_l("anonymisée"), "neutral", "person-x"),
    }
)
register_looks(
    {
        Completeness.COMPLETE: StateLook(_l("complet"), "success", "check-circle"),
        Completeness.PARTIAL: StateLook(_l("à compléter"), "waiting", "question-circle"),
        Completeness.SPARSE: StateLook(_l("très incomplet"), "warning", "exclamation-triangle"),
    }
)
register_looks(
    {
        Evidence.INFERRED: StateLook(_l("déduite"), "waiting", "question-circle"),
        Evidence.DECLARED: StateLook(_l("déclarée"), "neutral", "chat-left-text"),
        Evidence.ASSESSED: StateLook(_l("évaluée"), "active", "clipboard-check"),
        Evidence.CERTIFIED: StateLook(_l("certifiée"), "success", "award"),
    }
)

register_refusals(
    {
        "seeker-in-post": _l("%(pseudonym)s est en poste : annulez ou terminez d’abord son insertion."),
        "seeker-known": _l(
            "Ce numéro est déjà au registre, sous le pseudonyme %(pseudonym)s. Ouvrez ce dossier plutôt qu’un second."
        ),
        "code-unknown": _l("Une valeur n’est plus dans sa liste : choisissez-la de nouveau."),
        "birth-out-of-range": _l(
            "La date de naissance donne un âge hors des limites : de %(youngest)s à %(oldest)s ans. Vérifiez l’année."
        ),
        "months-out-of-range": _l("Indiquez une durée de %(least)s à %(most)s mois."),
        "province-without-unit": _l(
            "Aucune agence ne suit cette province. Choisissez-en une autre ou écrivez à l’administration."
        ),
        "consent-not-given": _l("Cet accord n’est pas en cours : il n’y a rien à retirer."),
        "already-objected": _l("L’opposition est déjà enregistrée."),
        "no-objection": _l("Aucune opposition n’est enregistrée."),
        "evidence-not-yours": _l("L’agence déclare ou évalue ; une certification vient d’un centre ou d’un test."),
        "validity-past": _l("La date de validité est passée : indiquez un jour à venir ou laissez la case vide."),
        "level-unknown": _l("Choisissez un niveau de la liste."),
        "cin-unreadable": _l(
            "Ce numéro n’a pas la forme attendue : une CNIE compte jusqu’à trois lettres puis un à sept chiffres."
        ),
        "phone-unreadable": _l("Ce numéro n’est pas marocain : dix chiffres commençant par 05, 06 ou 07."),
        "email-unreadable": _l("Cette adresse électronique n’est pas complète : nom@domaine.ma."),
    }
)

LEVELS: Final[Mapping[int, LazyString]] = {
    0: _l("Non"),
    1: _l("Notions"),
    2: _l("Avec aide"),
    3: _l("Autonome"),
    4: _l("Expert(e)"),
}

FACTS: Final[Mapping[Fact, tuple[LazyString, LazyString]]] = {
    Fact.EDUCATION: (_l("Niveau d’études"), _l("Quel est votre dernier diplôme ou niveau ?")),
    Fact.FIELD: (_l("Domaine d’études"), _l("Dans quel domaine avez-vous étudié ?")),
    Fact.EXPERIENCE: (_l("Expérience"), _l("Combien de temps avez-vous travaillé, et à quels postes ?")),
    Fact.LANGUAGES: (_l("Langues"), _l("Quelles langues parlez-vous, et jusqu’où ?")),
    Fact.WANTED_PROFILES: (_l("Emplois-métiers souhaités"), _l("Quels métiers cherchez-vous ?")),
    Fact.MOBILITY: (_l("Mobilité"), _l("Dans quelles provinces pouvez-vous travailler ?")),
    Fact.AVAILABILITY: (_l("Disponibilité"), _l("À partir de quel jour pouvez-vous commencer ?")),
    Fact.CONTRACTS: (_l("Contrats acceptés"), _l("Quels contrats acceptez-vous ?")),
    Fact.SHIFTS: (_l("Horaires acceptés"), _l("Pouvez-vous travailler en équipes, la nuit, le week-end ?")),
    Fact.LICENCES: (_l("Permis et habilitations"), _l("Avez-vous un permis de conduire ou une habilitation ?")),
    Fact.BIRTH: (_l("Date de naissance"), _l("Quelle est votre date de naissance ?")),
}
"""A fact's name, and the question that fills it."""

WORDS: Final[Mapping[StrEnum, LazyString]] = {
    Sex.FEMALE: _l("Femme"),
    Sex.MALE: _l("Homme"),
    Nationality.MOROCCAN: _l("Marocaine"),
    Nationality.OTHER: _l("Autre (document de séjour)"),
    CinKind.CIN: _l("N° CNIE (CIN)"),
    CinKind.PASSPORT: _l("Passeport"),
    CinKind.RESIDENCE_CARD: _l("Carte de séjour"),
    Channel.COUNTER: _l("au guichet"),
    Channel.PHONE: _l("par téléphone"),
    Channel.EMAIL: _l("par courriel"),
    Channel.LETTER: _l("par courrier"),
    Channel.PERSONAL_LINK: _l("par lien personnel"),
    ConsentKind.MATCHING: _l("Rapprochement avec les offres"),
    ConsentKind.SHARING: _l("Transmission aux entreprises acceptées"),
}

CONSENT_TEXTS: Final[Mapping[ConsentKind, LazyString]] = {
    ConsentKind.MATCHING: _l(
        "J’accepte que l’agence rapproche mon dossier des offres d’emploi et des formations de la convention."
    ),
    ConsentKind.SHARING: _l(
        "J’accepte que mon nom et mes coordonnées soient montrés à une entreprise dès que j’accepte son offre."
    ),
}

TONGUES: Final[Mapping[str, LazyString]] = {"fr": _l("Français"), "ar": _l("Arabe"), "en": _l("Anglais")}

STEPS: Final[Mapping[str, LazyString]] = {
    "active": _l("Dossier en recherche"),
    "paused": _l("Recherche en pause"),
    "placed": _l("En poste"),
    "anonymised": _l("Dossier anonymisé"),
    "imported": _l("Dossier ouvert par import"),
    "interviewed": _l("Entretien de compétences mené"),
    "objected": _l("Opposition au rapprochement"),
    "objection-lifted": _l("Opposition levée"),
}
"""Steps in the history of a file."""


def step_label(code: str) -> str:
    """Return the words of a step."""
    return str(STEPS.get(code, code))


def reason_label(reason: str | None) -> str | None:
    """Return the words of a step's reason: a channel, or what the other areas wrote."""
    channels = {channel.value: WORDS[channel] for channel in Channel}
    return None if reason is None else str(channels.get(reason, reason))


def word(value: StrEnum | str) -> str:
    """Return the words of a value that is no state."""
    return str(WORDS[value if isinstance(value, StrEnum) else Channel(value)])


def word_choices(kind: type[StrEnum], empty: str | None = None) -> list[Any]:
    """Return the choices of a field that names values of an enumeration."""
    return form_choices(((value.value, word(value)) for value in kind), empty)


def level_word(level: int) -> str:
    """Return the words of a level, 0 for *not held*."""
    return str(LEVELS[level])


def months_words(months: int | None) -> str | None:
    """Return a duration as people say it: ``2 ans 6 mois``."""
    if months is None:
        return None
    years, rest = divmod(months, 12)
    parts = []
    if years:
        parts.append(ngettext("%(num)s an", "%(num)s ans", years))
    if rest or not years:
        parts.append(ngettext("%(num)s mois", "%(num)s mois", rest))
    return " ".join(parts)
