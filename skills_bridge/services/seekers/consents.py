"""What a person agrees to, takes back or objects to; whether she is looked for."""

from __future__ import annotations

from sqlalchemy import and_, update

from skills_bridge.domain.errors import AlreadyDone, RuleBroken
from skills_bridge.domain.referrals import UNANSWERED, EndReason, ReferralState
from skills_bridge.domain.reservations import EndReason as ReservationEnd
from skills_bridge.domain.seekers import MOVES, Agreement, Channel, ConsentKind, SeekerState
from skills_bridge.domain.states import check_move
from skills_bridge.models import Consent, Reservation, Seeker
from skills_bridge.policies.permissions import Permission, own_or
from skills_bridge.services.referrals import stop_referrals
from skills_bridge.services.referrals.steps import hold_person, is_placed
from skills_bridge.services.reservations import end_reservations
from skills_bridge.services.seekers.loading import load_seeker, note_change
from skills_bridge.unit_of_work import UnitOfWork

OBJECTED, LIFTED = "objected", "objection-lifted"


def record_consent(uow: UnitOfWork, *, seeker_id: int, agreement: Agreement) -> Seeker:
    """Record what a person agreed to; a kind agreed to before is replaced by the new words.

    :raises NotFound: there is no such person in the actor's scope.
    :raises NotPermitted: the person is followed by another unit.
    """
    seeker = load_seeker(uow, seeker_id, permission=_right_of(uow))
    add_agreement(uow, seeker, agreement)
    note_change(uow, seeker)
    return seeker


def add_agreement(uow: UnitOfWork, seeker: Seeker, agreement: Agreement) -> None:
    """Write one row for each kind agreed to, and end the row it replaces."""
    for kind in sorted(agreement.kinds):
        _end_consent(uow, seeker, kind)
        uow.session.add(
            Consent(
                seeker_id=seeker.id,
                agency_id=seeker.agency_id,
                kind=kind,
                text_version=agreement.text_version,
                language=agreement.language,
                channel=agreement.channel,
                given_at=uow.now,
            )
        )
        uow.audit("consent.given", "seeker", seeker.id, consent=kind.value, version=agreement.text_version)


def withdraw_consent(uow: UnitOfWork, *, seeker_id: int, kind: ConsentKind) -> Seeker:
    """Take back what a person agreed to; the row stays, with the instant, and what rested on it ends with it.

    :raises NotFound: there is no such person in the actor's scope.
    :raises NotPermitted: the person is followed by another unit.
    :raises AlreadyDone: she agreed to nothing of the kind.
    """
    hold_person(uow, seeker_id)
    seeker = load_seeker(uow, seeker_id, permission=_right_of(uow))
    if not _end_consent(uow, seeker, kind):
        raise AlreadyDone("consent-not-given", kind=kind.value)
    uow.audit("consent.withdrawn", "seeker", seeker.id, consent=kind.value)
    _end_what_rested_on(uow, seeker, kind)
    note_change(uow, seeker)
    return seeker


def object_to_matching(uow: UnitOfWork, *, seeker_id: int, channel: Channel) -> Seeker:
    """Stop matching at once at a person's word: nothing is proposed any more and what is under way ends.

    :raises NotFound: there is no such person in the actor's scope.
    :raises NotPermitted: the person is followed by another unit.
    :raises AlreadyDone: she objected before.
    """
    hold_person(uow, seeker_id)
    seeker = load_seeker(uow, seeker_id, permission=_right_of(uow))
    if seeker.matching_objected_at is not None:
        raise AlreadyDone("already-objected")
    seeker.matching_objected_at = uow.now
    stop_referrals(uow, seeker_id=seeker.id, reason=EndReason.OBJECTION)
    end_reservations(uow, Reservation.seeker_id == seeker.id, reason=ReservationEnd.OBJECTION)
    uow.moved(
        "seeker",
        seeker.id,
        was=seeker.state.value,
        now=OBJECTED,
        reason=channel.value,
        agency_id=seeker.agency_id,
    )
    note_change(uow, seeker)
    return seeker


def lift_objection(uow: UnitOfWork, *, seeker_id: int, channel: Channel) -> Seeker:
    """Let a person be matched again, at her own word.

    :raises NotFound: there is no such person in the actor's scope.
    :raises NotPermitted: the person is followed by another unit.
    :raises AlreadyDone: nothing is objected to.
    """
    seeker = load_seeker(uow, seeker_id)
    if seeker.matching_objected_at is None:
        raise AlreadyDone("no-objection")
    seeker.matching_objected_at = None
    uow.moved("seeker", seeker.id, was=OBJECTED, now=LIFTED, reason=channel.value, agency_id=seeker.agency_id)
    note_change(uow, seeker)
    return seeker


def pause_seeker(uow: UnitOfWork, *, seeker_id: int) -> Seeker:
    """Look for this person no more for a while; what is under way goes on.

    :raises NotFound: there is no such person in the actor's scope.
    :raises NotPermitted: the person is followed by another unit.
    :raises IllegalMove: the person is not active or placed.
    """
    return _turn(uow, load_seeker(uow, seeker_id), SeekerState.PAUSED)


def resume_seeker(uow: UnitOfWork, *, seeker_id: int) -> Seeker:
    """Look for this person again; one who started somewhere meanwhile is placed, and nobody looks for her.

    A placement of the same instant is waited for: it counts.

    :raises NotFound: there is no such person in the actor's scope.
    :raises NotPermitted: the person is followed by another unit.
    :raises RuleBroken: the person is in a post: the placement is undone or ended first.
    :raises IllegalMove: the person is active already, or her file was anonymised.
    """
    hold_person(uow, seeker_id)
    seeker = load_seeker(uow, seeker_id)
    if not is_placed(uow, seeker_id):
        return _turn(uow, seeker, SeekerState.ACTIVE)
    if seeker.state is SeekerState.PAUSED:
        return _turn(uow, seeker, SeekerState.PLACED)
    raise RuleBroken("seeker-in-post", pseudonym=seeker.pseudonym)


def _right_of(uow: UnitOfWork) -> Permission:
    """Return what agreeing and taking back ask for: the person herself may, by her link, and so may who follows her."""
    return own_or(uow.actor, Permission.OWN_RIGHTS_USE, Permission.SEEKER_MANAGE)


def _turn(uow: UnitOfWork, seeker: Seeker, target: SeekerState) -> Seeker:
    """Change the state of a locked file, by the table, with its log."""
    was = seeker.state
    check_move(MOVES, was, target)
    seeker.state = target
    uow.moved("seeker", seeker.id, was=was.value, now=target.value, agency_id=seeker.agency_id)
    note_change(uow, seeker)
    return seeker


def _end_what_rested_on(uow: UnitOfWork, seeker: Seeker, kind: ConsentKind) -> None:
    """End what a withdrawn agreement allowed: all that waits for an answer, or all by which others learn who she is.

    Without her agreement to be named, what nobody outside the agency knows of may wait for a new one, and a course that
    she attends goes on.
    """
    states, reserved = UNANSWERED, Reservation.seeker_id == seeker.id
    if kind is ConsentKind.SHARING:
        states = UNANSWERED - {ReferralState.PROPOSED}
        reserved = and_(reserved, Reservation.accepted_at.is_not(None), Reservation.enrolled_at.is_(None))
    stop_referrals(uow, seeker_id=seeker.id, reason=EndReason.CONSENT_WITHDRAWN, states=states)
    end_reservations(uow, reserved, reason=ReservationEnd.CONSENT_WITHDRAWN)


def _end_consent(uow: UnitOfWork, seeker: Seeker, kind: ConsentKind) -> bool:
    """End the live agreement of a kind and say whether there was one."""
    ended = uow.session.scalar(
        update(Consent)
        .where(Consent.seeker_id == seeker.id, Consent.kind == kind, Consent.withdrawn_at.is_(None))
        .values(withdrawn_at=uow.now)
        .returning(Consent.id)
    )
    return ended is not None
