"""The bridge: a seat and a post reserved together, answered for, kept through the course, ended in one way."""

from skills_bridge.services.reservations.answering import keep_seat, note_enrolment, record_answer
from skills_bridge.services.reservations.ending import (
    end_reservations,
    expire_reservations,
    follow_cohort,
    follow_start,
    release_posts,
    release_reservation,
)
from skills_bridge.services.reservations.reserving import reserve

__all__ = [
    "end_reservations",
    "expire_reservations",
    "follow_cohort",
    "follow_start",
    "keep_seat",
    "note_enrolment",
    "record_answer",
    "release_posts",
    "release_reservation",
    "reserve",
]
