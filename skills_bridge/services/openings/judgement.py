"""The agency's judgement of an opening: asked for, given with posts, or refused with a reason."""

from __future__ import annotations

from typing import Final

from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.errors import AlreadyDone, Invalid, Stale
from skills_bridge.domain.events import OpeningRefused, OpeningSubmitted, OpeningValidated
from skills_bridge.domain.openings import LIVE, MOVES, OpeningState, check_start, post_due_on
from skills_bridge.domain.states import check_move
from skills_bridge.models import Opening, OpeningRevision, Post
from skills_bridge.policies.permissions import Permission
from skills_bridge.services.openings.loading import count_posts, hold_opening, move_opening
from skills_bridge.services.openings.revisions import (
    add_revision,
    check_known,
    is_waiting,
    latest_revision,
    read_terms,
)
from skills_bridge.services.reservations import follow_start
from skills_bridge.unit_of_work import UnitOfWork

MOST_REASON: Final = 1_000
"""Characters of a reason at most."""


def submit_opening(uow: UnitOfWork, *, opening_id: int, version: int | None = None) -> Opening:
    """Ask the agency to validate a draft.

    :raises Invalid: the start has passed, or a code left its list meanwhile.
    :raises IllegalMove: the opening is no draft.
    :raises Stale: somebody changed it since it was read.
    """
    opening = hold_opening(uow, opening_id, Permission.OPENING_MANAGE, version)
    check_move(MOVES, opening.state, OpeningState.SUBMITTED)
    revision = latest_revision(uow.session, opening.id)
    terms = read_terms(uow.session, revision)
    check_known(uow.session, terms)
    check_start(terms.start_on, local_day(uow.now))
    if revision.submitted_at is not None:  # refused or taken back, and sent again as it was
        revision = add_revision(uow, opening, terms, number=revision.number + 1)
    revision.submitted_at = uow.now
    move_opening(uow, opening, OpeningState.SUBMITTED)
    uow.record(OpeningSubmitted(opening.id, occasion=str(revision.number)))
    return opening


def recall_opening(uow: UnitOfWork, *, opening_id: int, version: int | None = None) -> Opening:
    """Take back an opening that waits for validation, to go on writing it.

    :raises IllegalMove: the opening does not wait for its first validation.
    """
    opening = hold_opening(uow, opening_id, Permission.OPENING_MANAGE, version)
    move_opening(uow, opening, OpeningState.DRAFT)
    return opening


def withdraw_change(uow: UnitOfWork, *, opening_id: int, version: int | None = None) -> Opening:
    """Take back a change of a live opening that waits for the agency; the validated revision stays in force.

    :raises NotFound: there is no such opening in the actor's scope.
    :raises NotPermitted: the opening is not of the actor's company.
    :raises AlreadyDone: no change waits: the agency answered, or somebody took it back.
    :raises Stale: somebody changed it since it was read.
    """
    opening = hold_opening(uow, opening_id, Permission.OPENING_MANAGE, version)
    revision = latest_revision(uow.session, opening.id)
    if opening.state not in LIVE or not is_waiting(revision):
        raise AlreadyDone("no-change-waiting")
    revision.withdrawn_at = uow.now
    _log(uow, opening, revision, "withdrawn")
    return opening


def validate_opening(uow: UnitOfWork, *, opening_id: int, version: int | None = None) -> Opening:
    """Let sourcing begin on what waits for validation: the posts come into being, or those that are added.

    :raises NotFound: there is no such opening in the actor's scope.
    :raises NotPermitted: the actor is no adviser of the opening's unit.
    :raises AlreadyDone: somebody validated it before.
    :raises IllegalMove: the opening was not submitted, or is closed.
    :raises Stale: the company changed it since it was read.
    """
    opening = hold_opening(uow, opening_id, Permission.OPENING_VALIDATE, None)
    revision = _waiting(uow, opening, version)
    revision.validated_at = uow.now
    if opening.state is OpeningState.SUBMITTED:
        opening.validated_at = uow.now
        opening.revision_id = revision.id
        uow.session.flush()  # the check on live openings wants the revision first
        move_opening(uow, opening, OpeningState.VALIDATED)
    else:
        opening.revision_id = revision.id
        _log(uow, opening, revision, "validated")
        follow_start(uow, opening_id=opening.id)
    _add_posts(uow, opening, revision)
    uow.record(OpeningValidated(opening.id, occasion=str(revision.number)))
    return opening


def refuse_opening(uow: UnitOfWork, *, opening_id: int, reason: str, version: int | None = None) -> Opening:
    """Send what waits for validation back to the company, with a reason; a validated revision stays in force.

    :raises Invalid: the reason is missing.
    :raises AlreadyDone: somebody answered before.
    :raises IllegalMove: the opening was not submitted, or is closed.
    :raises Stale: the company changed it since it was read.
    """
    opening = hold_opening(uow, opening_id, Permission.OPENING_VALIDATE, None)
    reason = reason.strip()[:MOST_REASON]
    if not reason:
        raise Invalid("reason-missing", field="reason")
    revision = _waiting(uow, opening, version)
    revision.refused_at = uow.now
    revision.refusal_reason = reason
    uow.session.flush()  # a draft stays in the agency's sight by its refusal only
    if opening.state is OpeningState.SUBMITTED:
        move_opening(uow, opening, OpeningState.DRAFT, note=reason)
    else:
        _log(uow, opening, revision, "refused", note=reason)
    uow.record(OpeningRefused(opening.id, occasion=str(revision.number)))
    return opening


def _waiting(uow: UnitOfWork, opening: Opening, version: int | None) -> OpeningRevision:
    """Return the revision to judge; the one who comes second is told so before anything else."""
    revision = latest_revision(uow.session, opening.id)
    if opening.state not in LIVE:
        check_move(MOVES, opening.state, OpeningState.VALIDATED)
    elif not is_waiting(revision):
        raise AlreadyDone("opening-already-judged")
    if version is not None and opening.version != version + 1:
        raise Stale("opening")
    return revision


def _log(uow: UnitOfWork, opening: Opening, revision: OpeningRevision, now: str, note: str = "") -> None:
    uow.moved(
        "opening_revision",
        revision.id,
        was="submitted",
        now=now,
        note=note,
        company_id=opening.company_id,
        agency_id=opening.agency_id,
    )


def _add_posts(uow: UnitOfWork, opening: Opening, revision: OpeningRevision) -> None:
    """Open the posts that the revision asks for beyond those that stand."""
    today = local_day(uow.now)
    standing, _filled = count_posts(uow.session, opening.id)
    due_on = post_due_on(revision.start_on, today)
    uow.session.add_all(
        Post(opening_id=opening.id, company_id=opening.company_id, opened_on=today, due_on=due_on)
        for _ in range(revision.posts - standing)
    )
