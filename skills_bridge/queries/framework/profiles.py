"""Job profiles and their requirement templates."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills_bridge.domain.framework import MAX_REQUIREMENTS, PolicyProfile
from skills_bridge.models import Competency, DiplomaField, EducationLevel, JobProfile, ProfileRequirement
from skills_bridge.queries.framework.competencies import RequirementLine, requirement_line, requirement_lines
from skills_bridge.queries.framework.labels import Label, label_columns, label_of
from skills_bridge.queries.listing import ListRequest, Page, fetch_page


@dataclass(frozen=True, slots=True)
class ProfileLine:
    """A row of the list of job profiles; ``requirements`` counts the lines of its template."""

    id: int
    scheme: str
    code: str
    label: Label
    family: str | None
    policy_profile: PolicyProfile
    requirements: int


@dataclass(frozen=True, slots=True)
class ProfilePage:
    """A job profile with its requirement template; ``codes`` are those of other schemes."""

    id: int
    scheme: str
    code: str
    label: Label
    family: str | None
    policy_profile: PolicyProfile
    codes: tuple[tuple[str, str], ...]
    education: Label | None
    fields: tuple[Label, ...]
    template: tuple[RequirementLine, ...]


def list_profiles(session: Session, *, request: ListRequest) -> Page[ProfileLine]:
    """Job profiles of every scheme, found by a label in any language."""
    lines = select(func.count()).where(ProfileRequirement.job_profile_id == JobProfile.id).scalar_subquery()
    query = select(
        JobProfile.id,
        JobProfile.scheme,
        JobProfile.code,
        JobProfile.family,
        JobProfile.policy_profile,
        lines.label("requirements"),
        *label_columns(JobProfile, "label"),
    )
    for name in ("scheme", "family", "policy_profile"):
        if name in request.filters:
            query = query.where(getattr(JobProfile, name) == request.filters[name])
    return fetch_page(
        session,
        query,
        request,
        sorts={"label": func.search_text(JobProfile.label_fr), "code": JobProfile.code, "requirements": lines},
        tie_break=JobProfile.id,
        searched=(JobProfile.code, JobProfile.label_fr, JobProfile.label_ar, JobProfile.label_en),
        build=lambda row: ProfileLine(
            row.id, row.scheme, row.code, label_of(row, "label"), row.family, row.policy_profile, row.requirements
        ),
    )


def get_profile_page(session: Session, *, profile_id: int) -> ProfilePage | None:
    """A job profile with its template, or None."""
    profile = session.get(JobProfile, profile_id)
    if profile is None:
        return None
    levels = select(*label_columns(EducationLevel, "label")).where(EducationLevel.rank == profile.education_rank)
    education = session.execute(levels.order_by(EducationLevel.code).limit(1)).one_or_none()
    fields = select(*label_columns(DiplomaField, "label")).where(DiplomaField.code.in_(profile.diploma_fields))
    return ProfilePage(
        id=profile.id,
        scheme=profile.scheme,
        code=profile.code,
        label=Label(profile.label_fr, profile.label_ar, profile.label_en, profile.is_reviewed_ar),
        family=profile.family,
        policy_profile=profile.policy_profile,
        codes=tuple(sorted((scheme, str(code)) for scheme, code in profile.codes.items())),
        education=None if education is None else label_of(education, "label"),
        fields=tuple(label_of(row, "label") for row in session.execute(fields.order_by(DiplomaField.label_fr))),
        template=get_template(session, profile_id=profile_id),
    )


def get_template(session: Session, *, profile_id: int) -> tuple[RequirementLine, ...]:
    """What a job profile usually asks for, musts and heavy weights first, no more than an opening may ask."""
    rows = session.execute(
        requirement_lines(ProfileRequirement)
        .where(ProfileRequirement.job_profile_id == profile_id, Competency.retired_on.is_(None))
        .limit(MAX_REQUIREMENTS)
    )
    return tuple(requirement_line(row) for row in rows)
