"""One step of a referral: found, allowed, moved by the state table, logged; alone or for several rows at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import select, text

from skills_bridge.domain.errors import NotFound, RuleBroken
from skills_bridge.domain.referrals import HUMAN_ONLY, MOVES, ReferralState
from skills_bridge.domain.states import check_move
from skills_bridge.models import Placement, Referral
from skills_bridge.policies.permissions import Permission, authorize
from skills_bridge.unit_of_work import UnitOfWork

ONE_PERSON_AT_A_TIME = text("SELECT pg_advisory_xact_lock(7421, (:seeker % 2147483647)::int)")


@dataclass(frozen=True)
class BulkOutcome:
    """What became of an act on several rows: keys of those done, and the refusal of each of the others."""

    done: tuple[int, ...]
    refused: tuple[tuple[int, RuleBroken], ...]


def in_bulk(keys: Iterable[int], act: Callable[[int], object]) -> BulkOutcome:
    """Do what can be done, the smallest key first; a row whose rules say no is left as it is and reported."""
    done: list[int] = []
    refused: list[tuple[int, RuleBroken]] = []
    for key in sorted(set(keys)):
        try:
            act(key)
        except RuleBroken as refusal:
            refused.append((key, refusal))
        else:
            done.append(key)
    return BulkOutcome(tuple(done), tuple(refused))


def hold_person(uow: UnitOfWork, seeker_id: int) -> None:
    """Wait until nobody else proposes or places this person, and keep it so until the end of the transaction.

    Taken before any row is locked: companies, who may not lock the person's row, wait here too.
    """
    uow.session.execute(ONE_PERSON_AT_A_TIME, {"seeker": seeker_id})


def is_placed(uow: UnitOfWork, seeker_id: int) -> bool:
    """Say whether a person has a start that was neither undone nor ended; certain only while she is held."""
    live = select(Placement.id).where(
        Placement.seeker_id == seeker_id, Placement.cancelled_on.is_(None), Placement.ended_on.is_(None)
    )
    return uow.session.scalar(live.limit(1)) is not None


def load_referral(uow: UnitOfWork, referral_id: int, permission: Permission) -> Referral:
    """Return a referral, locked until the end of the transaction.

    :raises NotFound: there is none in the actor's scope.
    :raises NotPermitted: the actor may not do this with it.
    """
    referral = uow.session.get(Referral, referral_id, with_for_update=True, populate_existing=True)
    if referral is None:
        raise NotFound("referral", referral_id)
    authorize(uow.actor, permission, referral)
    return referral


def move(uow: UnitOfWork, referral: Referral, target: ReferralState, *, reason: str | None = None) -> None:
    """Bring a referral into another state, by the table, with its log.

    :raises IllegalMove: the state cannot follow the present one.
    :raises RuleBroken: only a person may decide this outcome.
    """
    check_move(MOVES, referral.state, target)
    if target in HUMAN_ONLY:
        if not uow.actor.is_human:
            raise RuleBroken("person-must-decide")
        referral.decided_by = uow.actor.user_id
    was, referral.state = referral.state, target
    referral.reason = reason
    referral.changed_at = uow.now
    referral.version += 1
    uow.moved(
        "referral",
        referral.id,
        was=was.value,
        now=target.value,
        reason=reason,
        company_id=referral.company_id,
        agency_id=referral.agency_id,
    )
