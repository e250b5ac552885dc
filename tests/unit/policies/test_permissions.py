"""The law: complete, without doubles, and the door, the page and the service agree."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills_bridge.domain.accounts import CLOCK, ROLES_BY_KIND, Actor, Role
from skills_bridge.domain.errors import NotPermitted
from skills_bridge.domain.organisations import OrganisationKind
from skills_bridge.policies.permissions import GRANTS, HERS, Permission, authorize, is_allowed, may, own_or

KINDS = {role: [kind for kind, roles in ROLES_BY_KIND.items() if role in roles] for role in Role}


@dataclass(frozen=True)
class Thing:
    """An object with every owner that a rule may ask for."""

    organisation_id: int = 1
    company_id: int = 1
    centre_id: int = 1
    agency_id: int = 1
    unit_id: int = 1


def person(role: Role, *, organisation_id: int = 1, unit_id: int | None = None) -> Actor:
    return Actor(
        user_id=1, organisation_id=organisation_id, organisation_kind=KINDS[role][0], role=role, unit_id=unit_id
    )


class TestTable:
    def test_names_every_permission(self) -> None:
        assert set(GRANTS) == set(Permission)

    def test_grants_each_to_somebody(self) -> None:
        assert {permission for permission, grants in GRANTS.items() if not grants} == set(HERS)

    def test_grants_none_twice_to_a_role(self) -> None:
        for permission, grants in GRANTS.items():
            roles = [grant.role for grant in grants]
            assert len(roles) == len(set(roles)), permission

    def test_gives_every_role_a_home_and_every_role_a_kind(self) -> None:
        assert all(may(person(role), Permission.HOME_SEE) for role in Role)
        assert all(KINDS[role] for role in Role)

    def test_shows_people_to_the_agency_alone(self) -> None:
        for permission in (Permission.SEEKER_SEE, Permission.SEEKER_MANAGE, Permission.MATCH_SEE):
            assert all(KINDS[grant.role] == [OrganisationKind.AGENCY] for grant in GRANTS[permission])

    def test_reveals_no_identity_to_ministry_association_or_platform(self) -> None:
        kinds = {kind for grant in GRANTS[Permission.IDENTITY_REVEAL] for kind in KINDS[grant.role]}

        assert kinds == {OrganisationKind.AGENCY, OrganisationKind.COMPANY, OrganisationKind.TRAINING_CENTRE}


class TestDoorAndService:
    @given(
        st.sampled_from(Role),
        st.sampled_from(Permission),
        st.builds(Thing, *(st.integers(1, 2) for _ in range(5))),
        st.sampled_from([None, 1, 2]),
    )
    def test_agree(self, role: Role, permission: Permission, thing: Thing, unit_id: int | None) -> None:
        actor = person(role, unit_id=unit_id)

        if is_allowed(actor, permission, thing):
            assert may(actor, permission)
            authorize(actor, permission, thing)
        else:
            with pytest.raises(NotPermitted):
                authorize(actor, permission, thing)

    @pytest.mark.parametrize("permission", [p for p, g in GRANTS.items() if all(grant.rules for grant in g)])
    def test_refuse_what_carries_no_owner(self, permission: Permission) -> None:
        for grant in GRANTS[permission]:
            assert not is_allowed(person(grant.role, unit_id=1), permission, object())

    def test_judge_no_background_work_again(self) -> None:
        authorize(CLOCK, Permission.PACK_FREEZE, object())

    def test_open_nothing_to_nobody(self) -> None:
        assert not any(may(None, permission) for permission in Permission)
        assert not any(may(CLOCK, permission) for permission in Permission)


@dataclass(frozen=True)
class Hers:
    """Something of a person."""

    seeker_id: int


HERSELF = Actor(
    user_id=None, organisation_id=1, organisation_kind=None, role=None, seeker_id=7, link_id=3, display_name="link"
)


class TestPersonalLink:
    def test_is_a_person_and_not_the_clock(self) -> None:
        assert HERSELF.is_human
        assert HERSELF.is_seeker
        assert not CLOCK.is_human

    @pytest.mark.parametrize("permission", Permission)
    def test_may_what_is_hers_and_nothing_of_staff(self, permission: Permission) -> None:
        assert may(HERSELF, permission) is (permission in HERS)
        assert is_allowed(HERSELF, permission, Hers(7)) is (permission in HERS)
        assert not is_allowed(HERSELF, permission, Hers(8))
        assert not is_allowed(HERSELF, permission, object())

    @pytest.mark.parametrize("role", Role)
    def test_gives_no_role_what_is_hers(self, role: Role) -> None:
        for permission in HERS:
            assert not may(person(role), permission)
            assert not is_allowed(person(role, unit_id=1), permission, Hers(7))

    def test_is_asked_for_by_acts_that_staff_may_do_too(self) -> None:
        assert own_or(HERSELF, Permission.OWN_RIGHTS_USE, Permission.RIGHTS_TAKE) is Permission.OWN_RIGHTS_USE
        assert own_or(person(Role.ADVISER), Permission.OWN_RIGHTS_USE, Permission.RIGHTS_TAKE) is Permission.RIGHTS_TAKE
