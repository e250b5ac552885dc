"""Requests of people: their clock, who decides, and what becomes of the file."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from skills_bridge.adapters.texts import Texts
from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.errors import AlreadyDone, IllegalMove, Invalid, NotFound, NotPermitted, RuleBroken
from skills_bridge.domain.privacy import ACCESS_FILE_SPAN, MOVES, OPEN, HandOver, Refusal, RequestState, RightsKind
from skills_bridge.models import (
    AccessFile,
    AuditEntry,
    Consent,
    Job,
    MatchResult,
    RightsRequest,
    Seeker,
    SeekerIdentity,
)
from skills_bridge.reporting.access_account import account_section
from skills_bridge.services import privacy
from skills_bridge.unit_of_work import utc_now
from tests.factories.openings import validated_opening
from tests.factories.referrals import computed_run, fitting_seeker, full_run
from tests.factories.rights import a_wish, accepted, carry_out, received
from tests.factories.seekers import add_seeker
from tests.factories.world import CASABLANCA, VAULT, World


def row_of(world: World, reference: str) -> RightsRequest:
    """Return a request."""
    with world.as_owner() as session:
        return session.scalars(select(RightsRequest).where(RightsRequest.reference == reference)).one()


def listed(world: World, run_id: int, opening_id: int) -> set[int]:
    """Return the people whom a run lists for an opening."""
    with world.as_owner() as session:
        of_run = select(MatchResult.seeker_id).where(MatchResult.run_id == run_id, MatchResult.opening_id == opening_id)
        return set(session.scalars(of_run))


def number_of(world: World, seeker_id: int) -> str:
    """Return a person's number of identity."""
    with world.as_owner() as session:
        row = session.get_one(SeekerIdentity, seeker_id)
        return VAULT.open(row.cin_sealed, key_id=row.cin_key_id, purpose=f"cin:{seeker_id}")


def taken(world: World, reference: str, *, who: str = "data_protection_officer") -> bytes:
    """Take an access file out."""
    with world.acting(who) as uow:
        return privacy.take_out_file(uow, reference=reference, how=HandOver.IN_PERSON, vault=VAULT)


class TestReceiveRequest:
    def test_starts_the_clock_that_the_deployment_sets(self, world: World) -> None:
        request = row_of(world, received(world, add_seeker(world).id, RightsKind.ACCESS))

        assert request.due_on == local_day(utc_now()) + timedelta(days=15)
        assert request.state is RequestState.RECEIVED

    def test_has_no_due_day_while_no_time_is_set(self, world: World) -> None:
        person = add_seeker(world)
        with world.acting("adviser") as uow:
            wish = a_wish(RightsKind.ACCESS)
            request = privacy.receive_request(uow, seeker_id=person.id, wish=wish, answer_days=None)
            assert request.due_on is None

    def test_refuses_a_second_one_of_the_kind_an_empty_correction_and_foreign_people(self, world: World) -> None:
        person, far = add_seeker(world), add_seeker(world, province_code=CASABLANCA, who="other_adviser")
        known = received(world, person.id, RightsKind.ACCESS)

        with pytest.raises(AlreadyDone) as refusal:
            received(world, person.id, RightsKind.ACCESS)
        assert refusal.value.facts == {"reference": known}
        wish = a_wish(RightsKind.CORRECTION, details=" ")
        with world.acting("adviser") as uow, pytest.raises(Invalid, match="correction-of-what"):
            privacy.receive_request(uow, seeker_id=person.id, wish=wish, answer_days=15)
        with pytest.raises(NotPermitted):
            received(world, far.id, RightsKind.ACCESS)
        for who in ("hr_manager", "data_protection_officer"):
            with pytest.raises((NotFound, NotPermitted)):
                received(world, person.id, RightsKind.ERASURE, who=who)


class TestDecide:
    def test_only_the_officer_decides(self, world: World) -> None:
        reference = received(world, add_seeker(world).id, RightsKind.ERASURE)

        for who in ("adviser", "administrator"):
            with world.acting(who) as uow, pytest.raises(NotPermitted):
                privacy.accept_request(uow, reference=reference)
        with world.acting("other_hr_manager") as uow, pytest.raises(NotFound):
            privacy.accept_request(uow, reference=reference)

    def test_a_refusal_has_its_reason_and_a_way_back(self, world: World) -> None:
        reference = received(world, add_seeker(world).id, RightsKind.ACCESS)
        with world.acting("data_protection_officer") as uow:
            privacy.refuse_request(uow, reference=reference, reason=Refusal.IDENTITY_UNSURE)
        assert row_of(world, reference).refusal is Refusal.IDENTITY_UNSURE

        with world.acting("adviser") as uow:
            privacy.reopen_request(uow, reference=reference)
        again = row_of(world, reference)
        assert (again.state, again.refusal) == (RequestState.RECEIVED, None)

    def test_an_acceptance_asks_for_work_once_and_cannot_be_repeated(self, world: World) -> None:
        reference = accepted(world, add_seeker(world).id, RightsKind.ACCESS)

        with world.acting("data_protection_officer") as uow, pytest.raises(IllegalMove):
            privacy.accept_request(uow, reference=reference)
        with world.as_owner() as session:
            assert len(session.scalars(select(Job.id).where(Job.kind == "privacy.hand_over")).all()) == 1

    def test_every_state_has_a_way_on_or_is_final_on_purpose(self) -> None:
        final = {state for state in RequestState if not MOVES[state]}
        assert final == {RequestState.DONE}
        assert all(MOVES[state] for state in OPEN)


class TestCarryOut:
    def test_an_objection_stops_matching(self, world: World) -> None:
        person = add_seeker(world)
        assert carry_out(world, accepted(world, person.id, RightsKind.OBJECTION)) is RequestState.DONE

        with world.as_owner() as session:
            assert session.get_one(Seeker, person.id).matching_objected_at is not None

    def test_an_objection_is_honoured_by_the_next_run(self, world: World) -> None:
        opening_id, seeker_id = validated_opening(world), fitting_seeker(world)
        before = listed(world, full_run(world), opening_id)
        carry_out(world, accepted(world, seeker_id, RightsKind.OBJECTION))

        assert seeker_id in before
        assert seeker_id not in listed(world, full_run(world), opening_id)

    def test_a_withdrawal_ends_every_consent_and_keeps_its_words(self, world: World) -> None:
        person = add_seeker(world)
        assert carry_out(world, accepted(world, person.id, RightsKind.WITHDRAWAL)) is RequestState.DONE

        with world.as_owner() as session:
            consents = session.scalars(select(Consent).where(Consent.seeker_id == person.id)).all()
        assert len(consents) == 2
        assert all(one.withdrawn_at and one.text_version and one.language for one in consents)

    def test_what_holds_already_is_no_fault(self, world: World) -> None:
        person = add_seeker(world)
        first = accepted(world, person.id, RightsKind.OBJECTION)
        carry_out(world, first)
        with world.as_owner() as session:
            session.execute(update(RightsRequest).values(state=RequestState.CANCELLED))
            session.commit()

        assert carry_out(world, accepted(world, person.id, RightsKind.OBJECTION)) is RequestState.DONE

    def test_a_correction_waits_for_the_adviser(self, world: World) -> None:
        reference = accepted(world, add_seeker(world).id, RightsKind.CORRECTION)
        with world.as_owner() as session:
            assert session.scalars(select(Job.id).where(Job.kind.like("privacy.%"))).all() == []

        with world.acting("adviser") as uow:
            privacy.finish_correction(uow, reference=reference)
        assert row_of(world, reference).state is RequestState.DONE


class TestAccessFile:
    @pytest.mark.parametrize("language", ["fr", "ar"])
    def test_holds_her_data_and_is_taken_out_once(self, world: World, language: str) -> None:
        seeker_id = fitting_seeker(world)
        reference = accepted(world, seeker_id, RightsKind.ACCESS, language=language)
        assert carry_out(world, reference) is RequestState.READY
        number = number_of(world, seeker_id)
        with world.as_owner() as session:
            sealed = session.scalars(select(AccessFile.content_sealed)).one() or b""
        assert b"PK" not in sealed[:4]

        archive = zipfile.ZipFile(io.BytesIO(taken(world, reference)))

        told = json.loads(archive.read(f"{reference}.json"))
        assert told["held"]["seeker_identity"][0]["last_name"].startswith("Nom")
        assert told["held"]["seeker_identity"][0]["cin_sealed"] == number
        assert told["held"]["seeker"][0]["province_code"]["name"]
        assert {"seeker", "seeker_identity", "consent", "seeker_equity", "state_change"} <= set(told["held"])
        assert archive.read(f"{reference}-{language}.pdf").startswith(b"%PDF")
        assert row_of(world, reference).state is RequestState.DONE
        with pytest.raises(RuleBroken, match="access-file-gone"):
            taken(world, reference)
        with world.as_owner() as session:
            assert session.scalars(select(AccessFile.content_sealed)).one() is None
            facts = session.scalars(select(AuditEntry.facts).where(AuditEntry.act == "access-file.taken")).one()
        assert '"reason":"in_person"' in facts

    @pytest.mark.parametrize("language", ["fr", "ar"])
    def test_tells_on_what_each_place_in_a_list_was_computed(self, world: World, language: str) -> None:
        opening_id, seeker_id = validated_opening(world), fitting_seeker(world)
        computed_run(world, opening_id)
        computed_run(world, opening_id)  # the earlier one is no longer in force
        reference = accepted(world, seeker_id, RightsKind.ACCESS, language=language)
        carry_out(world, reference)

        archive = zipfile.ZipFile(io.BytesIO(taken(world, reference)))

        (computed,) = json.loads(archive.read(f"{reference}.json"))["computed"]
        assert computed["result_class"] == "ready"
        assert {"mobility"} <= {condition["kind"] for condition in computed["conditions"]}
        assert {condition["answer"] for condition in computed["conditions"]} == {"pass"}
        assert sum(found["share"] for found in computed["competencies"]) == computed["score"]
        section = account_section([computed], Texts(language))
        told = "\n".join(" = ".join(pair) for pair in section["rows"][0])
        assert computed["opening"] in told
        assert ("condition remplie" in told) == (language == "fr")
        assert all(found["name"] in told for found in computed["competencies"])

    def test_needs_the_officer(self, world: World) -> None:
        reference = accepted(world, add_seeker(world).id, RightsKind.ACCESS)
        carry_out(world, reference)

        with pytest.raises(NotPermitted):
            taken(world, reference, who="administrator")
        with pytest.raises(NotFound):
            taken(world, reference, who="adviser")

    def test_expires_and_can_be_built_again(self, world: World) -> None:
        reference = accepted(world, add_seeker(world).id, RightsKind.ACCESS)
        carry_out(world, reference)
        later = utc_now() + ACCESS_FILE_SPAN + timedelta(hours=1)

        with world.acting("data_protection_officer", clock=lambda: later) as uow, pytest.raises(RuleBroken):
            privacy.take_out_file(uow, reference=reference, how=HandOver.IN_PERSON, vault=VAULT)
        with world.acting("data_protection_officer") as uow:
            privacy.rebuild_file(uow, reference=reference)
        assert carry_out(world, reference) is RequestState.READY
