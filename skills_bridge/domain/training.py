"""The life of a cohort and of an enrolment."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from skills_bridge.domain.states import Moves


class CohortState(StrEnum):
    """Where a cohort stands."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RUNNING = "running"
    ENDED = "ended"
    CANCELLED = "cancelled"


COHORT_MOVES: Final[Moves[CohortState]] = {
    CohortState.DRAFT: frozenset({CohortState.PUBLISHED, CohortState.CANCELLED}),
    CohortState.PUBLISHED: frozenset({CohortState.RUNNING, CohortState.CANCELLED}),
    CohortState.RUNNING: frozenset({CohortState.ENDED, CohortState.CANCELLED}),
    CohortState.ENDED: frozenset(),
    CohortState.CANCELLED: frozenset(),
}


class EnrolmentState(StrEnum):
    """Where a person in a cohort stands."""

    WAITING = "waiting"
    ENROLLED = "enrolled"
    COMPLETED = "completed"
    CERTIFIED = "certified"
    DROPPED = "dropped"
    WITHDRAWN = "withdrawn"


ENROLMENT_MOVES: Final[Moves[EnrolmentState]] = {
    EnrolmentState.WAITING: frozenset({EnrolmentState.ENROLLED, EnrolmentState.WITHDRAWN}),
    EnrolmentState.ENROLLED: frozenset({EnrolmentState.COMPLETED, EnrolmentState.DROPPED, EnrolmentState.WITHDRAWN}),
    EnrolmentState.COMPLETED: frozenset({EnrolmentState.CERTIFIED}),
    EnrolmentState.CERTIFIED: frozenset(),
    EnrolmentState.DROPPED: frozenset({EnrolmentState.ENROLLED}),
    EnrolmentState.WITHDRAWN: frozenset({EnrolmentState.WAITING}),
}

SEATED: Final = frozenset({EnrolmentState.ENROLLED, EnrolmentState.COMPLETED, EnrolmentState.CERTIFIED})
"""States that hold a seat."""
