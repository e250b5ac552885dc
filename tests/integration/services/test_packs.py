"""The month from freeze to publication, on the real database and with the real seal."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from skills_bridge.adapters.vault import Sealer
from skills_bridge.domain.accounts import PLATFORM_SCOPE
from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.errors import AlreadyDone, Invalid, NotFound, NotPermitted, RuleBroken
from skills_bridge.domain.packs import PackState, VisaState
from skills_bridge.domain.settings import SealKey
from skills_bridge.models import Job, Pack, PackFile, Visa
from skills_bridge.queries.facts import get_facts
from skills_bridge.reporting.verification import verify_directory
from skills_bridge.services.packs.building import build_pack, publish_pack
from skills_bridge.services.packs.freezing import freeze_month, give_visa, send_back_pack
from skills_bridge.unit_of_work import scoped, utc_now
from tests.factories.world import World

SEALER = Sealer(SealKey("test", b"s" * 32))
SIGNATORIES = ("industry_signatory", "employment_signatory", "agency_signatory", "association_signatory")


def last_month() -> date:
    today = local_day(utc_now())
    return date(today.year - (today.month == 1), (today.month - 2) % 12 + 1, 1)


def frozen(world: World, *, cause: str = "") -> str:
    """Freeze last month and build its pack, as the worker would."""
    with world.acting("report_officer") as uow:
        pack = freeze_month(uow, month_on=last_month(), cause=cause)
        pack_id, reference = pack.id, pack.reference
    build(world, pack_id)
    return reference


def build(world: World, pack_id: int) -> None:
    with world.platform() as uow, Session(world.engines["report"]) as reports:
        pack = uow.session.get_one(Pack, pack_id)
        facts = get_facts(scoped(reports, PLATFORM_SCOPE, read_only=True), cut_off=pack.cut_off_at)
        build_pack(uow, pack_id=pack_id, facts=facts, sealer=SEALER)


def digests(session: Session) -> dict[str, bytes]:
    return {row.name: row.sha256 for row in session.execute(select(PackFile.name, PackFile.sha256))}


def pack_of(world: World, reference: str) -> Pack:
    with world.as_owner() as session:
        return session.scalars(select(Pack).where(Pack.reference == reference)).one()


class TestFreezeMonth:
    def test_asks_for_the_pack_in_the_same_transaction(self, world: World) -> None:
        with world.acting("report_officer") as uow:
            pack = freeze_month(uow, month_on=last_month())
            pack_id = pack.id

        with world.as_owner() as session:
            assert session.scalars(select(Job.kind).where(Job.object_id == pack_id)).all() == ["packs.build_pack"]

    def test_refuses_a_month_that_is_not_over(self, world: World) -> None:
        with pytest.raises(Invalid, match="month-not-over"), world.acting("report_officer") as uow:
            freeze_month(uow, month_on=local_day(uow.now).replace(day=1))

    def test_refuses_whoever_is_no_report_officer(self, world: World) -> None:
        for who in ("adviser", "analyst", "hr_manager"):
            with pytest.raises(NotPermitted), world.acting(who) as uow:
                freeze_month(uow, month_on=last_month())

    def test_refuses_to_freeze_a_waiting_month_twice(self, world: World) -> None:
        frozen(world)

        with pytest.raises(AlreadyDone, match="month-frozen"), world.acting("report_officer") as uow:
            freeze_month(uow, month_on=last_month())

    def test_corrects_a_month_sent_back_only_with_a_cause(self, world: World) -> None:
        reference = frozen(world)
        with world.acting("industry_signatory") as uow:
            send_back_pack(uow, reference=reference, reason="Un chiffre paraît faux.")

        with pytest.raises(Invalid, match="cause-missing"), world.acting("report_officer") as uow:
            freeze_month(uow, month_on=last_month())
        assert pack_of(world, frozen(world, cause="Saisie tardive")).version == 2


class TestBuildPack:
    def test_opens_the_same_files_to_the_four_parties_and_to_nobody_else(self, world: World) -> None:
        reference = frozen(world)

        seen = {}
        for who in ("report_officer", "analyst", "employment_signatory", "officer"):
            with world.looking(who) as session:
                seen[who] = session.scalars(select(PackFile.sha256).order_by(PackFile.name)).all()
        assert len({tuple(digests) for digests in seen.values()}) == 1
        assert len(seen["analyst"]) == 6
        for who in ("hr_manager", "centre_manager", "administrator"):
            with world.looking(who) as session:
                assert session.scalar(select(func.count()).select_from(Pack)) == 0
        assert pack_of(world, reference).state is PackState.FROZEN

    def test_gives_the_same_bytes_when_it_is_done_again(self, world: World) -> None:
        first = pack_of(world, frozen(world))
        with world.as_owner() as session:
            before = digests(session)
            session.execute(text("DELETE FROM visa"))
            session.execute(text("DELETE FROM figure"))
            session.execute(text("DELETE FROM pack_file"))
            session.execute(text("UPDATE pack SET state = 'building'"))
            session.commit()

        build(world, first.id)

        with world.as_owner() as session:
            after = digests(session)
        # the reports and the manifest name the last link of the audit chain, which the first building moved on
        tables = [name for name in before if name.startswith("indicateurs")]
        assert {name: after[name] for name in tables} == {name: before[name] for name in tables}
        assert len(tables) == 3

    def test_refuses_a_second_building(self, world: World) -> None:
        pack = pack_of(world, frozen(world))

        with pytest.raises(AlreadyDone):
            build(world, pack.id)


class TestPublishPack:
    def test_waits_for_the_fourth_visa_and_seals_a_pack_that_verifies_offline(
        self, world: World, tmp_path: Path
    ) -> None:
        reference = frozen(world)
        pack_id = pack_of(world, reference).id
        for place, who in enumerate(SIGNATORIES):
            with world.platform() as uow:
                assert publish_pack(uow, pack_id=pack_id, sealer=SEALER) is False, place
            with world.acting(who) as uow:
                give_visa(uow, reference=reference)

        with world.platform() as uow:
            assert publish_pack(uow, pack_id=pack_id, sealer=SEALER) is True

        with world.as_owner() as session:
            for name, content in session.execute(select(PackFile.name, PackFile.content)):
                (tmp_path / name).write_bytes(content)
        report = verify_directory(tmp_path)
        assert (report.is_sound, report.published, len(report.visas)) == (True, True, 4)
        next(tmp_path.glob("*.csv")).write_bytes(b"x")
        assert not verify_directory(tmp_path).is_sound

    def test_leaves_a_published_pack_as_it_is_even_for_the_owner(self, world: World) -> None:
        reference = frozen(world)
        for who in SIGNATORIES:
            with world.acting(who) as uow:
                give_visa(uow, reference=reference)
        with world.platform() as uow:
            publish_pack(uow, pack_id=pack_of(world, reference).id, sealer=SEALER)

        with world.as_owner() as session, pytest.raises(DBAPIError, match="never changes"):
            session.execute(text("UPDATE pack SET cause = 'x'"))


class TestGiveVisa:
    def test_counts_once_when_two_signatories_press_at_once(self, world: World) -> None:
        reference = frozen(world)
        outcomes: list[str] = []

        def press() -> None:
            try:
                with world.acting("industry_signatory") as uow:
                    give_visa(uow, reference=reference)
            except RuleBroken as refusal:
                outcomes.append(refusal.code)
            else:
                outcomes.append("given")

        threads = [threading.Thread(target=press) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(outcomes) == ["given", "visa-decided", "visa-decided", "visa-decided"]

    def test_is_for_signatories_of_parties_only(self, world: World) -> None:
        reference = frozen(world)

        with pytest.raises(NotPermitted), world.acting("report_officer") as uow:
            give_visa(uow, reference=reference)
        with pytest.raises(NotFound), world.acting("hr_manager") as uow:
            give_visa(uow, reference=reference)
        with world.as_owner() as session:
            assert set(session.scalars(select(Visa.state))) == {VisaState.WAITING}
