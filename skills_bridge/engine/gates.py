"""The gates: each one answers fail, unknown or pass; what nobody knows never counts as an agreement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from skills_bridge.domain.matching import GateAnswer, GateKind
from skills_bridge.engine.arrays import NO_DAY, NO_VALUE, Bits, Bools, CodeSets, Ints, LevelSets
from skills_bridge.engine.columns import OpeningColumns, SeekerColumns
from skills_bridge.engine.results import GATE_KINDS, GateFinding

Answers = npt.NDArray[np.int8]
Findings = list[tuple[GateFinding, ...]]
ANSWERS: Final = tuple(GateAnswer)
"""Answer by its number; the lower one decides where several must hold."""

FAIL: Final = ANSWERS.index(GateAnswer.FAIL)
UNKNOWN: Final = ANSWERS.index(GateAnswer.UNKNOWN)
PASS: Final = ANSWERS.index(GateAnswer.PASS)


class Gate(Protocol):
    """A hard condition: how it reads both sides, and what it answers."""

    @property
    def kind(self) -> GateKind:
        """Which gate it is."""
        ...

    def answers(self, seekers: SeekerColumns, openings: OpeningColumns, row: int) -> Answers | None:
        """Return the answer for each person, or ``None`` where the opening does not set the gate."""
        ...

    def findings(self, seekers: SeekerColumns, openings: OpeningColumns, row: int) -> Findings:
        """Tell what is asked and held, person by person; nothing where the gate is not set."""
        ...


@dataclass(frozen=True)
class SetGate:
    """Codes against codes: one in common is enough, or all that are asked are needed."""

    kind: GateKind
    column: str
    needs_all: bool = False

    def answers(self, seekers: SeekerColumns, openings: OpeningColumns, row: int) -> Answers | None:
        """Pass on a match, even in an incomplete list; without one, fail only where the list is known."""
        asked = self._asked(openings, row)
        if not asked.size:
            return None
        held: CodeSets = getattr(seekers, self.column)
        return graded(held.has_all(asked) if self.needs_all else held.has_any(asked), held.known)

    def findings(self, seekers: SeekerColumns, openings: OpeningColumns, row: int) -> Findings:
        """Tell both sets."""
        answers = self.answers(seekers, openings, row)
        if answers is None:
            return [()] * len(seekers)
        held: CodeSets = getattr(seekers, self.column)
        asked = tuple(self._asked(openings, row).tolist())
        sets = (tuple(held.codes[held.span(place)].tolist()) for place in range(len(seekers)))
        return [
            (GateFinding(self.kind, ANSWERS[answer], asked, codes if known or codes else None),)
            for answer, codes, known in zip(answers.tolist(), sets, held.known.tolist(), strict=True)
        ]

    def _asked(self, openings: OpeningColumns, row: int) -> Ints:
        sets: CodeSets = getattr(openings, self.column)
        return sets.codes[sets.span(row)]


@dataclass(frozen=True)
class LimitGate:
    """A number against a number: at least what is asked, or, for a day, not after it."""

    kind: GateKind
    held: str
    asked: str
    absent: int
    is_latest: bool = False

    def answers(self, seekers: SeekerColumns, openings: OpeningColumns, row: int) -> Answers | None:
        """Compare where the person's side is stated."""
        asked = int(getattr(openings, self.asked)[row])
        if asked == self.absent:
            return None
        held: Ints = getattr(seekers, self.held)
        known = held != self.absent
        return graded(known & ((held <= asked) if self.is_latest else (held >= asked)), known)

    def findings(self, seekers: SeekerColumns, openings: OpeningColumns, row: int) -> Findings:
        """Tell both numbers."""
        answers = self.answers(seekers, openings, row)
        if answers is None:
            return [()] * len(seekers)
        asked = (int(getattr(openings, self.asked)[row]),)
        return [
            (GateFinding(self.kind, ANSWERS[answer], asked, None if held == self.absent else (held,)),)
            for answer, held in zip(answers.tolist(), getattr(seekers, self.held).tolist(), strict=True)
        ]


@dataclass(frozen=True)
class LanguageGate:
    """Languages with CEFR levels: every language asked is needed at its level."""

    kind: GateKind = GateKind.LANGUAGE

    def answers(self, seekers: SeekerColumns, openings: OpeningColumns, row: int) -> Answers | None:
        """Return the worst answer over the languages asked."""
        asked = self._asked(openings, row)
        if not asked:
            return None
        worst: Answers = np.min([self._one(seekers.languages, code, level) for code, level in asked], axis=0)
        return worst

    def findings(self, seekers: SeekerColumns, openings: OpeningColumns, row: int) -> Findings:
        """Tell one finding per language asked; held 0 is a language known not to be spoken."""
        told = [self._told(seekers.languages, *asked) for asked in self._asked(openings, row)]
        return [tuple(languages[place] for languages in told) for place in range(len(seekers))]

    def _told(self, languages: LevelSets, code: int, level: int) -> list[GateFinding]:
        """Return each person's finding for one language."""
        best = np.full(len(languages), NO_VALUE, np.int16)
        best[languages.known] = 0
        mine = languages.codes == code
        best[languages.owners[mine]] = NO_VALUE
        stated = mine & (languages.level > 0)
        np.maximum.at(best, languages.owners[stated], languages.level[stated])
        return [
            GateFinding(self.kind, ANSWERS[answer], (level,), None if held == NO_VALUE else (held,), subject=code)
            for answer, held in zip(self._one(languages, code, level).tolist(), best.tolist(), strict=True)
        ]

    @staticmethod
    def _asked(openings: OpeningColumns, row: int) -> list[tuple[int, int]]:
        place = openings.languages.span(row)
        codes, levels = openings.languages.codes[place].tolist(), openings.languages.level[place].tolist()
        return list(zip(codes, levels, strict=True))

    @staticmethod
    def _one(languages: LevelSets, code: int, level: int) -> Answers:
        answers = np.where(languages.known, FAIL, UNKNOWN).astype(np.int8)
        mine = np.flatnonzero(languages.codes == code)
        spoken, people = languages.level[mine], languages.owners[mine]
        answers[people] = FAIL
        answers[people[spoken == 0]] = UNKNOWN
        answers[people[spoken >= max(level, 1)]] = PASS
        return answers


GATES: Final[tuple[Gate, ...]] = (
    SetGate(GateKind.MOBILITY, "provinces"),
    LimitGate(GateKind.EDUCATION, "education_rank", "education_rank", NO_VALUE),
    SetGate(GateKind.FIELD, "fields"),
    SetGate(GateKind.PROFILE, "profiles"),
    LimitGate(GateKind.EXPERIENCE, "experience_months", "experience_months", NO_VALUE),
    LanguageGate(),
    SetGate(GateKind.LICENCE, "licences", needs_all=True),
    SetGate(GateKind.CONTRACT, "contracts"),
    SetGate(GateKind.SHIFT, "shifts", needs_all=True),
    LimitGate(GateKind.AVAILABILITY, "available_day", "available_by_day", NO_DAY, is_latest=True),
    LimitGate(GateKind.ADULTHOOD, "adult_day", "adult_by_day", NO_DAY, is_latest=True),
)
"""Every gate once, in the order in which they are told."""


def graded(passed: Bools, known: Bools) -> Answers:
    """Return pass where passed, else fail where the person's side is known, else unknown."""
    return np.where(passed, PASS, np.where(known, FAIL, UNKNOWN)).astype(np.int8)


def judge_gates(seekers: SeekerColumns, openings: OpeningColumns, row: int) -> tuple[Bools, Bits]:
    """Return who fails a gate of the opening, and the set of gates that stay unknown for each person."""
    failed = np.zeros(len(seekers), np.bool_)
    unknown = np.zeros(len(seekers), np.uint16)
    for gate in GATES:
        answers = gate.answers(seekers, openings, row)
        if answers is not None:
            failed |= answers == FAIL
            unknown |= (answers == UNKNOWN).astype(np.uint16) << np.uint16(GATE_KINDS.index(gate.kind))
    return failed, unknown
