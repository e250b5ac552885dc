"""Sessions: rows that end on the server, with a token that changes whenever their owner does."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session

from skills_bridge.domain.accounts import is_short_lived
from skills_bridge.domain.credentials import LONGEST_SPAN
from skills_bridge.domain.errors import NotFound
from skills_bridge.domain.settings import SessionSettings
from skills_bridge.models import AccountLink, Membership, Organisation, SignInAttempt, WebSession
from skills_bridge.unit_of_work import UnitOfWork

TOUCH_AFTER: Final = timedelta(seconds=60)
"""A session's last use is written at most once a minute."""

VISITS_KEPT: Final = timedelta(days=1)
SIGNED_IN: Final = "signed_in"
USUAL: Final = SessionSettings()


@dataclass(frozen=True)
class StoredSession:
    """A live session as the web sees it."""

    id: int
    user_id: int | None
    membership_id: int | None
    link_id: int | None
    stage: str
    payload: dict[str, Any]
    seen_at: datetime
    started_at: datetime
    proved_at: datetime | None


def digest_of(token: str) -> bytes:
    """Return what the database knows of a session's token."""
    return hashlib.sha256(token.encode()).digest()


def find_session(session: Session, *, token: str, now: datetime, limits: SessionSettings) -> StoredSession | None:
    """Return the live session of a token, or None; account scope."""
    row = session.scalar(select(WebSession).where(WebSession.token_digest == digest_of(token)))
    if row is None or row.ended_at is not None or now > row.ends_at:
        return None
    if now - row.seen_at > (limits.idle if row.link_id is None else limits.personal_idle):
        return None
    return StoredSession(
        id=row.id,
        user_id=row.user_id,
        membership_id=row.membership_id,
        link_id=row.link_id,
        stage=row.stage,
        payload=row.payload,
        seen_at=row.seen_at,
        started_at=row.started_at,
        proved_at=row.proved_at,
    )


def start_session(
    uow: UnitOfWork,
    *,
    token: str,
    user_id: int | None,
    membership_id: int | None,
    stage: str,
    payload: dict[str, Any],
    limits: SessionSettings = USUAL,
    since: datetime | None = None,
    proved_at: datetime | None = None,
    device: str = "",
    link_id: int | None = None,
) -> None:
    """Begin a session for a new token; account scope of its user. With ``link_id`` it is a person's own, and short.

    ``since`` is when the person signed in, if that was under an earlier token: a change of token prolongs nothing.
    """
    started_at = since or uow.now
    uow.session.add(
        WebSession(
            token_digest=digest_of(token),
            user_id=user_id,
            membership_id=membership_id,
            link_id=link_id,
            stage=stage,
            payload=payload,
            started_at=started_at,
            seen_at=uow.now,
            ends_at=started_at
            + (_longest(uow.session, membership_id, limits) if link_id is None else limits.personal_absolute),
            proved_at=proved_at,
            device=device,
        )
    )


def keep_session(uow: UnitOfWork, *, session_id: int, payload: dict[str, Any]) -> None:
    """Write a session's content and its last use; account scope."""
    uow.session.execute(update(WebSession).where(WebSession.id == session_id).values(payload=payload, seen_at=uow.now))


def end_session(uow: UnitOfWork, *, session_id: int) -> None:
    """End a session for good; account scope."""
    uow.session.execute(update(WebSession).where(WebSession.id == session_id).values(ended_at=uow.now))


def end_own_session(uow: UnitOfWork, *, user_id: int, session_id: int) -> None:
    """End one of a person's sessions, on whatever device, if it has not ended yet; account scope.

    :raises NotFound: she has no such session.
    """
    own = select(WebSession.id).where(WebSession.id == session_id, WebSession.user_id == user_id)
    if uow.session.scalar(own) is None:
        raise NotFound("session", session_id)
    ended = uow.session.scalar(
        update(WebSession)
        .where(WebSession.id == session_id, WebSession.user_id == user_id, WebSession.ended_at.is_(None))
        .values(ended_at=uow.now)
        .returning(WebSession.id)
    )
    if ended is not None:
        uow.audit("session.ended", "web_session", session_id)


def end_sessions_of(uow: UnitOfWork, *, user_id: int, but: int | None = None) -> int:
    """End all sessions of a person except one, and return how many there were; account or platform scope."""
    others = () if but is None else (WebSession.id != but,)
    ended = uow.session.scalars(
        update(WebSession)
        .where(WebSession.user_id == user_id, WebSession.ended_at.is_(None), *others)
        .values(ended_at=uow.now)
        .returning(WebSession.id)
    ).all()
    if ended:
        uow.audit("session.ended_all", "user_account", user_id, count=len(ended))
    return len(ended)


def forget_visits(uow: UnitOfWork) -> int:
    """Remove what no longer serves: day-old visits of strangers, tries to sign in, dead links; platform scope.

    Returns how many visits went. Sessions of signed-in people stay: the record of revealed identities names them.
    """
    uow.session.execute(delete(AccountLink).where(AccountLink.expires_at < uow.now - VISITS_KEPT))
    uow.session.execute(delete(SignInAttempt).where(SignInAttempt.attempted_at < uow.now - LONGEST_SPAN))
    gone: CursorResult[tuple[()]] = uow.session.execute(  # type: ignore[assignment]  # a DELETE gives a cursor result
        delete(WebSession).where(WebSession.stage != SIGNED_IN, WebSession.seen_at < uow.now - VISITS_KEPT)
    )
    return gone.rowcount


def _longest(session: Session, membership_id: int | None, limits: SessionSettings) -> timedelta:
    """Return how long a session of a membership may live; without one, the usual span."""
    if membership_id is None:
        return limits.absolute
    kind, role = session.execute(
        select(Organisation.kind, Membership.role)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(Membership.id == membership_id)
    ).one()
    return limits.strict if is_short_lived(kind, role) else limits.absolute
