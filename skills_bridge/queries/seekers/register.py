"""The list of people, by pseudonym, and who waits for an interview."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, Row, Select, and_, any_, case, cast, exists, func, literal, select
from sqlalchemy.orm import Session

from skills_bridge.domain.accounts import Actor
from skills_bridge.domain.calendar import add_months
from skills_bridge.domain.framework import Evidence
from skills_bridge.domain.seekers import (
    FIELD_RANK,
    PARTIAL_MOST,
    Completeness,
    SeekerState,
    completeness_of,
)
from skills_bridge.models import EducationLevel, HeldCompetency, Province, Seeker, SeekerLanguage
from skills_bridge.queries.listing import ListRequest, Page, fetch_page
from skills_bridge.queries.seekers.vocabulary import label_of

WAITING: Final[Mapping[str, int]] = {"3m": 3, "6m": 6, "12m": 12, "24m": 24}
"""Waiting times that the list offers, in months since registration."""
COMPETENCIES: Final = ("unconfirmed", "none", "confirmed")
"""What the list can ask of competencies: an interview to hold, nothing at all, something confirmed."""


@dataclass(frozen=True)
class SeekerLine:
    """A person in the list, without identity."""

    id: int
    public_id: uuid.UUID
    pseudonym: str
    state: SeekerState
    province: str
    experience_months: int | None
    registered_on: date
    competencies: int
    unknown: int
    has_objected: bool

    @property
    def completeness(self) -> Completeness:
        """How much of the file is known."""
        return completeness_of(self.unknown)


def unknown_count() -> ColumnElement[int]:
    """Return how many facts of a file are unknown; the statement joins ``EducationLevel`` (outer)."""
    plain = func.num_nulls(
        Seeker.education_code,
        Seeker.experience_months,
        Seeker.wanted_profiles,
        Seeker.mobility,
        Seeker.available_on,
        Seeker.contracts,
        Seeker.shifts,
        Seeker.licences,
        Seeker.adult_on,
    )
    field = case(
        (and_(Seeker.field_code.is_(None), func.coalesce(EducationLevel.rank, FIELD_RANK) >= FIELD_RANK), 1), else_=0
    )
    spoken = exists().where(SeekerLanguage.seeker_id == Seeker.id)
    return plain + field + cast(~spoken, Integer)


def list_seekers(
    session: Session, *, actor: Actor, request: ListRequest, language: str, today: date
) -> Page[SeekerLine]:
    """People registered with the actor's agency."""
    held = select(func.count()).where(HeldCompetency.seeker_id == Seeker.id).correlate(Seeker).scalar_subquery()
    query = (
        select(
            Seeker.id,
            Seeker.public_id,
            Seeker.pseudonym,
            Seeker.state,
            label_of(Province, language),
            Seeker.experience_months,
            Seeker.registered_on,
            held,
            unknown_count(),
            Seeker.matching_objected_at.is_not(None),
        )
        .join(Province, Province.code == Seeker.province_code)
        .outerjoin(EducationLevel, EducationLevel.code == Seeker.education_code)
        .where(Seeker.agency_id == actor.organisation_id)
    )
    return fetch_page(
        session,
        filtered(query, request, today),
        request,
        sorts={
            "pseudonym": Seeker.pseudonym,
            "registered": Seeker.registered_on,
            "province": label_of(Province, language),
            "experience": Seeker.experience_months,
        },
        tie_break=Seeker.id,
        searched=(Seeker.pseudonym,),
        build=_line,
    )


def _line(row: Row[Any]) -> SeekerLine:
    return SeekerLine(*tuple(row))


def filtered(query: Select[Any], request: ListRequest, today: date) -> Select[Any]:
    """Narrow the list by the reader's choices."""
    tests: Mapping[str, Callable[[str], ColumnElement[bool]]] = {
        "unit": lambda value: Seeker.unit_id == int(value),
        "province": lambda value: Seeker.province_code == value,
        "state": lambda value: Seeker.state == SeekerState(value),
        "completeness": lambda value: _is_complete(Completeness(value)),
        "waiting": lambda value: Seeker.registered_on <= add_months(today, -WAITING[value]),
        "wanted": lambda value: literal(int(value)) == any_(Seeker.wanted_profiles),
        "competencies": _has_competencies,
    }
    for name, value in request.filters.items():
        query = query.where(tests[name](value))
    return query


def is_to_interview() -> ColumnElement[bool]:
    """The test that a person waits for an interview: active, none held, nothing confirmed."""
    return and_(Seeker.state == SeekerState.ACTIVE, Seeker.interviewed_at.is_(None), ~_confirmed())


def get_next_interview(session: Session, *, actor: Actor, after: int | None = None) -> uuid.UUID | None:
    """Return the person of the actor's unit who has waited longest for an interview, but one."""
    query = (
        select(Seeker.public_id)
        .where(Seeker.agency_id == actor.organisation_id, is_to_interview())
        .order_by(Seeker.registered_on, Seeker.id)
        .limit(1)
    )
    if actor.unit_id is not None:
        query = query.where(Seeker.unit_id == actor.unit_id)
    if after is not None:
        query = query.where(Seeker.id != after)
    return session.scalar(query)


def _confirmed() -> ColumnElement[bool]:
    return exists().where(HeldCompetency.seeker_id == Seeker.id, HeldCompetency.evidence != Evidence.INFERRED)


def _has_competencies(value: str) -> ColumnElement[bool]:
    if value == "unconfirmed":
        return is_to_interview()
    if value == "none":
        return ~exists().where(HeldCompetency.seeker_id == Seeker.id)
    return _confirmed()


def _is_complete(wanted: Completeness) -> ColumnElement[bool]:
    unknown = unknown_count()
    limits: Mapping[Completeness, ColumnElement[bool]] = {
        Completeness.COMPLETE: unknown == 0,
        Completeness.PARTIAL: unknown.between(1, PARTIAL_MOST),
        Completeness.SPARSE: unknown > PARTIAL_MOST,
    }
    return limits[wanted]
