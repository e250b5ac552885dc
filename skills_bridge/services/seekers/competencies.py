"""What a person can do, and how that is known: supposed, declared, assessed at the agency."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import and_, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.errors import Invalid, NotFound
from skills_bridge.domain.events import ProfileChanged
from skills_bridge.domain.framework import LEVELS, Evidence
from skills_bridge.domain.seekers import infer_levels, studied_levels
from skills_bridge.models import Competency, HeldCompetency, Seeker, SeekerExperience
from skills_bridge.queries.seekers.vocabulary import get_ranks, get_templates, list_studied_profiles
from skills_bridge.services.seekers.loading import load_seeker, note_change
from skills_bridge.unit_of_work import UnitOfWork

INTERVIEW = "interview"
NOT_HELD = 0
AGENCY_EVIDENCE = frozenset({Evidence.DECLARED, Evidence.ASSESSED})
"""How an adviser may know a level; inference and certificates have their own way in."""


def infer_competencies(uow: UnitOfWork, *, seeker_id: int) -> int:
    """Suppose a person's competencies from past jobs and diploma; return how many are supposed now.

    What was supposed before is replaced; what was declared, assessed or certified is never touched.

    :raises NotFound: there is no such person in the actor's scope.
    """
    seeker = uow.session.get(Seeker, seeker_id)
    if seeker is None:
        raise NotFound("seeker", seeker_id)
    rows = uow.session.execute(
        select(SeekerExperience.job_profile_id, func.sum(SeekerExperience.months))
        .where(SeekerExperience.seeker_id == seeker_id)
        .group_by(SeekerExperience.job_profile_id)
    )
    worked = {job: int(months) for job, months in rows}
    return suppose(uow, [(seeker, worked)])


def suppose(uow: UnitOfWork, people: list[tuple[Seeker, Mapping[int, int]]]) -> int:
    """Write the supposed competencies of some people, each with the months worked by job profile."""
    fields = {seeker.field_code for seeker, _ in people if seeker.field_code}
    profiles, ranks = list_studied_profiles(uow.session, fields=fields), get_ranks(uow.session)
    studied = {
        seeker.id: studied_levels(
            seeker.field_code, ranks.get(seeker.education_code or ""), seeker.wanted_profiles or (), profiles
        )
        for seeker, _ in people
    }
    jobs = {job for _, worked in people for job in worked} | {job for found in studied.values() for job in found}
    templates = get_templates(uow.session, profiles=jobs)
    rows = [
        _row(uow, seeker, competency, level, Evidence.INFERRED, source="inference")
        for seeker, worked in people
        for competency, level in infer_levels(worked, studied[seeker.id], templates).items()
    ]
    uow.session.execute(
        delete(HeldCompetency).where(
            HeldCompetency.seeker_id.in_([seeker.id for seeker, _ in people]),
            HeldCompetency.evidence == Evidence.INFERRED,
        )
    )
    if rows:
        uow.session.execute(insert(HeldCompetency).on_conflict_do_nothing(), rows)
    return len(rows)


def assess_competencies(uow: UnitOfWork, *, seeker_id: int, levels: Mapping[int, int]) -> Seeker:
    """Keep answers of an interview as they come: level by competency, 0 for *not held*.

    The levels count as assessed by the agency; a valid certificate stays as it is.

    :raises NotFound: there is no such person, or no such competency.
    :raises NotPermitted: the person is followed by another unit.
    :raises Invalid: a level is none.
    """
    seeker = load_seeker(uow, seeker_id)
    _check(uow, levels)
    _write(uow, seeker, {key: (level, Evidence.ASSESSED, None) for key, level in levels.items()}, source=INTERVIEW)
    uow.record(ProfileChanged(seeker.id, occasion=f"v{seeker.version}-interview"))
    return seeker


def finish_interview(uow: UnitOfWork, *, seeker_id: int, levels: Mapping[int, int]) -> Seeker:
    """Keep the last answers and end the interview: from now on nothing is supposed of this person any more.

    :raises NotFound: there is no such person, or no such competency.
    :raises NotPermitted: the person is followed by another unit.
    :raises Invalid: a level is none.
    """
    seeker = load_seeker(uow, seeker_id)
    _check(uow, levels)
    _write(uow, seeker, {key: (level, Evidence.ASSESSED, None) for key, level in levels.items()}, source=INTERVIEW)
    seeker.interviewed_at = uow.now
    seeker.refreshed_on = local_day(uow.now)
    uow.moved("seeker", seeker.id, was=seeker.state.value, now="interviewed", agency_id=seeker.agency_id)
    note_change(uow, seeker)
    return seeker


def record_competency(
    uow: UnitOfWork,
    *,
    seeker_id: int,
    competency_id: int,
    level: int,
    evidence: Evidence,
    valid_until: date | None = None,
) -> Seeker:
    """Set or take away (level 0) one competency, as the person declares it or the agency assesses it.

    :raises NotFound: there is no such person, or no such competency.
    :raises NotPermitted: the person is followed by another unit.
    :raises Invalid: the level is none, the evidence is not the agency's to give, or the day is past.
    """
    seeker = load_seeker(uow, seeker_id)
    _check(uow, {competency_id: level})
    if evidence not in AGENCY_EVIDENCE:
        raise Invalid("evidence-not-yours", field="evidence", evidence=evidence.value)
    if valid_until is not None and valid_until < local_day(uow.now):
        raise Invalid("validity-past", field="valid_until")
    _write(uow, seeker, {competency_id: (level, evidence, valid_until)}, source="agency")
    uow.audit("seeker.competency-recorded", "seeker", seeker.id, competency_id=competency_id, level=level)
    note_change(uow, seeker)
    return seeker


Assessed = Mapping[int, tuple[int, Evidence, date | None]]


def _check(uow: UnitOfWork, levels: Mapping[int, int]) -> None:
    known = set(uow.session.scalars(select(Competency.id).where(Competency.id.in_(levels))))
    for competency_id, level in levels.items():
        if competency_id not in known:
            raise NotFound("competency", competency_id)
        if level not in (NOT_HELD, *LEVELS):
            raise Invalid("level-unknown", field="level", value=level)


def _write(uow: UnitOfWork, seeker: Seeker, found: Assessed, *, source: str) -> None:
    """Write levels and take away what is not held; a valid certificate stays as it is."""
    today = local_day(uow.now)
    gone = [key for key, (level, _, _) in found.items() if level == NOT_HELD]
    certified = and_(
        HeldCompetency.evidence == Evidence.CERTIFIED,
        func.coalesce(HeldCompetency.valid_until, today) >= today,
    )
    if gone:
        uow.session.execute(
            delete(HeldCompetency).where(
                HeldCompetency.seeker_id == seeker.id, HeldCompetency.competency_id.in_(gone), ~certified
            )
        )
    rows = [
        _row(uow, seeker, key, level, evidence, valid_until=until, source=source)
        for key, (level, evidence, until) in found.items()
        if level != NOT_HELD
    ]
    if rows:
        put = insert(HeldCompetency)
        columns = ("level", "evidence", "valid_until", "source", "recorded_at")
        uow.session.execute(
            put.on_conflict_do_update(
                index_elements=["seeker_id", "competency_id"],
                set_={name: put.excluded[name] for name in columns},
                where=~certified,
            ),
            rows,
        )


def _row(
    uow: UnitOfWork,
    seeker: Seeker,
    competency_id: int,
    level: int,
    evidence: Evidence,
    *,
    source: str,
    valid_until: date | None = None,
) -> dict[str, Any]:
    return {
        "seeker_id": seeker.id,
        "competency_id": competency_id,
        "agency_id": seeker.agency_id,
        "level": level,
        "evidence": evidence,
        "valid_until": valid_until,
        "source": source,
        "recorded_at": uow.now,
    }
