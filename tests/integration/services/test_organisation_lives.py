"""An organisation's life: asked for, registered, verified, suspended, resumed, left with what it had open."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from skills_bridge.domain.accounts import Role
from skills_bridge.domain.errors import AlreadyDone, IllegalMove, Invalid, NotPermitted, RuleBroken
from skills_bridge.domain.events import OrganisationLeft, OrganisationSuspended
from skills_bridge.domain.openings import OpeningState
from skills_bridge.domain.organisations import ORGANISATION_MOVES, OrganisationKind, OrganisationState
from skills_bridge.domain.states import check_move
from skills_bridge.models import (
    Cohort,
    Enrolment,
    Invitation,
    Job,
    Membership,
    Need,
    Opening,
    Organisation,
    OrganisationMove,
    OrganisationRequest,
    Post,
)
from skills_bridge.queries.accounts import get_actor
from skills_bridge.services.accounts import add_membership, start_session
from skills_bridge.services.organisations import (
    Registration,
    accept_request,
    ask_admission,
    end_organisation_sessions,
    hand_over,
    leave_organisation,
    refuse_request,
    register_organisation,
    resume_organisation,
    suspend_organisation,
    verify_organisation,
)
from tests.factories.accounts import at_door
from tests.factories.world import VAULT, World

ASKED: Final = Registration(
    kind=OrganisationKind.COMPANY,
    name_fr="Fonderie Nouvelle (fictif)",
    name_ar="مسبك جديد (جهة وهمية)",
    ice="001234567000089",
    email="premiere@example.ma",
    language="fr",
)


def registered(world: World) -> int:
    with world.acting("administrator") as uow:
        return register_organisation(uow, asked=ASKED, vault=VAULT).id


def state_of(world: World, organisation_id: int) -> OrganisationState:
    with world.as_owner() as session:
        return session.get_one(Organisation, organisation_id).state


def acts(world: World, who: str) -> bool:
    actor = world.actors[who]
    with at_door(world, actor.user_id) as uow:
        found = get_actor(uow.session, user_id=actor.user_id or 0, membership_id=actor.membership_id or 0, session_id=1)
    return found is not None


@given(st.sampled_from(OrganisationState))
def test_nothing_comes_back_from_left(target: OrganisationState) -> None:
    with pytest.raises(IllegalMove):
        check_move(ORGANISATION_MOVES, OrganisationState.LEFT, target)


class TestRegistration:
    def test_invites_who_will_administer_and_waits_for_verification(self, world: World) -> None:
        number = registered(world)
        with world.as_owner() as session:
            invitation = session.scalars(select(Invitation)).one()
        with (
            pytest.raises(RuleBroken, match="organisation-without-administrator"),
            world.acting("administrator") as uow,
        ):
            verify_organisation(uow, organisation_id=number)
        with world.platform() as uow:
            add_membership(
                uow,
                user_id=world.actors["analyst"].user_id or 0,
                organisation_id=number,
                role=Role.COMPANY_ADMIN,
            )
        with world.acting("administrator") as uow:
            verify_organisation(uow, organisation_id=number)

        assert (invitation.role, invitation.email) == (Role.COMPANY_ADMIN, "premiere@example.ma")
        assert state_of(world, number) is OrganisationState.VERIFIED
        with pytest.raises(IllegalMove), world.acting("administrator") as uow:
            verify_organisation(uow, organisation_id=number)

    def test_is_the_platforms_alone(self, world: World) -> None:
        for who in ("company_admin", "unit_manager", "officer", "data_protection_officer"):
            with pytest.raises(NotPermitted), world.acting(who) as uow:
                register_organisation(uow, asked=ASKED, vault=VAULT)

    def test_gives_an_ice_once(self, world: World) -> None:
        registered(world)
        with pytest.raises(Invalid) as refusal, world.acting("administrator") as uow:
            register_organisation(uow, asked=ASKED, vault=VAULT)

        assert refusal.value.field == "ice"


class TestRequest:
    def test_is_accepted_or_refused_once(self, world: World) -> None:
        for _ in range(2):
            with at_door(world) as uow:
                ask_admission(uow, asked=ASKED, contact_name="Une Personne", address="203.0.113.5")
        with world.as_owner() as session:
            first, second = session.scalars(select(OrganisationRequest.id).order_by(OrganisationRequest.id)).all()
        with world.acting("administrator") as uow:
            number = accept_request(uow, request_id=first, vault=VAULT).id
        with pytest.raises(Invalid), world.acting("administrator") as uow:
            refuse_request(uow, request_id=second, note=" ")
        with world.acting("administrator") as uow:
            refuse_request(uow, request_id=second, note="Demandée deux fois.")

        assert state_of(world, number) is OrganisationState.INVITED
        for request_id in (first, second):
            with pytest.raises(AlreadyDone), world.acting("administrator") as uow:
                refuse_request(uow, request_id=request_id, note="encore")

    def test_is_limited_and_gives_the_parties_places_to_nobody(self, world: World) -> None:
        for kind in (OrganisationKind.PLATFORM, OrganisationKind.MINISTRY):
            asked = Registration(**{**ASKED.__dict__, "kind": kind})
            with pytest.raises(Invalid), at_door(world) as uow:
                ask_admission(uow, asked=asked, contact_name="Une Personne", address="203.0.113.6")
        for _ in range(5):
            with at_door(world) as uow:
                ask_admission(uow, asked=ASKED, contact_name="Une Personne", address="203.0.113.6")
        with pytest.raises(RuleBroken, match="too-many-tries-today"), at_door(world) as uow:
            ask_admission(uow, asked=ASKED, contact_name="Une Personne", address="203.0.113.6")


class TestSuspension:
    def test_stops_its_people_at_once_until_it_is_lifted(self, world: World) -> None:
        company = world.ids["company"]
        assert acts(world, "hr_manager")
        with pytest.raises(Invalid), world.acting("administrator") as uow:
            suspend_organisation(uow, organisation_id=company, note="")
        with world.acting("administrator") as uow:
            suspend_organisation(uow, organisation_id=company, note="Contrôle en cours.")

        assert not acts(world, "hr_manager")
        assert acts(world, "other_hr_manager")
        with world.acting("administrator") as uow:
            resume_organisation(uow, organisation_id=company, note="Contrôle terminé.")
        assert acts(world, "hr_manager")

    def test_ends_the_sessions_that_were_open(self, world: World) -> None:
        for who in ("hr_manager", "other_hr_manager"):
            actor = world.actors[who]
            with at_door(world, actor.user_id) as uow:
                start_session(
                    uow,
                    token=who,
                    user_id=actor.user_id,
                    membership_id=actor.membership_id,
                    stage="signed_in",
                    payload={},
                )
        with world.acting("administrator") as uow:
            suspend_organisation(uow, organisation_id=world.ids["company"], note="Contrôle.")
            assert [type(one) for one in uow.events] == [OrganisationSuspended]
        with world.acting("administrator") as uow:
            resume_organisation(uow, organisation_id=world.ids["company"], note="Levé.")
        with world.platform() as uow:
            ended = end_organisation_sessions(uow, organisation_id=world.ids["company"])
            others = end_organisation_sessions(uow, organisation_id=world.ids["other_company"])

        assert (ended, others) == (1, 0)

    @pytest.mark.parametrize("key", ["platform", "agency", "industry", "association"])
    def test_never_touches_the_platform_or_a_party(self, world: World, key: str) -> None:
        for act in (suspend_organisation, leave_organisation):
            with pytest.raises(RuleBroken, match="organisation-stays"), world.acting("administrator") as uow:
                act(uow, organisation_id=world.ids[key], note="Un motif.")


class TestLeaving:
    def test_hands_over_all_that_a_company_had_open(self, told_world: World) -> None:
        company = told_world.ids["company"]
        with told_world.acting("administrator") as uow:
            leave_organisation(uow, organisation_id=company, note="Quitte le secteur.")
            assert uow.events == [OrganisationLeft(company)]
        for _ in range(2):
            with told_world.platform() as uow:
                hand_over(uow, organisation_id=company)

        assert not acts(told_world, "hr_manager")
        with told_world.as_owner() as session:
            states = set(session.scalars(select(Opening.state).where(Opening.company_id == company)))
            free = (Post.company_id == company, Post.placement_id.is_(None), Post.closed_on.is_(None))
            assert states == {OpeningState.CLOSED}
            assert session.scalar(select(Post.id).where(*free).limit(1)) is None
            assert set(session.scalars(select(Need.state).where(Need.company_id == company))) <= {"withdrawn"}
            live = (Membership.organisation_id == company, Membership.ended_at.is_(None))
            assert session.scalar(select(Membership.id).where(*live).limit(1)) is None
            moves = session.scalars(select(OrganisationMove).where(OrganisationMove.organisation_id == company)).all()
            assert moves[-1].facts["openings"] > 0
            assert len(moves) == 2
            told = set(session.scalars(select(Job.kind).where(Job.object_id.is_not(None))))
            assert {"referrals.end_for_opening", "notices.opening_closed"} <= told
            other = session.scalars(select(Opening.state).where(Opening.company_id != company)).all()
            assert all(state is not OpeningState.CLOSED for state in other)

    def test_gives_back_the_seats_of_a_centre(self, told_world: World) -> None:
        centre = told_world.ids["centre"]
        with told_world.acting("administrator") as uow:
            leave_organisation(uow, organisation_id=centre, note="Ferme.")
        with told_world.platform() as uow:
            hand_over(uow, organisation_id=centre)

        with told_world.as_owner() as session:
            cohorts = set(session.scalars(select(Cohort.state).where(Cohort.centre_id == centre)))
            people = set(session.scalars(select(Enrolment.state).where(Enrolment.centre_id == centre)))
        assert cohorts <= {"cancelled", "ended"}
        assert not people & {"waiting", "enrolled"}

    def test_does_nothing_to_an_organisation_that_stays(self, told_world: World) -> None:
        with told_world.platform() as uow:
            assert hand_over(uow, organisation_id=told_world.ids["company"]) == {}
