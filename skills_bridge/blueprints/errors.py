"""Errors as pages: a sentence, a cure and a reference, for every view alike."""

from __future__ import annotations

import uuid
from contextlib import suppress

import structlog
from flask import Flask, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError

from skills_bridge.blueprints.refusals import explain
from skills_bridge.blueprints.web import close_reading
from skills_bridge.domain.errors import AlreadySent, DomainError, NotFound, NotPermitted, RuleBroken, Stale
from skills_bridge.domain.matching import BadMatchingInput

logger = structlog.get_logger()

PAGES = frozenset({400, 403, 404, 405, 409, 413, 429, 500, 503})
LOCK_NOT_AVAILABLE = "55P03"
UNIQUE_VIOLATION = "23505"
DATABASE_AWAY = (OperationalError, InterfaceError, PoolTimeout)


def error_page(status: int, *, sentence: str = "", reference: str = "") -> ResponseReturnValue:
    """Return the page of a status; a sentence of the business comes first if there is one."""
    page = status if status in PAGES else 400
    headers = {"Retry-After": "30"} if status in (429, 503) else {}
    return render_template(f"errors/{page}.html", sentence=sentence, reference=reference), status, headers


def add_error_pages(app: Flask) -> None:
    """Turn every error into its page."""
    app.register_error_handler(HTTPException, on_http)
    app.register_error_handler(CSRFError, on_csrf)
    app.register_error_handler(DomainError, on_refusal)
    for kind in DATABASE_AWAY:
        app.register_error_handler(kind, on_database)
    app.register_error_handler(IntegrityError, on_race)
    app.register_error_handler(DataError, on_unfit_value)
    app.register_error_handler(Exception, on_fault)


def on_http(error: HTTPException) -> ResponseReturnValue:
    """Show the page of an HTTP error; redirects pass, and what failed after the view is judged as if it had in it."""
    if isinstance(error, SecurityError):  # a foreign host name: no page, for no address of ours can be built
        return Response("400", 400, mimetype="text/plain")
    if isinstance(error, InternalServerError) and isinstance(error.original_exception, Exception):
        late = error.original_exception
        return on_database(late) if isinstance(late, DATABASE_AWAY) else on_fault(late)
    if error.code is None or error.code < 400:  # noqa: PLR2004 below are answers, not errors
        return error.get_response()
    return error_page(error.code)


def on_csrf(_error: CSRFError) -> ResponseReturnValue:
    """A form that is too old or not ours."""
    return error_page(400)


def on_refusal(error: DomainError) -> ResponseReturnValue:
    """A refusal that no form could show beside its field."""
    if isinstance(error, NotFound):
        return error_page(404)
    if isinstance(error, NotPermitted):
        return error_page(403)
    if isinstance(error, AlreadySent):
        flash(_("Ce formulaire était déjà envoyé : il n’a eu qu’un effet, que voici."), "info")
        return redirect(error.location or url_for("home.index"))
    status = 412 if isinstance(error, Stale) else 409
    sentence = explain(error) if isinstance(error, RuleBroken | BadMatchingInput) else ""
    return error_page(status if status in PAGES else 409, sentence=sentence)


def on_database(error: Exception) -> ResponseReturnValue:
    """The database does not answer, or somebody holds the row: nothing was changed, and the page says so."""
    g.database_down = True
    with suppress(DBAPIError):
        close_reading(None)
    locked = sqlstate_of(error) == LOCK_NOT_AVAILABLE
    logger.warning("database unavailable", error=type(error).__name__, path=request.path)
    return error_page(409 if locked else 503)


def sqlstate_of(error: Exception) -> str | None:
    """Return the database's own code of an error."""
    state: str | None = getattr(getattr(error, "orig", None), "sqlstate", None)
    return state


def on_race(error: IntegrityError) -> ResponseReturnValue:
    """Somebody wrote the same thing first; any other broken constraint is a fault of ours."""
    if sqlstate_of(error) != UNIQUE_VIOLATION:
        return on_fault(error)
    constraint = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    logger.warning("written twice", constraint=constraint, endpoint=request.endpoint)
    return error_page(409)


def on_unfit_value(error: DataError) -> ResponseReturnValue:
    """A value that no column can hold, such as a number of thirty digits in an address."""
    logger.warning("unfit value", sqlstate=sqlstate_of(error), endpoint=request.endpoint)
    return error_page(400)


def on_fault(error: Exception) -> ResponseReturnValue:
    """Anything unforeseen: logged with a reference that the person can quote."""
    reference = uuid.uuid4().hex[:12]
    logger.error(
        "unforeseen error", reference=reference, error=type(error).__name__, endpoint=request.endpoint, exc_info=error
    )
    return error_page(500, reference=reference)
