"""Files of people: opened, changed, agreed to, paused; seen by their agency alone."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select

from skills_bridge.domain.errors import AlreadyDone, IllegalMove, Invalid, NotFound, NotPermitted, RuleBroken, Stale
from skills_bridge.domain.identifiers import mask_cin
from skills_bridge.domain.seekers import Agreement, Channel, ConsentKind, SeekerState
from skills_bridge.models import (
    AuditEntry,
    Consent,
    Job,
    Seeker,
    SeekerEquity,
    SeekerIdentity,
    SeekerLanguage,
    StateChange,
)
from skills_bridge.services.placements import record_placement
from skills_bridge.services.seekers import (
    correct_identity,
    find_seeker,
    lift_objection,
    object_to_matching,
    pause_seeker,
    record_consent,
    register_seeker,
    resume_seeker,
    update_seeker,
    withdraw_consent,
)
from tests.factories.openings import validated_opening
from tests.factories.referrals import fitting_seeker, recorded_placement, selected_referral, start_facts, stored
from tests.factories.seekers import BOTH, a_profile, a_registration, add_seeker, an_identity
from tests.factories.world import CASABLANCA, TANGER, VAULT, World


class TestRegisterSeeker:
    def test_opens_a_file_followed_by_the_unit_of_the_province(self, world: World) -> None:
        person = add_seeker(world)

        with world.looking("adviser") as session:
            seeker = session.get_one(Seeker, person.id)
            assert (seeker.unit_id, seeker.state) == (world.units["north"], SeekerState.ACTIVE)
            assert seeker.pseudonym.startswith("P-")
            assert seeker.adult_on == date(2016, 5, 17)

    def test_seals_the_number_for_this_file_alone(self, world: World) -> None:
        person = add_seeker(world)

        with world.looking("adviser") as session:
            row = session.get_one(SeekerIdentity, person.id)
            assert person.number.encode() not in bytes(row.cin_sealed)
            assert VAULT.open(row.cin_sealed, key_id=row.cin_key_id, purpose=f"cin:{person.id}") == person.number
            assert row.cin_masked == mask_cin(person.number)

    def test_keeps_what_is_unknown_unknown(self, world: World) -> None:
        person = add_seeker(world, licences=(), shifts=None)

        with world.looking("adviser") as session:
            seeker = session.get_one(Seeker, person.id)
            assert (seeker.licences, seeker.shifts, seeker.experience_months) == ([], None, None)

    def test_keeps_equity_and_languages_apart(self, world: World) -> None:
        person = add_seeker(world)

        with world.looking("adviser") as session:
            assert session.get_one(SeekerEquity, person.id).birth_year == 1998
            spoken = session.scalars(
                select(SeekerLanguage.language_code).where(SeekerLanguage.seeker_id == person.id)
            ).all()
            assert sorted(spoken) == ["ar", "fr"]

    def test_asks_matching_to_look_and_writes_it_down(self, world: World) -> None:
        person = add_seeker(world)

        with world.looking("adviser") as session:
            assert session.scalar(select(func.count()).where(Job.object_id == person.id, Job.kind.like("matching.%")))
            assert session.scalar(
                select(func.count()).where(AuditEntry.object_id == person.id, AuditEntry.act == "seeker.active")
            )

    def test_refuses_a_known_number_and_names_the_pseudonym(self, world: World) -> None:
        known = add_seeker(world)
        again = a_registration(identity=an_identity(number=known.number))

        with pytest.raises(Invalid) as refusal, world.acting("adviser") as uow:
            register_seeker(uow, command=again, vault=VAULT)

        assert (refusal.value.code, refusal.value.facts["pseudonym"]) == ("seeker-known", known.pseudonym)

    def test_refuses_a_code_that_no_list_holds(self, world: World) -> None:
        with pytest.raises(Invalid) as refusal, world.acting("adviser") as uow:
            register_seeker(uow, command=a_registration(profile=a_profile(education_code="x")), vault=VAULT)

        assert refusal.value.field == "education_code"

    def test_lets_an_adviser_register_somebody_of_another_province(self, world: World) -> None:
        person = add_seeker(world, province_code=CASABLANCA)

        with world.looking("other_adviser") as session:
            assert session.get_one(Seeker, person.id).unit_id == world.units["south"]

    @pytest.mark.parametrize("who", ["hr_manager", "centre_manager", "analyst", "administrator"])
    def test_refuses_who_is_no_adviser(self, world: World, who: str) -> None:
        with pytest.raises(NotPermitted), world.acting(who) as uow:
            register_seeker(uow, command=a_registration(), vault=VAULT)


class TestUpdateSeeker:
    def test_moves_the_file_to_the_unit_of_the_new_province(self, world: World) -> None:
        person = add_seeker(world)

        with world.acting("adviser") as uow:
            update_seeker(uow, seeker_id=person.id, version=person.version, profile=a_profile(province_code=CASABLANCA))

        with world.looking("adviser") as session:
            seeker = session.get_one(Seeker, person.id)
            assert (seeker.unit_id, seeker.version) == (world.units["south"], person.version + 1)

    def test_replaces_the_languages(self, world: World) -> None:
        person = add_seeker(world)

        with world.acting("adviser") as uow:
            update_seeker(uow, seeker_id=person.id, version=person.version, profile=a_profile(languages={}))

        with world.looking("adviser") as session:
            assert not session.scalars(select(SeekerLanguage).where(SeekerLanguage.seeker_id == person.id)).all()

    def test_refuses_an_old_version(self, world: World) -> None:
        person = add_seeker(world)

        with pytest.raises(Stale), world.acting("adviser") as uow:
            update_seeker(uow, seeker_id=person.id, version=person.version - 1, profile=a_profile())

    def test_refuses_an_adviser_of_another_unit(self, world: World) -> None:
        person = add_seeker(world)

        with pytest.raises(NotPermitted), world.acting("other_adviser") as uow:
            update_seeker(uow, seeker_id=person.id, version=person.version, profile=a_profile())


class TestCorrectIdentity:
    def test_changes_the_number_and_its_index(self, world: World) -> None:
        person = add_seeker(world)

        with world.acting("adviser") as uow:
            correct_identity(
                uow, seeker_id=person.id, version=person.version, identity=an_identity(number="K123456"), vault=VAULT
            )

        with world.acting("adviser") as uow:
            found = find_seeker(uow, number="K123456", vault=VAULT)
            assert found is not None
            assert found.id == person.id

    def test_refuses_the_number_of_somebody_else(self, world: World) -> None:
        other, person = add_seeker(world), add_seeker(world)

        with pytest.raises(Invalid), world.acting("adviser") as uow:
            correct_identity(
                uow,
                seeker_id=person.id,
                version=person.version,
                identity=an_identity(number=other.number),
                vault=VAULT,
            )


class TestFindSeeker:
    def test_writes_the_search_down_without_the_number(self, world: World) -> None:
        person = add_seeker(world)

        with world.acting("adviser") as uow:
            find_seeker(uow, number=person.number, vault=VAULT)

        with world.looking("adviser") as session:
            facts = session.scalars(select(AuditEntry.facts).where(AuditEntry.act == "seeker.searched")).one()
            assert person.number not in facts

    def test_finds_nobody_for_an_unknown_number(self, world: World) -> None:
        with world.acting("adviser") as uow:
            assert find_seeker(uow, number="AA1", vault=VAULT) is None


class TestConsents:
    def test_replaces_the_words_agreed_to_before(self, world: World) -> None:
        person = add_seeker(world)

        with world.acting("adviser") as uow:
            record_consent(uow, seeker_id=person.id, agreement=replace(BOTH, text_version="test-2"))

        with world.looking("adviser") as session:
            live = select(Consent.text_version).where(Consent.seeker_id == person.id, Consent.withdrawn_at.is_(None))
            assert session.scalars(live).all() == ["test-2", "test-2"]

    def test_withdrawal_keeps_the_row(self, world: World) -> None:
        person = add_seeker(world)

        with world.acting("adviser") as uow:
            withdraw_consent(uow, seeker_id=person.id, kind=ConsentKind.SHARING)

        with world.looking("adviser") as session:
            rows = session.scalars(select(Consent).where(Consent.seeker_id == person.id)).all()
            assert {row.kind: row.withdrawn_at is None for row in rows} == {
                ConsentKind.MATCHING: True,
                ConsentKind.SHARING: False,
            }

    def test_refuses_to_withdraw_what_was_not_given(self, world: World) -> None:
        matching = Agreement(
            kinds=frozenset({ConsentKind.MATCHING}), text_version="1", language="fr", channel=Channel.PHONE
        )
        person = add_seeker(world, command=a_registration(agreement=matching))

        with pytest.raises(AlreadyDone), world.acting("adviser") as uow:
            withdraw_consent(uow, seeker_id=person.id, kind=ConsentKind.SHARING)


class TestObjectToMatching:
    def test_stops_at_once_and_can_be_lifted_by_the_person(self, world: World) -> None:
        person = add_seeker(world)

        with world.acting("adviser") as uow:
            object_to_matching(uow, seeker_id=person.id, channel=Channel.PHONE)
        with world.looking("adviser") as session:
            assert session.get_one(Seeker, person.id).matching_objected_at is not None

        with world.acting("adviser") as uow:
            lift_objection(uow, seeker_id=person.id, channel=Channel.COUNTER)
        with world.looking("adviser") as session:
            assert session.get_one(Seeker, person.id).matching_objected_at is None

    def test_refuses_a_second_objection(self, world: World) -> None:
        person = add_seeker(world)
        with world.acting("adviser") as uow:
            object_to_matching(uow, seeker_id=person.id, channel=Channel.PHONE)

        with pytest.raises(AlreadyDone), world.acting("adviser") as uow:
            object_to_matching(uow, seeker_id=person.id, channel=Channel.PHONE)


class TestPauseSeeker:
    def test_pauses_and_resumes_with_a_history(self, world: World) -> None:
        person = add_seeker(world)

        with world.acting("adviser") as uow:
            pause_seeker(uow, seeker_id=person.id)
        with world.acting("adviser") as uow:
            resume_seeker(uow, seeker_id=person.id)

        with world.looking("adviser") as session:
            steps = session.scalars(
                select(StateChange.to_state).where(StateChange.object_id == person.id).order_by(StateChange.id)
            ).all()
            assert steps == ["active", "paused", "active"]

    def test_refuses_to_pause_twice(self, world: World) -> None:
        person = add_seeker(world)
        with world.acting("adviser") as uow:
            pause_seeker(uow, seeker_id=person.id)

        with pytest.raises(IllegalMove), world.acting("adviser") as uow:
            pause_seeker(uow, seeker_id=person.id)


class TestResumeSeeker:
    def test_refuses_a_person_in_a_post(self, world: World) -> None:
        seeker_id = fitting_seeker(world)
        recorded_placement(world, selected_referral(world, validated_opening(world), seeker_id), who="adviser")

        with pytest.raises(RuleBroken, match="seeker-in-post"), world.acting("adviser") as uow:
            resume_seeker(uow, seeker_id=seeker_id)

        assert stored(world, Seeker, seeker_id).state is SeekerState.PLACED

    def test_brings_one_who_paused_in_a_post_back_to_the_post(self, world: World) -> None:
        seeker_id = fitting_seeker(world)
        recorded_placement(world, selected_referral(world, validated_opening(world), seeker_id), who="adviser")

        for act in (pause_seeker, resume_seeker):
            with world.acting("adviser") as uow:
                act(uow, seeker_id=seeker_id)

        assert stored(world, Seeker, seeker_id).state is SeekerState.PLACED

    def test_waits_for_a_start_that_a_company_is_recording(self, world: World) -> None:
        seeker_id = fitting_seeker(world)
        referral_id = selected_referral(world, validated_opening(world), seeker_id)
        with world.acting("adviser") as uow:
            pause_seeker(uow, seeker_id=seeker_id)

        def resume() -> None:
            with world.acting("adviser") as uow:
                resume_seeker(uow, seeker_id=seeker_id)

        waiting = threading.Thread(target=resume)
        with world.acting("hr_manager") as uow:
            record_placement(uow, referral_id=referral_id, **start_facts())
            waiting.start()
            waiting.join(0.5)
            assert waiting.is_alive()
        waiting.join(30)

        assert stored(world, Seeker, seeker_id).state is SeekerState.PLACED


class TestWhoSeesAFile:
    @pytest.mark.parametrize("who", ["hr_manager", "centre_manager", "analyst", "officer", "administrator"])
    def test_nobody_outside_the_agency(self, world: World, who: str) -> None:
        person = add_seeker(world)

        with world.looking(who) as session:
            assert session.get(Seeker, person.id) is None
            assert session.get(SeekerIdentity, person.id) is None

    def test_a_write_from_outside_finds_nothing(self, world: World) -> None:
        person = add_seeker(world)

        with pytest.raises(NotFound), world.acting("hr_manager") as uow:
            pause_seeker(uow, seeker_id=person.id)

    def test_matching_never_reads_identities(self, world: World) -> None:
        person = add_seeker(world, province_code=TANGER)

        with world.platform() as uow:
            assert uow.session.get(Seeker, person.id) is not None
            assert uow.session.get(SeekerIdentity, person.id) is None
