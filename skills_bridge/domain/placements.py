"""Kinds of placement, always told apart."""

from __future__ import annotations

from datetime import date
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


class PlacementState(StrEnum):
    """Where a placement stands on a day: told from its days, never stored."""

    AHEAD = "ahead"
    RUNNING = "running"
    ENDED = "ended"
    UNDONE = "undone"


def state_of(*, started_on: date, ended_on: date | None, cancelled_on: date | None, today: date) -> PlacementState:
    """Tell where a placement stands today."""
    if cancelled_on is not None:
        return PlacementState.UNDONE
    if ended_on is not None:
        return PlacementState.ENDED
    return PlacementState.AHEAD if started_on > today else PlacementState.RUNNING
