"""A country at work: every page of the product has something to show."""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from skills_bridge.adapters.vault import Sealer
from skills_bridge.domain.accounts import PLATFORM_SCOPE
from skills_bridge.domain.calendar import add_months, local_day
from skills_bridge.domain.framework import Evidence
from skills_bridge.domain.settings import SealKey
from skills_bridge.models import Pack
from skills_bridge.queries.facts import get_facts
from skills_bridge.services.jobs import mark_broker_seen
from skills_bridge.services.organisations import mark_demo
from skills_bridge.services.packs.building import build_pack
from skills_bridge.services.packs.freezing import freeze_month
from skills_bridge.unit_of_work import scoped, utc_now
from tests.factories.allocations import allocated_over
from tests.factories.openings import draft_opening, submitted_opening, validated_opening, written_need
from tests.factories.referrals import (
    accepted_referral,
    computed_run,
    exposed,
    fitting_seeker,
    full_run,
    invited_referral,
    later,
    proposed_referral,
    recorded_placement,
    registered_seeker,
    selected_referral,
    sent_referral,
)
from tests.factories.reservations import a_bridge, answered, reserved
from tests.factories.training import a_cohort, a_draft, a_programme, completed, enrolled, in_days
from tests.factories.world import World

SEALER: Final = Sealer(SealKey("test-seal", b"s" * 32))


def tell_story(world: World) -> None:
    """Fill a world: openings by state, people of each list, a running course, referrals, a start, a frozen month."""
    with world.platform(clock=later(1)) as uow:  # alive for as long as the tests last
        mark_demo(uow)
        mark_broker_seen(uow)
    draft_opening(world)
    submitted_opening(world)
    opening_id = validated_opening(world, terms={"posts": 4})
    written_need(world)
    fitting = [fitting_seeker(world) for _ in range(8)]
    registered_seeker(world, levels={"AUTO-001": 3}, evidence=Evidence.DECLARED)
    registered_seeker(world, levels={"AUTO-001": 3, "AUTO-002": 1})
    registered_seeker(world)
    programme_id = train(world)
    computed_run(world, opening_id)
    proposed_referral(world, opening_id, fitting[0])
    accepted_referral(world, opening_id, fitting[1])
    sent_referral(world, opening_id, fitting[2])
    invited_referral(world, opening_id, fitting[3])
    selected_referral(world, opening_id, fitting[4])
    recorded_placement(world, selected_referral(world, opening_id, fitting[5]))
    bridge_gaps(world, programme_id)
    run_id = full_run(world)
    exposed(world, run_id)
    allocated_over(world, run_id)
    freeze_last_month(world)


def bridge_gaps(world: World, programme_id: int) -> None:
    """Reserve a seat and a post for two of three near profiles, of whom one has said yes."""
    bridge = a_bridge(world, people=3, posts=3, programme_id=programme_id, expected_end_on=in_days(110))
    reserved(world, bridge)
    answered(world, reserved(world, bridge, person=1))


def train(world: World) -> int:
    """Plan one course, announce a second and run a third, all of one programme; return its key."""
    programme_id = a_programme(world)
    a_draft(world, programme_id=programme_id)
    enrolled(world, a_cohort(world, programme_id=programme_id))
    running = a_cohort(world, programme_id=programme_id)
    enrolled(world, running)
    completed(world, running)
    return programme_id


def last_month() -> date:
    """Return the first day of Morocco's last whole month."""
    return add_months(local_day(utc_now()).replace(day=1), -1)


def freeze_last_month(world: World) -> None:
    """Freeze the last month and build its pack, as the worker would."""
    with world.acting("report_officer") as uow:
        pack_id = freeze_month(uow, month_on=last_month()).id
    with world.platform() as uow, Session(world.engines["report"]) as reports:
        cut_off = uow.session.get_one(Pack, pack_id).cut_off_at
        facts = get_facts(scoped(reports, PLATFORM_SCOPE, read_only=True), cut_off=cut_off)
        build_pack(uow, pack_id=pack_id, facts=facts, sealer=SEALER)
