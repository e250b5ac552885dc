"""What an organisation leaves behind is closed in one place, each kind of thing by the service that owns it."""

from __future__ import annotations

from sqlalchemy import func, select, update

from skills_bridge.domain.jobs import JobState
from skills_bridge.domain.needs import NeedState
from skills_bridge.domain.openings import CloseReason, OpeningState
from skills_bridge.domain.organisations import OrganisationState
from skills_bridge.domain.training import CancelReason, CohortState
from skills_bridge.models import (
    Cohort,
    Invitation,
    Job,
    Membership,
    Need,
    Opening,
    Organisation,
    OrganisationMove,
    WebSession,
)
from skills_bridge.services.accounts import remove_member
from skills_bridge.services.needs import withdraw_need
from skills_bridge.services.openings import close_opening
from skills_bridge.services.training import cancel_cohort
from skills_bridge.unit_of_work import UnitOfWork

LIVE_COHORTS = (CohortState.DRAFT, CohortState.PUBLISHED, CohortState.RUNNING)


def hand_over(uow: UnitOfWork, *, organisation_id: int) -> dict[str, int]:
    """Close what an organisation that left had open, and count it; platform scope. Safe to run twice.

    Openings close as withdrawn by the employer, and the agency's units are told; needs are withdrawn; cohorts are
    cancelled, their people lose the seat and the units that follow them are told; what was placed, certified or
    counted stays as it is. Every member is removed, every invitation taken back, work that waits is cancelled.
    """
    organisation = uow.session.get_one(Organisation, organisation_id, with_for_update=True)
    if organisation.state is not OrganisationState.LEFT:
        return {}
    facts = {
        "openings": _close_openings(uow, organisation_id),
        "needs": _withdraw_needs(uow, organisation_id),
        "cohorts": _cancel_cohorts(uow, organisation_id),
        "members": _remove_members(uow, organisation_id),
    }
    _revoke(uow, organisation_id)
    if any(facts.values()):
        uow.session.add(
            OrganisationMove(
                organisation_id=organisation_id,
                from_state=OrganisationState.LEFT,
                to_state=OrganisationState.LEFT,
                facts=facts,
                actor_name=uow.actor.display_name,
                changed_at=uow.now,
            )
        )
        uow.audit("organisation.handed_over", "organisation", organisation_id, **facts)
    return facts


def end_organisation_sessions(uow: UnitOfWork, *, organisation_id: int) -> int:
    """End the sessions that were open when an organisation was last suspended, and count them; platform scope.

    Nobody acts for it from the moment of its suspension on; this makes sure that nobody goes on where she stopped once
    the suspension is lifted, however late the work is done. Safe to run twice.
    """
    suspended_at = uow.session.scalar(
        select(func.max(OrganisationMove.changed_at)).where(
            OrganisationMove.organisation_id == organisation_id,
            OrganisationMove.to_state == OrganisationState.SUSPENDED,
        )
    )
    if suspended_at is None:
        return 0
    members = select(Membership.id).where(Membership.organisation_id == organisation_id)
    ended = uow.session.scalars(
        update(WebSession)
        .where(
            WebSession.membership_id.in_(members),
            WebSession.started_at <= suspended_at,
            WebSession.ended_at.is_(None),
        )
        .values(ended_at=uow.now)
        .returning(WebSession.id)
    ).all()
    uow.audit("organisation.sessions_ended", "organisation", organisation_id, count=len(ended))
    return len(ended)


def _close_openings(uow: UnitOfWork, company_id: int) -> int:
    """Close the openings that are not closed, and return how many."""
    live = select(Opening.id).where(Opening.company_id == company_id, Opening.state != OpeningState.CLOSED)
    found = uow.session.scalars(live.order_by(Opening.id)).all()
    for opening_id in found:
        close_opening(uow, opening_id=opening_id, reason=CloseReason.EMPLOYER_WITHDREW)
    return len(found)


def _withdraw_needs(uow: UnitOfWork, company_id: int) -> int:
    """Withdraw the needs that stand, and return how many."""
    live = select(Need.id).where(Need.company_id == company_id, Need.state == NeedState.OPEN)
    found = uow.session.scalars(live.order_by(Need.id)).all()
    for need_id in found:
        withdraw_need(uow, need_id=need_id)
    return len(found)


def _cancel_cohorts(uow: UnitOfWork, centre_id: int) -> int:
    """Cancel the cohorts that have not ended, and return how many."""
    live = select(Cohort.id).where(Cohort.centre_id == centre_id, Cohort.state.in_(LIVE_COHORTS))
    found = uow.session.scalars(live.order_by(Cohort.id)).all()
    for cohort_id in found:
        cancel_cohort(uow, cohort_id=cohort_id, reason=CancelReason.OTHER)
    return len(found)


def _remove_members(uow: UnitOfWork, organisation_id: int) -> int:
    """Remove every live member, and return how many there were."""
    live = select(Membership).where(Membership.organisation_id == organisation_id, Membership.ended_at.is_(None))
    found = uow.session.scalars(live.order_by(Membership.id)).all()
    for membership in found:
        remove_member(uow, membership)
    return len(found)


def _revoke(uow: UnitOfWork, organisation_id: int) -> None:
    """Take back invitations, and cancel work that waits in the organisation's scope."""
    uow.session.execute(
        update(Invitation)
        .where(
            Invitation.organisation_id == organisation_id,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
        .values(revoked_at=uow.now)
    )
    own = (Job.organisation_id == organisation_id, Job.state.in_((JobState.DUE, JobState.SENT)))
    others = () if uow.job is None else (Job.id != uow.job.id,)
    uow.session.execute(update(Job).where(*own, *others).values(state=JobState.CANCELLED, ended_at=uow.now))
