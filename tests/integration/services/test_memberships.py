"""A removed person keeps nothing: one function ends a membership, and a walk of random acts finds no way round it."""

from __future__ import annotations

import random
import secrets
import threading
from dataclasses import replace
from typing import Final

import pytest
from sqlalchemy import func, select, update

from skills_bridge.domain.accounts import ADMINISTERS, ROLES_BY_KIND, Actor, Role
from skills_bridge.domain.errors import AlreadyDone, Invalid, NotFound, NotPermitted, RuleBroken
from skills_bridge.domain.jobs import ENDS_WITH_ITS_ASKER, JobState
from skills_bridge.models import Invitation, Job, Membership, Organisation, WebSession
from skills_bridge.queries.accounts import get_actor
from skills_bridge.services.accounts import (
    add_membership,
    change_role,
    end_membership,
    invite,
    resend_invitation,
    start_session,
)
from tests.factories.accounts import at_door
from tests.factories.world import VAULT, World

PEOPLE: Final = ("company_admin", "hr_manager", "analyst", "officer", "other_hr_manager")


def live(world: World, organisation: str) -> list[Membership]:
    with world.as_owner() as session:
        return list(
            session.scalars(
                select(Membership).where(
                    Membership.organisation_id == world.ids[organisation], Membership.ended_at.is_(None)
                )
            )
        )


def sign_in(world: World, membership: Membership) -> None:
    with at_door(world, membership.user_id) as uow:
        start_session(
            uow,
            token=secrets.token_urlsafe(16),
            user_id=membership.user_id,
            membership_id=membership.id,
            stage="signed_in",
            payload={},
        )


class Walk:
    """Random acts on one organisation's team, with what must hold after each."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.dice = random.Random(seed)
        self.company = world.ids["company"]
        self.refused: set[str] = set()

    def step(self) -> None:
        act = self.dice.choice(
            [self.come_in, self.come_in, self.go, self.go, self.change, self.invite, self.ask_work, self.resend]
        )
        try:
            act()
        except (RuleBroken, NotPermitted, NotFound) as refusal:
            self.refused.add(getattr(refusal, "code", type(refusal).__name__))

    def any_member(self) -> Membership:
        return self.dice.choice(live(self.world, "company"))

    def actor(self) -> str:
        """Return somebody who acts for the company, mostly one who administers it."""
        members = live(self.world, "company")
        chosen = self.dice.choice(sorted(members, key=lambda one: one.role is not Role.COMPANY_ADMIN)[:2])
        self.world.actors["walker"] = replace(
            self.world.actors["company_admin"], user_id=chosen.user_id, membership_id=chosen.id, role=chosen.role
        )
        return "walker"

    def come_in(self) -> None:
        user_id = self.world.actors[self.dice.choice(PEOPLE)].user_id or 0
        role = self.dice.choice(sorted(ROLES_BY_KIND[self.world.actors["company_admin"].organisation_kind]))  # type: ignore[index]
        with self.world.platform() as uow:
            add_membership(uow, user_id=user_id, organisation_id=self.company, role=role)
        for membership in live(self.world, "company"):
            sign_in(self.world, membership)

    def go(self) -> None:
        with self.world.acting(self.actor()) as uow:
            end_membership(uow, membership_id=self.any_member().id)

    def change(self) -> None:
        with self.world.acting(self.actor()) as uow:
            change_role(uow, membership_id=self.any_member().id, role=self.dice.choice(list(Role)))

    def invite(self) -> None:
        with self.world.acting(self.actor()) as uow:
            invite(
                uow,
                organisation_id=self.company,
                email=f"{self.dice.randrange(10**6)}@example.ma",
                role=Role.HR_MANAGER,
                language="fr",
                vault=VAULT,
            )

    def resend(self) -> None:
        with self.world.as_owner() as session:
            number = session.scalar(select(func.max(Invitation.id))) or 0
        with self.world.acting(self.actor()) as uow:
            resend_invitation(uow, organisation_id=self.company, invitation_id=number, vault=VAULT)

    def ask_work(self) -> None:
        member = self.any_member()
        with self.world.platform() as uow:
            uow.session.add(
                Job(
                    kind=self.dice.choice(sorted(ENDS_WITH_ITS_ASKER)),
                    organisation_id=self.company,
                    user_id=member.user_id,
                    dedupe_key=secrets.token_hex(8),
                    due_at=uow.now,
                )
            )

    def check(self) -> None:
        members = live(self.world, "company")
        here = {one.user_id for one in members}
        with self.world.as_owner() as session:
            open_for = set(session.scalars(select(WebSession.membership_id).where(WebSession.ended_at.is_(None))))
            waiting = (Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))
            senders = set(session.scalars(select(Invitation.invited_by).where(*waiting)))
            askers = set(
                session.scalars(select(Job.user_id).where(Job.state == JobState.DUE, Job.kind.in_(ENDS_WITH_ITS_ASKER)))
            )
        assert open_for <= {one.id for one in members}
        assert senders <= here
        assert askers <= here
        assert any(one.role is Role.COMPANY_ADMIN for one in members)


class TestRemoval:
    @pytest.mark.parametrize("seed", [1, 2, 3])
    def test_leaves_nothing_behind_whatever_the_order_of_acts(self, world: World, seed: int) -> None:
        walk = Walk(world, seed)
        for _ in range(40):
            walk.step()
            walk.check()

        assert "last-administrator" in walk.refused or "NotPermitted" in walk.refused

    def test_holds_from_the_next_request_on(self, world: World) -> None:
        with world.acting("company_admin") as uow:
            end_membership(uow, membership_id=world.actors["hr_manager"].membership_id or 0)

        gone: Actor = world.actors["hr_manager"]
        with at_door(world, gone.user_id) as uow:
            found = get_actor(
                uow.session, user_id=gone.user_id or 0, membership_id=gone.membership_id or 0, session_id=1
            )
        assert found is None

    @pytest.mark.parametrize(
        ("who", "whom", "refusal"),
        [
            ("hr_manager", "company_admin", NotPermitted),
            ("company_admin", "company_admin", RuleBroken),
            ("company_admin", "other_hr_manager", NotFound),
            ("company_admin", "adviser", NotFound),
            ("unit_manager", "report_officer", NotPermitted),
            ("agency_signatory", "adviser", NotPermitted),
            ("industry_signatory", "industry_signatory", RuleBroken),
            ("administrator", "hr_manager", NotFound),
        ],
    )
    def test_is_refused(self, world: World, who: str, whom: str, refusal: type[Exception]) -> None:
        with pytest.raises(refusal), world.acting(who) as uow:
            end_membership(uow, membership_id=world.actors[whom].membership_id or 0)

        assert world.actors[whom].membership_id in {one.id for key in world.ids for one in live(world, key)}


class TestRole:
    def test_changes_in_its_place_and_ends_the_sessions_of_the_old_one(self, world: World) -> None:
        member = next(one for one in live(world, "agency") if one.role is Role.ADVISER)
        sign_in(world, member)
        with world.acting("unit_manager") as uow:
            changed = change_role(uow, membership_id=member.id, role=Role.UNIT_MANAGER)
            found = (changed.id, changed.role, changed.unit_id)

        assert found == (member.id, Role.UNIT_MANAGER, member.unit_id)
        with world.as_owner() as session:
            assert session.scalars(select(WebSession.ended_at)).one() is not None

    @pytest.mark.parametrize(
        ("role", "refusal"),
        [(Role.ANALYST, Invalid), (Role.ADVISER, AlreadyDone), (Role.SIGNATORY, NotPermitted)],
    )
    def test_is_one_of_the_organisation_and_of_the_actors_gift(
        self, world: World, role: Role, refusal: type[Exception]
    ) -> None:
        with pytest.raises(refusal), world.acting("unit_manager") as uow:
            change_role(uow, membership_id=world.actors["adviser"].membership_id or 0, role=role)

    def test_of_the_last_who_administers_stays(self, world: World) -> None:
        with pytest.raises(RuleBroken), world.acting("company_admin") as uow:
            change_role(uow, membership_id=world.actors["company_admin"].membership_id or 0, role=Role.HR_MANAGER)


class TestRows:
    def test_let_nobody_in_without_an_open_invitation(self, world: World) -> None:
        user_id = world.actors["analyst"].user_id or 0
        with pytest.raises(Exception, match="row-level security"), at_door(world, user_id) as uow:
            add_membership(uow, user_id=user_id, organisation_id=world.ids["company"], role=Role.HR_MANAGER)

    def test_let_an_organisation_end_its_own_sessions_and_nothing_else(self, world: World) -> None:
        for one in (*live(world, "company"), *live(world, "other_company")):
            sign_in(world, one)
        with world.acting("company_admin") as uow:
            seen = uow.session.scalars(select(WebSession.membership_id)).all()
            assert set(seen) == {one.id for one in live(world, "company")}
        with pytest.raises(Exception, match="row-level security"), world.acting("company_admin") as uow:
            uow.session.execute(update(WebSession).values(ends_at=uow.now))

    def test_know_every_role_that_administers(self, world: World) -> None:
        with world.as_owner() as session:
            kinds = {row.id: row.kind for row in session.scalars(select(Organisation))}

        assert all(set(ADMINISTERS[kind]) <= ROLES_BY_KIND[kind] for kind in kinds.values())


class TestManyAtOnce:
    def test_never_remove_one_another_to_the_last(self, world: World) -> None:
        with world.platform() as uow:
            second = add_membership(
                uow,
                user_id=world.actors["analyst"].user_id or 0,
                organisation_id=world.ids["company"],
                role=Role.COMPANY_ADMIN,
            ).id
        first = world.actors["company_admin"]
        world.actors["second"] = replace(first, user_id=world.actors["analyst"].user_id, membership_id=second)
        refused: list[str] = []

        def remove(who: str, whom: int) -> None:
            try:
                with world.acting(who) as uow:
                    end_membership(uow, membership_id=whom)
            except (RuleBroken, NotFound) as refusal:
                refused.append(type(refusal).__name__)

        rivals = [
            threading.Thread(target=remove, args=pair)
            for pair in (("company_admin", second), ("second", first.membership_id or 0))
        ]
        for rival in rivals:
            rival.start()
        for rival in rivals:
            rival.join()

        assert len(refused) == 1
        assert [one.role for one in live(world, "company")].count(Role.COMPANY_ADMIN) == 1
