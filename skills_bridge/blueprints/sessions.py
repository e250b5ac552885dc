"""The row-backed session: a random token in the cookie, everything else in a row that ends on the server."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final, cast

from flask import Flask, Request, Response, current_app, g, request, session
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy.orm import Session
from werkzeug.datastructures import CallbackDict

from skills_bridge.adapters.vault import Vault
from skills_bridge.domain.accounts import CLOCK, account_scope
from skills_bridge.domain.settings import Settings
from skills_bridge.extensions import db
from skills_bridge.services.accounts import end_session, keep_session, start_session
from skills_bridge.unit_of_work import UnitOfWork, scoped, transaction

TOKEN_BYTES: Final = 32
BROWSERS: Final = (
    (re.compile(r"Edg\w*/"), "Edge"),
    (re.compile(r"OPR\w*/"), "Opera"),
    (re.compile(r"Firefox\w*/"), "Firefox"),
    (re.compile(r"Chrome\w*/"), "Chrome"),
    (re.compile(r"Safari\w*/"), "Safari"),
)
SYSTEMS: Final = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")
"""Words by which browsers name themselves, the more telling first: most also claim to be another."""


class RowSession(CallbackDict[str, Any], SessionMixin):
    """The content of one session; identity and stage change only by :meth:`become`."""

    def __init__(self) -> None:
        """Start anonymous and empty."""
        super().__init__({}, RowSession.note_change)
        self.modified = False
        self.token: str | None = None
        self.row_id: int | None = None
        self.user_id: int | None = None
        self.membership_id: int | None = None
        self.link_id: int | None = None
        self.stage = "anonymous"
        self.started_at: datetime | None = None
        self.proved_at: datetime | None = None
        self.rotates = False
        self.is_old = False

    def note_change(self) -> None:
        """Remember that the content must be written."""
        self.modified = True

    def become(
        self,
        stage: str,
        *,
        user_id: int | None,
        membership_id: int | None,
        proved_at: datetime | None = None,
        link_id: int | None = None,
    ) -> None:
        """Change who the session belongs to; its token changes with the answer, and its life starts again.

        Between staff and a person with a personal link nothing passes but the language: one of the two ends.
        """
        if self.link_id != link_id:
            self.keep_language_alone()
        self.stage, self.user_id, self.membership_id, self.link_id = stage, user_id, membership_id, link_id
        self.started_at, self.proved_at = None, proved_at
        self.rotate()

    def keep_language_alone(self) -> None:
        """Forget what was kept for whoever had the session."""
        kept = {"language": self["language"]} if "language" in self else {}
        self.clear()
        self.update(kept)

    def act_for(self, membership_id: int) -> None:
        """Go on for another organisation of the same person: another token, but no longer life."""
        self.membership_id = membership_id
        self.rotate()

    def rotate(self) -> None:
        """Go on under another token; the old one is refused from now on."""
        self.pop("csrf_token", None)  # a token that was known before must not open forms afterwards
        self.rotates = True
        self.modified = True


class RowSessions(SessionInterface):
    """Keeps sessions in the database: revoked at once, readable by nobody who only has a copy of the cookie jar."""

    def open_session(self, app: Flask, request: Request) -> RowSession:  # noqa: ARG002 the signature is Flask's
        """Start empty; the row is loaded before the view, where an error has a page."""
        return RowSession()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:  # noqa: ARG002 as above
        """Write what changed, under a new token if the session's owner changed."""
        if not isinstance(session, RowSession) or getattr(g, "database_down", False):
            return
        if session.rotates or (session.modified and session.row_id is None):
            session.token = _replace_row(session)
            response.set_cookie(
                cookie_name(),
                session.token,
                httponly=True,
                secure=settings().is_https,
                samesite="Lax",
                path="/",
            )
        elif session.row_id is not None and (session.modified or session.is_old):
            with account_work() as uow:
                keep_session(uow, session_id=session.row_id, payload=dict(session))
        if request.endpoint != "static":
            response.vary.add("Cookie")


def _replace_row(session: RowSession) -> str:
    """End the old row, start a new one and return its token."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with account_work(session.user_id) as uow:
        if session.row_id is not None:
            end_session(uow, session_id=session.row_id)
        start_session(
            uow,
            token=token,
            user_id=session.user_id,
            membership_id=session.membership_id,
            link_id=session.link_id,
            stage=session.stage,
            payload=dict(session),
            limits=settings().sessions,
            since=session.started_at,
            proved_at=session.proved_at,
            device=device_of(request.headers.get("User-Agent", "")),
        )
    return token


def device_of(agent: str) -> str:
    """Return browser and system in two words; no more of what a browser tells is kept."""
    browser = next((name for mark, name in BROWSERS if mark.search(agent)), "")
    system = next((name for name in SYSTEMS if name in agent), "")
    return " · ".join(part for part in (browser, system) if part)


def own_session() -> RowSession:
    """Return the session as what it is: row-backed."""
    return cast("RowSession", session)


def settings() -> Settings:
    """Return the settings of this application."""
    found: Settings = current_app.extensions["skills_bridge.settings"]
    return found


def vault() -> Vault:
    """Return the vault of this application."""
    found: Vault = current_app.extensions["skills_bridge.vault"]
    return found


def cookie_name() -> str:
    """Return the cookie's name: bound to the host wherever the site is encrypted."""
    return "__Host-session" if settings().is_https else "session_skills_bridge"


@contextmanager
def account_work(user_id: int | None = None) -> Iterator[UnitOfWork]:
    """Open a short transaction on the credential tables."""
    with Session(db.engine) as own, transaction(own, actor=CLOCK, scope=account_scope(user_id)) as uow:
        yield uow


@contextmanager
def account_looking(user_id: int | None = None) -> Iterator[Session]:
    """Open a READ ONLY transaction on the credential tables."""
    with Session(db.engine) as own:
        yield scoped(own, account_scope(user_id), read_only=True)
