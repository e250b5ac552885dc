"""Requests of people about their data: the agency takes them in, the officer decides, background work does them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import select

from skills_bridge.adapters.vault import Vault
from skills_bridge.domain import events
from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.errors import AlreadyDone, IllegalMove, Invalid, NotFound, RuleBroken
from skills_bridge.domain.privacy import (
    LONGEST_DETAILS,
    MOVES,
    OPEN,
    ForgetCause,
    Refusal,
    RequestState,
    RightsKind,
    due_day,
)
from skills_bridge.domain.seekers import Channel, ConsentKind, SeekerState
from skills_bridge.domain.states import check_move
from skills_bridge.models import AccessFile, Consent, RightsRequest, Seeker
from skills_bridge.policies.permissions import Permission, authorize, own_or
from skills_bridge.services.privacy.erasing import forget_person
from skills_bridge.services.references import Series, next_reference
from skills_bridge.services.referrals.checks import check_channel
from skills_bridge.services.seekers import object_to_matching, withdraw_consent
from skills_bridge.unit_of_work import UnitOfWork

BuildFile = Callable[[UnitOfWork, RightsRequest], None]
"""Builds the access file of a request: typesetting, which no web process loads."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a person asks, how the word came, in which language she wants the answer, and in her own words."""

    kind: RightsKind
    channel: Channel
    language: str
    details: str = ""


def receive_request(uow: UnitOfWork, *, seeker_id: int, wish: Wish, answer_days: int | None) -> RightsRequest:
    """Take in a person's request; its clock starts today.

    :raises NotFound: there is no such person in the actor's scope.
    :raises NotPermitted: the person is followed by another unit.
    :raises Invalid: a correction says not what is wrong, or the channel is another's.
    :raises AlreadyDone: the same request of hers waits for its answer.
    """
    seeker = uow.session.scalar(select(Seeker).where(Seeker.id == seeker_id).with_for_update())
    if seeker is None:
        raise NotFound("seeker", seeker_id)
    authorize(uow.actor, own_or(uow.actor, Permission.OWN_RIGHTS_USE, Permission.RIGHTS_TAKE), seeker)
    check_channel(uow, wish.channel)
    if seeker.state is SeekerState.ANONYMISED:
        raise RuleBroken("seeker-anonymised")
    if wish.kind is RightsKind.CORRECTION and not wish.details.strip():
        raise Invalid("correction-of-what", field="details")
    waiting = select(RightsRequest.reference).where(
        RightsRequest.seeker_id == seeker.id, RightsRequest.kind == wish.kind, RightsRequest.state.in_(OPEN)
    )
    known = uow.session.scalar(waiting)
    if known is not None:
        raise AlreadyDone("request-waits", reference=known)
    today = local_day(uow.now)
    request = RightsRequest(
        reference=next_reference(uow, Series.RIGHTS_REQUEST),
        agency_id=seeker.agency_id,
        unit_id=seeker.unit_id,
        seeker_id=seeker.id,
        pseudonym=seeker.pseudonym,
        kind=wish.kind,
        channel=wish.channel,
        language=wish.language,
        details=wish.details.strip()[:LONGEST_DETAILS],
        received_on=today,
        due_on=due_day(today, answer_days),
        recorded_by=uow.actor.user_id,
        changed_at=uow.now,
    )
    uow.session.add(request)
    uow.session.flush()  # the log needs the key
    log_step(uow, request, None)
    return request


def ask_own_file(uow: UnitOfWork, *, language: str, answer_days: int | None) -> RightsRequest:
    """Have a person's access file built at her own word, by her personal link: nobody decides on what is hers.

    The request stands at the desk like any other. A file that nobody took out in time is built again.

    :raises NotPermitted: the actor is no person with a link.
    :raises AlreadyDone: a request of hers waits for its answer.
    """
    seeker_id = uow.actor.seeker_id or 0
    request = _lapsed_file(uow, seeker_id)
    if request is None:
        wish = Wish(kind=RightsKind.ACCESS, channel=Channel.PERSONAL_LINK, language=language)
        request = receive_request(uow, seeker_id=seeker_id, wish=wish, answer_days=answer_days)
    authorize(uow.actor, Permission.OWN_RIGHTS_USE, request)
    _move(uow, request, RequestState.ACCEPTED)
    uow.record(events.RightsHandedOver(request.id, occasion=uow.now.isoformat(), organisation_id=request.agency_id))
    return request


def _lapsed_file(uow: UnitOfWork, seeker_id: int) -> RightsRequest | None:
    """Return a request of hers, locked, whose file was ready and lasted too long."""
    return uow.session.scalar(
        select(RightsRequest)
        .join(AccessFile, AccessFile.request_id == RightsRequest.id)
        .where(
            RightsRequest.seeker_id == seeker_id,
            RightsRequest.channel == Channel.PERSONAL_LINK,
            RightsRequest.state == RequestState.READY,
            (AccessFile.expires_at < uow.now) | AccessFile.content_sealed.is_(None),
        )
        .with_for_update(of=RightsRequest)
    )


def rebuild_file(uow: UnitOfWork, *, reference: str) -> RightsRequest:
    """Have an access file built again that nobody took out in time.

    :raises NotFound: there is no such request in the actor's scope.
    :raises NotPermitted: the actor decides on no requests.
    :raises IllegalMove: no file was built, or it was taken out.
    """
    request = _load(uow, reference, Permission.RIGHTS_DECIDE)
    if request.kind is not RightsKind.ACCESS or request.state is not RequestState.READY:
        raise IllegalMove(request.state, RequestState.ACCEPTED)
    _move(uow, request, RequestState.ACCEPTED)
    uow.record(events.RightsAccepted(request.id, occasion=uow.now.isoformat()))
    return request


def accept_request(uow: UnitOfWork, *, reference: str) -> RightsRequest:
    """Follow a request: its effect is background work of the agency; a correction is made by the adviser.

    :raises NotFound: there is no such request in the actor's scope.
    :raises NotPermitted: the actor decides on no requests.
    :raises IllegalMove: the request was decided.
    """
    request = _load(uow, reference, Permission.RIGHTS_DECIDE)
    if request.state is not RequestState.RECEIVED:
        raise IllegalMove(request.state, RequestState.ACCEPTED)
    _move(uow, request, RequestState.ACCEPTED)
    if request.kind is not RightsKind.CORRECTION:
        uow.record(events.RightsAccepted(request.id, occasion=uow.now.isoformat()))
    return request


def refuse_request(uow: UnitOfWork, *, reference: str, reason: Refusal) -> RightsRequest:
    """Say no, with one of the reasons.

    :raises NotFound: there is no such request in the actor's scope.
    :raises NotPermitted: the actor decides on no requests.
    :raises IllegalMove: the request was decided.
    """
    request = _load(uow, reference, Permission.RIGHTS_DECIDE)
    request.refusal = reason
    _move(uow, request, RequestState.REFUSED)
    return request


def cancel_request(uow: UnitOfWork, *, reference: str) -> RightsRequest:
    """Put a request away at the person's word, before it was decided.

    :raises NotFound: there is no such request in the actor's scope.
    :raises NotPermitted: the person is followed by another unit.
    :raises IllegalMove: the request was decided.
    """
    request = _load(uow, reference, Permission.RIGHTS_TAKE)
    _move(uow, request, RequestState.CANCELLED)
    return request


def reopen_request(uow: UnitOfWork, *, reference: str) -> RightsRequest:
    """Take a refused or cancelled request up again; its clock goes on from the first day.

    :raises NotFound: there is no such request in the actor's scope.
    :raises NotPermitted: the actor takes in no requests.
    :raises IllegalMove: the request is under way or done.
    """
    request = _load(uow, reference, Permission.RIGHTS_TAKE)
    request.refusal = None
    _move(uow, request, RequestState.RECEIVED)
    return request


def finish_correction(uow: UnitOfWork, *, reference: str) -> RightsRequest:
    """Say that the file was corrected as the person asked.

    :raises NotFound: there is no such request in the actor's scope.
    :raises NotPermitted: the person is followed by another unit.
    :raises RuleBroken: the request is no correction, or waits for its decision.
    """
    request = _load(uow, reference, Permission.RIGHTS_TAKE)
    if request.kind is not RightsKind.CORRECTION or request.state is not RequestState.ACCEPTED:
        raise RuleBroken("no-correction-to-make")
    _move(uow, request, RequestState.DONE)
    return request


def hand_over(uow: UnitOfWork, *, request_id: int) -> None:
    """Pass an accepted request on to its agency, in whose scope alone it can be carried out; platform scope."""
    request = uow.session.get_one(RightsRequest, request_id)
    uow.record(
        events.RightsHandedOver(request.id, occasion=request.changed_at.isoformat(), organisation_id=request.agency_id)
    )


def carry_out(uow: UnitOfWork, *, request_id: int, vault: Vault, build: BuildFile) -> RightsRequest:
    """Do what an accepted request asks, in the agency's scope; what holds already is no fault.

    :raises NotFound: there is no such request in the scope.
    :raises AlreadyDone: the request was carried out, or was not accepted.
    """
    request = uow.session.get(RightsRequest, request_id, with_for_update=True)
    if request is None:
        raise NotFound("rights_request", request_id)
    if request.state is not RequestState.ACCEPTED:
        raise AlreadyDone("request-decided")
    if request.kind is RightsKind.ACCESS:
        build(uow, request)
        _move(uow, request, RequestState.READY)
        return request
    with suppress(AlreadyDone):  # she objected, withdrew or was forgotten meanwhile: what she asks for holds
        _change_file(uow, request, vault)
    _move(uow, request, RequestState.DONE)
    return request


def _change_file(uow: UnitOfWork, request: RightsRequest, vault: Vault) -> None:
    """Carry an objection, a withdrawal or an erasure into the file."""
    if request.kind is RightsKind.ERASURE:
        forget_person(uow, seeker_id=request.seeker_id, vault=vault, cause=ForgetCause.REQUEST)
        uow.session.refresh(request)
    elif request.kind is RightsKind.OBJECTION:
        object_to_matching(uow, seeker_id=request.seeker_id, channel=request.channel)
    else:
        live = select(Consent.kind).where(Consent.seeker_id == request.seeker_id, Consent.withdrawn_at.is_(None))
        for kind in uow.session.scalars(live).all():
            withdraw_consent(uow, seeker_id=request.seeker_id, kind=ConsentKind(kind))


def _load(uow: UnitOfWork, reference: str, permission: Permission) -> RightsRequest:
    """Return a request, locked.

    :raises NotFound: there is no such request in the actor's scope.
    :raises NotPermitted: the actor may not do this with it.
    """
    request = uow.session.scalar(select(RightsRequest).where(RightsRequest.reference == reference).with_for_update())
    if request is None:
        raise NotFound("rights request", reference)
    authorize(uow.actor, permission, request)
    return request


def _move(uow: UnitOfWork, request: RightsRequest, target: RequestState) -> None:
    """Bring a request into another state, by the table, with its log."""
    was = request.state
    check_move(MOVES, was, target)
    request.state, request.changed_at = target, uow.now
    if uow.actor.is_human and target in (RequestState.ACCEPTED, RequestState.REFUSED):
        request.decided_by = uow.actor.user_id
    log_step(uow, request, was)


def log_step(uow: UnitOfWork, request: RightsRequest, was: RequestState | None) -> None:
    """Write a step of a request into its history."""
    before = was.value if was else None
    uow.moved(
        "rights_request",
        request.id,
        was=before,
        now=request.state.value,
        reason=request.refusal.value if request.refusal else request.kind.value,
        agency_id=request.agency_id,
    )
