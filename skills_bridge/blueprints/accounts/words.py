"""Accounts in words: what is refused, and how to do better."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from skills_bridge.blueprints.refusals import register_refusals
from skills_bridge.domain.accounts import Role

ROLES: Final[Mapping[Role, LazyString]] = {
    Role.HR_MANAGER: _l("responsable des ressources humaines"),
    Role.COMPANY_ADMIN: _l("administrateur(trice) de l’entreprise"),
    Role.ADVISER: _l("conseiller(ère)"),
    Role.UNIT_MANAGER: _l("responsable d’agence"),
    Role.REPORT_OFFICER: _l("chargé(e) du rapport"),
    Role.SIGNATORY: _l("signataire"),
    Role.CENTRE_MANAGER: _l("responsable de centre"),
    Role.ANALYST: _l("analyste"),
    Role.OFFICER: _l("chargé(e) de mission"),
    Role.ADMINISTRATOR: _l("administrateur(trice) de la plateforme"),
    Role.DATA_PROTECTION_OFFICER: _l("délégué(e) à la protection des données"),
}
"""Roles as people read them."""

PASSWORD_HINT: Final = _l(
    "Au moins 12 caractères : plusieurs mots sans lien entre eux se retiennent bien. "
    "Ni votre adresse, ni le nom de votre organisme, ni une suite connue."
)

register_refusals(
    {
        "password-too-short": _l("Le mot de passe doit compter au moins %(least)s caractères."),
        "password-repeats": _l(
            "Ce mot de passe répète un signe ou suit les touches du clavier : "
            "prenez plusieurs mots sans lien entre eux."
        ),
        "password-common": _l(
            "Ce mot de passe figure parmi les plus devinés, même avec des chiffres autour : "
            "prenez plusieurs mots sans lien entre eux."
        ),
        "password-is-address": _l(
            "Ce mot de passe contient surtout votre adresse électronique : choisissez-en un autre."
        ),
        "password-is-name": _l("Ce mot de passe contient surtout le nom de votre organisme : choisissez-en un autre."),
        "last-administrator": _l(
            "C’est la dernière personne à ce rôle d’administration : nommez d’abord quelqu’un d’autre."
        ),
        "role-unknown": _l("Ce rôle n’existe pas dans cet organisme : choisissez-en un dans la liste."),
        "role-unchanged": _l("Cette personne a déjà ce rôle."),
        "unit-unknown": _l("Cette agence n’existe pas : choisissez-en une dans la liste."),
        "member-already": _l("Vous avez déjà ce rôle dans cet organisme."),
        "invited-already": _l("Une invitation à ce rôle attend déjà à cette adresse : renvoyez-la ou annulez-la."),
        "invitation-just-sent": _l("L’invitation vient de partir : attendez %(minutes)s minutes avant de la renvoyer."),
        "too-many-invitations": _l("Au plus %(most)s invitations par jour : recommencez demain."),
        "account-exists": _l("Cette adresse a déjà un compte : connectez-vous pour accepter l’invitation."),
        "person-name-missing": _l("Indiquez le nom, en 120 caractères au plus."),
        "code-wrong": _l("Code incorrect : attendez le code suivant de votre application, puis saisissez-le."),
        "organisation-left": _l("Cet organisme a quitté la plateforme."),
        "reset-of-oneself": _l(
            "Personne ne demande la fin de son propre second facteur : adressez-vous à un collègue."
        ),
        "reset-asked-already": _l("La demande attend déjà la réponse d’une deuxième personne."),
        "reset-needs-another": _l(
            "Une deuxième personne décide : ni celle qui a demandé, ni celle qui a perdu son second facteur."
        ),
        "password-unchanged": _l("C’est le mot de passe actuel : choisissez-en un autre."),
    }
)
