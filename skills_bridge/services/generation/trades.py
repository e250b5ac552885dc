"""The trades that invented people may have: job profiles of any framework that is loaded, with what they ask for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills_bridge.domain.seekers import TemplateLine
from skills_bridge.models import EducationLevel, JobProfile
from skills_bridge.queries.seekers.vocabulary import get_templates


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """A job profile as a person may have it: codes of education of its usual rank, fields of study, template."""

    job_profile_id: int
    code: str
    label: str
    education_codes: tuple[str, ...]
    fields: tuple[str, ...]
    lines: tuple[TemplateLine, ...]


def get_trades(session: Session, *, scheme: str, codes: Collection[str] | None = None) -> tuple[Trade, ...]:
    """Return the job profiles of a scheme in the order of their codes: those named, or all that have a template."""
    query = select(JobProfile).where(JobProfile.scheme == scheme).order_by(JobProfile.code)
    profiles = session.scalars(query if codes is None else query.where(JobProfile.code.in_(codes))).all()
    templates = get_templates(session, profiles=[profile.id for profile in profiles])
    ranks: dict[int, list[str]] = {}
    for code, rank in session.execute(select(EducationLevel.code, EducationLevel.rank).order_by(EducationLevel.code)):
        ranks.setdefault(rank, []).append(code)
    return tuple(
        Trade(
            job_profile_id=profile.id,
            code=profile.code,
            label=profile.label_fr,
            education_codes=() if profile.education_rank is None else tuple(ranks.get(profile.education_rank, ())),
            fields=tuple(profile.diploma_fields),
            lines=templates.get(profile.id, ()),
        )
        for profile in profiles
        if codes is not None or profile.id in templates
    )
