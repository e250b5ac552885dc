"""Starts of people on posts: recorded, undone before the start, ended; and what follows for the others."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from psycopg.errors import UniqueViolation
from sqlalchemy import CursorResult, func, select, update
from sqlalchemy.exc import IntegrityError

from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.errors import AlreadyDone, Invalid, NotFound, RuleBroken
from skills_bridge.domain.events import (
    PlacementEnded,
    PlacementRecorded,
    PlacementUndone,
    ProfileChanged,
    ReferralsEnded,
)
from skills_bridge.domain.openings import CloseReason, OpeningState
from skills_bridge.domain.organisations import OrganisationKind
from skills_bridge.domain.placements import CancelReason, PlacementKind, fits_contract
from skills_bridge.domain.referrals import MOVES, EndReason, ReferralState
from skills_bridge.domain.reservations import EndReason as ReservationEnd
from skills_bridge.domain.seekers import SeekerState
from skills_bridge.domain.states import check_move
from skills_bridge.models import ContractKind, Opening, Placement, Post, Referral, Reservation, Seeker
from skills_bridge.policies.permissions import Permission, authorize
from skills_bridge.queries.bridges import is_reserved
from skills_bridge.services.referrals import end_referrals
from skills_bridge.services.referrals.steps import hold_person, is_placed, load_referral, move
from skills_bridge.services.reservations import end_reservations, release_posts
from skills_bridge.unit_of_work import UnitOfWork

START_AT_MOST: Final = timedelta(days=366)
"""How far ahead a start may lie."""


def record_placement(
    uow: UnitOfWork,
    *,
    referral_id: int,
    kind: PlacementKind,
    contract_code: str,
    signed_on: date,
    started_on: date,
) -> Placement:
    """Fill one post of the opening with a selected person: the one reserved for her, else the one that is due first.

    A post that is reserved for somebody else is taken last, which ends that reservation.

    :raises NotFound: there is no such referral in the actor's scope.
    :raises NotPermitted: neither the actor's company nor her agency has it.
    :raises Invalid: kind and contract disagree, or a day is out of range.
    :raises IllegalMove: the person is not selected.
    :raises RuleBroken: no post is open, or the person has started elsewhere.
    """
    hold_person(uow, _seeker_of(uow, referral_id))
    referral = load_referral(uow, referral_id, Permission.PLACEMENT_RECORD)
    check_move(MOVES, referral.state, ReferralState.PLACED)
    _check_contract(uow, kind, contract_code)
    _check_days(uow, signed_on, started_on)
    post = _take_post(uow, referral)
    placement = Placement(
        referral_id=referral.id,
        opening_id=referral.opening_id,
        company_id=referral.company_id,
        agency_id=referral.agency_id,
        seeker_id=referral.seeker_id,
        post_id=post.id,
        kind=kind,
        contract_code=contract_code,
        signed_on=signed_on,
        started_on=started_on,
        recorded_by=uow.actor.user_id,
        recorded_at=uow.now,
    )
    _add_once(uow, placement)
    _fill(uow, post, placement)
    move(uow, referral, ReferralState.PLACED)
    _log(uow, placement, was=None, now="recorded")
    uow.record(PlacementRecorded(placement.id))
    _settle_if_seen(uow, placement)
    return placement


def undo_placement(uow: UnitOfWork, *, placement_id: int, reason: CancelReason) -> Placement:
    """Take a placement back before its start: the post is free again, the person selected as before.

    A mistake may also be taken back on the day it was recorded. Those who ended by it can be reopened by hand.

    :raises NotFound: there is no such placement in the actor's scope.
    :raises NotPermitted: neither the actor's company nor her agency has it.
    :raises AlreadyDone: it was undone before.
    :raises RuleBroken: the person has started.
    """
    placement = _load(uow, placement_id)
    today = local_day(uow.now)
    is_fresh_mistake = reason is CancelReason.RECORDED_BY_MISTAKE and local_day(placement.recorded_at) == today
    if placement.ended_on is not None or (today >= placement.started_on and not is_fresh_mistake):
        raise RuleBroken("placement-started")
    placement.cancelled_on, placement.cancelled_at, placement.cancel_reason = today, uow.now, reason
    _free_post(uow, placement, reason)
    referral = load_referral(uow, placement.referral_id, Permission.PLACEMENT_RECORD)
    move(uow, referral, ReferralState.SELECTED, reason=reason.value)
    _log(uow, placement, was="recorded", now="undone", reason=reason.value)
    uow.record(PlacementUndone(placement.id))
    _settle_if_seen(uow, placement)
    return placement


def end_placement(uow: UnitOfWork, *, placement_id: int, ended_on: date) -> Placement:
    """Note a person's last day in the post: the fill still counts, the person may be looked for again.

    :raises NotFound: there is no such placement in the actor's scope.
    :raises NotPermitted: neither the actor's company nor her agency has it.
    :raises AlreadyDone: it was undone, or ended before.
    :raises Invalid: the day is not between the start and today.
    """
    placement = _load(uow, placement_id)
    if placement.ended_on is not None:
        raise AlreadyDone("placement-ended")
    if not placement.started_on <= ended_on <= local_day(uow.now):
        raise Invalid("end-day-out-of-range", field="ended_on")
    placement.ended_on = ended_on
    _log(uow, placement, was="recorded", now="ended")
    uow.record(PlacementEnded(placement.id))
    _settle_if_seen(uow, placement)
    return placement


def settle_placement(uow: UnitOfWork, *, placement_id: int) -> None:
    """Bring the person and the other referrals in line with a placement; twice is like once.

    Done at once where the agency acts. A company sees neither the person's file nor what others proposed to her: then
    the job that follows does it, in the platform scope.
    """
    placement = uow.session.get(Placement, placement_id)
    if placement is None:
        raise NotFound("placement", placement_id)
    hold_person(uow, placement.seeker_id)
    release_posts(uow, opening_id=placement.opening_id)
    seeker = uow.session.get_one(Seeker, placement.seeker_id, with_for_update=True, populate_existing=True)
    if not is_placed(uow, seeker.id):
        if seeker.state is SeekerState.PLACED:
            _turn(uow, seeker, SeekerState.ACTIVE)
        return
    if seeker.state in (SeekerState.ACTIVE, SeekerState.PAUSED):
        _turn(uow, seeker, SeekerState.PLACED)
    end_reservations(uow, Reservation.seeker_id == seeker.id, reason=ReservationEnd.PLACED_ELSEWHERE)
    ended = end_referrals(uow, seeker_id=seeker.id, reason=EndReason.PERSON_PLACED)
    if not _open_posts(uow, placement.opening_id):
        ended += end_referrals(uow, opening_id=placement.opening_id, reason=EndReason.OPENING_FILLED)
    if ended:
        uow.record(ReferralsEnded(placement.id))


def _settle_if_seen(uow: UnitOfWork, placement: Placement) -> None:
    """Settle at once where the scope reaches the person's file."""
    if uow.scope.organisation_kind is OrganisationKind.AGENCY:
        uow.session.flush()  # what was just written counts
        settle_placement(uow, placement_id=placement.id)


def _turn(uow: UnitOfWork, seeker: Seeker, target: SeekerState) -> None:
    """Change a person's state, and let matching look at her again."""
    was, seeker.state = seeker.state, target
    seeker.version += 1
    uow.moved("seeker", seeker.id, was=was.value, now=target.value, agency_id=seeker.agency_id)
    uow.record(ProfileChanged(seeker.id, occasion=f"v{seeker.version}"))


def _seeker_of(uow: UnitOfWork, referral_id: int) -> int:
    seeker_id = uow.session.scalar(select(Referral.seeker_id).where(Referral.id == referral_id))
    if seeker_id is None:
        raise NotFound("referral", referral_id)
    return seeker_id


def _load(uow: UnitOfWork, placement_id: int) -> Placement:
    """Return a placement that was not undone, locked."""
    seeker_id = uow.session.scalar(select(Placement.seeker_id).where(Placement.id == placement_id))
    if seeker_id is None:
        raise NotFound("placement", placement_id)
    hold_person(uow, seeker_id)
    placement = uow.session.get_one(Placement, placement_id, with_for_update=True, populate_existing=True)
    authorize(uow.actor, Permission.PLACEMENT_RECORD, placement)
    if placement.cancelled_on is not None:
        raise AlreadyDone("placement-undone")
    return placement


def _check_contract(uow: UnitOfWork, kind: PlacementKind, contract_code: str) -> None:
    contract = uow.session.get(ContractKind, contract_code)
    if contract is None:
        raise Invalid("contract-unknown", field="contract_code", value=contract_code)
    if not fits_contract(kind, is_employment_contract=contract.is_employment_contract):
        raise Invalid("kind-and-contract-disagree", field="kind")


def _check_days(uow: UnitOfWork, signed_on: date, started_on: date) -> None:
    today = local_day(uow.now)
    if signed_on > today:
        raise Invalid("signed-in-the-future", field="signed_on")
    if started_on < signed_on:
        raise Invalid("start-before-signature", field="started_on")
    if started_on > today + START_AT_MOST:
        raise Invalid("start-too-far", field="started_on")


def _take_post(uow: UnitOfWork, referral: Referral) -> Post:
    """Return the open post to fill, locked; one that somebody else is filling is passed over.

    The lock lets a reservation of the same moment pass: the filling waits for it, and ends it.
    """
    post = uow.session.scalar(
        select(Post)
        .where(Post.opening_id == referral.opening_id, Post.placement_id.is_(None), Post.closed_on.is_(None))
        .order_by(
            is_reserved(Reservation.seeker_id == referral.seeker_id).desc(),
            is_reserved(Reservation.seeker_id != referral.seeker_id),
            Post.due_on,
            Post.id,
        )
        .limit(1)
        .with_for_update(key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if post is None:
        raise RuleBroken("no-post-left")
    return post


def _add_once(uow: UnitOfWork, placement: Placement) -> None:
    """Write the placement; the database knows of starts elsewhere that the actor cannot see."""
    try:
        with uow.session.begin_nested():
            uow.session.add(placement)
    except IntegrityError as error:
        if isinstance(error.orig, UniqueViolation):
            raise RuleBroken("person-placed-elsewhere") from error
        raise


def _fill(uow: UnitOfWork, post: Post, placement: Placement) -> None:
    filled: CursorResult[tuple[()]] = uow.session.execute(  # type: ignore[assignment]  # an UPDATE gives a cursor result
        update(Post)
        .where(Post.id == post.id, Post.placement_id.is_(None), Post.closed_on.is_(None))
        .values(placement_id=placement.id, filled_at=uow.now)
    )
    if filled.rowcount != 1:
        raise RuleBroken("no-post-left")


def _free_post(uow: UnitOfWork, placement: Placement, reason: CancelReason) -> None:
    """Give the post back; in an opening that was closed meanwhile it closes too."""
    values: dict[str, object] = {"placement_id": None, "filled_at": None}
    if uow.session.scalar(select(Opening.state).where(Opening.id == placement.opening_id)) is OpeningState.CLOSED:
        withdrew = reason is CancelReason.EMPLOYER_WITHDREW
        why = CloseReason.EMPLOYER_WITHDREW if withdrew else CloseReason.PROFILE_NOT_FOUND
        values |= {"closed_on": local_day(uow.now), "closed_at": uow.now, "close_reason": why}
    uow.session.execute(update(Post).where(Post.placement_id == placement.id).values(values))


def _open_posts(uow: UnitOfWork, opening_id: int) -> int:
    free = (Post.opening_id == opening_id, Post.placement_id.is_(None), Post.closed_on.is_(None))
    return uow.session.scalar(select(func.count()).select_from(Post).where(*free)) or 0


def _log(uow: UnitOfWork, placement: Placement, *, was: str | None, now: str, reason: str | None = None) -> None:
    uow.moved(
        "placement",
        placement.id,
        was=was,
        now=now,
        reason=reason,
        company_id=placement.company_id,
        agency_id=placement.agency_id,
    )
