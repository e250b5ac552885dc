"""Working off the lists of matching by hand: proposals, and near profiles with the course before their post."""

from __future__ import annotations

import re
from typing import Final

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from skills_bridge.domain.matching import ResultClass
from skills_bridge.models import MatchResult, Opening, Reservation, Seeker
from skills_bridge.services.reservations import expire_reservations
from tests.browser.conftest import OpenContext
from tests.browser.site import Site
from tests.browser.test_pages import overflows_of, violations_of
from tests.factories.referrals import later

pytestmark = pytest.mark.browser

RESERVE: Final = {"fr": "Proposer la formation et le poste ensemble", "ar": "اقتراح التكوين والمنصب معا"}


def sound(page: Page) -> None:
    """Check the page that is open: nothing wider than the window, at two widths, and nothing serious to axe."""
    assert overflows_of(page) + violations_of(page) == []


def near(site: Site, number: int) -> tuple[str, str]:
    """Return an opening and a near profile of it for whom nothing is reserved yet."""
    with site.world.as_owner() as session:
        row = session.execute(
            select(Opening.reference, Seeker.public_id)
            .join(MatchResult, MatchResult.run_id == Opening.current_run_id)
            .join(Seeker, Seeker.id == MatchResult.seeker_id)
            .where(
                MatchResult.opening_id == Opening.id,
                MatchResult.result_class == ResultClass.NEAR,
                Seeker.id.not_in(select(Reservation.seeker_id).where(Reservation.ended_at.is_(None))),
            )
            .order_by(Seeker.id)
            .limit(1)
            .offset(number)
        ).one()
        return row.reference, str(row.public_id)


class TestProposals:
    def test_are_followed_together_after_a_look_and_set_aside_with_a_reason(
        self, site: Site, open_context: OpenContext
    ) -> None:
        page = open_context("adviser").new_page()
        page.goto("/matching/proposals/?lang=fr")
        boxes = page.locator("input[name=proposal]")
        before = boxes.count()
        assert before >= 2
        first = page.locator("tbody a").first.inner_text()

        page.locator("tbody a").first.click()
        page.get_by_role("button", name="Écarter").click()
        expect(page.locator(".error-summary")).to_contain_text("Choisissez un motif")
        page.locator("select[name=reason]").select_option("not_suited")
        page.get_by_role("button", name="Écarter").click()
        expect(page.locator(".flash")).to_contain_text("La proposition est écartée")
        expect(page.locator("tbody")).not_to_contain_text(first)

        boxes.first.check()
        page.get_by_role("button", name="Suivre les propositions cochées").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Suivre les propositions")
        sound(page)
        page.get_by_role("button", name=re.compile("Proposer l’offre à 1 personne")).click()
        expect(page.locator(".flash")).to_contain_text("1 personne proposée")
        expect(boxes).to_have_count(before - 2)


class TestNearProfile:
    @pytest.mark.parametrize("language", RESERVE)
    def test_is_reserved_seat_and_post_until_the_last_day_has_passed(
        self, site: Site, open_context: OpenContext, language: str
    ) -> None:
        reference, person = near(site, 0)
        page = open_context("adviser", language=language, width=360).new_page()
        page.goto(f"/openings/{reference}/matching/near?lang={language}")
        page.locator(f"#p-{person}").get_by_role("link", name=RESERVE[language]).click()
        sound(page)
        page.set_viewport_size({"width": 360, "height": 900})
        page.locator("main form button[type=submit]").click()
        expect(page.locator(f"#p-{person} .tag-success")).to_be_visible()
        sound(page)

        site.aside.submit(expire, site).result()
        page.reload()
        expect(page.locator(f"#p-{person}").get_by_role("link", name=RESERVE[language])).to_be_visible()
        expect(page.locator("#reservations")).to_have_count(0)

    def test_who_declines_costs_nobody_a_seat(self, site: Site, open_context: OpenContext) -> None:
        reference, person = near(site, 0)
        page = open_context("adviser").new_page()
        page.goto(f"/openings/{reference}/matching/{person}?lang=fr")
        page.get_by_role("link", name=RESERVE["fr"]).click()
        page.get_by_role("button", name="Réserver la place et le poste").click()
        page.locator("#reservations").get_by_role("link", name=re.compile("Suivre")).first.click()
        page.get_by_role("link", name="Enregistrer la réponse").click()
        sound(page)
        page.get_by_label("Elle refuse, sans conséquence").check()
        page.locator("select[name=channel]").select_option("phone")
        page.get_by_role("button", name="Enregistrer").click()
        expect(page.locator(".error-summary")).to_contain_text("Choisissez le motif du refus.")
        page.locator("select[name=reason]").select_option("distance")
        page.get_by_role("button", name="Enregistrer").click()
        expect(page.locator("main .page-reference .tag")).to_have_text("réservation terminée")
        expect(page.locator("main")).to_contain_text("la personne a refusé")


def expire(site: Site) -> None:
    """Let the last day of every seat pass that nobody uses."""
    with site.world.platform(clock=later(15)) as uow:
        assert expire_reservations(uow)
