from __future__ import annotations

from typing import Any

import pytest

from skills_bridge.domain.framework import PolicyProfile
from skills_bridge.domain.matching import ValueOutOfRange, WrongShape
from skills_bridge.engine.policy import POLICY_V1, Policy, PolicySet, code_of, tables_of

DIRECT, CLOSE, LOOSE = range(3)


class TestPolicy:
    @pytest.mark.parametrize(
        "wrong",
        [
            {"tolerance": 4},
            {"settle_days": -1},
            {"declared_percent": 101},
            {"inferred_percent": 71},
            {"loose_percent": 81},
            {"candidates_per_post": 0},
        ],
    )
    def test_refuses_a_parameter_out_of_its_bounds(self, wrong: dict[str, int]) -> None:
        with pytest.raises(ValueOutOfRange):
            Policy(**{"tolerance": 0, **wrong})

    def test_never_lets_a_must_pass_without_any_level(self) -> None:
        assert [POLICY_V1.mass.threshold(level) for level in (1, 2, 3, 4)] == [1, 1, 2, 3]

    def test_bounds_the_lists(self) -> None:
        assert [POLICY_V1.mass.list_length(n) for n in (0, 16, 17, 300, 5_000)] == [50, 50, 51, 900, 2_000]


class TestPolicySet:
    def test_survives_being_stored(self) -> None:
        assert PolicySet.from_parameters(POLICY_V1.parameters()) == POLICY_V1

    def test_serves_each_profile(self) -> None:
        assert [POLICY_V1.of(profile).tolerance for profile in PolicyProfile] == [1, 0]

    @pytest.mark.parametrize("value", [None, "1", 1.0, True])
    def test_refuses_a_parameter_that_is_no_whole_number(self, value: object) -> None:
        stored: dict[str, dict[str, Any]] = {**POLICY_V1.parameters(), "scarce": {"tolerance": value}}

        with pytest.raises(WrongShape) as refusal:
            PolicySet.from_parameters(stored)

        assert refusal.value.column == "scarce.tolerance"


class TestTablesOf:
    def test_pays_full_credit_for_a_certified_level_and_nothing_above_it(self) -> None:
        credit = tables_of(POLICY_V1.mass).credit

        assert credit[2, [code_of(DIRECT, 3, level) for level in (1, 2, 3, 4)]].tolist() == [83, 166, 250, 250]

    def test_discounts_evidence_and_distance_in_one_division(self) -> None:
        credit = tables_of(POLICY_V1.mass).credit

        found = [[int(credit[3, code_of(relation, evidence, 3)]) for evidence in range(4)] for relation in range(3)]

        assert found == [[93, 131, 168, 187], [75, 105, 135, 150], [46, 65, 84, 93]]

    def test_judges_level_and_proof_by_the_same_holding(self) -> None:
        standing = tables_of(POLICY_V1.scarce).standing
        assessed = 2

        found = [int(standing[2, assessed, code_of(DIRECT, evidence, 3)]) for evidence in range(4)]

        assert found == [1, 1, 2, 2]

    def test_never_calls_an_inferred_level_ready(self) -> None:
        assert tables_of(POLICY_V1.mass).standing[0, 0, code_of(DIRECT, 0, 4)] == 1

    def test_counts_a_close_level_one_less_and_a_loose_one_never(self) -> None:
        standing = tables_of(POLICY_V1.scarce).standing

        found = [[int(standing[2, 1, code_of(kind, 3, level)]) for level in (3, 4)] for kind in (DIRECT, CLOSE, LOOSE)]

        assert found == [[2, 2], [0, 2], [0, 0]]
