"""Act three: companies write needs and submit openings, the agency's advisers validate them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select

from skills_bridge.cli.demo.calendar import Days
from skills_bridge.cli.demo.founding import companies
from skills_bridge.cli.demo.stage import Stage
from skills_bridge.domain.calendar import add_months, quarter_start
from skills_bridge.domain.framework import Asked, Evidence
from skills_bridge.domain.needs import Forecast
from skills_bridge.domain.openings import Conditions, Terms
from skills_bridge.models import JobProfile, ProfileRequirement, Site
from skills_bridge.reference.demo import DemoOrganisation
from skills_bridge.reference.lists import LOCAL
from skills_bridge.services.needs import NeedDraft, create_need
from skills_bridge.services.openings import OpeningDraft, create_opening, submit_opening, validate_opening

MUSTS, NICES = 3, 4
"""Lines of a template that an opening keeps: the heaviest ones."""
CONTRACTS: Final = ("cdi", "cdd", "ci", "cdi", "interim")
FORKLIFT: Final = "EM-4103"
WAITING: Final = (1, 3)
"""Companies whose second opening still waits for its adviser."""
MOST_OPERATORS_RANK: Final = 4
"""Rank of education up to which a job is an operator's: two shifts, no diploma asked."""
LIVE_START_DAYS: Final = 75
"""Live openings start after the cohorts end: a short course may still close a gap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A job profile with the lines that an opening asks for."""

    id: int
    label: str
    education_rank: int | None
    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """An opening of the story: who submits and follows it, its key and posts, whether it belongs to last month."""

    opening_id: int
    company: int
    adviser: str
    posts: int
    contract_code: str
    is_past: bool


def load_profiles(stage: Stage) -> Mapping[str, Profile]:
    """Return the product's own job profiles by code, each with its heaviest lines."""
    found: dict[str, Profile] = {}
    with stage.looking("adviser:01") as session:
        for job in session.scalars(select(JobProfile).where(JobProfile.scheme == LOCAL)):
            lines = session.scalars(
                select(ProfileRequirement)
                .where(ProfileRequirement.job_profile_id == job.id)
                .order_by(ProfileRequirement.weight.desc(), ProfileRequirement.competency_id)
            ).all()
            chosen = [one for one in lines if one.is_must][:MUSTS] + [one for one in lines if not one.is_must][:NICES]
            asked = tuple(_asked(line) for line in chosen)
            found[job.code] = Profile(id=job.id, label=job.label_fr, education_rank=job.education_rank, asked=asked)
    return found


def _asked(line: ProfileRequirement) -> Asked:
    return Asked(
        competency_id=line.competency_id,
        level=line.level,
        is_must=line.is_must,
        weight=line.weight,
        evidence_asked=Evidence.DECLARED,
    )


def write_needs(stage: Stage, ids: Mapping[str, int], *, days: Days) -> int:
    """Let every company forecast its posts of the coming quarters."""
    profiles, written = load_profiles(stage), 0
    for number, company in companies():
        for place, code in enumerate(company.profile_codes):
            with stage.acting(f"hr_manager:{number}", days.before(2, 10)) as uow:
                draft = NeedDraft(
                    job_profile_id=profiles[code].id,
                    lines=tuple(_lines(company, days.today, 10 * (number + place))),
                    requirements=profiles[code].asked,
                )
                create_need(uow, company_id=ids[f"company:{number}"], draft=draft)
            written += 1
    return written


def _lines(company: DemoOrganisation, today: date, posts: int) -> Iterator[Forecast]:
    first = quarter_start(today)
    for quarter in range(1, 5):
        yield Forecast(
            quarter_on=add_months(first, 3 * quarter),
            province_code=company.province_code,
            posts=posts + 5 * quarter,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An opening to write: company, profile and part: ``past`` (last month), ``live``, or ``waiting`` (to validate)."""

    number: int
    company: DemoOrganisation
    code: str
    part: str


def post_openings(stage: Stage, ids: Mapping[str, int], *, days: Days) -> list[Posted]:
    """Write, submit and validate the openings: those of last month, live ones, and a few that wait for an adviser."""
    profiles = load_profiles(stage)
    wanted = list(_wanted())
    posted: list[Posted] = []
    for place, one in enumerate(wanted):
        stage.telling.progress("openings", place, len(wanted))
        submitted_at, start_on = _when(days, one.part, place)
        contract, posts = CONTRACTS[place % len(CONTRACTS)], 3 + place % 4
        terms = Terms(
            contract_code=contract,
            posts=posts,
            start_on=start_on,
            requirements=profiles[one.code].asked,
            conditions=_conditions(profiles[one.code], one.code, place),
        )
        company_id = ids[f"company:{one.number}"]
        opening_id = _submit(stage, one, company_id, profiles[one.code], terms, at=submitted_at)
        if one.part == "waiting":
            continue
        adviser = f"adviser:{one.company.province_code[:2]}"
        with stage.acting(adviser, submitted_at + timedelta(days=1)) as uow:
            validate_opening(uow, opening_id=opening_id)
        posted.append(
            Posted(
                opening_id=opening_id,
                company=one.number,
                adviser=adviser,
                posts=posts,
                contract_code=contract,
                is_past=one.part == "past",
            )
        )
    return posted


def _wanted() -> Iterator[Wanted]:
    """Yield an opening for each profile that a company recruits for."""
    for number, company in companies():
        for place, code in enumerate(company.profile_codes):
            is_past = place == 0 or (place == 1 and number % 2 == 0)
            part = "past" if is_past else "waiting" if place == 1 and number in WAITING else "live"
            yield Wanted(number=number, company=company, code=code, part=part)


def _submit(stage: Stage, one: Wanted, company_id: int, profile: Profile, terms: Terms, *, at: datetime) -> int:
    """Let a company write and submit an opening; return its key."""
    with stage.acting(f"hr_manager:{one.number}", at) as uow:
        draft = OpeningDraft(
            site_id=uow.session.scalars(select(Site.id).where(Site.company_id == company_id)).one(),
            job_profile_id=profile.id,
            title=f"{profile.label} (offre fictive)",
            description="Offre de démonstration : entreprise, poste et conditions sont inventés.",
            contact="Service des ressources humaines (fictif)",
            terms=terms,
        )
        opening = create_opening(uow, company_id=company_id, draft=draft)
        submit_opening(uow, opening_id=opening.id)
        return opening.id


def _when(days: Days, part: str, place: int) -> tuple[datetime, date]:
    """Return when an opening is submitted and when its posts start."""
    if part == "past":
        return days.before(12 + place % 10), days.month.first_on + timedelta(days=14 + place % 10)
    start = days.today + timedelta(days=LIVE_START_DAYS + place % 10)
    return days.now - timedelta(days=2 if part == "live" else 0, hours=2), start


def _conditions(profile: Profile, code: str, place: int) -> Conditions:
    """Set what such posts usually ask for: shifts, availability, a diploma, a forklift licence."""
    usual = Conditions(shifts=frozenset({"day"}), wants_contract=place % 3 == 0, wants_availability=True)
    if code == FORKLIFT:
        return replace(usual, licences=frozenset({"caces_3"}))
    if (profile.education_rank or 0) > MOST_OPERATORS_RANK:
        return replace(usual, education_rank=profile.education_rank)
    return replace(usual, shifts=frozenset({"two_shifts"}))
