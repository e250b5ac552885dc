"""A real Chromium in front of the real site, over one world that all browser tests share."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from werkzeug.serving import make_server

from tests.browser.site import Site
from tests.factories.copies import copied_world
from tests.factories.openings import validated_opening
from tests.factories.referrals import proposed_referral
from tests.factories.samples import HERSELF, with_herself
from tests.factories.world import World, app_of
from tests.servers import TestServers

QUIET = (
    "--no-sandbox",  # root in a container has no other way
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)

OpenContext = Callable[..., BrowserContext]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start the system's browser, silent towards outside hosts.

    It ends with the module: while Playwright runs, its event loop occupies the thread, and every later test of the
    same worker process that closes an application context would stumble over it.
    """
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(QUIET))
        yield started
        started.close()


@pytest.fixture(scope="session")
def site(
    test_servers: TestServers, worker_id: str, told_template: World, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """Serve the site over a database in which the whole story has been told."""
    with copied_world(test_servers, told_template, f"browser_{worker_id}") as world:
        world = with_herself(world)  # noqa: PLW2901  # the same world, with one reader more
        proposed_referral(world, validated_opening(world), world.actors[HERSELF].seeker_id or 0)
        app = app_of(world.urls, tmp_path_factory.mktemp("site"))
        app.config["WTF_CSRF_ENABLED"] = True
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        with ThreadPoolExecutor(max_workers=1) as aside:
            yield Site(world=world, app=app, base_url=f"http://localhost:{server.server_port}", aside=aside)
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def open_context(site: Site, browser: Browser) -> Iterator[OpenContext]:
    """Return a function that opens a browser of its own, signed in as a person if one is named."""
    opened: list[BrowserContext] = []

    def open_as(who: str | None = None, *, language: str = "fr", width: int = 1280, **options: Any) -> BrowserContext:
        context = browser.new_context(
            base_url=site.base_url, viewport={"width": width, "height": 900}, locale=language, **options
        )
        context.set_default_timeout(10_000)
        if who is not None:
            cookie = site.session_of(who)
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site.base_url}])
        opened.append(context)
        return context

    yield open_as
    for context in opened:
        context.close()
