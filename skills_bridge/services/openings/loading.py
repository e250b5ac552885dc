"""How a service takes hold of an opening: locked, permitted, and not changed since it was read."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills_bridge.domain.errors import NotFound, Stale
from skills_bridge.domain.openings import MOVES, OpeningState
from skills_bridge.domain.states import check_move
from skills_bridge.models import Opening, Post
from skills_bridge.policies.permissions import Permission, authorize
from skills_bridge.unit_of_work import UnitOfWork


def hold_opening(uow: UnitOfWork, opening_id: int, permission: Permission, version: int | None) -> Opening:
    """Return an opening that nobody else can change until the transaction ends; its version counts one more.

    ``version`` is the one that the person read; None takes the opening as it stands.

    :raises NotFound: there is no such opening in the actor's scope.
    :raises NotPermitted: the actor may not do this to it.
    :raises Stale: somebody changed it since it was read.
    """
    opening = uow.session.get(Opening, opening_id, with_for_update=True)
    if opening is None:
        raise NotFound("opening", opening_id)
    authorize(uow.actor, permission, opening)
    if version is not None and opening.version != version:
        raise Stale("opening")
    opening.version += 1
    return opening


def move_opening(
    uow: UnitOfWork, opening: Opening, target: OpeningState, *, reason: str | None = None, note: str = ""
) -> None:
    """Bring an opening into a state that its table allows, and log it for both parties.

    :raises IllegalMove: the state cannot follow the present one.
    """
    was = opening.state
    check_move(MOVES, was, target)
    opening.state = target
    uow.moved(
        "opening",
        opening.id,
        was=was,
        now=target,
        reason=reason,
        note=note,
        company_id=opening.company_id,
        agency_id=opening.agency_id,
    )


def count_posts(session: Session, opening_id: int) -> tuple[int, int]:
    """Count the posts of an opening that stand (open or filled), and those filled among them."""
    standing, filled = session.execute(
        select(func.count(), func.count(Post.placement_id)).where(
            Post.opening_id == opening_id, Post.closed_on.is_(None)
        )
    ).one()
    return standing, filled
