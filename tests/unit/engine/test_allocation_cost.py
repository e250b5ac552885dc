"""What an allocation costs a person, against a count by hand."""

from __future__ import annotations

from hypothesis import given

from skills_bridge.engine.allocation_cost import own_places
from tests.unit.engine.test_allocate import Case, candidates_of, cases, chosen_pairs


@given(cases())
def test_place_is_one_more_than_the_better_offers(case: Case) -> None:
    found = case.run()

    places, offers = own_places(candidates_of(case), found)

    for (opening, seeker), place, count in zip(chosen_pairs(found), places.tolist(), offers.tolist(), strict=True):
        own = [score for (_, who), score in case.scores.items() if who == seeker]
        assert place == 1 + sum(score > case.scores[opening, seeker] for score in own)
        assert count == len(own)
