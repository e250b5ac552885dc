import struct

import numpy as np
import pytest

from skills_bridge.domain.matching import ValueOutOfRange
from skills_bridge.engine.national.packed import SETS, unpack
from skills_bridge.engine.policy import CODES


def packed(key: int, *, skills: list[tuple[int, int]], sets: list[list[int]], held: tuple[int, int, int]) -> bytes:
    """Return a person as the database packs her."""
    facts = struct.pack(">ihhii", 20_000, 3, 24, 20_100, -1)
    facts += b"".join(struct.pack(f">h{len(codes)}i", len(codes), *codes) for codes in sets)
    strings = (facts, struct.pack(">ihi", *held), b"".join(struct.pack(">ih", *skill) for skill in skills))
    return struct.pack(">q", key) + b"".join(struct.pack(">i", len(string)) + string for string in strings)


class TestUnpack:
    def test_takes_apart_what_stands_one_after_the_other(self) -> None:
        sets = [[at, at + 10] for at in range(len(SETS))] + [[8 * 4 + 5]]
        found = unpack(
            packed(7, skills=[(40, 3), (41, 0)], sets=sets, held=(40, 4 * 2 + 1, 21_000))
            + packed(9, skills=[(41, CODES - 1)], sets=[[]] * len(sets), held=(41, 0, -60_000))
        )

        people = found.seekers
        assert people.seeker_id.tolist() == [7, 9]
        assert (people.registered_day[0], people.education_rank[0], people.experience_months[0]) == (20_000, 3, 24)
        assert [getattr(people, name).codes.tolist() for name in SETS] == sets[:-1]
        assert (people.languages.codes.tolist(), people.languages.level.tolist()) == ([4], [5])
        assert [people.shifts.start.tolist(), people.shifts.known.tolist()] == [[0, 2, 2], [True, True]]
        assert np.transpose([people.held.competency, people.held.level, people.held.evidence]).tolist() == [
            [40, 2, 2],
            [41, 1, 0],
        ]
        assert people.held.valid_until_day.tolist() == [21_000, -60_000]
        assert found.holdings.competencies.tolist() == [40, 41]
        assert found.holdings.competency.tolist() == [0, 1, 1]
        assert found.holdings.code.tolist() == [3, 0, CODES - 1]

    @pytest.mark.parametrize("code", [-1, CODES, 256 + 3])
    def test_refuses_a_way_of_holding_that_there_is_not(self, code: int) -> None:
        person = packed(7, skills=[(40, code)], sets=[[]] * (len(SETS) + 1), held=(40, 0, 21_000))

        with pytest.raises(ValueOutOfRange, match="Holdings"):
            unpack(person)
