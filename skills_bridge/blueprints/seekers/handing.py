"""Handing out a personal link: the form, and the words for what became of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypedDict

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired

from skills_bridge.blueprints.formats import StateLook, form_choices, register_looks
from skills_bridge.blueprints.refusals import register_refusals
from skills_bridge.blueprints.seekers.words import TONGUES
from skills_bridge.domain.personal import Handing, LinkEnd, LinkState

register_looks(
    {
        LinkState.LIVE: StateLook(_l("ouvert"), "success", "check-circle"),
        LinkState.ENDED: StateLook(_l("terminé"), "neutral", "slash-circle"),
        LinkState.EXPIRED: StateLook(_l("date passée"), "neutral", "hourglass"),
    }
)

register_refusals(
    {
        "link-without-email": _l(
            "Le dossier ne contient pas d’adresse électronique : remettez le lien en main propre, ou ajoutez l’adresse."
        ),
        "no-live-link": _l("Aucun lien n’est ouvert : il n’y a rien à annuler."),
        "channel-of-another": _l("Seule la personne elle-même répond par son lien : choisissez un autre moyen."),
    }
)

HANDED: Final[Mapping[Handing, LazyString]] = {
    Handing.EMAIL: _l("envoyé par courriel"),
    Handing.SHOWN: _l("remis en main propre"),
}

ENDS: Final[Mapping[LinkEnd, LazyString]] = {
    LinkEnd.REPLACED: _l("remplacé par un nouveau"),
    LinkEnd.REVOKED: _l("annulé"),
    LinkEnd.FORGOTTEN: _l("dossier anonymisé"),
}


class Giving(TypedDict):
    """The keyword arguments of ``give_link`` that a form decides."""

    handed: Handing
    language: str
    days: int


class GiveLinkForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """How a link reaches the person, and in which language her pages open."""

    handed = RadioField(
        _l("Comment le remettre"),
        choices=form_choices(
            (
                (Handing.SHOWN.value, _l("À l’écran : à imprimer ou à lire avec son téléphone")),
                (Handing.EMAIL.value, _l("Par courriel : la personne est d’accord")),
            )
        ),
        validators=[InputRequired(_l("Choisissez comment le lien est remis."))],
    )
    language = SelectField(_l("Langue de ses pages"), validators=[InputRequired()])

    def __init__(self) -> None:
        """Offer the languages in the reader's own, Arabic first: most people read it."""
        super().__init__()
        self.language.choices = form_choices([(code, str(TONGUES[code])) for code in ("ar", "fr", "en")])

    def to_command(self, *, days: int) -> Giving:
        """Return the keyword arguments of ``give_link``; call it on a valid form only."""
        return {"handed": Handing(self.handed.data), "language": self.language.data, "days": days}
