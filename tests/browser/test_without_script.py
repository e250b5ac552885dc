"""The forms of every day, in a browser that runs no script."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenContext
from tests.browser.site import Site

pytestmark = pytest.mark.browser


class TestWithoutScript:
    def test_the_form_of_an_opening_grows_by_a_line_and_keeps_what_was_typed(
        self, site: Site, open_context: OpenContext
    ) -> None:
        page = open_context("hr_manager", java_script_enabled=False).new_page()
        page.goto(f"{site.path_to('hr_manager', 'openings.create')}?lang=fr")
        page.locator("input[name=title]").fill("Conducteur(trice) de ligne")
        lines = page.locator("[name^=requirements-][name$=-level]")
        before = lines.count()
        page.locator("button[name=add_row], button[name=add]").first.click()

        expect(lines).to_have_count(before + 1)
        expect(page.locator("input[name=title]")).to_have_value("Conducteur(trice) de ligne")

    def test_an_interview_is_kept_by_its_button(self, site: Site, open_context: OpenContext) -> None:
        page = open_context("adviser", java_script_enabled=False).new_page()
        page.goto(f"{site.path_to('adviser', 'seekers.interview')}?lang=fr")
        question = page.locator("fieldset.question").first
        answer = question.locator("label").last
        words = answer.inner_text()
        answer.click()
        page.get_by_role("button", name="Terminer", exact=True).click()

        expect(page).to_have_url(re.compile(r"/seekers/[0-9a-f-]{36}$"))
        page.go_back()
        page.reload()
        expect(page.locator(".answer-kept").first).to_contain_text(words.split()[-1])
