"""Act two: people register, competencies are supposed, some confirmed by interview; centres publish cohorts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from sqlalchemy import select

from skills_bridge.cli.demo.founding import members
from skills_bridge.cli.demo.stage import Stage
from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.framework import Evidence
from skills_bridge.domain.training import CohortPlan, Outcome
from skills_bridge.models import HeldCompetency, Seeker
from skills_bridge.reference.lists import LOCAL
from skills_bridge.services.generation import Trade, get_trades, invent_people
from skills_bridge.services.seekers import finish_interview
from skills_bridge.services.seekers.bulk import Desk, declare_levels, open_files
from skills_bridge.services.training import ProgrammeDraft, create_cohort, create_programme, publish_cohort

SEED: Final = 2026
STEP: Final = 500
INTERVIEWS: Final = 120
QUESTIONS: Final = 10
TAUGHT: Final = 8
COURSE_DAYS: Final = 42
SEATS: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplied:
    """How many people came, how many of them without competency, and what was supposed or declared."""

    people: int
    without: int
    declared: int
    supposed: int


def register_people(stage: Stage, *, count: int, trades: tuple[Trade, ...], at: datetime, first: int = 1) -> Supplied:
    """Open the files of invented people, as an adviser of the agency."""
    actor = stage.actors["adviser:01"]
    people = invent_people(seed=SEED, count=count, trades=trades, today=local_day(at), first_number=first)
    desk = Desk(agency_id=actor.organisation_id or 0, unit_id=actor.unit_id, user_id=actor.user_id)
    declared = supposed = 0
    for start in range(0, count, STEP):
        some = people[start : start + STEP]
        stage.telling.progress("people register", start, count)
        with stage.acting("adviser:01", at) as uow:
            files, guessed = open_files(uow, people=[one.registration for one in some], desk=desk, vault=stage.vault)
            told = [(file, one.declared) for file, one in zip(files, some, strict=True) if one.declared]
            supposed += guessed
            declared += declare_levels(uow, people=told)
    without = sum(1 for one in people if not one.declared)
    return Supplied(people=count, without=without, declared=declared, supposed=supposed)


def confirm_some(stage: Stage, *, at: datetime, most: int = INTERVIEWS) -> int:
    """Interview some of those of whom competencies are only supposed; advisers confirm or correct ten each."""
    draw, done = Random(SEED), 0  # noqa: S311  # invented answers, no secret
    advisers = {actor.unit_id: who for who, actor in stage.actors.items() if who.startswith("adviser:")}
    chosen = _supposed(stage, most)
    for seeker_id, (unit_id, levels) in chosen.items():
        answers = {key: max(0, min(4, level + draw.choice((-1, 0, 1, 1)))) for key, level in levels.items()}
        with stage.acting(advisers[unit_id], at + timedelta(minutes=done)) as uow:
            finish_interview(uow, seeker_id=seeker_id, levels=answers)
        done += 1
        stage.telling.progress("interviews", done, len(chosen))
    return done


def _supposed(stage: Stage, most: int) -> Mapping[int, tuple[int, Mapping[int, int]]]:
    """Return people of whom something is supposed, with unit and the ten levels to ask about."""
    rows_of = (
        select(Seeker.id, Seeker.unit_id, HeldCompetency.competency_id, HeldCompetency.level)
        .join(HeldCompetency, HeldCompetency.seeker_id == Seeker.id)
        .where(
            HeldCompetency.evidence == Evidence.INFERRED,
            Seeker.id.in_(
                select(HeldCompetency.seeker_id)
                .where(HeldCompetency.evidence == Evidence.INFERRED)
                .group_by(HeldCompetency.seeker_id)
                .order_by(HeldCompetency.seeker_id)
                .limit(most)
            ),
        )
        .order_by(Seeker.id, HeldCompetency.level.desc())
    )
    found: dict[int, tuple[int, dict[int, int]]] = {}
    with stage.looking("adviser:01") as session:
        for seeker_id, unit_id, competency_id, level in session.execute(rows_of):
            levels = found.setdefault(seeker_id, (unit_id, {}))[1]
            if len(levels) < QUESTIONS:
                levels[competency_id] = level
    return found


def publish_cohorts(stage: Stage, ids: Mapping[str, int], *, at: datetime) -> int:
    """Let each centre write its programmes and publish a cohort of each, which starts in a week."""
    today, published = local_day(at), 0
    with stage.looking("adviser:01") as session:
        trades = {trade.code: trade for trade in get_trades(session, scheme=LOCAL)}
    for key, invented in members():
        if invented.kind != "training_centre":
            continue
        who = f"centre_manager:{key.partition(':')[2]}"
        plan = CohortPlan(
            province_code=invented.province_code,
            starts_on=today + timedelta(days=7),
            expected_end_on=today + timedelta(days=7 + COURSE_DAYS),
            enrolment_until=today + timedelta(days=14),
            seats=SEATS,
        )
        for code in invented.profile_codes:
            with stage.acting(who, at) as uow:
                draft = _programme(trades[code])
                programme = create_programme(uow, centre_id=ids[key], draft=draft)
                cohort = create_cohort(uow, programme_id=programme.id, plan=plan)
                publish_cohort(uow, cohort_id=cohort.id)
            published += 1
    return published


def _programme(trade: Trade) -> ProgrammeDraft:
    """Teach the musts of a trade at the level that it asks for."""
    taught = [line for line in trade.lines if line.is_must][:TAUGHT]
    return ProgrammeDraft(
        title_fr=f"Formation courte : {trade.label} (fictif)",
        job_profile_id=trade.job_profile_id,
        outcomes=tuple(Outcome(competency_id=line.competency_id, level=line.level) for line in taught),
        hours=240,
    )
