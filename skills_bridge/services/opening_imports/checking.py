"""The verdict on each row of a file of openings: good, there already, or wrong with column and reason."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import or_, select, tuple_

from skills_bridge.adapters.opening_files import OpeningColumn, OpeningReading, OpeningRow
from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.errors import Invalid
from skills_bridge.domain.framework import Asked
from skills_bridge.domain.imports import Problem
from skills_bridge.domain.openings import Conditions, Terms, check_start
from skills_bridge.domain.organisations import OrganisationKind
from skills_bridge.models import Competency, EducationLevel, JobProfile, Opening, Organisation, Site
from skills_bridge.services.openings import OpeningDraft
from skills_bridge.services.openings.revisions import check_known
from skills_bridge.unit_of_work import UnitOfWork

COLUMNS: Final[Mapping[str, OpeningColumn]] = {
    "contract_code": OpeningColumn.CONTRACT,
    "posts": OpeningColumn.POSTS,
    "start_on": OpeningColumn.START_ON,
    "experience_months": OpeningColumn.MONTHS,
    "requirements": OpeningColumn.COMPETENCIES,
    "languages": OpeningColumn.LANGUAGES,
    "licences": OpeningColumn.LICENCES,
    "shifts": OpeningColumn.SHIFTS,
}
"""The column of each field that the terms of an opening may refuse."""

Code = tuple[str, str]
"""Scheme and code of a framework's entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A row's verdict: a draft to submit, the reference of an opening that stands already, or problems."""

    number: int
    company_id: int = 0
    draft: OpeningDraft | None = None
    standing: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lists:
    """What rows may name."""

    companies: Mapping[str, int]
    sites: Mapping[tuple[int, str], int]
    ranks: Mapping[str, int]
    profiles: Mapping[Code, int]
    competencies: Mapping[Code, int]
    standing: Mapping[tuple[int, str], str]
    today: date


def check_rows(uow: UnitOfWork, *, rows: Sequence[OpeningReading], company: str = "") -> list[Checked]:
    """Return the verdict on each row; platform scope. ``company`` is the company of rows that name none."""
    lists = _load(uow, [row.opening for row in rows if row.opening is not None], company)
    return [
        Checked(number=row.number, problems=row.problems)
        if row.opening is None
        else _check(uow, row.number, row.opening, lists, company)
        for row in rows
    ]


def _check(uow: UnitOfWork, number: int, row: OpeningRow, lists: _Lists, company: str) -> Checked:
    problems: list[Problem] = []
    company_id = lists.companies.get(row.company or company, 0)
    site_id = lists.sites.get((company_id, row.province_code), 0)
    profile_id = lists.profiles.get((row.profile_scheme, row.profile_code), 0)
    standing = lists.standing.get((company_id, row.external_reference), "")
    if standing:
        return Checked(number=number, company_id=company_id, standing=standing)
    if not company_id:
        problems.append(Problem(OpeningColumn.COMPANY.value, "company-unknown", {}))
    elif not site_id:
        problems.append(Problem(OpeningColumn.PROVINCE.value, "site-unknown", {"province": row.province_code}))
    if not profile_id:
        problems.append(Problem(OpeningColumn.PROFILE.value, "profile-unknown", {"scheme": row.profile_scheme}))
    problems += _unknown(row, lists)
    terms = _terms(row, lists)
    problems += [] if problems else _refused(uow, terms, lists)
    if problems:
        return Checked(number=number, company_id=company_id, problems=tuple(problems))
    draft = OpeningDraft(
        site_id=site_id,
        job_profile_id=profile_id,
        title=row.title,
        description=row.description,
        contact=row.contact,
        external_reference=row.external_reference,
        terms=terms,
    )
    return Checked(number=number, company_id=company_id, draft=draft)


def _unknown(row: OpeningRow, lists: _Lists) -> list[Problem]:
    """Return the codes of the row that stand in no list."""
    lost = [line.code for line in row.requirements if (row.competency_scheme, line.code) not in lists.competencies]
    facts = {"scheme": row.competency_scheme, "codes": ", ".join(lost)}
    found = [Problem(OpeningColumn.COMPETENCIES.value, "competency-not-in-scheme", facts)] if lost else []
    if row.education_code is not None and row.education_code not in lists.ranks:
        found.append(Problem(OpeningColumn.EDUCATION.value, "code-unknown", {"value": row.education_code}))
    return found


def _terms(row: OpeningRow, lists: _Lists) -> Terms:
    return Terms(
        contract_code=row.contract_code,
        posts=row.posts,
        start_on=row.start_on,
        requirements=tuple(
            Asked(
                competency_id=lists.competencies.get((row.competency_scheme, line.code), 0),
                level=line.level,
                is_must=line.is_must,
                weight=line.weight,
                evidence_asked=line.evidence_asked,
            )
            for line in row.requirements
        ),
        conditions=Conditions(
            education_rank=lists.ranks.get(row.education_code or ""),
            experience_months=row.experience_months,
            languages=row.languages,
            licences=frozenset(row.licences),
            shifts=frozenset(row.shifts),
        ),
    )


def _refused(uow: UnitOfWork, terms: Terms, lists: _Lists) -> list[Problem]:
    """Return why the form would refuse these terms, if it would."""
    try:
        check_known(uow.session, terms)
        check_start(terms.start_on, lists.today)
    except Invalid as refusal:
        column = COLUMNS.get(refusal.field, OpeningColumn.REFERENCE)
        return [Problem(column.value, refusal.code, {"value": str(refusal.facts.get("value", ""))})]
    return []


def _load(uow: UnitOfWork, rows: Sequence[OpeningRow], company: str) -> _Lists:
    session = uow.session
    companies = _companies(uow, {row.company or company for row in rows})
    sites = session.execute(
        select(Site.company_id, Site.province_code, Site.id)
        .where(Site.company_id.in_(companies.values()))
        .order_by(Site.id.desc())
    )
    standing = session.execute(
        select(Opening.company_id, Opening.external_reference, Opening.reference).where(
            Opening.company_id.in_(companies.values()),
            Opening.external_reference.in_([row.external_reference for row in rows]),
        )
    )
    ranks = session.execute(select(EducationLevel.code, EducationLevel.rank))
    asked = {(row.competency_scheme, line.code) for row in rows for line in row.requirements}
    return _Lists(
        companies=companies,
        sites={(owner, province): key for owner, province, key in sites},
        ranks={code: rank for code, rank in ranks},  # noqa: C416  # rows are no pairs for the type checker
        profiles=_keys(uow, JobProfile, {(row.profile_scheme, row.profile_code) for row in rows}),
        competencies=_keys(uow, Competency, asked),
        standing={(owner, external or ""): reference for owner, external, reference in standing},
        today=local_day(uow.now),
    )


def _companies(uow: UnitOfWork, names: Collection[str]) -> Mapping[str, int]:
    """Return companies by what a row may call them: ICE, French or Arabic name."""
    found: dict[str, int] = {}
    for one in uow.session.scalars(
        select(Organisation).where(
            Organisation.kind == OrganisationKind.COMPANY,
            or_(*(column.in_(names) for column in (Organisation.ice, Organisation.name_fr, Organisation.name_ar))),
        )
    ):
        found |= dict.fromkeys((one.ice or one.name_fr, one.name_fr, one.name_ar), one.id)
    return found


def _keys(uow: UnitOfWork, model: type[Competency | JobProfile], wanted: Collection[Code]) -> Mapping[Code, int]:
    """Return the keys of the entries that are named; retired ones are refused later, as in the form."""
    if not wanted:
        return {}
    query = select(model.scheme, model.code, model.id).where(tuple_(model.scheme, model.code).in_(wanted))
    return {(scheme, code): key for scheme, code, key in uow.session.execute(query)}
