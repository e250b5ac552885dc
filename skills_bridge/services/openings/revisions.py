"""Revisions: what one submission asks for, written as rows and read back as terms."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.errors import Invalid
from skills_bridge.domain.framework import Asked
from skills_bridge.domain.openings import Terms, check_terms, conditions_of, gate_operands
from skills_bridge.models import (
    Competency,
    ContractKind,
    DiplomaField,
    EducationLevel,
    Gate,
    Language,
    Licence,
    Opening,
    OpeningRevision,
    Requirement,
    Shift,
    Site,
)
from skills_bridge.unit_of_work import UnitOfWork


def latest_revision(session: Session, opening_id: int) -> OpeningRevision:
    """Return the revision with the greatest number: the one being written, waiting, or answered last."""
    return session.scalars(
        select(OpeningRevision)
        .where(OpeningRevision.opening_id == opening_id)
        .order_by(OpeningRevision.number.desc())
        .limit(1)
    ).one()


def is_waiting(revision: OpeningRevision) -> bool:
    """Whether a revision waits for the agency's answer."""
    answers = (revision.validated_at, revision.refused_at, revision.withdrawn_at)
    return revision.submitted_at is not None and not any(answers)


def current_revision(session: Session, opening: Opening) -> OpeningRevision:
    """Return the revision to start a change from: the one that waits, else the validated one, else the last written."""
    latest = latest_revision(session, opening.id)
    if is_waiting(latest) or opening.revision_id is None:
        return latest
    return session.get_one(OpeningRevision, opening.revision_id)


def read_terms(session: Session, revision: OpeningRevision) -> Terms:
    """Return what a revision asks for."""
    requirements = session.scalars(
        select(Requirement).where(Requirement.revision_id == revision.id).order_by(Requirement.competency_id)
    )
    gates = session.scalars(select(Gate).where(Gate.revision_id == revision.id))
    return Terms(
        contract_code=revision.contract_code,
        posts=revision.posts,
        start_on=revision.start_on,
        requirements=tuple(
            Asked(
                competency_id=line.competency_id,
                level=line.level,
                is_must=line.is_must,
                weight=line.weight,
                evidence_asked=line.evidence_asked,
            )
            for line in requirements
        ),
        conditions=conditions_of({gate.kind: gate.operand for gate in gates}),
    )


def add_revision(uow: UnitOfWork, opening: Opening, terms: Terms, *, number: int) -> OpeningRevision:
    """Write the terms of an opening as a revision of their own, not submitted yet."""
    revision = OpeningRevision(
        opening_id=opening.id,
        company_id=opening.company_id,
        number=number,
        contract_code=terms.contract_code,
        start_on=terms.start_on,
        posts=terms.posts,
    )
    uow.session.add(revision)
    uow.session.flush()  # its lines need the key
    _add_lines(uow, opening, revision, terms)
    return revision


def rewrite_revision(uow: UnitOfWork, opening: Opening, revision: OpeningRevision, terms: Terms) -> None:
    """Replace the terms of a revision that was never submitted."""
    revision.contract_code, revision.start_on, revision.posts = terms.contract_code, terms.start_on, terms.posts
    for line in (Requirement, Gate):
        uow.session.execute(delete(line).where(line.revision_id == revision.id))
    _add_lines(uow, opening, revision, terms)


def check_known(session: Session, terms: Terms) -> None:
    """Check the terms by themselves, then every code against its list.

    :raises Invalid: a value breaks a rule, or a code stands in no list; names the field.
    """
    check_terms(terms)
    asked = terms.conditions
    _check_codes(session, ContractKind.code, {terms.contract_code}, "contract_code")
    _check_codes(session, DiplomaField.code, asked.diploma_fields, "diploma_fields")
    _check_codes(session, Language.code, asked.languages.keys(), "languages")
    _check_codes(session, Licence.code, asked.licences, "licences")
    _check_codes(session, Shift.code, asked.shifts, "shifts")
    ranks = () if asked.education_rank is None else (asked.education_rank,)
    _check_codes(session, EducationLevel.rank, ranks, "education_rank")
    check_competencies(session, terms.requirements)


def live_competencies(session: Session, requirements: Collection[Asked]) -> frozenset[int]:
    """Return which of the competencies asked for stand in a framework and were not retired from it."""
    wanted = {line.competency_id for line in requirements}
    if not wanted:
        return frozenset()
    live = select(Competency.id).where(Competency.id.in_(wanted), Competency.retired_on.is_(None))
    return frozenset(session.scalars(live))


def check_competencies(session: Session, requirements: Collection[Asked]) -> None:
    """Check that every competency stands in a framework and was not retired from it.

    :raises Invalid: one does not.
    """
    missing = {line.competency_id for line in requirements} - live_competencies(session, requirements)
    if missing:
        raise Invalid("competency-unknown", field="requirements", value=min(missing))


def _check_codes(session: Session, column: Any, codes: Collection[Any], field: str) -> None:
    if not codes:
        return
    unknown = set(codes) - set(session.scalars(select(column).where(column.in_(codes))))
    if unknown:
        raise Invalid("code-unknown", field=field, value=min(unknown))


def _add_lines(uow: UnitOfWork, opening: Opening, revision: OpeningRevision, terms: Terms) -> None:
    session, company_id = uow.session, opening.company_id
    session.add_all(
        Requirement(
            revision_id=revision.id,
            company_id=company_id,
            competency_id=line.competency_id,
            level=line.level,
            is_must=line.is_must,
            weight=line.weight,
            evidence_asked=line.evidence_asked,
        )
        for line in terms.requirements
    )
    operands = gate_operands(
        terms,
        province_code=session.get_one(Site, opening.site_id).province_code,
        job_profile_id=opening.job_profile_id,
        night_shifts=frozenset(session.scalars(select(Shift.code).where(Shift.is_night))),
        today=local_day(uow.now),
    )
    session.add_all(
        Gate(revision_id=revision.id, company_id=company_id, kind=kind, operand=operand)
        for kind, operand in operands.items()
    )
