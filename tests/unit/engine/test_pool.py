from __future__ import annotations

from hypothesis import given

from skills_bridge.domain.framework import RelationKind
from skills_bridge.engine.columns import Held, HeldLists
from skills_bridge.engine.pool import effective_evidence, expired
from tests.unit.engine.worlds import TODAY, Person, World, worlds


class TestBuildPool:
    @given(worlds)
    def test_keeps_every_holding_once(self, world: World) -> None:
        pool = world.pool()

        kept = sorted(zip(pool.seeker.tolist(), pool.competency.tolist(), (pool.code % 4 + 1).tolist(), strict=True))

        assert kept == sorted((i, h.competency, h.level) for i, p in enumerate(world.people) for h in p.held)
        assert pool.competency.tolist() == sorted(pool.competency.tolist())

    def test_finds_what_counts_for_a_competency(self) -> None:
        people = (Person(1, held=(Held(1, 2, 1),)), Person(2, held=(Held(2, 4, 3), Held(3, 1, 0))))
        edges = ((2, 1, RelationKind.CLOSE), (3, 1, RelationKind.LOOSE))

        found = [(r, s.tolist(), c.tolist()) for r, s, c in World(people, relations=edges).pool().holdings(1)]

        assert found == [(0, [0], [5]), (1, [1], [15]), (2, [1], [0])]


class TestEffectiveEvidence:
    def test_turns_only_expired_proofs_into_declarations(self) -> None:
        held = HeldLists.of([[Held(1, 1, grade, day) for grade in range(4) for day in (TODAY - 1, TODAY)]])

        assert effective_evidence(held, TODAY).tolist() == [0, 0, 1, 1, 1, 2, 1, 3]
        assert expired(held, TODAY).tolist() == [False, False, False, False, True, False, True, False]
