"""The table of jobs: sent, claimed once, brought back, given up after three attempts."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from skills_bridge.adapters.broker import BrokerDown, NullBroker
from skills_bridge.domain.errors import AlreadyDone, NotFound, NotPermitted, RuleBroken
from skills_bridge.domain.events import MatchAsked
from skills_bridge.domain.jobs import JobState
from skills_bridge.models import Job
from skills_bridge.queries.jobs import get_progress
from skills_bridge.services.jobs import (
    Claim,
    cancel_job,
    claim_job,
    ensure_period,
    fail_job,
    finish_job,
    relay_batch,
    renew_lease,
    report_progress,
    retry_job,
    sweep_leases,
)
from skills_bridge.unit_of_work import utc_now
from tests.factories.world import World


class DeadBroker(NullBroker):
    """A broker that does not answer."""

    def send(self, kind: str, job_id: int) -> None:
        raise BrokerDown


@pytest.fixture
def job_id(world: World) -> int:
    """A job that the agency asked for."""
    with world.acting("adviser") as uow:
        uow.record(MatchAsked(1, occasion="test"))
    with world.as_owner() as session:
        return session.scalars(select(Job.id).where(Job.kind == "matching.match_opening")).one()


def job_of(world: World, job_id: int) -> Job:
    with world.as_owner() as session:
        return session.get_one(Job, job_id)


def claim(world: World, job_id: int) -> Claim:
    with world.platform() as uow:
        found = claim_job(uow, job_id=job_id)
    assert found is not None
    return found


def forget_lease(world: World, job_id: int) -> None:
    with world.as_owner() as session:
        session.execute(text("UPDATE job SET lease_until = now() - interval '1 second' WHERE id = :id"), {"id": job_id})
        session.commit()


class TestRecordedEvents:
    def test_become_one_job_however_often_they_are_recorded(self, world: World, job_id: int) -> None:
        with world.acting("adviser") as uow:
            uow.record(MatchAsked(1, occasion="test"))

        with world.as_owner() as session:
            assert len(session.scalars(select(Job).where(Job.kind == "matching.match_opening")).all()) == 1
        assert job_of(world, job_id).dedupe_key.startswith(f"{world.ids['agency']}:")

    def test_ask_for_nothing_when_the_transaction_fails(self, world: World) -> None:
        def fail() -> None:
            with world.acting("adviser") as uow:
                uow.record(MatchAsked(2))
                raise RuleBroken("any")

        with pytest.raises(RuleBroken):
            fail()

        with world.as_owner() as session:
            assert session.scalars(select(Job).where(Job.object_id == 2)).all() == []


class TestRelayBatch:
    def test_sends_each_due_job_once_even_with_several_relays(self, world: World) -> None:
        with world.acting("adviser") as uow:
            for number in range(40):
                uow.record(MatchAsked(number))
        broker = NullBroker()

        def relay() -> None:
            with world.platform() as uow:
                relay_batch(uow, broker=broker)

        threads = [threading.Thread(target=relay) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(job for _, job in broker.sent) == sorted({job for _, job in broker.sent})
        assert len(broker.sent) == 40

    def test_leaves_jobs_due_while_the_broker_is_down(self, world: World, job_id: int) -> None:
        with pytest.raises(BrokerDown), world.platform() as uow:
            relay_batch(uow, broker=DeadBroker())

        assert job_of(world, job_id).state is JobState.DUE

    def test_waits_for_the_hour_of_a_job(self, world: World) -> None:
        with world.platform() as uow:
            ensure_period(uow, kind="figures.compute_open_month", period="1", due_at=utc_now() + timedelta(hours=1))
            assert relay_batch(uow, broker=NullBroker()) == 0


class TestClaimJob:
    def test_gives_a_job_to_one_attempt_only(self, world: World, job_id: int) -> None:
        claim(world, job_id)

        with world.platform() as uow:
            assert claim_job(uow, job_id=job_id) is None

    def test_refuses_the_effect_of_an_attempt_that_lost_its_lease(self, world: World, job_id: int) -> None:
        first = claim(world, job_id)
        forget_lease(world, job_id)
        second = claim(world, job_id)

        with pytest.raises(AlreadyDone), world.platform() as uow:
            finish_job(uow.session, claim=first)
        with world.platform() as uow:
            assert renew_lease(uow, claim=first) is False
            finish_job(uow.session, claim=second)
        assert job_of(world, job_id).state is JobState.DONE


class TestSweepLeases:
    def test_brings_a_lost_job_back_twice_and_then_gives_it_up(self, world: World, job_id: int) -> None:
        states = []
        for _ in range(3):
            claim(world, job_id)
            forget_lease(world, job_id)
            with world.platform() as uow:
                sweep_leases(uow)
            states.append(job_of(world, job_id).state)

        assert states == [JobState.DUE, JobState.DUE, JobState.DEAD]
        assert job_of(world, job_id).last_error == "worker-lost"

    def test_leaves_a_living_job_alone(self, world: World, job_id: int) -> None:
        claim(world, job_id)

        with world.platform() as uow:
            assert sweep_leases(uow) == 0


class TestFailJob:
    def test_waits_longer_before_each_attempt_and_keeps_the_cause(self, world: World, job_id: int) -> None:
        first = claim(world, job_id)
        with world.platform() as uow:
            fail_job(uow, claim=first, error="ValueError")

        job = job_of(world, job_id)
        assert (job.state, job.last_error) == (JobState.DUE, "ValueError")
        assert job.due_at > utc_now()

    def test_gives_a_refusal_of_the_business_up_at_once(self, world: World, job_id: int) -> None:
        first = claim(world, job_id)
        with world.platform() as uow:
            fail_job(uow, claim=first, error="NotFound", is_final=True)

        assert job_of(world, job_id).state is JobState.DEAD


class TestProgress:
    def test_tells_an_attempt_that_lost_its_job_to_stop(self, world: World, job_id: int) -> None:
        with world.platform() as uow:
            claim = claim_job(uow, job_id=job_id)
        assert claim is not None
        with world.acting("unit_manager") as uow:
            cancel_job(uow, job_id=job_id)

        with pytest.raises(AlreadyDone), world.platform() as uow:
            report_progress(uow, claim=claim, done=3, total=10)

    def test_is_seen_by_the_organisation_that_asked_and_by_nobody_else(self, world: World, job_id: int) -> None:
        with world.platform() as uow:
            claim = claim_job(uow, job_id=job_id)
        assert claim is not None
        with world.platform() as uow:
            report_progress(uow, claim=claim, done=3, total=10)

        with world.looking("adviser") as session:
            progress = get_progress(session, actor=world.actors["adviser"], job_id=job_id)
        assert (progress.done, progress.total, progress.is_final) == (3, 10, False)
        with world.looking("hr_manager") as session, pytest.raises(NotFound):
            get_progress(session, actor=world.actors["hr_manager"], job_id=job_id)


class TestRetryAndCancel:
    def test_give_a_dead_job_three_new_attempts(self, world: World, job_id: int) -> None:
        first = claim(world, job_id)
        with world.platform() as uow:
            fail_job(uow, claim=first, error="x", is_final=True)

        with world.acting("unit_manager") as uow:
            retry_job(uow, job_id=job_id)

        job = job_of(world, job_id)
        assert (job.state, job.attempts, job.last_error) == (JobState.DUE, 0, None)

    def test_roll_back_the_effect_of_a_job_cancelled_while_it_ran(self, world: World, job_id: int) -> None:
        first = claim(world, job_id)
        with world.acting("unit_manager") as uow:
            cancel_job(uow, job_id=job_id)

        with pytest.raises(AlreadyDone), world.platform() as uow:
            finish_job(uow.session, claim=first)

    def test_are_refused_to_whoever_may_not(self, world: World, job_id: int) -> None:
        with pytest.raises(NotPermitted), world.acting("adviser") as uow:
            cancel_job(uow, job_id=job_id)
        with pytest.raises(NotFound), world.acting("hr_manager") as uow:
            cancel_job(uow, job_id=job_id)
        with pytest.raises(RuleBroken, match="job-not-dead"), world.acting("unit_manager") as uow:
            retry_job(uow, job_id=job_id)
