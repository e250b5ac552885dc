"""Openings as a run reads them: the validated revision with requirements and gates, and the posts still open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Select, Text, func, select, type_coerce
from sqlalchemy.orm import Session

from skills_bridge.domain.matching import GateKind
from skills_bridge.domain.openings import OpeningState
from skills_bridge.engine.arrays import NO_VALUE, CodeSets, Int64s, LevelSets, day_number
from skills_bridge.engine.columns import POLICY_PROFILES, Asked, AskedLists, OpeningColumns
from skills_bridge.models import Gate, JobProfile, Opening, OpeningRevision, Post, Requirement
from skills_bridge.queries.matching.codes import CEFR_RANKS, EVIDENCE_RANKS, Codebook

Gates = Mapping[GateKind, Mapping[str, Any]]


@dataclass(frozen=True)
class OpeningInput:
    """An opening as a run sees it: its validated revision with requirements and gates, and how many posts are open."""

    id: int
    agency_id: int
    reference: str
    state: OpeningState
    open_posts: int
    policy_profile: int
    start_on: date | None
    requirements: tuple[Asked, ...]
    gates: Gates


def get_opening_id(session: Session, *, reference: str) -> int | None:
    """Return the key of an opening, or None."""
    return session.scalar(select(Opening.id).where(Opening.reference == reference))


def get_opening_input(session: Session, *, opening_id: int) -> OpeningInput | None:
    """Return an opening with what its validated revision asks for, or None."""
    return next(iter(_inputs(session, Opening.id == opening_id)), None)


def list_live_openings(session: Session, *, agency_id: int) -> tuple[OpeningInput, ...]:
    """Return the validated openings of an agency, by rising key, those without an open post included."""
    return _inputs(session, Opening.agency_id == agency_id, Opening.state == OpeningState.VALIDATED)


def _inputs(session: Session, *which: ColumnElement[bool]) -> tuple[OpeningInput, ...]:
    revisions = select(Opening.revision_id).where(*which)
    requirements, gates = _requirements(session, revisions), _gates(session, revisions)
    return tuple(
        OpeningInput(
            id=row.id,
            agency_id=row.agency_id,
            reference=row.reference,
            state=row.state,
            open_posts=row.open_posts,
            policy_profile=POLICY_PROFILES.index(row.policy_profile),
            start_on=row.start_on,
            requirements=tuple(requirements.get(row.revision_id, ())),
            gates=gates.get(row.revision_id, {}),
        )
        for row in session.execute(_openings().where(*which).order_by(Opening.id))
    )


def _openings() -> Select[Any]:
    free = select(func.count()).where(
        Post.opening_id == Opening.id, Post.placement_id.is_(None), Post.closed_on.is_(None)
    )
    return (
        select(
            Opening.id,
            Opening.agency_id,
            Opening.reference,
            Opening.state,
            Opening.revision_id,
            free.scalar_subquery().label("open_posts"),
            JobProfile.policy_profile,
            OpeningRevision.start_on,
        )
        .join(JobProfile, JobProfile.id == Opening.job_profile_id)
        .outerjoin(OpeningRevision, OpeningRevision.id == Opening.revision_id)
    )


def _requirements(session: Session, revisions: Select[Any]) -> Mapping[int, list[Asked]]:
    """Return what each revision asks for: musts first, then by weight."""
    found: dict[int, list[Asked]] = defaultdict(list)
    for revision, competency, level, is_must, weight, evidence in session.execute(
        select(
            Requirement.revision_id,
            Requirement.competency_id,
            Requirement.level,
            Requirement.is_must,
            Requirement.weight,
            type_coerce(Requirement.evidence_asked, Text),
        )
        .where(Requirement.revision_id.in_(revisions))
        .order_by(Requirement.is_must.desc(), Requirement.weight.desc(), Requirement.competency_id)
    ):
        found[revision].append(Asked(competency, level, is_must, weight, EVIDENCE_RANKS[evidence]))
    return found


def _gates(session: Session, revisions: Select[Any]) -> Mapping[int, Gates]:
    """Return the gates of each revision, in one row: rows of a gate each take the driver thrice as long."""
    together = func.jsonb_object_agg(Gate.kind, Gate.operand)
    rows = session.execute(
        select(Gate.revision_id, together).where(Gate.revision_id.in_(revisions)).group_by(Gate.revision_id)
    )
    return {revision: {GateKind(kind): operand for kind, operand in found.items()} for revision, found in rows}


def opening_columns(openings: Sequence[OpeningInput], book: Codebook) -> OpeningColumns:
    """Return openings as columns, in their order."""
    ask = _Operands([opening.gates for opening in openings], book)
    return OpeningColumns(
        opening_id=_numbers(opening.id for opening in openings),
        policy_profile=_numbers(opening.policy_profile for opening in openings),
        open_posts=_numbers(opening.open_posts for opening in openings),
        start_day=_numbers(day_number(opening.start_on) for opening in openings),
        available_by_day=ask.day(GateKind.AVAILABILITY, "start_on"),
        adult_by_day=ask.day(GateKind.ADULTHOOD, "start_on"),
        education_rank=ask.value(GateKind.EDUCATION, "rank"),
        experience_months=ask.value(GateKind.EXPERIENCE, "months"),
        provinces=ask.codes(GateKind.MOBILITY, "province"),
        fields=ask.codes(GateKind.FIELD, "fields"),
        profiles=CodeSets.of([found.get("profiles", ()) for found in ask.of(GateKind.PROFILE)]),
        licences=ask.codes(GateKind.LICENCE, "licences"),
        contracts=ask.codes(GateKind.CONTRACT, "contract"),
        shifts=ask.codes(GateKind.SHIFT, "shifts"),
        languages=ask.languages(),
        requirements=AskedLists.of([opening.requirements for opening in openings]),
    )


@dataclass(frozen=True)
class _Operands:
    """The operands of the openings' gates as columns; a gate that is not set is an absent value."""

    gates: Sequence[Gates]
    book: Codebook

    def of(self, kind: GateKind) -> list[Mapping[str, Any]]:
        return [gates.get(kind, {}) for gates in self.gates]

    def value(self, kind: GateKind, name: str) -> Int64s:
        return _numbers(operand.get(name, NO_VALUE) for operand in self.of(kind))

    def day(self, kind: GateKind, name: str) -> Int64s:
        stated = [operand.get(name) for operand in self.of(kind)]
        return _numbers(day_number(date.fromisoformat(day) if day else None) for day in stated)

    def codes(self, kind: GateKind, name: str) -> CodeSets:
        stated = [operand.get(name, ()) for operand in self.of(kind)]
        listed = [[codes] if isinstance(codes, str) else codes for codes in stated]
        return CodeSets.of([[self.book.number(kind, code) for code in codes] for codes in listed])

    def languages(self) -> LevelSets:
        kind = GateKind.LANGUAGE
        stated = [operand.get("languages", {}) for operand in self.of(kind)]
        return LevelSets.of(
            [{self.book.number(kind, code): CEFR_RANKS[level] for code, level in asked.items()} for asked in stated]
        )


def _numbers(values: Any) -> Int64s:
    return np.array(list(values), np.int64)
