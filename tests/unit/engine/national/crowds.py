"""Worlds of several blocks of people: ties, unknowns, validities, relations, long lists and gaps that cohorts close."""

from __future__ import annotations

import random

from skills_bridge.domain.framework import RelationKind
from skills_bridge.engine.columns import Asked, Held
from tests.unit.engine.worlds import TODAY, Cohort, Opening, Person, World


def maybe_set(chance: random.Random, codes: int, most: int) -> frozenset[int] | None:
    """Return some codes, or that nobody knows."""
    size = chance.randint(-1, most)
    return None if size < 0 else frozenset(chance.choices(range(codes), k=size))


def asked_set(chance: random.Random, codes: int, share: float) -> frozenset[int]:
    """Return a share of the time one to three codes, else none."""
    return frozenset(chance.choices(range(codes), k=chance.randint(1, 3))) if chance.random() < share else frozenset()


def person(chance: random.Random, key: int) -> Person:
    """Return anybody; every column takes the ends of its range too."""
    return Person(
        id=key,
        registered=chance.choice([0, 18_000, 19_000, 65_535]),
        education=chance.choice([None, 0, 1, 2, 99]),
        months=chance.choice([None, 0, 12, 1_200]),
        available=chance.choice([None, TODAY - 1, TODAY, TODAY + 1, -60_000, 3_000_000]),
        adult=chance.choice([None, TODAY - 1, TODAY, -60_000, 3_000_000]),
        provinces=maybe_set(chance, 75, 40),
        fields=maybe_set(chance, 3, 2),
        profiles=maybe_set(chance, 130, 60),
        licences=maybe_set(chance, 3, 3),
        contracts=maybe_set(chance, 3, 3),
        shifts=maybe_set(chance, 3, 3),
        languages=chance.choice([None, {}, {1: chance.randint(0, 6)}, {1: 3, 2: chance.randint(0, 6)}]),
        held=tuple(
            Held(
                chance.randrange(12),
                chance.randint(1, 4),
                chance.randint(0, 3),
                chance.choice([TODAY - 1, TODAY, TODAY + 1]),
            )
            for _ in range(chance.choice([0, 3, 6, 9]))
        ),
    )


def opening(chance: random.Random, key: int) -> Opening:
    """Return any opening."""
    return Opening(
        id=key,
        scarce=chance.random() < 0.5,
        posts=chance.choice([0, 1, 20, 60]),
        start=chance.choice([None, TODAY + 1, TODAY + 9]),
        available_by=chance.choice([None, None, TODAY, -60_000, 3_000_000]),
        adult_by=chance.choice([None, None, TODAY]),
        education=chance.choice([None, 0, 1, 99]),
        months=chance.choice([None, 0, 12, 1_200]),
        provinces=asked_set(chance, 76, 0.8),
        fields=asked_set(chance, 4, 0.1),
        profiles=asked_set(chance, 131, 0.2),
        licences=asked_set(chance, 4, 0.1),
        contracts=asked_set(chance, 4, 0.2),
        shifts=asked_set(chance, 3, 0.1),
        languages={code: chance.randint(1, 6) for code in (1, 2, 9) if chance.random() < 0.1},
        asked=tuple(
            Asked(c, chance.randint(1, 4), chance.random() < 0.25, chance.randint(1, 5), chance.randint(0, 3))
            for c in chance.sample(range(18), chance.choice([0, 1, 5, 9, 16]))
        ),
    )


def crowd(chance: random.Random, people: int, openings: int) -> World:
    """Return a world."""
    cohorts = tuple(
        Cohort(
            key,
            chance.randrange(78),
            chance.choice([0, 0, 1, 2]),
            ends=TODAY + chance.choice([1, 2, 9]),
            teaches={chance.randrange(14): chance.randint(1, 4) for _ in range(6)},
        )
        for key in range(1, 60)
    )
    edges = tuple((chance.randrange(14), chance.randrange(16), chance.choice(list(RelationKind))) for _ in range(20))
    keys = chance.sample(range(1, 2**32), people)
    return World(
        tuple(person(chance, key) for key in keys),
        tuple(opening(chance, key) for key in range(1, openings + 1)),
        cohorts,
        edges,
    )
