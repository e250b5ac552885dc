"""Working without a mouse."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenContext
from tests.browser.site import Site

pytestmark = pytest.mark.browser


class TestKeyboard:
    def test_skips_to_the_content_with_its_first_stop(self, open_context: OpenContext) -> None:
        page = open_context("adviser").new_page()
        page.goto("/")
        page.keyboard.press("Tab")
        expect(page.locator("a.skip")).to_be_focused()

        page.keyboard.press("Enter")
        expect(page.locator("main")).to_be_focused()

    def test_opens_the_menu_of_a_small_screen_and_follows_it(self, open_context: OpenContext) -> None:
        page = open_context("adviser", width=360).new_page()
        page.goto("/")
        home = page.url
        page.locator(".side-narrow summary").focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")

        page.wait_for_url(lambda url: url != home)
        expect(page.locator(".side-narrow a[aria-current=page]")).to_have_count(1)

    @pytest.mark.parametrize("language", ["fr", "ar"])
    def test_leaves_a_question_with_escape_and_comes_back_to_its_button(
        self, site: Site, open_context: OpenContext, language: str
    ) -> None:
        page = open_context("adviser").new_page()
        page.goto(f"{opening_to_close(site)}?lang={language}")
        question = page.locator("main details.confirm").first
        question.locator("summary").focus()
        page.keyboard.press("Enter")
        expect(question.locator(".confirm-panel")).to_be_visible()

        page.keyboard.press("Escape")
        expect(question.locator(".confirm-panel")).to_be_hidden()
        expect(question.locator("summary")).to_be_focused()


def opening_to_close(site: Site) -> str:
    """Return the address of a validated opening."""
    return "/openings/" + site.path_to("adviser", "matching.opening ready").split("/")[2]
