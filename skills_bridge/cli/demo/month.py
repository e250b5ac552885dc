"""Act four: people are referred, answered for, selected and start; the month is frozen, approved and published."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import select

from skills_bridge.cli.demo.calendar import Days
from skills_bridge.cli.demo.demand import Posted
from skills_bridge.cli.demo.founding import SIGNATORIES
from skills_bridge.cli.demo.stage import Stage
from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.matching import ResultClass
from skills_bridge.domain.placements import PlacementKind
from skills_bridge.domain.referrals import DeclineReason, RejectReason
from skills_bridge.domain.seekers import Channel
from skills_bridge.models import MatchResult, Opening, Referral
from skills_bridge.queries.packs import list_pack_files
from skills_bridge.reference.lists import contract_kinds
from skills_bridge.services.packs.freezing import freeze_month, give_visa
from skills_bridge.services.placements import record_placement
from skills_bridge.services.referrals import invite, record_answer, refer_several, reject, send_several
from skills_bridge.services.referrals import select as choose

SPARE: Final = 2
"""How many more people are proposed than there are posts: one declines, one is rejected."""
LIVE_PROPOSALS: Final = 5
KINDS: Final = {kind.code: PlacementKind(kind.placement_kind) for kind in contract_kinds()}


@dataclass
class Told:
    """What became of the people: counts by outcome."""

    referred: int = 0
    declined: int = 0
    sent: int = 0
    rejected: int = 0
    placed: int = 0
    used: set[int] = field(default_factory=set)


def fill_posts(stage: Stage, posted: Iterable[Posted], *, days: Days) -> Told:
    """Bring last month's openings from their lists to starts, and leave the live ones half way."""
    told, openings = Told(), list(posted)
    for place, opening in enumerate(openings):
        stage.telling.progress("openings worked on", place, len(openings))
        if opening.is_past:
            _fill(stage, opening, told, days, place)
        else:
            _begin(stage, opening, told, days)
    return told


def _fill(stage: Stage, opening: Posted, told: Told, days: Days, place: int) -> None:
    """Refer, answer, send, select, place: each on its day of the month."""
    shift = place % 5
    sent = _send(stage, opening, told, proposed_at=days.within(2 + shift), most=opening.posts + SPARE)
    chosen = sent[: opening.posts - place % 2]
    with stage.acting(f"hr_manager:{opening.company}", days.within(7 + shift)) as uow:
        for referral_id in chosen:
            choose(uow, referral_id=referral_id)
        for referral_id in sent[len(chosen) :]:
            reject(uow, referral_id=referral_id, reason=RejectReason.OTHER_PERSON_CHOSEN)
            told.rejected += 1
    start = days.within(15 + place % 10)
    for referral_id in chosen:
        with stage.acting(f"hr_manager:{opening.company}", start) as uow:
            record_placement(
                uow,
                referral_id=referral_id,
                kind=KINDS[opening.contract_code],
                contract_code=opening.contract_code,
                signed_on=local_day(start) - timedelta(days=2),
                started_on=local_day(start),
            )
        told.placed += 1


def _begin(stage: Stage, opening: Posted, told: Told, days: Days) -> None:
    """Send a few people to a live opening, invite one, and leave the company to answer."""
    sent = _send(stage, opening, told, proposed_at=days.now - timedelta(hours=1), most=LIVE_PROPOSALS, step=timedelta())
    with stage.acting(f"hr_manager:{opening.company}") as uow:
        for referral_id in sent[:1]:
            invite(
                uow,
                referral_id=referral_id,
                at=days.now + timedelta(days=3),
                place="Site principal (fictif)",
                contact="Service des ressources humaines (fictif)",
            )


def _send(
    stage: Stage,
    opening: Posted,
    told: Told,
    *,
    proposed_at: datetime,
    most: int,
    step: timedelta = timedelta(days=1),
) -> list[int]:
    """Propose the first ready people of the list, record their answers (one declines), send those who accept."""
    people = _ready(stage, opening, told.used, most)
    with stage.acting(opening.adviser, proposed_at) as uow:
        done = refer_several(uow, opening_id=opening.opening_id, seeker_ids=people).done
    told.used.update(done)
    told.referred += len(done)
    answered_at = proposed_at + step
    with stage.acting(opening.adviser, answered_at) as uow:
        rows = uow.session.execute(
            select(Referral.seeker_id, Referral.id).where(
                Referral.opening_id == opening.opening_id, Referral.seeker_id.in_(done)
            )
        )
        keys = {seeker_id: referral_id for seeker_id, referral_id in rows}  # noqa: C416  # rows are no pairs for mypy
        ordered = [keys[seeker_id] for seeker_id in people if seeker_id in keys]
        accepting = ordered[:-1] if len(ordered) > opening.posts else ordered
        for referral_id in ordered:
            accepts = referral_id in accepting
            record_answer(
                uow,
                referral_id=referral_id,
                accepted=accepts,
                channel=Channel.PHONE,
                answered_on=local_day(answered_at),
                reason=None if accepts else DeclineReason.DISTANCE,
            )
    told.declined += len(ordered) - len(accepting)
    with stage.acting(opening.adviser, answered_at + step) as uow:
        sent = set(send_several(uow, referral_ids=accepting).done)
    told.sent += len(sent)
    return [referral_id for referral_id in accepting if referral_id in sent]


def _ready(stage: Stage, opening: Posted, used: Collection[int], most: int) -> list[int]:
    """Return the first people of the opening's current list who are ready and not proposed elsewhere yet."""
    with stage.looking(opening.adviser) as session:
        rows = session.scalars(
            select(MatchResult.seeker_id)
            .join(Opening, Opening.current_run_id == MatchResult.run_id)
            .where(Opening.id == opening.opening_id, MatchResult.result_class == ResultClass.READY)
            .order_by(MatchResult.rank)
        ).all()
    return [seeker_id for seeker_id in rows if seeker_id not in used][:most]


def freeze(stage: Stage, *, days: Days) -> str:
    """Freeze the last month that is over and return the pack's reference; the worker builds it."""
    with stage.acting("report_officer") as uow:
        return freeze_month(uow, month_on=days.month.first_on).reference


def approve(stage: Stage, reference: str) -> int:
    """Let the four signatories give their visas; the worker publishes after the fourth."""
    for who in SIGNATORIES:
        with stage.acting(who) as uow:
            give_visa(uow, reference=reference)
    return len(SIGNATORIES)


def export_pack(stage: Stage, reference: str, folder: Path) -> Path:
    """Copy a pack's files to a folder of its name."""
    place = folder / reference
    place.mkdir(parents=True, exist_ok=True)
    with stage.looking("report_officer") as session:
        for name, content in list_pack_files(session, reference=reference):
            (place / name).write_bytes(content)
    return place
