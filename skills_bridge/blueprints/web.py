"""What every view stands on: who acts, what she may do, reading and writing.

Order of a request: the session is found (account scope), the actor is made, ``requires`` judges at the door; a safe
method then reads in a READ ONLY transaction of the tenant scope, an unsafe one writes in a unit of work.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import wraps
from typing import Final, ParamSpec
from urllib.parse import urlsplit

from flask import Request, Response, abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from skills_bridge.blueprints.proofs import proof_wanted
from skills_bridge.blueprints.sessions import (
    RowSession,
    RowSessions,
    account_looking,
    account_work,
    cookie_name,
    own_session,
    settings,
    vault,
)
from skills_bridge.domain.accounts import Actor, account_scope, scope_of
from skills_bridge.domain.jobs import BROKER_SILENCE
from skills_bridge.domain.personal import SESSION_STAGE
from skills_bridge.extensions import db
from skills_bridge.policies.permissions import HERS, Permission, may
from skills_bridge.queries.accounts import Installation, get_actor, get_installation
from skills_bridge.queries.personal.links import get_link_actor
from skills_bridge.services.accounts import TOUCH_AFTER, find_session
from skills_bridge.services.sending import keep_answer, use_form
from skills_bridge.unit_of_work import UnitOfWork, scoped, transaction, utc_now

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]

LANGUAGES: Final = ("fr", "ar", "en")
UPLOAD_BYTES: Final = 12 * 1024 * 1024
"""The most that may reach a view that takes a file."""
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that a link, a search engine or a preview may use."""


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
        row.user_id, row.membership_id, row.link_id = found.user_id, found.membership_id, found.link_id
        row.started_at, row.proved_at = found.started_at, found.proved_at
        row.modified = False
        row.is_old = now - found.seen_at > TOUCH_AFTER
        if found.stage == "signed_in" and found.user_id and found.membership_id:
            scoped(own, account_scope(found.user_id), read_only=True)
            g.actor = get_actor(own, user_id=found.user_id, membership_id=found.membership_id, session_id=found.id)
        elif found.stage == SESSION_STAGE and found.link_id:
            g.actor = get_link_actor(own, link_id=found.link_id, session_id=found.id, now=now)


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
            if actor is None and permission in HERS:
                return redirect(url_for("personal.closed"))
            if actor is None:
                return redirect(url_for("accounts.sign_in", next=_path_wanted()))
            if not may(actor, permission):
                abort(404)
            return proof_wanted(permission) or view(*args, **kwargs)

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


def is_foreign(asked: Request) -> bool:
    """Say whether a browser tells that another site sends this; one that tells nothing is judged by its token alone.

    The host is one of the trusted ones by now. A page that hides where it comes from (``null``) is none of ours.
    """
    origin = asked.headers.get("Origin")
    if origin is None:
        return asked.headers.get("Sec-Fetch-Site", "none") not in {"same-origin", "none"}
    return urlsplit(origin).netloc != asked.host


def reading() -> Session:
    """Return the session for reads: READ ONLY, in the scope of the actor's organisation, or of herself alone."""
    if "reading" not in g:
        g.reading = scoped(Session(db.engine), scope_of(current_actor()), read_only=True)
    found: Session = g.reading
    return found


@contextmanager
def unit_of_work() -> Iterator[UnitOfWork]:
    """Open the transaction of one write, in the scope that the actor reads in; a form takes effect once.

    :raises RuntimeError: a page that only shows would write.
    :raises AlreadySent: the same form took effect before.
    """
    if request.method in SAFE_METHODS:
        raise RuntimeError("a safe method never writes")
    close_reading(None)
    actor, digest = current_actor(), form_digest()
    with transaction(db.session, actor=actor, scope=scope_of(actor)) as uow:
        if digest is not None and "form_used" not in g:
            use_form(uow, digest=digest)
            g.form_used = digest
        yield uow


def form_key() -> str:
    """Return what tells this page's forms from those of any other page."""
    if "form_key" not in g:
        g.form_key = secrets.token_urlsafe(12)
    found: str = g.form_key
    return found


def form_digest() -> bytes | None:
    """Return the digest of the form that was sent; None for one that its page sends again and again by itself."""
    if "HX-Request" in request.headers or not request.form.get("form_key"):
        return None
    files = [(name, hashlib.sha256(file.stream.read()).hexdigest()) for name, file in request.files.items(multi=True)]
    for file in request.files.values():
        file.stream.seek(0)
    told = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    whole = json.dumps([request.full_path, sorted(told), sorted(files)], ensure_ascii=False)
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).digest()


def keep_form(response: Response) -> Response:
    """Remember where the answer to a form led: after every request."""
    digest = g.pop("form_used", None)
    if digest is not None and response.location and not getattr(g, "database_down", False):
        actor = current_actor()
        with (
            suppress(DBAPIError),  # the effect stands; who sends the form again is led home
            Session(db.engine) as own,
            transaction(own, actor=actor, scope=scope_of(actor)) as uow,
        ):
            keep_answer(uow, digest=digest, location=response.location)
    return response


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


def caller() -> str:
    """Return the network address of whoever sent this request."""
    return request.remote_addr or ""


def remember_language() -> None:
    """Keep a language asked for in the address."""
    wanted = request.args.get("lang")
    if wanted in LANGUAGES and session.get("language") != wanted:
        session["language"] = wanted


__all__ = [
    "LANGUAGES",
    "SAFE_METHODS",
    "UPLOAD_BYTES",
    "RowSession",
    "RowSessions",
    "account_looking",
    "account_work",
    "caller",
    "can",
    "close_reading",
    "cookie_name",
    "current_actor",
    "current_actor_or_none",
    "installation",
    "is_broker_down",
    "is_local_path",
    "language",
    "load_session",
    "own_session",
    "public",
    "reading",
    "remember_installation",
    "remember_language",
    "requires",
    "settings",
    "takes_file",
    "unit_of_work",
    "vault",
]
