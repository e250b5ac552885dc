"""The forms of every day, in a browser that runs no script."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenContext
from tests.browser.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


class TestWithoutScript:
    def test_the_form_of_an_opening_grows_by_a_line_and_keeps_what_was_typed(
        self, site: Site, open_context: OpenContext
    ) -> None:
        page = open_context("hr_manager", java_script_enabled=False).new_page()
        page.goto(site.path_to("hr_manager", "openings.create"))
        page.locator("input[name=title]").fill("Conducteur(trice) de ligne")
        lines = page.locator("[name^=requirements-][name$=-level]")
        before = lines.count()
        page.locator("button[name=add_row], button[name=add]").first.click()

        expect(lines).to_have_count(before + 1)
        expect(page.locator("input[name=title]")).to_have_value("Conducteur(trice) de ligne")

    def test_an_interview_is_kept_by_its_button(self, site: Site, open_context: OpenContext) -> None:
        page = open_context("adviser", java_script_enabled=False).new_page()
        page.goto(site.path_to("adviser", "seekers.interview"))
        choices = page.locator("main input[type=radio]")
        expect(choices.first).to_be_visible()
        choices.last.check()
        page.locator("main form button[type=submit]").last.click()

        expect(page.locator(".flash").first).to_be_visible()
        expect(page.locator(".error-summary")).to_have_count(0)
