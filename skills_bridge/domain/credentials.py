"""What protects a person's way in: how often one may try, how long a proof or a link holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final


class Try(StrEnum):
    """What somebody may try; each kind is counted apart."""

    PASSWORD = "password"  # noqa: S105 a word for a kind of try
    CODE = "code"
    RESET = "reset"
    LINK = "link"
    REQUEST = "request"


class LinkKind(StrEnum):
    """What a link by mail opens."""

    PASSWORD = "password"  # noqa: S105 a word for a kind of link
    SECOND_FACTOR = "second_factor"


class Change(StrEnum):
    """What of a person's way in changed, as she is told by mail."""

    PASSWORD = "password"  # noqa: S105 a word for a kind of change
    SECOND_FACTOR = "second_factor"
    RECOVERY = "recovery"


class Per(StrEnum):
    """Whose tries a limit counts together: one account's, one network address's, everybody's."""

    ACCOUNT = "account"
    ADDRESS = "address"
    EVERYBODY = "everybody"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many tries within a span; beyond it nothing is even looked at."""

    per: Per
    most: int
    span: timedelta


_FIVE_MINUTES: Final = timedelta(minutes=5)
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)

LIMITS: Final[Mapping[Try, tuple[Limit, ...]]] = {
    Try.PASSWORD: (
        Limit(Per.ACCOUNT, 10, _FIVE_MINUTES),
        Limit(Per.ADDRESS, 10, _FIVE_MINUTES),
        Limit(Per.EVERYBODY, 1000, _FIVE_MINUTES),
    ),
    Try.CODE: (
        Limit(Per.ACCOUNT, 5, _FIVE_MINUTES),
        Limit(Per.ACCOUNT, 20, _HOUR),
        Limit(Per.ACCOUNT, 50, _DAY),
        Limit(Per.ADDRESS, 10, _FIVE_MINUTES),
        Limit(Per.ADDRESS, 50, _HOUR),
    ),
    Try.RESET: (
        Limit(Per.ACCOUNT, 5, _DAY),
        Limit(Per.ADDRESS, 10, _HOUR),
        Limit(Per.EVERYBODY, 1000, _HOUR),
    ),
    Try.LINK: (
        Limit(Per.ADDRESS, 10, _FIVE_MINUTES),
        Limit(Per.EVERYBODY, 1000, _FIVE_MINUTES),
    ),
    Try.REQUEST: (
        Limit(Per.ADDRESS, 5, _DAY),
        Limit(Per.EVERYBODY, 200, _DAY),
    ),
}
"""Failed passwords, codes and links; for resets and requests of organisations, each one counts, failed or not."""

LONGEST_SPAN: Final = max(limit.span for limits in LIMITS.values() for limit in limits)
"""For how long a try must be remembered."""

PROOF_AGE: Final = timedelta(minutes=15)
"""For how long password and code, once given, stand for a risky act."""

INVITATION_AGE: Final = timedelta(days=7)
INVITATIONS_A_DAY: Final = 50
"""Invitations that an organisation sends within a day, repeated ones included."""

LINK_AGE: Final[Mapping[LinkKind, timedelta]] = {
    LinkKind.PASSWORD: timedelta(hours=1),
    LinkKind.SECOND_FACTOR: timedelta(days=3),
}
"""For how long a link by mail opens."""

RESEND_AFTER: Final = timedelta(minutes=10)
"""An invitation is not sent again sooner."""

RECOVERY_CODES: Final = 10
