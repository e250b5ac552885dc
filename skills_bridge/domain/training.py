"""The life of a cohort and of an enrolment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from skills_bridge.domain.errors import Invalid
from skills_bridge.domain.framework import LEVELS
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
    EnrolmentState.DROPPED: frozenset({EnrolmentState.WAITING, EnrolmentState.ENROLLED}),
    EnrolmentState.WITHDRAWN: frozenset({EnrolmentState.WAITING}),
}

SEATED: Final = frozenset({EnrolmentState.ENROLLED, EnrolmentState.COMPLETED, EnrolmentState.CERTIFIED})
"""States that hold a seat."""

MOST_SEATS: Final = 2_000
MOST_OUTCOMES: Final = 40
MOST_HOURS: Final = 10_000


class CancelReason(StrEnum):
    """Why a centre cancels a cohort."""

    TOO_FEW = "too_few"
    NO_TRAINER = "no_trainer"
    NO_MEANS = "no_means"
    POSTPONED = "postponed"
    OTHER = "other"


class LeaveReason(StrEnum):
    """Why a person leaves a cohort before its end; the last two follow from the cohort or from her reservation."""

    JOB_FOUND = "job_found"
    OTHER_TRAINING = "other_training"
    TRANSPORT = "transport"
    ABSENT = "absent"
    PERSONAL = "personal"
    MISTAKE = "mistake"
    COHORT_CANCELLED = "cohort_cancelled"
    RESERVATION_ENDED = "reservation_ended"


class EntryAnswer(StrEnum):
    """Whether a person may enter a programme; what is not known is a question, never a yes."""

    MET = "met"
    FAIL = "fail"
    UNKNOWN = "unknown"


def judge_entry(asked: int, held: int | None) -> EntryAnswer:
    """Compare the education rank that a programme asks for (0: none) with a person's; ``None`` is unknown."""
    if asked == 0:
        return EntryAnswer.MET
    if held is None:
        return EntryAnswer.UNKNOWN
    return EntryAnswer.MET if held >= asked else EntryAnswer.FAIL


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A competency taught, at the level (1-4) that the certificate grants."""

    competency_id: int
    level: int


def check_outcomes(outcomes: Sequence[Outcome]) -> None:
    """Check what a programme teaches.

    :raises Invalid: nothing is taught, too much, a competency twice, or a level that is none; ``row`` counts from 1.
    """
    if not outcomes:
        raise Invalid("outcomes-missing", field="outcomes")
    if len(outcomes) > MOST_OUTCOMES:
        raise Invalid("too-many-outcomes", field="outcomes", most=MOST_OUTCOMES)
    seen: set[int] = set()
    for row, line in enumerate(outcomes, 1):
        if line.competency_id in seen:
            raise Invalid("outcome-twice", field="outcomes", row=row)
        if line.level not in LEVELS:
            raise Invalid("outcome-level-unknown", field="outcomes", row=row, value=line.level)
        seen.add(line.competency_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortPlan:
    """Where and when a cohort runs, until when people may enter it, and its seats."""

    province_code: str
    starts_on: date
    expected_end_on: date
    enrolment_until: date
    seats: int


def check_plan(plan: CohortPlan) -> None:
    """Check the dates and seats of a cohort.

    :raises Invalid: the seats are out of range, the end comes before the start, or enrolment ends after the course.
    """
    if not 1 <= plan.seats <= MOST_SEATS:
        raise Invalid("seats-out-of-range", field="seats", value=plan.seats, most=MOST_SEATS)
    if plan.expected_end_on < plan.starts_on:
        raise Invalid("cohort-ends-before-start", field="expected_end_on")
    if plan.enrolment_until > plan.expected_end_on:
        raise Invalid("enrolment-after-end", field="enrolment_until")
