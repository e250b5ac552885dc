"""The audit chain: one way in, one link after the other, no way to change it."""

from __future__ import annotations

import hashlib
import threading
from typing import Final

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from skills_bridge.models import AuditEntry
from tests.factories.world import World

APPEND: Final = text("SELECT append_audit(NULL, 'test.raw', 'test', NULL, '{}')")


def expected_hash(entry: AuditEntry) -> bytes:
    """Return the hash a link must have, computed without the database."""
    at = int(entry.recorded_at.timestamp()) * 1_000_000 + entry.recorded_at.microsecond
    user, thing = ("-" if key is None else key for key in (entry.user_id, entry.object_id))
    parts = (entry.stream, entry.seq, at, user, entry.act, entry.object_kind, thing)
    return hashlib.sha256(entry.previous_hash + "|".join(map(str, (*parts, entry.facts))).encode()).digest()


class TestAppendAudit:
    def test_never_forks_with_many_writers(self, world: World) -> None:
        def write(number: int) -> None:
            for step in range(10):
                with world.acting("adviser") as uow:
                    uow.audit("test.done", "test", number * 100 + step, word="é")

        threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        with world.as_owner() as session:
            chain = session.scalars(
                select(AuditEntry).where(AuditEntry.stream == world.ids["agency"]).order_by(AuditEntry.seq)
            ).all()
        assert [link.seq for link in chain] == list(range(1, 61))
        assert [link.previous_hash for link in chain[1:]] == [link.entry_hash for link in chain[:-1]]
        assert [link.entry_hash for link in chain] == [expected_hash(link) for link in chain]

    def test_is_the_only_way_in_and_there_is_no_way_to_change(self, world: World) -> None:
        with world.acting("adviser") as uow:
            uow.audit("test.done", "test", 1)

        for statement in ("UPDATE audit_entry SET act = 'x'", "DELETE FROM audit_entry", "TRUNCATE audit_entry"):
            for role in ("web", "worker"):
                with world.engines[role].connect() as link, pytest.raises(DBAPIError):
                    link.execute(text(statement))
            with world.as_owner() as session, pytest.raises(DBAPIError, match="never edited"):
                session.execute(text(statement))
        with world.engines["web"].connect() as link, pytest.raises(DBAPIError, match="permission denied"):
            link.execute(text("INSERT INTO audit_entry (stream) VALUES (1)"))

    @pytest.mark.parametrize(
        ("role", "scope", "stream"),
        [
            ("web", {"scope": "tenant", "organisation_id": "7"}, 7),
            ("worker", {"scope": "tenant", "organisation_id": "7"}, 7),
            ("web", {"scope": "account", "organisation_id": "7"}, 0),
            ("worker", {"scope": "platform", "organisation_id": "7"}, 0),
            ("web", {"scope": "platform"}, None),
            ("web", {"scope": "tenant"}, None),
            ("web", {"scope": "seeker", "organisation_id": "7"}, None),
            ("web", {"scope": "seeker", "organisation_id": "7", "seeker_id": "3"}, 7),
            ("web", {"scope": "seeker", "seeker_id": "3"}, None),
            ("worker", {}, None),
            ("report", {"scope": "platform"}, None),
        ],
    )
    def test_takes_the_stream_from_the_scope(
        self, world: World, role: str, scope: dict[str, str], stream: int | None
    ) -> None:
        with world.engines[role].begin() as link:
            for name, value in scope.items():
                link.execute(text("SELECT set_config(:name, :value, true)"), {"name": f"app.{name}", "value": value})
            if stream is None:
                with pytest.raises(DBAPIError, match=r"no audit stream|permission denied"):
                    link.execute(APPEND)
                link.rollback()
                return
            link.execute(APPEND)

        with world.as_owner() as session:
            assert session.scalars(select(AuditEntry.stream).where(AuditEntry.act == "test.raw")).all() == [stream]

    def test_takes_no_stream_from_the_caller(self, world: World) -> None:
        with world.engines["worker"].connect() as link, pytest.raises(DBAPIError, match="does not exist"):
            link.execute(text("SELECT append_audit(7, NULL, 'test.raw', 'test', NULL, '{}')"))

    def test_is_read_by_its_own_organisation_and_the_platform(self, world: World) -> None:
        with world.acting("adviser") as uow:
            uow.audit("test.done", "test", 1)

        seen = {}
        for who in ("adviser", "hr_manager", "administrator"):
            with world.looking(who) as session:
                seen[who] = len(session.scalars(select(AuditEntry).where(AuditEntry.act == "test.done")).all())
        assert seen == {"adviser": 1, "hr_manager": 0, "administrator": 1}
