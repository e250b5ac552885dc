"""Programmes, cohorts and learners for tests, written through the services as in the product."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.training import CohortPlan, Outcome
from skills_bridge.models import Cohort, Enrolment
from skills_bridge.services.training import (
    ProgrammeDraft,
    complete_enrolment,
    create_cohort,
    create_programme,
    enrol_seeker,
    publish_cohort,
    start_cohort,
)
from skills_bridge.unit_of_work import utc_now
from tests.factories.openings import competency_ids, profile_id
from tests.factories.seekers import Person, add_seeker
from tests.factories.world import TANGER, World

TITLE: Final = "Câblage automobile (fictif)"


def in_days(days: int) -> date:
    """Return the day so many days from today."""
    return local_day(utc_now()) + timedelta(days=days)


def a_plan(**changes: Any) -> CohortPlan:
    """Return three months in Tangier from next month on, with enrolment open and 20 seats."""
    made = CohortPlan(
        province_code=TANGER,
        starts_on=in_days(30),
        expected_end_on=in_days(120),
        enrolment_until=in_days(25),
        seats=20,
    )
    return replace(made, **changes)


def a_programme(
    world: World, *, who: str = "centre_manager", levels: dict[str, int] | None = None, **changes: Any
) -> int:
    """Write a programme that teaches two wiring competencies at level 3 and return its key."""
    with world.acting(who) as uow:
        taught = levels or {"AUTO-001": 3, "AUTO-002": 3}
        keys = competency_ids(uow, *taught)
        facts: dict[str, Any] = {
            "title_fr": TITLE,
            "title_ar": "الضفائر الكهربائية للسيارات (وهمي)",
            "job_profile_id": profile_id(uow),
            "entry_rank": 2,
            "hours": 420,
            "outcomes": tuple(
                Outcome(competency_id=key, level=level) for key, level in zip(keys, taught.values(), strict=True)
            ),
        }
        draft = ProgrammeDraft(**{**facts, **changes})
        return create_programme(uow, centre_id=world.actors[who].organisation_id or 0, draft=draft).id


def a_draft(world: World, *, who: str = "centre_manager", programme_id: int | None = None, **plan: Any) -> Cohort:
    """Plan a cohort; of a new programme unless one is named."""
    chosen = programme_id or a_programme(world, who=who)
    with world.acting(who) as uow:
        cohort = create_cohort(uow, programme_id=chosen, plan=a_plan(**plan))
        uow.session.flush()
        uow.session.refresh(cohort)
        uow.session.expunge(cohort)
        return cohort


def a_cohort(world: World, *, who: str = "centre_manager", programme_id: int | None = None, **plan: Any) -> Cohort:
    """Plan and publish a cohort."""
    cohort = a_draft(world, who=who, programme_id=programme_id, **plan)
    with world.acting(who) as uow:
        publish_cohort(uow, cohort_id=cohort.id)
    return cohort


def enrolled(world: World, cohort: Cohort, *, person: Person | None = None, who: str = "adviser") -> Enrolment:
    """Give a person, a new one unless named, a seat."""
    someone = person or add_seeker(world)
    with world.acting(who) as uow:
        enrolment = enrol_seeker(uow, cohort_id=cohort.id, seeker_id=someone.id)
        uow.session.flush()
        uow.session.refresh(enrolment)
        uow.session.expunge(enrolment)
        return enrolment


def completed(world: World, cohort: Cohort, *, person: Person | None = None) -> Enrolment:
    """Bring a person to the end of a course, which begins if it has not."""
    enrolment = enrolled(world, cohort, person=person)
    with world.acting("centre_manager") as uow:
        if uow.session.get_one(Cohort, cohort.id).state == "published":
            start_cohort(uow, cohort_id=cohort.id)
            uow.session.flush()
        complete_enrolment(uow, public_id=enrolment.public_id)
    return enrolment
