"""Changing the key of personal data: every sealed value opened with its own key and sealed with the one in use.

Runs in the scope of one agency, a batch a transaction: what a stop leaves undone, the next call takes up. Each value
names its key, so that a reader opens it before and after alike, as long as both keys are in the ring.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import func, select

from skills_bridge.adapters.vault import Vault
from skills_bridge.models import AccessFile, ImportBatch, ImportRow, SeekerIdentity
from skills_bridge.queries.imports import row_purpose
from skills_bridge.queries.privacy.requests import access_purpose
from skills_bridge.services.imports.receiving import file_purpose
from skills_bridge.unit_of_work import UnitOfWork

BATCH: Final = 500
"""Values of one transaction: a fraction of a second, so that nobody who corrects an identity waits."""


def reseal_batch(uow: UnitOfWork, *, vault: Vault, size: int = BATCH) -> int:
    """Seal up to ``size`` values with the key in use and return how many were sealed; 0 when none is left.

    :raises KeyError: a value needs a key that is not in the ring.
    """
    done = _reseal_numbers(uow, vault, size)
    for model in (ImportRow, ImportBatch, AccessFile):
        if done < size:
            done += _reseal_packed(uow, vault, model, size - done)
    return done


def note_rotation(uow: UnitOfWork, *, vault: Vault, values: int) -> None:
    """Write down that a change of keys is complete: which key is in use and how many values were sealed with it."""
    uow.audit("key.rotated", "key", None, key_id=vault.keys.cin_key_id, values=values)


def _reseal_numbers(uow: UnitOfWork, vault: Vault, size: int) -> int:
    """Seal numbers of identity; a row that somebody is correcting is left to the next batch."""
    rows = uow.session.scalars(
        select(SeekerIdentity)
        .where(SeekerIdentity.cin_key_id != vault.keys.cin_key_id)
        .order_by(SeekerIdentity.seeker_id)
        .limit(size)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        purpose = f"cin:{row.seeker_id}"
        sealed = vault.seal(vault.open(row.cin_sealed, key_id=row.cin_key_id, purpose=purpose), purpose=purpose)
        row.cin_sealed, row.cin_key_id = sealed.content, sealed.key_id
    return len(rows)


def _reseal_packed(uow: UnitOfWork, vault: Vault, model: Any, size: int) -> int:
    """Seal what imports keep of their files, and access files that wait to be taken out."""
    head = vault.keys.cin_key_id.encode() + b"\0"
    rows = uow.session.scalars(
        select(model)
        .where(model.content_sealed.is_not(None), func.substring(model.content_sealed, 1, len(head)) != head)
        .limit(size)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        purpose = _purpose_of(row)
        row.content_sealed = vault.seal_bytes(vault.open_bytes(row.content_sealed, purpose=purpose), purpose=purpose)
    return len(rows)


def _purpose_of(row: ImportRow | ImportBatch | AccessFile) -> str:
    """Return what a value was sealed for."""
    if isinstance(row, AccessFile):
        return access_purpose(row.request_id)
    return file_purpose(row.user_id) if isinstance(row, ImportBatch) else row_purpose(row.batch_id)
