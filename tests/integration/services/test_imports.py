"""Files of people: checked row by row, applied as a whole; what is wrong is named with its cure."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import time

import pytest
from sqlalchemy import func, select, text

from skills_bridge.domain.errors import IllegalMove, NotFound, NotPermitted, RuleBroken
from skills_bridge.domain.imports import BYTES_WAITING, FILES_WAITING, BatchState, RowVerdict
from skills_bridge.domain.jobs import JobState
from skills_bridge.domain.seekers import ConsentKind
from skills_bridge.models import (
    Consent,
    HeldCompetency,
    ImportBatch,
    ImportRow,
    Job,
    Seeker,
    SeekerIdentity,
    SeekerLanguage,
    StateChange,
)
from skills_bridge.queries.imports import get_batch_page, list_rejected
from skills_bridge.queries.listing import ListRequest
from skills_bridge.services.imports import (
    apply_batch,
    cancel_batch,
    check_batch,
    confirm_batch,
    export_rejected,
    receive_batch,
)
from tests.factories.seekers import add_seeker
from tests.factories.world import VAULT, World

HEADER = "cin;nom;prenom;province;date_naissance;niveau_etudes;langues;experiences;permis;accord_rapprochement"
GOOD = "AB12;El Fictif;Omar;Tanger;03/04/1999;qualification;ar:C1|fr:B1;EM-1107:18;aucun;oui"


def told(done: int, total: int) -> None:
    assert done <= total


def receive(world: World, *lines: str, header: str = HEADER, who: str = "adviser") -> int:
    """Send a file in."""
    content = "\n".join((header, *lines)).encode()
    with world.acting(who) as uow:
        return receive_batch(uow, file_name="personnes.csv", content=content, vault=VAULT).id


def check(world: World, batch_id: int) -> BatchState:
    with world.acting("adviser") as uow:
        batch = check_batch(uow, batch_id=batch_id, progress=told, vault=VAULT, consent_version="v1")
        return batch.state


def apply(world: World, batch_id: int) -> BatchState:
    with world.acting("adviser") as uow:
        batch = apply_batch(uow, batch_id=batch_id, progress=told, vault=VAULT, consent_version="v1")
        return batch.state


def bring(world: World, *lines: str, header: str = HEADER) -> int:
    """Send, check, confirm and apply a file."""
    batch_id = receive(world, *lines, header=header)
    check(world, batch_id)
    with world.acting("adviser") as uow:
        confirm_batch(uow, batch_id=batch_id)
    apply(world, batch_id)
    return batch_id


def verdicts(world: World, batch_id: int) -> dict[int, tuple[RowVerdict, list[tuple[str, str]]]]:
    with world.looking("adviser") as session:
        rows = session.scalars(select(ImportRow).where(ImportRow.batch_id == batch_id)).all()
        return {row.number: (row.verdict, [(p["column"], p["code"]) for p in row.problems]) for row in rows}


def people(world: World) -> int:
    with world.looking("adviser") as session:
        return session.scalar(select(func.count()).select_from(Seeker)) or 0


class TestReceiveBatch:
    def test_keeps_the_file_sealed_and_asks_for_its_check(self, world: World) -> None:
        batch_id = receive(world, GOOD)

        with world.looking("adviser") as session:
            batch = session.get_one(ImportBatch, batch_id)
            assert batch.state is BatchState.RECEIVED
            assert b"Fictif" not in bytes(batch.content_sealed or b"")
            job = session.scalars(select(Job).where(Job.object_id == batch_id)).one()
            assert job.kind == "imports.check_batch"

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"", "file-empty"),
            (b"%PDF-1.7 rest", "file-kind"),
            (b"\x89PNG\r\n\x1a\n\x00\x00", "file-kind"),
            (b"PK\x03\x04 no workbook", "file-kind"),
            (b"nom;prenom\nA;B", "header-missing"),
            (b"cin;nom;prenom;province;nom\n", "header-twice"),
            (b"x" * (13 * 1024 * 1024), "file-too-big"),
            (HEADER.encode() + b"\n" + b"a;b\n" * 20_001, "file-too-long"),
        ],
    )
    def test_refuses_what_is_no_list_of_people(self, world: World, content: bytes, code: str) -> None:
        with pytest.raises(RuleBroken) as refusal, world.acting("adviser") as uow:
            receive_batch(uow, file_name="x.csv", content=content, vault=VAULT)

        assert refusal.value.code == code

    @pytest.mark.parametrize("who", ["hr_manager", "report_officer", "administrator"])
    def test_refuses_who_is_no_adviser(self, world: World, who: str) -> None:
        with pytest.raises(NotPermitted):
            receive(world, GOOD, who=who)


class TestCheckBatch:
    def test_gives_each_row_its_verdict(self, world: World) -> None:
        known = add_seeker(world)
        batch_id = receive(
            world,
            GOOD,
            "AB13;El Fictif;Sara;Tangr;;;;;;",
            "AB12;El Fictif;Omar;Tanger;;;;;;",
            f"{known.number};El Fictif;Aya;Kénitra;;;;;;",
            "12-34-56-78-90;;Omar;Tanger;31/02/1999;bac+99;fr:Z9;EM-1107;;peut-être",
        )

        assert check(world, batch_id) is BatchState.CHECKED
        assert verdicts(world, batch_id) == {
            2: (RowVerdict.GOOD, []),
            3: (RowVerdict.BAD, [("province", "word-near")]),
            4: (RowVerdict.DUPLICATE, [("cin", "duplicate-in-file")]),
            5: (RowVerdict.DUPLICATE, [("cin", "duplicate-in-register")]),
            6: (
                RowVerdict.BAD,
                [
                    ("cin", "cin-unreadable"),
                    ("nom", "cell-empty"),
                    ("niveau_etudes", "word-unknown"),
                    ("date_naissance", "day-unreadable"),
                    ("langues", "level-unknown"),
                    ("experiences", "pair-unreadable"),
                    ("accord_rapprochement", "flag-unreadable"),
                ],
            ),
        }

    def test_keeps_no_word_of_a_row_in_the_open(self, world: World) -> None:
        batch_id = receive(world, "12-34-56-78-90;El Secret;Omar;Tangr;;;;;;")
        check(world, batch_id)

        with world.looking("adviser") as session:
            row = session.scalars(select(ImportRow).where(ImportRow.batch_id == batch_id)).one()
            assert "Tangr" not in str(row.problems)
            assert b"Secret" not in bytes(row.content_sealed or b"")
            assert session.get_one(ImportBatch, batch_id).content_sealed is None

    def test_names_columns_that_nobody_knows(self, world: World) -> None:
        batch_id = receive(world, GOOD + ";bleu", header=HEADER + ";couleur")
        check(world, batch_id)

        with world.looking("adviser") as session:
            page = get_batch_page(session, actor=world.actors["adviser"], batch_id=batch_id)
            assert (page.ignored, page.counts[RowVerdict.GOOD]) == (("couleur",), 1)

    def test_refuses_a_row_with_more_cells_than_columns(self, world: World) -> None:
        batch_id = receive(world, GOOD + ";de trop")
        check(world, batch_id)

        assert verdicts(world, batch_id)[2] == (RowVerdict.BAD, [("", "too-many-cells")])

    def test_changes_nothing_the_second_time(self, world: World) -> None:
        batch_id = receive(world, GOOD)
        check(world, batch_id)
        before = verdicts(world, batch_id)

        assert check(world, batch_id) is BatchState.CHECKED
        assert verdicts(world, batch_id) == before

    def test_leaves_a_cancelled_file_alone(self, world: World) -> None:
        batch_id = receive(world, GOOD)
        with world.acting("adviser") as uow:
            cancel_batch(uow, batch_id=batch_id)

        assert check(world, batch_id) is BatchState.CANCELLED
        assert verdicts(world, batch_id) == {}


class TestApplyBatch:
    def test_opens_a_file_for_each_good_row_alone(self, world: World) -> None:
        batch_id = bring(world, GOOD, "AB13;El Fictif;Sara;Nulle part;;;;;;")

        assert people(world) == 1
        with world.looking("adviser") as session:
            seeker = session.scalars(select(Seeker)).one()
            assert (seeker.unit_id, seeker.licences, seeker.experience_months) == (world.units["north"], [], 18)
            assert session.get_one(SeekerIdentity, seeker.id).last_name == "El Fictif"
            assert len(session.scalars(select(SeekerLanguage)).all()) == 2
            assert session.scalars(select(Consent.kind)).all() == [ConsentKind.MATCHING]
            assert session.scalar(select(func.count()).select_from(HeldCompetency)) == 8
            assert session.scalars(select(StateChange.to_state).where(StateChange.object_kind == "seeker")).all() == [
                "imported"
            ]
        assert verdicts(world, batch_id)[2][0] is RowVerdict.APPLIED

    def test_forgets_the_words_of_applied_rows(self, world: World) -> None:
        batch_id = bring(world, GOOD)

        with world.looking("adviser") as session:
            row = session.scalars(select(ImportRow).where(ImportRow.batch_id == batch_id)).one()
            assert (row.content_sealed, row.seeker_id is not None) == (None, True)

    def test_changes_nothing_the_second_time(self, world: World) -> None:
        batch_id = bring(world, GOOD)

        assert apply(world, batch_id) is BatchState.APPLIED
        assert people(world) == 1

    def test_takes_somebody_registered_meanwhile_for_a_duplicate(self, world: World) -> None:
        batch_id, other = receive(world, GOOD), receive(world, GOOD.replace("Omar", "Omar bis"))
        for one in (batch_id, other):
            check(world, one)
            with world.acting("adviser") as uow:
                confirm_batch(uow, batch_id=one)

        apply(world, batch_id)
        apply(world, other)

        assert people(world) == 1
        assert verdicts(world, other)[2] == (RowVerdict.DUPLICATE, [("cin", "duplicate-in-register")])

    def test_leaves_nothing_of_a_killed_worker(self, world: World) -> None:
        batch_id = receive(world, *(GOOD.replace("AB12", f"AB{number}") for number in range(20, 1220)))
        check(world, batch_id)
        with world.acting("adviser") as uow:
            confirm_batch(uow, batch_id=batch_id)
        script = f"""
            import os, signal
            from tests.factories.world import VAULT, World, engines_of
            from skills_bridge.domain.accounts import Actor, Scope, ScopeKind
            from skills_bridge.domain.organisations import OrganisationKind
            from skills_bridge.domain.settings import DatabaseUrls
            from skills_bridge.services.imports import apply_batch
            from skills_bridge.unit_of_work import transaction
            from sqlalchemy import create_engine
            from sqlalchemy.orm import Session
            agency = {world.ids["agency"]}
            actor = Actor(user_id=None, organisation_id=agency, organisation_kind=OrganisationKind.AGENCY, role=None)
            scope = Scope(kind=ScopeKind.TENANT, organisation_id=agency, organisation_kind=OrganisationKind.AGENCY)
            def die(done, total):
                if done >= 1000:
                    os.kill(os.getpid(), signal.SIGKILL)
            with Session(create_engine({world.urls.worker!r})) as session:
                with transaction(session, actor=actor, scope=scope) as uow:
                    apply_batch(uow, batch_id={batch_id}, progress=die, vault=VAULT, consent_version="v1")
        """
        killed = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=False)
        assert killed.returncode == -9
        assert people(world) == 0

        assert apply(world, batch_id) is BatchState.APPLIED
        assert people(world) == 1200

    def test_takes_five_thousand_rows_in_seconds(self, world: World) -> None:
        lines = (GOOD.replace("AB12", f"AB{number}") for number in range(100_000, 105_000))
        started = time.monotonic()

        bring(world, *lines)

        assert people(world) == 5000
        assert time.monotonic() - started < 30


class TestConfirmBatch:
    def test_refuses_a_file_without_a_good_row(self, world: World) -> None:
        batch_id = receive(world, "AB13;El Fictif;Sara;Nulle part;;;;;;")
        check(world, batch_id)

        with pytest.raises(RuleBroken) as refusal, world.acting("adviser") as uow:
            confirm_batch(uow, batch_id=batch_id)

        assert refusal.value.code == "import-nothing-good"

    def test_refuses_a_second_confirmation(self, world: World) -> None:
        batch_id = receive(world, GOOD)
        check(world, batch_id)
        with world.acting("adviser") as uow:
            confirm_batch(uow, batch_id=batch_id)

        with pytest.raises(IllegalMove), world.acting("adviser") as uow:
            confirm_batch(uow, batch_id=batch_id)

    def test_tries_again_after_the_job_died(self, world: World) -> None:
        batch_id = receive(world, GOOD)
        check(world, batch_id)
        with world.acting("adviser") as uow:
            confirm_batch(uow, batch_id=batch_id)
        with world.acting("adviser") as uow:
            for job in uow.session.scalars(select(Job).where(Job.kind == "imports.apply_batch")):
                job.state = JobState.DEAD

        with world.acting("adviser") as uow:
            confirm_batch(uow, batch_id=batch_id)

        with world.looking("adviser") as session:
            assert session.scalar(select(func.count()).where(Job.kind == "imports.apply_batch")) == 2


class TestExportRejected:
    def test_returns_the_cells_and_what_to_correct(self, world: World) -> None:
        batch_id = receive(world, GOOD, "AB13;El Fictif;Sara;Nulle part;;;;;;")
        check(world, batch_id)

        with world.acting("adviser") as uow:
            ((number, cells, problems),) = export_rejected(uow, batch_id=batch_id, vault=VAULT)

        assert (number, cells["cin"], cells["province"], problems[0].code) == (3, "AB13", "Nulle part", "word-unknown")


class TestListRejected:
    def test_shows_wrong_words_but_no_identity(self, world: World) -> None:
        batch_id = receive(world, "12-34-56-78-90;El Fictif;Sara;Nulle part;;;;;;")
        check(world, batch_id)

        with world.looking("adviser") as session:
            page = list_rejected(
                session, actor=world.actors["adviser"], batch_id=batch_id, request=ListRequest(), vault=VAULT
            )

        assert [line.values for line in page.items] == [{"province": "Nulle part"}]

    @pytest.mark.parametrize("who", ["hr_manager", "centre_manager", "analyst"])
    def test_hides_imports_from_other_organisations(self, world: World, who: str) -> None:
        batch_id = receive(world, GOOD)

        with world.looking(who) as session, pytest.raises(NotFound):
            get_batch_page(session, actor=world.actors[who], batch_id=batch_id)


class TestRoom:
    def fill(self, world: World, *, files: int, size: int) -> None:
        """Let so many files wait for their check."""
        with world.as_owner() as session:
            session.execute(
                text(
                    "INSERT INTO import_batch (agency_id, unit_id, user_id, file_name, content_sealed, state)"
                    " SELECT agency_id, unit_id, user_id, 'x', decode(repeat('00', :size), 'hex'), 'received'"
                    " FROM import_batch, generate_series(1, :files) WHERE import_batch.id = :first"
                ),
                {"size": size, "files": files, "first": receive(world, GOOD)},
            )
            session.commit()

    @pytest.mark.parametrize(("files", "size"), [(FILES_WAITING - 1, 1), (20, BYTES_WAITING // 20)])
    def test_of_files_that_wait_for_their_check_is_bounded(self, world: World, files: int, size: int) -> None:
        self.fill(world, files=files, size=size)

        with pytest.raises(RuleBroken, match="files-waiting"):
            receive(world, GOOD)

    def test_is_free_again_once_they_are_checked(self, world: World) -> None:
        self.fill(world, files=FILES_WAITING - 2, size=1)
        last = receive(world, GOOD)
        with pytest.raises(RuleBroken, match="files-waiting"):
            receive(world, GOOD)

        check(world, last)
        assert receive(world, GOOD)
