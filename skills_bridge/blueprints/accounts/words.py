"""Accounts in words: what is refused, and how to do better."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from skills_bridge.blueprints.refusals import register_refusals

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
        "password-unchanged": _l("C’est le mot de passe actuel : choisissez-en un autre."),
    }
)
