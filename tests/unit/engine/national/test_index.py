from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings

from skills_bridge.domain.framework import RelationKind
from skills_bridge.domain.matching import NotInInput
from skills_bridge.engine.columns import Held, RelationColumns
from skills_bridge.engine.national import build_index, layout_of_held, warm
from skills_bridge.engine.national.holdings import written_out
from skills_bridge.engine.national.lanes import LANES
from skills_bridge.engine.policy import code_of, tables_of
from tests.unit.engine.national.crowds import crowd
from tests.unit.engine.worlds import (
    TODAY,
    Person,
    World,
    seeker_columns,
    worlds,
)


def codes_of(person: Person, relations: list[tuple[int, int, RelationKind]]) -> dict[int, list[int]]:
    """Return what a person's competencies count for."""
    found = written_out(seeker_columns([person]), RelationColumns.of(relations), TODAY)
    named = found.competencies[found.competency].tolist()
    return {c: [code for n, code in zip(named, found.code.tolist(), strict=True) if n == c] for c in named}


class TestWrittenOut:
    def test_follows_relations_one_step_and_one_way(self) -> None:
        relations = [(1, 2, RelationKind.CLOSE), (2, 3, RelationKind.LOOSE)]

        found = codes_of(Person(held=(Held(1, 3, 2),)), relations)

        assert found == {1: [code_of(0, 2, 3)], 2: [code_of(1, 2, 3)]}

    def test_leaves_out_only_what_no_policy_can_prefer(self) -> None:
        held = (Held(1, 2, 3), Held(1, 4, 1), Held(1, 1, 1), Held(1, 4, 3, TODAY - 1), Held(2, 4, 3))

        found = codes_of(Person(held=held), [(2, 1, RelationKind.CLOSE)])

        assert found[1] == sorted([code_of(0, 3, 2), code_of(0, 1, 4), code_of(1, 3, 4)])

    @settings(max_examples=80, deadline=None)
    @given(worlds)
    def test_loses_no_credit_and_no_standing(self, world: World) -> None:
        pool = world.pool()
        found = written_out(pool.seekers, pool.relations, world.today)
        tables = tables_of(world.policies.mass)
        owners = np.repeat(np.arange(len(pool.seekers)), np.diff(found.start))
        for competency in range(6):
            kept = found.competencies[found.competency] == competency
            for table in (tables.credit[2], tables.standing[2, 2]):
                best = np.zeros(len(pool.seekers), np.int64)
                for relation, people, codes in pool.holdings(competency):
                    np.maximum.at(best, people, table[codes + relation * 16])
                ours = np.zeros(len(pool.seekers), np.int64)
                np.maximum.at(ours, owners[kept], table[found.code[kept]])
                assert ours.tolist() == best.tolist()


class TestIndex:
    def test_holds_everybody_once_and_people_without_competencies_last(self) -> None:
        world = crowd(random.Random(5), people=900, openings=1)
        pool = world.pool()

        index = build_index(pool.seekers, pool.relations, as_of=TODAY)

        people = index.blocks.seeker[index.blocks.seeker >= 0]
        held = np.diff(pool.seekers.held.start) > 0
        assert sorted(people.tolist()) == list(range(900))
        limit = int(index.blocks.held_blocks[0]) * LANES
        assert not held[[p for p in index.blocks.seeker[limit:].tolist() if p >= 0]].any()
        assert index.blocks.seeker[index.lane_of].tolist() == np.argsort(pool.seekers.seeker_id).tolist()

    def test_cannot_be_changed(self) -> None:
        index = build_index(seeker_columns([Person()]), RelationColumns.of([]), as_of=TODAY)

        assert not any(column.flags.writeable for column in index.blocks)

    def test_refuses_a_person_with_a_code_that_the_layout_does_not_know(self) -> None:
        layout = layout_of_held(seeker_columns([Person()]))

        with pytest.raises(NotInInput):
            build_index(
                seeker_columns([Person(shifts=frozenset({8}))]), RelationColumns.of([]), as_of=TODAY, layout=layout
            )


class TestWarm:
    def test_compiles_everything(self) -> None:
        warm()
