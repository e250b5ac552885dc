"""A change of a live opening that its company takes back before the agency has answered."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from skills_bridge.domain.errors import AlreadyDone, NotFound, NotPermitted, Stale
from skills_bridge.domain.openings import OpeningState
from skills_bridge.models import AuditEntry, OpeningRevision, StateChange
from skills_bridge.queries.listing import ListRequest
from skills_bridge.queries.openings import get_opening_page, list_openings
from skills_bridge.services.openings import refuse_opening, update_opening, validate_opening, withdraw_change
from tests.factories.openings import opening_draft, submitted_opening, validated_opening
from tests.factories.referrals import at_once
from tests.factories.world import World


def change(world: World, opening_id: int, *, posts: int) -> None:
    """Ask for more posts of a live opening."""
    with world.acting("hr_manager") as uow:
        update_opening(uow, opening_id=opening_id, draft=opening_draft(uow, world, terms={"posts": posts}))


def changed_opening(world: World) -> int:
    """Bring an opening of two posts to a change that asks for five."""
    opening_id = validated_opening(world)
    change(world, opening_id, posts=5)
    return opening_id


def take_back(world: World, opening_id: int, *, who: str = "hr_manager", version: int | None = None) -> None:
    with world.acting(who) as uow:
        withdraw_change(uow, opening_id=opening_id, version=version)


def last_revision(world: World, opening_id: int) -> OpeningRevision:
    with world.as_owner() as session:
        rows = select(OpeningRevision).where(OpeningRevision.opening_id == opening_id)
        return session.scalars(rows.order_by(OpeningRevision.number.desc())).first() or pytest.fail("no revision")


class TestWithdrawChange:
    def test_leaves_the_validated_revision_in_force_and_nothing_to_judge(self, world: World) -> None:
        opening_id = changed_opening(world)

        take_back(world, opening_id)

        with world.looking("adviser") as session:
            actor = world.actors["adviser"]
            waiting = list_openings(session, actor=actor, request=ListRequest(filters={"todo": "validate"}))
            (line,) = list_openings(session, actor=actor, request=ListRequest()).items
            page = get_opening_page(session, actor=actor, reference=line.reference)
        assert waiting.total == 0
        assert page.state is OpeningState.VALIDATED
        assert (page.terms.in_force is not None, page.terms.waiting, page.terms.refused) == (True, None, None)
        assert page.terms.in_force is not None
        assert page.terms.in_force.posts == 2

    def test_is_told_in_the_history_and_in_the_audit(self, world: World) -> None:
        opening_id = changed_opening(world)

        take_back(world, opening_id)

        revision_id = last_revision(world, opening_id).id
        with world.looking("hr_manager") as session:
            steps = select(StateChange.from_state, StateChange.to_state).where(
                StateChange.object_kind == "opening_revision", StateChange.object_id == revision_id
            )
            acts = select(AuditEntry.act).where(AuditEntry.object_kind == "opening_revision")
            assert ("submitted", "withdrawn") in session.execute(steps).all()
            assert "opening_revision.withdrawn" in session.scalars(acts).all()

    def test_lets_the_next_change_start_from_what_is_in_force(self, world: World) -> None:
        opening_id = changed_opening(world)
        take_back(world, opening_id)

        change(world, opening_id, posts=2)
        assert last_revision(world, opening_id).withdrawn_at is not None  # the same as in force: nothing to submit

        change(world, opening_id, posts=5)
        assert (last_revision(world, opening_id).posts, last_revision(world, opening_id).withdrawn_at) == (5, None)

    @pytest.mark.parametrize("who", ["adviser", "other_hr_manager"])
    def test_is_for_the_company_alone(self, world: World, who: str) -> None:
        opening_id = changed_opening(world)

        with pytest.raises((NotPermitted, NotFound)):
            take_back(world, opening_id, who=who)

    def test_comes_once_and_only_where_a_change_waits(self, world: World) -> None:
        opening_id = changed_opening(world)
        take_back(world, opening_id)

        for key in (opening_id, validated_opening(world), submitted_opening(world)):
            with pytest.raises(AlreadyDone, match="no-change-waiting"):
                take_back(world, key)

    def test_ends_the_agencys_judgement(self, world: World) -> None:
        opening_id = changed_opening(world)
        take_back(world, opening_id)

        with pytest.raises(AlreadyDone), world.acting("adviser") as uow:
            refuse_opening(uow, opening_id=opening_id, reason="Trop tard.")

    def test_takes_back_what_the_person_read(self, world: World) -> None:
        with pytest.raises(Stale):
            take_back(world, changed_opening(world), version=1)

    def test_wins_or_loses_whole_against_a_validation(self, world: World) -> None:
        opening_id = changed_opening(world)

        def validate() -> None:
            with world.acting("adviser") as uow:
                validate_opening(uow, opening_id=opening_id)

        found = at_once([validate, lambda: take_back(world, opening_id)])

        assert [type(one) for one in found if one is not None] == [AlreadyDone]
        revision = last_revision(world, opening_id)
        assert (revision.validated_at is None) != (revision.withdrawn_at is None)
