from __future__ import annotations

import random

import numpy as np
import pytest

from skills_bridge.domain.matching import ValueOutOfRange
from skills_bridge.engine.columns import SeekerColumns
from skills_bridge.engine.digest import named_columns
from skills_bridge.engine.national import build_index, shortlist_all
from skills_bridge.engine.national.packed import RawPeople
from skills_bridge.engine.national.parts import Part, can_leave_out, joined, list_lengths, shortlist_parts
from skills_bridge.engine.results import Shortlists
from tests.unit.engine.national.crowds import crowd
from tests.unit.engine.worlds import Opening, Person, World, cohort_columns, opening_columns

NOBODY = np.zeros(0, np.int64)


def a_part(world: World, seekers: SeekerColumns, gone: np.ndarray = NOBODY) -> Part:
    """Index some people of a world."""
    raw = RawPeople(np.zeros(0, np.uint8), *np.zeros((2, 2, len(seekers)), np.int64))
    return Part(seekers, build_index(seekers, world.pool().relations, as_of=world.today), raw, gone)


class TestShortlistParts:
    @pytest.mark.parametrize("seed", range(4))
    def test_gives_the_rows_of_one_index_over_all(self, seed: int) -> None:
        world = crowd(random.Random(seed), people=600, openings=30)
        old, new = world.pool().seekers, crowd(random.Random(seed + 100), people=60, openings=1).pool().seekers
        gone = np.arange(20, 60)  # of the sixty, forty are changed, the others went away or are where they were
        changed = new.take(gone)
        stays = np.setdiff1d(np.arange(600), gone)
        openings, cohorts = opening_columns(world.openings), cohort_columns(world.cohorts)
        assert can_leave_out(openings, world.policies, len(gone))

        parts = (a_part(world, old, gone), a_part(world, changed))
        found = shortlist_parts(parts, openings, cohorts, world.policies)

        whole = joined([old.take(stays), changed])
        expected = shortlist_all(
            build_index(whole, world.pool().relations, as_of=world.today), openings, cohorts, world.policies
        )
        ids = np.concatenate([old.seeker_id, changed.seeker_id])
        assert ids[found.seeker].tolist() == whole.seeker_id[expected.seeker].tolist()
        for name in Shortlists.__dataclass_fields__:
            if name not in {"seeker", "counts"}:
                assert getattr(found, name).tolist() == getattr(expected, name).tolist(), name

    def test_refuses_more_people_gone_than_a_list_can_lose(self) -> None:
        world = World(tuple(Person(id=i) for i in range(1, 30)), (Opening(id=1, posts=600),))
        openings, seekers = opening_columns(world.openings), world.pool().seekers
        assert list_lengths(openings, world.policies).max() == 1_800
        assert [can_leave_out(openings, world.policies, people) for people in (200, 201)] == [True, False]

        with pytest.raises(ValueOutOfRange):
            shortlist_parts((a_part(world, seekers, np.arange(201)),), openings, cohort_columns(()), world.policies)


class TestJoined:
    def test_is_one_after_the_other(self) -> None:
        whole = crowd(random.Random(3), people=90, openings=1).pool().seekers

        again = joined([whole.take(range(40)), whole.take(range(40, 41)), whole.take(range(41, 90))])

        for (name, ours), (_, theirs) in zip(named_columns("", again), named_columns("", whole), strict=True):
            assert ours.tolist() == theirs.tolist(), name
