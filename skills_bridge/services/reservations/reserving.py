"""Propose a course and a post as one: a seat and a post are taken together, or neither is."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from skills_bridge.domain.calendar import add_months, local_day
from skills_bridge.domain.errors import AlreadyDone, NotFound, RuleBroken
from skills_bridge.domain.events import ReservationMade
from skills_bridge.domain.matching import ResultClass
from skills_bridge.domain.proposals import MOVES, ProposalKind, ProposalState
from skills_bridge.domain.referrals import LIVE
from skills_bridge.domain.reservations import last_day, seat_kept_until
from skills_bridge.domain.states import check_move
from skills_bridge.models import Cohort, MatchResult, Opening, Post, Proposal, Referral, Reservation, Seeker
from skills_bridge.policies.permissions import Permission, authorize
from skills_bridge.queries.bridges import get_bridge_terms, is_reserved
from skills_bridge.services.referrals.checks import check_opening, check_person
from skills_bridge.services.referrals.steps import hold_person
from skills_bridge.services.reservations.ending import log_step
from skills_bridge.services.seats import refuse_enrolled, take_seat
from skills_bridge.unit_of_work import UnitOfWork

LONG_WAIT_MONTHS = 12


def reserve(uow: UnitOfWork, *, opening_id: int, seeker_id: int, cohort_id: int) -> Reservation:
    """Reserve a seat of the cohort that closes a near profile's gap, and a post of the opening, for some days.

    Of many at once, as many succeed as there are seats and posts, and no post is reserved twice.

    :raises NotFound: there is no such opening, person or cohort in the actor's scope.
    :raises NotPermitted: the actor's unit does not follow the opening.
    :raises AlreadyDone: the person has a reservation, a live referral to the opening, or a seat in the cohort.
    :raises RuleBroken: the opening takes nobody, the person may not be looked for or is no longer near by this cohort,
        the course ends too late, or no seat or no post is left.
    """
    hold_person(uow, seeker_id)
    opening, seeker, cohort = _load(uow, opening_id, seeker_id, cohort_id)
    authorize(uow.actor, Permission.RESERVATION_MANAGE, opening)
    check_opening(uow, opening)
    check_person(uow, seeker)
    _refuse_second(uow, opening, seeker)
    refuse_enrolled(uow, cohort, seeker)
    score = _score_of_near(uow, opening, seeker, cohort)
    terms = get_bridge_terms(uow.session, opening_id=opening_id)
    if terms.needed_on is None or cohort.expected_end_on > terms.needed_on:
        raise RuleBroken("cohort-ends-too-late", reference=cohort.reference)
    take_seat(uow, cohort)
    reservation = _take_post(
        uow,
        opening,
        proposal_id=_propose(uow, opening, seeker, score),
        seeker_id=seeker.id,
        cohort_id=cohort.id,
        centre_id=cohort.centre_id,
        needed_on=terms.needed_on,
        expires_at=seat_kept_until(uow.now, days=terms.days, enrolment_until=cohort.enrolment_until),
    )
    log_step(uow, reservation, now="asked")
    uow.record(ReservationMade(reservation.id))
    return reservation


def _load(uow: UnitOfWork, opening_id: int, seeker_id: int, cohort_id: int) -> tuple[Opening, Seeker, Cohort]:
    """Return opening, person and cohort; nobody closes the opening or changes the person meanwhile."""
    opening = uow.session.get(Opening, opening_id, with_for_update={"read": True}, populate_existing=True)
    seeker = uow.session.get(Seeker, seeker_id, with_for_update={"read": True}, populate_existing=True)
    cohort = uow.session.get(Cohort, cohort_id)
    if opening is None or seeker is None:
        raise NotFound("opening", opening_id) if opening is None else NotFound("seeker", seeker_id)
    if cohort is None:
        raise NotFound("cohort", cohort_id)
    return opening, seeker, cohort


def _refuse_second(uow: UnitOfWork, opening: Opening, seeker: Seeker) -> None:
    """Refuse a person who has seat and post elsewhere, or who is being proposed for this opening as she is."""
    expires_at = uow.session.scalar(
        select(Reservation.expires_at).where(Reservation.seeker_id == seeker.id, Reservation.ended_at.is_(None))
    )
    if expires_at is not None:
        raise AlreadyDone("already-reserved", pseudonym=seeker.pseudonym, until=_written(last_day(expires_at)))
    live = select(Referral.id).where(
        Referral.opening_id == opening.id, Referral.seeker_id == seeker.id, Referral.state.in_(LIVE)
    )
    if uow.session.scalar(live) is not None:
        raise AlreadyDone("already-referred", pseudonym=seeker.pseudonym, opening=opening.reference)


def _score_of_near(uow: UnitOfWork, opening: Opening, seeker: Seeker, cohort: Cohort) -> int:
    """Return the person's score in the opening's current list, where this cohort closes her gap."""
    row = uow.session.execute(
        select(MatchResult.result_class, MatchResult.cohort_id, MatchResult.score).where(
            MatchResult.run_id == opening.current_run_id,
            MatchResult.opening_id == opening.id,
            MatchResult.seeker_id == seeker.id,
        )
    ).one_or_none()
    if row is None or row.result_class is not ResultClass.NEAR or row.cohort_id != cohort.id:
        raise RuleBroken("not-near", pseudonym=seeker.pseudonym, reference=cohort.reference)
    return int(row.score or 0)


def _take_post(uow: UnitOfWork, opening: Opening, **facts: object) -> Reservation:
    """Write the reservation on the open post due last that nobody has; one that is taken meanwhile is passed over.

    A post that somebody is filling right now is passed over too: nobody waits for a post while holding a cohort.

    :raises RuleBroken: every open post is reserved or being filled.
    """
    free = (
        select(Post.id)
        .where(Post.opening_id == opening.id, Post.placement_id.is_(None), Post.closed_on.is_(None), ~is_reserved())
        .order_by(Post.due_on.desc(), Post.id.desc())
        .limit(1)
        .with_for_update(read=True, key_share=True, skip_locked=True)
    )
    while (post_id := uow.session.scalar(free)) is not None:
        made: Reservation | None = uow.session.scalar(
            insert(Reservation)
            .values(
                post_id=post_id,
                company_id=opening.company_id,
                agency_id=opening.agency_id,
                unit_id=opening.unit_id,
                made_by=uow.actor.user_id,
                **facts,
            )
            .on_conflict_do_nothing(index_elements=["post_id"], index_where=Reservation.ended_at.is_(None))
            .returning(Reservation)
        )
        if made is not None:
            return made
    raise RuleBroken("no-post-to-reserve", opening=opening.reference)


def _propose(uow: UnitOfWork, opening: Opening, seeker: Seeker, score: int) -> int:
    """Write the proposal of the pair, or open it again, and return its key."""
    known = uow.session.scalar(
        select(Proposal)
        .where(
            Proposal.opening_id == opening.id,
            Proposal.seeker_id == seeker.id,
            Proposal.kind == ProposalKind.BRIDGE,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if known is not None:
        if known.state is not ProposalState.OPEN:
            check_move(MOVES[known.kind], known.state, ProposalState.OPEN)
            known.state, known.decided_by, known.decided_at = ProposalState.OPEN, None, None
            known.reason = known.answered_channel = known.answered_on = None
        known.score = score
        return known.id
    waits = seeker.registered_on <= add_months(local_day(uow.now), -LONG_WAIT_MONTHS)
    return uow.session.scalars(
        insert(Proposal)
        .values(
            kind=ProposalKind.BRIDGE,
            opening_id=opening.id,
            seeker_id=seeker.id,
            company_id=opening.company_id,
            agency_id=opening.agency_id,
            unit_id=opening.unit_id,
            state=ProposalState.OPEN,
            score=score,
            is_kept=False,
            is_waiting=waits,
            note="",
        )
        .returning(Proposal.id)
    ).one()


def _written(day: date) -> str:
    return day.strftime("%d/%m/%Y")
