"""Errors as pages: a sentence, a cure and a reference, for every view alike."""

from __future__ import annotations

import uuid

import structlog
from flask import Flask, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from skills_bridge.blueprints.refusals import explain
from skills_bridge.domain.errors import DomainError, NotFound, NotPermitted, RuleBroken, Stale

logger = structlog.get_logger()

PAGES = frozenset({400, 403, 404, 405, 409, 413, 429, 500, 503})
LOCK_NOT_AVAILABLE = "55P03"


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
    for kind in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(kind, on_database)
    app.register_error_handler(Exception, on_fault)


def on_http(error: HTTPException) -> ResponseReturnValue:
    """Show the page of an HTTP error; redirects pass."""
    if error.code is None or error.code < 400:  # noqa: PLR2004 below are answers, not errors
        return error.get_response()
    return error_page(error.code)


def on_csrf(_: CSRFError) -> ResponseReturnValue:
    """A form that is too old or not ours."""
    return error_page(400)


def on_refusal(error: DomainError) -> ResponseReturnValue:
    """A refusal that no form could show beside its field."""
    if isinstance(error, NotFound):
        return error_page(404)
    if isinstance(error, NotPermitted):
        return error_page(403)
    status = 412 if isinstance(error, Stale) else 409
    return error_page(
        status if status in PAGES else 409, sentence=explain(error) if isinstance(error, RuleBroken) else ""
    )


def on_database(error: Exception) -> ResponseReturnValue:
    """The database does not answer, or somebody holds the row: nothing was changed, and the page says so."""
    g.database_down = True
    g.pop("reading", None)
    locked = getattr(getattr(error, "orig", None), "sqlstate", None) == LOCK_NOT_AVAILABLE
    logger.warning("database unavailable", error=type(error).__name__, path=request.path)
    return error_page(409 if locked else 503)


def on_fault(error: Exception) -> ResponseReturnValue:
    """Anything unforeseen: logged with a reference that the person can quote."""
    reference = uuid.uuid4().hex[:12]
    logger.error(
        "unforeseen error", reference=reference, error=type(error).__name__, endpoint=request.endpoint, exc_info=error
    )
    return error_page(500, reference=reference)
