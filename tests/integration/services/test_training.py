"""Cohorts on a real database: seats, people, certificates, and who may see what."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from skills_bridge.domain.accounts import CLOCK
from skills_bridge.domain.errors import AlreadyDone, IllegalMove, Invalid, NotFound, NotPermitted, RuleBroken, Stale
from skills_bridge.domain.framework import Evidence
from skills_bridge.domain.training import CancelReason, CohortState, EnrolmentState, LeaveReason, Outcome
from skills_bridge.models import Cohort, Enrolment, HeldCompetency, Job, Programme, Seeker
from skills_bridge.queries.listing import ListRequest
from skills_bridge.queries.training.cohorts import get_cohort_page, list_cohorts
from skills_bridge.services.training import (
    ProgrammeDraft,
    cancel_cohort,
    certify_enrolment,
    certify_enrolments,
    complete_enrolment,
    complete_enrolments,
    create_cohort,
    create_programme,
    drop_enrolment,
    enrol_seeker,
    publish_cohort,
    start_cohort,
    update_cohort,
    update_programme,
    withdraw_enrolment,
)
from skills_bridge.unit_of_work import utc_now
from tests.factories.openings import competency_ids
from tests.factories.seekers import add_seeker
from tests.factories.training import a_cohort, a_draft, a_plan, a_programme, completed, enrolled, in_days
from tests.factories.world import World

SEATS = 50
CONTENDERS = 400
THREADS = 16


def taken(world: World, cohort: Cohort) -> int:
    """Return the seats that the cohort says are taken, once they are those that people really hold."""
    with world.looking("adviser") as session:
        said = session.scalars(select(Cohort.taken).where(Cohort.id == cohort.id)).one()
        held = session.scalar(
            select(func.count()).where(
                Enrolment.cohort_id == cohort.id, Enrolment.state.in_(("enrolled", "completed", "certified"))
            )
        )
        assert said == held
        return said


def held_levels(world: World, seeker_id: int, *codes: str) -> dict[str, tuple[int, str]]:
    with world.acting("adviser") as uow:
        keys = dict(zip(competency_ids(uow, *codes), codes, strict=True))
        rows = uow.session.scalars(
            select(HeldCompetency).where(HeldCompetency.seeker_id == seeker_id, HeldCompetency.competency_id.in_(keys))
        )
        return {keys[row.competency_id]: (row.level, row.evidence.value) for row in rows}


def hold(world: World, seeker_id: int, code: str, level: int, evidence: Evidence) -> None:
    with world.acting("adviser") as uow:
        row: dict[str, Any] = {"level": level, "evidence": evidence, "recorded_at": uow.now}
        uow.session.execute(
            insert(HeldCompetency)
            .values(
                seeker_id=seeker_id,
                competency_id=competency_ids(uow, code)[0],
                agency_id=world.ids["agency"],
                source="test",
                **row,
            )
            .on_conflict_do_update(index_elements=["seeker_id", "competency_id"], set_=row)
        )


def jobs(world: World, kind: str) -> int:
    with world.platform() as uow:
        return uow.session.scalar(select(func.count()).where(Job.kind == kind)) or 0


class TestEnrolment:
    def test_of_many_at_once_fills_the_cohort_exactly(self, world: World) -> None:
        cohort = a_cohort(world, seats=SEATS)
        first = add_seeker(world)
        with world.acting("adviser") as uow:  # the others are copies of her: what contends is the seat
            session = uow.session
            row = {c.name: getattr(session.get_one(Seeker, first.id), c.name) for c in Seeker.__table__.columns}
            for drop in ("id", "public_id", "created_at"):
                row.pop(drop)
            people = session.scalars(
                insert(Seeker).returning(Seeker.id),
                [{**row, "pseudonym": f"X-{n:05d}"} for n in range(CONTENDERS)],
            ).all()

        def contend(seeker_id: int) -> str:
            try:
                with world.acting("adviser") as uow:
                    enrol_seeker(uow, cohort_id=cohort.id, seeker_id=seeker_id)
            except RuleBroken as refusal:
                return refusal.code
            return "enrolled"

        with ThreadPoolExecutor(THREADS) as pool:
            answers = Counter(pool.map(contend, people))

        assert answers == {"enrolled": SEATS, "cohort-full": CONTENDERS - SEATS}
        assert taken(world, cohort) == SEATS

    def test_of_one_person_many_times_takes_one_seat(self, world: World) -> None:
        cohort, person = a_cohort(world, seats=SEATS), add_seeker(world)

        def contend(_: int) -> str:
            try:
                with world.acting("adviser") as uow:
                    enrol_seeker(uow, cohort_id=cohort.id, seeker_id=person.id)
            except AlreadyDone as refusal:
                return refusal.code
            return "enrolled"

        with ThreadPoolExecutor(8) as pool:
            answers = Counter(pool.map(contend, range(16)))

        assert answers == {"enrolled": 1, "already-enrolled": 15}
        assert taken(world, cohort) == 1

    def test_needs_a_published_cohort(self, world: World) -> None:
        cohort, person = a_cohort(world), add_seeker(world)
        with world.acting("centre_manager") as uow:
            start_cohort(uow, cohort_id=cohort.id)
        with pytest.raises(RuleBroken) as refusal, world.acting("adviser") as uow:
            enrol_seeker(uow, cohort_id=cohort.id, seeker_id=person.id)

        assert refusal.value.code == "cohort-not-open"

    def test_ends_on_its_day_in_morocco(self, world: World) -> None:
        cohort, person, other = a_cohort(world, enrolment_until=in_days(0)), add_seeker(world), add_seeker(world)
        with world.acting("adviser") as uow:
            enrol_seeker(uow, cohort_id=cohort.id, seeker_id=person.id)
        tomorrow = datetime.combine(in_days(1), datetime.min.time(), UTC) + timedelta(hours=12)
        with pytest.raises(RuleBroken) as refusal, world.acting("adviser", clock=lambda: tomorrow) as uow:
            enrol_seeker(uow, cohort_id=cohort.id, seeker_id=other.id)

        assert refusal.value.code == "enrolment-over"

    @pytest.mark.parametrize(
        ("education", "code"),
        [(None, "entry-unknown"), ("primary", "entry-fail")],
    )
    def test_refuses_an_entry_that_is_not_met_or_not_known(
        self, world: World, education: str | None, code: str
    ) -> None:
        cohort, person = a_cohort(world), add_seeker(world, education_code=education, field_code=None)
        with pytest.raises(RuleBroken) as refusal, world.acting("adviser") as uow:
            enrol_seeker(uow, cohort_id=cohort.id, seeker_id=person.id)

        assert refusal.value.code == code
        assert taken(world, cohort) == 0

    def test_asks_nothing_where_the_programme_asks_nothing(self, world: World) -> None:
        cohort = a_cohort(world, programme_id=a_programme(world, entry_rank=0))

        assert enrolled(world, cohort, person=add_seeker(world, education_code=None, field_code=None)).id

    @pytest.mark.parametrize(
        ("change", "code"),
        [({"state": "paused"}, "person-not-active"), ({"matching_objected_at": utc_now()}, "person-objected")],
    )
    def test_leaves_people_who_are_not_looked_for(self, world: World, change: dict[str, Any], code: str) -> None:
        cohort, person = a_cohort(world), add_seeker(world)
        with world.acting("adviser") as uow:
            uow.session.execute(update(Seeker).where(Seeker.id == person.id).values(**change))
        with pytest.raises(RuleBroken) as refusal, world.acting("adviser") as uow:
            enrol_seeker(uow, cohort_id=cohort.id, seeker_id=person.id)

        assert refusal.value.code == code

    def test_is_no_act_of_a_centre(self, world: World) -> None:
        cohort = a_cohort(world)
        with pytest.raises(NotFound), world.acting("centre_manager") as uow:
            enrol_seeker(uow, cohort_id=cohort.id, seeker_id=add_seeker(world).id)


class TestLeaving:
    @pytest.mark.parametrize("act", [("adviser", withdraw_enrolment), ("centre_manager", drop_enrolment)])
    def test_frees_exactly_one_seat(self, world: World, act: tuple[str, Any]) -> None:
        cohort = a_cohort(world, seats=2)
        enrolment = enrolled(world, cohort)
        enrolled(world, cohort)
        who, leave = act
        with world.acting(who) as uow:
            leave(uow, public_id=enrolment.public_id, reason=LeaveReason.TRANSPORT)
        with pytest.raises(IllegalMove), world.acting(who) as uow:
            leave(uow, public_id=enrolment.public_id, reason=LeaveReason.TRANSPORT)

        assert taken(world, cohort) == 1
        enrolled(world, cohort)
        assert taken(world, cohort) == 2

    def test_twice_at_once_frees_one_seat(self, world: World) -> None:
        cohort = a_cohort(world)
        enrolment = enrolled(world, cohort)
        enrolled(world, cohort)

        def leave(_: int) -> bool:
            try:
                with world.acting("adviser") as uow:
                    withdraw_enrolment(uow, public_id=enrolment.public_id, reason=LeaveReason.JOB_FOUND)
            except IllegalMove:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(leave, range(8))) == 1
        assert taken(world, cohort) == 1

    def test_can_be_taken_back_while_a_seat_is_free(self, world: World) -> None:
        cohort, person = a_cohort(world, seats=1), add_seeker(world)
        enrolment = enrolled(world, cohort, person=person)
        with world.acting("adviser") as uow:
            withdraw_enrolment(uow, public_id=enrolment.public_id, reason=LeaveReason.MISTAKE)
        again = enrolled(world, cohort, person=person)

        assert (again.id, again.state, again.reason) == (enrolment.id, EnrolmentState.ENROLLED, None)
        assert taken(world, cohort) == 1

    def test_of_everybody_follows_a_cancelled_cohort(self, world: World) -> None:
        cohort = a_cohort(world)
        for _ in range(2):
            enrolled(world, cohort)
        with world.acting("centre_manager") as uow:
            cancel_cohort(uow, cohort_id=cohort.id, reason=CancelReason.TOO_FEW)

        assert taken(world, cohort) == 0
        with world.looking("adviser") as session:
            states = session.execute(select(Enrolment.state, Enrolment.reason)).all()
        assert {tuple(row) for row in states} == {(EnrolmentState.WITHDRAWN, LeaveReason.COHORT_CANCELLED)}


class TestCertificate:
    def test_raises_levels_with_its_proof_and_never_lowers_one(self, world: World) -> None:
        codes = ("AUTO-001", "AUTO-002", "AUTO-003")
        programme_id = a_programme(world, levels=dict.fromkeys(codes, 3))
        cohort, person = a_cohort(world, programme_id=programme_id), add_seeker(world)
        hold(world, person.id, "AUTO-001", 2, Evidence.ASSESSED)
        hold(world, person.id, "AUTO-002", 4, Evidence.CERTIFIED)
        hold(world, person.id, "AUTO-003", 3, Evidence.DECLARED)
        enrolment = completed(world, cohort, person=person)
        before = jobs(world, "matching.match_for_seeker")
        with world.acting("centre_manager") as uow:
            certify_enrolment(uow, public_id=enrolment.public_id)

        assert held_levels(world, person.id, *codes) == {
            "AUTO-001": (3, "certified"),
            "AUTO-002": (4, "certified"),
            "AUTO-003": (3, "certified"),
        }
        assert jobs(world, "matching.match_for_seeker") == before + 1

    def test_adds_what_was_not_held(self, world: World) -> None:
        cohort = a_cohort(world, programme_id=a_programme(world, levels={"AUTO-020": 2}))
        enrolment = completed(world, cohort)
        with world.acting("centre_manager") as uow:
            certify_enrolment(uow, public_id=enrolment.public_id)

        assert held_levels(world, enrolment.seeker_id, "AUTO-020") == {"AUTO-020": (2, "certified")}

    def test_keeps_a_higher_level_with_its_own_proof(self, world: World) -> None:
        cohort, person = a_cohort(world), add_seeker(world)
        hold(world, person.id, "AUTO-001", 4, Evidence.ASSESSED)
        enrolment = completed(world, cohort, person=person)
        with world.acting("centre_manager") as uow:
            certify_enrolment(uow, public_id=enrolment.public_id)

        assert held_levels(world, person.id, "AUTO-001") == {"AUTO-001": (4, "assessed")}

    def test_needs_the_end_of_the_course(self, world: World) -> None:
        enrolment = enrolled(world, a_cohort(world))
        with pytest.raises(IllegalMove), world.acting("centre_manager") as uow:
            certify_enrolment(uow, public_id=enrolment.public_id)
        with pytest.raises(RuleBroken) as refusal, world.acting("centre_manager") as uow:
            complete_enrolment(uow, public_id=enrolment.public_id)

        assert refusal.value.code == "cohort-not-begun"

    def test_is_given_by_a_person(self, world: World) -> None:
        enrolment = completed(world, a_cohort(world))
        with world.acting("centre_manager") as uow:
            uow.actor = CLOCK
            with pytest.raises(NotPermitted):
                certify_enrolment(uow, public_id=enrolment.public_id)

    @pytest.mark.parametrize("state", ["certified", "dropped"])
    def test_and_its_contrary_are_no_clocks_to_give_even_in_the_database(self, world: World, state: str) -> None:
        enrolled(world, a_cohort(world))

        with pytest.raises(IntegrityError, match="a_person_decides"), world.as_owner() as session:
            session.execute(text("UPDATE enrolment SET state = :state, decided_by = NULL"), {"state": state})

    def test_is_given_to_several_or_to_none(self, world: World) -> None:
        cohort, other = a_cohort(world), a_cohort(world, programme_id=a_programme(world, title_fr="Autre (fictif)"))
        two = [completed(world, cohort) if n == 0 else completed_again(world, cohort) for n in range(2)]
        stranger = completed(world, other)
        keys = [line.public_id for line in two]
        with pytest.raises(NotFound), world.acting("centre_manager") as uow:
            certify_enrolments(uow, cohort_id=cohort.id, public_ids=[*keys, stranger.public_id])
        with pytest.raises(Invalid), world.acting("centre_manager") as uow:
            certify_enrolments(uow, cohort_id=cohort.id, public_ids=[])
        with world.acting("centre_manager") as uow:
            assert certify_enrolments(uow, cohort_id=cohort.id, public_ids=keys) == 2
        with pytest.raises(IllegalMove), world.acting("centre_manager") as uow:
            complete_enrolments(uow, cohort_id=cohort.id, public_ids=keys)


def completed_again(world: World, cohort: Cohort) -> Enrolment:
    """Add one more person who completed a course that has begun: enrolled by hand behind the closed door."""
    person = add_seeker(world)
    with world.acting("adviser") as uow:
        enrolment = Enrolment(
            cohort_id=cohort.id,
            centre_id=cohort.centre_id,
            agency_id=world.ids["agency"],
            seeker_id=person.id,
            state=EnrolmentState.COMPLETED,
            changed_at=utc_now(),
        )
        uow.session.add(enrolment)
        uow.session.execute(update(Cohort).where(Cohort.id == cohort.id).values(taken=Cohort.taken + 1))
        uow.session.flush()
        uow.session.refresh(enrolment)
        uow.session.expunge(enrolment)
        return enrolment


class TestSight:
    def test_of_another_centre_ends_at_its_door(self, world: World) -> None:
        cohort = a_cohort(world)
        enrolment = completed(world, cohort)
        with world.looking("other_centre_manager") as session:
            assert session.scalar(select(func.count()).select_from(Cohort)) == 0
            assert session.scalar(select(func.count()).select_from(Programme)) == 0
            assert session.scalar(select(func.count()).select_from(Enrolment)) == 0
        with pytest.raises(NotFound), world.acting("other_centre_manager") as uow:
            certify_enrolment(uow, public_id=enrolment.public_id)
        with pytest.raises(NotFound), world.acting("other_centre_manager") as uow:
            cancel_cohort(uow, cohort_id=cohort.id, reason=CancelReason.OTHER)

    @pytest.mark.parametrize("who", ["adviser", "officer"])
    def test_of_drafts_is_the_centres_own(self, world: World, who: str) -> None:
        draft = a_draft(world)
        with world.looking(who) as session, pytest.raises(NotFound):
            get_cohort_page(
                session, actor=world.actors[who], reference=draft.reference, language="fr", today=in_days(0)
            )
        with world.acting("centre_manager") as uow:
            publish_cohort(uow, cohort_id=draft.id)
        with world.looking(who) as session:
            page = list_cohorts(session, actor=world.actors[who], request=ListRequest(), language="fr")
            assert [line.reference for line in page.items] == [draft.reference]

    def test_of_the_association_holds_no_people(self, world: World) -> None:
        cohort = a_cohort(world)
        enrolled(world, cohort)
        seen = {}
        for who in ("officer", "centre_manager", "adviser"):
            with world.looking(who) as session:
                page = get_cohort_page(
                    session, actor=world.actors[who], reference=cohort.reference, language="fr", today=in_days(0)
                )
            seen[who] = (len(page.learners), page.taken, page.can_manage, page.can_enrol)

        assert seen == {
            "officer": (0, 1, False, False),
            "centre_manager": (1, 1, True, False),
            "adviser": (1, 1, False, True),
        }


class TestList:
    def test_is_filtered_as_the_work_list_counts(self, world: World) -> None:
        programme_id = a_programme(world)
        full = a_cohort(world, programme_id=programme_id, seats=1)
        free = a_cohort(world, programme_id=programme_id)
        a_draft(world, programme_id=programme_id)
        completed(world, full)

        def references(**filters: str) -> list[str]:
            with world.looking("centre_manager") as session:
                page = list_cohorts(
                    session,
                    actor=world.actors["centre_manager"],
                    request=ListRequest(filters=filters, sort="reference"),
                    language="ar",
                )
            return [line.reference for line in page.items]

        assert references(seats="free") == [free.reference]
        assert references(todo="certify") == [full.reference]
        assert len(references()) == 3
        assert references(province="06.141") == []


class TestPlan:
    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"seats": 0}, "seats-out-of-range"),
            ({"seats": 2001}, "seats-out-of-range"),
            ({"expected_end_on": in_days(10)}, "cohort-ends-before-start"),
            ({"enrolment_until": in_days(200)}, "enrolment-after-end"),
            ({"province_code": "99.999"}, "cohort-province-unknown"),
        ],
    )
    def test_says_what_is_wrong(self, world: World, change: dict[str, Any], code: str) -> None:
        programme_id = a_programme(world)
        with pytest.raises(Invalid) as refusal, world.acting("centre_manager") as uow:
            create_cohort(uow, programme_id=programme_id, plan=a_plan(**change))

        assert refusal.value.code == code

    def test_never_has_fewer_seats_than_people(self, world: World) -> None:
        cohort = a_cohort(world, seats=3)
        for _ in range(2):
            enrolled(world, cohort)
        with pytest.raises(Invalid) as refusal, world.acting("centre_manager") as uow:
            update_cohort(uow, cohort_id=cohort.id, version=None, plan=a_plan(seats=1))
        with world.acting("centre_manager") as uow:
            assert update_cohort(uow, cohort_id=cohort.id, version=None, plan=a_plan(seats=2)).seats == 2

        assert (refusal.value.code, refusal.value.facts["taken"]) == ("seats-below-taken", 2)

    def test_is_not_changed_over_somebody_elses_change(self, world: World) -> None:
        cohort = a_cohort(world)
        with pytest.raises(Stale), world.acting("centre_manager") as uow:
            update_cohort(uow, cohort_id=cohort.id, version=cohort.version, plan=a_plan())

    def test_is_published_with_enrolment_still_open_and_asks_for_matching_once(self, world: World) -> None:
        late = a_draft(world, enrolment_until=in_days(-1), starts_on=in_days(0))
        with pytest.raises(RuleBroken) as refusal, world.acting("centre_manager") as uow:
            publish_cohort(uow, cohort_id=late.id)
        cohort = a_cohort(world, programme_id=late.programme_id)
        with pytest.raises(IllegalMove), world.acting("centre_manager") as uow:
            publish_cohort(uow, cohort_id=cohort.id)

        assert refusal.value.code == "enrolment-over-before-start"
        assert jobs(world, "matching.match_for_cohort") == 1
        assert cohort.reference.startswith("PR-")
        with world.looking("adviser") as session:
            assert session.scalars(select(Cohort.state)).all() == [CohortState.PUBLISHED]


class TestProgramme:
    def test_of_another_centre_cannot_be_written(self, world: World) -> None:
        draft = ProgrammeDraft(title_fr="X", outcomes=(Outcome(competency_id=1, level=1),))
        with pytest.raises(NotPermitted), world.acting("centre_manager") as uow:
            create_programme(uow, centre_id=world.ids["other_centre"], draft=draft)

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"title_fr": "  "}, "programme-title-missing"),
            ({"outcomes": ()}, "outcomes-missing"),
            ({"entry_rank": 77}, "entry-rank-unknown"),
            ({"hours": 0}, "hours-out-of-range"),
            ({"job_profile_id": 999_999}, "programme-profile-unknown"),
            ({"outcomes": (Outcome(competency_id=999_999, level=2),)}, "outcome-unknown"),
            ({"outcomes": (Outcome(competency_id=1, level=5),)}, "outcome-level-unknown"),
            ({"outcomes": (Outcome(competency_id=1, level=1),) * 2}, "outcome-twice"),
        ],
    )
    def test_says_what_is_wrong(self, world: World, change: dict[str, Any], code: str) -> None:
        with pytest.raises(Invalid) as refusal:
            a_programme(world, **change)

        assert refusal.value.code == code

    def test_keeps_what_it_teaches_once_announced(self, world: World) -> None:
        cohort = a_cohort(world)
        with world.acting("centre_manager") as uow:
            keys = competency_ids(uow, "AUTO-001", "AUTO-002")
            same = ProgrammeDraft(
                title_fr="Nouveau titre", outcomes=tuple(Outcome(competency_id=k, level=3) for k in keys), entry_rank=2
            )
            update_programme(uow, programme_id=cohort.programme_id, version=1, draft=same)
        less = ProgrammeDraft(title_fr="Nouveau titre", outcomes=same.outcomes[:1], entry_rank=2)
        with pytest.raises(RuleBroken) as refusal, world.acting("centre_manager") as uow:
            update_programme(uow, programme_id=cohort.programme_id, version=2, draft=less)

        assert refusal.value.code == "programme-announced"
