"""Take a file of people, let its good rows be applied, or put it aside."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Final

from sqlalchemy import func, select, text, update

from skills_bridge.adapters.spreadsheets import read_table
from skills_bridge.adapters.vault import Vault
from skills_bridge.domain.accounts import Actor
from skills_bridge.domain.errors import Invalid, NotFound, RuleBroken
from skills_bridge.domain.events import ImportConfirmed, ImportReceived
from skills_bridge.domain.imports import (
    BYTES_WAITING,
    FILES_WAITING,
    MOVES,
    BatchState,
    Problem,
    RowVerdict,
    read_header,
)
from skills_bridge.domain.jobs import FINAL_STATES, JobState
from skills_bridge.domain.states import check_move
from skills_bridge.models import AgencyUnit, ImportBatch, ImportRow, Job
from skills_bridge.policies.permissions import Permission, authorize
from skills_bridge.queries.imports import REJECTED, open_row
from skills_bridge.unit_of_work import UnitOfWork

APPLY: Final = "imports.apply_batch"
LONGEST_NAME: Final = 120
ONE_FILE_AT_A_TIME: Final = text("SELECT pg_advisory_xact_lock(7423, (:organisation % 2147483647)::int)")


class Importing:
    """What the door asks before a file exists: the actor's own agency."""

    def __init__(self, actor: Actor) -> None:
        """Take it from the actor."""
        self.agency_id = actor.organisation_id


def file_purpose(user_id: int) -> str:
    """Return what a file is sealed for."""
    return f"import-file:{user_id}"


def receive_batch(uow: UnitOfWork, *, file_name: str, content: bytes, vault: Vault) -> ImportBatch:
    """Keep a file of people, sealed, until it is checked in the background.

    :raises NotPermitted: the actor imports nobody.
    :raises RuleBroken: the file is no table (``file-…``), its first row names no columns of people (``header-…``), or
        too many files wait for their check.
    """
    authorize(uow.actor, Permission.IMPORT_MANAGE, Importing(uow.actor))
    read_header(read_table(content).header)
    user_id = uow.actor.user_id or 0
    sealed = vault.seal(base64.b64encode(content).decode(), purpose=file_purpose(user_id)).packed
    _check_room(uow, len(sealed))
    batch = ImportBatch(
        agency_id=uow.scope.organisation_id,
        unit_id=_unit(uow),
        user_id=user_id,
        file_name=file_name[-LONGEST_NAME:],
        content_sealed=sealed,
        state=BatchState.RECEIVED,
    )
    uow.session.add(batch)
    uow.session.flush()  # the event and the log need the key
    log_state(uow, batch, was=None)
    uow.record(ImportReceived(batch.id))
    return batch


def _check_room(uow: UnitOfWork, size: int) -> None:
    """Refuse one file more than an organisation may keep waiting; two at once are counted one after the other.

    :raises RuleBroken: too many wait, or together they would weigh too much.
    """
    organisation_id = uow.scope.organisation_id
    uow.session.execute(ONE_FILE_AT_A_TIME, {"organisation": organisation_id})
    files, weight = uow.session.execute(
        select(func.count(), func.coalesce(func.sum(func.octet_length(ImportBatch.content_sealed)), 0)).where(
            ImportBatch.agency_id == organisation_id, ImportBatch.content_sealed.is_not(None)
        )
    ).one()
    if files >= FILES_WAITING or weight + size > BYTES_WAITING:
        raise RuleBroken("files-waiting", files=files, most=FILES_WAITING, megabytes=BYTES_WAITING // 2**20)


def confirm_batch(uow: UnitOfWork, *, batch_id: int) -> ImportBatch:
    """Ask for the good rows of a checked file to be applied, all of them or none; again if the first attempt died.

    :raises NotFound: there is no such import in the actor's scope.
    :raises NotPermitted: the actor imports nobody.
    :raises IllegalMove: the file is not checked, or somebody applied or cancelled it.
    :raises RuleBroken: no row is good.
    """
    batch = load_batch(uow, batch_id)
    tries = uow.session.scalars(select(Job.state).where(Job.kind == APPLY, Job.object_id == batch.id)).all()
    if batch.state is BatchState.APPLYING and _is_dead(tries):
        move_batch(uow, batch, BatchState.CHECKED, reason="job-dead")
    good = select(func.count()).where(ImportRow.batch_id == batch.id, ImportRow.verdict == RowVerdict.GOOD)
    if batch.state is BatchState.CHECKED and not uow.session.scalar(good):
        raise RuleBroken("import-nothing-good")
    move_batch(uow, batch, BatchState.APPLYING)
    uow.record(ImportConfirmed(batch.id, occasion=str(len(tries))))
    return batch


def cancel_batch(uow: UnitOfWork, *, batch_id: int) -> ImportBatch:
    """Put a file aside and forget what it said.

    :raises NotFound: there is no such import in the actor's scope.
    :raises NotPermitted: the actor imports nobody.
    :raises IllegalMove: the file is being applied, or was.
    """
    batch = load_batch(uow, batch_id)
    move_batch(uow, batch, BatchState.CANCELLED)
    batch.content_sealed = None
    uow.session.execute(update(ImportRow).where(ImportRow.batch_id == batch.id).values(content_sealed=None))
    return batch


def export_rejected(uow: UnitOfWork, *, batch_id: int, vault: Vault) -> list[tuple[int, dict[str, str], list[Problem]]]:
    """Return the rows that are not taken, with their cells and problems, to be corrected; the export is written down.

    :raises NotFound: there is no such import in the actor's scope.
    :raises NotPermitted: the actor imports nobody.
    """
    batch = load_batch(uow, batch_id)
    rows = uow.session.execute(
        select(ImportRow.number, ImportRow.content_sealed, ImportRow.problems)
        .where(ImportRow.batch_id == batch.id, ImportRow.verdict.in_(REJECTED))
        .order_by(ImportRow.number)
    ).all()
    uow.audit("import.rejected-exported", "import", batch.id, rows=len(rows))
    return [
        (number, open_row(content, batch.id, vault), [Problem.from_json(kept) for kept in problems])
        for number, content, problems in rows
    ]


def load_batch(uow: UnitOfWork, batch_id: int) -> ImportBatch:
    """Return an import, locked.

    :raises NotFound: there is no such import in the actor's scope.
    :raises NotPermitted: the actor imports nobody.
    """
    batch = uow.session.scalar(select(ImportBatch).where(ImportBatch.id == batch_id).with_for_update())
    if batch is None:
        raise NotFound("import", batch_id)
    authorize(uow.actor, Permission.IMPORT_MANAGE, batch)
    return batch


def move_batch(uow: UnitOfWork, batch: ImportBatch, target: BatchState, *, reason: str | None = None) -> None:
    """Bring an import to its next state.

    :raises IllegalMove: the state may not follow.
    """
    was = batch.state
    check_move(MOVES, was, target)
    batch.state = target
    log_state(uow, batch, was=was, reason=reason)


def log_state(uow: UnitOfWork, batch: ImportBatch, *, was: BatchState | None, reason: str | None = None) -> None:
    """Log the state of an import."""
    before = was.value if was else None
    uow.moved("import", batch.id, was=before, now=batch.state.value, reason=reason, agency_id=batch.agency_id)


def _is_dead(tries: Sequence[JobState]) -> bool:
    """Say whether every attempt to apply has ended without success."""
    return bool(tries) and all(state in FINAL_STATES and state is not JobState.DONE for state in tries)


def _unit(uow: UnitOfWork) -> int:
    """Return the unit that follows people of provinces which no unit has: the actor's, else the agency's first."""
    if uow.actor.unit_id is not None:
        return uow.actor.unit_id
    first = uow.session.scalar(select(func.min(AgencyUnit.id)).where(AgencyUnit.agency_id == uow.scope.organisation_id))
    if first is None:
        raise Invalid("province-without-unit", field="file", value="")
    return first
