"""An audit to tamper with, and somebody who owns the database."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from skills_bridge.adapters.vault import Sealer
from skills_bridge.domain.audit import Link, hash_of
from skills_bridge.domain.settings import SealKey
from skills_bridge.models import AuditEntry
from skills_bridge.services.audit import record_check
from tests.factories.world import World

SEALER: Final = Sealer(SealKey("test-seal", b"s" * 32))
SEALED: Final = 20
"""The entry at which the heads were sealed by a nightly check."""
COLUMNS: Final = tuple(Link.__slots__)


def written_world(world: World) -> World:
    """Write thirty acts of the agency, and let the night's job seal the heads after twenty."""
    for number in range(1, SEALED + 11):
        with world.acting("adviser") as uow:
            uow.audit("seeker.updated", "seeker", number, unit_id=1)
        if number == SEALED:
            with world.platform() as uow:
                record_check(uow, sealer=SEALER)
    return world


class Owner:
    """Somebody who owns the database: no trigger, no rule, no constraint holds her."""

    def __init__(self, session: Session, stream: int) -> None:
        self.session, self.stream = session, stream
        session.execute(text("SET session_replication_role = replica"))
        session.execute(text("ALTER TABLE audit_entry DROP CONSTRAINT uq_audit_entry_stream_seq"))

    def run(self, statement: str, **values: object) -> None:
        """Run a statement on the stream."""
        self.session.execute(text(statement), {"stream": self.stream, **values})

    def edit(self, seq: int, change: str, **values: object) -> None:
        """Change columns of one entry."""
        self.run(f"UPDATE audit_entry SET {change} WHERE stream = :stream AND seq = :seq", seq=seq, **values)

    def delete(self, test: str) -> None:
        """Remove entries."""
        self.run(f"DELETE FROM audit_entry WHERE stream = :stream AND {test}")

    def insert_at(self, seq: int) -> None:
        """Put a copy of an entry at a number."""
        columns = ", ".join(COLUMNS[2:])
        self.run(
            f"INSERT INTO audit_entry (stream, seq, {columns}) SELECT stream, :seq, {columns} FROM audit_entry"
            " WHERE stream = :stream AND seq = 3",
            seq=seq,
        )

    def shift(self, first: int) -> None:
        """Make room for one entry."""
        self.run("UPDATE audit_entry SET seq = seq + 1 WHERE stream = :stream AND seq >= :first", first=first)

    def swap(self, one: int, other: int) -> None:
        """Give two entries each other's number."""
        self.run(
            "UPDATE audit_entry SET seq = :one + :other - seq WHERE stream = :stream AND seq IN (:one, :other)",
            one=one,
            other=other,
        )

    def rehash(self, first: int, last: int = 1_000) -> None:
        """Make the hashes fit again from one entry to another, as the database would have written them."""
        rows = self.session.execute(
            select(*(getattr(AuditEntry, name) for name in COLUMNS), AuditEntry.id)
            .where(AuditEntry.stream == self.stream, AuditEntry.seq >= first - 1, AuditEntry.seq <= last)
            .order_by(AuditEntry.seq)
        ).all()
        before = b"" if first == 1 else rows[0].entry_hash
        for row in rows[0 if first == 1 else 1 :]:
            link = replace(Link(*row[:-1]), previous_hash=before)
            before = hash_of(link)
            self.run(
                "UPDATE audit_entry SET previous_hash = :previous, entry_hash = :hash WHERE id = :id",
                previous=link.previous_hash,
                hash=before,
                id=row.id,
            )
