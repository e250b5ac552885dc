"""The bridge: a seat of a cohort and a post reserved for one person, until she is placed or something ends it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from skills_bridge.domain.calendar import local_day, start_of


class ReservationStep(StrEnum):
    """Where a reservation stands: read from its instants, never stored."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    ENROLLED = "enrolled"
    ENDED = "ended"


class EndReason(StrEnum):
    """Why a reservation ended."""

    EXPIRED = "expired"
    DECLINED = "declined"
    PLACED = "placed"
    PLACED_ELSEWHERE = "placed_elsewhere"
    POST_FILLED = "post_filled"
    POST_CLOSED = "post_closed"
    COHORT_CANCELLED = "cohort_cancelled"
    COHORT_BEGUN = "cohort_begun"
    ENDS_TOO_LATE = "ends_too_late"
    LEFT_TRAINING = "left_training"
    OBJECTION = "objection"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    NOT_REACHED = "not_reached"
    OTHER_PLAN = "other_plan"
    MADE_BY_MISTAKE = "made_by_mistake"


RELEASED: Final = (EndReason.NOT_REACHED, EndReason.OTHER_PLAN, EndReason.MADE_BY_MISTAKE)
"""Why an adviser ends a reservation herself; the other reasons follow from what happened."""

PERSONAL: Final = frozenset(
    {
        EndReason.DECLINED,
        EndReason.OBJECTION,
        EndReason.CONSENT_WITHDRAWN,
        EndReason.PLACED_ELSEWHERE,
        EndReason.LEFT_TRAINING,
        EndReason.NOT_REACHED,
        EndReason.OTHER_PLAN,
        EndReason.MADE_BY_MISTAKE,
    }
)
"""Reasons that are the person's business and the agency's: centre and company are told that it ended, not why."""

SOON: Final = timedelta(days=3)
"""How long before its end a reservation stands on the adviser's page of the day."""


def step_of(
    *, accepted_at: datetime | None, enrolled_at: datetime | None, ended_at: datetime | None
) -> ReservationStep:
    """Return where a reservation stands."""
    if ended_at is not None:
        return ReservationStep.ENDED
    if enrolled_at is not None:
        return ReservationStep.ENROLLED
    return ReservationStep.ASKED if accepted_at is None else ReservationStep.ACCEPTED


def enrolment_closes(enrolment_until: date) -> datetime:
    """Return the instant from which nobody is enrolled any more; the last day still counts."""
    return start_of(enrolment_until + timedelta(days=1))


def seat_kept_until(now: datetime, *, days: int, enrolment_until: date) -> datetime:
    """Return the instant at which an unused seat goes back: after ``days`` whole days, or when enrolment closes."""
    return enrolment_closes(min(local_day(now) + timedelta(days=days), enrolment_until))


def post_kept_until(needed_on: date, *, days: int) -> datetime:
    """Return the instant until which the post waits for a person in training: ``days`` days after she is needed."""
    return start_of(needed_on + timedelta(days=days + 1))


def last_day(expires_at: datetime) -> date:
    """Return the last day on which a reservation holds, as people are told it."""
    return local_day(expires_at - timedelta(microseconds=1))
