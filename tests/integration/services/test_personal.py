"""Personal links: given, opened, ended; and what a person says and asks through hers."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from skills_bridge.domain.errors import AlreadyDone, IllegalMove, Invalid, NotFound, NotPermitted, RuleBroken
from skills_bridge.domain.personal import Handing, LinkEnd
from skills_bridge.domain.privacy import ForgetCause, RequestState, RightsKind
from skills_bridge.domain.referrals import DeclineReason, ReferralState, ReopenReason
from skills_bridge.domain.reservations import EndReason
from skills_bridge.domain.seekers import Agreement, Channel, ConsentKind
from skills_bridge.models import (
    AuditEntry,
    Consent,
    Enrolment,
    Job,
    PersonalLink,
    Proposal,
    Referral,
    Reservation,
    RightsRequest,
    Seeker,
    StateChange,
)
from skills_bridge.services import privacy, referrals
from skills_bridge.services.accounts import digest_of
from skills_bridge.services.personal import (
    OwnWord,
    answer_proposal,
    answer_reservation,
    give_link,
    mail_personal_link,
    open_link,
    revoke_link,
)
from skills_bridge.services.privacy import access
from skills_bridge.services.seekers import object_to_matching, record_competency, update_seeker, withdraw_consent
from skills_bridge.unit_of_work import utc_now
from tests.factories.accounts import at_door, post_office
from tests.factories.openings import validated_opening
from tests.factories.personal import given_link, herself
from tests.factories.referrals import (
    at_once,
    fitting_seeker,
    later,
    proposed_referral,
    registered_seeker,
    stored,
    today,
)
from tests.factories.reservations import a_bridge, reserved, seats_taken
from tests.factories.rights import LEGAL, for_agency
from tests.factories.seekers import a_profile, a_registration, add_seeker, an_identity
from tests.factories.world import VAULT, World

YES = OwnWord(accepted=True)
NO = OwnWord(accepted=False, reason=DeclineReason.DISTANCE)


def links_of(world: World, seeker_id: int) -> list[PersonalLink]:
    """Return a person's links, the oldest first."""
    with world.as_owner() as session:
        asked = select(PersonalLink).where(PersonalLink.seeker_id == seeker_id).order_by(PersonalLink.id)
        return list(session.scalars(asked))


def acts(world: World, act: str) -> list[AuditEntry]:
    """Return the entries of one act in the agency's stream."""
    with world.as_owner() as session:
        asked = select(AuditEntry).where(AuditEntry.stream == world.ids["agency"], AuditEntry.act == act)
        return list(session.scalars(asked.order_by(AuditEntry.seq)))


@pytest.fixture
def seeker_id(world: World) -> int:
    return fitting_seeker(world)


@pytest.fixture
def referral_id(world: World, seeker_id: int) -> int:
    return proposed_referral(world, validated_opening(world), seeker_id)


class TestGiveLink:
    def test_keeps_nothing_that_opens(self, world: World, seeker_id: int) -> None:
        token = given_link(world, seeker_id)

        (link,) = links_of(world, seeker_id)
        assert link.token_digest == digest_of(token)
        with world.as_owner() as session:
            told = session.execute(text("SELECT t::text FROM personal_link t")).scalar_one()
        assert token not in told
        (entry,) = acts(world, "personal_link.given")
        assert (entry.object_id, json.loads(entry.facts)) == (link.id, {"handed": "shown", "seeker_id": seeker_id})

    def test_ends_the_earlier_one(self, world: World, seeker_id: int) -> None:
        first, second = given_link(world, seeker_id), given_link(world, seeker_id)

        assert [link.end_reason for link in links_of(world, seeker_id)] == [LinkEnd.REPLACED, None]
        with at_door(world) as uow:
            assert open_link(uow, token=first, address="") is None
        with at_door(world) as uow:
            assert open_link(uow, token=second, address="") is not None

    def test_leaves_one_however_many_advisers_press(self, world: World, seeker_id: int) -> None:
        at_once([lambda: given_link(world, seeker_id) for _ in range(6)])

        assert [link.ended_at is None for link in links_of(world, seeker_id)] == [False] * 5 + [True]

    @pytest.mark.parametrize("who", ["other_adviser", "report_officer", "hr_manager"])
    def test_is_the_own_unit_s(self, world: World, seeker_id: int, who: str) -> None:
        with pytest.raises((NotPermitted, NotFound)):
            given_link(world, seeker_id, who=who)

        assert links_of(world, seeker_id) == []

    def test_is_mailed_only_to_an_address(self, world: World, seeker_id: int) -> None:
        with pytest.raises(Invalid, match="link-without-email"):
            given_link(world, seeker_id, handed=Handing.EMAIL)

    def test_is_for_nobody_who_was_forgotten(self, world: World, seeker_id: int) -> None:
        with for_agency(world) as uow:
            privacy.forget_person(uow, seeker_id=seeker_id, vault=VAULT, cause=ForgetCause.REQUEST)

        with pytest.raises(RuleBroken, match="seeker-anonymised"):
            given_link(world, seeker_id)


class TestMailPersonalLink:
    def test_brings_the_link_in_its_language_until_it_ends(self, world: World, tmp_path: Path) -> None:
        identity = an_identity(email="salma@example.invalid")
        person = add_seeker(world, command=a_registration(identity=identity, profile=a_profile()))
        given_link(world, person.id, handed=Handing.EMAIL, language="ar")
        with world.as_owner() as session:
            (job,) = session.scalars(select(Job).where(Job.kind == "personal.mail_link")).all()
        with for_agency(world) as uow:
            mail_personal_link(uow, link_id=job.object_id or 0, post=post_office(tmp_path))
        (letter,) = [path.read_bytes().decode() for path in tmp_path.glob("*.eml")]
        with world.acting("adviser") as uow:
            revoke_link(uow, seeker_id=person.id)
        with for_agency(world) as uow:
            mail_personal_link(uow, link_id=job.object_id or 0, post=post_office(tmp_path / "later"))

        assert job.organisation_id == world.ids["agency"]
        assert "salma@example.invalid" in letter
        assert not list((tmp_path / "later").glob("*.eml"))


class TestOpenLink:
    def test_is_noted_for_the_agency(self, world: World, seeker_id: int) -> None:
        token = given_link(world, seeker_id)
        with at_door(world) as uow:
            open_link(uow, token=token, address="10.0.0.1")

        (link,) = links_of(world, seeker_id)
        (entry,) = acts(world, "personal_link.used")
        assert link.last_used_at is not None
        assert (entry.object_id, entry.user_id) == (link.id, None)
        assert json.loads(entry.facts) == {"personal_link": link.id, "seeker_id": seeker_id}

    def test_tells_nothing_apart(self, world: World, seeker_id: int) -> None:
        revoked, expired = given_link(world, seeker_id), given_link(world, fitting_seeker(world), clock=later(-31))
        with world.acting("adviser") as uow:
            revoke_link(uow, seeker_id=seeker_id)

        for token in ("unknown", revoked, expired):
            with at_door(world) as uow:
                assert open_link(uow, token=token, address="") is None

    def test_needs_an_agency_that_may_act(self, world: World, seeker_id: int) -> None:
        token = given_link(world, seeker_id)
        with world.as_owner() as session:
            session.execute(text("UPDATE organisation SET state = 'suspended' WHERE kind = 'agency'"))
            session.commit()

        with at_door(world) as uow:
            assert open_link(uow, token=token, address="") is None

    def test_is_refused_after_ten_wrong_ones_from_an_address(self, world: World, seeker_id: int) -> None:
        token = given_link(world, seeker_id)
        for number in range(10):
            with at_door(world) as uow:
                open_link(uow, token=f"guess-{number}", address="10.0.0.7")

        with pytest.raises(RuleBroken, match="too-many-tries"), at_door(world) as uow:
            open_link(uow, token=token, address="10.0.0.7")
        with at_door(world) as uow:
            assert open_link(uow, token=token, address="10.0.0.8") is not None


class TestAnswerProposal:
    def test_is_the_person_s_own_word(self, world: World, seeker_id: int, referral_id: int) -> None:
        with herself(world, seeker_id) as uow:
            answer_proposal(uow, referral_id=referral_id, word=YES)

        referral = stored(world, Referral, referral_id)
        assert (referral.state, referral.decided_by) == (ReferralState.ACCEPTED, None)
        assert (referral.answered_channel, referral.answered_on) == (Channel.PERSONAL_LINK, today())
        with world.as_owner() as session:
            step = session.scalars(select(StateChange).where(StateChange.to_state == "accepted")).one()
        (entry,) = acts(world, "referral.accepted")
        (link,) = links_of(world, seeker_id)
        assert (step.user_id, step.actor_name, step.agency_id) == (None, "personal_link", world.ids["agency"])
        assert json.loads(entry.facts)["personal_link"] == link.id

    def test_goes_on_as_any_other(self, world: World, seeker_id: int, referral_id: int) -> None:
        with herself(world, seeker_id) as uow:
            answer_proposal(uow, referral_id=referral_id, word=YES)
        with world.acting("adviser") as uow:
            referrals.send_referral(uow, referral_id=referral_id)
        with world.acting("hr_manager") as uow:
            referrals.select(uow, referral_id=referral_id)

        assert stored(world, Referral, referral_id).state is ReferralState.SELECTED

    def test_no_needs_a_reason_and_can_be_taken_back(self, world: World, seeker_id: int, referral_id: int) -> None:
        with pytest.raises(Invalid, match="decline-reason-missing"), herself(world, seeker_id) as uow:
            answer_proposal(uow, referral_id=referral_id, word=OwnWord(accepted=False))
        with herself(world, seeker_id) as uow:
            answer_proposal(uow, referral_id=referral_id, word=NO)
        assert stored(world, Referral, referral_id).reason == "distance"

        with world.acting("adviser") as uow:
            referrals.reopen(uow, referral_id=referral_id, reason=ReopenReason.PERSON_CHANGED_MIND)
        assert stored(world, Referral, referral_id).answered_channel is None

    def test_of_another_does_not_exist(self, world: World, seeker_id: int, referral_id: int) -> None:
        other = fitting_seeker(world)

        with pytest.raises(NotFound), herself(world, other) as uow:
            answer_proposal(uow, referral_id=referral_id, word=YES)
        assert stored(world, Referral, referral_id).state is ReferralState.PROPOSED

    def test_and_the_adviser_s_at_once_are_one(self, world: World, seeker_id: int, referral_id: int) -> None:
        given_link(world, seeker_id)

        def adviser() -> None:
            with world.acting("adviser") as uow:
                referrals.record_answer(
                    uow, referral_id=referral_id, accepted=True, channel=Channel.PHONE, answered_on=today()
                )

        def person() -> None:
            with herself(world, seeker_id) as uow:
                answer_proposal(uow, referral_id=referral_id, word=NO)

        refused = [one for one in at_once([adviser, person]) if one is not None]

        assert [type(one) for one in refused] == [IllegalMove]
        referral = stored(world, Referral, referral_id)
        by_link = referral.answered_channel is Channel.PERSONAL_LINK
        assert by_link is (referral.state is ReferralState.DECLINED) is (referral.decided_by is None)

    def test_yes_needs_her_agreement_to_be_named(self, world: World) -> None:
        seeker_id = registered_seeker(world, consents=frozenset({ConsentKind.MATCHING}))
        referral_id = proposed_referral(world, validated_opening(world), seeker_id)
        with pytest.raises(RuleBroken, match="sharing-consent-missing"), herself(world, seeker_id) as uow:
            answer_proposal(uow, referral_id=referral_id, word=YES)

        agreement = Agreement(
            kinds=frozenset({ConsentKind.SHARING}), text_version="v2", language="ar", channel=Channel.PERSONAL_LINK
        )
        with herself(world, seeker_id) as uow:
            answer_proposal(uow, referral_id=referral_id, word=OwnWord(accepted=True, agreement=agreement))

        with world.as_owner() as session:
            given = session.scalars(select(Consent).where(Consent.channel == Channel.PERSONAL_LINK)).one()
        assert (given.kind, given.text_version, given.language) == (ConsentKind.SHARING, "v2", "ar")

    def test_is_nobody_else_s_channel(self, world: World, referral_id: int) -> None:
        with pytest.raises(Invalid, match="channel-of-another"), world.acting("adviser") as uow:
            referrals.record_answer(
                uow, referral_id=referral_id, accepted=True, channel=Channel.PERSONAL_LINK, answered_on=today()
            )


class TestAnswerReservation:
    def test_yes_waits_for_the_centre(self, world: World) -> None:
        bridge = a_bridge(world)
        reservation_id = reserved(world, bridge)
        with herself(world, bridge.people[0]) as uow:
            answer_reservation(uow, reservation_id=reservation_id, word=YES)

        reservation = stored(world, Reservation, reservation_id)
        with world.as_owner() as session:
            proposal = session.get_one(Proposal, reservation.proposal_id)
            enrolment = session.get_one(Enrolment, reservation.enrolment_id)
        assert reservation.accepted_at is not None
        assert (proposal.state, proposal.decided_by, proposal.answered_channel) == ("accepted", None, "personal_link")
        assert enrolment.state == "waiting"

    def test_no_gives_seat_and_post_back(self, world: World) -> None:
        bridge = a_bridge(world)
        reservation_id = reserved(world, bridge)
        assert seats_taken(world, bridge.cohort.id) == 1
        with herself(world, bridge.people[0]) as uow:
            answer_reservation(uow, reservation_id=reservation_id, word=NO)

        assert stored(world, Reservation, reservation_id).end_reason is EndReason.DECLINED
        assert seats_taken(world, bridge.cohort.id) == 0

    def test_objection_ends_it(self, world: World) -> None:
        bridge = a_bridge(world)
        reservation_id = reserved(world, bridge)
        with herself(world, bridge.people[0]) as uow:
            object_to_matching(uow, seeker_id=bridge.people[0], channel=Channel.PERSONAL_LINK)

        assert stored(world, Reservation, reservation_id).end_reason is EndReason.OBJECTION
        assert seats_taken(world, bridge.cohort.id) == 0


class TestOwnRights:
    def test_objection_stops_everything_at_once(self, world: World, seeker_id: int, referral_id: int) -> None:
        with herself(world, seeker_id) as uow:
            object_to_matching(uow, seeker_id=seeker_id, channel=Channel.PERSONAL_LINK)

        assert stored(world, Seeker, seeker_id).matching_objected_at is not None
        assert stored(world, Referral, referral_id).state is ReferralState.ENDED
        with pytest.raises(AlreadyDone), herself(world, seeker_id) as uow:
            object_to_matching(uow, seeker_id=seeker_id, channel=Channel.PERSONAL_LINK)

    def test_withdrawal_keeps_the_row(self, world: World, seeker_id: int) -> None:
        with herself(world, seeker_id) as uow:
            withdraw_consent(uow, seeker_id=seeker_id, kind=ConsentKind.MATCHING)

        with world.as_owner() as session:
            asked = select(Consent.kind, Consent.withdrawn_at).where(Consent.seeker_id == seeker_id)
            assert {kind: at is None for kind, at in session.execute(asked)} == {"matching": False, "sharing": True}

    def test_correction_waits_at_the_desk_with_its_clock(self, world: World, seeker_id: int) -> None:
        wish = privacy.Wish(
            kind=RightsKind.CORRECTION, channel=Channel.PERSONAL_LINK, language="ar", details="permis B"
        )
        with herself(world, seeker_id) as uow:
            key = privacy.receive_request(uow, seeker_id=seeker_id, wish=wish, answer_days=15).id

        request = stored(world, RightsRequest, key)
        assert (request.state, request.channel, request.recorded_by) == ("received", "personal_link", None)
        assert request.due_on == today() + timedelta(days=15)
        with world.acting("data_protection_officer") as uow:
            privacy.accept_request(uow, reference=request.reference)

    def test_copy_is_hers_alone_and_taken_once(self, world: World, seeker_id: int) -> None:
        with herself(world, seeker_id) as uow:
            request = privacy.ask_own_file(uow, language="fr", answer_days=None)
            key, reference = request.id, request.reference
        with pytest.raises(AlreadyDone), herself(world, seeker_id) as uow:
            privacy.ask_own_file(uow, language="fr", answer_days=None)
        with world.as_owner() as session:
            job = session.scalars(select(Job).where(Job.kind == "privacy.carry_out")).one()
        assert (job.object_id, job.organisation_id) == (key, world.ids["agency"])
        with for_agency(world) as uow:
            privacy.carry_out(uow, request_id=key, vault=VAULT, build=access.builder(VAULT, LEGAL))

        with pytest.raises(NotFound), herself(world, fitting_seeker(world)) as uow:
            privacy.take_own_file(uow, reference=reference, vault=VAULT)
        with herself(world, seeker_id) as uow:
            content = privacy.take_own_file(uow, reference=reference, vault=VAULT)
        with pytest.raises(RuleBroken, match="access-file-gone"), herself(world, seeker_id) as uow:
            privacy.take_own_file(uow, reference=reference, vault=VAULT)

        assert len(zipfile.ZipFile(io.BytesIO(content)).namelist()) == 2
        assert stored(world, RightsRequest, key).state is RequestState.DONE
        with herself(world, seeker_id) as uow:
            assert privacy.ask_own_file(uow, language="fr", answer_days=None).id != key

    def test_copy_that_lasted_too_long_is_made_again(self, world: World, seeker_id: int) -> None:
        with herself(world, seeker_id) as uow:
            key = privacy.ask_own_file(uow, language="fr", answer_days=None).id
        with for_agency(world, clock=later(-8)) as uow:
            privacy.carry_out(uow, request_id=key, vault=VAULT, build=access.builder(VAULT, LEGAL))

        with herself(world, seeker_id) as uow:
            assert privacy.ask_own_file(uow, language="fr", answer_days=None).id == key

    def test_what_the_desk_took_in_is_not_taken_out_by_link(self, world: World, seeker_id: int) -> None:
        with pytest.raises(Invalid, match="channel-of-another"), herself(world, seeker_id) as uow:
            privacy.receive_request(
                uow,
                seeker_id=seeker_id,
                wish=privacy.Wish(kind=RightsKind.ACCESS, channel=Channel.COUNTER, language="fr"),
                answer_days=None,
            )


class TestStaffWork:
    """A person with a link is no member of staff, and no background work either."""

    def test_is_closed_to_her(self, world: World, seeker_id: int, referral_id: int) -> None:
        tries: list[Callable[[], object]] = []
        with world.as_owner() as session:
            version = session.get_one(Seeker, seeker_id).version

        def attempt(act: Callable[..., object], **facts: object) -> None:
            def run() -> None:
                with herself(world, seeker_id) as uow:
                    act(uow, **facts)

            tries.append(run)

        attempt(update_seeker, seeker_id=seeker_id, version=version, profile=a_profile())
        attempt(record_competency, seeker_id=seeker_id, competency_id=1, level=4, evidence="assessed")
        attempt(referrals.send_referral, referral_id=referral_id)
        attempt(referrals.select, referral_id=referral_id)
        attempt(revoke_link, seeker_id=seeker_id)
        attempt(give_link, seeker_id=seeker_id, handed=Handing.SHOWN, language="fr", days=9, vault=VAULT)
        attempt(privacy.reveal_identity, seeker_id=seeker_id, reason="contact")

        for run in tries:
            with pytest.raises((NotPermitted, NotFound)):
                run()

    def test_ends_with_her_file(self, world: World, seeker_id: int) -> None:
        token = given_link(world, seeker_id)
        with for_agency(world) as uow:
            privacy.forget_person(uow, seeker_id=seeker_id, vault=VAULT, cause=ForgetCause.RETENTION)

        (link,) = links_of(world, seeker_id)
        assert (link.end_reason, link.ended_at is None) == (LinkEnd.FORGOTTEN, False)
        with at_door(world) as uow:
            assert open_link(uow, token=token, address="") is None
        assert utc_now() > (link.ended_at or utc_now())
