"""What an adviser makes of proposals: accepted as referrals, set aside with a reason, taken up again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import select

from skills_bridge.domain.errors import Invalid, NotFound
from skills_bridge.domain.proposals import MOVES, ProposalKind, ProposalState, SetAsideReason
from skills_bridge.domain.states import check_move
from skills_bridge.models import Proposal, Referral
from skills_bridge.policies.permissions import Permission, authorize
from skills_bridge.services.referrals import refer
from skills_bridge.services.referrals.steps import BulkOutcome, hold_person, in_bulk
from skills_bridge.unit_of_work import UnitOfWork

NOTE_LENGTH: Final = 500


def accept_proposal(uow: UnitOfWork, *, proposal_id: int) -> Referral:
    """Propose the opening to the person as the allocation suggests; of two who accept at once, one does.

    :raises NotFound: there is no such proposal in the actor's scope.
    :raises NotPermitted: the actor's unit does not follow its opening.
    :raises IllegalMove: it is decided already.
    :raises RuleBroken: the opening takes nobody, the person is not looked for, or has enough live proposals.
    """
    _hold_people(uow, (proposal_id,))
    proposal = _load(uow, proposal_id)
    check_move(MOVES[proposal.kind], proposal.state, ProposalState.ACCEPTED)
    referral = refer(uow, opening_id=proposal.opening_id, seeker_id=proposal.seeker_id)
    _decide(uow, proposal, ProposalState.ACCEPTED)
    return referral


def accept_several(uow: UnitOfWork, *, proposal_ids: Iterable[int]) -> BulkOutcome:
    """Accept several proposals; those whose rules say no are reported and left.

    :raises NotFound: one of them is not in the actor's scope.
    :raises NotPermitted: the actor's unit does not follow one of the openings.
    """
    wanted = tuple(proposal_ids)
    _hold_people(uow, wanted)
    return in_bulk(wanted, lambda proposal_id: accept_proposal(uow, proposal_id=proposal_id))


def set_aside(uow: UnitOfWork, *, proposal_id: int, reason: SetAsideReason, note: str = "") -> Proposal:
    """Leave a proposal with a reason; no later allocation makes it again until somebody takes it up.

    :raises NotFound: there is no such proposal in the actor's scope.
    :raises NotPermitted: the actor's unit does not follow its opening.
    :raises Invalid: another reason is told without words.
    :raises IllegalMove: it is decided already.
    """
    words = note.strip()[:NOTE_LENGTH]
    if reason is SetAsideReason.OTHER and not words:
        raise Invalid("set-aside-note-missing", field="note")
    proposal = _load(uow, proposal_id)
    check_move(MOVES[proposal.kind], proposal.state, ProposalState.SET_ASIDE)
    _decide(uow, proposal, ProposalState.SET_ASIDE, reason=reason, note=words)
    return proposal


def take_up(uow: UnitOfWork, *, proposal_id: int) -> Proposal:
    """Open a proposal again that was set aside; the next allocation may keep or withdraw it.

    :raises NotFound: there is no such proposal in the actor's scope.
    :raises NotPermitted: the actor's unit does not follow its opening.
    :raises IllegalMove: it was not set aside.
    """
    proposal = _load(uow, proposal_id)
    check_move(MOVES[proposal.kind], proposal.state, ProposalState.OPEN)
    _decide(uow, proposal, ProposalState.OPEN)
    return proposal


def _hold_people(uow: UnitOfWork, proposal_ids: Iterable[int]) -> None:
    """Hold the people of proposals by rising key, before any row is locked, as every act on several people does."""
    people = select(Proposal.seeker_id).where(Proposal.id.in_(list(proposal_ids))).distinct()
    for seeker_id in sorted(uow.session.scalars(people)):
        hold_person(uow, seeker_id)


def _load(uow: UnitOfWork, proposal_id: int) -> Proposal:
    """Return a proposal of the allocation, locked until the end of the transaction."""
    proposal = uow.session.get(Proposal, proposal_id, with_for_update=True, populate_existing=True)
    if proposal is None or proposal.kind is not ProposalKind.ALLOCATION:
        raise NotFound("proposal", proposal_id)
    authorize(uow.actor, Permission.REFERRAL_MANAGE, proposal)
    return proposal


def _decide(
    uow: UnitOfWork, proposal: Proposal, target: ProposalState, *, reason: SetAsideReason | None = None, note: str = ""
) -> None:
    """Bring a proposal into another state, with who decided and why, and its log for the agency alone."""
    was, proposal.state = proposal.state, target
    is_open = target is ProposalState.OPEN
    proposal.decided_by = None if is_open else uow.actor.user_id
    proposal.decided_at = None if is_open else uow.now
    proposal.reason, proposal.note = reason, note
    uow.moved(
        "proposal",
        proposal.id,
        was=was.value,
        now=target.value,
        reason=reason.value if reason else None,
        note=note,
        agency_id=proposal.agency_id,
    )
