"""What people do with a month: freeze it, give their visa, send it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import func, select

from skills_bridge.domain import events
from skills_bridge.domain.calendar import Month, local_day
from skills_bridge.domain.errors import AlreadyDone, Invalid, NotFound, RuleBroken
from skills_bridge.domain.packs import PackState, VisaState
from skills_bridge.models import Pack, Visa
from skills_bridge.policies.permissions import Permission, authorize
from skills_bridge.services.references import Series, next_reference
from skills_bridge.unit_of_work import UnitOfWork

MONTH_LOCK: Final = 7422
"""Family of the advisory locks on months."""


@dataclass(frozen=True)
class Ownership:
    """What a permission on a pack is judged by."""

    agency_id: int


def freeze_month(uow: UnitOfWork, *, month_on: date, cause: str = "") -> Pack:
    """Freeze a month that is over: its facts up to now become a pack, built by background work.

    A month that has a pack may be frozen again only to correct it: after its publication or after a party sent it
    back, and with a cause.

    :raises NotPermitted: the actor is no report officer of the agency.
    :raises Invalid: the month is not over, or a correction names no cause.
    :raises AlreadyDone: the month's pack is being built, or waits for its visas.
    """
    agency_id = uow.actor.organisation_id or 0
    authorize(uow.actor, Permission.PACK_FREEZE, Ownership(agency_id))
    month = Month(month_on.year, month_on.month)
    if month.next_on > local_day(uow.now):
        raise Invalid("month-not-over", field="month", month=month.code)
    # two officers at once: the second waits here, then finds the first one's pack
    uow.session.execute(select(func.pg_advisory_xact_lock(MONTH_LOCK, month.year * 12 + month.month)))
    last = uow.session.scalar(
        select(Pack).where(Pack.month_on == month.first_on).order_by(Pack.version.desc()).limit(1)
    )
    if last is not None:
        _check_correction(uow, last, cause)
    pack = Pack(
        reference=next_reference(uow, Series.PACK),
        agency_id=agency_id,
        month_on=month.first_on,
        version=1 if last is None else last.version + 1,
        cut_off_at=uow.now,
        asked_by=uow.actor.user_id,
        cause=cause.strip(),
    )
    uow.session.add(pack)
    uow.session.flush()  # the event needs the key
    uow.moved("pack", pack.id, was=None, now=pack.state.value, reason=pack.cause or None, agency_id=agency_id)
    uow.record(events.PackAsked(pack.id))
    return pack


def give_visa(uow: UnitOfWork, *, reference: str) -> Visa:
    """Approve a frozen pack for one's party; after the fourth it is published by background work.

    :raises NotFound: no such pack, or the actor's organisation is no party.
    :raises NotPermitted: the actor is no signatory of the party.
    :raises RuleBroken: the pack is not frozen, or the visa was given.
    """
    pack, visa = _visa_to_decide(uow, reference)
    _decide(uow, pack, visa, VisaState.GIVEN, None)
    uow.record(events.VisaGiven(pack.id, occasion=visa.party.value))
    return visa


def send_back_pack(uow: UnitOfWork, *, reference: str, reason: str) -> Visa:
    """Refuse a visa with a reason: the agency corrects the month by a new version.

    :raises Invalid: there is no reason.
    :raises NotFound: no such pack, or the actor's organisation is no party.
    :raises NotPermitted: the actor is no signatory of the party.
    :raises RuleBroken: the pack is not frozen, or the visa was given.
    """
    if not reason.strip():
        raise Invalid("reason-missing", field="reason")
    pack, visa = _visa_to_decide(uow, reference)
    _decide(uow, pack, visa, VisaState.SENT_BACK, reason.strip())
    uow.record(events.VisaSentBack(pack.id, occasion=visa.party.value))
    return visa


def _check_correction(uow: UnitOfWork, last: Pack, cause: str) -> None:
    """Refuse to freeze a month again without need or without saying why."""
    sent_back = uow.session.scalar(
        select(func.count()).select_from(Visa).where(Visa.pack_id == last.id, Visa.state == VisaState.SENT_BACK)
    )
    if last.state is not PackState.PUBLISHED and not sent_back:
        raise AlreadyDone("month-frozen", pack=last.reference)
    if not cause.strip():
        raise Invalid("cause-missing", field="cause")


def _visa_to_decide(uow: UnitOfWork, reference: str) -> tuple[Pack, Visa]:
    """Return a frozen pack and the visa of the actor's party, the visa locked."""
    row = uow.session.execute(
        select(Pack, Visa)
        .join(Visa, Visa.pack_id == Pack.id)
        .where(Pack.reference == reference, Visa.organisation_id == uow.actor.organisation_id)
        .with_for_update(of=Visa)
    ).one_or_none()
    if row is None:
        raise NotFound("pack", reference)
    pack, visa = row
    authorize(uow.actor, Permission.PACK_VISA, visa)
    if pack.state is not PackState.FROZEN:
        raise RuleBroken("pack-not-frozen", pack=pack.reference)
    if visa.state is not VisaState.WAITING:
        raise AlreadyDone("visa-decided", pack=pack.reference)
    return pack, visa


def _decide(uow: UnitOfWork, pack: Pack, visa: Visa, state: VisaState, reason: str | None) -> None:
    """Write a party's word."""
    visa.state, visa.reason = state, reason
    visa.decided_by, visa.signatory, visa.decided_at = uow.actor.user_id, uow.actor.display_name, uow.now
    uow.audit(f"visa.{state.value}", "pack", pack.id, party=visa.party.value, pack=pack.reference)
