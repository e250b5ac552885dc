"""Open a file for every good row of a checked import: all of them in one transaction, or none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import select, update

from skills_bridge.adapters.vault import Vault
from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.events import MatchAsked
from skills_bridge.domain.imports import BatchState, Column, Problem, RowVerdict, read_row
from skills_bridge.domain.openings import OpeningState
from skills_bridge.domain.seekers import Registration
from skills_bridge.models import ImportBatch, ImportRow, Opening
from skills_bridge.queries.imports import get_known_numbers, get_words, open_row
from skills_bridge.services.imports.checking import Progress
from skills_bridge.services.imports.receiving import load_batch, move_batch
from skills_bridge.services.seekers.bulk import Desk, open_files
from skills_bridge.unit_of_work import UnitOfWork

STEP: Final = 1000
"""Rows written at once."""

IMPORTED: Final = "imported"
"""First word of such a file's history."""

Person = tuple[int, Registration]
"""A row's number and what it says."""


def apply_batch(
    uow: UnitOfWork, *, batch_id: int, progress: Progress, vault: Vault, consent_version: str
) -> ImportBatch:
    """Open a file for each good row, suppose competencies, and let live openings look at the new people.

    Somebody who was registered since the check is a duplicate, not an error. Once applied, a second time changes
    nothing; a worker killed on the way leaves nothing.

    :raises NotFound: there is no such import in the actor's scope.
    """
    batch = load_batch(uow, batch_id)
    if batch.state is not BatchState.APPLYING:
        return batch
    people = _people(uow, batch, vault, consent_version)
    for start in range(0, len(people), STEP):
        progress(start, len(people))
        _open_files(uow, batch, people[start : start + STEP], vault)
    progress(len(people), len(people))
    batch.job_id = uow.job.id if uow.job else batch.job_id
    batch.applied_at = uow.now
    move_batch(uow, batch, BatchState.APPLIED)
    uow.audit("import.applied", "import", batch.id, people=len(people))
    live = select(Opening.id).where(Opening.agency_id == batch.agency_id, Opening.state == OpeningState.VALIDATED)
    for opening_id in uow.session.scalars(live) if people else ():
        uow.record(MatchAsked(opening_id, occasion=f"import-{batch.id}"))
    return batch


def _people(uow: UnitOfWork, batch: ImportBatch, vault: Vault, consent_version: str) -> list[Person]:
    """Read the good rows again, and put aside those that are no longer good."""
    words, today = get_words(uow.session), local_day(uow.now)
    rows = uow.session.execute(
        select(ImportRow.number, ImportRow.content_sealed)
        .where(ImportRow.batch_id == batch.id, ImportRow.verdict == RowVerdict.GOOD)
        .order_by(ImportRow.number)
    )
    people: list[Person] = []
    rejected: list[dict[str, Any]] = []
    for number, content in rows:
        cells = {Column(name): cell for name, cell in open_row(content, batch.id, vault).items()}
        found = read_row(cells, words=words, today=today, consent_version=consent_version)
        if found.registration is not None:
            people.append((number, found.registration))
        else:
            problems = [problem.to_json() for problem in found.problems]
            rejected.append(_verdict(batch, number, RowVerdict.BAD, problems=problems))
    known = _known(uow, people, vault)
    for number, registration in people:
        if registration.identity.number in known:
            facts = {"pseudonym": known[registration.identity.number]}
            problem = Problem(Column.NUMBER.value, "duplicate-in-register", facts)
            rejected.append(_verdict(batch, number, RowVerdict.DUPLICATE, problems=[problem.to_json()]))
    if rejected:
        uow.session.execute(update(ImportRow), rejected)
    return [person for person in people if person[1].identity.number not in known]


def _known(uow: UnitOfWork, people: Sequence[Person], vault: Vault) -> dict[str, str]:
    """Return the pseudonyms of those who are in the register by now, by number."""
    numbers = {vault.blind_index(one.identity.number): one.identity.number for _, one in people}
    known = get_known_numbers(uow.session, indexes=numbers)
    return {numbers[index]: pseudonym for index, pseudonym in known.items()}


def _open_files(uow: UnitOfWork, batch: ImportBatch, people: Sequence[Person], vault: Vault) -> None:
    """Open the files of some people, and note by each row whose file it became."""
    desk = Desk(agency_id=batch.agency_id, unit_id=batch.unit_id, user_id=batch.user_id, logged=IMPORTED)
    seekers, _ = open_files(uow, people=[one for _, one in people], desk=desk, vault=vault)
    applied = [
        _verdict(batch, number, RowVerdict.APPLIED, seeker_id=seeker.id, content_sealed=None)
        for seeker, (number, _) in zip(seekers, people, strict=True)
    ]
    uow.session.execute(update(ImportRow), applied)


def _verdict(batch: ImportBatch, number: int, verdict: RowVerdict, **values: Any) -> dict[str, Any]:
    return {"batch_id": batch.id, "number": number, "verdict": verdict, **values}
