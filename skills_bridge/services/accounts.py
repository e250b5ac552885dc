"""Sign-in: password, second factor, limits, sessions that end on the server."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import CursorResult, delete, func, select, text, update
from sqlalchemy.orm import Session

from skills_bridge.adapters.vault import Vault
from skills_bridge.domain.accounts import Role
from skills_bridge.domain.errors import Invalid, RuleBroken
from skills_bridge.domain.identifiers import normalise_code
from skills_bridge.domain.organisations import OrganisationState
from skills_bridge.domain.settings import SessionSettings
from skills_bridge.models import Membership, Organisation, SignInAttempt, UserAccount, WebSession
from skills_bridge.unit_of_work import UnitOfWork

TOUCH_AFTER: Final = timedelta(seconds=60)
"""A session's last use is written at most once a minute."""

LIMITS: Final = {
    "password": (10, timedelta(minutes=5)),
    "address": (60, timedelta(minutes=5)),
    "code": (5, timedelta(minutes=5)),
}
"""Failed tries allowed per subject and span; beyond it nothing is even looked at."""

VISITS_KEPT: Final = timedelta(days=1)

ONE_AFTER_THE_OTHER: Final = text("SELECT pg_advisory_xact_lock(7420, hashtext(:subject))")
"""Tries at one account follow one another, so that many at once can't pass the limit together."""

DUMMY_HASH: Final = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
"""What a password is compared with when nobody has the address: the same work for known and unknown accounts."""


@dataclass(frozen=True)
class StoredSession:
    """A live session as the web sees it."""

    id: int
    user_id: int | None
    membership_id: int | None
    stage: str
    payload: dict[str, Any]
    seen_at: datetime


def digest_of(token: str) -> bytes:
    """Return what the database knows of a session's token."""
    return hashlib.sha256(token.encode()).digest()


def find_session(session: Session, *, token: str, now: datetime, limits: SessionSettings) -> StoredSession | None:
    """Return the live session of a token, or None; account scope."""
    row = session.scalar(select(WebSession).where(WebSession.token_digest == digest_of(token)))
    if row is None or row.ended_at is not None:
        return None
    if now - row.seen_at > limits.idle or now - row.started_at > limits.absolute:
        return None
    return StoredSession(row.id, row.user_id, row.membership_id, row.stage, row.payload, row.seen_at)


def start_session(
    uow: UnitOfWork, *, token: str, user_id: int | None, membership_id: int | None, stage: str, payload: dict[str, Any]
) -> None:
    """Begin a session for a new token; account scope."""
    uow.session.add(
        WebSession(
            token_digest=digest_of(token),
            user_id=user_id,
            membership_id=membership_id,
            stage=stage,
            payload=payload,
            started_at=uow.now,
            seen_at=uow.now,
        )
    )


def keep_session(uow: UnitOfWork, *, session_id: int, payload: dict[str, Any]) -> None:
    """Write a session's content and its last use; account scope."""
    uow.session.execute(update(WebSession).where(WebSession.id == session_id).values(payload=payload, seen_at=uow.now))


def end_session(uow: UnitOfWork, *, session_id: int) -> None:
    """End a session for good; account scope."""
    uow.session.execute(update(WebSession).where(WebSession.id == session_id).values(ended_at=uow.now))


def check_password(uow: UnitOfWork, *, email: str, password: str, address: str, vault: Vault) -> int:
    """Return the user of an e-mail address and password; account scope.

    Returns 0 when the pair is wrong, the same answer for known and unknown addresses: a failed try must be committed.

    :raises RuleBroken: too many tries.
    """
    subjects = {"password": email.strip().lower(), "address": address}
    uow.session.execute(ONE_AFTER_THE_OTHER, {"subject": subjects["password"]})
    for kind, subject in subjects.items():
        _check_limit(uow, kind, subject)
    user = uow.session.scalar(select(UserAccount).where(func.lower(UserAccount.email) == email.strip().lower()))
    right = vault.is_password(user.password_hash if user else DUMMY_HASH, password)
    accepted = right and user is not None and user.disabled_at is None
    for kind, subject in subjects.items():
        _note_attempt(uow, kind, subject, succeeded=accepted)
    if not accepted or user is None:
        return 0
    return user.id


def check_code(uow: UnitOfWork, *, user_id: int, code: str, vault: Vault) -> bool:
    """Say whether a second factor is right and fresh; a code opens once. Account scope.

    :raises RuleBroken: too many tries.
    """
    user = uow.session.get_one(UserAccount, user_id, with_for_update=True)  # tries at one account follow one another
    _check_limit(uow, "code", str(user_id))
    step = vault.totp_step(user.totp_sealed, normalise_code(code), at=uow.now.timestamp())
    fresh = step is not None and step > (user.totp_last_step or 0) and user.disabled_at is None
    if fresh:
        user.totp_last_step = step
    _note_attempt(uow, "code", str(user_id), succeeded=fresh)
    return fresh


def forget_visits(uow: UnitOfWork) -> int:
    """Remove what no longer serves: day-old visits of strangers and tries to sign in; platform scope.

    Returns how many visits went. Sessions of signed-in people stay: the record of revealed identities names them.
    """
    before = uow.now - VISITS_KEPT
    uow.session.execute(delete(SignInAttempt).where(SignInAttempt.attempted_at < before))
    gone: CursorResult[tuple[()]] = uow.session.execute(  # type: ignore[assignment]  # a DELETE gives a cursor result
        delete(WebSession).where(WebSession.stage != "signed_in", WebSession.seen_at < before)
    )
    return gone.rowcount


def choose_membership(session: Session, *, user_id: int) -> int | None:
    """Return the first live membership of a user whose organisation may act; account scope of that user."""
    return session.scalar(
        select(Membership.id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(
            Membership.user_id == user_id,
            Membership.ended_at.is_(None),
            Organisation.state == OrganisationState.VERIFIED,
        )
        .order_by(Membership.id)
        .limit(1)
    )


def create_account(
    uow: UnitOfWork,
    *,
    email: str,
    display_name: str,
    password: str,
    totp_secret: str,
    vault: Vault,
    language: str = "fr",
) -> UserAccount:
    """Create a person's account; platform scope.

    :raises Invalid: the password is shorter than twelve characters.
    """
    if len(password) < 12:  # noqa: PLR2004 the sentence names the same number
        raise Invalid("password-too-short", field="password", least=12)
    account = UserAccount(
        email=email.strip(),
        display_name=display_name,
        password_hash=vault.hash_password(password),
        totp_sealed=vault.seal_totp(totp_secret),
        language=language,
    )
    uow.session.add(account)
    uow.session.flush()  # the membership that follows needs the key
    return account


def add_membership(
    uow: UnitOfWork, *, user_id: int, organisation_id: int, role: Role, unit_id: int | None = None
) -> Membership:
    """Let a person act for an organisation in a role; platform scope."""
    membership = Membership(user_id=user_id, organisation_id=organisation_id, role=role, unit_id=unit_id)
    uow.session.add(membership)
    uow.session.flush()  # a session may be started on it at once
    uow.audit("membership.added", "membership", membership.id, role=role.value, organisation_id=organisation_id)
    return membership


def _subject(kind: str, subject: str) -> bytes:
    """Return the digest under which tries are counted: neither address nor number is kept."""
    return hashlib.sha256(f"{kind}:{subject}".encode()).digest()


def _check_limit(uow: UnitOfWork, kind: str, subject: str) -> None:
    """Refuse when too many tries failed lately."""
    most, span = LIMITS[kind]
    failed = uow.session.scalar(
        select(func.count())
        .select_from(SignInAttempt)
        .where(
            SignInAttempt.subject_digest == _subject(kind, subject),
            SignInAttempt.attempted_at > uow.now - span,
            SignInAttempt.succeeded.is_(False),
        )
    )
    if (failed or 0) >= most:
        raise RuleBroken("too-many-tries", minutes=int(span.total_seconds() // 60))


def _note_attempt(uow: UnitOfWork, kind: str, subject: str, *, succeeded: bool) -> None:
    """Count one try."""
    uow.session.add(
        SignInAttempt(subject_digest=_subject(kind, subject), kind=kind, attempted_at=uow.now, succeeded=succeeded)
    )
