"""Which key protects how much: what a change of keys still has to do."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills_bridge.domain.organisations import OrganisationKind
from skills_bridge.models import AccessFile, ImportBatch, ImportRow, Organisation, SeekerIdentity

PACKED: Final[tuple[Any, ...]] = (ImportBatch.content_sealed, ImportRow.content_sealed, AccessFile.content_sealed)
"""Columns that hold sealed content and the id of its key in one value."""


@dataclass(frozen=True)
class KeyUse:
    """How many sealed values one key opens."""

    key_id: str
    values: int


def list_agencies(session: Session) -> tuple[int, ...]:
    """Return the organisations that hold people's files."""
    return tuple(
        session.scalars(
            select(Organisation.id).where(Organisation.kind == OrganisationKind.AGENCY).order_by(Organisation.id)
        )
    )


def count_keys(session: Session) -> tuple[KeyUse, ...]:
    """Return the keys that sealed values of the scope need, with how many need each."""
    found: Counter[str] = Counter()
    for key_id, count in session.execute(
        select(SeekerIdentity.cin_key_id, func.count()).group_by(SeekerIdentity.cin_key_id)
    ):
        found[key_id] += count
    for column in PACKED:
        head = func.split_part(func.encode(func.substring(column, 1, 64), "escape"), "\\000", 1)
        for key_id, count in session.execute(select(head, func.count()).where(column.is_not(None)).group_by(head)):
            found[key_id] += count
    return tuple(KeyUse(key_id, found[key_id]) for key_id in sorted(found))
