"""The composition root: binds extensions, makes the outside systems, registers every area."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import click
from celery import Celery
from flask import Flask, Response, abort, current_app, g, request, url_for
from flask_babel import Domain, get_locale
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from skills_bridge.adapters.celery import make_celery
from skills_bridge.adapters.database import POOL, disclosing
from skills_bridge.adapters.encoder import SentenceEncoder
from skills_bridge.adapters.texts import LOCALES, translations_of
from skills_bridge.adapters.vault import Vault
from skills_bridge.blueprints import AREAS
from skills_bridge.blueprints.errors import add_error_pages
from skills_bridge.blueprints.formats import add_filters
from skills_bridge.blueprints.listing import add_listing
from skills_bridge.blueprints.navigation import add_navigation
from skills_bridge.blueprints.web import (
    SAFE_METHODS,
    RowSessions,
    can,
    close_reading,
    current_actor_or_none,
    form_key,
    installation,
    is_broker_down,
    is_foreign,
    keep_form,
    language,
    load_session,
    remember_language,
)
from skills_bridge.blueprints.web import (
    settings as site_settings,
)
from skills_bridge.cli import COMMANDS
from skills_bridge.domain.settings import Settings
from skills_bridge.extensions import babel, csrf, db
from skills_bridge.tasks import AREAS as TASK_AREAS
from skills_bridge.tasks.runtime import start_runtime
from skills_bridge.tasks.schedule import BEAT_SCHEDULE

FORM_BYTES: Final = 256 * 1024
"""The most that a form may hold: the longest text in Arabic takes six bytes a letter."""
MANIFEST: Final = Path(__file__).parent / "static" / "dist" / "manifest.json"
HASHED: Final = re.compile(r"-[A-Z0-9]{8}\.[a-z0-9.]+$")
"""How the names of bundled files end: they change with their content."""
SILENT: Final = frozenset({"static", "health.live", "health.ready"})
"""Endpoints that need no session."""


class Catalogues(Domain):  # type: ignore[misc]  # flask_babel has no types
    """The product's own catalogues in place of compiled ones."""

    def get_translations(self) -> Any:
        """Return the sentences of this request's language."""
        current = get_locale()
        return translations_of(current.language if current else language())


def create_app(settings: Settings, *, pool: Mapping[str, Any] = POOL) -> Flask:
    """Return the web application; ``pool`` are the options of its connections."""
    app = Flask("skills_bridge")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.secret_key_fallbacks),
        SQLALCHEMY_ENGINES={"default": {"url": settings.databases.web, **disclosing(pool, settings.disclosure_days)}},
        MAX_CONTENT_LENGTH=FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=FORM_BYTES,
        MAX_FORM_PARTS=1000,
        TRUSTED_HOSTS=list(settings.trusted_hosts),
        WTF_CSRF_TIME_LIMIT=None,
        SEND_FILE_MAX_AGE_DEFAULT=31_536_000,
        BABEL_DEFAULT_TIMEZONE="UTC",
    )
    app.extensions["skills_bridge.settings"] = settings
    app.extensions["skills_bridge.vault"] = Vault(settings.vault)
    app.extensions["skills_bridge.encoder"] = SentenceEncoder()
    if settings.trusted_proxies:
        proxies = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]  # Flask's own way
    app.jinja_env.undefined = StrictUndefined
    app.session_interface = RowSessions()
    app.before_request(begin)
    db.init_app(app)
    babel.init_app(app, locale_selector=lambda: LOCALES[language()])
    babel.domain_instance = Catalogues()
    csrf.init_app(app)
    add_error_pages(app)
    add_filters(app)
    add_listing(app)
    add_navigation(app)
    add_globals(app)
    app.after_request(add_headers)
    app.after_request(keep_form)
    app.teardown_request(close_reading)
    for blueprint in AREAS:
        app.register_blueprint(blueprint)
    return app


def begin() -> None:
    """Prepare a request: nonce, session, language.

    A form that another site sends is refused at the door, and so is a NUL, which no text of ours can hold.
    """
    g.csp_nonce = secrets.token_urlsafe(16)
    request.max_content_length = getattr(
        current_app.view_functions.get(request.endpoint or ""), "most_bytes", FORM_BYTES
    )
    if request.method not in SAFE_METHODS and is_foreign(request):
        abort(400)
    if "\0" in request.path or any("\0" in value for values in request.values.listvalues() for value in values):
        abort(400)
    if request.endpoint not in SILENT:
        load_session()
        remember_language()


def add_globals(app: Flask) -> None:
    """Give the templates what every page shows."""
    assets: dict[str, str] = json.loads(MANIFEST.read_text()) if MANIFEST.exists() else {}

    def asset(name: str) -> str:
        return url_for("static", filename=f"dist/{assets.get(name, name)}")

    def context() -> dict[str, Any]:
        tongue = language()
        return {
            "asset": asset,
            "can": can,
            "current_actor": current_actor_or_none(),
            "demo": installation().is_demo,
            "broker_down": is_broker_down(),
            "language": tongue,
            "direction": "rtl" if tongue == "ar" else "ltr",
            "csp_nonce": g.get("csp_nonce", ""),
        }

    app.context_processor(context)
    app.jinja_env.globals["form_key"] = form_key


def add_headers(response: Response) -> Response:
    """Add the headers that keep a page to itself: no foreign script, style, frame or address."""
    nonce = g.get("csp_nonce", "")
    response.headers.setdefault(
        "Content-Security-Policy",
        f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:;"
        " font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    )
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if site_settings().is_https:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint != "static" or response.status_code >= HTTPStatus.BAD_REQUEST:
        response.headers["Cache-Control"] = "no-store"
    elif not is_hashed(request.path):
        response.headers["Cache-Control"] = "no-cache"
    return response


def is_hashed(path: str) -> bool:
    """Say whether a static file's name changes with its content, so that browsers may keep it for good."""
    return HASHED.search(path) is not None


def create_celery(settings: Settings) -> Celery:
    """Return the Celery application of worker and beat, with every task registered."""
    start_runtime(settings)
    celery = make_celery(settings.broker_url)
    celery.conf.beat_schedule = BEAT_SCHEDULE
    celery.conf.imports = tuple(TASK_AREAS)
    return celery


def create_cli(load: Callable[[], Settings]) -> click.Group:
    """Return the commands; ``load`` reads the settings, and is called only by commands that need them."""

    @click.group(context_settings={"obj": load, "help_option_names": ["-h", "--help"]})
    def commands() -> None:
        """Skills Bridge: the commands of an installation."""

    for command in COMMANDS:
        commands.add_command(command)
    return commands
