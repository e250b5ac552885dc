"""Needs and openings for tests, written through the services as in the product."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import select

from skills_bridge.domain.calendar import add_months, local_day, quarter_start
from skills_bridge.domain.framework import Asked, Evidence
from skills_bridge.domain.needs import Forecast
from skills_bridge.domain.openings import Conditions, Terms
from skills_bridge.models import Competency, JobProfile, Need, NeedLine
from skills_bridge.services.needs import NeedDraft, create_need
from skills_bridge.services.openings import OpeningDraft, create_opening, submit_opening, validate_opening
from skills_bridge.unit_of_work import UnitOfWork, utc_now
from tests.factories.world import TANGER, World

OPERATOR: Final = "EM-1107"
"""The shipped profile of most tests: wiring harness operator."""


def profile_id(uow: UnitOfWork, code: str = OPERATOR) -> int:
    """Return the key of a shipped job profile."""
    return uow.session.scalars(select(JobProfile.id).where(JobProfile.code == code)).one()


def competency_ids(uow: UnitOfWork, *codes: str) -> tuple[int, ...]:
    """Return the keys of shipped competencies, in the order asked."""
    found = {code: key for code, key in uow.session.execute(select(Competency.code, Competency.id))}  # noqa: C416  # rows
    return tuple(found[code] for code in codes)


def asked(competency_id: int, **changes: Any) -> Asked:
    """Return one requirement: must, level 2, weight 3 unless told otherwise."""
    facts: dict[str, Any] = {"level": 2, "is_must": True, "weight": 3, "evidence_asked": Evidence.DECLARED}
    return Asked(competency_id=competency_id, **{**facts, **changes})


def opening_draft(
    uow: UnitOfWork,
    world: World,
    *,
    company: str = "company",
    requirements: Sequence[Asked] | None = None,
    conditions: Conditions | None = None,
    terms: dict[str, Any] | None = None,
    **changes: Any,
) -> OpeningDraft:
    """Return a draft of two posts with two musts at the company's site; ``terms`` change single terms."""
    if requirements is None:
        requirements = tuple(asked(key) for key in competency_ids(uow, "AUTO-001", "AUTO-002"))
    facts: dict[str, Any] = {
        "contract_code": "cdi",
        "posts": 2,
        "requirements": tuple(requirements),
        "conditions": conditions or Conditions(),
    }
    whole: dict[str, Any] = {
        "site_id": world.sites[company],
        "job_profile_id": profile_id(uow),
        "title": "Opérateur(trice) de câblage",
        "description": "Équipe de production.",
        "terms": Terms(**{**facts, **(terms or {})}),
    }
    return OpeningDraft(**{**whole, **changes})


def draft_opening(world: World, *, company: str = "company", who: str = "hr_manager", **changes: Any) -> int:
    """Write a draft and return its key."""
    with world.acting(who) as uow:
        draft = opening_draft(uow, world, company=company, **changes)
        return create_opening(uow, company_id=world.ids[company], draft=draft).id


def submitted_opening(world: World, *, company: str = "company", who: str = "hr_manager", **changes: Any) -> int:
    """Write and submit an opening and return its key."""
    opening_id = draft_opening(world, company=company, who=who, **changes)
    with world.acting(who) as uow:
        submit_opening(uow, opening_id=opening_id)
    return opening_id


def validated_opening(
    world: World, *, company: str = "company", who: str = "hr_manager", adviser: str = "adviser", **changes: Any
) -> int:
    """Bring an opening as far as its posts and return its key."""
    opening_id = submitted_opening(world, company=company, who=who, **changes)
    with world.acting(adviser) as uow:
        validate_opening(uow, opening_id=opening_id)
    return opening_id


def next_quarter(quarters: int = 1) -> date:
    """Return the first day of a quarter to come."""
    return add_months(quarter_start(local_day(utc_now())), 3 * quarters)


def written_need(
    world: World, *, posts: int = 10, province: str = TANGER, quarters: int = 1, who: str = "hr_manager"
) -> tuple[int, int]:
    """Write a need with one line and return the keys of both."""
    with world.acting(who) as uow:
        draft = NeedDraft(
            job_profile_id=profile_id(uow),
            lines=(Forecast(quarter_on=next_quarter(quarters), province_code=province, posts=posts),),
            requirements=tuple(asked(key) for key in competency_ids(uow, "AUTO-001", "AUTO-002")),
        )
        need: Need = create_need(uow, company_id=world.actors[who].organisation_id or 0, draft=draft)
        line = uow.session.scalars(select(NeedLine.id).where(NeedLine.need_id == need.id)).one()
        return need.id, line
