from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skills_bridge.domain.matching import WrongShape
from skills_bridge.engine.digest import digest_of_lists
from skills_bridge.engine.kept_input import RunInput, keep_input, read_input
from skills_bridge.engine.shortlist import shortlist
from tests.unit.engine.worlds import Opening, Person, World, cohort_columns, opening_columns, worlds


def input_of(world: World) -> RunInput:
    """Return what a run of a world reads."""
    return RunInput(world.pool(), opening_columns(world.openings), cohort_columns(world.cohorts), world.policies)


def answer_of(inputs: RunInput) -> bytes:
    """Return the digest of the lists."""
    return digest_of_lists(shortlist(inputs.pool, inputs.openings, inputs.cohorts, inputs.policies))


class TestKeepInput:
    @settings(max_examples=60, deadline=None)
    @given(worlds)
    def test_gives_back_the_same_input_and_so_the_same_lists(self, world: World) -> None:
        inputs = input_of(world)

        again = read_input(keep_input(inputs))

        assert again.digest() == inputs.digest()
        assert answer_of(again) == answer_of(inputs)
        assert keep_input(again) == keep_input(inputs)

    def test_keeps_an_empty_base(self) -> None:
        inputs = input_of(World(people=(), openings=()))

        assert read_input(keep_input(inputs)).digest() == inputs.digest()

    @settings(max_examples=20, deadline=None)
    @given(st.integers(0, 200))
    def test_refuses_bytes_that_were_cut(self, length: int) -> None:
        kept = keep_input(input_of(World()))

        with pytest.raises(WrongShape):
            read_input(kept[: min(length, len(kept) - 1)])

    def test_refuses_other_bytes(self) -> None:
        with pytest.raises(WrongShape):
            read_input(keep_input(input_of(World()))[6:])


class TestDigestOfLists:
    def test_changes_with_a_rank(self) -> None:
        one = World(people=(Person(1), Person(2, registered=18_000)))
        other = World(people=(Person(1), Person(2, registered=19_500)))

        assert answer_of(input_of(one)) != answer_of(input_of(other))

    def test_tells_how_many_openings_are_done(self) -> None:
        told: list[int] = []
        inputs = input_of(World(openings=(Opening(1), Opening(2))))

        shortlist(inputs.pool, inputs.openings, inputs.cohorts, inputs.policies, told.append)

        assert told == [1, 2]
