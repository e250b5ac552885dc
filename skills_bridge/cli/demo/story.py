"""The story from the first organisation to the published month, step by step."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import select

from skills_bridge.adapters.encoder import SentenceEncoder
from skills_bridge.cli.demo.bridges import bridge_gaps
from skills_bridge.cli.demo.calendar import Days
from skills_bridge.cli.demo.demand import post_openings, write_needs
from skills_bridge.cli.demo.founding import Founding, is_founded, keep_accounts
from skills_bridge.cli.demo.links import hand_out_link
from skills_bridge.cli.demo.month import approve, export_pack, fill_posts, freeze
from skills_bridge.cli.demo.stage import Stage
from skills_bridge.cli.demo.supply import confirm_some, publish_cohorts, register_people
from skills_bridge.domain.packs import PackState
from skills_bridge.models import Pack
from skills_bridge.reference import lists
from skills_bridge.services.framework import encode_labels, load_reference
from skills_bridge.services.generation import get_trades
from skills_bridge.unit_of_work import utc_now

PACKS: Final = "packs"
MATCHING: Final = ("matching.match_opening", "matching.match_for_cohort", "matching.match_for_seeker")


def is_told(stage: Stage) -> bool:
    """Say whether the story came to its end: a pack is published."""
    with stage.platform() as uow:
        return uow.session.scalar(select(Pack.id).where(Pack.state == PackState.PUBLISHED).limit(1)) is not None


def is_untouched(stage: Stage) -> bool:
    """Say whether nothing was founded yet."""
    return not is_founded(stage)


def tell_story(stage: Stage, folder: Path, *, people: int) -> Path:
    """Tell the whole story through the services, the relay and the worker; return the folder of the pack.

    :raises ClickException: a piece of background work failed for good, or never ended.
    """
    days, tell = Days(utc_now()), stage.telling
    _lay_ground(stage, folder, days, people)
    posted = post_openings(stage, _company_ids(stage), days=days)
    live = sum(1 for one in posted if not one.is_past)
    tell.step(f"{len(posted)} openings validated ({live} live), the rest waits for an adviser")
    ended = stage.wait_for_jobs("matching by the worker", kinds=MATCHING)
    tell.step(f"{ended} matching jobs done by the worker")
    told = fill_posts(stage, posted, days=days)
    tell.step(
        f"{told.referred} people referred, {told.declined} declined, {told.sent} sent,"
        f" {told.rejected} rejected, {told.placed} posts filled"
    )
    tell.step(f"{bridge_gaps(stage, posted, days=days)} near profiles with a seat and a post reserved")
    if hand_out_link(stage):
        tell.step("a personal link handed out")
    return _close_month(stage, folder, days)


def _lay_ground(stage: Stage, folder: Path, days: Days, people: int) -> None:
    """Load lists, found organisations, register people, publish cohorts, write needs."""
    tell = stage.telling
    founding = Founding(stage)
    founding.mark()
    with stage.platform() as uow:
        counts = load_reference(uow, lists)
    tell.step(f"{sum(counts.values())} entries in {len(counts)} reference lists")
    with stage.platform() as uow:
        encoded = encode_labels(uow, encode=SentenceEncoder(), tell=lambda _done, _total: None)
    tell.step(f"{encoded} labels of job profiles encoded")
    ids = founding.found()
    tell.step(f"{len(ids)} organisations, {len(founding.accounts)} accounts")
    with stage.looking("adviser:01") as session:
        trades = get_trades(session, scheme=lists.LOCAL)
    found = register_people(stage, count=people, trades=trades, at=days.before(1))
    tell.step(
        f"{found.people} people, {found.without} of them without any competency:"
        f" {found.declared} levels declared, {found.supposed} supposed from past jobs and diplomas"
    )
    tell.step(f"{confirm_some(stage, at=days.before(3))} people interviewed, ten competencies each")
    tell.step(f"{publish_cohorts(stage, ids, at=days.now)} cohorts published")
    tell.step(f"{write_needs(stage, ids, days=days)} needs of companies")
    keep_accounts(folder, founding.accounts)
    tell.step(f"{stage.wait_for_jobs('the worker catches up')} jobs done by the worker")


def _company_ids(stage: Stage) -> dict[str, int]:
    """Return the companies by key, from those who act for them."""
    return {
        f"company:{who.partition(':')[2]}": actor.organisation_id or 0
        for who, actor in stage.actors.items()
        if who.startswith("hr_manager:")
    }


def _close_month(stage: Stage, folder: Path, days: Days) -> Path:
    """Freeze, approve and publish the month, then copy its pack to a folder."""
    tell = stage.telling
    reference = freeze(stage, days=days)
    stage.wait_for_jobs("the pack is being built", kinds=("packs.build_pack",))
    tell.step(f"{days.month.code} frozen: {reference} built and sealed by the worker")
    visas = approve(stage, reference)
    stage.wait_for_jobs("publication", kinds=("packs.publish_pack",))
    stage.wait_for_jobs("notices", kinds=("notices.pack_published",))
    tell.step(f"{visas} visas given, {reference} published, {count_letters(stage)} letters in the mail folder")
    place = export_pack(stage, reference, folder / PACKS)
    ended = stage.wait_for_jobs("remaining jobs")
    tell.step(f"{ended} jobs done in all")
    return place


def count_letters(stage: Stage) -> int:
    """Count the letters in the local mail folder."""
    sink = stage.settings.mail.sink
    return 0 if sink is None else sum(1 for one in sink.rglob("*.eml"))
