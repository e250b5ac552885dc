"""What every view stands on: the row-backed session, who acts, what she may do, reading and writing.

Order of a request: the session is found (account scope), the actor is made, ``requires`` judges at the door; a safe
method then reads in a READ ONLY transaction of the tenant scope, an unsafe one writes in a unit of work.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from functools import wraps
from typing import Any, Final, ParamSpec

from flask import Flask, Request, Response, abort, current_app, g, redirect, request, session, url_for
from flask.sessions import SessionInterface, SessionMixin
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import CallbackDict

from skills_bridge.adapters.vault import Vault
from skills_bridge.domain.accounts import CLOCK, Actor, account_scope, tenant_scope
from skills_bridge.domain.settings import Settings
from skills_bridge.extensions import db
from skills_bridge.policies.permissions import Permission, may
from skills_bridge.queries.accounts import Installation, get_actor, get_installation
from skills_bridge.services.accounts import TOUCH_AFTER, end_session, find_session, keep_session, start_session
from skills_bridge.unit_of_work import UnitOfWork, scoped, transaction, utc_now

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]

BROKER_SILENCE: Final = timedelta(seconds=20)
"""Without a sign of relay and broker for so long, a banner says that background work waits."""
LANGUAGES: Final = ("fr", "ar", "en")
UPLOAD_BYTES: Final = 12 * 1024 * 1024
"""The most that may reach a view that takes a file."""
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that a link, a search engine or a preview may use."""


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
        self.stage = "anonymous"
        self.rotates = False
        self.is_old = False

    def note_change(self) -> None:
        """Remember that the content must be written."""
        self.modified = True

    def become(self, stage: str, *, user_id: int | None, membership_id: int | None) -> None:
        """Change who the session belongs to; its token changes with the answer."""
        self.stage, self.user_id, self.membership_id = stage, user_id, membership_id
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
    token = secrets.token_urlsafe(32)
    with account_work(session.user_id) as uow:
        if session.row_id is not None:
            end_session(uow, session_id=session.row_id)
        start_session(
            uow,
            token=token,
            user_id=session.user_id,
            membership_id=session.membership_id,
            stage=session.stage,
            payload=dict(session),
        )
    return token


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


def load_session() -> None:
    """Find the session, the actor and the state of the site: before every request."""
    row = session
    token = request.cookies.get(cookie_name())
    now = utc_now()
    with Session(db.engine) as own:
        scoped(own, account_scope(), read_only=True)
        remember_installation(get_installation(own))
        found = find_session(own, token=token, now=now, limits=settings().sessions) if token else None
        own.rollback()
        if found is None or not isinstance(row, RowSession):
            return
        row.update(found.payload)
        row.token, row.row_id, row.stage = token, found.id, found.stage
        row.user_id, row.membership_id = found.user_id, found.membership_id
        row.modified = False
        row.is_old = now - found.seen_at > TOUCH_AFTER
        if found.stage == "signed_in" and found.user_id and found.membership_id:
            scoped(own, account_scope(found.user_id), read_only=True)
            g.actor = get_actor(own, user_id=found.user_id, membership_id=found.membership_id, session_id=found.id)


def current_actor_or_none() -> Actor | None:
    """Return who is signed in, or None."""
    actor: Actor | None = g.get("actor")
    return actor


def current_actor() -> Actor:
    """Return who is signed in; use it behind ``requires`` only."""
    actor = current_actor_or_none()
    if actor is None:
        abort(401)
    return actor


def remember_installation(found: Installation) -> None:
    """Keep what is true of the whole site, also for pages that are drawn while the database is away."""
    g.installation = found
    current_app.extensions["skills_bridge.installation"] = found


def installation() -> Installation:
    """Return what is true of the whole site, or what was when this process last saw it."""
    found: Installation | None = g.get("installation") or current_app.extensions.get("skills_bridge.installation")
    return found or Installation(is_demo=False, broker_seen_at=None)


def is_broker_down() -> bool:
    """Say whether background work waits for its relay or broker; a page that asked nothing does not guess."""
    if "installation" not in g:
        return False
    seen = installation().broker_seen_at
    return seen is None or utc_now() - seen > BROKER_SILENCE


def can(permission: str) -> bool:
    """Say whether the signed-in person's role has a permission: what a page may offer."""
    return may(current_actor_or_none(), Permission(permission))


def requires(permission: Permission) -> Callable[[View[P]], View[P]]:
    """Let only roles with the permission reach a view; for the others the page does not exist."""

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            actor = current_actor_or_none()
            if actor is None:
                return redirect(url_for("accounts.sign_in", next=_path_wanted()))
            if not may(actor, permission):
                abort(404)
            return view(*args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]  # the mark that the route test reads
        return guarded

    return guard


def public(view: View[P]) -> View[P]:
    """Mark a view as open to everybody; the list of such views is short and tested."""
    view.permission = None  # type: ignore[attr-defined]  # the mark that the route test reads
    return view


def takes_file(view: View[P]) -> View[P]:
    """Mark a view as one that takes a file: ``UPLOAD_BYTES`` may reach it, where others take a form's few."""
    view.most_bytes = UPLOAD_BYTES  # type: ignore[attr-defined]  # the mark that the door reads
    return view


def _path_wanted() -> str | None:
    """Return the page to come back to after sign-in: only a page that a link may open."""
    return request.full_path.rstrip("?") if request.method == "GET" else None


def is_local_path(path: str | None) -> bool:
    """Say whether a path stays on this site, whatever tricks it carries."""
    return (
        path is not None
        and path.startswith("/")
        and not path.startswith("//")
        and "\\" not in path  # browsers read it as a slash
        and path.isprintable()  # they also drop line breaks and tabs
    )


def reading() -> Session:
    """Return the session for reads: READ ONLY, in the scope of the actor's organisation."""
    if "reading" not in g:
        g.reading = scoped(Session(db.engine), tenant_scope(current_actor()), read_only=True)
    found: Session = g.reading
    return found


def unit_of_work() -> AbstractContextManager[UnitOfWork]:
    """Return the transaction of one write, in the scope of the actor's organisation.

    :raises RuntimeError: a page that only shows would write.
    """
    if request.method in SAFE_METHODS:
        raise RuntimeError("a safe method never writes")
    close_reading(None)
    actor = current_actor()
    return transaction(db.session, actor=actor, scope=tenant_scope(actor))


def close_reading(_: BaseException | None) -> None:
    """Give the reading connection back."""
    reader = g.pop("reading", None)
    if reader is not None:
        reader.close()


def language() -> str:
    """Return the language of this page: the address, the session, the person, the browser; French first."""
    wanted = request.args.get("lang") or session.get("language")
    if wanted in LANGUAGES:
        return str(wanted)
    actor = current_actor_or_none()
    if actor is not None:
        return actor.language
    return request.accept_languages.best_match(LANGUAGES) or "fr"


def remember_language() -> None:
    """Keep a language asked for in the address."""
    wanted = request.args.get("lang")
    if wanted in LANGUAGES and session.get("language") != wanted:
        session["language"] = wanted
