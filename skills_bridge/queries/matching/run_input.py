"""What a run reads beside the openings: the people who may be looked for, cohorts and policy, as columns.

Platform scope. Identity and equity have no place here: the worker's role cannot even read them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Integer, Select, Text, and_, exists, literal, select, type_coerce
from sqlalchemy.orm import Session

from skills_bridge.domain.framework import RelationKind
from skills_bridge.domain.matching import GateKind
from skills_bridge.domain.seekers import ConsentKind, SeekerState
from skills_bridge.domain.training import CohortState
from skills_bridge.engine.arrays import EPOCH, NO_DAY, NO_VALUE, CodeSets, Int64s, LevelSets, day_number
from skills_bridge.engine.columns import (
    CohortColumns,
    HeldLists,
    RelationColumns,
    SeekerColumns,
)
from skills_bridge.engine.policy import PolicySet
from skills_bridge.models import (
    Cohort,
    CompetencyRelation,
    Consent,
    EducationLevel,
    HeldCompetency,
    MatchPolicy,
    Placement,
    Programme,
    ProgrammeOutcome,
    Seeker,
    SeekerLanguage,
)
from skills_bridge.queries.matching.codes import CEFR_RANKS, EVIDENCE_RANKS, Codebook


@dataclass(frozen=True)
class PolicyInput:
    """The latest version of the policy."""

    id: int
    version: int
    policies: PolicySet

    @property
    def waiting_quota(self) -> int:
        """Per cent of the places reserved for long waiting."""
        return self.policies.allocation.waiting_quota_percent


def is_looked_for(agency_id: int, only: Collection[int] | None = None) -> ColumnElement[bool]:
    """Return the test that a person may be matched: active, consenting, without objection, without a start.

    ``only`` narrows it to some people.
    """
    consenting = exists().where(
        Consent.seeker_id == Seeker.id, Consent.kind == ConsentKind.MATCHING, Consent.withdrawn_at.is_(None)
    )
    placed = exists().where(
        Placement.seeker_id == Seeker.id, Placement.cancelled_on.is_(None), Placement.ended_on.is_(None)
    )
    return and_(
        Seeker.agency_id == agency_id,
        Seeker.state == SeekerState.ACTIVE,
        Seeker.matching_objected_at.is_(None),
        consenting,
        ~placed,
        *(() if only is None else (Seeker.id.in_(only),)),
    )


def get_seeker_columns(
    session: Session, *, agency_id: int, book: Codebook, only: Collection[int] | None = None
) -> SeekerColumns:
    """Return the people who may be matched, or some of them, by rising key, from their files.

    The accounts of a pair and the check of packed profiles read this way; runs read what is packed.
    """
    wanted = is_looked_for(agency_id, only)
    rows = session.execute(_seekers().where(wanted)).all()
    columns: Sequence[Sequence[Any]] = list(zip(*rows, strict=True)) or [()] * 13
    keys = np.array(columns[0], np.int64)
    return SeekerColumns(
        seeker_id=keys,
        registered_day=np.clip(np.array(columns[1], np.int64), 0, 65_535),
        education_rank=_stated(columns[2], NO_VALUE),
        experience_months=_stated(columns[3], NO_VALUE),
        available_day=_stated(columns[4], NO_DAY),
        adult_day=_stated(columns[5], NO_DAY),
        provinces=_sets(book, GateKind.MOBILITY, columns[6]),
        fields=_sets(book, GateKind.FIELD, [None if code is None else (code,) for code in columns[7]]),
        profiles=CodeSets.of(columns[8]),
        licences=_sets(book, GateKind.LICENCE, columns[9]),
        contracts=_sets(book, GateKind.CONTRACT, columns[10]),
        shifts=_sets(book, GateKind.SHIFT, columns[11]),
        languages=_languages(session, wanted, book, keys, columns[12]),
        held=_held(session, wanted, keys),
    )


def _seekers() -> Select[Any]:
    """Return the statement behind the columns of the people."""
    return (
        select(
            Seeker.id,
            _day(Seeker.registered_on),
            EducationLevel.rank,
            Seeker.experience_months,
            _day(Seeker.available_on),
            _day(Seeker.adult_on),
            Seeker.mobility,
            Seeker.field_code,
            Seeker.wanted_profiles,
            Seeker.licences,
            Seeker.contracts,
            Seeker.shifts,
            Seeker.interviewed_at.is_not(None),
        )
        .outerjoin(EducationLevel, EducationLevel.code == Seeker.education_code)
        .order_by(Seeker.id)
    )


def _day(column: Any) -> Any:
    """Return a day as a whole number; null stays null."""
    return type_coerce(column - literal(EPOCH), Integer)


def _stated(values: Sequence[int | None], absent: int) -> Int64s:
    return np.array([absent if value is None else value for value in values], np.int64)


def _sets(book: Codebook, kind: GateKind, rows: Sequence[Sequence[str] | None]) -> CodeSets:
    return CodeSets.of([book.numbers(kind, row) for row in rows])


def _languages(
    session: Session, wanted: ColumnElement[bool], book: Codebook, keys: Int64s, interviewed: Sequence[bool]
) -> LevelSets:
    """Return the languages spoken.

    The register lists languages without saying that there are no others: a language that is missing is unknown until
    an adviser has gone through the file with the person.
    """
    rows = session.execute(
        select(SeekerLanguage.seeker_id, SeekerLanguage.language_code, type_coerce(SeekerLanguage.level, Text))
        .join(Seeker, Seeker.id == SeekerLanguage.seeker_id)
        .where(wanted)
    )
    place = {key: row for row, key in enumerate(keys.tolist())}
    spoken: list[dict[int, int]] = [{} for _ in place]
    for key, code, level in rows:
        if key in place:
            spoken[place[key]][book.number(GateKind.LANGUAGE, code)] = CEFR_RANKS[level]
    known = [bool(languages) and asked for languages, asked in zip(spoken, interviewed, strict=True)]
    return replace(LevelSets.of(spoken), known=np.array(known, np.bool_))


def _held(session: Session, wanted: ColumnElement[bool], keys: Int64s) -> HeldLists:
    """Return the competencies held; people who appeared since the first statement are left to the next run."""
    rows = session.execute(
        select(
            HeldCompetency.seeker_id,
            HeldCompetency.competency_id,
            HeldCompetency.level,
            type_coerce(HeldCompetency.evidence, Text),
            _day(HeldCompetency.valid_until),
        )
        .join(Seeker, Seeker.id == HeldCompetency.seeker_id)
        .where(wanted)
        .order_by(HeldCompetency.seeker_id, HeldCompetency.competency_id)
    ).all()
    columns: Sequence[Sequence[Any]] = list(zip(*rows, strict=True)) or [()] * 5
    owners = np.array(columns[0], np.int64)
    known = np.isin(owners, keys)
    counts = np.bincount(np.searchsorted(keys, owners[known]), minlength=len(keys))
    return HeldLists(
        start=np.concatenate([np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)]),
        competency=np.array(columns[1], np.int64)[known],
        level=np.array(columns[2], np.int64)[known],
        evidence=np.array([EVIDENCE_RANKS[name] for name in columns[3]], np.int64)[known],
        valid_until_day=_stated(columns[4], NO_DAY)[known],
    )


def get_relation_columns(session: Session, asked: Collection[int]) -> RelationColumns:
    """Return which competencies count for those that are asked for, in whatever framework."""
    return _relations(session, CompetencyRelation.related_id.in_(sorted(asked)))


def get_all_relations(session: Session) -> RelationColumns:
    """Return which competencies count for which."""
    return _relations(session)


def _relations(session: Session, *which: ColumnElement[bool]) -> RelationColumns:
    rows = session.execute(
        select(
            CompetencyRelation.competency_id, CompetencyRelation.related_id, type_coerce(CompetencyRelation.kind, Text)
        )
        .where(*which)
        .order_by(CompetencyRelation.competency_id, CompetencyRelation.related_id)
    )
    return RelationColumns.of([(held, related, RelationKind(kind)) for held, related, kind in rows])


def get_cohort_columns(session: Session, *, as_of: date, book: Codebook) -> CohortColumns:
    """Return the published cohorts with a free seat whose enrolment is open, by rising key."""
    rows = session.execute(
        select(
            Cohort.id,
            Cohort.programme_id,
            Cohort.province_code,
            Programme.entry_rank,
            Cohort.enrolment_until,
            Cohort.expected_end_on,
            Cohort.seats - Cohort.taken,
        )
        .join(Programme, Programme.id == Cohort.programme_id)
        .where(Cohort.state == CohortState.PUBLISHED, Cohort.taken < Cohort.seats, Cohort.enrolment_until >= as_of)
        .order_by(Cohort.id)
    ).all()
    taught = _taught(session, {row.programme_id for row in rows})
    columns: Sequence[Sequence[Any]] = list(zip(*rows, strict=True)) or [()] * 7
    return CohortColumns(
        cohort_id=np.array(columns[0], np.int64),
        province=np.array([book.number(GateKind.MOBILITY, code) for code in columns[2]], np.int64),
        entry_rank=np.array(columns[3], np.int64),
        enrolment_from_day=np.full(len(rows), NO_DAY, np.int64),
        enrolment_until_day=np.array([day_number(day) for day in columns[4]], np.int64),
        expected_end_day=np.array([day_number(day) for day in columns[5]], np.int64),
        free_seats=np.array(columns[6], np.int64),
        teaches=LevelSets.of([taught.get(programme, {}) for programme in columns[1]]),
    )


def _taught(session: Session, programmes: set[int]) -> dict[int, dict[int, int]]:
    found: dict[int, dict[int, int]] = {}
    outcomes = session.execute(
        select(ProgrammeOutcome.programme_id, ProgrammeOutcome.competency_id, ProgrammeOutcome.level).where(
            ProgrammeOutcome.programme_id.in_(programmes)
        )
    )
    for programme, competency, level in outcomes:
        found.setdefault(programme, {})[competency] = level
    return found


def get_policy_input(session: Session) -> PolicyInput:
    """Return the latest version of the policy."""
    row = session.scalars(select(MatchPolicy).order_by(MatchPolicy.version.desc()).limit(1)).one()
    return PolicyInput(row.id, row.version, PolicySet.from_parameters(row.parameters))
