"""Personal data as such: identities shown, what a person may ask, how long a file is kept."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from skills_bridge.domain.calendar import add_months
from skills_bridge.domain.states import Moves

REVEAL_SPAN: Final = timedelta(minutes=15)
"""How long an identity stays in sight of one session after a reason was given."""
VIEWS_A_DAY: Final = 500
"""People whose identity one person may show to herself within a day: enough for a call list, not for a register."""
USUAL_DAYS: Final = 30
"""The days before today from which a person's usual number of views is taken."""
UNUSUAL_TIMES: Final = 3
UNUSUAL_FROM: Final = 30
"""Views of a day below which nobody is alarmed, however few are usual."""
ACCESS_FILE_SPAN: Final = timedelta(days=7)
"""How long an access file waits to be taken out; then its content goes."""
LONGEST_DETAILS: Final = 1000


class RevealReason(StrEnum):
    """Why somebody needs to know who a person is."""

    CONTACT = "contact"
    INTERVIEW = "interview"
    CONTRACT = "contract"
    CORRECTION = "correction"
    RIGHTS = "rights"


class RightsKind(StrEnum):
    """What a person asks about her data."""

    ACCESS = "access"
    CORRECTION = "correction"
    OBJECTION = "objection"
    ERASURE = "erasure"
    WITHDRAWAL = "withdrawal"


class RequestState(StrEnum):
    """Where a request stands; *ready* means that the access file waits to be taken out."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    READY = "ready"
    DONE = "done"
    REFUSED = "refused"
    CANCELLED = "cancelled"


_S = RequestState

MOVES: Final[Moves[RequestState]] = {
    _S.RECEIVED: frozenset({_S.ACCEPTED, _S.REFUSED, _S.CANCELLED}),
    _S.ACCEPTED: frozenset({_S.READY, _S.DONE}),
    _S.READY: frozenset({_S.DONE, _S.ACCEPTED}),
    _S.DONE: frozenset(),
    _S.REFUSED: frozenset({_S.RECEIVED}),
    _S.CANCELLED: frozenset({_S.RECEIVED}),
}
"""A file that nobody took out in time is built again; a refused or cancelled request can be taken up again."""

OPEN: Final = frozenset({_S.RECEIVED, _S.ACCEPTED, _S.READY})
"""States in which a person still waits for an answer."""


class Refusal(StrEnum):
    """Why a request is not followed."""

    IDENTITY_UNSURE = "identity_unsure"
    UNFOUNDED = "unfounded"
    REPEATED = "repeated"
    DUTY_TO_KEEP = "duty_to_keep"


class HandOver(StrEnum):
    """How an access file reached the person."""

    IN_PERSON = "in_person"
    REPRESENTATIVE = "representative"
    REGISTERED_LETTER = "registered_letter"
    PERSONAL_LINK = "personal_link"


class ForgetCause(StrEnum):
    """Why a file was anonymised."""

    REQUEST = "request"
    RETENTION = "retention"
    RESTORE = "restore"


class NoticeOutcome(StrEnum):
    """How the notice before an anonymisation ended: the person was heard of, or the file was anonymised."""

    KEPT = "kept"
    FORGOTTEN = "forgotten"


def is_unusual(*, before: int, after: int, usual: float) -> bool:
    """Say whether a day's views reach, with these, far more than a person's usual day; true once a day."""
    threshold = max(UNUSUAL_FROM, UNUSUAL_TIMES * usual)
    return before < threshold <= after


def due_day(received_on: date, answer_days: int | None) -> date | None:
    """Return the day by which a request is answered; None while no time to answer is set."""
    return None if answer_days is None else received_on + timedelta(days=answer_days)


def inactive_since(today: date, months: int) -> date:
    """Return the day on or before which the last activity must lie for a file to have been unused so many months."""
    return add_months(today, -months)
