"""The commands of matching: what they ask for, what they prove, what they refuse."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, update

from skills_bridge.cli.matching import match
from skills_bridge.models import Job, MatchRun, Opening, Seeker
from tests.factories.openings import validated_opening
from tests.factories.referrals import computed_run, fitting_seeker, full_run, stored
from tests.factories.world import World, settings_of


@pytest.fixture
def opening_id(world: World) -> int:
    return validated_opening(world)


def run(world: World, folder: Path, *arguments: str) -> Result:
    """Run one command of matching."""
    settings = settings_of(world.urls, folder)
    return CliRunner().invoke(match, list(arguments), obj=lambda: settings)


def kinds_due(world: World) -> list[str]:
    with world.as_owner() as session:
        return sorted(session.scalars(select(Job.kind).where(Job.kind.like("matching.%"), Job.state == "due")))


def forget_jobs(world: World) -> None:
    with world.platform() as uow:
        uow.session.execute(update(Job).values(state="done"))


class TestAsking:
    def test_for_all_is_one_run_and_asked_once(self, world: World, opening_id: int, tmp_path: Path) -> None:
        forget_jobs(world)

        first, second = (run(world, tmp_path, "all").output for _ in range(2))

        assert (first, second) == ("1 full run asked for\n", "already waiting or at work\n")
        assert kinds_due(world) == ["matching.match_agency"]
        assert opening_id

    def test_for_openings_is_a_run_each(self, world: World, opening_id: int, tmp_path: Path) -> None:
        forget_jobs(world)

        assert run(world, tmp_path, "openings").output == "1 shortlists asked for\n"
        assert kinds_due(world) == ["matching.match_opening"]
        assert opening_id

    def test_for_one_names_it(self, world: World, opening_id: int, tmp_path: Path) -> None:
        reference = stored(world, Opening, opening_id).reference
        forget_jobs(world)

        assert run(world, tmp_path, "opening", reference).output == f"{reference}: asked for\n"
        assert run(world, tmp_path, "opening", reference).output == f"{reference}: already waiting for a worker\n"
        assert run(world, tmp_path, "opening", "OF-1").exit_code == 1


class TestReplay:
    def test_proves_the_same_bytes(self, world: World, opening_id: int, tmp_path: Path) -> None:
        fitting_seeker(world)
        done = run(world, tmp_path, "replay", str(full_run(world)))

        assert done.exit_code == 0
        assert done.output == ("input: the same\nlists: the same\nrows in the database: 1 compared, 0 different\n")
        assert opening_id

    def test_fails_on_another_result_and_names_another_engine(
        self, world: World, opening_id: int, tmp_path: Path
    ) -> None:
        run_id = full_run(world)
        with world.platform() as uow:
            changes = {"result_digest": b"x", "engine_version": "0.1"}
            uow.session.execute(update(MatchRun).where(MatchRun.id == run_id).values(**changes))

        done = run(world, tmp_path, "replay", str(run_id))

        assert done.exit_code == 1
        assert "engine 0.1 then" in done.output
        assert "lists: DIFFERENT" in done.output
        assert opening_id

    def test_refuses_what_is_not_there(self, world: World, opening_id: int, tmp_path: Path) -> None:
        alone = computed_run(world, opening_id)

        assert "there is no such run" in run(world, tmp_path, "replay", "999").output
        assert "its input is kept for full runs" in run(world, tmp_path, "replay", str(alone)).output


class TestDiff:
    def test_lists_what_moved_and_why(self, world: World, opening_id: int, tmp_path: Path) -> None:
        before = full_run(world)
        seeker_id = fitting_seeker(world)
        after = full_run(world)

        done = run(world, tmp_path, "diff", str(before), str(after))

        reference = stored(world, Opening, opening_id).reference
        pseudonym = stored(world, Seeker, seeker_id).pseudonym
        assert done.output == f"{reference}\t{pseudonym}\t- -> ready 1\tperson\n1 moved\n"

    def test_of_a_run_and_itself_is_empty(self, world: World, opening_id: int, tmp_path: Path) -> None:
        run_id = str(full_run(world))

        assert run(world, tmp_path, "diff", run_id, run_id).output == "0 moved\n"
        assert opening_id
