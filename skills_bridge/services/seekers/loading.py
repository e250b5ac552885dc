"""Find the file that a write is about, locked, with the actor's right to change it."""

from __future__ import annotations

from sqlalchemy import select

from skills_bridge.domain.errors import IllegalMove, NotFound, Stale
from skills_bridge.domain.events import ProfileChanged
from skills_bridge.domain.seekers import SeekerState
from skills_bridge.models import Seeker
from skills_bridge.policies.permissions import Permission, authorize
from skills_bridge.unit_of_work import UnitOfWork


def load_seeker(
    uow: UnitOfWork,
    seeker_id: int,
    *,
    version: int | None = None,
    permission: Permission = Permission.SEEKER_MANAGE,
) -> Seeker:
    """Return a person's file, locked.

    :raises NotFound: there is no such person in the actor's scope.
    :raises NotPermitted: the person is followed by another unit.
    :raises IllegalMove: the file was anonymised: nothing of it changes any more.
    :raises Stale: somebody changed the file since ``version`` was read.
    """
    seeker = uow.session.scalar(select(Seeker).where(Seeker.id == seeker_id).with_for_update())
    if seeker is None:
        raise NotFound("seeker", seeker_id)
    authorize(uow.actor, permission, seeker)
    if seeker.state is SeekerState.ANONYMISED:
        raise IllegalMove(seeker.state, "changed")
    if version is not None and seeker.version != version:
        raise Stale("seeker")
    return seeker


def note_change(uow: UnitOfWork, seeker: Seeker) -> None:
    """Count a new version of the file and let matching look at it again."""
    seeker.version += 1
    uow.record(ProfileChanged(seeker.id, occasion=f"v{seeker.version}"))
