"""The words that the forms of training offer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from skills_bridge.models import Competency, EducationLevel, JobProfile, Programme, ProgrammeOutcome, Province
from skills_bridge.queries.seekers.vocabulary import OWN_SCHEME, label_of

Choice = tuple[str, str]
"""A key and its words."""


@dataclass(frozen=True, kw_only=True)
class TrainingChoices:
    """What the forms offer, in the reader's language."""

    provinces: tuple[Choice, ...]
    profiles: tuple[Choice, ...]
    competencies: tuple[Choice, ...]
    entries: tuple[Choice, ...]


def get_training_choices(session: Session, *, language: str, programme_id: int | None = None) -> TrainingChoices:
    """Return what forms offer: of the frameworks, the product's own and what the programme already names."""
    own = select(ProgrammeOutcome.competency_id).where(ProgrammeOutcome.programme_id == programme_id)
    named = select(Programme.job_profile_id).where(Programme.id == programme_id)

    def listed(key: Any, label: ColumnElement[str], *which: ColumnElement[bool]) -> tuple[Choice, ...]:
        rows = session.execute(select(key, label).where(*which).order_by(func.search_text(label)))
        return tuple((str(value), words) for value, words in rows)

    return TrainingChoices(
        provinces=list_province_choices(session, language=language),
        profiles=listed(
            JobProfile.id,
            label_of(JobProfile, language),
            (JobProfile.scheme == OWN_SCHEME) | JobProfile.id.in_(named),
        ),
        competencies=listed(
            Competency.id,
            label_of(Competency, language),
            ((Competency.scheme == OWN_SCHEME) & Competency.retired_on.is_(None)) | Competency.id.in_(own),
        ),
        entries=tuple((str(rank), words) for rank, words in list_entries(session, language).items()),
    )


def list_province_choices(session: Session, *, language: str) -> tuple[Choice, ...]:
    """Return code and words of the provinces, by their words."""
    label = label_of(Province, language)
    rows = session.execute(select(Province.code, label).order_by(func.search_text(label)))
    return tuple((code, words) for code, words in rows)


def list_entries(session: Session, language: str) -> dict[int, str]:
    """Return the words of each education rank, lowest first; two levels of one rank stand together."""
    rows = session.execute(
        select(EducationLevel.rank, label_of(EducationLevel, language)).order_by(
            EducationLevel.rank, EducationLevel.code
        )
    )
    found: dict[int, str] = {}
    for rank, words in rows:
        found[rank] = f"{found[rank]} / {words}" if rank in found else words
    return found


def title_of(language: str) -> ColumnElement[str]:
    """Return a programme's title in the reader's language, French where it has none."""
    return func.coalesce(Programme.title_ar, Programme.title_fr) if language == "ar" else Programme.title_fr.expression
