"""Files that were forgotten: their digests, and the files of a restored database that bear one."""

from __future__ import annotations

import uuid
from collections.abc import Set as AbstractSet

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills_bridge.adapters.vault import Vault
from skills_bridge.domain.seekers import SeekerState
from skills_bridge.models import Seeker, Tombstone


def digest_of(public_id: uuid.UUID, vault: Vault) -> bytes:
    """Return the keyed digest under which a forgotten file is remembered."""
    return vault.blind_index(f"forgotten:{public_id}")


def list_tombstones(session: Session) -> tuple[bytes, ...]:
    """Return the digests of the files forgotten in the scope."""
    return tuple(session.scalars(select(Tombstone.digest).order_by(Tombstone.forgotten_at, Tombstone.digest)))


def find_forgotten(session: Session, *, digests: AbstractSet[bytes], vault: Vault) -> tuple[int, ...]:
    """Return the keys of files that were forgotten once and are there again."""
    rows = session.execute(
        select(Seeker.id, Seeker.public_id).where(Seeker.state != SeekerState.ANONYMISED).order_by(Seeker.id),
        execution_options={"yield_per": 5_000},
    )
    return tuple(row.id for row in rows if digest_of(row.public_id, vault) in digests)
