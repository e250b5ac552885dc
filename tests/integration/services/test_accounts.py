"""Accounts: made with a real password, signed in for one live membership, limits that many at once can't pass."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from skills_bridge.domain.accounts import CLOCK, Role, account_scope
from skills_bridge.domain.credentials import LIMITS, Try
from skills_bridge.domain.errors import Invalid, RuleBroken
from skills_bridge.models import AuditEntry, Organisation, SignInAttempt
from skills_bridge.services.accounts import add_membership, check_password, choose_membership, create_account
from skills_bridge.unit_of_work import transaction, utc_now
from tests.factories.world import PASSWORD, TOTP_SECRET, VAULT, World

EMAIL = "adviser@example.invalid"


def tried(world: World, password: str, *, minutes: int = 0, address: str = "10.0.0.1") -> int:
    with (
        Session(world.engines["web"]) as session,
        transaction(
            session, actor=CLOCK, scope=account_scope(), clock=lambda: utc_now() + timedelta(minutes=minutes)
        ) as uow,
    ):
        return check_password(uow, email=EMAIL, password=password, address=address, vault=VAULT)


class TestAccount:
    def test_needs_a_password_of_twelve_letters(self, world: World) -> None:
        with pytest.raises(Invalid) as refusal, world.platform() as uow:
            create_account(uow, email="a@b.ma", display_name="A", password="court", totp_secret="x", vault=VAULT)

        assert refusal.value.facts["least"] == 12

    def test_acts_for_an_organisation_and_leaves_no_name_in_the_audit(self, world: World) -> None:
        with world.platform() as uow:
            user = create_account(
                uow,
                email="Nouvelle@Example.invalid",
                display_name="Nouvelle Personne",
                password="trois chevaux sur un pont",
                totp_secret=TOTP_SECRET,
                vault=VAULT,
            )
            membership = add_membership(
                uow, user_id=user.id, organisation_id=world.ids["company"], role=Role.HR_MANAGER
            )
            user_id, membership_id = user.id, membership.id
        with (
            Session(world.engines["web"]) as session,
            transaction(session, actor=CLOCK, scope=account_scope(user_id)) as uow,
        ):
            assert choose_membership(uow.session, user_id=user_id) == membership_id
        with world.as_owner() as session:
            facts = " ".join(session.scalars(select(AuditEntry.facts)))
            session.execute(
                update(Organisation).where(Organisation.id == world.ids["company"]).values(state="suspended")
            )
            session.commit()
        assert "Nouvelle" not in facts
        with (
            Session(world.engines["web"]) as session,
            transaction(session, actor=CLOCK, scope=account_scope(user_id)) as uow,
        ):
            assert choose_membership(uow.session, user_id=user_id) is None


class TestLimit:
    def test_passes_with_time_and_counts_no_success(self, world: World) -> None:
        for _ in range(LIMITS[Try.PASSWORD][0].most):
            assert tried(world, "faux") == 0
            assert tried(world, PASSWORD) if _ == 0 else True
        with pytest.raises(RuleBroken):
            tried(world, PASSWORD)

        assert tried(world, PASSWORD, minutes=6) == world.actors["adviser"].user_id

    def test_holds_for_many_at_once(self, world: World) -> None:
        most = LIMITS[Try.PASSWORD][0].most
        refused: list[str] = []

        def attack() -> None:
            for _ in range(4):
                try:
                    tried(world, "faux")
                except RuleBroken as refusal:
                    refused.append(refusal.code)

        attackers = [threading.Thread(target=attack) for _ in range(6)]
        for attacker in attackers:
            attacker.start()
        for attacker in attackers:
            attacker.join()

        assert refused == ["too-many-tries"] * (24 - most)
        with world.as_owner() as session:
            counted = session.scalar(
                select(func.count()).select_from(SignInAttempt).where(SignInAttempt.kind == "password")
            )
        assert counted == len(LIMITS[Try.PASSWORD]) * most
