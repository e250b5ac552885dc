"""Words of matching shared by engine, database and screens, and what the engine refuses."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from skills_bridge.domain.errors import DomainError


class GateKind(StrEnum):
    """The hard conditions an opening may set, in the order in which they are told."""

    MOBILITY = "mobility"
    EDUCATION = "education"
    FIELD = "field"
    PROFILE = "profile"
    EXPERIENCE = "experience"
    LANGUAGE = "language"
    LICENCE = "licence"
    CONTRACT = "contract"
    SHIFT = "shift"
    AVAILABILITY = "availability"
    ADULTHOOD = "adulthood"


class GateAnswer(StrEnum):
    """What a gate says of a person; missing data is *unknown*, never an agreement."""

    FAIL = "fail"
    UNKNOWN = "unknown"
    PASS = "pass"  # noqa: S105  # an answer, no password


class ResultClass(StrEnum):
    """How a pair of person and opening was judged; the first four are listed, all are counted."""

    READY = "ready"
    TO_CONFIRM = "to_confirm"
    NEAR = "near"
    NOT_ENOUGH = "not_enough"
    SHORT = "short"
    NO_POINTS = "no_points"
    GATE_FAILED = "gate_failed"


LISTED: Final = (ResultClass.READY, ResultClass.TO_CONFIRM, ResultClass.NEAR, ResultClass.NOT_ENOUGH)
"""Classes whose people appear on an opening's page, in the order of the page."""


class RequirementVerdict(StrEnum):
    """How a person stands to one requirement.

    A must is *met*, *to_assess* (level sufficient, proof not) or *short*; a nice requirement is a *plus* or *absent*.
    """

    MET = "met"
    TO_ASSESS = "to_assess"
    SHORT = "short"
    PLUS = "plus"
    ABSENT = "absent"


class Question(StrEnum):
    """What to ask or do so that an open point of a pair gets its answer.

    One per gate, *assess* for a competency whose proof is missing, *interview* for a person without any competency.
    """

    MOBILITY = "ask_mobility"
    EDUCATION = "ask_education"
    FIELD = "ask_field"
    PROFILE = "ask_profile"
    EXPERIENCE = "ask_experience"
    LANGUAGE = "ask_language"
    LICENCE = "ask_licence"
    CONTRACT = "ask_contract"
    SHIFT = "ask_shift"
    AVAILABILITY = "ask_availability"
    ADULTHOOD = "ask_adulthood"
    ASSESS = "assess"
    INTERVIEW = "interview"


class Cause(StrEnum):
    """Why a person's place in an opening's list moved between two runs."""

    PERSON = "person"
    OPENING = "opening"
    POLICY = "policy"
    FRAMEWORK = "framework"
    COHORTS = "cohorts"
    DAY = "day"
    OTHERS = "others"


class BadMatchingInput(DomainError):
    """A column handed to the engine holds what it may not hold."""

    def __init__(self, table: str, column: str, row: int, value: object) -> None:
        """Remember the place (``row`` counted from 0, -1 for the whole column) and the value found."""
        super().__init__(f"{table}.{column}[{row}]: {value}")
        self.table = table
        self.column = column
        self.row = row
        self.value = value


class ValueOutOfRange(BadMatchingInput):
    """A value lies outside the bounds of its column."""

    def __init__(self, table: str, column: str, row: int, value: int, *, low: int, high: int) -> None:
        """Remember the bounds too, both included."""
        super().__init__(table, column, row, value)
        self.low = low
        self.high = high


class WrongShape(BadMatchingInput):
    """A column is no list of whole numbers of the length that its table asks for."""


class RepeatedKey(BadMatchingInput):
    """A key stands twice: a person, an opening, a cohort, or a competency within one opening."""


class TooManyRequirements(BadMatchingInput):
    """An opening asks for more competencies than a score can hold; ``value`` is their number."""

    def __init__(self, opening_id: int, row: int, value: int, *, most: int) -> None:
        """Remember the opening and the limit."""
        super().__init__("OpeningColumns", "requirements", row, value)
        self.opening_id = opening_id
        self.most = most


class NotInInput(BadMatchingInput):
    """A trace was asked for a person or an opening that the input does not hold; ``value`` is the place asked."""


class UnusableIndex(DomainError):
    """The files of a national index cannot be read as one: cut short, of another version, or not of one piece.

    The cure is to build the index again.
    """

    def __init__(self, folder: str, part: str, reason: str) -> None:
        """Remember the folder's name, the array at fault and what is wrong with it."""
        super().__init__(f"{folder}/{part}: {reason}; build the index again")
        self.folder = folder
        self.part = part
        self.reason = reason


class NoAllocation(DomainError):
    """The solver found no allocation, although the empty one is always allowed; names its status."""
