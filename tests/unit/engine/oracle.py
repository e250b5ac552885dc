"""The rules of matching once more, in slow and plain Python, pair by pair: what the engine must always agree with."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import floor

from skills_bridge.domain.framework import RelationKind
from skills_bridge.engine.arrays import NO_DAY
from skills_bridge.engine.columns import Asked
from skills_bridge.engine.policy import Policy
from tests.unit.engine.worlds import Cohort, Opening, Person, World


@dataclass(frozen=True)
class Answer:
    """How a pair is judged; ``sort`` puts the best first."""

    person: int
    kind: str
    points: int
    score: int | None
    cohort: int | None
    unknown: frozenset[str]
    unproven: frozenset[int]
    missing: frozenset[int]
    sort: tuple[int, int, int]


def gates(person: Person, opening: Opening) -> dict[str, bool | None]:
    """Return the answers of the gates that are set; ``None`` is unknown."""
    found: dict[str, bool | None] = {}
    for name, kind in (
        ("provinces", "mobility"),
        ("fields", "field"),
        ("profiles", "profile"),
        ("contracts", "contract"),
    ):
        mine, theirs = getattr(person, name), getattr(opening, name)
        if theirs:
            found[kind] = None if mine is None else bool(mine & theirs)
    for name, kind in (("licences", "licence"), ("shifts", "shift")):
        mine, theirs = getattr(person, name), getattr(opening, name)
        if theirs:
            found[kind] = None if mine is None else theirs <= mine
    if opening.education is not None:
        found["education"] = None if person.education is None else person.education >= opening.education
    if opening.months is not None:
        found["experience"] = None if person.months is None else person.months >= opening.months
    if opening.available_by is not None:
        found["availability"] = None if person.available is None else person.available <= opening.available_by
    if opening.adult_by is not None:
        found["adulthood"] = None if person.adult is None else person.adult <= opening.adult_by
    if opening.languages:
        found["language"] = language(person, opening)
    return found


def language(person: Person, opening: Opening) -> bool | None:
    """Return the answer over all the languages asked."""
    answers: list[bool | None] = []
    for code, asked in opening.languages.items():
        if person.languages is None:
            answers.append(None)
        elif code not in person.languages:
            answers.append(False)
        else:
            spoken = person.languages[code]
            answers.append(None if spoken == 0 else spoken >= asked)
    if False in answers:
        return False
    return None if None in answers else True


def ways(world: World, person: Person, competency: int) -> list[tuple[str, int, int]]:
    """Return the ways in which a person's competencies count for one: relation, evidence, level."""
    found = []
    for held in person.held:
        evidence = held.evidence
        if held.valid_until_day != NO_DAY and held.valid_until_day < world.today and evidence >= 2:
            evidence = 1
        if held.competency == competency:
            found.append(("direct", evidence, held.level))
        for source, related, kind in world.relations:
            if source == held.competency and related == competency:
                found.append(("close" if kind is RelationKind.CLOSE else "loose", evidence, held.level))
    return found


def credit(policy: Policy, way: tuple[str, int, int], required: int) -> int:
    """Return what one way brings, computed with exact fractions and cut once."""
    relation, evidence, level = way
    worth = policy.evidence_percents()[evidence]
    distance = {"direct": 100, "close": policy.close_percent, "loose": policy.loose_percent}[relation]
    return floor(Fraction(250 * worth * distance * min(level, required), 10_000 * required))


def standing(policy: Policy, way: tuple[str, int, int], asked: Asked) -> int:
    """Return 2 if a must is met, 1 if only its level is, 0 if it is short."""
    relation, evidence, level = way
    counts = {"direct": level, "close": level - 1, "loose": 0}[relation]
    if counts < max(1, asked.level - policy.tolerance):
        return 0
    return 2 if evidence >= asked.evidence and evidence != 0 else 1


def closing(world: World, policy: Policy, person: Person, opening: Opening, missing: list[Asked]) -> Cohort | None:
    """Return the cohort that closes the gap: the earliest to end, then the smallest id."""
    fitting = [
        c
        for c in world.cohorts
        if opening.start is not None
        and c.seats > 0
        and (c.opens is None or c.opens <= world.today)
        and (c.closes is None or c.closes >= world.today)
        and c.ends + policy.settle_days <= opening.start
        and (c.entry == 0 or (person.education is not None and person.education >= c.entry))
        and person.provinces is not None
        and c.province in person.provinces
        and all(c.teaches.get(asked.competency, 0) >= asked.level for asked in missing)
    ]
    return min(fitting, key=lambda c: (c.ends, c.id), default=None)


def judge(world: World, person: Person, opening: Opening) -> Answer:
    """Judge one pair."""
    policy = world.policies.scarce if opening.scarce else world.policies.mass
    answers = gates(person, opening)
    points = 0
    missing: list[int] = []
    unproven: list[int] = []
    for place, asked in enumerate(opening.asked):
        found = ways(world, person, asked.competency)
        points += asked.weight * max((credit(policy, way, asked.level) for way in found), default=0)
        best = max((standing(policy, way, asked) for way in found), default=0)
        if asked.is_must and best < 2:
            (unproven if best else missing).append(place)
    cohort = closing(world, policy, person, opening, [opening.asked[place] for place in missing]) if missing else None
    has_nothing = bool(opening.asked) and not person.held
    if False in answers.values():
        kind = "gate_failed"
    elif has_nothing:
        kind = "not_enough"
    elif missing and cohort is None:
        kind = "short"
    elif opening.asked and points == 0:
        kind = "no_points"
    elif missing:
        kind = "near"
    else:
        kind = "to_confirm" if None in answers.values() or unproven else "ready"
    full = 250 * sum(asked.weight for asked in opening.asked)
    score = floor(Fraction(10_000 * points, full)) if full and not has_nothing else None
    return Answer(
        person=person.id,
        kind=kind,
        points=points,
        score=score,
        cohort=cohort.id if cohort and kind == "near" else None,
        unknown=frozenset(kind for kind, answer in answers.items() if answer is None),
        unproven=frozenset(unproven),
        missing=frozenset(missing),
        sort=(-points, person.registered, person.id),
    )


def lists(world: World, opening: Opening) -> dict[str, list[Answer]]:
    """Return the listed people by class, best first, cut to length."""
    policy = world.policies.scarce if opening.scarce else world.policies.mass
    usual = min(policy.longest_list, max(policy.shortest_list, policy.candidates_per_post * opening.posts))
    everybody = sorted((judge(world, person, opening) for person in world.people), key=lambda answer: answer.sort)
    lengths = {"ready": usual, "to_confirm": usual, "near": usual, "not_enough": policy.shown_without_competency}
    return {kind: [a for a in everybody if a.kind == kind][:length] for kind, length in lengths.items()}
