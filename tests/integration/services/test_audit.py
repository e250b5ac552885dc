"""Tampering with the audit, as somebody who owns the database: every way is found, and the place is named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from sqlalchemy import select, text

from skills_bridge.adapters.vault import Sealer
from skills_bridge.domain.audit import Fault, Finding
from skills_bridge.domain.settings import SealKey
from skills_bridge.models import AuditCheck
from skills_bridge.queries.audit import ChainReport, get_last_check, verify_chain
from skills_bridge.reporting.seal import digest
from skills_bridge.services.audit import record_check
from skills_bridge.unit_of_work import utc_now
from tests.factories.audits import SEALED, SEALER, Owner, written_world
from tests.factories.world import World

STRANGER: Final = Sealer(SealKey("other-seal", b"x" * 32))


def after(*acts: Callable[[Owner], object]) -> Callable[[Owner], None]:
    """Return several acts as one."""

    def do(owner: Owner) -> None:
        for act in acts:
            act(owner)

    return do


NIGHT: Final = "check 1"
TAMPERINGS: Final[dict[str, tuple[Callable[[Owner], object], Fault, int, int, str]]] = {
    "another act": (lambda o: o.edit(7, "act = 'x'"), Fault.CHANGED, 7, 7, ""),
    "other facts": (lambda o: o.edit(7, "facts = '{}'"), Fault.CHANGED, 7, 7, ""),
    "another person": (lambda o: o.edit(7, "user_id = 999"), Fault.CHANGED, 7, 7, ""),
    "nobody": (lambda o: o.edit(7, "user_id = NULL"), Fault.CHANGED, 7, 7, ""),
    "another object": (lambda o: o.edit(7, "object_id = 999"), Fault.CHANGED, 7, 7, ""),
    "another kind of object": (lambda o: o.edit(7, "object_kind = 'x'"), Fault.CHANGED, 7, 7, ""),
    "a microsecond later": (
        lambda o: o.edit(7, "recorded_at = recorded_at + interval '1 microsecond'"),
        Fault.CHANGED,
        7,
        7,
        "",
    ),
    "another hash": (lambda o: o.edit(7, "entry_hash = sha256('x')"), Fault.CHANGED, 7, 7, ""),
    "another predecessor": (lambda o: o.edit(7, "previous_hash = sha256('x')"), Fault.BROKEN, 7, 7, ""),
    "the first entry": (lambda o: o.edit(1, "act = 'x'"), Fault.CHANGED, 1, 1, ""),
    "the last entry": (lambda o: o.edit(30, "act = 'x'"), Fault.CHANGED, 30, 30, ""),
    "an edit with its own hash": (
        after(lambda o: o.edit(7, "act = 'x'"), lambda o: o.rehash(7, 7)),
        Fault.BROKEN,
        8,
        8,
        "",
    ),
    "delete the first": (lambda o: o.delete("seq = 1"), Fault.MISSING, 1, 1, ""),
    "delete one": (lambda o: o.delete("seq = 12"), Fault.MISSING, 12, 12, ""),
    "delete three": (lambda o: o.delete("seq BETWEEN 12 AND 14"), Fault.MISSING, 12, 14, ""),
    "delete and close the gap": (
        after(
            lambda o: o.delete("seq = 12"),
            lambda o: o.run("UPDATE audit_entry SET seq = seq - 1 WHERE stream = :stream AND seq > 12"),
        ),
        Fault.BROKEN,
        12,
        12,
        "",
    ),
    "cut the tail": (lambda o: o.delete("seq > 18"), Fault.CUT, 19, SEALED, NIGHT),
    "cut one sealed entry": (lambda o: o.delete("seq >= 20"), Fault.CUT, 20, SEALED, NIGHT),
    "empty the stream": (lambda o: o.delete("true"), Fault.CUT, 1, SEALED, NIGHT),
    "swap neighbours": (lambda o: o.swap(7, 8), Fault.CHANGED, 7, 7, ""),
    "swap far apart": (lambda o: o.swap(5, 25), Fault.CHANGED, 25, 25, ""),
    "insert": (after(lambda o: o.shift(9), lambda o: o.insert_at(9)), Fault.CHANGED, 9, 9, ""),
    "insert a number twice": (lambda o: o.insert_at(9), Fault.REPEATED, 9, 9, ""),
    "insert and rewrite what follows": (
        after(lambda o: o.shift(9), lambda o: o.insert_at(9), lambda o: o.rehash(9)),
        Fault.REWRITTEN,
        1,
        SEALED,
        NIGHT,
    ),
    "rewrite from one entry on": (
        after(lambda o: o.edit(15, "user_id = 999"), lambda o: o.rehash(15)),
        Fault.REWRITTEN,
        1,
        SEALED,
        NIGHT,
    ),
    "rewrite the whole stream": (
        after(lambda o: o.run("UPDATE audit_entry SET act = 'x' WHERE stream = :stream"), lambda o: o.rehash(1)),
        Fault.REWRITTEN,
        1,
        SEALED,
        NIGHT,
    ),
    "hide it in another stream": (
        lambda o: o.run("UPDATE audit_entry SET stream = 999 WHERE stream = :stream"),
        Fault.CUT,
        1,
        SEALED,
        NIGHT,
    ),
}


class TestVerifyChain:
    def test_finds_nothing_in_a_sound_chain_and_every_tampering_with_its_place(self, world: World) -> None:
        stream = written_world(world).ids["agency"]
        with world.as_owner() as session:
            sound = verify_chain(session, public_key=SEALER.public_key())
            told = {one.stream: one.entries for one in sound.streams}
        assert (sound.findings, sound.anchors, told[stream]) == ((), (NIGHT,), 30)
        assert len(TAMPERINGS) >= 25
        for name, (tamper, fault, first, last, anchor) in TAMPERINGS.items():
            with world.as_owner() as session:
                tamper(Owner(session, stream))
                report = verify_chain(session, public_key=SEALER.public_key())
                session.rollback()
            assert Finding(stream, fault, first, last, anchor) in report.findings, (name, report.findings)

    def test_judges_one_stream_alone(self, world: World) -> None:
        stream = written_world(world).ids["agency"]
        with world.as_owner() as session:
            Owner(session, stream).edit(7, "act = 'x'")
            other = verify_chain(session, public_key=SEALER.public_key(), stream=0)
            own = verify_chain(session, public_key=SEALER.public_key(), stream=stream)
        assert (other.findings, [one.fault for one in own.findings]) == ((), [Fault.CHANGED])

    def test_finds_a_removed_check_and_a_seal_of_somebody_else(self, world: World) -> None:
        written_world(world)
        with world.platform() as uow:
            record_check(uow, sealer=SEALER)
        with world.as_owner() as session:
            session.execute(text("DELETE FROM audit_check WHERE id = 1"))
            removed = verify_chain(session, public_key=SEALER.public_key())
            session.rollback()
            foreign = verify_chain(session, public_key=STRANGER.public_key())
        assert removed.findings == (Finding(0, Fault.MISSING, 0, 0, "check 2"),)
        assert foreign.findings[0] == Finding(0, Fault.UNSEALED, 0, 0, NIGHT)
        assert foreign.anchors == ()

    def test_believes_a_copy_that_somebody_else_kept(self, world: World) -> None:
        stream = written_world(world).ids["agency"]
        with world.as_owner() as session:
            copy = session.scalars(select(AuditCheck.document)).one()
            session.execute(text("DELETE FROM audit_check"))
            Owner(session, stream).delete("seq > 10")

            def faults(*kept: tuple[str, bytes]) -> list[Finding]:
                return list(verify_chain(session, public_key=SEALER.public_key(), manifests=kept).findings)

            assert faults() == []
            assert faults(("kept.json", copy)) == [Finding(stream, Fault.CUT, 11, SEALED, "kept.json")]

    def test_reads_the_heads_that_each_pack_seals(self, told_world: World) -> None:
        stream = told_world.ids["agency"]
        with told_world.as_owner() as session:
            sound = verify_chain(session, public_key=SEALER.public_key())
            Owner(session, stream).delete("seq > 3")
            cut = verify_chain(session, public_key=SEALER.public_key())
            session.rollback()

        (pack,) = sound.anchors
        assert pack.startswith("pack RA-")
        assert sound.findings == ()
        (found,) = cut.findings
        assert (found.stream, found.fault, found.first, found.anchor) == (stream, Fault.CUT, 4, pack)


class TestRecordCheck:
    def test_keeps_heads_that_chain_and_the_screens_read(self, world: World) -> None:
        written_world(world)
        with world.platform() as uow:
            record_check(uow, sealer=SEALER)

        with world.looking("administrator") as session:
            first, second = session.scalars(select(AuditCheck).order_by(AuditCheck.id)).all()
            shown = get_last_check(session, now=utc_now())
            stale = get_last_check(session, now=utc_now() + timedelta(days=2))
        assert digest(first.document) in second.document.decode()
        assert shown is not None
        assert (shown.findings, shown.is_stale) == ((), False)
        assert stale is not None
        assert stale.is_stale

    def test_is_shown_to_the_platform_alone(self, world: World) -> None:
        with world.platform() as uow:
            record_check(uow, sealer=SEALER)

        with world.looking("company_admin") as session:
            assert get_last_check(session, now=utc_now()) is None

    def test_keeps_what_it_found(self, world: World) -> None:
        stream = written_world(world).ids["agency"]
        with world.as_owner() as session:
            Owner(session, stream).edit(7, "act = 'x'")
            session.commit()
        with world.platform() as uow:
            record_check(uow, sealer=SEALER)

        with world.looking("data_protection_officer") as session:
            shown = get_last_check(session, now=utc_now())
        assert shown is not None
        assert shown.findings == (Finding(stream, Fault.CHANGED, 7, 7),)


def test_a_report_counts_what_it_read(world: World) -> None:
    written_world(world)
    with world.as_owner() as session:
        report: ChainReport = verify_chain(session, public_key=SEALER.public_key())
    assert report.entries == sum(one.entries for one in report.streams)
    assert {head.stream for head in report.heads} == {one.stream for one in report.streams}
