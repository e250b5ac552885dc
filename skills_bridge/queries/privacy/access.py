"""All that is held about one person, table by table, as ``domain.personal_data`` lists it; codes with their words."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills_bridge.domain.personal_data import PERSONS
from skills_bridge.models import (
    AgencyUnit,
    Base,
    Cohort,
    Competency,
    ContractKind,
    DiplomaField,
    EducationLevel,
    JobProfile,
    Language,
    Licence,
    Opening,
    Organisation,
    Province,
    Shift,
    StateChange,
)
from skills_bridge.queries.privacy.histories import history_of
from skills_bridge.queries.seekers.vocabulary import label_of

REFERENCES: Final[Mapping[str, tuple[Any, str]]] = {
    "opening_id": (Opening, "id"),
    "cohort_id": (Cohort, "id"),
    "company_id": (Organisation, "id"),
    "centre_id": (Organisation, "id"),
    "unit_id": (AgencyUnit, "id"),
    "competency_id": (Competency, "id"),
    "job_profile_id": (JobProfile, "id"),
    "wanted_profiles": (JobProfile, "id"),
    "province_code": (Province, "code"),
    "mobility": (Province, "code"),
    "education_code": (EducationLevel, "code"),
    "field_code": (DiplomaField, "code"),
    "language_code": (Language, "code"),
    "contract_code": (ContractKind, "code"),
    "contracts": (ContractKind, "code"),
    "shifts": (Shift, "code"),
    "licences": (Licence, "code"),
}
"""Columns whose values are keys of another table: the table, and its key."""

SEALED: Final = "cin_sealed"
"""The one column that is opened: a person may read her own number."""


@dataclass(frozen=True)
class Section:
    """What one table holds of a person: rows, each a value by column; ``words`` gives keys and codes their names."""

    table: str
    rows: tuple[Mapping[str, Any], ...]
    words: Mapping[str, Mapping[Any, str]]


def list_sections(
    session: Session, *, seeker_id: int, language: str, open_number: Callable[[bytes, str], str]
) -> tuple[Section, ...]:
    """Return every listed table that holds something of a person; ``open_number`` opens a sealed number by key id."""
    found = []
    for name, columns in PERSONS.items():
        told = columns.told.split()
        if told:
            rows = _rows(session, name, told, seeker_id=seeker_id, open_number=open_number)
            if rows:
                found.append(Section(name, rows, _words(session, told, rows, language)))
    return tuple(found)


def _rows(
    session: Session, name: str, told: list[str], *, seeker_id: int, open_number: Callable[[bytes, str], str]
) -> tuple[Mapping[str, Any], ...]:
    table = Base.metadata.tables[name]
    own = history_of(seeker_id) if name == StateChange.__tablename__ else table.c[PERSONS[name].link] == seeker_id
    asked: list[Any] = [table.c[column] for column in told]
    if SEALED in told:
        asked.append(table.c.cin_key_id)
    order = [column for column in table.primary_key.columns]  # noqa: C416  # a column collection is no list
    rows = session.execute(select(*asked).where(own).order_by(*order)).mappings()
    return tuple({column: _value(row, column, open_number) for column in told} for row in rows)


def _value(row: Any, column: str, open_number: Callable[[bytes, str], str]) -> Any:
    """Return a value as JSON may hold it."""
    value = row[column]
    if column == SEALED:
        return open_number(value, row["cin_key_id"])
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, uuid.UUID) else value


def _words(
    session: Session, told: list[str], rows: Iterable[Mapping[str, Any]], language: str
) -> dict[str, dict[Any, str]]:
    """Return the names of the keys and codes that the rows hold, by column."""
    found: dict[str, dict[Any, str]] = {}
    for column in told:
        if column in REFERENCES:
            keys = {key for row in rows for key in _listed(row[column])}
            model, key = REFERENCES[column]
            own = getattr(model, key)
            pairs = session.execute(select(own, _name_of(model, language)).where(own.in_(keys)))
            found[column] = {row[0]: row[1] for row in pairs}
    return found


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _name_of(model: Any, language: str) -> Any:
    if hasattr(model, "reference"):
        return model.reference
    if hasattr(model, "label_fr"):
        return label_of(model, language)
    return model.name_ar if language == "ar" else model.name_fr
