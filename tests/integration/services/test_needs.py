"""Needs on a real database: what remains of them, and who may see and change them."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from skills_bridge.domain.errors import Invalid, NotFound, NotPermitted, RuleBroken, Stale
from skills_bridge.domain.needs import Forecast, NeedState
from skills_bridge.domain.openings import CloseReason
from skills_bridge.models import Need, NeedRequirement
from skills_bridge.queries.listing import ListRequest
from skills_bridge.queries.needs import NeedPage, get_need_page, list_need_line_choices, list_needs
from skills_bridge.services.needs import NeedDraft, create_need, update_need, withdraw_need
from skills_bridge.services.openings import close_opening
from tests.factories.openings import (
    asked,
    competency_ids,
    draft_opening,
    next_quarter,
    profile_id,
    validated_opening,
    written_need,
)
from tests.factories.world import KENITRA, TANGER, World


def page_of(world: World, need_id: int, who: str = "hr_manager") -> NeedPage:
    with world.looking(who) as session:
        need = session.get(Need, need_id)
        assert need is not None
        return get_need_page(session, actor=world.actors[who], reference=need.reference)


def declare(world: World, *, who: str = "hr_manager", **changes: Any) -> None:
    with world.acting(who) as uow:
        draft = NeedDraft(**{"job_profile_id": profile_id(uow), **changes})
        create_need(uow, company_id=world.ids["company"], draft=draft)


def change(world: World, need_id: int, *, who: str = "hr_manager", version: int | None = None, **changes: Any) -> None:
    with world.acting(who) as uow:
        facts: dict[str, Any] = {
            "job_profile_id": profile_id(uow),
            "lines": (Forecast(quarter_on=next_quarter(), province_code=TANGER, posts=10),),
            **changes,
        }
        update_need(uow, need_id=need_id, version=version, draft=NeedDraft(**facts))


class TestCreateNeed:
    def test_is_seen_by_company_agency_and_association_only(self, world: World) -> None:
        need_id, _line = written_need(world)

        seen = {}
        for who in ("hr_manager", "other_hr_manager", "adviser", "officer", "analyst", "centre_manager"):
            with world.looking(who) as session:
                seen[who] = session.get(Need, need_id) is not None

        assert seen == {
            "hr_manager": True,
            "other_hr_manager": False,
            "adviser": True,
            "officer": True,
            "analyst": False,
            "centre_manager": False,
        }

    def test_refuses_what_no_list_holds(self, world: World) -> None:
        good = Forecast(quarter_on=next_quarter(), province_code=TANGER, posts=1)
        cases: list[tuple[dict[str, Any], str]] = [
            ({"lines": (Forecast(quarter_on=next_quarter(), province_code="99.999", posts=1),)}, "lines"),
            ({"lines": ()}, "lines"),
            ({"lines": (good,), "job_profile_id": 10**9}, "job_profile_id"),
            ({"lines": (good,), "requirements": (asked(10**9),)}, "requirements"),
        ]
        for changes, field in cases:
            with pytest.raises(Invalid) as refusal:
                declare(world, **changes)
            assert refusal.value.field == field

    def test_is_not_for_an_adviser(self, world: World) -> None:
        with pytest.raises(NotPermitted):
            declare(world, who="adviser", lines=(Forecast(quarter_on=next_quarter(), province_code=TANGER, posts=1),))


class TestRemaining:
    def test_falls_with_validated_posts_whatever_becomes_of_them(self, world: World) -> None:
        need_id, line = written_need(world, posts=10)
        draft_opening(world, need_line_id=line)
        untouched = page_of(world, need_id).remaining
        opening_id = validated_opening(world, need_line_id=line, terms={"posts": 4})
        with world.acting("hr_manager") as uow:
            close_opening(uow, opening_id=opening_id, reason=CloseReason.EMPLOYER_WITHDREW)

        assert (untouched, page_of(world, need_id).remaining) == (10, 6)

    def test_is_never_below_zero_and_shows_the_excess(self, world: World) -> None:
        need_id, line = written_need(world, posts=3)
        for _ in range(2):
            validated_opening(world, need_line_id=line, terms={"posts": 2})

        shown = page_of(world, need_id).lines[0]
        with world.looking("hr_manager") as session:
            row = list_needs(session, actor=world.actors["hr_manager"], request=ListRequest()).items[0]
            choice = list_need_line_choices(session, actor=world.actors["hr_manager"])[0]

        assert (shown.consumed, shown.remaining, shown.excess) == (4, 0, 1)
        assert (row.posts, row.remaining, choice.remaining) == (3, 0, 0)

    def test_shows_the_agency_only_the_openings_that_it_may_see(self, world: World) -> None:
        need_id, line = written_need(world)
        draft_opening(world, need_line_id=line)

        assert [len(page_of(world, need_id, who).lines[0].openings) for who in ("hr_manager", "adviser")] == [1, 0]


class TestUpdateNeed:
    def test_keeps_the_line_that_an_opening_names(self, world: World) -> None:
        need_id, line = written_need(world)
        draft_opening(world, need_line_id=line)
        elsewhere = Forecast(quarter_on=next_quarter(), province_code=KENITRA, posts=2)

        with pytest.raises(Invalid, match="need-line-in-use"):
            change(world, need_id, lines=(elsewhere,))
        with world.acting("hr_manager") as uow:
            other = profile_id(uow, "EM-1112")
        with pytest.raises(Invalid, match="need-profile-in-use"):
            change(world, need_id, job_profile_id=other)
        same = Forecast(quarter_on=next_quarter(), province_code=TANGER, posts=25)
        change(world, need_id, lines=(same, elsewhere))

        assert {(shown.id == line, shown.posts) for shown in page_of(world, need_id).lines} == {(True, 25), (False, 2)}

    def test_replaces_lines_and_requirements(self, world: World) -> None:
        need_id, _line = written_need(world)
        with world.acting("hr_manager") as uow:
            wanted = tuple(asked(key, level=4) for key in competency_ids(uow, "AUTO-005"))
        change(
            world,
            need_id,
            requirements=wanted,
            lines=(Forecast(quarter_on=next_quarter(2), province_code=KENITRA, posts=1),),
        )

        page = page_of(world, need_id)
        assert [(shown.province_code, shown.posts) for shown in page.lines] == [(KENITRA, 1)]
        assert [(shown.competency.code, shown.level) for shown in page.requirements] == [("AUTO-005", 4)]
        with world.as_owner() as session:
            assert session.scalar(select(func.count()).select_from(NeedRequirement)) == 1

    def test_refuses_the_page_that_is_no_longer_true(self, world: World) -> None:
        need_id, _line = written_need(world)
        version = page_of(world, need_id).version
        change(world, need_id, version=version)

        with pytest.raises(Stale):
            change(world, need_id, version=version)

    def test_is_not_for_another_company(self, world: World) -> None:
        need_id, _line = written_need(world)

        with pytest.raises(NotFound):
            change(world, need_id, who="other_hr_manager")


class TestWithdrawNeed:
    def test_ends_it_once_and_its_openings_go_on(self, world: World) -> None:
        need_id, line = written_need(world)
        validated_opening(world, need_line_id=line)
        with world.acting("hr_manager") as uow:
            withdraw_need(uow, need_id=need_id, note="Projet reporté")

        page = page_of(world, need_id)
        assert (page.state, page.moves[0].reason) == (NeedState.WITHDRAWN, "Projet reporté")
        assert page.lines[0].openings[0].posts == 2
        with pytest.raises(RuleBroken, match="need-already-withdrawn"), world.acting("hr_manager") as uow:
            withdraw_need(uow, need_id=need_id)
        with pytest.raises(RuleBroken, match="need-already-withdrawn"):
            change(world, need_id)
        with pytest.raises(Invalid, match="need-withdrawn"):
            draft_opening(world, need_line_id=line)
