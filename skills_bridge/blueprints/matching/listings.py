"""The lists of matching: an opening's people of one class, a person's openings."""

from __future__ import annotations

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _
from flask_babel.speaklater import LazyString

from skills_bridge.blueprints.formats import look, state_choices
from skills_bridge.blueprints.listing import Column, Filter, Listing
from skills_bridge.blueprints.matching.telling import Teller
from skills_bridge.blueprints.matching.words import GATES
from skills_bridge.blueprints.web import language
from skills_bridge.domain.matching import LISTED, GateKind, Question, ResultClass
from skills_bridge.queries.matching.lists import MatchLine
from skills_bridge.queries.matching.pairs import SeekerMatchLine

JOIN = "\n"


def match_listing(
    title: str, result_class: ResultClass, units: Sequence[tuple[str, str]], teller: Teller | None = None
) -> Listing[MatchLine]:
    """Return what the list of one class offers; with a teller, its columns can be filled."""
    return Listing(
        title=title,
        columns=(
            Column("rank", _("Rang"), lambda line: line.rank, "number", sortable=True),
            Column("pseudonym", _("Personne"), lambda line: line.pseudonym, "reference", sortable=True),
            Column("class", _("Profil"), lambda line: line.result_class, "state"),
            Column("score", _("Score"), lambda line: line.score, "score", sortable=True),
            Column("province", _("Province"), lambda line: line.province.text(language())),
            Column("unit", _("Agence"), lambda line: line.unit.text(language())),
            Column("registered", _("Inscription"), lambda line: line.registered_on, "day", sortable=True),
            Column("referral", _("Mise en relation"), lambda line: line.referral_state, "state"),
            Column("reasons", _("Compétences demandées"), lambda line: _reasons(line, teller)),
            Column("questions", _("À demander"), lambda line: _questions(line, teller)),
        ),
        filters=(
            Filter("unit", _("Agence"), units),
            Filter("referral", _("Mise en relation"), [("none", _("pas encore")), ("any", _("déjà proposée"))]),
            *_question_filter(result_class),
        ),
        default_sort="rank",
        search_hint=_("Pseudonyme"),
    )


def _question_filter(result_class: ResultClass) -> tuple[Filter, ...]:
    """Offer what is to be asked where something is."""
    if result_class is not ResultClass.TO_CONFIRM:
        return ()
    asked: list[tuple[str, str | LazyString]] = [(Question[kind.name].value, GATES[kind]) for kind in GateKind]
    asked.append((Question.ASSESS.value, _("Compétence à confirmer")))
    return (Filter("question", _("Question ouverte"), [(value, str(label)) for value, label in asked]),)


def _reasons(line: MatchLine, teller: Teller | None) -> str:
    if teller is None:
        return ""
    told = teller.tell(line.account).requirements
    return JOIN.join(f"{found.label}{_(' : ')}{found.held} ({look(found.verdict).label})" for found in told)


def _questions(line: MatchLine, teller: Teller | None) -> str:
    return "" if teller is None else JOIN.join(teller.tell(line.account).questions)


def seeker_listing() -> Listing[SeekerMatchLine]:
    """Return what the list of a person's openings offers."""
    return Listing(
        title=_("Offres correspondantes"),
        columns=(
            Column(
                "reference",
                _("Offre"),
                lambda line: line.reference,
                "reference",
                sortable=True,
                link=lambda line: url_for("matching.opening", reference=line.reference),
            ),
            Column("title", _("Intitulé"), lambda line: line.title),
            Column("company", _("Entreprise"), lambda line: line.company.text(language())),
            Column("profile", _("Emploi-métier"), lambda line: line.profile.text(language()), detail=True),
            Column("class", _("Profil"), lambda line: line.result_class, "state"),
            Column("rank", _("Rang"), lambda line: line.rank, "number", sortable=True),
            Column("score", _("Score"), lambda line: line.score, "score", sortable=True),
        ),
        filters=(Filter("class", _("Profil"), [c for c in state_choices(ResultClass) if c[0] in LISTED]),),
        default_sort="-score",
        search_hint=_("Référence, intitulé ou entreprise"),
    )
