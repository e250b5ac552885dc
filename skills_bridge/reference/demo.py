"""Material for invented people and organisations: names to combine at random, and where the hubs weigh more.

Nobody and no company here is real; every organisation says so in its name.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from skills_bridge.reference.files import read_rows
from skills_bridge.reference.lists import job_profiles, provinces

SEXES: Final = ("female", "male")
DEMO_KINDS: Final = ("company", "training_centre")
ELSEWHERE: Final = 1
"""Weight of a province that is not listed among the hubs."""

HEAVIEST: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoName:
    """A first name or a family name in Latin and Arabic letters."""

    latin: str
    arabic: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOrganisation:
    """An invented company or training centre: its province, and the profiles it recruits or trains for."""

    kind: str
    name_fr: str
    name_ar: str
    province_code: str
    profile_codes: tuple[str, ...]


@cache
def demo_first_names(sex: str) -> tuple[DemoName, ...]:
    """First names of one sex (``female`` or ``male``)."""
    return tuple(
        DemoName(latin=row.text("latin"), arabic=row.text("arabic"))
        for row in read_rows("demo_first_names.csv")
        if row.one_of("sex", SEXES) == sex
    )


@cache
def demo_family_names() -> tuple[DemoName, ...]:
    """Family names, common ones only."""
    return tuple(
        DemoName(latin=row.text("latin"), arabic=row.text("arabic")) for row in read_rows("demo_family_names.csv")
    )


@cache
def demo_organisations() -> tuple[DemoOrganisation, ...]:
    """Ten companies and four training centres, clearly fictitious."""
    codes = tuple(province.code for province in provinces())
    profiles = {profile.code for profile in job_profiles()}
    found: list[DemoOrganisation] = []
    for row in read_rows("demo_organisations.csv"):
        wanted = row.words("profile_codes")
        if not wanted or not set(wanted) <= profiles:
            raise row.wrong("profile_codes", "empty, or a profile that is not in job_profiles.csv")
        found.append(
            DemoOrganisation(
                kind=row.one_of("kind", DEMO_KINDS),
                name_fr=row.text("name_fr"),
                name_ar=row.text("name_ar"),
                province_code=row.one_of("province_code", codes),
                profile_codes=wanted,
            )
        )
    return tuple(found)


@cache
def demo_province_weights() -> tuple[tuple[str, int], ...]:
    """Every province with its weight: how often invented people and openings lie there, hubs first of all."""
    codes = tuple(province.code for province in provinces())
    weights = {
        row.one_of("province_code", codes): row.number("weight", 1, HEAVIEST) for row in read_rows("demo_hubs.csv")
    }
    return tuple((code, weights.get(code, ELSEWHERE)) for code in codes)
