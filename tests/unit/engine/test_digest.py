from __future__ import annotations

from dataclasses import replace

import pytest

from skills_bridge.domain.framework import RelationKind
from skills_bridge.engine.columns import Held
from skills_bridge.engine.digest import digest
from skills_bridge.engine.policy import POLICY_V1, PolicySet
from tests.unit.engine.worlds import TODAY, Cohort, Opening, Person, World, cohort_columns, opening_columns

WORLD = World(cohorts=(Cohort(),))


def digested(world: World) -> bytes:
    """Return the digest of a world."""
    return digest(world.pool(), opening_columns(world.openings), cohort_columns(world.cohorts), world.policies)


class TestDigest:
    def test_is_the_same_for_the_same_input(self) -> None:
        assert digested(WORLD) == digested(replace(WORLD))
        assert len(digested(WORLD)) == 32

    @pytest.mark.parametrize(
        "other",
        [
            replace(WORLD, people=(Person(held=(Held(1, 3, 3),)),)),
            replace(WORLD, people=(Person(provinces=None),)),
            replace(WORLD, openings=(Opening(posts=2),)),
            replace(WORLD, cohorts=()),
            replace(WORLD, relations=((1, 2, RelationKind.CLOSE),)),
            replace(WORLD, policies=PolicySet(POLICY_V1.scarce, POLICY_V1.scarce)),
            replace(WORLD, today=TODAY + 1),
        ],
    )
    def test_changes_with_whatever_the_engine_reads(self, other: World) -> None:
        assert digested(other) != digested(WORLD)
