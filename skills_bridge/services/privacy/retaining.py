"""The clock of inactivity: a notice first, then the file is anonymised; any activity stops it.

Runs in the scope of one agency. Without a number of months, or of days of notice, it does nothing at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, update

from skills_bridge.adapters.vault import Vault
from skills_bridge.domain import events
from skills_bridge.domain.calendar import local_day, start_of
from skills_bridge.domain.errors import NotFound
from skills_bridge.domain.privacy import OPEN, ForgetCause, NoticeOutcome, inactive_since
from skills_bridge.domain.seekers import SeekerState
from skills_bridge.domain.settings import LegalTexts
from skills_bridge.models import (
    AccessFile,
    Consent,
    Enrolment,
    PersonalLink,
    Placement,
    Referral,
    RetentionNotice,
    RetentionRun,
    RightsRequest,
    Seeker,
)
from skills_bridge.queries.privacy.keys import list_agencies
from skills_bridge.services.privacy.erasing import forget_person
from skills_bridge.unit_of_work import UnitOfWork

BATCH: Final = 100
"""People of one transaction."""


@dataclass(frozen=True)
class RetentionClock:
    """How long a file may lie unused, and how long before its end a notice is given."""

    months: int
    notice_days: int


@dataclass(frozen=True)
class RetentionCounts:
    """People to whom a notice is due, whose notice ends because they were heard of, whose file is to be anonymised."""

    to_notice: int
    to_keep: int
    to_forget: int


def clock_from(legal: LegalTexts) -> RetentionClock | None:
    """Return the clock that the deployment sets; None while a part of it is missing."""
    if legal.retention_months is None or legal.retention_notice_days is None:
        return None
    return RetentionClock(legal.retention_months, legal.retention_notice_days)


def ask_each_agency(uow: UnitOfWork) -> None:
    """Ask every agency to look at its clock; platform scope, which sees no file."""
    for agency_id in list_agencies(uow.session):
        uow.record(events.RetentionAsked(agency_id, occasion=local_day(uow.now).isoformat(), organisation_id=agency_id))


def count_retention(uow: UnitOfWork, *, agency_id: int, clock: RetentionClock | None) -> RetentionRun | None:
    """Count what the clock would do today and keep the counts; nothing else changes but expired access files go.

    :raises NotFound: the work is not done in the scope of the agency.
    """
    if uow.scope.organisation_id != agency_id:
        raise NotFound("agency", agency_id)
    uow.session.execute(
        update(AccessFile)
        .where(AccessFile.expires_at < uow.now, AccessFile.content_sealed.is_not(None))
        .values(content_sealed=None)
    )
    if clock is None:
        return None
    counts = RetentionCounts(*(_count(uow, query) for query in _questions(uow.now, clock)))
    return _note(uow, counts, is_applied=False)


def apply_batch(uow: UnitOfWork, *, clock: RetentionClock, vault: Vault, size: int = BATCH) -> RetentionCounts:
    """Do for up to ``size`` people of each kind what the clock says, and return how many of each there were."""
    noticed, kept, forgotten = (_keys(uow, query, size) for query in _questions(uow.now, clock))
    due_on = local_day(uow.now) + timedelta(days=clock.notice_days)
    rows = uow.session.execute(select(Seeker.id, Seeker.agency_id, Seeker.unit_id).where(Seeker.id.in_(noticed)))
    notices = [
        RetentionNotice(seeker_id=key, agency_id=agency, unit_id=unit, noticed_at=uow.now, due_on=due_on)
        for key, agency, unit in rows
    ]
    uow.session.add_all(notices)
    uow.session.flush()  # the events name the notices by their keys
    for notice in notices:
        uow.record(events.RetentionNoticed(notice.id))
    _end_notices(uow, kept, NoticeOutcome.KEPT)
    for seeker_id in forgotten:
        forget_person(uow, seeker_id=seeker_id, vault=vault, cause=ForgetCause.RETENTION)
    _end_notices(uow, forgotten, NoticeOutcome.FORGOTTEN)
    return RetentionCounts(len(noticed), len(kept), len(forgotten))


def note_applied(uow: UnitOfWork, *, counts: RetentionCounts) -> RetentionRun:
    """Keep what an application of the clock did."""
    uow.audit("retention.applied", "retention", None, **asdict(counts))
    return _note(uow, counts, is_applied=True)


def is_unused_since(day: date) -> ColumnElement[bool]:
    """Return the test that nothing happened with a file after the end of a day.

    A file is used when the person is heard of, opens her personal link, is interviewed, agrees or withdraws, when a
    referral, an enrolment or a placement of hers moves, or when she asks something about her data; while she is in a
    post it is in use.
    """
    end = start_of(day + timedelta(days=1))
    later: Iterable[ColumnElement[bool]] = (
        exists().where(Consent.seeker_id == Seeker.id, func.greatest(Consent.given_at, Consent.withdrawn_at) >= end),
        exists().where(PersonalLink.seeker_id == Seeker.id, PersonalLink.last_used_at >= end),
        exists().where(Referral.seeker_id == Seeker.id, Referral.changed_at >= end),
        exists().where(Enrolment.seeker_id == Seeker.id, Enrolment.changed_at >= end),
        exists().where(
            Placement.seeker_id == Seeker.id,
            (Placement.recorded_at >= end)
            | (Placement.ended_on > day)
            | (Placement.cancelled_on.is_(None) & Placement.ended_on.is_(None)),
        ),
        exists().where(
            RightsRequest.seeker_id == Seeker.id,
            RightsRequest.state.in_(OPEN) | (RightsRequest.changed_at >= end),
        ),
    )
    return and_(
        Seeker.state != SeekerState.ANONYMISED,
        Seeker.refreshed_on <= day,
        or_(Seeker.interviewed_at.is_(None), Seeker.interviewed_at < end),
        *(~test for test in later),
    )


def _questions(now: datetime, clock: RetentionClock) -> tuple[Select[Any], Select[Any], Select[Any]]:
    """Return who gets a notice, whose notice ends because she was heard of, and whose file is due."""
    today = local_day(now)
    live = exists().where(RetentionNotice.seeker_id == Seeker.id, RetentionNotice.ended_at.is_(None))
    due = live.where(RetentionNotice.due_on <= today)
    soon = is_unused_since(inactive_since(today + timedelta(days=clock.notice_days), clock.months))
    over = is_unused_since(inactive_since(today, clock.months))
    keys = select(Seeker.id).order_by(Seeker.id)
    return keys.where(soon, ~live), keys.where(live, ~soon), keys.where(over, due)


def _count(uow: UnitOfWork, query: Select[Any]) -> int:
    return uow.session.scalar(select(func.count()).select_from(query.subquery())) or 0


def _keys(uow: UnitOfWork, query: Select[Any], size: int) -> list[int]:
    return list(uow.session.scalars(query.limit(size)))


def _end_notices(uow: UnitOfWork, seeker_ids: list[int], outcome: NoticeOutcome) -> None:
    uow.session.execute(
        update(RetentionNotice)
        .where(RetentionNotice.seeker_id.in_(seeker_ids), RetentionNotice.ended_at.is_(None))
        .values(ended_at=uow.now, outcome=outcome)
    )


def _note(uow: UnitOfWork, counts: RetentionCounts, *, is_applied: bool) -> RetentionRun:
    run = RetentionRun(
        agency_id=uow.scope.organisation_id, ran_at=uow.now, is_applied=is_applied, counts=asdict(counts)
    )
    uow.session.add(run)
    return run
