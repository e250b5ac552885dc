"""The agency's side: propose a person, record her answer, send her file, take her back, go on again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import func, select

from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.errors import AlreadyDone, Invalid, NotFound, RuleBroken
from skills_bridge.domain.events import ReferralSent
from skills_bridge.domain.referrals import (
    LIVE,
    MOVES,
    REOPENED,
    DeclineReason,
    ReferralState,
    ReopenReason,
    WithdrawReason,
)
from skills_bridge.domain.seekers import Channel
from skills_bridge.domain.states import check_move
from skills_bridge.models import MatchPolicy, MatchResult, Opening, Referral, Seeker
from skills_bridge.policies.permissions import Permission, authorize, own_or
from skills_bridge.queries.matching.listed import Kept, get_accounts
from skills_bridge.services.referrals.checks import (
    check_answer_day,
    check_channel,
    check_opening,
    check_person,
    check_sharing,
)
from skills_bridge.services.referrals.steps import BulkOutcome, hold_person, in_bulk, load_referral, move
from skills_bridge.unit_of_work import UnitOfWork

MESSAGE_LENGTH = 1000


def refer(uow: UnitOfWork, *, opening_id: int, seeker_id: int, message: str = "") -> Referral:
    """Propose an opening to a person; nothing reaches the company before she has accepted.

    :raises NotFound: there is no such opening or person in the actor's scope.
    :raises NotPermitted: the actor's unit does not follow the opening.
    :raises AlreadyDone: the person has been proposed for this opening before.
    :raises RuleBroken: the opening takes nobody, the person is not looked for, or has enough live proposals.
    """
    hold_person(uow, seeker_id)
    opening = _load_opening(uow, opening_id)
    authorize(uow.actor, Permission.REFERRAL_MANAGE, opening)
    seeker = _load_seeker(uow, seeker_id)
    known = uow.session.scalar(
        select(Referral.state).where(Referral.opening_id == opening_id, Referral.seeker_id == seeker_id)
    )
    if known is not None:
        code = "already-referred" if known in LIVE else "referred-before"
        raise AlreadyDone(code, pseudonym=seeker.pseudonym, opening=opening.reference)
    _check_pair(uow, opening, seeker)
    referral = Referral(
        opening_id=opening.id,
        seeker_id=seeker.id,
        company_id=opening.company_id,
        agency_id=opening.agency_id,
        unit_id=opening.unit_id,
        state=ReferralState.PROPOSED,
        proposed_by=uow.actor.user_id,
        message=message.strip()[:MESSAGE_LENGTH],
        changed_at=uow.now,
        **_standing(uow, opening, seeker_id),
    )
    uow.session.add(referral)
    uow.session.flush()  # the log needs the key
    uow.moved(
        "referral",
        referral.id,
        was=None,
        now=ReferralState.PROPOSED.value,
        company_id=referral.company_id,
        agency_id=referral.agency_id,
    )
    return referral


def refer_several(uow: UnitOfWork, *, opening_id: int, seeker_ids: Iterable[int], message: str = "") -> BulkOutcome:
    """Propose an opening to several people; those whose rules say no are reported and left.

    :raises NotFound: there is no such opening, or one of the people is not in the actor's scope.
    :raises NotPermitted: the actor's unit does not follow the opening.
    """
    return in_bulk(
        seeker_ids, lambda seeker_id: refer(uow, opening_id=opening_id, seeker_id=seeker_id, message=message)
    )


def record_answer(
    uow: UnitOfWork,
    *,
    referral_id: int,
    accepted: bool,
    channel: Channel,
    answered_on: date,
    reason: DeclineReason | None = None,
) -> Referral:
    """Write down the person's word, how and when it came; to decline costs her nothing.

    She gives it to the adviser, or herself by her personal link: whoever is second finds it answered.

    :raises NotFound: there is no such referral in the actor's scope.
    :raises NotPermitted: the actor's unit does not follow it.
    :raises Invalid: the day is not between the proposal and today, a refusal has no reason, or somebody else's channel.
    :raises RuleBroken: the person has not agreed to be named to companies.
    :raises IllegalMove: the person was not asked, or has answered.
    """
    asked = own_or(uow.actor, Permission.OWN_PROPOSAL_ANSWER, Permission.REFERRAL_MANAGE)
    referral = load_referral(uow, referral_id, asked)
    check_channel(uow, channel)
    check_answer_day(uow, answered_on, asked_at=referral.created_at)
    if not accepted and reason is None:
        raise Invalid("decline-reason-missing", field="reason")
    target = ReferralState.ACCEPTED if accepted else ReferralState.DECLINED
    check_move(MOVES, referral.state, target)
    if accepted:
        check_sharing(uow, referral.seeker_id)
    move(uow, referral, target, reason=reason.value if reason and not accepted else None)
    referral.answered_channel, referral.answered_on = channel, answered_on
    return referral


def send_referral(uow: UnitOfWork, *, referral_id: int) -> Referral:
    """Hand a person who accepted over to the company, whose time to answer begins.

    :raises NotFound: there is no such referral in the actor's scope.
    :raises NotPermitted: the actor's unit does not follow it.
    :raises IllegalMove: the person has not accepted.
    :raises RuleBroken: the opening takes nobody now, or the person no longer agrees to be named.
    """
    opening, referral = _load_both(uow, referral_id)
    check_move(MOVES, referral.state, ReferralState.SENT)
    check_opening(uow, opening)
    check_sharing(uow, referral.seeker_id)
    move(uow, referral, ReferralState.SENT)
    _start_waiting(uow, referral, opening)
    return referral


def send_several(uow: UnitOfWork, *, referral_ids: Iterable[int]) -> BulkOutcome:
    """Hand several people over; those whose rules say no are reported and left.

    :raises NotFound: one of them is not in the actor's scope.
    :raises NotPermitted: the actor's unit does not follow one of them.
    """
    return in_bulk(referral_ids, lambda referral_id: send_referral(uow, referral_id=referral_id))


def withdraw(uow: UnitOfWork, *, referral_id: int, reason: WithdrawReason) -> Referral:
    """Take a person back before the start.

    :raises NotFound: there is no such referral in the actor's scope.
    :raises NotPermitted: the actor's unit does not follow it.
    :raises IllegalMove: the referral has come to an end.
    """
    referral = load_referral(uow, referral_id, Permission.REFERRAL_MANAGE)
    move(uow, referral, ReferralState.WITHDRAWN, reason=reason.value)
    return referral


def reopen(uow: UnitOfWork, *, referral_id: int, reason: ReopenReason) -> Referral:
    """Go on with a referral that had come to an end, under the rules of a new one.

    :raises NotFound: there is no such referral in the actor's scope.
    :raises NotPermitted: the actor's unit does not follow it.
    :raises IllegalMove: the referral is live, or ended in a placement.
    :raises RuleBroken: the opening takes nobody, the person is not looked for, or has enough live proposals.
    """
    seeker_id = uow.session.scalar(select(Referral.seeker_id).where(Referral.id == referral_id))
    if seeker_id is None:
        raise NotFound("referral", referral_id)
    hold_person(uow, seeker_id)
    opening, referral = _load_both(uow, referral_id)
    target = REOPENED.get(referral.state, referral.state)
    check_move(MOVES, referral.state, target)
    _check_pair(uow, opening, _load_seeker(uow, seeker_id))
    move(uow, referral, target, reason=reason.value)
    if target is ReferralState.PROPOSED:
        referral.answered_channel = referral.answered_on = referral.answer_due_on = None
    if target is ReferralState.SENT:
        _start_waiting(uow, referral, opening)
    return referral


def reopen_several(uow: UnitOfWork, *, referral_ids: Iterable[int], reason: ReopenReason) -> BulkOutcome:
    """Go on with several referrals; those whose rules say no are reported and left.

    :raises NotFound: one of them is not in the actor's scope.
    :raises NotPermitted: the actor's unit does not follow one of them.
    """
    return in_bulk(referral_ids, lambda referral_id: reopen(uow, referral_id=referral_id, reason=reason))


def _start_waiting(uow: UnitOfWork, referral: Referral, opening: Opening) -> None:
    """Start the company's time to answer, and tell it; the first sending keeps its instant."""
    referral.sent_at = referral.sent_at or uow.now
    referral.answer_due_on = local_day(uow.now) + timedelta(days=opening.answer_days)
    uow.record(ReferralSent(referral.id, occasion=str(referral.version)))


def _load_both(uow: UnitOfWork, referral_id: int) -> tuple[Opening, Referral]:
    """Return a referral's opening and the referral, locked in the order in which closing an opening locks them."""
    opening_id = uow.session.scalar(select(Referral.opening_id).where(Referral.id == referral_id))
    if opening_id is None:
        raise NotFound("referral", referral_id)
    opening = _load_opening(uow, opening_id)
    return opening, load_referral(uow, referral_id, Permission.REFERRAL_MANAGE)


def _load_opening(uow: UnitOfWork, opening_id: int) -> Opening:
    """Return an opening that nobody closes meanwhile."""
    opening = uow.session.get(Opening, opening_id, with_for_update={"read": True}, populate_existing=True)
    if opening is None:
        raise NotFound("opening", opening_id)
    return opening


def _load_seeker(uow: UnitOfWork, seeker_id: int) -> Seeker:
    """Return a person whose state and objection nobody changes meanwhile."""
    seeker = uow.session.get(Seeker, seeker_id, with_for_update={"read": True}, populate_existing=True)
    if seeker is None:
        raise NotFound("seeker", seeker_id)
    return seeker


def _check_pair(uow: UnitOfWork, opening: Opening, seeker: Seeker) -> None:
    """Refuse an opening that takes nobody, a person who is not looked for, and one proposal too many."""
    check_opening(uow, opening)
    check_person(uow, seeker)
    live = uow.session.scalar(
        select(func.count()).select_from(Referral).where(Referral.seeker_id == seeker.id, Referral.state.in_(LIVE))
    )
    most = _live_limit(uow)
    if (live or 0) >= most:
        raise RuleBroken("too-many-live-referrals", most=most, pseudonym=seeker.pseudonym)


def _live_limit(uow: UnitOfWork) -> int:
    """Return how many live proposals a person may have: a parameter of the latest policy."""
    parameters = uow.session.scalars(select(MatchPolicy.parameters).order_by(MatchPolicy.version.desc()).limit(1)).one()
    return int(parameters["allocation"]["live_per_person"])


def _standing(uow: UnitOfWork, opening: Opening, seeker_id: int) -> dict[str, object]:
    """Return where the person stands in the opening's current list, if she does."""
    row = uow.session.execute(
        select(MatchResult.score, MatchResult.result_class, MatchResult.run_id, MatchResult.person).where(
            MatchResult.run_id == opening.current_run_id,
            MatchResult.opening_id == opening.id,
            MatchResult.seeker_id == seeker_id,
        )
    ).one_or_none()
    if row is None:
        return {}
    (account,) = get_accounts(uow.session, [Kept(row.run_id, opening.id, seeker_id, row.person)])
    parts = [{"competency": one.competency_id, "share": one.share} for one in account.requirements]
    return {
        "score": row.score,
        "result_class": row.result_class.value,
        "run_id": row.run_id,
        "parts": [part for part in parts if part["share"]],
    }
