"""Who belongs to an organisation: one function ends it, and with it all that hung on it."""

from __future__ import annotations

from sqlalchemy import Select, func, select, update

from skills_bridge.domain.accounts import ADMINISTERS, ROLES_BY_KIND, Role
from skills_bridge.domain.errors import AlreadyDone, Invalid, NotFound, RuleBroken
from skills_bridge.domain.jobs import ENDS_WITH_ITS_ASKER, JobState
from skills_bridge.domain.organisations import OrganisationState
from skills_bridge.models import Invitation, Job, Membership, Organisation, WebSession
from skills_bridge.policies.permissions import Permission, authorize
from skills_bridge.unit_of_work import UnitOfWork


def add_membership(
    uow: UnitOfWork, *, user_id: int, organisation_id: int, role: Role, unit_id: int | None = None
) -> Membership:
    """Let a person act for an organisation in a role; platform scope, or account scope of an invited person.

    Who held the role before and left takes it up again.

    :raises AlreadyDone: she holds it.
    """
    membership = uow.session.scalar(_place(user_id, organisation_id, role))
    if membership is None:
        membership = Membership(user_id=user_id, organisation_id=organisation_id, role=role)
        uow.session.add(membership)
    elif membership.ended_at is None:
        raise AlreadyDone("member-already")
    membership.unit_id, membership.ended_at = unit_id, None
    uow.session.flush()  # a session may be started on it at once
    uow.audit("membership.added", "membership", membership.id, role=role.value, organisation_id=organisation_id)
    return membership


def switch_seat(uow: UnitOfWork, *, user_id: int, membership_id: int) -> None:
    """Let a person go on for another of her organisations; her session gets another token. Account scope of hers.

    :raises NotFound: she has no such place, or its organisation does not act.
    """
    found = uow.session.scalar(
        select(Membership.id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(
            Membership.id == membership_id,
            Membership.user_id == user_id,
            Membership.ended_at.is_(None),
            Organisation.state == OrganisationState.VERIFIED,
        )
    )
    if found is None:
        raise NotFound("membership", membership_id)
    uow.audit("session.switched", "membership", membership_id)


def end_membership(uow: UnitOfWork, *, membership_id: int) -> Membership:
    """End a membership: its sessions, the invitations and the pending work that its holder left end with it.

    Holds from the next request and the next task on.

    :raises NotFound: no such member in the actor's organisation, or gone already.
    :raises NotPermitted: the actor's role does not take this role away.
    :raises RuleBroken: nobody would be left to administer the organisation.
    """
    membership = _hold_member(uow, membership_id)
    _keep_administrator(uow, membership)
    remove_member(uow, membership)
    return membership


def change_role(uow: UnitOfWork, *, membership_id: int, role: Role | None) -> Membership:
    """Give a member another role in the organisation; her sessions end, so that she comes back with it.

    :raises NotFound: no such member in the actor's organisation.
    :raises NotPermitted: the actor's role takes the old role away or gives the new one to nobody.
    :raises Invalid: no such role in an organisation of this kind, or none at all.
    :raises RuleBroken: nobody would be left to administer the organisation, or nothing would change.
    """
    membership = _hold_member(uow, membership_id)
    organisation = uow.session.get_one(Organisation, membership.organisation_id)
    if role is None or role not in ROLES_BY_KIND[organisation.kind]:
        raise Invalid("role-unknown", field="role")
    if role is membership.role:
        raise AlreadyDone("role-unchanged")
    authorize(uow.actor, Permission.MEMBER_MANAGE, Membership(organisation_id=organisation.id, role=role))
    _keep_administrator(uow, membership)
    twin = uow.session.scalar(_place(membership.user_id, organisation.id, role))
    if twin is not None and twin.ended_at is None:
        raise AlreadyDone("role-unchanged")
    if twin is None:
        _end_traces(uow, membership)
        membership.role = role
    else:
        remove_member(uow, membership)
        twin.ended_at, twin.unit_id = None, membership.unit_id
    changed = twin or membership
    uow.audit("membership.role_changed", "membership", changed.id, role=role.value)
    return changed


def remove_member(uow: UnitOfWork, membership: Membership) -> None:
    """End a membership and all that hung on it, whoever asks; the one way in which a person leaves."""
    membership.ended_at = uow.now
    _end_traces(uow, membership)
    uow.audit("membership.ended", "membership", membership.id, role=membership.role.value)


def _end_traces(uow: UnitOfWork, membership: Membership) -> None:
    """End what a member holds in her role: sessions, invitations that she sent, work that waits for her."""
    held = (Job.user_id == membership.user_id, Job.organisation_id == membership.organisation_id)
    uow.session.execute(
        update(WebSession)
        .where(WebSession.membership_id == membership.id, WebSession.ended_at.is_(None))
        .values(ended_at=uow.now)
    )
    uow.session.execute(
        update(Invitation)
        .where(
            Invitation.organisation_id == membership.organisation_id,
            Invitation.invited_by == membership.user_id,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
        .values(revoked_at=uow.now)
    )
    uow.session.execute(
        update(Job)
        .where(*held, Job.kind.in_(ENDS_WITH_ITS_ASKER), Job.state.in_((JobState.DUE, JobState.SENT)))
        .values(state=JobState.CANCELLED, ended_at=uow.now)
    )


def count_administrators(uow: UnitOfWork, *, organisation_id: int, role: Role | None = None) -> int:
    """Count the live members in the roles that administer an organisation, or in one of them."""
    kind = uow.session.get_one(Organisation, organisation_id).kind
    roles = tuple(ADMINISTERS[kind]) if role is None else (role,)
    return (
        uow.session.scalar(
            select(func.count())
            .select_from(Membership)
            .where(
                Membership.organisation_id == organisation_id, Membership.role.in_(roles), Membership.ended_at.is_(None)
            )
        )
        or 0
    )


def _place(user_id: int, organisation_id: int, role: Role) -> Select[Membership]:
    """Return the statement that finds a person's place in a role, live or ended."""
    return select(Membership).where(
        Membership.user_id == user_id, Membership.organisation_id == organisation_id, Membership.role == role
    )


def _hold_member(uow: UnitOfWork, membership_id: int) -> Membership:
    """Return a live member of the actor's organisation, with all its members locked: nobody leaves beside her."""
    organisation_id = uow.actor.organisation_id
    members = uow.session.scalars(
        select(Membership)
        .where(Membership.organisation_id == organisation_id, Membership.ended_at.is_(None))
        .order_by(Membership.id)
        .with_for_update()
    ).all()
    membership = next((one for one in members if one.id == membership_id), None)
    if membership is None:
        raise NotFound("membership", membership_id)
    authorize(uow.actor, Permission.MEMBER_MANAGE, membership)
    return membership


def _keep_administrator(uow: UnitOfWork, membership: Membership) -> None:
    """Refuse that the last holder of an administering role goes."""
    kind = uow.session.get_one(Organisation, membership.organisation_id).kind
    if membership.role not in ADMINISTERS[kind]:
        return
    if count_administrators(uow, organisation_id=membership.organisation_id, role=membership.role) == 1:
        raise RuleBroken("last-administrator")
