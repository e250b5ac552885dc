"""Kinds of placement, always told apart."""

from __future__ import annotations

from enum import StrEnum


class PlacementKind(StrEnum):
    """What starts: an employment contract, an insertion contract (a traineeship), or something else."""

    EMPLOYMENT_CONTRACT = "employment_contract"
    INSERTION_CONTRACT = "insertion_contract"
    OTHER = "other"


def fits_contract(kind: PlacementKind, *, is_employment_contract: bool) -> bool:
    """Say whether a kind of placement agrees with its contract: an insertion contract is no employment contract."""
    return (kind is PlacementKind.EMPLOYMENT_CONTRACT) == is_employment_contract


class CancelReason(StrEnum):
    """Why a placement was undone before its start."""

    PERSON_WITHDREW = "person_withdrew"
    EMPLOYER_WITHDREW = "employer_withdrew"
    PAPERS_MISSING = "papers_missing"
    RECORDED_BY_MISTAKE = "recorded_by_mistake"
