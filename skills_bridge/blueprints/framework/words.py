"""How levels, evidence, families and labels are said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from markupsafe import Markup

from skills_bridge.blueprints.refusals import register_refusals
from skills_bridge.blueprints.web import language
from skills_bridge.domain.calendar import quarter_of
from skills_bridge.domain.framework import Evidence, PolicyProfile
from skills_bridge.queries.framework import Label

LEVELS: Final[Mapping[int, LazyString]] = {
    1: _l("notions"),
    2: _l("avec aide"),
    3: _l("autonome"),
    4: _l("expert(e)"),
}
EVIDENCE: Final[Mapping[Evidence, LazyString]] = {
    Evidence.INFERRED: _l("déduite du parcours"),
    Evidence.DECLARED: _l("déclarée"),
    Evidence.ASSESSED: _l("évaluée"),
    Evidence.CERTIFIED: _l("certifiée"),
}
WEIGHTS: Final[Mapping[int, LazyString]] = {
    1: _l("accessoire"),
    2: _l("utile"),
    3: _l("importante"),
    4: _l("très importante"),
    5: _l("décisive"),
}
POLICIES: Final[Mapping[PolicyProfile, LazyString]] = {
    PolicyProfile.MASS: _l("recrutement en nombre"),
    PolicyProfile.SCARCE: _l("profil rare"),
}
FAMILIES: Final[Mapping[str, LazyString]] = {
    "production": _l("Production"),
    "quality": _l("Qualité"),
    "maintenance": _l("Maintenance"),
    "logistics": _l("Logistique"),
    "safety": _l("Sécurité"),
    "digital": _l("Numérique"),
    "behaviour": _l("Savoir-être"),
    "leadership": _l("Encadrement"),
    "methods": _l("Méthodes"),
}
SCHEMES: Final[Mapping[str, LazyString]] = {"LOCAL": _l("Automobile (Skills Bridge)")}
"""Other frameworks go by their own name."""


def text_of(label: Label | None) -> str:
    """A label in the reader's language; empty if there is none."""
    return "" if label is None else label.text(language())


def marked(label: Label | None) -> str | Markup:
    """A label in the reader's language, with the mark of a wording that nobody checked."""
    if label is None or not label.is_marked(language()):
        return text_of(label)
    hint = _("Libellé arabe à valider")
    mark = Markup('<abbr class="text-secondary text-decoration-none" title="{}">*</abbr>').format(hint)
    return Markup("{}\N{NO-BREAK SPACE}{}").format(text_of(label), mark)


def level_words(level: int) -> str:
    """A level as its number and its word."""
    return f"{level} · {LEVELS[level]}"


def weight_words(weight: int) -> str:
    """A weight as its number and its word."""
    return f"{weight} · {WEIGHTS[weight]}"


def evidence_words(evidence: Evidence) -> str:
    """How a level must be known."""
    return str(EVIDENCE[evidence])


def policy_words(profile: PolicyProfile) -> str:
    """Which matching profile a job takes."""
    return str(POLICIES[profile])


def family_words(family: str | None) -> str:
    """A family of the product's framework in words; one of another framework as it stands."""
    return "" if family is None else str(FAMILIES.get(family, family))


def scheme_words(scheme: str) -> str:
    """A scheme's name."""
    return str(SCHEMES.get(scheme, scheme))


def quarter_words(day: date) -> str:
    """The quarter that begins on a day."""
    return str(_("T%(quarter)s %(year)s", quarter=quarter_of(day), year=day.year))


FILTERS: Final[Mapping[str, Callable[..., object]]] = {
    "evidence_words": evidence_words,
    "family_words": family_words,
    "in_words": text_of,
    "level_words": level_words,
    "marked": marked,
    "policy_words": policy_words,
    "quarter_words": quarter_words,
    "scheme_words": scheme_words,
    "weight_words": weight_words,
}


def add_words(state: BlueprintSetupState) -> None:
    """Give the templates these words when the area is registered."""
    state.app.jinja_env.filters.update(FILTERS)


register_refusals(
    {
        "too-many-requirements": _l("%(count)s exigences : gardez les %(most)s plus importantes, retirez les autres."),
        "requirement-twice": _l(
            "Ligne %(row)s : cette compétence figure déjà plus haut. Retirez l’une des deux lignes."
        ),
        "level-out-of-range": _l("Ligne %(row)s : le niveau va de 1 (notions) à 4 (expert)."),
        "weight-out-of-range": _l("Ligne %(row)s : l’importance va de 1 à 5."),
        "evidence-inferred": _l("Ligne %(row)s : demandez une compétence déclarée, évaluée ou certifiée."),
        "competency-unknown": _l(
            "Une compétence demandée n’est plus au référentiel. Remplacez-la par une compétence proposée."
        ),
        "code-unknown": _l("« %(value)s » n’est pas dans la liste : choisissez une valeur proposée."),
        "province-unknown": _l("« %(value)s » n’est pas une province ou préfecture de la liste."),
    }
)
