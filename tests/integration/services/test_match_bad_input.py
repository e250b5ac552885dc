"""Input that must not be computed: refused with its place, before anything is written; nothing overflows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from skills_bridge.domain.errors import Invalid
from skills_bridge.domain.jobs import JobState
from skills_bridge.domain.matching import ValueOutOfRange, WrongShape
from skills_bridge.models import Job, MatchPolicy, MatchRun, Opening, Seeker
from skills_bridge.services.framework import FIRST_POLICY
from skills_bridge.services.matching import ask_full_run
from skills_bridge.tasks import runtime as tasks
from skills_bridge.tasks.matching import match_agency
from tests.factories.openings import asked, competency_ids, draft_opening, validated_opening
from tests.factories.referrals import computed_run, fitting_seeker, full_run, packed_anew, stored
from tests.factories.world import World, app_of, client_of, settings_of


def set_policy(world: World, **changes: Any) -> None:
    """Write a policy past the product, as a careless hand in the database would."""
    parameters = {**FIRST_POLICY, "mass": {**FIRST_POLICY["mass"], **changes}}
    with world.platform() as uow:
        uow.session.add(MatchPolicy(version=2, parameters=parameters, author="essai"))


class TestRequirements:
    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"level": None}, "level-out-of-range"),
            ({"level": 0}, "level-out-of-range"),
            ({"level": 5}, "level-out-of-range"),
            ({"weight": 6}, "weight-out-of-range"),
            ({"weight": 0}, "weight-out-of-range"),
        ],
    )
    def test_out_of_range_are_refused_by_name(self, world: World, changes: dict[str, Any], code: str) -> None:
        with world.acting("hr_manager") as uow:
            key = competency_ids(uow, "AUTO-001")[0]

        with pytest.raises(Invalid) as refusal:
            draft_opening(world, requirements=(asked(key, **changes),))

        assert (refusal.value.code, refusal.value.field) == (code, "requirements")
        with world.as_owner() as session:
            assert session.scalars(select(Opening.id)).all() == []

    def test_of_more_than_sixteen_are_refused(self, world: World) -> None:
        with world.acting("hr_manager") as uow:
            keys = competency_ids(uow, *(f"AUTO-{number:03d}" for number in range(1, 18)))

        with pytest.raises(Invalid) as refusal:
            draft_opening(world, requirements=tuple(asked(key) for key in keys))

        assert refusal.value.facts["count"] == 17

    @pytest.mark.parametrize("wrong", ["weight = 6", "level = 0", "level = NULL"])
    def test_are_refused_by_the_database_too(self, world: World, wrong: str) -> None:
        draft_opening(world)

        with pytest.raises(IntegrityError), world.as_owner() as session:
            session.execute(text(f"UPDATE requirement SET {wrong}"))

    def test_of_the_greatest_weight_reach_the_whole_score_and_no_more(self, world: World) -> None:
        with world.acting("hr_manager") as uow:
            codes = [f"AUTO-{number:03d}" for number in range(1, 17)]
            keys = competency_ids(uow, *codes)
        opening_id = validated_opening(world, requirements=tuple(asked(key, level=4, weight=5) for key in keys))
        fitting_seeker(world, levels=dict.fromkeys(codes, 4))
        with world.as_owner() as session:
            session.execute(text("UPDATE held_competency SET evidence = 'certified'"))
            session.commit()
        packed_anew(world)

        run_id = computed_run(world, opening_id)

        with world.as_owner() as session:
            row = session.execute(text("SELECT points, score, order_key FROM match_result")).one()
        assert (row.points, row.score) == (20_000, 10_000)
        assert 0 < row.order_key < 2**63
        assert stored(world, MatchRun, run_id).counts["classes"]["ready"] == 1


class TestPolicy:
    @pytest.mark.parametrize(
        ("changes", "refusal"),
        [
            ({"tolerance": 9}, ValueOutOfRange),
            ({"declared_percent": 40}, ValueOutOfRange),
            ({"longest_list": 10**6}, ValueOutOfRange),
            ({"close_percent": 80.5}, WrongShape),
            ({"close_percent": None}, WrongShape),
        ],
    )
    def test_that_breaks_its_ranges_computes_nothing(
        self, world: World, changes: dict[str, Any], refusal: type[Exception]
    ) -> None:
        opening_id = validated_opening(world)
        fitting_seeker(world)
        set_policy(world, **changes)

        with pytest.raises(refusal):
            computed_run(world, opening_id)
        with pytest.raises(refusal):
            full_run(world)

        with world.platform() as uow:
            assert uow.session.scalars(select(MatchRun.id)).all() == []

    def test_that_breaks_its_ranges_is_told_to_the_reader(self, world: World, tmp_path: Path) -> None:
        opening_id = validated_opening(world)
        seeker_id = fitting_seeker(world)
        set_policy(world, tolerance=9)
        reference, person = stored(world, Opening, opening_id).reference, stored(world, Seeker, seeker_id).public_id

        answer = client_of(app_of(world.urls, tmp_path), world, "adviser").get(
            f"/openings/{reference}/matching/{person}"
        )

        assert answer.status_code == 409
        assert "Policy.tolerance vaut 9, hors de ses limites" in answer.get_data(as_text=True)

    def test_that_breaks_its_ranges_ends_the_job_with_its_cause(self, world: World, tmp_path: Path) -> None:
        set_policy(world, tolerance=9)
        with world.acting("unit_manager") as uow:
            ask_full_run(uow, agency_id=world.ids["agency"])
        with world.as_owner() as session:
            job_id = session.scalars(select(Job.id)).one()
        shared = tasks.start_runtime(settings_of(world.urls, tmp_path))
        try:
            match_agency(job_id)
        finally:
            shared.engine.dispose()
            shared.report_engine.dispose()

        with world.as_owner() as session:
            job = session.get_one(Job, job_id)
        shown = client_of(app_of(world.urls, tmp_path), world, "unit_manager").get(f"/jobs/{job_id}")
        assert job.state is JobState.DEAD
        assert "Policy.tolerance[0]: 9" in shown.get_data(as_text=True)
        assert "prévenez l’administration" in shown.get_data(as_text=True)
