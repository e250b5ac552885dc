"""Every page of every role, in French and in Arabic by turns, on a phone and on a desk."""

from __future__ import annotations

import re
from typing import Any, Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page

from tests.browser.conftest import OpenContext
from tests.browser.site import PEOPLE, Site, Visited
from tests.factories.turns import part

pytestmark = pytest.mark.browser

DIRECTIONS: Final = {"fr": "ltr", "ar": "rtl"}
WIDTHS: Final = (360, 1280)
DEMO_MARK: Final = "DÉMONSTRATION : données fictives"
LATIN: Final = re.compile(r"[A-Za-zÀ-ÿ]{3,}")
AUDITED: Final = 6
"""Pages of a role whose accessibility is audited in a day."""
AXE: Final[dict[str, Any]] = {"resultTypes": ["violations"]}

OVERFLOW: Final = """() => {
    const wide = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= wide) return [];
    const out = [...document.querySelectorAll('body *')].filter(e => {
        const box = e.getBoundingClientRect();
        const hidden = e.closest('.table-frame, .skip, .visually-hidden');
        return box.width > 0 && (box.right > wide + 1 || box.left < -1) && !hidden;
    });
    return out.slice(0, 3).map(e => e.tagName.toLowerCase() + '.' + [...e.classList].join('.'));
}"""
FRAME: Final = """() => ({
    lang: document.documentElement.lang,
    dir: document.documentElement.dir,
    headings: document.querySelectorAll('h1').length,
    links: [...document.querySelectorAll('nav.side .side-wide a')].map(e => e.textContent.trim()),
    heading: document.querySelector('h1')?.textContent.trim() ?? '',
    body: document.body.textContent,
})"""


def problems_of(page: Page, visited: Visited, language: str) -> list[str]:
    """Return what is wrong with the frame of the page that is open."""
    seen = page.evaluate(FRAME)
    found = []
    if (seen["lang"], seen["dir"]) != (language, DIRECTIONS[language]):
        found.append(f"is in {seen['lang']} {seen['dir']}")
    if seen["headings"] != 1:
        found.append(f"has {seen['headings']} main headings")
    if DEMO_MARK not in seen["body"]:
        found.append("does not say that its data are invented")
    if language == "ar":
        words = seen["links"] + ([seen["heading"]] if visited.view.endswith(".index") else [])
        found += [f"left untranslated: {text}" for text in words if LATIN.search(text)]
    return found


def violations_of(page: Page) -> list[str]:
    """Return the serious findings of axe on the page that is open."""
    found = Axe().run(page, options=AXE).response["violations"]
    return [
        f"{rule['id']}: {rule['help']}: {rule['nodes'][0]['html'][:160]}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
    ]


def overflows_of(page: Page) -> list[str]:
    """Return what is wider than the window, at each width."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"overflows at {width}: {place}" for place in page.evaluate(OVERFLOW)]
    return found


class TestEveryPage:
    @pytest.mark.timeout(300)  # one test walks all the pages of a role
    @pytest.mark.parametrize("language", part(tuple(DIRECTIONS), 1))
    @pytest.mark.parametrize("who", PEOPLE)
    def test_fits_is_quiet_and_is_accessible(
        self, site: Site, open_context: OpenContext, who: str, language: str
    ) -> None:
        page = open_context(who, language=language).new_page()
        told: list[str] = []
        page.on("console", lambda message: told.append(complaint(message)))
        page.on("pageerror", lambda error: told.append(f"script error: {error}"))
        wrong, pages = [], site.pages_to_try(who)
        audited = part([one for one in pages if site.first_to_see(one.view) == who], AUDITED)
        for visited in pages:
            told.clear()
            answer = page.goto(f"{visited.path}?lang={language}")
            assert answer is not None
            found = [] if answer.status == 200 else [f"answers {answer.status}"]
            found += problems_of(page, visited, language) + overflows_of(page)
            if visited in audited:
                found += violations_of(page)
            wrong += [f"{visited.view} {visited.path}: {text}" for text in (*found, *filter(None, told))]

        assert not wrong, "\n".join(wrong)


def complaint(message: ConsoleMessage) -> str:
    """Return what the browser's console complains of, or nothing."""
    return f"console {message.type}: {message.text}" if message.type in ("error", "warning") else ""
