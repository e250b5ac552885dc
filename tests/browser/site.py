"""The served site as the browser tests know it: its people, and the pages that each of them can reach by links."""

from __future__ import annotations

import html
import re
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.test import Cookie

from skills_bridge.blueprints.web import cookie_name
from tests.factories.samples import HERSELF
from tests.factories.world import World, client_of

PEOPLE: Final = (
    "adviser",
    "hr_manager",
    "centre_manager",
    "report_officer",
    "administrator",
    "officer",
    "unit_manager",
    "company_admin",
    "industry_signatory",
    "analyst",
    "data_protection_officer",
    HERSELF,
)
"""One person a role, and one in search of work by her link; those who do most come first."""
STARTS: Final = {HERSELF: "/personal/"}
"""Where people begin who have no home page."""

LINK: Final = re.compile(r'<a\b[^>]*\bhref="(/[^"]*)"')
MENU: Final = ".index"
"""How the views of the menu end."""


@dataclass(frozen=True)
class Visited:
    """A page that a person reaches by links; ``view`` is its endpoint, with the kind of list if there are several."""

    view: str
    path: str
    status: int


@dataclass
class Site:
    """The address of the running site, and who is there."""

    world: World
    app: Flask
    base_url: str
    aside: Executor
    """A thread without the browser's event loop: Flask's own client refuses to run beside one."""
    _clients: dict[str, FlaskClient] = field(default_factory=dict)
    _pages: dict[str, tuple[Visited, ...]] = field(default_factory=dict)

    def session_of(self, who: str) -> Cookie:
        """Return the session cookie of a signed-in person."""
        return self.aside.submit(self._signed_in, who).result()

    def pages_of(self, who: str) -> tuple[Visited, ...]:
        """Return the pages that a person reaches from the home page by links: one a view."""
        if who not in self._pages:
            self._pages[who] = self.aside.submit(lambda: tuple(self._walk(who))).result()
        return self._pages[who]

    def first_to_see(self, view: str) -> str:
        """Return the first person who reaches a view: what does not depend on the person is checked once."""
        return next(who for who in PEOPLE if any(page.view == view for page in self.pages_of(who)))

    def pages_to_try(self, who: str) -> list[Visited]:
        """Return a person's menu, and every other page that nobody before her reaches."""
        return [p for p in self.pages_of(who) if p.view.endswith(MENU) or self.first_to_see(p.view) == who]

    def path_to(self, who: str, view: str) -> str:
        """Return the address of a page of a view, as a person reaches it."""
        return next(page.path for page in self.pages_of(who) if page.view == view)

    def _signed_in(self, who: str) -> Cookie:
        with self.app.app_context():
            cookie = self._client(who).get_cookie(cookie_name(), domain="localhost")
        assert cookie is not None
        return cookie

    def _client(self, who: str) -> FlaskClient:
        if who not in self._clients:
            self._clients[who] = client_of(self.app, self.world, who)
        return self._clients[who]

    def _walk(self, who: str) -> Iterator[Visited]:
        first = STARTS.get(who, "/")
        waiting, known, seen = deque([first]), {first, "/"}, set[str]()
        while waiting:
            path = waiting.popleft()
            view = self._view_of(path)
            if view is None or view in seen:
                continue
            answer = self._client(who).get(path, follow_redirects=True)
            if answer.mimetype != "text/html" and answer.status_code == 200:
                continue
            seen.add(view)
            yield Visited(view, path, answer.status_code)
            for link in LINK.findall(answer.text):
                target = urlsplit(html.unescape(link)).path
                if target not in known:
                    known.add(target)
                    waiting.append(target)

    def _view_of(self, path: str) -> str | None:
        try:
            endpoint, values = self.app.url_map.bind("localhost").match(path, method="GET")
        except (HTTPException, RequestRedirect):
            return None
        if endpoint == "static" or endpoint.startswith(("accounts.", "health.")):
            return None
        return " ".join((endpoint, *([values["kind"]] if "kind" in values else [])))
