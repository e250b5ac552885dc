"""Taking an access file out, once: by the officer, who says how it reaches the person, or by herself with her link."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select

from skills_bridge.adapters.vault import Vault
from skills_bridge.domain.errors import NotFound, RuleBroken
from skills_bridge.domain.privacy import MOVES, HandOver, RequestState
from skills_bridge.domain.seekers import Channel
from skills_bridge.domain.states import check_move
from skills_bridge.models import AccessFile, RightsRequest
from skills_bridge.policies.permissions import Permission, authorize
from skills_bridge.queries.privacy.requests import access_purpose
from skills_bridge.services.privacy.rights import log_step
from skills_bridge.unit_of_work import UnitOfWork


def take_out_file(uow: UnitOfWork, *, reference: str, how: HandOver, vault: Vault) -> bytes:
    """Return the archive of an access file and forget it; the request is done.

    :raises NotFound: there is no such request in the actor's scope.
    :raises NotPermitted: the actor is not the officer.
    :raises RuleBroken: the file was taken out, has expired, or is not built.
    """
    request, file = _hold(uow, RightsRequest.reference == reference, reference)
    authorize(uow.actor, Permission.RIGHTS_DECIDE, request)
    return _take(uow, request, file, how, vault)


def take_own_file(uow: UnitOfWork, *, reference: str, vault: Vault) -> bytes:
    """Return the archive of a person's access file to herself, once; the request is done.

    :raises NotFound: there is no such request of hers by her personal link.
    :raises RuleBroken: the file was taken out, or has expired.
    """
    hers = (RightsRequest.seeker_id == uow.actor.seeker_id) & (RightsRequest.channel == Channel.PERSONAL_LINK)
    request, file = _hold(uow, hers & (RightsRequest.reference == reference), reference)
    authorize(uow.actor, Permission.OWN_RIGHTS_USE, request)
    return _take(uow, request, file, HandOver.PERSONAL_LINK, vault)


def _hold(uow: UnitOfWork, wanted: ColumnElement[bool], reference: str) -> tuple[RightsRequest, AccessFile]:
    """Return a request with its file, locked.

    :raises NotFound: there is none in the actor's scope.
    """
    row = uow.session.execute(
        select(RightsRequest, AccessFile)
        .join(AccessFile, AccessFile.request_id == RightsRequest.id)
        .where(wanted)
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound("access file", reference)
    request, file = row
    return request, file


def _take(uow: UnitOfWork, request: RightsRequest, file: AccessFile, how: HandOver, vault: Vault) -> bytes:
    """Open a file for the last time.

    :raises RuleBroken: it was taken out, has expired, or is not built.
    """
    if file.content_sealed is None or file.expires_at < uow.now:
        raise RuleBroken("access-file-gone")
    content = vault.open_bytes(file.content_sealed, purpose=access_purpose(request.id))
    file.content_sealed, file.taken_at, file.taken_by = None, uow.now, uow.actor.user_id
    was = request.state
    check_move(MOVES, was, RequestState.DONE)
    request.state, request.changed_at = RequestState.DONE, uow.now
    log_step(uow, request, was)
    uow.audit(
        "access-file.taken",
        "rights_request",
        request.id,
        reason=how.value,
        seeker_id=request.seeker_id,
    )
    return content
