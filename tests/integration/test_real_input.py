"""Matching on real input, through the real worker: official frameworks and real advertisements."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.settings import load_settings
from skills_bridge.adapters.development import forget_checkout, local_stack
from skills_bridge.cli.database import upgrade_schema
from skills_bridge.cli.demo.founding import Founding
from skills_bridge.cli.demo.real_input import ADVERTISEMENTS, RealInput, try_real_input, write_report
from skills_bridge.cli.demo.stage import staged
from skills_bridge.cli.demo.telling import Telling
from skills_bridge.reference import lists
from skills_bridge.services.framework import load_reference

pytestmark = [pytest.mark.timeout(300), pytest.mark.real_data]

PEOPLE = 400


@pytest.fixture(scope="module")
def found(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealInput]:
    folder = tmp_path_factory.mktemp("real") / "var"
    try:
        with local_stack(folder, environ={}, throwaway=True) as stack:
            upgrade_schema(stack.databases.owner)
            with staged(load_settings(stack.environ), Telling()) as stage:
                founding = Founding(stage)
                founding.mark()
                with stage.platform() as uow:
                    load_reference(uow, lists)
                founding.found()
                stack.start_processes()
                outcome = try_real_input(stage, real_data, people=PEOPLE)
                print(write_report(outcome, stack.folder).read_text(encoding="utf-8"))  # noqa: T201  # the report is asked for
                yield outcome
    finally:
        forget_checkout(folder)


class TestTryRealInput:
    def test_counts_what_the_file_holds(self, found: RealInput, real_data: Path) -> None:
        with (real_data / ADVERTISEMENTS).open(encoding="utf-8-sig", newline="") as file:
            ticked = [json.loads(row["competences_json"] or "[]") for row in csv.DictReader(file)]
        coded = [[one for one in row if one.get("code")] for row in ticked]

        assert len(found.advertisements.rows) == len(ticked) == 91
        assert found.advertisements.ticked == sum(len(row) for row in ticked)
        assert found.advertisements.without_code == sum(
            len(row) - len(kept) for row, kept in zip(ticked, coded, strict=True)
        )
        assert found.advertisements.without_competency == sum(1 for row in coded if not row)

    def test_opens_every_advertisement(self, found: RealInput) -> None:
        assert (found.opened, found.refused) == (91, 0)

    def test_fills_lists_and_says_why(self, found: RealInput) -> None:
        assert found.filled > 91 // 2
        assert sum(1 for line in found.matches if line.startswith("- ")) == 10
        assert any("held at level" in line for line in found.matches)
