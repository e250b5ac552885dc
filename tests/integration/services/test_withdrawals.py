"""A person takes an agreement back or objects: what rested on it ends in the same transaction, and all are told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import select

from skills_bridge.adapters.mail import SinkMailer
from skills_bridge.domain.errors import RuleBroken
from skills_bridge.domain.referrals import EndReason, ReferralState, ReopenReason
from skills_bridge.domain.reservations import EndReason as ReservationEnd
from skills_bridge.domain.seekers import Channel, ConsentKind
from skills_bridge.domain.training import EnrolmentState, LeaveReason
from skills_bridge.models import Enrolment, Job, Notice, Referral
from skills_bridge.services import referrals
from skills_bridge.services.notices import tell
from skills_bridge.services.seekers import object_to_matching, withdraw_consent
from skills_bridge.services.training import enrol_seeker
from skills_bridge.unit_of_work import UnitOfWork
from tests.factories.openings import validated_opening
from tests.factories.referrals import (
    accepted_referral,
    fitting_seeker,
    invited_referral,
    proposed_referral,
    selected_referral,
    sent_referral,
    stored,
)
from tests.factories.reservations import Bridge, answered, reserved, seats_taken, the
from tests.factories.world import World

_S = ReferralState


def take_back(world: World, seeker_id: int, kind: ConsentKind = ConsentKind.MATCHING) -> None:
    with world.acting("adviser") as uow:
        withdraw_consent(uow, seeker_id=seeker_id, kind=kind)


STEPS: Final[Mapping[ReferralState, Callable[[World, int, int], int]]] = {
    _S.PROPOSED: proposed_referral,
    _S.ACCEPTED: accepted_referral,
    _S.SENT: sent_referral,
    _S.INVITED: invited_referral,
    _S.SELECTED: selected_referral,
}


def in_each_live_state(world: World) -> dict[ReferralState, tuple[int, int]]:
    """Bring a person each as far as another live state; return person and referral by state."""
    made, opening_id = {}, validated_opening(world, terms={"posts": 5})
    for state, step in STEPS.items():
        seeker_id = fitting_seeker(world)
        made[state] = seeker_id, step(world, opening_id, seeker_id)
    return made


def ended_by(world: World, made: dict[ReferralState, tuple[int, int]]) -> dict[ReferralState, str | None]:
    """Return why those that were in these states ended."""
    rows = {state: stored(world, Referral, referral_id) for state, (_, referral_id) in made.items()}
    return {state: row.reason for state, row in rows.items() if row.state is _S.ENDED}


def told(world: World, folder: Path, referral_id: int) -> list[int]:
    """Do the work of the notices of one referral's end and return the organisations that read of it."""
    with world.as_owner() as session:
        (job_id,) = session.scalars(
            select(Job.id).where(Job.kind == "notices.referral_stopped", Job.object_id == referral_id)
        ).all()
    with world.platform() as uow:
        uow.job = uow.session.get_one(Job, job_id)
        mailer = SinkMailer(folder, "nepasrepondre@example.invalid")
        tell(uow, kind="referral_stopped", object_id=referral_id, mailer=mailer, base_url="http://localhost")
    with world.as_owner() as session:
        return list(session.scalars(select(Notice.organisation_id).where(Notice.kind == "referral_stopped")))


class TestReferrals:
    def test_that_no_company_answered_end_with_the_agreement_to_be_matched(self, world: World) -> None:
        made = in_each_live_state(world)
        for seeker_id, _ in made.values():
            take_back(world, seeker_id)

        why = EndReason.CONSENT_WITHDRAWN.value
        assert ended_by(world, made) == dict.fromkeys((_S.PROPOSED, _S.ACCEPTED, _S.SENT), why)

    def test_that_name_her_end_with_the_agreement_to_be_named(self, world: World) -> None:
        made = in_each_live_state(world)
        for seeker_id, _ in made.values():
            take_back(world, seeker_id, ConsentKind.SHARING)

        assert ended_by(world, made) == dict.fromkeys((_S.ACCEPTED, _S.SENT), EndReason.CONSENT_WITHDRAWN.value)

    def test_all_end_at_an_objection(self, world: World) -> None:
        made = in_each_live_state(world)
        for seeker_id, _ in made.values():
            with world.acting("adviser") as uow:
                object_to_matching(uow, seeker_id=seeker_id, channel=Channel.PHONE)

        assert ended_by(world, made) == dict.fromkeys(STEPS, EndReason.OBJECTION.value)

    def test_are_told_to_the_unit_and_to_the_company_that_knew(self, world: World, tmp_path: Path) -> None:
        seeker_id = fitting_seeker(world)
        hidden = accepted_referral(world, validated_opening(world), seeker_id)
        known = sent_referral(
            world, validated_opening(world, company="other_company", who="other_hr_manager"), seeker_id
        )
        take_back(world, seeker_id)

        assert told(world, tmp_path, hidden) == [world.ids["agency"]]
        assert sorted(told(world, tmp_path, known)) == sorted(
            [world.ids["agency"], world.ids["agency"], world.ids["other_company"]]
        )

    def test_may_go_on_once_she_agrees_anew(self, world: World) -> None:
        seeker_id = fitting_seeker(world)
        referral_id = proposed_referral(world, validated_opening(world), seeker_id)
        take_back(world, seeker_id)

        with pytest.raises(RuleBroken, match="seeker-without-consent"), world.acting("adviser") as uow:
            referrals.reopen(uow, referral_id=referral_id, reason=ReopenReason.PERSON_CHANGED_MIND)
        assert stored(world, Referral, referral_id).state is _S.ENDED

    def test_stay_if_the_withdrawal_fails(self, world: World) -> None:
        """One transaction: what goes wrong later undoes the ends, too."""
        seeker_id = fitting_seeker(world)
        referral_id = sent_referral(world, validated_opening(world), seeker_id)

        def withdraw_and_fail(uow: UnitOfWork) -> None:
            withdraw_consent(uow, seeker_id=seeker_id, kind=ConsentKind.MATCHING)
            raise RuleBroken("anything")

        with pytest.raises(RuleBroken, match="anything"), world.acting("adviser") as uow:
            withdraw_and_fail(uow)

        assert stored(world, Referral, referral_id).state is _S.SENT


class TestReservations:
    def test_end_with_the_agreement_to_be_matched(self, bridged_world: World, bridge: Bridge) -> None:
        key = answered(bridged_world, reserved(bridged_world, bridge))

        take_back(bridged_world, bridge.people[0])

        assert the(bridged_world, key).end_reason is ReservationEnd.CONSENT_WITHDRAWN
        assert seats_taken(bridged_world, bridge.cohort.id) == 0
        with bridged_world.as_owner() as session:
            learner = session.scalars(select(Enrolment)).one()
            assert (learner.state, learner.reason) == (EnrolmentState.WITHDRAWN, LeaveReason.RESERVATION_ENDED)
            kinds = set(session.scalars(select(Job.kind).where(Job.object_id == key)))
        assert {"notices.seat_released", "notices.post_released"} <= kinds

    def test_that_name_her_to_the_centre_end_with_the_agreement_to_be_named(
        self, bridged_world: World, bridge: Bridge
    ) -> None:
        asked = reserved(bridged_world, bridge)
        accepted = answered(bridged_world, reserved(bridged_world, bridge, person=1))
        for person in bridge.people[:2]:
            take_back(bridged_world, person, ConsentKind.SHARING)

        assert the(bridged_world, asked).end_reason is None
        assert the(bridged_world, accepted).end_reason is ReservationEnd.CONSENT_WITHDRAWN

    def test_let_a_course_go_on_that_she_attends(self, bridged_world: World, bridge: Bridge) -> None:
        key = answered(bridged_world, reserved(bridged_world, bridge))
        with bridged_world.acting("adviser") as uow:
            enrol_seeker(uow, cohort_id=bridge.cohort.id, seeker_id=bridge.people[0])

        take_back(bridged_world, bridge.people[0])

        assert the(bridged_world, key).end_reason is ReservationEnd.CONSENT_WITHDRAWN
        assert seats_taken(bridged_world, bridge.cohort.id) == 1
