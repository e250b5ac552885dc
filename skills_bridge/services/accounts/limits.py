"""How often one may try, counted in the database: the limits hold without a broker, and without them nobody enters."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final

from sqlalchemy import func, select, text

from skills_bridge.domain.credentials import LIMITS, Limit, Per, Try
from skills_bridge.domain.errors import RuleBroken
from skills_bridge.models import SignInAttempt
from skills_bridge.unit_of_work import UnitOfWork

ONE_AFTER_THE_OTHER: Final = text("SELECT pg_advisory_xact_lock(7420, hashtext(:subject))")
"""Tries at one account, or from one address, follow one another, so that many at once can't pass a limit together."""

DAY_MINUTES: Final = 24 * 60


def hold_tries(uow: UnitOfWork, what: Try, *, account: str, address: str) -> None:
    """Wait for the other tries at this account and from this address, then refuse if there were too many.

    ``account`` and ``address`` may be empty where a kind of try counts neither. Account scope. The limit over
    everybody is read without waiting for others: as many as try at the same instant may pass it together.

    :raises RuleBroken: too many tries; the facts hold the minutes to wait.
    """
    subjects = _subjects(account, address)
    for per in (Per.ACCOUNT, Per.ADDRESS):
        if subjects[per]:
            uow.session.execute(ONE_AFTER_THE_OTHER, {"subject": f"{per}:{subjects[per]}"})
    for limit in LIMITS[what]:
        if _failed(uow, what, limit, subjects[limit.per]) >= limit.most:
            minutes = int(limit.span.total_seconds() // 60)
            code = "too-many-tries-today" if minutes >= DAY_MINUTES else "too-many-tries"
            raise RuleBroken(code, minutes=minutes)


def note_try(uow: UnitOfWork, what: Try, *, account: str, address: str, succeeded: bool) -> None:
    """Count one try; the transaction must be committed also when the try failed. Account scope."""
    for per, subject in _subjects(account, address).items():
        counts = per in {limit.per for limit in LIMITS[what]}
        if subject and counts and not (succeeded and per is Per.EVERYBODY):  # what succeeded is nobody's guess
            uow.session.add(
                SignInAttempt(
                    subject_digest=_digest(what, per, subject),
                    kind=what.value,
                    attempted_at=uow.now,
                    succeeded=succeeded,
                )
            )


def _subjects(account: str, address: str) -> Mapping[Per, str]:
    """Return whose tries are counted."""
    return {Per.ACCOUNT: account.strip().lower(), Per.ADDRESS: address, Per.EVERYBODY: "everybody"}


def _digest(what: Try, per: Per, subject: str) -> bytes:
    """Return the digest under which tries are counted: neither address nor number is kept."""
    return hashlib.sha256(f"{what}:{per}:{subject}".encode()).digest()


def _failed(uow: UnitOfWork, what: Try, limit: Limit, subject: str) -> int:
    """Return how many tries of a subject failed within the limit's span."""
    if not subject:
        return 0
    return (
        uow.session.scalar(
            select(func.count())
            .select_from(SignInAttempt)
            .where(
                SignInAttempt.subject_digest == _digest(what, limit.per, subject),
                SignInAttempt.attempted_at > uow.now - limit.span,
                SignInAttempt.succeeded.is_(False),
            )
        )
        or 0
    )
