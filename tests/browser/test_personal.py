"""The way of a person on her telephone: the adviser's page, one button, her answer; in French and in Arabic."""

from __future__ import annotations

import re
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from skills_bridge.models import Seeker
from tests.browser.conftest import OpenContext
from tests.browser.site import Site
from tests.browser.test_pages import overflows_of, violations_of
from tests.factories.openings import validated_opening
from tests.factories.referrals import fitting_seeker, proposed_referral
from tests.factories.turns import part

pytestmark = pytest.mark.browser

WORDS: Final = {
    "fr": ("Ouvrir ma page", "Accepter", "vous avez accepté", "Confirmer le refus", "vous avez refusé"),
    "ar": ("فتح صفحتي", "قبول", "قبلتم", "تأكيد الرفض", "رفضتم"),
}
ADDRESS: Final = re.compile(r"/personal/open/[\w-]+")


def asked_twice(site: Site) -> str:
    """Propose two openings to somebody new and return the address of her file."""
    seeker_id = fitting_seeker(site.world)
    for _ in range(2):
        proposed_referral(site.world, validated_opening(site.world), seeker_id)
    with site.world.as_owner() as session:
        return f"/seekers/{session.get_one(Seeker, seeker_id).public_id}"


def handed_out(page: Page, file: str, language: str) -> str:
    """Press the adviser's button and return the address on the page that is shown once."""
    page.goto(f"{file}?lang=fr")
    page.locator("#link summary").click()
    page.get_by_label("À l’écran", exact=False).check()
    page.locator("#link-language").select_option(language)
    page.get_by_role("button", name="Créer le lien").click()
    shown = page.locator(".link-address").inner_text()
    assert page.locator("img.square-code").bounding_box()
    assert overflows_of(page) == []
    found = ADDRESS.search(shown)
    assert found
    return found[0]


@pytest.mark.parametrize("language", part(tuple(WORDS), 1))
def test_a_person_answers_on_her_telephone(site: Site, open_context: OpenContext, language: str) -> None:
    opens, yes, accepted, confirmed, declined = WORDS[language]
    file = site.aside.submit(asked_twice, site).result()
    address = handed_out(open_context("adviser").new_page(), file, language)

    phone = open_context(language=language, width=360).new_page()
    phone.goto(address)
    assert overflows_of(phone) == []
    assert violations_of(phone) == []
    phone.set_viewport_size({"width": 360, "height": 740})
    phone.get_by_role("button", name=opens).click()
    expect(phone.locator("html")).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
    expect(phone.get_by_role("article")).to_have_count(2)

    phone.get_by_role("button", name=yes, exact=True).first.click()
    expect(phone.get_by_text(accepted)).to_be_visible()
    phone.get_by_role("article").locator("summary").click()
    phone.locator("select[name=reason]").select_option("schedule")
    phone.get_by_role("button", name=confirmed).click()
    expect(phone.get_by_text(declined)).to_be_visible()

    adviser = open_context("adviser").new_page()
    adviser.goto(f"{file}?lang=fr")
    expect(adviser.locator("#link")).to_contain_text("ouvert")
