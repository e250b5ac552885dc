from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select, text, update

from skills_bridge.domain.errors import RuleBroken
from skills_bridge.domain.framework import Cefr, Evidence
from skills_bridge.domain.placements import CancelReason
from skills_bridge.domain.seekers import Channel, ConsentKind, SeekerState
from skills_bridge.models import (
    CompetencyRelation,
    Consent,
    HeldCompetency,
    Licence,
    MatchProfile,
    MatchReference,
    Placement,
    Seeker,
    SeekerLanguage,
)
from skills_bridge.models.changed_people import UnknownPeople, note_people
from skills_bridge.services.matching import check_packed, pack_due, pack_next
from skills_bridge.services.matching.packing import list_differing
from skills_bridge.services.placements import undo_placement
from skills_bridge.services.seekers import (
    assess_competencies,
    finish_interview,
    infer_competencies,
    lift_objection,
    object_to_matching,
    pause_seeker,
    record_competency,
    record_consent,
    resume_seeker,
    update_seeker,
    withdraw_consent,
)
from skills_bridge.services.seekers.bulk import Desk, declare_levels, open_files
from skills_bridge.services.training import certify_enrolment
from skills_bridge.unit_of_work import UnitOfWork, utc_now
from tests.factories.openings import competency_ids, validated_opening
from tests.factories.referrals import (
    fitting_seeker,
    hold,
    recorded_placement,
    registered_seeker,
    selected_referral,
    today,
)
from tests.factories.seekers import BOTH, Person, a_profile, a_registration, add_seeker
from tests.factories.training import a_cohort, completed
from tests.factories.world import KENITRA, TANGER, VAULT, World

Act = tuple[str, Callable[[], object]]


def differing(world: World, *, days: int = 0) -> list[int]:
    """Return whose packed profile is not what the files say on a day."""
    with world.platform(clock=lambda: utc_now() + timedelta(days=days)) as uow:
        people = list(uow.session.scalars(select(Seeker.id)))
        return list_differing(uow, agency_id=world.ids["agency"], people=people)


def digest_of(world: World, seeker_id: int) -> bytes | None:
    """Return the digest of a packed profile; None for whoever may not be looked for."""
    with world.platform() as uow:
        row = uow.session.get(MatchProfile, seeker_id)
        return row.digest if row is not None and row.is_open else None


def acts_of(world: World, person: Person) -> Iterator[Act]:
    """Yield each act that changes what matching reads of a person, in an order in which each is allowed."""
    me, agency = person.id, world.ids["agency"]

    def adviser(act: Callable[[UnitOfWork], object], who: str = "adviser") -> Callable[[], object]:
        def run() -> object:
            with world.acting(who) as uow:
                return act(uow)

        return run

    def version(uow: UnitOfWork) -> int:
        return uow.session.get_one(Seeker, me).version

    def placed() -> int:
        return recorded_placement(world, selected_referral(world, opening_id, me))

    opening_id = validated_opening(world)
    moved = a_profile(
        mobility=(KENITRA, TANGER), languages={"fr": Cefr.B2}, licences=("driving_b",), wanted_profiles=(1,)
    )
    with world.platform() as uow:
        one, two = competency_ids(uow, "AUTO-001", "AUTO-002")
    yield (
        "update",
        adviser(lambda u: update_seeker(u, seeker_id=me, version=version(u), profile=moved)),
    )
    yield "infer", adviser(lambda u: infer_competencies(u, seeker_id=me))
    yield "declare", adviser(lambda u: declare_levels(u, people=[(u.session.get_one(Seeker, me), {one: 3})]))
    yield "assess", adviser(lambda u: assess_competencies(u, seeker_id=me, levels={one: 2}))
    yield (
        "record",
        adviser(
            lambda u: record_competency(
                u, seeker_id=me, competency_id=two, level=4, evidence=Evidence.ASSESSED, valid_until=today()
            )
        ),
    )
    yield "interview", adviser(lambda u: finish_interview(u, seeker_id=me, levels={one: 0, two: 3}))
    yield "withdraw", adviser(lambda u: withdraw_consent(u, seeker_id=me, kind=ConsentKind.MATCHING))
    yield "consent", adviser(lambda u: record_consent(u, seeker_id=me, agreement=BOTH))
    yield "object", adviser(lambda u: object_to_matching(u, seeker_id=me, channel=Channel.COUNTER))
    yield "lift", adviser(lambda u: lift_objection(u, seeker_id=me, channel=Channel.COUNTER))
    yield "pause", adviser(lambda u: pause_seeker(u, seeker_id=me))
    yield "resume", adviser(lambda u: resume_seeker(u, seeker_id=me))
    enrolment = completed(world, a_cohort(world), person=person)
    yield "certify", adviser(lambda u: certify_enrolment(u, public_id=enrolment.public_id), "centre_manager")
    keys: list[int] = []
    yield "place", lambda: keys.append(placed())
    if agency:
        yield (
            "undo",
            adviser(lambda u: undo_placement(u, placement_id=keys[0], reason=CancelReason.PERSON_WITHDREW)),
        )


class TestPackedProfile:
    def test_is_what_the_files_say_after_each_act(self, world: World) -> None:
        person = add_seeker(world)
        assert (differing(world), digest_of(world, person.id)) == ([], digest_of(world, person.id))
        told: dict[str, bytes | None] = {"register": digest_of(world, person.id)}

        for name, act in acts_of(world, person):
            act()
            assert differing(world) == [], name
            told[name] = digest_of(world, person.id)

        closed = {"withdraw", "object", "pause", "place"}
        assert {name for name, digest in told.items() if digest is None} == closed
        changing = ["register", "update", "declare", "assess", "record", "interview", "certify"]
        assert len({told[name] for name in changing}) == len(changing)

    def test_of_many_files_opened_at_once_is_right_too(self, world: World) -> None:
        desk = Desk(agency_id=world.ids["agency"], unit_id=world.units["north"], user_id=None)
        people = [a_registration(), a_registration(agreement=None), a_registration()]

        with world.acting("adviser") as uow:
            seekers, _ = open_files(uow, people=people, desk=desk, vault=VAULT)
            keys = [seeker.id for seeker in seekers]

        assert differing(world) == []
        assert [digest_of(world, key) is not None for key in keys] == [True, False, True]

    def test_is_untouched_by_an_act_that_is_rolled_back(self, world: World) -> None:
        seeker_id = fitting_seeker(world)
        before = digest_of(world, seeker_id)

        def break_down() -> None:
            with world.acting("adviser") as uow:
                pause_seeker(uow, seeker_id=seeker_id)
                raise RuntimeError("the machine stops")

        with pytest.raises(RuntimeError):
            break_down()

        assert digest_of(world, seeker_id) == before

    def test_holds_every_way_that_no_other_makes_needless(self, world: World) -> None:
        seeker_id = fitting_seeker(world)
        with world.platform() as uow:
            keys = competency_ids(uow, "AUTO-001", "AUTO-002", "AUTO-003", "AUTO-004")
            for related, kind in ((keys[3], "close"), (keys[2], "loose")):
                uow.session.merge(CompetencyRelation(competency_id=keys[0], related_id=related, kind=kind))
                uow.session.merge(CompetencyRelation(competency_id=keys[1], related_id=keys[3], kind="loose"))
        hold(world, seeker_id, "AUTO-001", 2, Evidence.DECLARED)
        hold(world, seeker_id, "AUTO-004", 1, Evidence.ASSESSED)

        assert differing(world) == []


class TestTheGuard:
    @pytest.mark.parametrize(
        "statement",
        [
            update(Seeker).values(state=SeekerState.PAUSED),
            delete(HeldCompetency).where(HeldCompetency.level == 1),
            insert(SeekerLanguage).from_select(["seeker_id"], select(Seeker.id)),
            update(Consent).where(Consent.kind == ConsentKind.MATCHING).values(withdrawn_at=utc_now()),
            update(Placement).values(ended_on=today()),
            text("UPDATE seeker SET state = 'paused'"),
            text("delete from  held_competency"),
        ],
        ids=str,
    )
    def test_refuses_a_statement_that_names_nobody(self, world: World, statement: object) -> None:
        with pytest.raises(UnknownPeople), world.acting("adviser") as uow:
            uow.session.execute(statement)  # type: ignore[call-overload]  # any statement

    def test_lets_it_pass_once_its_author_says_whom_it_touches(self, world: World) -> None:
        seeker_id = fitting_seeker(world)

        with world.acting("adviser") as uow:
            note_people(uow.session, [seeker_id], table="seeker")
            uow.session.execute(update(Seeker).values(experience_months=7))

        assert differing(world) == []
        with world.looking("adviser") as session:
            assert session.get_one(Seeker, seeker_id).experience_months == 7


class TestPackDue:
    def test_turns_a_proof_that_has_run_out_into_a_declaration(self, world: World) -> None:
        seeker_id = registered_seeker(world)
        with world.acting("adviser") as uow:
            (key,) = competency_ids(uow, "AUTO-001")
            record_competency(
                uow, seeker_id=seeker_id, competency_id=key, level=3, evidence=Evidence.ASSESSED, valid_until=today()
            )
        assert (differing(world), differing(world, days=1)) == ([], [seeker_id])

        with world.platform(clock=lambda: utc_now() + timedelta(days=1)) as uow:
            assert pack_due(uow) == 1

        assert differing(world, days=1) == []

    def test_follows_the_lists_and_the_relations(self, world: World) -> None:
        seeker_id = fitting_seeker(world, licences=("driving_b", "driving_c"))
        with world.platform() as uow:
            version = uow.session.get_one(MatchReference, 1).version
            uow.session.add(Licence(code="ambulance", label_fr="Ambulance", is_reviewed_ar=False))
        assert differing(world) == [seeker_id]

        with world.platform() as uow:
            assert uow.session.get_one(MatchReference, 1).version == version + 1
            assert pack_due(uow) == 1

        assert differing(world) == []
        with world.platform() as uow:
            assert pack_due(uow) == 0


class TestPackNext:
    def test_repairs_what_was_written_behind_the_rules(self, world: World) -> None:
        people = [fitting_seeker(world) for _ in range(2)]
        with world.as_owner() as session:
            session.connection().exec_driver_sql("DELETE FROM match_profile WHERE seeker_id = %s", (people[0],))
            session.commit()
        assert differing(world) == people[:1]

        with world.platform() as uow:
            done = pack_next(uow)
            assert done is not None
            assert (done.people, done.changed, done.last) == (2, 1, people[1])
            assert pack_next(uow, after=done.last) is None

        assert differing(world) == []


class TestCheckPacked:
    def test_counts_who_was_compared(self, world: World) -> None:
        fitting_seeker(world)

        with world.platform() as uow:
            assert check_packed(uow) == 1

    def test_says_so_where_a_packed_profile_is_wrong(self, world: World) -> None:
        seeker_id = fitting_seeker(world)
        with world.as_owner() as session:
            session.connection().exec_driver_sql("UPDATE held_competency SET level = 1")
            session.commit()

        with pytest.raises(RuleBroken) as refused, world.platform() as uow:
            check_packed(uow)

        assert refused.value.facts == {"people": 1, "first": seeker_id}


class TestRights:
    def test_the_web_packs_and_never_reads(self, world: World) -> None:
        fitting_seeker(world)

        with world.looking("adviser") as session, pytest.raises(Exception, match="permission denied"):
            session.execute(select(MatchProfile)).all()

    def test_a_company_packs_a_person_whose_file_it_cannot_see(self, world: World) -> None:
        seeker_id = fitting_seeker(world)
        referral = selected_referral(world, validated_opening(world), seeker_id)

        recorded_placement(world, referral, who="hr_manager")

        assert digest_of(world, seeker_id) is None
        assert differing(world) == []
