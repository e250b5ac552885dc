"""The same account for two more readers: a sentence for the person, and what a course would change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from skills_bridge.blueprints.formats import look, score
from skills_bridge.blueprints.matching.telling import Teller, Told
from skills_bridge.blueprints.matching.words import OPEN
from skills_bridge.domain.matching import GateAnswer, RequirementVerdict, ResultClass
from skills_bridge.queries.matching.lists import CohortLine
from skills_bridge.queries.matching.pairs import Judgement
from skills_bridge.queries.matching.suppositions import SuppositionLine
from skills_bridge.queries.matching.words import AccountLabels

SPOKEN: Final[Mapping[str, str]] = {"fr": "ltr", "ar": "rtl"}
"""Languages in which a person is told, with their direction."""
STRONGEST: Final = 2
"""Competencies that a sentence names as what counts most."""

SENTENCES: Final[Mapping[ResultClass, LazyString]] = {
    ResultClass.READY: _l("Cette offre correspond à votre dossier. Ce qui compte le plus : %(strong)s."),
    ResultClass.TO_CONFIRM: _l("Cette offre peut vous convenir. Il reste à confirmer : %(open)s."),
    ResultClass.NEAR: _l("Il vous manque : %(missing)s. La promotion %(cohort)s y prépare avant le début du poste."),
    ResultClass.NOT_ENOUGH: _l("Vos compétences ne sont pas encore connues : un court entretien suffit."),
    ResultClass.SHORT: _l("Il vous manque pour cette offre : %(missing)s."),
    ResultClass.NO_POINTS: _l("Votre dossier ne contient encore aucune compétence demandée : un entretien peut aider."),
    ResultClass.GATE_FAILED: _l("Cette offre ne convient pas aujourd’hui : %(failed)s."),
}
"""One template for each judgement; every name in it comes from the account."""


@dataclass(frozen=True)
class Spoken:
    """A sentence to say or send to the person, in one language."""

    language: str
    direction: str
    text: str


def say_to_person(labels: AccountLabels, now: Judgement, cohorts: Mapping[int, CohortLine]) -> tuple[Spoken, ...]:
    """Return the judgement in one sentence for the person, in French and in Arabic."""
    spoken = []
    for code, direction in SPOKEN.items():
        with force_locale(code):
            spoken.append(Spoken(code, direction, sentence_of(labels, now, cohorts, code)))
    return tuple(spoken)


def sentence_of(labels: AccountLabels, now: Judgement, cohorts: Mapping[int, CohortLine], code: str) -> str:
    """Return the judgement in one sentence for the person, in the language of the page, which is ``code``."""
    told = Teller(labels, code).tell(now.account)
    known = cohorts.get(now.cohort_id) if now.cohort_id else None
    return _sentence(now.result_class, told, known.reference if known else "")


def _sentence(kind: ResultClass, told: Told, cohort: str) -> str:
    """Return the sentence of a class, and that the choice is free."""
    strongest = sorted(told.parts, key=lambda part: -part[1])[:STRONGEST]
    unknown = [gate.label for gate in told.gates if gate.answer is GateAnswer.UNKNOWN]
    unproven = [found.label for found in told.requirements if found.verdict is RequirementVerdict.TO_ASSESS]
    facts = {
        "strong": _join([label for label, _share in strongest]),
        "open": _join(unknown + unproven),
        "missing": lacking(told),
        "failed": _join([gate.label for gate in told.failed]),
        "cohort": cohort,
    }
    template = SENTENCES[kind] if kind is not ResultClass.READY or strongest else OPEN
    return f"{str(template) % facts} {_('Vous êtes libre d’accepter ou de refuser, sans conséquence.')}"


def lacking(told: Told) -> str:
    """Return the musts that a person is short of, each at the level asked."""
    return _join([_level(found.label, found.level) for found in told.short])


def tell_suppositions(
    teller: Teller, found: tuple[SuppositionLine, ...], cohorts: Mapping[int, CohortLine]
) -> tuple[str, ...]:
    """Return what would change the pair, each in one sentence with the cohort that teaches it."""
    return tuple(_supposition(teller, one, cohorts) for one in found)


def _supposition(teller: Teller, one: SuppositionLine, cohorts: Mapping[int, CohortLine]) -> str:
    facts = {
        "gains": _join([_level(teller.competency(competency), level) for competency, level in one.gains]),
        "state": str(look(one.result_class).label),
        "score": score(one.score),
        "rank": one.rank,
    }
    if one.rank is None:
        told = _("Avec %(gains)s par certificat : « %(state)s », score %(score)s.", **facts)
    else:
        told = _("Avec %(gains)s par certificat : « %(state)s », rang %(rank)s, score %(score)s.", **facts)
    if one.cohort_id is None:
        return f"{told} {_('Aucune promotion ouverte n’y prépare à temps.')}"
    cohort = cohorts[one.cohort_id].reference
    return f"{told} {_('La promotion %(reference)s y prépare.', reference=cohort)}"


def _level(label: str, level: int) -> str:
    return str(_("« %(label)s » au niveau %(level)s", label=label, level=level))


def _join(names: list[str]) -> str:
    return str(_(", ")).join(names)
