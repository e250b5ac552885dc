"""Referrals that end although nobody answered them."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, false, or_, select

from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.events import ReferralStopped
from skills_bridge.domain.referrals import LIVE, EndReason, ReferralState
from skills_bridge.models import Referral
from skills_bridge.services.referrals.steps import move
from skills_bridge.unit_of_work import UnitOfWork


def end_referrals(
    uow: UnitOfWork,
    *,
    opening_id: int | None = None,
    seeker_id: int | None = None,
    reason: EndReason,
    except_id: int | None = None,
    states: Collection[ReferralState] = LIVE,
) -> tuple[int, ...]:
    """End the live referrals of an opening, or of a person, but one; return the keys of those ended.

    The one way in which referrals end by themselves. A company's scope reaches only those sent to it: the job that
    follows its act ends the others.
    """
    wanted = or_(
        false() if opening_id is None else Referral.opening_id == opening_id,
        false() if seeker_id is None else Referral.seeker_id == seeker_id,
    )
    others = wanted if except_id is None else and_(wanted, Referral.id != except_id)
    ended = _lock_live(uow, and_(others, Referral.state.in_(states)))
    for referral in ended:
        move(uow, referral, ReferralState.ENDED, reason=reason.value)
    return tuple(referral.id for referral in ended)


def stop_referrals(
    uow: UnitOfWork, *, seeker_id: int, reason: EndReason, states: Collection[ReferralState] = LIVE
) -> tuple[int, ...]:
    """End a person's referrals at her own word; each one's unit is told, and its company if it knew of it."""
    ended = end_referrals(uow, seeker_id=seeker_id, reason=reason, states=states)
    for referral_id in ended:
        uow.record(ReferralStopped(referral_id, occasion=uow.now.isoformat()))
    return ended


def expire_referrals(uow: UnitOfWork) -> tuple[int, ...]:
    """End those that a company has left without answer beyond their deadline; platform scope, by the clock.

    An invitation is an answer: only what is *sent* expires. The adviser may reopen it.
    """
    late = and_(Referral.state == ReferralState.SENT, Referral.answer_due_on < local_day(uow.now))
    expired = _lock_live(uow, late)
    for referral in expired:
        move(uow, referral, ReferralState.EXPIRED)
    return tuple(referral.id for referral in expired)


def _lock_live(uow: UnitOfWork, wanted: ColumnElement[bool]) -> list[Referral]:
    """Return the live referrals wanted, locked in the order of their keys, so that two sweeps never cross."""
    return list(
        uow.session.scalars(
            select(Referral)
            .where(wanted, Referral.state.in_(LIVE))
            .order_by(Referral.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )
