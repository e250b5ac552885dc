"""Signing in and out by hand, as a person with a telephone does."""

from __future__ import annotations

import re

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenContext
from tests.factories.world import PASSWORD, TOTP_SECRET

pytestmark = pytest.mark.browser


def give_password(page: Page, who: str, password: str = PASSWORD) -> None:
    """Fill the first page in and go on."""
    page.goto("/sign-in?lang=fr")
    page.locator("input[name=email]").fill(f"{who}@example.invalid")
    page.locator("input[name=password]").fill(password)
    page.get_by_role("button", name="Continuer").click()


def give_code(page: Page, code: str) -> None:
    """Fill the second page in."""
    page.locator("input[name=code]").fill(code)
    page.get_by_role("button", name="Se connecter").click()


class TestSignIn:
    def test_leads_through_password_and_code_to_the_page_that_was_wanted_and_out_again(
        self, open_context: OpenContext
    ) -> None:
        page = open_context().new_page()
        page.goto("/figures/")
        assert "/sign-in" in page.url

        page.locator("input[name=email]").fill("analyst@example.invalid")
        page.locator("input[name=password]").fill(PASSWORD)
        page.get_by_role("button").filter(has_text=re.compile("Continuer")).click()
        give_code(page, pyotp.TOTP(TOTP_SECRET).now())
        expect(page).to_have_url(re.compile(r"/figures/$"))

        page.locator("details.account summary").click()
        page.get_by_role("button", name="Se déconnecter").click()
        expect(page.locator(".flash")).to_contain_text("Vous êtes déconnecté(e).")
        page.goto("/figures/")
        assert "/sign-in" in page.url

    def test_says_what_to_do_after_a_wrong_password(self, open_context: OpenContext) -> None:
        page = open_context().new_page()
        give_password(page, "officer", "un-autre-mot-de-passe")

        expect(page.locator(".error-summary")).to_contain_text("Adresse ou mot de passe incorrect.")
        expect(page.locator(".error-summary")).to_be_focused()

    def test_says_what_to_do_after_a_wrong_code(self, open_context: OpenContext) -> None:
        page = open_context().new_page()
        give_password(page, "officer")
        right = pyotp.TOTP(TOTP_SECRET).now()
        give_code(page, f"{(int(right) + 500_000) % 1_000_000:06d}")

        expect(page.locator(".error-summary")).to_contain_text("Code incorrect ou déjà utilisé.")
