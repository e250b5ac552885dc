"""Competencies: listed, found by what somebody typed, asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from skills_bridge.domain.framework import Asked, Evidence
from skills_bridge.models import Competency, JobProfile
from skills_bridge.queries.framework.labels import Label, label_columns, label_of
from skills_bridge.queries.listing import ListRequest, Page, fetch_page, matches

SUGGESTIONS: Final = 20
"""Competencies offered for what somebody typed."""
SIGN: Final = " · "
"""Stands between a competency's label and its scheme and code where it is typed or shown as one text."""


@dataclass(frozen=True, slots=True)
class CompetencyRef:
    """A competency as forms and pages name it."""

    id: int
    scheme: str
    code: str
    label: Label

    def written(self, language: str) -> str:
        """One text that names it beyond doubt: label, scheme, code."""
        return f"{self.label.text(language)}{SIGN}{self.scheme} {self.code}"


@dataclass(frozen=True, slots=True)
class CompetencyLine:
    """A row of the list of competencies."""

    id: int
    scheme: str
    code: str
    label: Label
    family: str | None
    definition: Label | None
    is_retired: bool


@dataclass(frozen=True, slots=True)
class RequirementLine:
    """A competency asked for, as shown."""

    competency: CompetencyRef
    level: int
    is_must: bool
    weight: int
    evidence_asked: Evidence

    def asked(self) -> Asked:
        """The same as a command."""
        return Asked(
            competency_id=self.competency.id,
            level=self.level,
            is_must=self.is_must,
            weight=self.weight,
            evidence_asked=self.evidence_asked,
        )


def list_competencies(session: Session, *, request: ListRequest) -> Page[CompetencyLine]:
    """Competencies of every framework, found by a label in any language."""
    query = select(
        Competency.id,
        Competency.scheme,
        Competency.code,
        Competency.family,
        Competency.definition_fr,
        Competency.definition_ar,
        Competency.definition_en,
        Competency.retired_on,
        *label_columns(Competency, "label"),
    )
    if "scheme" in request.filters:
        query = query.where(Competency.scheme == request.filters["scheme"])
    if "family" in request.filters:
        query = query.where(Competency.family == request.filters["family"])
    return fetch_page(
        session,
        query,
        request,
        sorts={"label": func.search_text(Competency.label_fr), "code": Competency.code, "family": Competency.family},
        tie_break=Competency.id,
        searched=(Competency.code, Competency.label_fr, Competency.label_ar, Competency.label_en),
        build=_competency_line,
    )


def list_schemes(session: Session) -> tuple[str, ...]:
    """The schemes of competencies and job profiles, the product's own first."""
    both = select(Competency.scheme).union(select(JobProfile.scheme)).subquery()
    own = case((both.c.scheme == "LOCAL", 0), else_=1)
    return tuple(session.scalars(select(both.c.scheme).order_by(own, both.c.scheme)))


def find_competencies(session: Session, *, text: str, limit: int = SUGGESTIONS) -> tuple[CompetencyRef, ...]:
    """Competencies in force whose label or code holds every word of a text, the product's own and the shortest first.

    A text that names one beyond doubt, as :meth:`CompetencyRef.written` does, finds that one alone.
    """
    query = select(Competency.id, Competency.scheme, Competency.code, *label_columns(Competency, "label"))
    query = query.where(Competency.retired_on.is_(None))
    named = query.where(func.concat(Competency.scheme, " ", Competency.code) == text.rpartition(SIGN)[2].strip())
    exact = session.execute(named.limit(1)).all()
    if exact:
        return tuple(_competency_ref(row) for row in exact)
    columns = (Competency.code, Competency.label_fr, Competency.label_ar, Competency.label_en)
    own = case((Competency.scheme == "LOCAL", 0), else_=1)
    found = query.where(matches(text, columns)).order_by(own, func.length(Competency.label_fr), Competency.id)
    return tuple(_competency_ref(row) for row in session.execute(found.limit(limit)))


def resolve_competencies(session: Session, *, texts: Iterable[str]) -> dict[str, tuple[CompetencyRef, ...]]:
    """What each typed text may mean: one competency where it is clear (the whole label counts), several or none."""
    return {text: _meant(session, text) for text in dict.fromkeys(texts) if text}


def list_own_competencies(session: Session) -> tuple[CompetencyRef, ...]:
    """The competencies of the product's own framework: what a form offers before anything is typed."""
    query = select(Competency.id, Competency.scheme, Competency.code, *label_columns(Competency, "label"))
    own = query.where(Competency.scheme == "LOCAL", Competency.retired_on.is_(None)).order_by(Competency.label_fr)
    return tuple(_competency_ref(row) for row in session.execute(own))


def _meant(session: Session, text: str) -> tuple[CompetencyRef, ...]:
    found = find_competencies(session, text=text)
    wanted = text.casefold()
    whole = tuple(
        entry
        for entry in found
        if wanted in {(entry.label.text(language)).casefold() for language in ("fr", "ar", "en")}
        or wanted in {entry.code.casefold(), f"{entry.scheme} {entry.code}".casefold()}
    )
    return whole if len(whole) == 1 else found


def requirement_lines(table: Any) -> Select[Any]:
    """The statement over a table of requirements (of a template, a need, a revision), heavy musts first."""
    return (
        select(
            table.competency_id,
            table.level,
            table.is_must,
            table.weight,
            table.evidence_asked,
            Competency.scheme,
            Competency.code,
            *label_columns(Competency, "label"),
        )
        .join(Competency, Competency.id == table.competency_id)
        .order_by(table.is_must.desc(), table.weight.desc(), Competency.code)
    )


def requirement_line(row: Any) -> RequirementLine:
    """The line of a row of :func:`requirement_lines`."""
    competency = CompetencyRef(row.competency_id, row.scheme, row.code, label_of(row, "label"))
    return RequirementLine(competency, row.level, row.is_must, row.weight, row.evidence_asked)


def _competency_line(row: Any) -> CompetencyLine:
    definition = row.definition_fr or row.definition_ar or row.definition_en
    return CompetencyLine(
        id=row.id,
        scheme=row.scheme,
        code=row.code,
        label=label_of(row, "label"),
        family=row.family,
        definition=None
        if definition is None
        else Label(row.definition_fr or definition, row.definition_ar, row.definition_en, row.label_reviewed),
        is_retired=row.retired_on is not None,
    )


def _competency_ref(row: Any) -> CompetencyRef:
    return CompetencyRef(row.id, row.scheme, row.code, label_of(row, "label"))
