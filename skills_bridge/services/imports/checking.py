"""Give every row of a file its verdict: good, bad with its problems, or somebody who is known."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import insert

from skills_bridge.adapters.spreadsheets import TableRow, read_table
from skills_bridge.adapters.vault import Vault
from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.errors import RuleBroken
from skills_bridge.domain.imports import BatchState, Column, Problem, RowVerdict, Words, read_header, read_row
from skills_bridge.models import ImportBatch, ImportRow
from skills_bridge.queries.imports import get_known_numbers, get_words, row_purpose
from skills_bridge.services.imports.receiving import file_purpose, load_batch, move_batch
from skills_bridge.unit_of_work import UnitOfWork

Progress = Callable[[int, int], None]
STEP: Final = 500
"""Rows between two signs of progress."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A row with what was found wrong with it; ``index`` is the blind index of a good row's number."""

    number: int
    cells: dict[str, str]
    problems: tuple[Problem, ...]
    index: bytes | None

    @property
    def verdict(self) -> RowVerdict:
        """What becomes of the row."""
        if not self.problems:
            return RowVerdict.GOOD
        known = all(problem.code.startswith("duplicate-") for problem in self.problems)
        return RowVerdict.DUPLICATE if known else RowVerdict.BAD


def check_batch(
    uow: UnitOfWork, *, batch_id: int, progress: Progress, vault: Vault, consent_version: str
) -> ImportBatch:
    """Read a received file and keep a verdict for each row; a file that is no table of people is refused as a whole.

    Once checked, a second time changes nothing.

    :raises NotFound: there is no such import in the actor's scope.
    """
    batch = load_batch(uow, batch_id)
    if batch.state is not BatchState.RECEIVED or batch.content_sealed is None:
        return batch
    text = vault.open_packed(batch.content_sealed, purpose=file_purpose(batch.user_id))
    batch.job_id = uow.job.id if uow.job else None
    batch.content_sealed = None
    batch.checked_at = uow.now
    try:
        table = read_table(base64.b64decode(text))
        columns, ignored = read_header(table.header)
    except RuleBroken as refusal:
        batch.problem = {"code": refusal.code, "facts": refusal.facts}
        move_batch(uow, batch, BatchState.REFUSED, reason=refusal.code)
        return batch
    reading = Reading(uow, vault, get_words(uow.session), local_day(uow.now), consent_version)
    judged = reading.judge(table.rows, columns, progress)
    _keep(uow, batch, judged, vault)
    batch.problem = {"ignored": list(ignored)} if ignored else None
    move_batch(uow, batch, BatchState.CHECKED)
    return batch


@dataclass(frozen=True)
class Reading:
    """What every row is read with."""

    uow: UnitOfWork
    vault: Vault
    words: Words
    today: date
    consent_version: str

    def judge(self, rows: Sequence[TableRow], columns: Sequence[Column | None], progress: Progress) -> list[Judged]:
        """Judge rows one by one, then against each other and the register."""
        judged: list[Judged] = []
        for done, row in enumerate(rows):
            if done % STEP == 0:
                progress(done, len(rows))
            judged.append(self.judge_row(row, columns))
        progress(len(rows), len(rows))
        return self.without_known(judged)

    def judge_row(self, row: TableRow, columns: Sequence[Column | None]) -> Judged:
        """Judge one row by itself."""
        told = {column: cell for column, cell in zip(columns, row.cells, strict=False) if column is not None and cell}
        cells = {column.value: cell for column, cell in told.items()}
        if any(row.cells[len(columns) :]):
            return Judged(row.number, cells, (Problem("", "too-many-cells", {"most": len(columns)}),), None)
        found = read_row(told, words=self.words, today=self.today, consent_version=self.consent_version)
        number = found.registration.identity.number if found.registration else None
        index = self.vault.blind_index(number) if number else None
        return Judged(row.number, cells, found.problems, index)

    def without_known(self, judged: list[Judged]) -> list[Judged]:
        """Mark the rows whose person stands in an earlier row or in the register."""
        indexes = {row.index for row in judged if row.index is not None}
        known = get_known_numbers(self.uow.session, indexes=indexes)
        first: dict[bytes, int] = {}
        marked = []
        for row in judged:
            problem = None
            if row.index in known:
                problem = Problem(Column.NUMBER.value, "duplicate-in-register", {"pseudonym": known[row.index]})
            elif row.index in first:
                problem = Problem(Column.NUMBER.value, "duplicate-in-file", {"row": first[row.index]})
            elif row.index is not None:
                first[row.index] = row.number
            marked.append(Judged(row.number, row.cells, (problem,), None) if problem else row)
        return marked


def _keep(uow: UnitOfWork, batch: ImportBatch, judged: Sequence[Judged], vault: Vault) -> None:
    """Write the rows, each with its cells sealed."""
    purpose = row_purpose(batch.id)

    def line(row: Judged) -> dict[str, Any]:
        content = json.dumps(row.cells, ensure_ascii=False)
        return {
            "batch_id": batch.id,
            "number": row.number,
            "agency_id": batch.agency_id,
            "verdict": row.verdict,
            "problems": [problem.to_json() for problem in row.problems],
            "content_sealed": vault.seal(content, purpose=purpose).packed,
        }

    if judged:
        uow.session.execute(insert(ImportRow), [line(row) for row in judged])
