"""The account of one judgement as a run keeps it: codes and keys in JSON, so that every language can tell it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from skills_bridge.domain.framework import Cefr, Evidence, RelationKind
from skills_bridge.domain.matching import GateAnswer, GateKind, Question, RequirementVerdict
from skills_bridge.engine.arrays import EPOCH
from skills_bridge.engine.results import GateFinding, Holding, Trace
from skills_bridge.queries.matching.codes import LISTS, Codebook

Value = str | int
DAYS: Final = frozenset({GateKind.AVAILABILITY, GateKind.ADULTHOOD})
CEFR: Final = ("", *(level.value for level in Cefr))
"""Level of a language by its rank; the first place is *not spoken*."""


@dataclass(frozen=True)
class GateAccount:
    """One condition: what is asked, what is held (``None``: nobody knows), the language it is about.

    Values are codes of the lists, ranks, months, CEFR levels (empty: not spoken), keys of profiles, or ISO days.
    """

    kind: GateKind
    answer: GateAnswer
    asked: tuple[Value, ...]
    held: tuple[Value, ...] | None
    subject: str | None


@dataclass(frozen=True)
class HoldingAccount:
    """What the person holds that counts for a requirement; ``relation`` is ``None`` for the competency itself."""

    competency_id: int
    relation: RelationKind | None
    level: int
    evidence: Evidence
    is_expired: bool


@dataclass(frozen=True)
class RequirementAccount:
    """One requirement: what it brings (``share`` in hundredths of a per cent of the score), and how it is judged."""

    competency_id: int
    level: int
    is_must: bool
    weight: int
    evidence_asked: Evidence
    part: int
    share: int
    threshold: int
    effective_level: int
    missing_levels: int
    verdict: RequirementVerdict
    credited: HoldingAccount | None
    judged: HoldingAccount | None


@dataclass(frozen=True)
class QuestionAccount:
    """What to ask or do; ``language`` or ``competency_id`` says about what."""

    question: Question
    language: str | None
    competency_id: int | None


@dataclass(frozen=True)
class Account:
    """The whole account: parts sum to the points, shares to the score."""

    gates: tuple[GateAccount, ...]
    requirements: tuple[RequirementAccount, ...]
    questions: tuple[QuestionAccount, ...]

    @property
    def competency_ids(self) -> frozenset[int]:
        """The competencies named anywhere."""
        held = (h for r in self.requirements for h in (r.credited, r.judged) if h is not None)
        return frozenset(r.competency_id for r in self.requirements) | {h.competency_id for h in held}


def to_stored(trace: Trace, book: Codebook) -> dict[str, Any]:
    """Return a trace as it is kept beside its row; class, points, score and cohort are the row's own columns."""
    return {
        "gates": [_gate(found, book) for found in trace.gates],
        "requirements": [
            {
                "competency": found.competency,
                "level": found.level,
                "must": found.is_must,
                "weight": found.weight,
                "evidence": found.evidence_asked.value,
                "part": found.part,
                "share": found.share,
                "threshold": found.threshold,
                "effective": found.effective_level,
                "missing": found.missing_levels,
                "verdict": found.verdict.value,
                "credited": _holding(found.credited),
                "judged": _holding(found.judged),
            }
            for found in trace.requirements
        ],
        "questions": [
            {
                "question": found.question.value,
                "language": _language(found.subject, book) if found.question is Question.LANGUAGE else None,
                "competency": found.subject if found.question is Question.ASSESS else None,
            }
            for found in trace.questions
        ],
    }


def from_stored(stored: Mapping[str, Any]) -> Account:
    """Return the account that a row keeps."""
    return Account(
        gates=tuple(
            GateAccount(
                kind=GateKind(g["kind"]),
                answer=GateAnswer(g["answer"]),
                asked=tuple(g["asked"]),
                held=None if g["held"] is None else tuple(g["held"]),
                subject=g["subject"],
            )
            for g in stored["gates"]
        ),
        requirements=tuple(_requirement(r) for r in stored["requirements"]),
        questions=tuple(
            QuestionAccount(Question(q["question"]), q["language"], q["competency"]) for q in stored["questions"]
        ),
    )


def _gate(found: GateFinding, book: Codebook) -> dict[str, Any]:
    return {
        "kind": found.kind.value,
        "answer": found.answer.value,
        "asked": [_value(found.kind, value, book) for value in found.asked],
        "held": None if found.held is None else [_value(found.kind, value, book) for value in found.held],
        "subject": None if found.subject is None else book.code(found.kind, found.subject),
    }


def _value(kind: GateKind, value: int, book: Codebook) -> Value:
    if kind is GateKind.LANGUAGE:
        return CEFR[value]
    if kind in LISTS:
        return book.code(kind, value)
    return (EPOCH + timedelta(days=value)).isoformat() if kind in DAYS else value


def _language(subject: int | None, book: Codebook) -> str | None:
    return None if subject is None else book.code(GateKind.LANGUAGE, subject)


def _holding(found: Holding | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "competency": found.competency,
        "relation": found.relation.value if found.relation else None,
        "level": found.level,
        "evidence": found.evidence.value,
        "expired": found.is_expired,
    }


def _requirement(stored: Mapping[str, Any]) -> RequirementAccount:
    return RequirementAccount(
        competency_id=stored["competency"],
        level=stored["level"],
        is_must=stored["must"],
        weight=stored["weight"],
        evidence_asked=Evidence(stored["evidence"]),
        part=stored["part"],
        share=stored["share"],
        threshold=stored["threshold"],
        effective_level=stored["effective"],
        missing_levels=stored["missing"],
        verdict=RequirementVerdict(stored["verdict"]),
        credited=_held(stored["credited"]),
        judged=_held(stored["judged"]),
    )


def _held(stored: Mapping[str, Any] | None) -> HoldingAccount | None:
    if stored is None:
        return None
    return HoldingAccount(
        competency_id=stored["competency"],
        relation=RelationKind(stored["relation"]) if stored["relation"] else None,
        level=stored["level"],
        evidence=Evidence(stored["evidence"]),
        is_expired=stored["expired"],
    )
