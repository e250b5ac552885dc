"""The words and codes that a person's file may use."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Text, func, or_, select, type_coerce
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from skills_bridge.domain.seekers import KnownCodes, StudiedProfile, TemplateLine
from skills_bridge.models import (
    AgencyUnit,
    ContractKind,
    DiplomaField,
    EducationLevel,
    JobProfile,
    Language,
    Licence,
    ProfileRequirement,
    Province,
    Region,
    Shift,
    UnitProvince,
)

Choice = tuple[str, str]
"""A code and its words."""

OWN_SCHEME = "LOCAL"
"""The product's own list of occupations: short enough for a form."""


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What a form on people offers, in the reader's language; ``provinces`` stand by region."""

    provinces: dict[str, tuple[Choice, ...]]
    education: tuple[Choice, ...]
    fields: tuple[Choice, ...]
    languages: tuple[Choice, ...]
    licences: tuple[Choice, ...]
    contracts: tuple[Choice, ...]
    shifts: tuple[Choice, ...]
    profiles: tuple[Choice, ...]


def label_of(model: Any, language: str) -> ColumnElement[str]:
    """Return the label of a reference row in a language, French where it has none."""
    french: ColumnElement[str] = model.label_fr
    if language == "fr":
        return french
    return func.coalesce(getattr(model, f"label_{language}"), french)


def get_known_codes(session: Session) -> KnownCodes:
    """Return the codes of all reference lists."""

    def codes(model: Any) -> frozenset[str]:
        return frozenset(session.scalars(select(model.code)))

    return KnownCodes(
        provinces=codes(Province),
        education=codes(EducationLevel),
        fields=codes(DiplomaField),
        languages=codes(Language),
        licences=codes(Licence),
        contracts=codes(ContractKind),
        shifts=codes(Shift),
        profiles=frozenset(session.scalars(select(JobProfile.id))),
    )


def get_choices(session: Session, *, language: str, also_profiles: Iterable[int] = ()) -> Choices:
    """Return what a form offers; of the occupations, the product's own and those already named in the file."""

    def listed(model: Any, order: Any) -> tuple[Choice, ...]:
        rows = session.execute(select(model.code, label_of(model, language)).order_by(order, model.code))
        return tuple((code, label) for code, label in rows)

    return Choices(
        provinces=get_provinces(session, language=language),
        education=listed(EducationLevel, EducationLevel.rank),
        fields=listed(DiplomaField, label_of(DiplomaField, language)),
        languages=listed(Language, label_of(Language, language)),
        licences=listed(Licence, Licence.code),
        contracts=listed(ContractKind, ContractKind.is_employment_contract.desc()),
        shifts=listed(Shift, Shift.is_night),
        profiles=list_profiles(session, language=language, also=also_profiles),
    )


def get_provinces(session: Session, *, language: str) -> dict[str, tuple[Choice, ...]]:
    """Return the provinces by region, both by code."""
    rows = session.execute(
        select(label_of(Region, language), Province.code, label_of(Province, language))
        .join(Province, Province.region_code == Region.code)
        .order_by(Region.code, Province.code)
    )
    found: dict[str, list[Choice]] = {}
    for region, code, label in rows:
        found.setdefault(region, []).append((code, label))
    return {region: tuple(provinces) for region, provinces in found.items()}


def list_profiles(session: Session, *, language: str, also: Iterable[int] = ()) -> tuple[Choice, ...]:
    """Return the product's own occupations and those named by key."""
    rows = session.execute(
        select(JobProfile.id, label_of(JobProfile, language))
        .where(or_(JobProfile.scheme == OWN_SCHEME, JobProfile.id.in_(list(also))))
        .order_by(JobProfile.scheme != OWN_SCHEME, JobProfile.code)
    )
    return tuple((str(key), label) for key, label in rows)


def list_units(session: Session, *, agency_id: int | None, language: str) -> tuple[Choice, ...]:
    """Return the agency's units."""
    name = AgencyUnit.name_ar if language == "ar" else AgencyUnit.name_fr
    rows = session.execute(select(AgencyUnit.id, name).where(AgencyUnit.agency_id == agency_id).order_by(name))
    return tuple((str(key), label) for key, label in rows)


def get_unit_by_province(session: Session, *, agency_id: int | None) -> dict[str, int]:
    """Return which unit of the agency follows each province."""
    rows = session.execute(
        select(UnitProvince.province_code, UnitProvince.unit_id).where(UnitProvince.agency_id == agency_id)
    )
    return {code: unit for code, unit in rows}  # noqa: C416  # rows are no pairs for the type checker


def get_ranks(session: Session) -> dict[str, int]:
    """Return the rank of each level of education."""
    rows = session.execute(select(EducationLevel.code, EducationLevel.rank))
    return {code: rank for code, rank in rows}  # noqa: C416  # rows are no pairs for the type checker


def get_templates(session: Session, *, profiles: Iterable[int] | None = None) -> dict[int, tuple[TemplateLine, ...]]:
    """Return requirement templates, heaviest line first: of some job profiles, or of all the product's own."""
    query = select(
        ProfileRequirement.job_profile_id,
        ProfileRequirement.competency_id,
        ProfileRequirement.level,
        ProfileRequirement.is_must,
    ).order_by(ProfileRequirement.weight.desc(), ProfileRequirement.competency_id)
    wanted = JobProfile.scheme == OWN_SCHEME if profiles is None else JobProfile.id.in_(list(profiles))
    query = query.join(JobProfile, JobProfile.id == ProfileRequirement.job_profile_id).where(wanted)
    found: dict[int, list[TemplateLine]] = {}
    for job, competency, level, is_must in session.execute(query):
        found.setdefault(job, []).append(TemplateLine(competency, level, is_must))
    return {job: tuple(lines) for job, lines in found.items()}


def list_studied_profiles(session: Session, *, fields: Iterable[str]) -> tuple[StudiedProfile, ...]:
    """Return the job profiles that a diploma in one of the fields leads to."""
    rows = session.execute(
        select(JobProfile.id, JobProfile.diploma_fields, JobProfile.education_rank).where(
            type_coerce(JobProfile.diploma_fields, ARRAY(Text)).overlap(list(fields))
        )
    )
    return tuple(StudiedProfile(job, tuple(listed), rank) for job, listed, rank in rows)
