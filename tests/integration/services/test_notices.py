"""Notices: each kind reaches its readers once, however often the work is repeated; four letters for a pack."""

from __future__ import annotations

from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from sqlalchemy import select

from skills_bridge.adapters.mail import SinkMailer
from skills_bridge.domain.errors import NotFound
from skills_bridge.domain.reactions import REACTIONS
from skills_bridge.domain.training import CancelReason
from skills_bridge.models import Job, Membership, Notice, Pack
from skills_bridge.policies.notices import READ_WITH
from skills_bridge.services.notices import READERS, mark_read, tell
from skills_bridge.services.organisations import mark_demo
from skills_bridge.services.placements import settle_placement
from skills_bridge.services.training import cancel_cohort
from tests.factories.openings import validated_opening
from tests.factories.referrals import (
    fitting_seeker,
    proposed_referral,
    recorded_placement,
    selected_referral,
    sent_referral,
)
from tests.factories.reservations import a_bridge, reserved
from tests.factories.seekers import add_seeker
from tests.factories.training import a_cohort, a_programme, enrolled
from tests.factories.world import CASABLANCA, TANGER, World

PARTIES = ("agency", "industry", "employment", "association")


def a_pack(world: World) -> int:
    with world.platform() as uow:
        pack = Pack(
            reference="RM-2026-00001",
            agency_id=world.ids["agency"],
            month_on=date(2026, 8, 1),
            version=1,
            cut_off_at=datetime(2026, 9, 1, tzinfo=UTC),
            asked_by=world.actors["report_officer"].user_id,
        )
        uow.session.add(pack)
        uow.session.flush()
        return pack.id


def cancelled_cohort(world: World) -> int:
    """Cancel a cohort in which a person had a seat."""
    cohort = a_cohort(world)
    enrolled(world, cohort)
    with world.acting("centre_manager") as uow:
        cancel_cohort(uow, cohort_id=cohort.id, reason=CancelReason.TOO_FEW)
    return cohort.id


def asked_for(world: World, kind: str) -> list[int | None]:
    """Return the objects that jobs of a kind of notice are about."""
    with world.as_owner() as session:
        return list(session.scalars(select(Job.object_id).where(Job.kind == f"notices.{kind}")))


def told(world: World, folder: Path, kind: str, object_id: int) -> None:
    """Do the work of one job twice."""
    with world.as_owner() as session:
        job = Job(
            kind=f"notices.{kind}", object_id=object_id, dedupe_key=f"{kind}:{object_id}", due_at=datetime.now(UTC)
        )
        session.add(job)
        session.commit()
        job_id = job.id
    for _ in range(2):
        with world.platform() as uow:
            uow.job = uow.session.get_one(Job, job_id)
            tell(
                uow,
                kind=kind,
                object_id=object_id,
                mailer=SinkMailer(folder, "nepasrepondre@example.invalid"),
                base_url="https://demo.example.invalid",
            )


def readers(world: World, kind: str) -> list[str]:
    names = {key: name for name, key in world.ids.items()}
    with world.as_owner() as session:
        return sorted(names[n.organisation_id] for n in session.scalars(select(Notice).where(Notice.kind == kind)))


class TestEachKind:
    def test_is_asked_for_by_an_event(self) -> None:
        asked = {task.removeprefix("notices.") for tasks in REACTIONS.values() for task in tasks if "notices." in task}

        assert asked == set(READERS) == set(READ_WITH)

    def test_reaches_its_readers_once(self, world: World, tmp_path: Path) -> None:
        opening_id = validated_opening(world)
        seeker_id = fitting_seeker(world)
        sent_referral(world, validated_opening(world, company="other_company", who="other_hr_manager"), seeker_id)
        referral_id = selected_referral(world, opening_id, seeker_id)
        placement_id = recorded_placement(world, referral_id)
        with world.platform() as uow:
            settle_placement(uow, placement_id=placement_id)
        pack_id = a_pack(world)
        cohort_id = cancelled_cohort(world)
        reservation_id = reserved(world, a_bridge(world, programme_id=a_programme(world, title_fr="Une autre")))
        member = world.actors["adviser"].membership_id or 0
        expected = {
            "opening_submitted": (opening_id, ["agency"]),
            "opening_validated": (opening_id, ["company"]),
            "opening_refused": (opening_id, ["company"]),
            "opening_closed": (opening_id, ["agency"]),
            "referral_sent": (referral_id, ["company"]),
            "referral_answered": (referral_id, ["agency"]),
            "referrals_ended": (placement_id, ["agency", "other_company"]),
            "referral_stopped": (referral_id, ["agency", "company"]),
            "cohort_cancelled": (cohort_id, ["agency"]),
            "seat_reserved": (reservation_id, ["centre"]),
            "post_reserved": (reservation_id, ["company"]),
            "learner_to_enrol": (reservation_id, ["centre"]),
            "learner_enrolled": (reservation_id, ["agency", "company"]),
            "seat_released": (reservation_id, ["centre"]),
            "post_released": (reservation_id, ["agency", "company"]),
            "placement_recorded": (placement_id, ["agency", "company"]),
            "placement_undone": (placement_id, ["agency", "company"]),
            "person_forgotten": (seeker_id, ["company", "other_company"]),
            "person_to_tell": (seeker_id, ["agency"]),
            "many_identities_here": (member, ["agency"]),
            "many_identities": (member, ["platform"]),
            "pack_frozen": (pack_id, sorted(PARTIES)),
            "visa_sent_back": (pack_id, ["agency"]),
            "pack_published": (pack_id, sorted(PARTIES)),
        }
        for kind, (object_id, _) in expected.items():
            told(world, tmp_path, kind, object_id)

        assert {kind: readers(world, kind) for kind in READERS} == {kind: who for kind, (_, who) in expected.items()}

    def test_that_nobody_knows_is_refused(self, world: World, tmp_path: Path) -> None:
        with pytest.raises(NotFound), world.platform() as uow:
            tell(uow, kind="rumour", object_id=1, mailer=SinkMailer(tmp_path, "a@example.invalid"), base_url="")


class TestEndedByAPlacement:
    def test_each_side_is_told_once_an_opening(self, world: World, tmp_path: Path) -> None:
        filled = validated_opening(world, terms={"posts": 1})
        chosen = fitting_seeker(world)
        elsewhere = validated_opening(world, company="other_company", who="other_hr_manager")
        sent_referral(world, elsewhere, chosen)
        for _ in range(2):
            sent_referral(world, filled, fitting_seeker(world))
        proposed_referral(world, validated_opening(world), chosen)  # no company knows of it
        placement_id = recorded_placement(world, selected_referral(world, filled, chosen), who="adviser")

        assert asked_for(world, "referrals_ended") == [placement_id]
        told(world, tmp_path, "referrals_ended", placement_id)
        assert readers(world, "referrals_ended") == ["agency", "agency", "agency", "company", "other_company"]

    def test_nobody_is_told_where_nothing_ended(self, world: World) -> None:
        opening_id = validated_opening(world)
        recorded_placement(world, selected_referral(world, opening_id, fitting_seeker(world)), who="adviser")

        assert asked_for(world, "referrals_ended") == []


class TestCancelledCohort:
    def test_is_told_to_each_unit_whose_people_had_a_seat(self, world: World, tmp_path: Path) -> None:
        cohort = a_cohort(world)
        for province in (TANGER, TANGER, CASABLANCA):
            enrolled(world, cohort, person=add_seeker(world, province_code=province))
        with world.acting("centre_manager") as uow:
            cancel_cohort(uow, cohort_id=cohort.id, reason=CancelReason.TOO_FEW)

        assert asked_for(world, "cohort_cancelled") == [cohort.id]
        told(world, tmp_path, "cohort_cancelled", cohort.id)
        with world.as_owner() as session:
            assert set(session.scalars(select(Notice.unit_id))) == set(world.units.values())

    def test_is_told_to_nobody_where_nobody_had_one(self, world: World) -> None:
        cohort = a_cohort(world)
        with world.acting("centre_manager") as uow:
            cancel_cohort(uow, cohort_id=cohort.id, reason=CancelReason.TOO_FEW)

        assert asked_for(world, "cohort_cancelled") == []


class TestPublishedPack:
    def test_sends_one_letter_to_each_party_in_both_languages_with_the_mark(self, world: World, tmp_path: Path) -> None:
        with world.platform() as uow:
            mark_demo(uow)
        told(world, tmp_path, "pack_published", a_pack(world))
        letters = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in tmp_path.iterdir()]

        assert sorted(letter["To"] for letter in letters) == sorted(
            f"{party}_signatory@example.invalid" for party in PARTIES
        )
        for letter in letters:
            body = letter.get_body()
            assert body is not None
            content = body.get_content()
            assert "DÉMONSTRATION : données fictives" in content
            assert "بيانات وهمية" in content
            assert content.count("https://demo.example.invalid/packs/RM-2026-00001") == 2
            assert letter["Subject"].startswith("[DÉMONSTRATION")
        assert len({letter["Message-ID"] for letter in letters}) == 4

    def test_writes_to_nobody_who_left(self, world: World, tmp_path: Path) -> None:
        with world.as_owner() as session:
            gone = session.get_one(Membership, world.actors["industry_signatory"].membership_id)
            gone.ended_at = datetime.now(UTC)
            session.commit()
        told(world, tmp_path, "pack_published", a_pack(world))

        assert len(list(tmp_path.iterdir())) == 3


class TestPutAway:
    def test_is_for_the_readers_alone(self, world: World, tmp_path: Path) -> None:
        told(world, tmp_path, "opening_submitted", validated_opening(world))
        with world.as_owner() as session:
            (notice_id,) = session.scalars(select(Notice.id)).all()
        for who in ("hr_manager", "other_adviser"):
            with pytest.raises(NotFound), world.acting(who) as uow:
                mark_read(uow, notice_id=notice_id)
        with world.as_owner() as session:
            assert session.get_one(Notice, notice_id).read_at is None

        with world.acting("adviser") as uow:
            mark_read(uow, notice_id=notice_id)
        with world.as_owner() as session:
            assert session.get_one(Notice, notice_id).read_at is not None
