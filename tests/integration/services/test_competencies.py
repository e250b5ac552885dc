"""What people can do: supposed from jobs and diplomas, then confirmed or corrected by the agency."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from skills_bridge.domain.errors import Invalid, NotFound, NotPermitted
from skills_bridge.domain.framework import Evidence
from skills_bridge.domain.seekers import PastJob
from skills_bridge.models import Competency, HeldCompetency, JobProfile, Seeker
from skills_bridge.queries.seekers.interviews import get_interview
from skills_bridge.services.seekers import (
    assess_competencies,
    finish_interview,
    infer_competencies,
    record_competency,
    update_seeker,
)
from tests.factories.seekers import a_profile, add_seeker
from tests.factories.world import World

TODAY = date(2026, 11, 23)


def wiring(world: World) -> int:
    with world.looking("adviser") as session:
        return session.scalars(select(JobProfile.id).where(JobProfile.code == "EM-1107")).one()


def key_of(world: World, code: str) -> int:
    with world.looking("adviser") as session:
        return session.scalars(select(Competency.id).where(Competency.code == code)).one()


def held(world: World, seeker_id: int) -> dict[str, tuple[int, Evidence]]:
    with world.looking("adviser") as session:
        rows = session.execute(
            select(Competency.code, HeldCompetency.level, HeldCompetency.evidence)
            .join(HeldCompetency, HeldCompetency.competency_id == Competency.id)
            .where(HeldCompetency.seeker_id == seeker_id)
        )
        return {code: (level, evidence) for code, level, evidence in rows}


class TestInferCompetencies:
    def test_supposes_from_work_up_to_the_template(self, world: World) -> None:
        person = add_seeker(world, field_code=None, past_jobs=(PastJob(job_profile_id=wiring(world), months=30),))

        found = held(world, person.id)

        assert found["AUTO-002"] == (2, Evidence.INFERRED)
        assert found["AUTO-034"] == (1, Evidence.INFERRED)

    def test_supposes_from_the_diploma(self, world: World) -> None:
        person = add_seeker(world, field_code="vehicle_wiring", education_code="qualification")

        assert held(world, person.id)["AUTO-001"] == (2, Evidence.INFERRED)

    def test_supposes_nothing_of_who_told_nothing(self, world: World) -> None:
        assert held(world, add_seeker(world, field_code=None).id) == {}

    def test_never_touches_what_was_assessed(self, world: World) -> None:
        person = add_seeker(world, past_jobs=(PastJob(job_profile_id=wiring(world), months=30),))
        with world.acting("adviser") as uow:
            assess_competencies(uow, seeker_id=person.id, levels={key_of(world, "AUTO-002"): 4})

        with world.acting("adviser") as uow:
            infer_competencies(uow, seeker_id=person.id)

        assert held(world, person.id)["AUTO-002"] == (4, Evidence.ASSESSED)

    def test_follows_the_file_until_the_interview(self, world: World) -> None:
        person = add_seeker(world, field_code=None)
        jobs = (PastJob(job_profile_id=wiring(world), months=6),)

        with world.acting("adviser") as uow:
            profile = a_profile(field_code=None, past_jobs=jobs)
            update_seeker(uow, seeker_id=person.id, version=person.version, profile=profile)
        assert held(world, person.id)

        with world.acting("adviser") as uow:
            seeker = update_seeker(
                uow, seeker_id=person.id, version=person.version + 1, profile=a_profile(field_code=None)
            )
            version = seeker.version
        assert held(world, person.id) == {}

        with world.acting("adviser") as uow:
            finish_interview(uow, seeker_id=person.id, levels={})
        with world.acting("adviser") as uow:
            profile = a_profile(field_code=None, past_jobs=jobs)
            update_seeker(uow, seeker_id=person.id, version=version + 1, profile=profile)
        assert held(world, person.id) == {}


class TestFinishInterview:
    def test_keeps_levels_as_assessed_and_takes_away_what_is_not_held(self, world: World) -> None:
        person = add_seeker(world, past_jobs=(PastJob(job_profile_id=wiring(world), months=30),))
        with world.looking("adviser") as session:
            page = get_interview(
                session, actor=world.actors["adviser"], public_id=person.public_id, language="fr", today=TODAY
            )
        first, second, *_ = (question.competency_id for question in page.questions)

        with world.acting("adviser") as uow:
            finish_interview(uow, seeker_id=person.id, levels={first: 0, second: 3})

        with world.looking("adviser") as session:
            assert session.get(HeldCompetency, (person.id, first)) is None
            assert session.get_one(HeldCompetency, (person.id, second)).evidence is Evidence.ASSESSED
            assert session.get_one(Seeker, person.id).interviewed_at is not None

    def test_leaves_a_valid_certificate_alone(self, world: World) -> None:
        person, key = add_seeker(world), key_of(world, "AUTO-001")
        with world.acting("adviser") as uow:
            record_competency(uow, seeker_id=person.id, competency_id=key, level=3, evidence=Evidence.ASSESSED)
            uow.session.flush()
            uow.session.get_one(HeldCompetency, (person.id, key)).evidence = Evidence.CERTIFIED

        with world.acting("adviser") as uow:
            finish_interview(uow, seeker_id=person.id, levels={key: 0})

        assert held(world, person.id)["AUTO-001"] == (3, Evidence.CERTIFIED)

    def test_refuses_a_level_that_is_none(self, world: World) -> None:
        person, key = add_seeker(world), key_of(world, "AUTO-001")

        with pytest.raises(Invalid), world.acting("adviser") as uow:
            finish_interview(uow, seeker_id=person.id, levels={key: 5})

    def test_refuses_a_competency_that_is_none(self, world: World) -> None:
        person = add_seeker(world)

        with pytest.raises(NotFound), world.acting("adviser") as uow:
            finish_interview(uow, seeker_id=person.id, levels={999_999: 2})

    def test_refuses_an_adviser_of_another_unit(self, world: World) -> None:
        person = add_seeker(world)

        with pytest.raises(NotPermitted), world.acting("other_adviser") as uow:
            finish_interview(uow, seeker_id=person.id, levels={})


class TestRecordCompetency:
    def test_lets_the_agency_say_notions_with_a_validity(self, world: World) -> None:
        person, key = add_seeker(world, field_code=None), key_of(world, "AUTO-010")

        with world.acting("adviser") as uow:
            record_competency(
                uow,
                seeker_id=person.id,
                competency_id=key,
                level=1,
                evidence=Evidence.DECLARED,
                valid_until=date(2090, 1, 1),
            )

        assert held(world, person.id) == {"AUTO-010": (1, Evidence.DECLARED)}

    @pytest.mark.parametrize("evidence", [Evidence.INFERRED, Evidence.CERTIFIED])
    def test_refuses_a_proof_that_is_not_the_agency_s(self, world: World, evidence: Evidence) -> None:
        person, key = add_seeker(world), key_of(world, "AUTO-001")

        with pytest.raises(Invalid), world.acting("adviser") as uow:
            record_competency(uow, seeker_id=person.id, competency_id=key, level=2, evidence=evidence)


class TestGetInterview:
    def test_asks_ten_competencies_what_is_supposed_first(self, world: World) -> None:
        job = wiring(world)
        person = add_seeker(
            world, field_code=None, wanted_profiles=(job,), past_jobs=(PastJob(job_profile_id=job, months=30),)
        )

        with world.looking("adviser") as session:
            page = get_interview(
                session, actor=world.actors["adviser"], public_id=person.public_id, language="ar", today=TODAY
            )

        assert len(page.questions) == 10
        assert page.questions[0].held is not None
        assert page.wanted == page.past
