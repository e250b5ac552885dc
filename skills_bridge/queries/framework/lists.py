"""The reference lists as choices of a form, and as labels of a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, String, cast, literal, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from skills_bridge.models import (
    ContractKind,
    DiplomaField,
    EducationLevel,
    JobProfile,
    Language,
    Licence,
    Province,
    Shift,
)
from skills_bridge.queries.framework.labels import Label, label_columns, label_of


@dataclass(frozen=True, slots=True)
class Choice:
    """An entry of a reference list."""

    code: str
    label: Label


@dataclass(frozen=True, slots=True)
class ReferenceChoices:
    """The lists that the form of an opening offers; ranks of education as text."""

    contracts: tuple[Choice, ...]
    education: tuple[Choice, ...]
    fields: tuple[Choice, ...]
    languages: tuple[Choice, ...]
    licences: tuple[Choice, ...]
    shifts: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class ListLabels:
    """Every label of the short lists, by list and code; a code that left its list stands for itself."""

    entries: Mapping[tuple[str, str], Label]

    def of(self, table: type[Any], code: object) -> Label:
        """The label of a code of a list."""
        return self.entries.get((table.__tablename__, str(code)), Label(str(code)))


def get_list_labels(session: Session) -> ListLabels:
    """The labels of all short lists, and of the ranks of education; one statement."""
    lists = (Province, ContractKind, DiplomaField, Language, Licence, Shift)
    parts = [select(literal(t.__tablename__).label("list"), t.code, *label_columns(t, "label")) for t in lists]
    ranks = select(
        literal(EducationLevel.__tablename__),
        cast(EducationLevel.rank, String),
        *label_columns(EducationLevel, "label"),
    )
    found: dict[tuple[str, str], list[Label]] = {}
    for row in session.execute(union_all(*parts, ranks)):
        found.setdefault((row.list, row.code), []).append(label_of(row, "label"))
    return ListLabels({key: _joined(labels) for key, labels in found.items()})


def list_profile_choices(session: Session, *, also: int | None = None) -> tuple[Choice, ...]:
    """The product's own job profiles by key, and one of another scheme that an object already names."""
    rows = session.execute(
        select(JobProfile.id, *label_columns(JobProfile, "label"))
        .where(or_(JobProfile.scheme == "LOCAL", JobProfile.id == also))
        .order_by(JobProfile.label_fr, JobProfile.id)
    )
    return tuple(Choice(str(row.id), label_of(row, "label")) for row in rows)


def list_province_choices(session: Session) -> tuple[Choice, ...]:
    """The provinces and prefectures, by region, then by name."""
    return _choices(session, Province, Province.region_code, Province.label_fr)


def get_reference_choices(session: Session) -> ReferenceChoices:
    """The lists that the form of an opening offers."""
    levels = session.execute(
        select(EducationLevel.rank, *label_columns(EducationLevel, "label")).order_by(
            EducationLevel.rank, EducationLevel.code
        )
    )
    return ReferenceChoices(
        contracts=_choices(session, ContractKind, ContractKind.is_employment_contract.desc(), ContractKind.label_fr),
        education=_by_rank(levels),
        fields=_choices(session, DiplomaField, DiplomaField.label_fr),
        languages=_choices(session, Language, Language.label_fr),
        licences=_choices(session, Licence, Licence.label_fr),
        shifts=_choices(session, Shift, Shift.is_night, Shift.label_fr),
    )


def _choices(
    session: Session, table: Any, *order: ColumnElement[Any] | InstrumentedAttribute[Any]
) -> tuple[Choice, ...]:
    rows = session.execute(select(table.code, *label_columns(table, "label")).order_by(*order))
    return tuple(Choice(row.code, label_of(row, "label")) for row in rows)


def _by_rank(rows: Iterable[Any]) -> tuple[Choice, ...]:
    """One entry a rank; levels of the same rank share it."""
    ranks: dict[int, list[Label]] = {}
    for row in rows:
        ranks.setdefault(row.rank, []).append(label_of(row, "label"))
    return tuple(Choice(str(rank), _joined(labels)) for rank, labels in ranks.items())


def _joined(labels: Sequence[Label]) -> Label:
    return Label(
        " / ".join(label.fr for label in labels),
        " / ".join(label.text("ar") for label in labels),
        " / ".join(label.text("en") for label in labels),
        all(label.is_reviewed_ar for label in labels),
    )
