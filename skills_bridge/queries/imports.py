"""Files of people brought in: where they stand, what is wrong with their rows, the words they may use."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills_bridge.adapters.vault import Vault
from skills_bridge.domain.accounts import Actor
from skills_bridge.domain.errors import NotFound
from skills_bridge.domain.imports import IDENTITY, BatchState, Problem, RowVerdict, Words, plain
from skills_bridge.models import (
    ContractKind,
    DiplomaField,
    EducationLevel,
    ImportBatch,
    ImportRow,
    Job,
    JobProfile,
    Language,
    Licence,
    Province,
    Seeker,
    SeekerIdentity,
    Shift,
)
from skills_bridge.queries.listing import ListRequest, Page, fetch_page
from skills_bridge.queries.seekers.vocabulary import OWN_SCHEME, get_known_codes

JOBS: Final = ("imports.check_batch", "imports.apply_batch")
"""The background work of an import."""
REJECTED: Final = (RowVerdict.BAD, RowVerdict.DUPLICATE)
"""Verdicts on rows that are not taken."""
CHUNK: Final = 1000
"""Values of one statement."""
_PLACES: Final = ("prefecture de", "province de", "prefecture d", "province d")


@dataclass(frozen=True)
class BatchLine:
    """An import in the list."""

    id: int
    file_name: str
    state: BatchState
    received_at: datetime
    rows: int
    good: int
    bad: int
    duplicate: int
    applied: int


@dataclass(frozen=True)
class RowLine:
    """A row that is not taken, and why; ``values`` hold what its wrong columns say, identities left out."""

    number: int
    verdict: RowVerdict
    problems: tuple[Problem, ...]
    values: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class BatchPage:
    """The page of an import; ``refusal`` says why the whole file was refused, ``ignored`` which columns say nothing."""

    id: int
    file_name: str
    state: BatchState
    received_at: datetime
    checked_at: datetime | None
    applied_at: datetime | None
    counts: Mapping[RowVerdict, int]
    job_id: int | None
    refusal: tuple[str, Mapping[str, Any]] | None
    ignored: tuple[str, ...]

    @property
    def total(self) -> int:
        """Rows of the file."""
        return sum(self.counts.values())

    @property
    def rejected(self) -> int:
        """Rows that are not taken."""
        return sum(self.counts[verdict] for verdict in REJECTED)


def list_batches(session: Session, *, actor: Actor, request: ListRequest) -> Page[BatchLine]:
    """Imports of the actor's agency, with their counts."""

    def count(*verdicts: RowVerdict) -> Any:
        test = [ImportRow.verdict.in_(verdicts)] if verdicts else []
        rows = select(func.count()).where(ImportRow.batch_id == ImportBatch.id, *test)
        return rows.correlate(ImportBatch).scalar_subquery()

    query = select(
        ImportBatch.id,
        ImportBatch.file_name,
        ImportBatch.state,
        ImportBatch.created_at,
        count(),
        count(RowVerdict.GOOD),
        count(RowVerdict.BAD),
        count(RowVerdict.DUPLICATE),
        count(RowVerdict.APPLIED),
    ).where(ImportBatch.agency_id == actor.organisation_id)
    if "state" in request.filters:
        query = query.where(ImportBatch.state == BatchState(request.filters["state"]))
    return fetch_page(
        session,
        query,
        request,
        sorts={"received": ImportBatch.created_at, "file": ImportBatch.file_name},
        tie_break=ImportBatch.id,
        searched=(ImportBatch.file_name,),
        build=lambda row: BatchLine(*tuple(row)),
    )


def get_batch_page(session: Session, *, actor: Actor, batch_id: int) -> BatchPage:
    """Return where an import stands.

    :raises NotFound: there is no such import in the actor's scope.
    """
    batch = find_batch(session, actor=actor, batch_id=batch_id)
    counted = session.execute(
        select(ImportRow.verdict, func.count()).where(ImportRow.batch_id == batch_id).group_by(ImportRow.verdict)
    )
    problem = batch.problem or {}
    return BatchPage(
        id=batch.id,
        file_name=batch.file_name,
        state=batch.state,
        received_at=batch.created_at,
        checked_at=batch.checked_at,
        applied_at=batch.applied_at,
        counts=dict.fromkeys(RowVerdict, 0) | {verdict: count for verdict, count in counted},  # noqa: C416  # rows are no pairs for the type checker
        job_id=get_job_id(session, batch_id=batch_id),
        refusal=(problem["code"], problem["facts"]) if "code" in problem else None,
        ignored=tuple(problem.get("ignored", ())),
    )


def find_batch(session: Session, *, actor: Actor, batch_id: int) -> ImportBatch:
    """Return an import of the actor's agency.

    :raises NotFound: there is no such import in the actor's scope.
    """
    batch = session.scalar(
        select(ImportBatch).where(ImportBatch.id == batch_id, ImportBatch.agency_id == actor.organisation_id)
    )
    if batch is None:
        raise NotFound("import", batch_id)
    return batch


def get_job_id(session: Session, *, batch_id: int) -> int | None:
    """Return the last piece of background work of an import."""
    return session.scalar(
        select(Job.id).where(Job.kind.in_(JOBS), Job.object_id == batch_id).order_by(Job.id.desc()).limit(1)
    )


def list_rejected(
    session: Session, *, actor: Actor, batch_id: int, request: ListRequest, vault: Vault
) -> Page[RowLine]:
    """Rows of an import that are not taken, in the order of the file.

    :raises NotFound: there is no such import in the actor's scope.
    """
    find_batch(session, actor=actor, batch_id=batch_id)
    query = select(ImportRow.number, ImportRow.verdict, ImportRow.problems, ImportRow.content_sealed).where(
        ImportRow.batch_id == batch_id, ImportRow.verdict.in_(REJECTED)
    )

    def line(row: Any) -> RowLine:
        problems = tuple(Problem.from_json(kept) for kept in row.problems)
        cells = open_row(row.content_sealed, batch_id, vault)
        shown = {problem.column for problem in problems} - {column.value for column in IDENTITY}
        return RowLine(row.number, row.verdict, problems, {name: cells.get(name, "") for name in sorted(shown)})

    return fetch_page(session, query, request, sorts={}, tie_break=ImportRow.number, build=line)


def row_purpose(batch_id: int) -> str:
    """Return what the rows of an import are sealed for."""
    return f"import-row:{batch_id}"


def open_row(sealed: bytes | None, batch_id: int, vault: Vault) -> dict[str, str]:
    """Return the cells of a row by column name; none once the row was applied."""
    if sealed is None:
        return {}
    cells: dict[str, str] = json.loads(vault.open_packed(sealed, purpose=row_purpose(batch_id)))
    return cells


def get_words(session: Session) -> Words:
    """Return what cells may say: codes, labels in the three languages and other spellings."""
    return Words(
        provinces=_provinces(session),
        education=_meanings(session, EducationLevel),
        fields=_meanings(session, DiplomaField),
        languages=_meanings(session, Language),
        licences=_meanings(session, Licence),
        contracts=_meanings(session, ContractKind),
        shifts=_meanings(session, Shift),
        profiles=_profiles(session),
        known=get_known_codes(session),
    )


def _meanings(session: Session, model: Any) -> dict[str, str]:
    rows = session.execute(select(model.code, model.label_fr, model.label_ar, model.label_en).order_by(model.code))
    return _spellings((code, (labels[0], code, *labels)) for code, *labels in rows)


def _provinces(session: Session) -> dict[str, str]:
    rows = session.scalars(select(Province).order_by(Province.code)).all()
    found = _spellings((row.code, (row.label_fr, row.code, row.label_ar, row.label_en, *row.aliases)) for row in rows)
    return found | {f"{place} {name}": code for name, code in found.items() for place in _PLACES}


def _profiles(session: Session) -> dict[str, int]:
    """Return the spellings of all occupations; the product's own win over those of other schemes."""
    rows = session.execute(
        select(JobProfile.id, JobProfile.code, JobProfile.label_fr, JobProfile.label_ar, JobProfile.label_en).order_by(
            JobProfile.scheme == OWN_SCHEME, JobProfile.id.desc()
        )
    )
    return {plain(name): key for key, *names in rows for name in names if name}


def _spellings(entries: Iterable[tuple[str, tuple[str | None, ...]]]) -> dict[str, str]:
    return {plain(name): code for code, names in entries for name in names if name}


def get_known_numbers(session: Session, *, indexes: Iterable[bytes]) -> dict[bytes, str]:
    """Return the pseudonyms of people whose number of identity has one of these indexes."""
    wanted = sorted(indexes)
    found: dict[bytes, str] = {}
    for start in range(0, len(wanted), CHUNK):
        rows = session.execute(
            select(SeekerIdentity.cin_index, Seeker.pseudonym)
            .join(Seeker, Seeker.id == SeekerIdentity.seeker_id)
            .where(SeekerIdentity.cin_index.in_(wanted[start : start + CHUNK]))
        )
        found |= {index: pseudonym for index, pseudonym in rows}  # noqa: C416  # rows are no pairs for the type checker
    return found
