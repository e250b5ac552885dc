"""What a revision asks for: requirements, heavy musts first, and conditions in the order in which they are told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills_bridge.domain.framework import Cefr
from skills_bridge.domain.matching import GateKind
from skills_bridge.domain.openings import Conditions, conditions_of
from skills_bridge.models import (
    ContractKind,
    DiplomaField,
    EducationLevel,
    Gate,
    JobProfile,
    Language,
    Licence,
    OpeningRevision,
    Province,
    Requirement,
    Shift,
)
from skills_bridge.queries.framework import (
    Label,
    ListLabels,
    RequirementLine,
    get_list_labels,
    label_columns,
    label_of,
    requirement_line,
    requirement_lines,
)


@dataclass(frozen=True, slots=True)
class GateLine:
    """A condition as shown: what is named, the language levels beside it, months or a day."""

    kind: GateKind
    names: tuple[Label, ...] = ()
    levels: tuple[Cefr, ...] = ()
    months: int | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class TermsView:
    """A revision as shown and as a form takes it up."""

    number: int
    contract_code: str
    contract: Label
    start_on: date | None
    posts: int
    requirements: tuple[RequirementLine, ...]
    conditions: Conditions
    gates: tuple[GateLine, ...]
    submitted_at: datetime | None
    validated_at: datetime | None
    refused_at: datetime | None
    refusal_reason: str | None


def get_terms_views(session: Session, revisions: Iterable[OpeningRevision]) -> dict[int, TermsView]:
    """What several revisions ask for, by their keys."""
    rows = {revision.id: revision for revision in revisions}
    if not rows:
        return {}
    labels = get_list_labels(session)
    lines: dict[int, list[RequirementLine]] = {key: [] for key in rows}
    for row in session.execute(
        requirement_lines(Requirement).add_columns(Requirement.revision_id).where(Requirement.revision_id.in_(rows))
    ):
        lines[row.revision_id].append(requirement_line(row))
    operands: dict[int, dict[GateKind, Mapping[str, Any]]] = {key: {} for key in rows}
    for gate in session.scalars(select(Gate).where(Gate.revision_id.in_(rows))):
        operands[gate.revision_id][gate.kind] = gate.operand
    profiles = _profiles(session, operands.values())
    return {key: _view(revision, tuple(lines[key]), operands[key], labels, profiles) for key, revision in rows.items()}


def _view(
    revision: OpeningRevision,
    requirements: tuple[RequirementLine, ...],
    operands: Mapping[GateKind, Mapping[str, Any]],
    labels: ListLabels,
    profiles: Mapping[int, Label],
) -> TermsView:
    return TermsView(
        number=revision.number,
        contract_code=revision.contract_code,
        contract=labels.of(ContractKind, revision.contract_code),
        start_on=revision.start_on,
        posts=revision.posts,
        requirements=requirements,
        conditions=conditions_of(operands),
        gates=tuple(_gate(kind, operands[kind], labels, profiles) for kind in GateKind if kind in operands),
        submitted_at=revision.submitted_at,
        validated_at=revision.validated_at,
        refused_at=revision.refused_at,
        refusal_reason=revision.refusal_reason,
    )


def _gate(kind: GateKind, operand: Mapping[str, Any], labels: ListLabels, profiles: Mapping[int, Label]) -> GateLine:
    """One condition in words; see the shapes of :class:`skills_bridge.models.Gate`."""
    languages = operand.get("languages", {})
    named: tuple[tuple[type[Any], Iterable[object]], ...] = (
        (Province, [operand["province"]] if "province" in operand else ()),
        (EducationLevel, [operand["rank"]] if "rank" in operand else ()),
        (DiplomaField, operand.get("fields", ())),
        (Language, languages),
        (Licence, operand.get("licences", ())),
        (ContractKind, [operand["contract"]] if "contract" in operand else ()),
        (Shift, operand.get("shifts", ())),
    )
    day = operand.get("start_on")
    return GateLine(
        kind,
        names=(
            *(labels.of(table, code) for table, codes in named for code in codes),
            *(profiles.get(key, Label(str(key))) for key in operand.get("profiles", ())),
        ),
        levels=tuple(Cefr(level) for level in languages.values()),
        months=operand.get("months"),
        day=None if day is None else date.fromisoformat(day),
    )


def _profiles(session: Session, operands: Iterable[Mapping[GateKind, Mapping[str, Any]]]) -> dict[int, Label]:
    keys = {key for gates in operands for key in gates.get(GateKind.PROFILE, {}).get("profiles", ())}
    if not keys:
        return {}
    rows = session.execute(select(JobProfile.id, *label_columns(JobProfile, "label")).where(JobProfile.id.in_(keys)))
    return {row.id: label_of(row, "label") for row in rows}
