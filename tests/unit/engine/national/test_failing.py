from __future__ import annotations

from hypothesis import given, settings

from skills_bridge.engine.gates import FAIL, GATES
from skills_bridge.engine.national.failing import failing_gates
from tests.unit.engine.worlds import World, opening_columns, seeker_columns, worlds


class TestFailingGates:
    @settings(max_examples=150, deadline=None)
    @given(worlds)
    def test_answers_as_the_gates_do(self, world: World) -> None:
        seekers, openings = seeker_columns(world.people), opening_columns(world.openings)
        for row in range(len(openings)):
            answers = {gate.kind: gate.answers(seekers, openings, row) for gate in GATES}
            expected = {kind: (told == FAIL).tolist() for kind, told in answers.items() if told is not None}

            found = failing_gates(seekers, openings, row)

            assert {kind: fails.tolist() for kind, fails in found.items()} == expected
