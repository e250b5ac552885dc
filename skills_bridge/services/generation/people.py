"""Draws people: Moroccan names, provinces weighted by the hubs, a trade, and the gaps that real files have.

Every second person arrives without any competency, as the agency's register does: what she can do is supposed from
past jobs and diploma. What is missing is *unknown*, never a no.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from skills_bridge.domain.framework import Cefr
from skills_bridge.domain.seekers import (
    Agreement,
    Channel,
    ConsentKind,
    Identity,
    PastJob,
    Profile,
    Registration,
    Sex,
)
from skills_bridge.reference.demo import demo_family_names, demo_first_names, demo_province_weights
from skills_bridge.reference.lists import contract_kinds, education_levels, licences
from skills_bridge.services.generation.trades import Trade

NUMBER_PREFIX: Final = "ZZ"
"""No real card begins so: an invented number is recognised everywhere."""
TEXT_VERSION: Final = "demonstration-1"
YOUNGEST_DAYS, OLDEST_DAYS = 19 * 366, 48 * 365
REGISTERED_DAYS: Final = 420
"""How long ago an invented person registered, at most."""

UNKNOWN: Final[Mapping[str, float]] = {
    "education": 0.08,
    "field": 0.15,
    "availability": 0.12,
    "mobility": 0.12,
    "contracts": 0.15,
    "shifts": 0.15,
    "licences": 0.25,
    "wanted": 0.08,
    "birth": 0.03,
    "languages": 0.08,
    "consent": 0.06,
    "past": 0.2,
}
"""Share of files in which a fact is unknown."""
FRENCH: Final = (Cefr.A1, Cefr.A2, Cefr.A2, Cefr.B1, Cefr.B1, Cefr.B2, Cefr.C1)
ENGLISH: Final = (Cefr.A1, Cefr.A2, Cefr.B1, Cefr.B2)
NIGHTS: Final = ("day", "two_shifts", "three_shifts", "night")
SHIFTS: Final = (("day",), ("day", "two_shifts"), NIGHTS, (*NIGHTS, "weekend"))
MONTHS: Final = (3, 5, 8, 12, 18, 24, 30, 36, 48, 60, 84)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invented:
    """A person who does not exist: the file to open, and what she declares, level by competency (often nothing)."""

    registration: Registration
    declared: Mapping[int, int]


def invent_people(
    *, seed: int, count: int, trades: Sequence[Trade], today: date, first_number: int = 1
) -> tuple[Invented, ...]:
    """Return so many people, the same for the same arguments; the odd ones arrive without any competency."""
    draw = Random(seed)  # noqa: S311  # invented people, no secret
    codes, weights = zip(*demo_province_weights(), strict=True)
    provinces = draw.choices(codes, weights, k=count)
    return tuple(
        _invent(draw, first_number + place, provinces[place], trades, today, declares=place % 2 == 0)
        for place in range(count)
    )


def _invent(
    draw: Random, number: int, province: str, trades: Sequence[Trade], today: date, *, declares: bool
) -> Invented:
    trade = draw.choice(trades)
    sex = draw.choice(tuple(Sex))
    return Invented(
        registration=Registration(
            identity=_identity(draw, number, sex),
            profile=_profile(draw, province, trade, trades, today=today, sex=sex),
            agreement=_agreement(draw),
            registered_on=today - timedelta(days=draw.randrange(REGISTERED_DAYS)),
        ),
        declared=_declared(draw, trade) if declares else {},
    )


def _identity(draw: Random, number: int, sex: Sex) -> Identity:
    first, last = draw.choice(demo_first_names(sex.value)), draw.choice(demo_family_names())
    return Identity(
        first_name=first.latin,
        last_name=last.latin,
        first_name_ar=first.arabic,
        last_name_ar=last.arabic,
        number=f"{NUMBER_PREFIX}{number:06d}",
        phone=f"+2126000{number % 100_000:05d}",
        email=f"personne{number}@demonstration.invalid",
    )


def _agreement(draw: Random) -> Agreement | None:
    if _is_unknown(draw, "consent"):
        return None
    return Agreement(
        kinds=frozenset(ConsentKind),
        text_version=TEXT_VERSION,
        language=draw.choice(("ar", "ar", "fr")),
        channel=Channel.COUNTER,
    )


def _profile(draw: Random, province: str, trade: Trade, trades: Sequence[Trade], *, today: date, sex: Sex) -> Profile:
    other = draw.choice(trades)
    wanted = {trade.job_profile_id} | ({other.job_profile_id} if draw.random() < 0.3 else set())  # noqa: PLR2004
    past = () if _is_unknown(draw, "past") else _past_jobs(draw, trade, other, today)
    born_on = today - timedelta(days=draw.randrange(YOUNGEST_DAYS, OLDEST_DAYS))
    return Profile(
        province_code=province,
        education_code=None if _is_unknown(draw, "education") else _education(draw, trade),
        field_code=None if _is_unknown(draw, "field") or not trade.fields else draw.choice(trade.fields),
        experience_months=sum(job.months for job in past) if past else draw.choice((None, 0, 6)),
        available_on=None if _is_unknown(draw, "availability") else today + timedelta(days=draw.randrange(-60, 30)),
        born_on=None if _is_unknown(draw, "birth") else born_on,
        sex=sex,
        mobility=None if _is_unknown(draw, "mobility") else _mobility(draw, province),
        contracts=None if _is_unknown(draw, "contracts") else _contracts(draw),
        shifts=None if _is_unknown(draw, "shifts") else _shifts(draw),
        licences=None if _is_unknown(draw, "licences") else _licences(draw),
        wanted_profiles=None if _is_unknown(draw, "wanted") else tuple(sorted(wanted)),
        languages={} if _is_unknown(draw, "languages") else _languages(draw),
        past_jobs=past,
    )


def _past_jobs(draw: Random, trade: Trade, other: Trade, today: date) -> tuple[PastJob, ...]:
    ended_on = today - timedelta(days=draw.randrange(10, 700))
    last = PastJob(job_profile_id=trade.job_profile_id, months=draw.choice(MONTHS), ended_on=ended_on)
    if draw.random() > 0.25 or other is trade:  # noqa: PLR2004
        return (last,)
    return (last, PastJob(job_profile_id=other.job_profile_id, months=draw.choice(MONTHS[:5])))


def _education(draw: Random, trade: Trade) -> str:
    if trade.education_codes and draw.random() < 0.8:  # noqa: PLR2004
        return draw.choice(trade.education_codes)
    return draw.choice(education_levels()[2:10]).code


def _mobility(draw: Random, province: str) -> tuple[str, ...]:
    """The own province, often its neighbours in the region, sometimes a hub elsewhere."""
    near = [code for code, _ in demo_province_weights() if code[:2] == province[:2]]
    found = {province}
    if draw.random() < 0.6:  # noqa: PLR2004
        found |= set(near)
    if draw.random() < 0.3:  # noqa: PLR2004
        codes, weights = zip(*demo_province_weights(), strict=True)
        found |= set(draw.choices(codes, weights, k=3))
    return tuple(sorted(found))


def _contracts(draw: Random) -> tuple[str, ...]:
    usual = tuple(kind.code for kind in contract_kinds() if kind.is_employment_contract)
    return (*usual, "ci", "cip") if draw.random() < 0.7 else usual  # noqa: PLR2004


def _shifts(draw: Random) -> tuple[str, ...]:
    return draw.choice(
        (
            ("day",),
            ("day", "two_shifts"),
            ("day", "two_shifts", "three_shifts", "night"),
            ("day", "two_shifts", "three_shifts", "night", "weekend"),
        )
    )


def _licences(draw: Random) -> tuple[str, ...]:
    held = [licence.code for licence in licences() if draw.random() < (0.35 if licence.code == "driving_b" else 0.12)]
    return tuple(held)


def _languages(draw: Random) -> Mapping[str, Cefr]:
    spoken = {"ar": draw.choice((Cefr.C1, Cefr.C2)), "fr": draw.choice(FRENCH)}
    if draw.random() < 0.35:  # noqa: PLR2004
        spoken["en"] = draw.choice(ENGLISH)
    if draw.random() < 0.3:  # noqa: PLR2004
        spoken["zgh"] = Cefr.C1
    return spoken


def _declared(draw: Random, trade: Trade) -> Mapping[int, int]:
    """Most of what the trade asks for, a level up or down."""
    told = {}
    for line in trade.lines:
        if draw.random() < (0.9 if line.is_must else 0.6):
            told[line.competency_id] = min(4, max(1, line.level + draw.choice((-1, 0, 0, 0, 1))))
    return told


def _is_unknown(draw: Random, fact: str) -> bool:
    return draw.random() < UNKNOWN[fact]
