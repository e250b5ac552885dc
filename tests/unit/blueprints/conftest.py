"""A small application that renders the product's templates without session or database."""

from collections.abc import Iterator

import pytest
from flask import Flask, request
from flask_babel import Babel, Domain
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined

from skills_bridge.adapters.texts import LOCALES, translations_of
from skills_bridge.blueprints.formats import add_filters
from skills_bridge.blueprints.listing import add_listing
from skills_bridge.blueprints.web import form_key


class Catalogues(Domain):  # type: ignore[misc]  # flask_babel has no types
    def get_translations(self) -> object:
        return translations_of(request.args.get("lang", "fr"))


@pytest.fixture
def app() -> Flask:
    app = Flask("skills_bridge")
    app.config.update(SECRET_KEY="only a test", SERVER_NAME="localhost")
    app.jinja_env.undefined = StrictUndefined
    babel = Babel(app, locale_selector=lambda: LOCALES[request.args.get("lang", "fr")])
    babel.domain_instance = Catalogues()
    CSRFProtect(app)
    app.jinja_env.globals["form_key"] = form_key
    add_filters(app)
    add_listing(app)
    return app


@pytest.fixture
def french(app: Flask) -> Iterator[None]:
    with app.test_request_context("/"):
        yield


@pytest.fixture
def arabic(app: Flask) -> Iterator[None]:
    with app.test_request_context("/?lang=ar"):
        yield
