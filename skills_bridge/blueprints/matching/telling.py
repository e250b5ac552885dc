"""An account in the reader's language: conditions, requirements, questions, and what would change the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from flask_babel import gettext as _
from flask_babel import ngettext

from skills_bridge.blueprints.formats import day, look
from skills_bridge.blueprints.matching.words import GATES, PROOFS, QUESTIONS, RELATIONS
from skills_bridge.blueprints.web import language
from skills_bridge.domain.matching import GateAnswer, GateKind, Question, RequirementVerdict, ResultClass
from skills_bridge.queries.matching.accounts import (
    DAYS,
    Account,
    GateAccount,
    HoldingAccount,
    QuestionAccount,
    RequirementAccount,
    Value,
)
from skills_bridge.queries.matching.words import AccountLabels

NAMED: Final = 4
"""Entries of a list that are named; the others are counted."""
GATE_OF: Final = {Question[kind.name]: kind for kind in GateKind}


@dataclass(frozen=True)
class GateTold:
    """One condition in words."""

    label: str
    asked: str
    held: str
    answer: GateAnswer


@dataclass(frozen=True)
class RequirementTold:
    """One requirement in words; ``held`` says what counts for it."""

    label: str
    level: int
    is_must: bool
    weight: int
    proof: str
    held: str
    share: int
    verdict: RequirementVerdict


@dataclass(frozen=True)
class Told:
    """An account in words; ``parts`` are label and hundredths of a per cent, summing to the score."""

    gates: tuple[GateTold, ...]
    requirements: tuple[RequirementTold, ...]
    questions: tuple[str, ...]
    parts: tuple[tuple[str, int], ...]

    @property
    def failed(self) -> tuple[GateTold, ...]:
        """The conditions that are not met."""
        return tuple(gate for gate in self.gates if gate.answer is GateAnswer.FAIL)

    @property
    def short(self) -> tuple[RequirementTold, ...]:
        """The musts that lack a level."""
        return tuple(found for found in self.requirements if found.verdict is RequirementVerdict.SHORT)


class Teller:
    """Tells accounts in one language: the page's, unless another is named."""

    def __init__(self, labels: AccountLabels, code: str | None = None) -> None:
        """Keep the labels of the page."""
        self.labels = labels
        self.language = code or language()

    def tell(self, account: Account) -> Told:
        """Return an account in words."""
        return Told(
            gates=tuple(self._gate(gate) for gate in account.gates),
            requirements=tuple(self._requirement(found) for found in account.requirements),
            questions=tuple(self._question(asked, account) for asked in account.questions),
            parts=tuple((self.competency(r.competency_id), r.share) for r in account.requirements if r.share),
        )

    def competency(self, key: int) -> str:
        """Return the label of a competency."""
        return self.labels.competency(key).text(self.language)

    def _gate(self, gate: GateAccount) -> GateTold:
        label = str(GATES[gate.kind])
        if gate.subject is not None:
            label = f"{label}{_(' : ')}{self.labels.language(gate.subject).text(self.language)}"
        held = _("inconnu") if gate.held is None else self._values(gate.kind, gate.held)
        return GateTold(label, self._values(gate.kind, gate.asked), held, gate.answer)

    def _values(self, kind: GateKind, values: Sequence[Value]) -> str:
        """Return values as a list in words; a long one is cut."""
        if not values:
            return str(_("aucun"))
        told = [self._value(kind, value) for value in values[:NAMED]]
        more = len(values) - len(told)
        if more:
            told.append(ngettext("%(num)s autre", "%(num)s autres", more))
        return str(_(", ")).join(told)

    def _value(self, kind: GateKind, value: Value) -> str:
        if kind in DAYS:
            return day(date.fromisoformat(str(value)))
        if kind is GateKind.EXPERIENCE:
            return str(ngettext("%(num)s mois", "%(num)s mois", int(value)))
        if kind is GateKind.LANGUAGE:
            return str(value) or str(_("non parlée"))
        label = self.labels.value(kind, value)
        return str(value) if label is None else label.text(self.language)

    def _requirement(self, found: RequirementAccount) -> RequirementTold:
        return RequirementTold(
            label=self.competency(found.competency_id),
            level=found.level,
            is_must=found.is_must,
            weight=found.weight,
            proof=str(look(found.evidence_asked).label),
            held=self._holding(found.judged or found.credited, found.competency_id),
            share=found.share,
            verdict=found.verdict,
        )

    def _holding(self, held: HoldingAccount | None, competency_id: int) -> str:
        if held is None:
            return str(_("non détenue"))
        told = str(_("niveau %(level)s (%(evidence)s)", level=held.level, evidence=look(held.evidence).label))
        if held.is_expired:
            told = str(_("%(held)s, preuve expirée", held=told))
        if held.relation is None or held.competency_id == competency_id:
            return told
        name = self.competency(held.competency_id)
        facts = {"held": told, "relation": RELATIONS[held.relation], "name": name}
        return str(_("%(held)s, par %(relation)s : %(name)s", **facts))

    def _question(self, asked: QuestionAccount, account: Account) -> str:
        for found in account.requirements:
            if found.competency_id == asked.competency_id:
                facts = {"subject": self.competency(found.competency_id), "level": found.effective_level}
                return str(str(PROOFS[found.evidence_asked]) % facts)
        subject = self.labels.language(asked.language).text(self.language) if asked.language else ""
        return str(str(QUESTIONS[asked.question]) % {"subject": subject, "asked": self._wanted(asked, account)})

    def _wanted(self, asked: QuestionAccount, account: Account) -> str:
        """Return what the condition behind a question asks for."""
        kind = GATE_OF.get(asked.question)
        for gate in account.gates:
            if gate.kind is kind and gate.subject == asked.language:
                return self._values(gate.kind, gate.asked)
        return ""


def changes(told: Told, result_class: ResultClass) -> tuple[str, ...]:
    """Return what would change the answer of a pair, the condition that decides first."""
    found = [
        _("Condition « %(label)s » : demandé %(asked)s, au dossier %(held)s.", **vars(gate)) for gate in told.failed
    ]
    found += [
        _("Compétence « %(label)s » : atteindre le niveau %(level)s (aujourd’hui : %(held)s).", **vars(must))
        for must in told.short
    ]
    found += told.questions
    if result_class is ResultClass.NO_POINTS:
        found.append(_("Aucune des compétences demandées n’est connue : l’entretien peut en révéler."))
    return tuple(found)
