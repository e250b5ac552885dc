"""The lists that runs write are those of the plain engine over the files, whatever index they were made with."""

from __future__ import annotations

import json
import random
import resource
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills_bridge.adapters.match_index import MatchIndexFiles
from skills_bridge.domain.accounts import CLOCK, PLATFORM_SCOPE
from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.framework import Evidence
from skills_bridge.domain.openings import Conditions
from skills_bridge.engine.arrays import NO_VALUE, day_number
from skills_bridge.engine.pool import build_pool
from skills_bridge.engine.results import RESULT_CLASSES
from skills_bridge.engine.shortlist import shortlist
from skills_bridge.models import AuditEntry, Competency, Job, MatchCount, MatchResult, MatchRun, MatchTerms, Opening
from skills_bridge.queries.matching.codes import get_codebook
from skills_bridge.queries.matching.opening_input import list_live_openings, opening_columns
from skills_bridge.queries.matching.packed import get_reference_version, get_source
from skills_bridge.queries.matching.run_input import (
    get_cohort_columns,
    get_policy_input,
    get_relation_columns,
    get_seeker_columns,
)
from skills_bridge.services.matching import compute_full_run, compute_shortlist, rehearse
from skills_bridge.services.matching import counting as counting_module
from skills_bridge.services.matching import reading as reading_module
from skills_bridge.services.seekers import pause_seeker
from skills_bridge.services.seekers.bulk import Desk, declare_levels, open_files
from skills_bridge.unit_of_work import taken_back
from tests.factories.openings import asked, competency_ids, validated_opening
from tests.factories.referrals import fitting_seeker, hold, silent, stored
from tests.factories.seekers import a_profile, a_registration
from tests.factories.world import CASABLANCA, FAHS_ANJRA, KENITRA, TANGER, VAULT, World

CODES = tuple(f"AUTO-{number:03d}" for number in range(1, 13))
Row = tuple[Any, ...]


@pytest.fixture
def crowded(world: World) -> World:
    """Return a world with 120 invented people and four openings."""
    chance = random.Random(11)
    provinces = (TANGER, FAHS_ANJRA, KENITRA, CASABLANCA)
    people = [
        a_registration(
            profile=a_profile(
                mobility=chance.choice([None, (TANGER,), tuple(chance.sample(provinces, 2))]),
                contracts=chance.choice([None, ("cdi",), ("cdd",), ()]),
                experience_months=chance.choice([None, 0, 12, 60]),
                licences=chance.choice([None, (), ("driving_b",)]),
            )
        )
        for _ in range(120)
    ]
    desk = Desk(agency_id=world.ids["agency"], unit_id=world.units["north"], user_id=None)
    with world.acting("adviser") as uow:
        seekers, _ = open_files(uow, people=people, desk=desk, vault=VAULT)
        keys = uow.session.scalars(select(Competency.id).where(Competency.code.in_(CODES))).all()
        told = [(one, {key: chance.randint(1, 4) for key in chance.sample(keys, 8)}) for one in seekers[20:]]
        declare_levels(uow, people=told)
    with world.acting("hr_manager") as uow:
        one, two, three, four = competency_ids(uow, *CODES[:4])
    validated_opening(world, requirements=(asked(one), asked(two, level=3), asked(three, is_must=False, level=4)))
    validated_opening(world, requirements=(asked(four, evidence_asked=Evidence.ASSESSED),))
    validated_opening(world, requirements=())
    validated_opening(
        world, requirements=(asked(one, level=1),), conditions=Conditions(experience_months=12), terms={"posts": 30}
    )
    return world


def plain_rows(world: World) -> dict[int, tuple[set[Row], Mapping[str, int]]]:
    """Return rows and counts of every live opening by the plain engine, from the files."""
    with world.platform() as uow:
        session, agency, today = uow.session, world.ids["agency"], local_day(uow.now)
        live, book = list_live_openings(session, agency_id=agency), get_codebook(session)
        needed = {one.competency for opening in live for one in opening.requirements}
        people = get_seeker_columns(session, agency_id=agency, book=book)
        pool = build_pool(people, get_relation_columns(session, needed), as_of=day_number(today))
        openings, cohorts = opening_columns(live, book), get_cohort_columns(session, as_of=today, book=book)
        found = shortlist(pool, openings, cohorts, get_policy_input(session).policies)
    rows: dict[int, tuple[set[Row], Mapping[str, int]]] = {}
    for place, opening in enumerate(live):
        lines = range(int(found.start[place]), int(found.start[place + 1]))
        rows[opening.id] = (
            {
                (
                    int(people.seeker_id[found.seeker[line]]),
                    RESULT_CLASSES[found.result_class[line]].value,
                    int(found.rank[line]),
                    int(found.points[line]),
                    None if found.score[line] == NO_VALUE else int(found.score[line]),
                    int(found.order_key[line]),
                )
                for line in lines
            },
            {kind.value: count for kind, count in found.counts_of(place).items()},
        )
    return rows


def written_rows(world: World) -> dict[int, tuple[set[Row], Mapping[str, int]]]:
    """Return rows and counts of every live opening as they are shown."""
    with world.platform() as uow:
        found = {}
        for opening in uow.session.scalars(select(Opening).where(Opening.state == "validated")).all():
            where = MatchResult.run_id == opening.current_run_id, MatchResult.opening_id == opening.id
            rows = {
                (row.seeker_id, row.result_class.value, row.rank, row.points, row.score, row.order_key)
                for row in uow.session.scalars(select(MatchResult).where(*where))
            }
            counts = uow.session.get_one(MatchCount, (opening.current_run_id, opening.id)).counts
            found[opening.id] = (rows, counts["classes"])
        return found


def full_run(world: World, files: MatchIndexFiles | None) -> int:
    with world.platform() as uow:
        return compute_full_run(uow, agency_id=world.ids["agency"], progress=silent, files=files)


def run_each(world: World, files: MatchIndexFiles | None) -> list[int]:
    with world.platform() as uow:
        keys = uow.session.scalars(select(Opening.id).where(Opening.state == "validated")).all()
    runs = []
    for key in keys:
        with world.platform() as uow:
            runs.append(compute_shortlist(uow, opening_id=key, progress=silent, files=files))
    return runs


class TestRuns:
    def test_write_what_the_plain_engine_finds_in_the_files(self, crowded: World, tmp_path: Path) -> None:
        files = MatchIndexFiles(tmp_path)

        full_run(crowded, files)
        assert written_rows(crowded) == plain_rows(crowded)
        run_each(crowded, files)

        assert written_rows(crowded) == plain_rows(crowded)
        assert any(rows for rows, _ in plain_rows(crowded).values())

    def test_follow_those_who_changed_since_the_index_was_built(self, crowded: World, tmp_path: Path) -> None:
        files = MatchIndexFiles(tmp_path)
        full_run(crowded, files)
        before = files.newest(crowded.ids["agency"])
        changed = [row[0] for rows, _ in written_rows(crowded).values() for row in sorted(rows, key=str)[:3]]
        for seeker_id in sorted(set(changed))[::2]:
            hold(crowded, seeker_id, "AUTO-001", 4)
        for seeker_id in sorted(set(changed))[1::2]:
            with crowded.acting("adviser") as uow:
                pause_seeker(uow, seeker_id=seeker_id)
        fitting_seeker(crowded)

        run_each(crowded, files)

        assert written_rows(crowded) == plain_rows(crowded)
        assert files.newest(crowded.ids["agency"]) is before
        assert len(list(tmp_path.iterdir())) == 1

    def test_say_what_is_true_where_not_everybody_is_counted(
        self, crowded: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(counting_module, "MOST_PAIRS", 1)

        run_id = full_run(crowded, MatchIndexFiles(tmp_path))

        expected = plain_rows(crowded)
        assert "classes" not in stored(crowded, MatchRun, run_id).counts
        with crowded.platform() as uow:
            for opening_id, (_, classes) in expected.items():
                counts = uow.session.get_one(MatchCount, (run_id, opening_id)).counts
                assert counts["classes"].items() <= classes.items()
                assert all(count <= classes[kind] for kind, count in counts["at_least"].items())
                assert set(counts) == {"pool", "asked", "classes", "at_least"}


class TestIndexFiles:
    def test_of_lists_that_changed_are_not_used(self, crowded: World, tmp_path: Path) -> None:
        files = MatchIndexFiles(tmp_path)
        full_run(crowded, files)
        with crowded.as_owner() as session:
            session.connection().exec_driver_sql("UPDATE match_reference SET version = version + 1")
            session.commit()

        run_each(crowded, files)
        run_each(crowded, files)

        assert written_rows(crowded) == plain_rows(crowded)
        saved = files.newest(crowded.ids["agency"])
        assert saved is not None
        with crowded.platform() as uow:
            assert saved.source == get_source(uow.session)
            assert saved.source.endswith(f"-{get_reference_version(uow.session)}")

    def test_cut_short_or_of_another_format_are_left_aside(self, crowded: World, tmp_path: Path) -> None:
        full_run(crowded, MatchIndexFiles(tmp_path))
        (folder,) = tmp_path.iterdir()
        agency = crowded.ids["agency"]
        column = folder / "people" / "SeekerColumns.registered_day.npy"
        column.write_bytes(column.read_bytes()[:100])
        assert MatchIndexFiles(tmp_path).newest(agency) is None
        about = folder / "about.json"
        about.write_text(json.dumps(json.loads(about.read_text()) | {"format": 0}))
        assert MatchIndexFiles(tmp_path).newest(agency) is None

        run_each(crowded, MatchIndexFiles(tmp_path))

        assert written_rows(crowded) == plain_rows(crowded)

    def test_keep_the_two_newest(self, world: World, tmp_path: Path) -> None:
        fitting_seeker(world)
        files = MatchIndexFiles(tmp_path)
        killed = tmp_path / f".agency-{world.ids['agency']}-7-{2**22 + 1}"  # no process has a greater number than 2**22
        killed.mkdir()

        runs = [full_run(world, files) for _ in range(3)]

        assert not killed.exists()
        kept = sorted(int(path.name.rsplit("-", 1)[1]) for path in tmp_path.iterdir())
        assert kept == runs[1:]
        assert files.agencies() == [world.ids["agency"]]

    def test_that_find_no_room_cost_no_run(self, crowded: World, tmp_path: Path) -> None:
        agency, limits = crowded.ids["agency"], resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (500, limits[1]))  # no file grows longer, as on a full disk
        try:
            full_run(crowded, MatchIndexFiles(tmp_path))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)

        assert written_rows(crowded) == plain_rows(crowded)
        assert list(tmp_path.iterdir()) == []
        assert MatchIndexFiles(tmp_path).newest(agency) is None


def rehearsed(crowded: World, files: MatchIndexFiles) -> tuple[bool, list[tuple[int, int]]]:
    """Return whether there was anything to rehearse, and the progress told."""
    told: list[tuple[int, int]] = []
    with (
        Session(crowded.engines["worker"]) as session,
        taken_back(session, actor=CLOCK, scope=PLATFORM_SCOPE) as uow,
    ):
        agency = crowded.ids["agency"]
        done = rehearse(uow, agency_id=agency, files=files, progress=lambda *step: told.append(step))
    return done, told


def everything(crowded: World) -> list[int]:
    """Return how many rows there are of each thing that a run leaves."""
    tables = (MatchRun, MatchCount, MatchTerms, MatchResult, Job, AuditEntry)
    with crowded.as_owner() as session:
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


class TestRehearse:
    def test_makes_a_whole_list_and_keeps_nothing(self, crowded: World, tmp_path: Path) -> None:
        files = MatchIndexFiles(tmp_path)
        assert rehearsed(crowded, files) == (False, [])
        full_run(crowded, files)
        rows, before = written_rows(crowded), everything(crowded)

        done, told = rehearsed(crowded, files)

        assert done
        assert told[0][0] == 0 < told[-1][0] == told[-1][1]
        assert everything(crowded) == before
        assert written_rows(crowded) == rows
        assert len(list(tmp_path.iterdir())) == 1

    def test_leaves_a_list_for_which_everybody_is_read_anew(
        self, crowded: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        files = MatchIndexFiles(tmp_path)
        full_run(crowded, files)
        monkeypatch.setattr(reading_module, "MOST_CHANGED", -1)

        assert rehearsed(crowded, files) == (False, [])
