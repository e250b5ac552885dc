"""The trace of a pair: every gate, every requirement, the parts of the score, and what to ask."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from skills_bridge.domain.matching import GateAnswer, NotInInput, Question, RequirementVerdict, ResultClass
from skills_bridge.engine.arrays import NO_VALUE
from skills_bridge.engine.columns import EVIDENCES, RELATIONS, CohortColumns, OpeningColumns
from skills_bridge.engine.gates import GATES
from skills_bridge.engine.policy import READY, TO_PROVE, WHOLE, Policy, PolicySet, code_of, tables_of
from skills_bridge.engine.pool import Pool, Sources, effective_evidence, expired
from skills_bridge.engine.results import (
    RESULT_CLASSES,
    GateFinding,
    Holding,
    OpenQuestion,
    RequirementFinding,
    Trace,
)
from skills_bridge.engine.score import full_points
from skills_bridge.engine.shortlist import Judgement, judge, policy_of

HeldByCompetency = dict[int, list[tuple[int, int, bool]]]
VERDICTS: Final = {0: RequirementVerdict.SHORT, TO_PROVE: RequirementVerdict.TO_ASSESS, READY: RequirementVerdict.MET}


class Coded(NamedTuple):
    """A holding with its one-byte code, by which the policy's tables know it."""

    code: int
    holding: Holding

    def nearest(self) -> tuple[int, int]:
        """Return what decides between equals: the nearer relation, then the smaller competency."""
        return -self.code, -self.holding.competency


def trace(
    pool: Pool, openings: OpeningColumns, cohorts: CohortColumns, policies: PolicySet, *, seeker: int, opening: int
) -> Trace:
    """Return the whole account of one pair; ``seeker`` and ``opening`` are places in the input.

    :raises NotInInput: there is no such place.
    """
    return traces(pool, openings, cohorts, policies, people=[seeker], opening=opening)[0]


def traces(
    pool: Pool,
    openings: OpeningColumns,
    cohorts: CohortColumns,
    policies: PolicySet,
    *,
    people: Sequence[int],
    opening: int,
) -> list[Trace]:
    """Return the accounts of several people, each once, and one opening, in their order: a whole list at once.

    :raises NotInInput: there is no such place.
    :raises RepeatedKey: a person is named twice.
    """
    if not 0 <= opening < len(openings):
        raise NotInInput("OpeningColumns", "opening_id", opening, len(openings))
    chosen = pool.of(people)
    judged = judge(chosen, openings, cohorts, policies, opening)
    gates = [gate.findings(chosen.seekers, openings, opening) for gate in GATES]
    held, policy = _held(chosen), policy_of(openings, policies, opening)
    found = []
    for place in range(len(people)):
        told = tuple(finding for findings in gates for finding in findings[place])
        requirements = _requirements(held[place], chosen.sources, openings, policy, opening)
        ids = int(chosen.seekers.seeker_id[place]), int(openings.opening_id[opening])
        found.append(_account(judged, place, ids=ids, cohorts=cohorts, gates=told, requirements=requirements))
    return found


def apportion(parts: Sequence[int], full: int) -> list[int]:
    """Return the parts in hundredths of a per cent of ``full``, summing to the score, by largest remainder.

    Equal remainders go to the earlier part. ``full`` is above 0.
    """
    shares = [WHOLE * part // full for part in parts]
    left = WHOLE * sum(parts) // full - sum(shares)
    by_remainder = sorted(range(len(parts)), key=lambda place: (-(WHOLE * parts[place] % full), place))
    for place in by_remainder[:left]:
        shares[place] += 1
    return shares


def _account(
    judged: Judgement,
    place: int,
    *,
    ids: tuple[int, int],
    cohorts: CohortColumns,
    gates: tuple[GateFinding, ...],
    requirements: tuple[RequirementFinding, ...],
) -> Trace:
    """Return the account of one person and one opening (``ids``), judged at ``place``."""
    kind = RESULT_CLASSES[judged.result_class[place]]
    score, cohort = int(judged.score[place]), int(judged.cohort[place])
    return Trace(
        *ids,
        result_class=kind,
        points=int(judged.points[place]),
        score=None if score == NO_VALUE else score,
        order_key=int(judged.order_key[place]),
        cohort_id=None if cohort == NO_VALUE else int(cohorts.cohort_id[cohort]),
        gates=gates,
        requirements=requirements,
        questions=_questions(kind, gates, requirements),
    )


def _requirements(
    held: HeldByCompetency, sources: Sources, openings: OpeningColumns, policy: Policy, row: int
) -> tuple[RequirementFinding, ...]:
    """Return the findings of one person, in the opening's order, with their shares of the score."""
    span = openings.requirements.span(row)
    findings = [_finding(held, sources, openings, policy, item) for item in range(span.start, span.stop)]
    shares = apportion([found.part for found in findings], full_points(openings, row)) if findings else []
    return tuple(replace(found, share=share) for found, share in zip(findings, shares, strict=True))


def _finding(
    held: HeldByCompetency, sources: Sources, openings: OpeningColumns, policy: Policy, item: int
) -> RequirementFinding:
    """Return how one person stands to one requirement; its share is not known yet."""
    asked, tables = openings.requirements, tables_of(policy)
    competency, level, weight = int(asked.competency[item]), int(asked.level[item]), int(asked.weight[item])
    is_must, evidence = bool(asked.is_must[item]), int(asked.evidence[item])
    credit_of, standing_of = tables.credit[level - 1], tables.standing[level - 1, evidence]
    holdings = _holdings(held, sources, competency)
    credited = max(holdings, key=lambda h: (credit_of[h.code], *h.nearest()), default=None)
    judged = max(holdings, key=lambda h: (standing_of[h.code], tables.effective[h.code], *h.nearest()), default=None)
    credit = int(credit_of[credited.code]) if credited else 0
    effective = max((int(tables.effective[h.code]) for h in holdings), default=0)
    threshold = policy.threshold(level)
    if is_must:
        verdict = VERDICTS[int(standing_of[judged.code]) if judged else 0]
    else:
        judged, verdict = credited, RequirementVerdict.PLUS if credit else RequirementVerdict.ABSENT
    return RequirementFinding(
        competency=competency,
        level=level,
        is_must=is_must,
        weight=weight,
        evidence_asked=EVIDENCES[evidence],
        credited=credited.holding if credited and credit else None,
        credit=credit,
        part=weight * credit,
        share=0,
        judged=judged.holding if judged else None,
        threshold=threshold,
        effective_level=effective,
        missing_levels=max(0, threshold - effective) if is_must else 0,
        verdict=verdict,
    )


def _held(pool: Pool) -> list[HeldByCompetency]:
    """Return, for each person, level, evidence rank and expiry of the holdings by competency."""
    held = pool.seekers.held
    found: list[HeldByCompetency] = [defaultdict(list) for _ in range(len(pool.seekers))]
    columns = (
        held.owners,
        held.competency,
        held.level,
        effective_evidence(held, pool.as_of),
        expired(held, pool.as_of),
    )
    for owner, competency, *way in zip(*(column.tolist() for column in columns), strict=True):
        found[owner][competency].append(tuple(way))
    return found


def _holdings(held: HeldByCompetency, sources: Sources, competency: int) -> list[Coded]:
    """Return what one person holds that counts for a competency, itself first."""
    found = []
    for source, relation in ((competency, 0), *sources.get(competency, ())):
        for level, evidence, passed in held.get(source, ()):
            holding = Holding(source, RELATIONS[relation], level, EVIDENCES[evidence], is_expired=passed)
            found.append(Coded(code_of(relation, evidence, level), holding))
    return found


def _questions(
    kind: ResultClass, gates: Sequence[GateFinding], requirements: Sequence[RequirementFinding]
) -> tuple[OpenQuestion, ...]:
    """Return what would settle the open points of a pair that no gate has settled against the person."""
    if kind is ResultClass.GATE_FAILED:
        return ()
    open_gates = [found for found in gates if found.answer is GateAnswer.UNKNOWN]
    questions = [OpenQuestion(Question[found.kind.name], found.subject) for found in open_gates]
    if kind is ResultClass.NOT_ENOUGH:
        return (*questions, OpenQuestion(Question.INTERVIEW))
    to_assess = [found for found in requirements if found.verdict is RequirementVerdict.TO_ASSESS]
    return (*questions, *(OpenQuestion(Question.ASSESS, found.competency) for found in to_assess))
