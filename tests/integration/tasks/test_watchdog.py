"""When a worker counts as silent: work is due, its sender lives, and nobody takes any for the whole patience."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update

from skills_bridge.adapters.celery import QUEUES, TASK_ROUTES, kinds_of
from skills_bridge.domain.events import MatchAsked
from skills_bridge.models import Job
from skills_bridge.queries.jobs import is_left_standing
from skills_bridge.services.jobs import mark_broker_seen
from skills_bridge.tasks.watchdog import Watchdog
from tests.factories.world import World

MATCHING = ("matching.",)
LATELY = timedelta(seconds=15)


@pytest.fixture
def waiting(world: World) -> World:
    """Return a world in which a list is due, and relay and broker were seen just now."""
    with world.acting("adviser") as uow:
        uow.record(MatchAsked(1))
    with world.platform() as uow:
        mark_broker_seen(uow)
    return world


def change(world: World, job_id: int | None = None, **values: str) -> None:
    """Change one job, or all, behind the rules; values are SQL."""
    with world.as_owner() as session:
        which = Job.id > 0 if job_id is None else Job.id == job_id
        session.execute(update(Job).where(which).values({name: text(value) for name, value in values.items()}))
        session.commit()


def is_standing(world: World, kinds: tuple[str, ...] = MATCHING) -> bool:
    with world.platform() as uow:
        return is_left_standing(uow.session, kinds=kinds, lately=LATELY)


class TestIsLeftStanding:
    def test_holds_while_work_is_due_or_sent_and_nobody_takes_it(self, waiting: World) -> None:
        assert is_standing(waiting)
        change(waiting, state="'sent'", lease_until="now() + interval '1 minute'")
        assert is_standing(waiting)

    def test_is_about_the_work_of_this_worker(self, waiting: World) -> None:
        assert not is_standing(waiting, ("notices.", "accounts."))
        assert not is_standing(waiting, ("matching_",)), "an underline stands for itself"

    def test_does_not_hold_before_work_is_due(self, waiting: World) -> None:
        change(waiting, due_at="now() + interval '1 second'")
        assert not is_standing(waiting)

    def test_does_not_hold_while_somebody_works(self, waiting: World) -> None:
        with waiting.acting("adviser") as uow:
            uow.record(MatchAsked(2))
        with waiting.as_owner() as session:
            first = session.scalars(select(func.min(Job.id))).one()
        change(
            waiting,
            first,
            state="'running'",
            lease_until="now() + interval '20 s'",
            started_at="now() - interval '1 h'",
        )
        assert not is_standing(waiting)
        change(waiting, first, lease_until="now() - interval '1 s'")
        assert is_standing(waiting), "a lease that ran out is nobody's"

    def test_does_not_hold_where_some_was_taken_lately(self, waiting: World) -> None:
        change(waiting, started_at="now() - interval '14 seconds'")
        assert not is_standing(waiting)
        change(waiting, started_at="now() - interval '16 seconds'")
        assert is_standing(waiting)

    def test_blames_no_worker_for_a_broker_that_is_down(self, waiting: World) -> None:
        with waiting.as_owner() as session:
            session.execute(text("UPDATE platform_state SET broker_seen_at = now() - interval '21 seconds'"))
            session.commit()
        assert not is_standing(waiting)


class TestWatchdog:
    def test_waits_for_its_whole_patience_and_forgives_by_one_look(self) -> None:
        now = [0.0]
        watchdog = Watchdog(120, clock=lambda: now[0])
        found = []
        for at, standing in ((0, True), (119, True), (120, False), (130, True), (249, True), (250, True)):
            now[0] = at
            found.append(watchdog.sees(standing=standing))
        assert found == [False, False, False, False, False, True]


class TestKindsOf:
    def test_shares_out_all_kinds_among_the_queues(self) -> None:
        shared = [kind for queue in QUEUES for kind in kinds_of([queue])]
        assert sorted(shared) == sorted(pattern.removesuffix("*") for pattern in TASK_ROUTES)
        assert kinds_of(["match"]) == MATCHING
